//! Operations whose results grow, refused before they take more memory than a value may have; and
//! roots.

use crate::exact::BigInt;
use crate::expression::DIGITS_MAX;
use crate::expression::fault::Fault;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::sync::OnceLock;

/// The first number with too many digits.
fn first_too_long() -> &'static BigInt {
    static FIRST: OnceLock<BigInt> = OnceLock::new();
    FIRST.get_or_init(|| BigInt::from(10).pow(DIGITS_MAX))
}

/// Binary digits of the largest value, `10^DIGITS_MAX - 1`.
pub(in crate::expression) const VALUE_BITS_MAX: u64 = 332_193;

/// The value, unless it has too many digits.
pub(super) fn limited(value: BigInt) -> Result<BigInt, Fault> {
    let too_long =
        value.bits() >= VALUE_BITS_MAX && value.magnitude() >= first_too_long().magnitude();
    match too_long {
        true => Err(Fault::TooManyDigits),
        false => Ok(value),
    }
}

/// Refuses a value that is sure to have at least `bits` binary digits when those are too many.
pub(super) fn at_least(bits: u64) -> Result<(), Fault> {
    match bits > VALUE_BITS_MAX {
        true => Err(Fault::TooManyDigits),
        false => Ok(()),
    }
}

pub(super) fn product(a: &BigInt, b: &BigInt) -> Result<BigInt, Fault> {
    at_least((a.bits() + b.bits()).saturating_sub(1))?;
    Ok(a * b)
}

pub(super) fn power(base: &BigInt, exponent: &BigInt) -> Result<BigInt, Fault> {
    if exponent.is_negative() {
        return Err(Fault::NegativePower);
    }
    if exponent.is_zero() {
        return Ok(BigInt::one());
    }
    if base.bits() <= 1 {
        // 0, 1 and -1 to any power.
        let turned = base.is_negative() && exponent.is_even();
        return Ok(if turned { -base } else { base.clone() });
    }
    let exponent = exponent.to_u32().ok_or(Fault::TooManyDigits)?;
    at_least((base.bits() - 1).saturating_mul(u64::from(exponent)) + 1)?;
    Ok(base.pow(exponent))
}

pub(super) fn shift_left(a: &BigInt, places: &BigInt) -> Result<BigInt, Fault> {
    if places.is_negative() {
        return Err(Fault::NegativeShift);
    }
    if a.is_zero() {
        return Ok(BigInt::ZERO);
    }
    let places = places.to_u32().ok_or(Fault::TooManyDigits)?;
    at_least(a.bits() + u64::from(places))?;
    Ok(a << places)
}

pub(super) fn shift_right(a: &BigInt, places: &BigInt) -> Result<BigInt, Fault> {
    if places.is_negative() {
        return Err(Fault::NegativeShift);
    }
    // More places than any value has leave 0, or -1 of a negative number.
    Ok(a >> places.to_u32().unwrap_or(u32::MAX))
}

pub(super) fn lcm(a: &BigInt, b: &BigInt) -> Result<BigInt, Fault> {
    if a.is_zero() || b.is_zero() {
        return Ok(BigInt::ZERO);
    }
    product(&(a / a.gcd(b)).abs(), &b.abs())
}

/// The largest number whose `degree`th power is at most `a`.
pub(super) fn root(function: &'static str, a: &BigInt, degree: u32) -> Result<BigInt, Fault> {
    match a.is_negative() {
        true => Err(Fault::NegativeRoot { function }),
        false => Ok(a.nth_root(degree)),
    }
}

pub(super) fn is_square(a: &BigInt) -> bool {
    if a.is_negative() {
        return false;
    }
    let root = a.sqrt();
    &root * &root == *a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_has_as_many_digits_as_are_allowed() {
        let largest = first_too_long() - 1u8;
        assert_eq!(largest.bits(), VALUE_BITS_MAX);
        assert_eq!(largest.to_string().len(), 100_000);
        assert_eq!(limited(-&largest), Ok(-&largest));
        assert_eq!(limited(-largest - 1u8), Err(Fault::TooManyDigits));
    }
}
