//! Why an expression has no value at a number.

use super::DIGITS_MAX;
use super::ast::NodeId;
use crate::units;

/// Why one operation has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// `a // 0` or `a % 0`.
    #[error("division by zero")]
    DivisionByZero,
    /// `a << b` or `a >> b` with `b` below 0.
    #[error("a shift by a negative number")]
    NegativeShift,
    /// `a ^ b` with `b` below 0.
    #[error("a negative power, which is no whole number")]
    NegativePower,
    /// A square or cube root of a number below 0.
    #[error("{function} of a negative number")]
    NegativeRoot {
        /// The function.
        function: &'static str,
    },
    /// A value, on the way or at the end, of more than [`DIGITS_MAX`] digits.
    #[error("a value of more than {} digits", units::count(u128::from(DIGITS_MAX)))]
    TooManyDigits,
    /// An argument for which a function is not defined.
    #[error("{function} is defined only for {domain}")]
    OutsideDomain {
        /// The function.
        function: &'static str,
        /// What it is defined for.
        domain: &'static str,
    },
    /// An argument for which a function takes too long.
    #[error("{function} goes up to {largest}")]
    TooLarge {
        /// The function.
        function: &'static str,
        /// Its largest argument.
        largest: &'static str,
    },
}

/// Why an expression has no value at a number, which is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at n = {number}: {fault}")]
pub struct EvaluationError {
    /// The number.
    pub number: i64,
    /// What is wrong there.
    pub fault: Fault,
    /// The part of the expression that has no value, which
    /// [`Expression::picture`](super::Expression::picture) shows.
    pub node: NodeId,
}
