//! Factorials, binomial coefficients and Collatz's steps.

use super::BITS_MAX;
use super::arithmetic::{at_least, limited};
use crate::exact::BigInt;
use crate::expression::fault::Fault;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive};

/// The last factorial with at most 100,000 digits.
pub(in crate::expression) const FACTORIAL_MAX: u64 = 25_205;

/// How many steps are gone at most, so that the number of steps has a bound.
pub(in crate::expression) const STEPS_MAX: u64 = u32::MAX as u64;

pub(super) fn factorial(a: &BigInt) -> Result<BigInt, Fault> {
    if a.is_negative() {
        return Err(Fault::OutsideDomain {
            function: "factorial",
            domain: "0 and more",
        });
    }
    match a.to_u64() {
        Some(a) if a <= FACTORIAL_MAX => Ok(product_of(&BigInt::one(), a)),
        _ => Err(Fault::TooManyDigits),
    }
}

/// `first * (first + 1) * …`, of `count` factors; halves of like size are multiplied fastest.
fn product_of(first: &BigInt, count: u64) -> BigInt {
    match count {
        0 => BigInt::one(),
        1..=16 => (0..count).map(|i| first + i).product(),
        _ => {
            let half = count / 2;
            product_of(first, half) * product_of(&(first + half), count - half)
        }
    }
}

/// `n` over `k`, as `n (n - 1) … (n - k + 1) / k!` with the smaller of `k` and `n - k`.
pub(super) fn binomial(n: &BigInt, k: &BigInt) -> Result<BigInt, Fault> {
    if n.is_negative() || k.is_negative() {
        return Err(Fault::OutsideDomain {
            function: "binomial",
            domain: "0 and more",
        });
    }
    if k > n {
        return Ok(BigInt::ZERO);
    }
    let fewer = k.clone().min(n - k);
    // It is at least (n / k)^k, and so at least 2^k.
    let k = fewer.to_u64().ok_or(Fault::TooManyDigits)?;
    at_least(k)?;
    if k > 0 {
        at_least(((n / k).bits() - 1).saturating_mul(k))?;
    }
    limited(product_of(&(n - k + 1u8), k) / product_of(&BigInt::one(), k))
}

/// How many steps lead to 1.
pub(super) fn collatz(a: &BigInt) -> Result<BigInt, Fault> {
    if !a.is_positive() {
        return Err(Fault::OutsideDomain {
            function: "collatz",
            domain: "1 and more",
        });
    }
    if a.bits() > BITS_MAX {
        return Err(Fault::TooLarge {
            function: "collatz",
            largest: "2^4096 - 1",
        });
    }
    let (mut at, mut steps) = (a.clone(), 0);
    while at.bits() > 1 {
        match at.is_even() {
            true => {
                let halvings = at.trailing_zeros().unwrap_or(0);
                at >>= halvings;
                steps += halvings;
            }
            false => {
                at = at * 3u8 + 1u8;
                steps += 1;
            }
        }
        if steps > STEPS_MAX {
            return Err(Fault::TooLarge {
                function: "collatz",
                largest: "4,294,967,295 steps",
            });
        }
    }
    Ok(steps.into())
}
