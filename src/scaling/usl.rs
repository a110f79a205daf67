//! The Universal Scalability Law: Amdahl's, and what it costs the workers to agree.

use super::fit::{Curve, FitError, Law, Point};

const LAW: Law<3> = Law {
    name: "the Universal Scalability Law",
    // One more than its factors, so that the timings can also speak against it.
    worker_counts_min: 4,
    terms: |workers| [workers.recip(), 1.0, workers - 1.0],
};

/// The Universal Scalability Law fitted to timings: T(N) = a/N + b + c(N − 1), where N workers
/// share the work of a seconds, b seconds stay as they are, and each worker more costs c seconds.
///
/// Gunther states it for the throughput, X(N) = λN / (1 + σ(N − 1) + κN(N − 1)). A run is 1 / X(N)
/// seconds long, and with N divided out that is the sum above, for a = (1 − σ)/λ, b = σ/λ and
/// c = κ/λ; so a + b = 1/λ. In this form the law is linear in what is sought, and its fit is one of
/// least squares without starting values or iteration.
///
/// Source: N. J. Gunther, *Guerrilla Capacity Planning*, Springer 2007, chapters 4 to 6.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl(Curve<3>);

impl Usl {
    /// Fits by non-negative weighted least squares.
    ///
    /// Hand in only points whose workers are no more than the CPUs: beyond these, workers wait for
    /// CPUs, of which the law knows nothing.
    ///
    /// # Errors
    /// For a point that can't be, for fewer than 4 different worker counts, and for timings that
    /// grow with the workers from nothing.
    pub fn fit(points: &[Point]) -> Result<Usl, FitError> {
        LAW.fit(points).map(Usl)
    }

    /// The contention σ: which share of the run of one worker no other can take over, from 0 to 1.
    #[must_use]
    pub fn contention(&self) -> f64 {
        let [shared_s, serial_s, _] = self.0.factors_s;
        serial_s / (shared_s + serial_s)
    }

    /// The coherency κ: what each worker more costs the run, as a share of the run of one worker,
    /// from 0 on.
    #[must_use]
    pub fn coherency(&self) -> f64 {
        let [shared_s, serial_s, coherency_s] = self.0.factors_s;
        coherency_s / (shared_s + serial_s)
    }

    /// The throughput λ of one worker, in runs a second.
    #[must_use]
    pub fn throughput_one(&self) -> f64 {
        self.elapsed_s(1.0).recip()
    }

    /// How long a run would take, in seconds, with a number of workers from 1 on.
    #[must_use]
    pub fn elapsed_s(&self, workers: f64) -> f64 {
        LAW.elapsed_s(&self.0.factors_s, workers)
    }

    /// How many times sooner a run would end than with one worker.
    #[must_use]
    pub fn speedup(&self, workers: f64) -> f64 {
        self.elapsed_s(1.0) / self.elapsed_s(workers)
    }

    /// With how many workers a run would be shortest: √(a/c) = √((1 − σ)/κ), at least 1.
    ///
    /// `None` when c is 0: more workers never cost. A figure far beyond the largest
    /// worker count measured is a guess.
    #[must_use]
    pub fn best_workers(&self) -> Option<f64> {
        let [shared_s, _, coherency_s] = self.0.factors_s;
        (coherency_s > 0.0).then(|| (shared_s / coherency_s).sqrt().max(1.0))
    }

    /// By how much a timing typically lies off the curve, as in [`Amdahl`](super::Amdahl); always
    /// known, as there are more worker counts than factors.
    #[must_use]
    pub fn relative_residual(&self) -> Option<f64> {
        self.0.relative_residual
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::*;

    /// Made-up timings of a law, each off by up to a share of itself.
    fn timings(sigma: f64, kappa: f64, lambda: f64, workers: &[usize], noise: f64) -> Vec<Point> {
        let mut rng = Rng::with_seed(11);
        let point = |workers: &usize| {
            let n = *workers as f64;
            let throughput = lambda * n / (1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0));
            let elapsed_s = (1.0 + noise * (2.0 * rng.f64() - 1.0)) / throughput;
            Point {
                workers: *workers,
                elapsed_s,
                weight: elapsed_s.powi(-2),
            }
        };
        workers.iter().map(point).collect()
    }

    #[track_caller]
    fn assert_near(found: f64, expected: f64, relative: f64) {
        let far = relative * expected.abs().max(f64::MIN_POSITIVE);
        assert!((found - expected).abs() <= far, "{found} {expected}");
    }

    #[test]
    fn known_factors_are_found_again() {
        for (sigma, kappa, lambda) in [(0.05, 1e-3, 3.0), (0.3, 0.02, 1e4), (1e-3, 1e-5, 1e-3)] {
            for workers in [
                &[1, 2, 3, 4][..],
                &[1, 2, 4, 8, 16, 32, 64],
                &[4, 8, 12, 16],
            ] {
                let fitted = Usl::fit(&timings(sigma, kappa, lambda, workers, 0.0)).unwrap();
                assert_near(fitted.contention(), sigma, 1e-9);
                assert_near(fitted.coherency(), kappa, 1e-9);
                assert_near(fitted.throughput_one(), lambda, 1e-9);
                let best = ((1.0 - sigma) / kappa).sqrt();
                assert_near(fitted.best_workers().unwrap(), best, 1e-9);
                assert!(fitted.relative_residual().unwrap() < 1e-12);
            }
        }
    }

    #[test]
    fn a_little_noise_moves_them_a_little() {
        let workers: Vec<usize> = (1..=32).collect();
        let fitted = Usl::fit(&timings(0.05, 2e-3, 3.0, &workers, 0.01)).unwrap();
        assert_near(fitted.contention(), 0.05, 0.05);
        assert_near(fitted.coherency(), 2e-3, 0.05);
        assert_near(fitted.throughput_one(), 3.0, 0.01);
        assert_near(fitted.best_workers().unwrap(), 21.8, 0.03);
        let residual = fitted.relative_residual().unwrap();
        assert!((0.004..0.008).contains(&residual), "{residual}");
    }

    /// B. Schwartz, *Practical Scalability Analysis with the Universal Scalability Law*, VividCortex
    /// 2015: a throughput at 1 to 32 threads, for which the book finds σ = 0.02671591,
    /// κ = 7.690945e-4 and λ = 995.6486 by least squares of the throughput. An error of one size in
    /// 1/T is one that grows with T² in T, hence the weights.
    #[test]
    fn the_example_of_schwartz_comes_out() {
        let throughputs = [
            955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61,
            8278.71, 8646.7, 9047.84, 9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39,
            10798.52, 11151.43, 11518.63, 11806.0, 12089.37, 12075.41, 12177.29, 12211.41,
            12158.93, 12155.27, 12118.04, 12140.4, 12074.39,
        ];
        let point = |(workers, throughput): (usize, f64)| Point {
            workers,
            elapsed_s: throughput.recip(),
            weight: throughput.powi(4),
        };
        let points: Vec<Point> = (1..).zip(throughputs).map(point).collect();
        let fitted = Usl::fit(&points).unwrap();
        assert_near(fitted.contention(), 0.02671591, 0.01);
        assert_near(fitted.coherency(), 7.690945e-4, 0.01);
        assert_near(fitted.throughput_one(), 995.6486, 0.002);
        // The same sum of squares by `scipy.optimize.nnls`, SciPy 1.17.
        assert_near(fitted.contention(), 0.02660433515217042, 1e-9);
        assert_near(fitted.coherency(), 0.0007738362801466397, 1e-9);
        assert_near(fitted.throughput_one(), 996.6572283342163, 1e-9);
    }

    #[test]
    fn without_coherency_more_workers_always_help() {
        let fitted = Usl::fit(&timings(0.1, 0.0, 2.0, &[1, 2, 4, 8], 0.0)).unwrap();
        assert_eq!(fitted.coherency(), 0.0);
        assert_eq!(fitted.best_workers(), None);
        assert_near(fitted.contention(), 0.1, 1e-9);
        assert_near(fitted.speedup(1e12), 10.0, 1e-9);
    }

    #[test]
    fn the_ends_of_the_law_are_reached() {
        let fit = |times: [f64; 4]| {
            let weight = 1.0;
            let points = (1..).zip(times).map(|(workers, elapsed_s)| Point {
                workers,
                elapsed_s,
                weight,
            });
            Usl::fit(&points.collect::<Vec<_>>()).unwrap()
        };
        let perfect = fit([12.0, 6.0, 4.0, 3.0]);
        assert_eq!((perfect.contention(), perfect.coherency()), (0.0, 0.0));
        let superlinear = fit([12.0, 5.0, 3.0, 2.0]);
        assert_eq!(superlinear.contention(), 0.0);
        assert_eq!(superlinear.best_workers(), None);
        let constant = fit([5.0; 4]);
        assert_eq!((constant.contention(), constant.coherency()), (1.0, 0.0));
        let slowing = fit([5.0, 6.0, 7.0, 8.0]);
        assert_eq!(slowing.best_workers(), Some(1.0));
        assert_near(slowing.coherency(), 0.2, 1e-9);
    }

    #[test]
    fn too_few_worker_counts_are_refused() {
        let points = timings(0.1, 1e-3, 1.0, &[1, 2, 4, 4, 4], 0.0);
        assert_eq!(
            Usl::fit(&points).unwrap_err().to_string(),
            "the Universal Scalability Law needs timings at 4 different worker counts within the CPUs, but has 3"
        );
    }

    #[test]
    fn timings_that_grow_from_nothing_are_refused() {
        let points = [2, 3, 4, 5].map(|workers| Point {
            workers,
            elapsed_s: workers as f64 - 1.0,
            weight: 1.0,
        });
        assert!(matches!(Usl::fit(&points), Err(FitError::NoCurve { .. })));
    }

    proptest! {
        #[test]
        fn factors_are_never_below_0_and_the_unit_of_time_does_not_matter(
            times in prop::array::uniform5(1e-3f64..1e3),
            unit in 1e-9f64..1e9,
        ) {
            let workers = [1, 2, 3, 4, 8];
            let points = |unit: f64| (0..5).map(|i| Point {
                workers: workers[i],
                elapsed_s: unit * times[i],
                weight: times[i].powi(-2),
            }).collect::<Vec<_>>();
            let Ok(fitted) = Usl::fit(&points(1.0)) else { return Ok(()) };
            prop_assert!((0.0..=1.0).contains(&fitted.contention()));
            prop_assert!(fitted.coherency() >= 0.0);
            let in_unit = Usl::fit(&points(unit)).unwrap();
            prop_assert!((in_unit.contention() - fitted.contention()).abs() < 1e-9);
            prop_assert!((in_unit.coherency() - fitted.coherency()).abs() <= 1e-9 * fitted.coherency());
            prop_assert!((in_unit.elapsed_s(2.0) / unit / fitted.elapsed_s(2.0) - 1.0).abs() < 1e-9);
        }

        #[test]
        fn the_best_worker_count_is_the_best(sigma in 0f64..0.9, kappa in 1e-4f64..0.5) {
            let fitted = Usl::fit(&timings(sigma, kappa, 1.0, &[1, 2, 4, 8], 0.0)).unwrap();
            let best = fitted.best_workers().unwrap();
            for other in [best * 1.1, (best / 1.1).max(1.0)] {
                prop_assert!(fitted.speedup(best) >= fitted.speedup(other));
            }
        }
    }
}
