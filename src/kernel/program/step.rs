//! What a program does with a block of lanes, step by step.

use super::divisor::Divisor;
use super::lane::Lane;
use crate::expression::{Binary, Unary};

/// Where the numbers of a block are.
pub(in crate::kernel) const NUMBERS: usize = 0;

/// What an operation takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::kernel) enum Operand<L> {
    /// A block of lanes.
    Slot(usize),
    /// The same for all lanes.
    Constant(L),
}

/// What is known of factors: vectors multiply halves of lanes, of 32 bits at least, faster than whole ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernel) enum Factors {
    /// Nothing.
    Any,
    /// They fit half a lane, with a sign.
    Signed,
    /// They fit half a lane, without a sign.
    Unsigned,
}

/// An operation on lanes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kernel) enum Operation<L> {
    /// A polynomial in the first operand, by Horner's rule; the coefficient of the highest power is the
    /// last.
    Polynomial(Vec<L>, Factors),
    /// A product.
    Multiply(Factors),
    /// `a // d`; whether `a` may be negative.
    DivideBy(Divisor<L>, bool),
    /// `a % d`; whether `a` may be negative.
    ModuloBy(Divisor<L>, bool),
    /// gcd(a, d) by the rest of `a` over `d`, which looks it up; whether `a` may be negative. The table
    /// has a power of two of entries.
    GcdOfRest(Divisor<L>, bool, Vec<L>),
    /// `a` where `a` is 0, else `b`.
    And,
    /// `a` where `a` is not 0, else `b`.
    Or,
    /// `b` where `a` is not 0, else `c`.
    Select,
    /// `a` with 1 too much in one lane of every block, for tests.
    #[cfg(test)]
    OneMore(usize),
    /// An operation of the language on one value.
    Unary(Unary),
    /// An operation of the language on two values.
    Binary(Binary),
}

impl<L> Operation<L> {
    /// Whether some lanes may have no value, or one that is found by steps of their own.
    pub(super) fn is_partial(&self) -> bool {
        match self {
            Operation::Unary(operation) => !matches!(
                operation,
                Unary::Negate
                    | Unary::Complement
                    | Unary::Not
                    | Unary::Abs
                    | Unary::Sign
                    | Unary::Popcount
                    | Unary::BitLength
                    | Unary::Digits
            ),
            Operation::Binary(operation) => matches!(
                operation,
                Binary::ShiftLeft
                    | Binary::ShiftRight
                    | Binary::FloorDivide
                    | Binary::Modulo
                    | Binary::Power
                    | Binary::Gcd
                    | Binary::Lcm
                    | Binary::Binomial
            ),
            _ => false,
        }
    }
}

/// One operation on whole blocks.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kernel) struct Step<L> {
    pub(super) operation: Operation<L>,
    /// What it takes; those it has no use for are the same as the first.
    pub(super) operands: [Operand<L>; 3],
    /// Not 0 where the result is needed; an operation with a value for every lane need not look.
    pub(super) needed: Operand<L>,
    /// The slot of what it comes to.
    pub(super) to: usize,
}

/// The steps from a block of numbers to the block of their values.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kernel) struct Steps<L> {
    pub(super) steps: Vec<Step<L>>,
    /// How many slots they need, with that of the numbers.
    pub(super) slots: usize,
    /// Where the values are in the end.
    pub(super) result: Operand<L>,
    /// Between which numbers they lie.
    pub(super) bounds: (i128, i128),
}

impl<L: Lane> Steps<L> {
    /// Whether a block may take long, so that a stop must be looked at behind each.
    pub(in crate::kernel) fn is_slow(&self) -> bool {
        self.steps.iter().any(|step| match step.operation {
            Operation::Unary(operation) => matches!(
                operation,
                Unary::IsPrime | Unary::Divisors | Unary::Totient | Unary::Collatz
            ),
            Operation::Binary(operation) => matches!(
                operation,
                Binary::Gcd | Binary::Lcm | Binary::Binomial | Binary::Power
            ),
            _ => false,
        })
    }

    /// How many steps there are, for tests.
    #[cfg(test)]
    pub(in crate::kernel) fn steps(&self) -> usize {
        self.steps.len()
    }

    /// Whether the values of a block add up within a lane.
    pub(super) fn sums_fit(&self, lanes: usize) -> bool {
        let largest = self
            .bounds
            .0
            .unsigned_abs()
            .max(self.bounds.1.unsigned_abs());
        let sum = largest.checked_mul(lanes as u128);
        sum.is_some_and(|sum| sum < 1u128 << (L::BITS - 1))
    }

    /// The same with 1 too much in a lane of what a step comes to, for tests of what is to find it.
    #[cfg(test)]
    pub(in crate::kernel) fn wrong_at(mut self, step: usize, lane: usize) -> Steps<L> {
        let to = self.steps[step].to;
        let wrong = Step {
            operation: Operation::OneMore(lane),
            operands: [Operand::Slot(to); 3],
            needed: Operand::Constant(L::ONE),
            to,
        };
        self.steps.insert(step + 1, wrong);
        self
    }

    /// The same with values that are taken for 0 where sums are judged by their size.
    #[cfg(test)]
    pub(in crate::kernel) fn misjudged(mut self) -> Steps<L> {
        self.bounds = (0, 0);
        self
    }
}
