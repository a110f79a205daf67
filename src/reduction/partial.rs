//! What one chunk came to.

use super::{Reduced, Reduction};
use crate::exact::Widths;

/// What one chunk came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// How many numbers were read, at most the chunk's size; less when the run was stopped inside it.
    pub numbers: u64,
    /// How many of them were computed in which width.
    pub widths: Widths,
    /// What their results come to.
    pub reduced: Reduced,
}

impl Partial {
    /// What no numbers come to.
    #[must_use]
    pub fn of_none(reduction: Reduction) -> Partial {
        Partial {
            numbers: 0,
            widths: Widths::NONE,
            reduced: Reduced::of_none(reduction),
        }
    }

    /// The same of numbers that stand `positions` further on.
    #[must_use]
    pub fn moved_by(self, positions: u128) -> Partial {
        Partial {
            reduced: self.reduced.moved_by(positions),
            ..self
        }
    }

    /// Adds what `other` came to.
    ///
    /// # Panics
    /// When that is another reduction.
    pub fn merge(&mut self, other: Partial) {
        self.numbers += other.numbers;
        self.widths.merge(&other.widths);
        self.reduced.merge(other.reduced);
    }
}
