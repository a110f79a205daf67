//! Whether the machine changed while it was measured.

use super::{Case, Comparison};
use crate::stats::{self, Drift};
use crate::units;

impl Comparison {
    /// How the second half of the rounds compares with the first; `None` before there are two.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        let times_s: Vec<Vec<f64>> = self.cases.iter().map(Case::elapsed_s).collect();
        stats::drift(&times_s)
    }
}

/// That the machine was another one in the second half of the rounds.
pub(super) fn sentence(comparison: &Comparison) -> Option<String> {
    let drift = comparison.drift().filter(Drift::is_told)?;
    let (change, which) = match drift.ratio > 1.0 {
        true => (drift.ratio - 1.0, "slower"),
        false => (1.0 / drift.ratio - 1.0, "faster"),
    };
    Some(format!(
        "the second half of the runs was {} {which} than the first (p < 0.01), so the medians are of two states: measure for longer, or again when the machine has settled",
        units::percent(change)
    ))
}
