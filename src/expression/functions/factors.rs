//! Prime factors of numbers of 64 bits, and what is computed of them.

use super::primes::{is_prime_u64, multiply_modulo};
use crate::exact::BigInt;
use crate::expression::fault::Fault;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

/// Divisors below this are looked for one by one.
const TRIAL_MAX: u64 = 1000;

/// How many positive numbers divide `a`.
pub(super) fn divisors(a: &BigInt) -> Result<BigInt, Fault> {
    if a.is_zero() {
        return Err(Fault::OutsideDomain {
            function: "divisors",
            domain: "numbers other than 0, which every number divides",
        });
    }
    let factors = factors_of("divisors", &a.abs())?;
    let runs = factors.chunk_by(|a, b| a == b);
    Ok(runs.map(|run| run.len() as u64 + 1).product::<u64>().into())
}

/// How many of the numbers 1 to `a` have no divisor but 1 in common with it.
pub(super) fn totient(a: &BigInt) -> Result<BigInt, Fault> {
    if !a.is_positive() {
        return Err(Fault::OutsideDomain {
            function: "totient",
            domain: "1 and more",
        });
    }
    let factors = factors_of("totient", a)?;
    let runs = factors.chunk_by(|a, b| a == b);
    let left = runs.map(|run| run[0].pow(run.len() as u32 - 1) * (run[0] - 1));
    Ok(left.product::<u64>().into())
}

/// The prime factors of a positive number, in order, repeated as they divide it.
fn factors_of(function: &'static str, a: &BigInt) -> Result<Vec<u64>, Fault> {
    let mut rest = a.to_u64().ok_or(Fault::TooLarge {
        function,
        largest: "2^64 - 1",
    })?;
    let mut factors = Vec::new();
    for divisor in 2..TRIAL_MAX {
        while rest.is_multiple_of(divisor) {
            factors.push(divisor);
            rest /= divisor;
        }
    }
    let mut unknown = vec![rest];
    while let Some(part) = unknown.pop() {
        if is_prime_u64(part) {
            factors.push(part);
        } else if part > 1 {
            let divisor = divisor_of(part);
            unknown.extend([divisor, part / divisor]);
        }
    }
    factors.sort_unstable();
    Ok(factors)
}

/// A divisor, neither 1 nor itself, of a composite number without small ones: Pollard's rho method,
/// with Floyd's way of noticing a cycle.
fn divisor_of(composite: u64) -> u64 {
    for constant in 1u64.. {
        let next = |x: u64| {
            let square = u128::from(multiply_modulo(x, x, composite));
            let sum = (square + u128::from(constant)) % u128::from(composite);
            u64::try_from(sum).unwrap_or(0)
        };
        let (mut slow, mut fast, mut divisor) = (2u64, 2u64, 1u64);
        while divisor == 1 {
            slow = next(slow);
            fast = next(next(fast));
            divisor = slow.abs_diff(fast).gcd(&composite);
        }
        if divisor != composite {
            return divisor;
        }
    }
    composite
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(of: Result<BigInt, Fault>) -> u64 {
        of.unwrap().to_u64().unwrap()
    }

    #[test]
    fn numbers_that_are_hard_to_factor_are_factored() {
        for (number, wanted) in [
            (
                4_294_967_291u64 * 4_294_967_279,
                vec![4_294_967_279, 4_294_967_291],
            ),
            (4_294_967_291u64 * 4_294_967_291, vec![4_294_967_291; 2]),
            (1009 * 1009 * 1009, vec![1009; 3]),
            (1u64 << 63, vec![2; 63]),
            (1, vec![]),
        ] {
            assert_eq!(factors_of("", &BigInt::from(number)), Ok(wanted));
        }
        // The number below 2^64 with the most divisors.
        let most = BigInt::from(18_401_055_938_125_660_800u64);
        assert_eq!(value(divisors(&most)), 184_320);
        assert_eq!(value(divisors(&-most)), 184_320);
    }

    proptest! {
        #[test]
        fn factors_multiply_to_the_number(a in 1u64..) {
            let factors = factors_of("", &BigInt::from(a)).unwrap();
            prop_assert_eq!(factors.iter().product::<u64>(), a);
            prop_assert!(factors.iter().all(|factor| is_prime_u64(*factor)));
        }

        #[test]
        fn small_numbers_are_counted_one_by_one(a in 1u64..3000) {
            let number = BigInt::from(a);
            let dividing = (1..=a).filter(|d| a % d == 0).count() as u64;
            let coprime = (1..=a).filter(|b| a.gcd(b) == 1).count() as u64;
            prop_assert_eq!(value(divisors(&number)), dividing);
            prop_assert_eq!(value(totient(&number)), coprime);
        }
    }
}
