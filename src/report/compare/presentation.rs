//! How people are shown a comparison: the unit of its times and the order of its rows. Nothing here
//! changes what was measured, nor the forms for programs.

use super::{Case, Comparison, Figures};
use crate::units::{self, TimeUnit};

/// How people are shown a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presentation {
    /// The unit of all times; `None` gives each the one that suits it.
    pub time_unit: Option<TimeUnit>,
    /// The order of the cases.
    pub order: Order,
    /// Whether the sentence on plain programs is about the reference, which somebody chose, rather
    /// than about the fastest.
    pub about_reference: bool,
}

/// In which order cases are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Tables and pictures as asked for; in the closing sentence the fastest first.
    #[default]
    Auto,
    /// As asked for.
    Command,
    /// By their mean times, the shortest first.
    MeanTime,
}

impl Comparison {
    /// A time that was measured, as people are shown it.
    pub(super) fn time(&self, elapsed_s: f64) -> String {
        match self.presentation.time_unit {
            Some(unit) => unit.show(elapsed_s),
            None => units::seconds(elapsed_s),
        }
    }

    /// The cases that have been measured, with their figures, in the order of the tables.
    pub(super) fn in_order<'a>(
        &'a self,
        figures: &'a [Option<Figures>],
    ) -> Vec<(&'a Case, &'a Figures)> {
        let cases = self.cases.iter().zip(figures);
        let mut cases: Vec<(&Case, &Figures)> = cases
            .filter_map(|(case, figures)| Some((case, figures.as_ref()?)))
            .collect();
        if self.presentation.order == Order::MeanTime {
            cases.sort_by(|a, b| a.1.mean_s.total_cmp(&b.1.mean_s));
        }
        cases
    }

    /// Whether every case is a program that is measured once: nothing scales.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let is_single = |case: &Case| case.variant().is_some_and(|one| one.single().is_some());
        self.cases.iter().all(is_single)
    }
}
