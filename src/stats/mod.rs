//! Statistics of timings, as pure functions: what a set of samples says, how sure that is, whether
//! two sets differ, which samples stand apart. Nothing here measures.
//!
//! Timings have a floor and a long tail, so everything rests on medians and ranks, which one slow
//! sample can't move. A function answers `None` when there are too few samples to say anything.
//! Samples are finite; one that is not spoils the result, but panics nowhere.

mod drift;
mod interval;
mod median;
mod outliers;
mod rank;
mod sessions;
#[cfg(test)]
mod tests;

pub use drift::{Drift, drift};
pub use interval::{median_confidence, median_interval, ratio_confidence, ratio_interval, wary};
pub use median::{mad, median};
pub use outliers::{OUTLIER_Z, Outlier, outliers};
pub use rank::{RankTest, mann_whitney};
pub use sessions::{PLAUSIBLE_DRIFT, SESSIONS_MIN, SessionRatio, factor_told, session_ratio};

/// How often an [`Interval`] is meant to hold the true value, in repeated sessions; those of few
/// samples are less sure, see [`median_confidence`].
pub const CONFIDENCE: f64 = 0.95;

/// A confidence interval, both ends included, in the unit of what it is the interval of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end, not below `low`.
    pub high: f64,
}

impl Interval {
    /// Half the width over the distance of `centre` from 0: 0.01 reads "± 1%".
    ///
    /// Infinite or not a number when `centre` is 0.
    #[must_use]
    pub fn relative_half_width(&self, centre: f64) -> f64 {
        (self.high - self.low) / 2.0 / centre.abs()
    }

    /// Whether the interval holds `value`.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}
