//! Amdahl's law: some work is shared by the workers, some is not.

use super::fit::{Curve, FitError, Law, Point};

const LAW: Law<2> = Law {
    name: "Amdahl's law",
    worker_counts_min: 2,
    terms: |workers| [workers.recip(), 1.0],
};

/// Amdahl's law fitted to timings: T(N) = a/N + b, where N workers share the work of a seconds and
/// b seconds stay as they are.
///
/// Source: G. M. Amdahl, *Validity of the single processor approach to achieving large scale
/// computing capabilities*, AFIPS Spring Joint Computer Conference 1967.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amdahl(Curve<2>);

impl Amdahl {
    /// Fits by non-negative weighted least squares, so superlinear timings have a serial fraction
    /// of 0.
    ///
    /// Hand in only points whose workers are no more than the CPUs: beyond these, workers wait for
    /// CPUs, which the law would take for serial work.
    ///
    /// # Errors
    /// For a point that can't be, and for fewer than 2 different worker counts.
    pub fn fit(points: &[Point]) -> Result<Amdahl, FitError> {
        LAW.fit(points).map(Amdahl)
    }

    /// Which share of the run of one worker no other can take over: b / (a + b), from 0 to 1.
    #[must_use]
    pub fn serial_fraction(&self) -> f64 {
        let [shared_s, serial_s] = self.0.factors_s;
        serial_s / (shared_s + serial_s)
    }

    /// How long a run would take, in seconds, with a number of workers above 0.
    #[must_use]
    pub fn elapsed_s(&self, workers: f64) -> f64 {
        LAW.elapsed_s(&self.0.factors_s, workers)
    }

    /// How many times sooner a run would end than with one worker.
    #[must_use]
    pub fn speedup(&self, workers: f64) -> f64 {
        self.elapsed_s(1.0) / self.elapsed_s(workers)
    }

    /// The speedup that no number of workers passes: one over the serial fraction, infinite when
    /// that is 0.
    #[must_use]
    pub fn limit(&self) -> f64 {
        self.serial_fraction().recip()
    }

    /// By how much a timing typically lies off the curve, as a share of the timing: the root of the
    /// mean square, over as many as there are more points than factors. 0 is a perfect fit.
    ///
    /// `None` for 2 worker counts, through which some curve always goes. It is not R², which is
    /// near 1 for anything that gets faster with workers.
    #[must_use]
    pub fn relative_residual(&self) -> Option<f64> {
        self.0.relative_residual
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points<const N: usize>(timings: [(usize, f64); N]) -> [Point; N] {
        timings.map(|(workers, elapsed_s)| Point {
            workers,
            elapsed_s,
            weight: elapsed_s.powi(-2),
        })
    }

    #[test]
    fn a_known_serial_fraction_is_found_again() {
        let law = |workers| 0.9 * 7.0 / workers as f64 + 0.1 * 7.0;
        let fitted = Amdahl::fit(&points([1, 2, 3, 8].map(|n| (n, law(n))))).unwrap();
        assert!((fitted.serial_fraction() - 0.1).abs() < 1e-12);
        assert!((fitted.limit() - 10.0).abs() < 1e-9);
        assert!((fitted.elapsed_s(8.0) - law(8)).abs() < 1e-12);
        assert!((fitted.speedup(9.0) - 5.0).abs() < 1e-9);
        assert!(fitted.relative_residual().unwrap() < 1e-12);
    }

    #[test]
    fn the_ends_of_the_law_are_reached() {
        let fit = |timings| Amdahl::fit(&points(timings)).unwrap();
        let parallel = fit([(1, 6.0), (2, 3.0), (3, 2.0)]);
        assert_eq!(parallel.serial_fraction(), 0.0);
        assert_eq!(parallel.limit(), f64::INFINITY);
        let constant = fit([(1, 6.0), (2, 6.0), (3, 6.0)]);
        assert_eq!(constant.serial_fraction(), 1.0);
        assert_eq!(constant.limit(), 1.0);
        let superlinear = fit([(1, 6.0), (2, 2.5), (3, 1.5)]);
        assert_eq!(superlinear.serial_fraction(), 0.0);
        assert!(superlinear.relative_residual().unwrap() > 0.1);
        let slowing = fit([(1, 6.0), (2, 7.0), (3, 8.0)]);
        assert_eq!(slowing.serial_fraction(), 1.0);
    }

    #[test]
    fn two_worker_counts_are_met_exactly_and_say_nothing_of_the_fit() {
        let fitted = Amdahl::fit(&points([(2, 3.0), (4, 2.0)])).unwrap();
        assert!((fitted.elapsed_s(1.0) - 5.0).abs() < 1e-12);
        assert_eq!(fitted.relative_residual(), None);
        let again = Amdahl::fit(&points([(2, 3.0), (4, 2.0), (4, 2.2)])).unwrap();
        assert_eq!(again.relative_residual(), None);
    }

    #[test]
    fn a_timing_counts_by_its_weight() {
        let mut points = points([(1, 4.0), (2, 2.0), (4, 1.9)]);
        points[2].weight = 1e-9;
        assert!(Amdahl::fit(&points).unwrap().serial_fraction() < 1e-6);
        points[2].weight = 1.0;
        assert!(Amdahl::fit(&points).unwrap().serial_fraction() > 0.1);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let one = Amdahl::fit(&points([(2, 3.0), (2, 3.1)])).unwrap_err();
        assert_eq!(
            one.to_string(),
            "Amdahl's law needs timings at 2 different worker counts within the CPUs, but has 1"
        );
        assert!(Amdahl::fit(&[]).is_err());
        assert_eq!(
            Amdahl::fit(&points([(0, 3.0), (2, 3.1)])),
            Err(FitError::NoWorkers)
        );
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let mut points = points([(1, 2.0), (2, 1.0)]);
            points[1].elapsed_s = wrong;
            let refused = Amdahl::fit(&points);
            assert!(matches!(refused, Err(FitError::BadTime { workers: 2, .. })));
            points[1].elapsed_s = 1.0;
            points[1].weight = wrong;
            let refused = Amdahl::fit(&points);
            assert!(matches!(
                refused,
                Err(FitError::BadWeight { workers: 2, .. })
            ));
        }
    }

    proptest! {
        #[test]
        fn any_timings_have_a_fraction_from_0_to_1(times in prop::array::uniform4(1e-6f64..1e6)) {
            let fitted = Amdahl::fit(&points([(1, times[0]), (2, times[1]), (3, times[2]), (8, times[3])])).unwrap();
            prop_assert!((0.0..=1.0).contains(&fitted.serial_fraction()));
            prop_assert!(fitted.limit() >= 1.0);
            prop_assert!(fitted.elapsed_s(8.0) > 0.0);
        }
    }
}
