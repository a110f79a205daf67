//! Whether a number is prime.

use super::BITS_MAX;
use crate::exact::BigInt;
use crate::expression::fault::Fault;
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};

/// Strong probable primes to all of these are prime below [`CERTAIN_BELOW`] (Sorenson and Webster,
/// "Strong pseudoprimes to twelve prime bases", Math. Comp. 86, 2017).
const BASES: [u64; 13] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41];

/// See [`BASES`].
const CERTAIN_BELOW: u128 = 3_317_044_064_679_887_385_961_981;

pub(super) fn is_prime(a: &BigInt) -> Result<bool, Fault> {
    if let Some(small) = a.to_u64() {
        return Ok(is_prime_u64(small));
    }
    if a < &BigInt::from(2) {
        return Ok(false);
    }
    if a.bits() > BITS_MAX {
        return Err(Fault::TooLarge {
            function: "is_prime",
            largest: "2^4096 - 1",
        });
    }
    if BASES
        .iter()
        .any(|base| a.is_multiple_of(&BigInt::from(*base)))
    {
        return Ok(false);
    }
    let strong = BASES.iter().all(|base| is_strong_probable_prime(a, *base));
    let certain = a < &BigInt::from(CERTAIN_BELOW);
    Ok(strong && (certain || is_lucas_probable_prime(a)))
}

/// The same for numbers of 64 bits, which is certain.
pub(super) fn is_prime_u64(a: u64) -> bool {
    if a < 2 {
        return false;
    }
    if let Some(base) = BASES.iter().find(|base| a.is_multiple_of(**base)) {
        return a == *base;
    }
    let twos = (a - 1).trailing_zeros();
    let odd = (a - 1) >> twos;
    BASES.iter().all(|base| {
        let mut power = power_modulo(*base, odd, a);
        if power == 1 || power == a - 1 {
            return true;
        }
        (1..twos).any(|_| {
            power = multiply_modulo(power, power, a);
            power == a - 1
        })
    })
}

pub(super) fn multiply_modulo(a: u64, b: u64, modulus: u64) -> u64 {
    let product = u128::from(a) * u128::from(b) % u128::from(modulus);
    u64::try_from(product).unwrap_or(0)
}

fn power_modulo(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let (mut power, mut square) = (1, base % modulus);
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = multiply_modulo(power, square, modulus);
        }
        square = multiply_modulo(square, square, modulus);
        exponent >>= 1;
    }
    power
}

/// Miller and Rabin's test of an odd number.
fn is_strong_probable_prime(a: &BigInt, base: u64) -> bool {
    let last = a - 1u8;
    let twos = last.trailing_zeros().unwrap_or(0);
    let mut power = BigInt::from(base).modpow(&(&last >> twos), a);
    if power.is_one() || power == last {
        return true;
    }
    (1..twos).any(|_| {
        power = &power * &power % a;
        power == last
    })
}

/// Lucas's test of an odd number with Selfridge's parameters (Baillie and Wagstaff, "Lucas
/// pseudoprimes", Math. Comp. 35, 1980): D is the first of 5, -7, 9, -11, … with the Jacobi symbol
/// (D/a) = -1, P = 1, Q = (1 - D) / 4, and a prime divides the Lucas number U(a + 1).
fn is_lucas_probable_prime(a: &BigInt) -> bool {
    let root = a.sqrt();
    if &root * &root == *a {
        return false;
    }
    let mut d = BigInt::from(5);
    loop {
        match jacobi(&d, a) {
            -1 => break,
            0 if (&d % a) != BigInt::ZERO => return false,
            _ => d = if d > BigInt::ZERO { -d - 2 } else { -d + 2 },
        }
    }
    let q: BigInt = (BigInt::one() - &d) / 4;
    let half = |x: BigInt| if x.is_even() { x >> 1 } else { (x + a) >> 1 };
    let (mut u, mut v, mut q_power) = (BigInt::one(), BigInt::one(), q.mod_floor(a));
    let index = a + 1u8;
    for bit in (0..index.bits() - 1).rev() {
        // From k to 2k: U(2k) = U(k) V(k), V(2k) = V(k)^2 - 2 Q^k.
        u = (&u * &v).mod_floor(a);
        v = (&v * &v - (&q_power << 1u8)).mod_floor(a);
        q_power = (&q_power * &q_power).mod_floor(a);
        if index.bit(bit) {
            // From k to k + 1: U(k+1) = (P U + V) / 2, V(k+1) = (D U + P V) / 2.
            let next = half((&u + &v).mod_floor(a));
            v = half((&d * &u + &v).mod_floor(a));
            u = next;
            q_power = (&q_power * &q).mod_floor(a);
        }
    }
    u.is_zero()
}

/// The Jacobi symbol (a/b) of an odd positive `b`.
fn jacobi(a: &BigInt, b: &BigInt) -> i8 {
    let (mut a, mut b, mut sign) = (a.mod_floor(b), b.clone(), 1);
    let low = |x: &BigInt, modulus: u8| (x % modulus).to_u8().unwrap_or(0);
    while !a.is_zero() {
        let twos = a.trailing_zeros().unwrap_or(0);
        a >>= twos;
        if twos % 2 == 1 && matches!(low(&b, 8), 3 | 5) {
            sign = -sign;
        }
        std::mem::swap(&mut a, &mut b);
        if low(&a, 4) == 3 && low(&b, 4) == 3 {
            sign = -sign;
        }
        a = a.mod_floor(&b);
    }
    if b.is_one() { sign } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Carmichael numbers, strong pseudoprimes to the first bases, and the last prime of 64 bits.
    #[test]
    fn pseudoprimes_are_not_taken_for_primes() {
        for composite in [
            561,
            3_215_031_751,
            3_474_749_660_383,
            341_550_071_728_321,
            3_825_123_056_546_413_051,
            u64::MAX,
        ] {
            assert!(!is_prime_u64(composite), "{composite}");
        }
        assert!(is_prime_u64(18_446_744_073_709_551_557));
    }

    #[test]
    fn lucas_pseudoprimes_are_those_known() {
        // OEIS A217120, and those below 10,000 are all.
        let composites = (9u64..10_000).step_by(2).filter(|a| !is_prime_u64(*a));
        let pseudoprimes: Vec<u64> = composites
            .filter(|a| is_lucas_probable_prime(&BigInt::from(*a)))
            .collect();
        assert_eq!(
            pseudoprimes,
            [323, 377, 1159, 1829, 3827, 5459, 5777, 9071, 9179]
        );
    }

    #[test]
    fn large_numbers_are_told_apart() {
        let mersenne = |exponent: u32| (BigInt::one() << exponent) - 1u8;
        for exponent in [89u32, 107, 127, 521, 607] {
            assert_eq!(is_prime(&mersenne(exponent)), Ok(true), "{exponent}");
        }
        for exponent in [83u32, 97, 101, 131, 523, 601] {
            assert_eq!(is_prime(&mersenne(exponent)), Ok(false), "{exponent}");
        }
        // Arnault's strong pseudoprime to all 13 bases that 64 bits need and more, 397 digits, is
        // the product of two primes; here a product of two known ones stands for it.
        assert_eq!(is_prime(&(mersenne(127) * mersenne(521))), Ok(false));
        assert!(is_prime(&(BigInt::one() << 4096)).is_err());
    }

    proptest! {
        #[test]
        fn a_prime_passes_each_test(a in 100u64..1 << 40) {
            let next = (a..).find(|a| is_prime_u64(*a)).unwrap();
            prop_assert!((2..100).all(|d| next % d != 0));
            prop_assert!(is_lucas_probable_prime(&BigInt::from(next)));
            prop_assert!(is_strong_probable_prime(&BigInt::from(next), 2));
        }

        #[test]
        fn small_numbers_are_prime_when_nothing_divides_them(a in 0u64..100_000) {
            let divided = (2..a).take_while(|d| d * d <= a).any(|d| a % d == 0);
            prop_assert_eq!(is_prime_u64(a), a >= 2 && !divided);
        }
    }
}
