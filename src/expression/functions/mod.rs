//! The functions of the language: their table, and how the reference evaluator computes them and the
//! operators in big integers.

mod arithmetic;
mod combinatorics;
mod digits;
mod factors;
mod primes;
mod table;

pub(super) use arithmetic::VALUE_BITS_MAX;
pub(super) use combinatorics::{FACTORIAL_MAX, STEPS_MAX};
pub(super) use table::Form;
pub use table::{FUNCTIONS, Function};

use super::ast::{Binary, Unary};
use super::fault::Fault;
use crate::exact::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

/// The last number of which functions that take long, such as `is_prime`, are computed has this
/// many binary digits.
pub(super) const BITS_MAX: u64 = 4096;

/// What an operation on one value comes to.
pub(super) fn unary(operation: Unary, a: &BigInt) -> Result<BigInt, Fault> {
    let value = match operation {
        Unary::Negate => -a,
        Unary::Complement => !a,
        Unary::Not => truth(a.is_zero()),
        Unary::Abs => a.abs(),
        Unary::Sign => a.signum(),
        Unary::Isqrt => arithmetic::root("isqrt", a, 2)?,
        Unary::Icbrt => arithmetic::root("icbrt", a, 3)?,
        Unary::Popcount => a.magnitude().count_ones().into(),
        Unary::BitLength => a.bits().into(),
        Unary::DigitSum => digits::sum(a),
        Unary::Digits => digits::count(a),
        Unary::IsSquare => truth(arithmetic::is_square(a)),
        Unary::IsPrime => truth(primes::is_prime(a)?),
        Unary::Divisors => factors::divisors(a)?,
        Unary::Totient => factors::totient(a)?,
        Unary::Factorial => combinatorics::factorial(a)?,
        Unary::Collatz => combinatorics::collatz(a)?,
    };
    arithmetic::limited(value)
}

/// What an operation on two values comes to.
pub(super) fn binary(operation: Binary, a: &BigInt, b: &BigInt) -> Result<BigInt, Fault> {
    let value = match operation {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => arithmetic::product(a, b)?,
        Binary::FloorDivide if b.is_zero() => return Err(Fault::DivisionByZero),
        Binary::FloorDivide => a.div_floor(b),
        Binary::Modulo if b.is_zero() => return Err(Fault::DivisionByZero),
        Binary::Modulo => a.mod_floor(b),
        Binary::Power => arithmetic::power(a, b)?,
        Binary::ShiftLeft => arithmetic::shift_left(a, b)?,
        Binary::ShiftRight => arithmetic::shift_right(a, b)?,
        Binary::BitAnd => a & b,
        Binary::BitOr => a | b,
        Binary::BitXor => a ^ b,
        Binary::Less => truth(a < b),
        Binary::LessOrEqual => truth(a <= b),
        Binary::Greater => truth(a > b),
        Binary::GreaterOrEqual => truth(a >= b),
        Binary::Equal => truth(a == b),
        Binary::NotEqual => truth(a != b),
        Binary::Min => a.min(b).clone(),
        Binary::Max => a.max(b).clone(),
        Binary::Gcd => a.gcd(b),
        Binary::Lcm => arithmetic::lcm(a, b)?,
        Binary::Binomial => combinatorics::binomial(a, b)?,
    };
    arithmetic::limited(value)
}

fn truth(is_true: bool) -> BigInt {
    BigInt::from(u8::from(is_true))
}
