//! What the two laws share: the timings they are fitted to, and why they may refuse them.

use super::least_squares::non_negative;
use std::collections::BTreeSet;

/// A timing at one worker count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// How many workers, at least 1.
    pub workers: usize,
    /// How long the run took, in seconds, above 0.
    pub elapsed_s: f64,
    /// How much the timing counts, above 0, beside the other points': the inverse of the variance
    /// of `elapsed_s`, or anything proportional to it. Timings of one relative precision have
    /// 1 / `elapsed_s`².
    pub weight: f64,
}

/// Why no law can be fitted to the timings.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Too few worker counts that differ.
    #[error(
        "{law} needs timings at {needed} different worker counts within the CPUs, but has {found}"
    )]
    TooFewWorkerCounts {
        /// The law's name.
        law: &'static str,
        /// How many it needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// A timing at no workers.
    #[error("a timing at 0 workers can't be: leave it out")]
    NoWorkers,
    /// A timing that is none.
    #[error(
        "the timing at {workers} workers is {elapsed_s} s: give a finite number of seconds above 0"
    )]
    BadTime {
        /// The worker count it stands at.
        workers: usize,
        /// The timing.
        elapsed_s: f64,
    },
    /// A weight that is none.
    #[error("the timing at {workers} workers has weight {weight}: give a finite number above 0")]
    BadWeight {
        /// The worker count it stands at.
        workers: usize,
        /// The weight.
        weight: f64,
    },
    /// Timings of work that grows with the workers.
    #[error("{law} is of work that stays the same, and this grows with the workers")]
    GrowingWork {
        /// The law's name.
        law: &'static str,
    },
    /// Timings that grow from nothing, which no run of one worker can.
    #[error(
        "{law} has no curve for these timings: by the nearest one, one worker would take no time; measure at fewer workers too"
    )]
    NoCurve {
        /// The law's name.
        law: &'static str,
    },
}

/// A law in its time form: a sum of terms in the worker count, each with a factor in seconds.
pub(super) struct Law<const TERMS: usize> {
    pub(super) name: &'static str,
    pub(super) worker_counts_min: usize,
    pub(super) terms: fn(workers: f64) -> [f64; TERMS],
}

/// A law with its factors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curve<const TERMS: usize> {
    pub(super) factors_s: [f64; TERMS],
    pub(super) relative_residual: Option<f64>,
}

impl<const TERMS: usize> Law<TERMS> {
    /// The factors, none below 0, for which the weighted squares of what the curve misses the
    /// timings by have the least sum.
    pub(super) fn fit(&self, points: &[Point]) -> Result<Curve<TERMS>, FitError> {
        let worker_counts = self.worker_counts(points)?;
        // Against the largest, so that no square leaves the range of a float.
        let time_max = max(points.iter().map(|point| point.elapsed_s));
        let weight_max = max(points.iter().map(|point| point.weight));
        let (mut rows, mut values) = (Vec::new(), Vec::new());
        for point in points {
            let weight = (point.weight / weight_max).sqrt();
            rows.push((self.terms)(point.workers as f64).map(|term| weight * term));
            values.push(weight * (point.elapsed_s / time_max));
        }
        let factors_s = non_negative(&rows, &values).map(|factor| factor * time_max);
        if self.elapsed_s(&factors_s, 1.0) <= 0.0 {
            return Err(FitError::NoCurve { law: self.name });
        }
        let relative_residual =
            (worker_counts > TERMS).then(|| self.relative_residual(&factors_s, points));
        Ok(Curve {
            factors_s,
            relative_residual,
        })
    }

    pub(super) fn elapsed_s(&self, factors_s: &[f64; TERMS], workers: f64) -> f64 {
        let terms = (self.terms)(workers).into_iter();
        terms
            .zip(factors_s)
            .map(|(term, factor)| term * factor)
            .sum()
    }

    /// How many worker counts there are, when the points are sound and these are enough.
    fn worker_counts(&self, points: &[Point]) -> Result<usize, FitError> {
        points.iter().try_for_each(check)?;
        let counts: BTreeSet<usize> = points.iter().map(|point| point.workers).collect();
        let (found, needed) = (counts.len(), self.worker_counts_min);
        if found < needed {
            let law = self.name;
            return Err(FitError::TooFewWorkerCounts { law, needed, found });
        }
        Ok(found)
    }

    fn relative_residual(&self, factors_s: &[f64; TERMS], points: &[Point]) -> f64 {
        let square = |point: &Point| {
            let fitted_s = self.elapsed_s(factors_s, point.workers as f64);
            (fitted_s / point.elapsed_s - 1.0).powi(2)
        };
        let degrees_of_freedom = points.len() - TERMS;
        (points.iter().map(square).sum::<f64>() / degrees_of_freedom as f64).sqrt()
    }
}

fn check(point: &Point) -> Result<(), FitError> {
    let Point {
        workers,
        elapsed_s,
        weight,
    } = *point;
    let usable = |x: f64| x.is_finite() && x > 0.0;
    if workers == 0 {
        Err(FitError::NoWorkers)
    } else if !usable(elapsed_s) {
        Err(FitError::BadTime { workers, elapsed_s })
    } else if !usable(weight) {
        Err(FitError::BadWeight { workers, weight })
    } else {
        Ok(())
    }
}

fn max(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, f64::max)
}
