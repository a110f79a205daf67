//! Between which numbers each part of an expression lies while n runs over an interval, found by
//! interval arithmetic (Moore, "Interval Analysis", 1966).

mod bitwise;
mod functions;
mod interval;

use super::Expression;
use super::ast::{Binary, Node, NodeId};
use interval::{End, Interval};
use num_traits::ToPrimitive;
use std::ops::RangeInclusive;

/// What is known of a part of an expression over an interval of n.
///
/// At every n of the interval at which the part has a value, whether that is needed for the whole or
/// not, the value lies in these bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    interval: Interval,
    can_fail: bool,
}

impl Bounds {
    /// No value is smaller; `None` when there may be values below all numbers of 128 bits.
    #[must_use]
    pub fn low(&self) -> Option<i128> {
        number(self.interval.low)
    }

    /// No value is larger; `None` when there may be values above all numbers of 128 bits.
    #[must_use]
    pub fn high(&self) -> Option<i128> {
        number(self.interval.high)
    }

    /// Whether the operation of this part may have no value where all its operands have one, or one
    /// of too many digits.
    #[must_use]
    pub fn can_fail(&self) -> bool {
        self.can_fail
    }

    /// Whether all values are numbers of 64 bits with a sign.
    #[must_use]
    pub fn fit_i64(&self) -> bool {
        self.interval.low >= End::At(i64::MIN.into())
            && self.interval.high <= End::At(i64::MAX.into())
    }

    /// Whether all values are numbers of 128 bits with a sign.
    #[must_use]
    pub fn fit_i128(&self) -> bool {
        self.interval.is_finite()
    }
}

fn number(end: End) -> Option<i128> {
    match end {
        End::At(number) => Some(number),
        _ => None,
    }
}

impl Expression {
    /// The bounds of each part while n runs over `numbers`, in the order of
    /// [`nodes`](Expression::nodes).
    ///
    /// They are sound, and not always the narrowest: the parts of `n^2 - n` are taken to vary
    /// independently of each other.
    #[must_use]
    pub fn bounds(&self, numbers: RangeInclusive<i64>) -> Vec<Bounds> {
        let (low, high) = numbers.into_inner();
        let n = Interval::around([End::At(low.into()), End::At(high.into())]);
        let mut all: Vec<Bounds> = Vec::with_capacity(self.nodes().len());
        for node in self.nodes() {
            let of = |id: &NodeId| all[id.index()].interval;
            let (interval, can_fail) = match node {
                Node::Number(number) => (constant(number.to_i128()), false),
                Node::Variable => (n, false),
                Node::Unary(operation, a) => (
                    functions::unary(*operation, of(a)),
                    functions::unary_can_fail(*operation, of(a)),
                ),
                Node::Binary(operation, a, b) => {
                    let interval = match self.is_square(*operation, *a, *b) {
                        true => of(a).to_power(Interval::of(2, 2)),
                        false => binary(*operation, of(a), of(b)),
                    };
                    (
                        interval,
                        binary_can_fail(*operation, of(a), of(b), interval),
                    )
                }
                Node::And(a, b) => (chosen(of(a), of(b), of(a).within(Interval::ZERO)), false),
                Node::Or(a, b) => (chosen(of(a), of(a), Some(of(b))), false),
                Node::If(condition, then, otherwise) => {
                    (chosen(of(condition), of(then), Some(of(otherwise))), false)
                }
            };
            all.push(Bounds { interval, can_fail });
        }
        all
    }

    /// Whether a product has two factors that are sure to be the same.
    fn is_square(&self, operation: Binary, a: NodeId, b: NodeId) -> bool {
        let is_variable = |id: NodeId| self.nodes()[id.index()] == Node::Variable;
        operation == Binary::Multiply && (a == b || is_variable(a) && is_variable(b))
    }
}

/// The interval of a number in the text, `None` when it is larger than 128 bits.
fn constant(number: Option<i128>) -> Interval {
    let end = number.map_or(End::Above, End::At);
    Interval::around([end])
}

/// The interval of one of two parts: `then` where the condition is not 0, else `otherwise`.
fn chosen(condition: Interval, then: Interval, otherwise: Option<Interval>) -> Interval {
    match otherwise {
        Some(otherwise) if condition.is(0) => otherwise,
        Some(otherwise) if condition.contains(0) => then.hull(otherwise),
        _ => then,
    }
}

fn binary(operation: Binary, a: Interval, b: Interval) -> Interval {
    match operation {
        Binary::Add => a.plus(b),
        Binary::Subtract => a.minus(b),
        Binary::Multiply => a.times(b),
        Binary::FloorDivide => a.over(b),
        Binary::Modulo => a.modulo(b),
        Binary::Power => a.to_power(b),
        Binary::ShiftLeft => a.shifted_left(b),
        Binary::ShiftRight => a.shifted_right(b),
        Binary::BitAnd => bitwise::and(a, b),
        Binary::BitOr => bitwise::or(a, b),
        Binary::BitXor => bitwise::xor(a, b),
        Binary::Less => truth(a.high < b.low, a.low >= b.high),
        Binary::LessOrEqual => truth(a.high <= b.low, a.low > b.high),
        Binary::Greater => truth(a.low > b.high, a.high <= b.low),
        Binary::GreaterOrEqual => truth(a.low >= b.high, a.high < b.low),
        Binary::Equal => truth(a.is_same_number(b), a.within(b).is_none()),
        Binary::NotEqual => truth(a.within(b).is_none(), a.is_same_number(b)),
        Binary::Min => a.min(b),
        Binary::Max => a.max(b),
        Binary::Gcd => functions::gcd(a, b),
        Binary::Lcm => functions::lcm(a, b),
        Binary::Binomial => functions::binomial(a, b),
    }
}

/// The interval of a comparison that is sure to be true, sure to be false, or neither.
fn truth(is_true: bool, is_false: bool) -> Interval {
    match (is_true, is_false) {
        (true, _) => Interval::of(1, 1),
        (_, true) => Interval::ZERO,
        _ => Interval::TRUTH,
    }
}

/// Whether an operation may have no value, or one of too many digits: those are beyond 128 bits.
fn binary_can_fail(operation: Binary, a: Interval, b: Interval, result: Interval) -> bool {
    let negative = |interval: Interval| interval.low < End::At(0);
    match operation {
        Binary::FloorDivide | Binary::Modulo => b.contains(0),
        Binary::ShiftRight => negative(b),
        Binary::Power | Binary::ShiftLeft => negative(b) || !result.is_finite(),
        Binary::Binomial => negative(a) || negative(b) || !result.is_finite(),
        Binary::Add
        | Binary::Subtract
        | Binary::Multiply
        | Binary::BitAnd
        | Binary::BitOr
        | Binary::BitXor
        | Binary::Lcm => !result.is_finite(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
