//! Gustafson's law: the work grows with the workers, and each has as much to do as one alone.

use super::fit::{Curve, FitError, Law, Point};

/// In what the workers get done in a second, where N of them have N times the work of one.
const LAW: Law<2> = Law {
    name: "Gustafson's law",
    worker_counts_min: 2,
    terms: |workers| [workers, 1.0],
};

/// Gustafson's law fitted to timings of work that grows with the workers: of each run a share s is
/// serial, whatever the workers, and N workers get done N − s(N − 1) times as much in it as one.
///
/// Source: J. L. Gustafson, *Reevaluating Amdahl's Law*, Communications of the ACM 31 (1988).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gustafson(Curve<2>);

impl Gustafson {
    /// Fits by non-negative weighted least squares to timings of N times the work at N workers, so
    /// superlinear ones have a serial fraction of 0. The weights are those of relative errors, whatever
    /// the points have.
    ///
    /// Hand in only points whose workers are no more than the CPUs: beyond these, workers wait for
    /// CPUs, which the law would take for serial work.
    ///
    /// # Errors
    /// For a point that can't be, for fewer than 2 different worker counts, and for timings that no
    /// such law has.
    pub fn fit(points: &[Point]) -> Result<Gustafson, FitError> {
        let done_per_s = points.iter().map(|point| {
            let per_s = point.workers as f64 / point.elapsed_s;
            Point {
                workers: point.workers,
                elapsed_s: per_s,
                weight: 1.0 / (per_s * per_s),
            }
        });
        LAW.fit(&done_per_s.collect::<Vec<_>>()).map(Gustafson)
    }

    /// Which share of a run is serial, from 0 to 1.
    #[must_use]
    pub fn serial_fraction(&self) -> f64 {
        let [shared, serial] = self.0.factors_s;
        serial / (shared + serial)
    }

    /// How many times as much `workers` get done in a time as one does.
    #[must_use]
    pub fn scaled_speedup(&self, workers: f64) -> f64 {
        workers - self.serial_fraction() * (workers - 1.0)
    }
}

/// The serial fraction that a scaled speedup speaks of, were it Gustafson's law alone: how much of what
/// the added workers could have got done is missing. `workers_ratio` is how many times more workers
/// there were; `None` unless that is above 1.
#[must_use]
pub fn gustafson_fraction(scaled_speedup: f64, workers_ratio: f64) -> Option<f64> {
    (workers_ratio > 1.0).then(|| (workers_ratio - scaled_speedup) / (workers_ratio - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of a run of a second with N workers, s is serial and the rest done by all.
    fn point(workers: usize, serial: f64) -> Point {
        let n = workers as f64;
        Point {
            workers,
            elapsed_s: n / (n - serial * (n - 1.0)),
            weight: 1.0,
        }
    }

    /// The paper's own figures: 1024 processors, serial fractions of 0.4 to 0.8 percent, and scaled
    /// speedups of 1021, 1020 and 1016 by its formula.
    #[test]
    fn the_formula_of_gustafson_comes_out() {
        for (serial, speedup) in [(0.003, 1020.9), (0.004, 1019.9), (0.008, 1015.8)] {
            let points = [1, 2, 1024].map(|workers| point(workers, serial));
            let law = Gustafson::fit(&points).unwrap();
            assert!((law.scaled_speedup(1024.0) - speedup).abs() < 0.1);
            assert!((gustafson_fraction(speedup, 1024.0).unwrap() - serial).abs() < 1e-4);
        }
    }

    #[test]
    fn too_few_and_impossible_timings_are_refused() {
        let few = Gustafson::fit(&[point(2, 0.1), point(2, 0.1)]);
        let few = few.unwrap_err().to_string();
        assert!(
            few.starts_with("Gustafson's law needs timings at 2"),
            "{few}"
        );
        let mut odd = point(2, 0.1);
        odd.elapsed_s = f64::NAN;
        assert!(Gustafson::fit(&[point(1, 0.1), odd]).is_err());
        assert_eq!(gustafson_fraction(1.0, 1.0), None);
    }

    proptest! {
        #[test]
        fn the_fraction_is_found_again(serial in 0f64..1.0, most in 2usize..500) {
            let points = [1, most].map(|workers| point(workers, serial));
            let law = Gustafson::fit(&points).unwrap();
            prop_assert!((law.serial_fraction() - serial).abs() < 1e-9);
            let speedup = law.scaled_speedup(most as f64);
            prop_assert!((gustafson_fraction(speedup, most as f64).unwrap() - serial).abs() < 1e-9);
        }

        #[test]
        fn more_than_as_many_times_as_much_is_no_serial_work(gain in 1f64..3.0) {
            let mut more = point(4, 0.0);
            more.elapsed_s /= gain;
            let law = Gustafson::fit(&[point(1, 0.0), point(2, 0.0), more]).unwrap();
            prop_assert!(law.serial_fraction() >= 0.0 && law.serial_fraction() <= 1.0);
        }
    }
}
