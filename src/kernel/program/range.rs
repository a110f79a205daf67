//! Between which numbers the parts of an expression lie, as a program needs to know it.

use super::lane::Lane;
use super::step::Factors;
use crate::expression::{Bounds, Expression, Node};
use std::ops::RangeInclusive;

/// Between which numbers a part lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) low: i128,
    pub(super) high: i128,
    /// Whether it lies between such numbers at all.
    is_known: bool,
    /// Whether the operation of the part itself may have no value.
    pub(super) can_fail: bool,
    /// Whether it has a value, and one that does not depend on n.
    is_constant: bool,
}

impl Range {
    /// That of n.
    pub(super) fn of_variable(numbers: &RangeInclusive<i64>) -> Range {
        Range {
            low: i128::from(*numbers.start()),
            high: i128::from(*numbers.end()),
            is_known: true,
            can_fail: false,
            is_constant: false,
        }
    }

    fn of(bounds: &Bounds, is_constant: bool) -> Range {
        Range {
            low: bounds.low().unwrap_or(i128::MIN),
            high: bounds.high().unwrap_or(i128::MAX),
            is_known: bounds.fit_i128(),
            can_fail: bounds.can_fail(),
            is_constant: is_constant && !bounds.can_fail(),
        }
    }

    /// The value of a part in which n does not occur, where its bounds tell it.
    ///
    /// Other parts are computed for every number, though they may come to the same between these ones.
    pub(super) fn constant(&self) -> Option<i128> {
        (self.is_constant && self.is_known && self.low == self.high).then_some(self.low)
    }

    /// Whether all values fit a lane.
    pub(super) fn fits<L: Lane>(&self) -> bool {
        self.is_known && self.within(L::BITS)
    }

    fn within(&self, bits: u32) -> bool {
        let most = i128::MAX >> (128 - bits);
        self.is_known && -most - 1 <= self.low && self.high <= most
    }

    /// What is known of factors that lie between these numbers.
    pub(super) fn factors<L: Lane>(ranges: &[Range]) -> Factors {
        let half = L::BITS / 2;
        let is_unsigned = |range: &Range| range.low >= 0 && range.within(half + 1);
        match half >= 32 {
            true if ranges.iter().all(|range| range.within(half)) => Factors::Signed,
            true if ranges.iter().all(is_unsigned) => Factors::Unsigned,
            _ => Factors::Any,
        }
    }

    /// Whether there may be negative ones.
    pub(super) fn is_signed(&self) -> bool {
        self.low < 0
    }
}

/// The ranges of all parts, in the order of the nodes.
pub(super) fn ranges(expression: &Expression, bounds: &[Bounds]) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::with_capacity(bounds.len());
    for (node, bounds) in expression.nodes().iter().zip(bounds) {
        let are_constant = node.operands().all(|id| ranges[id.index()].is_constant);
        ranges.push(Range::of(bounds, are_constant && *node != Node::Variable));
    }
    ranges
}
