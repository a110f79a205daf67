//! Decimal digits.

use crate::exact::BigInt;

/// How many decimal digits a number has, without its sign.
pub(super) fn count(a: &BigInt) -> BigInt {
    a.magnitude().to_string().len().into()
}

/// The sum of the decimal digits of a number, without its sign.
pub(super) fn sum(a: &BigInt) -> BigInt {
    let digits = a.magnitude().to_string();
    digits.bytes().map(|digit| u64::from(digit - b'0')).sum()
}
