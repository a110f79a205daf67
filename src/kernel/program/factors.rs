//! Primes and prime factors of numbers of 64 bits, by multiplication modulo a number in Montgomery's form
//! ("Modular multiplication without trial division", 1985).

/// Small primes: most composite numbers have one of them.
const PRIMES: [u64; 17] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61,
];

/// The inverses of the small primes modulo 2^64, and the largest multiples of 64 bits divided by them: a
/// number is a multiple of p if and only if its product with the inverse is not above the second (Granlund
/// and Montgomery, 1994, section 9).
const INVERSES: [(u64, u64); 17] = {
    let mut inverses = [(0, 0); 17];
    let mut i = 0;
    while i < 17 {
        inverses[i] = (inverse(PRIMES[i]), u64::MAX / PRIMES[i]);
        i += 1;
    }
    inverses
};

/// The inverse of an odd number modulo 2^64, by Newton's iteration, which doubles the bits that are right.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut i = 0;
    while i < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        i += 1;
    }
    inverse
}

/// Arithmetic modulo an odd number, of numbers that stand for themselves times 2^64.
#[derive(Clone, Copy)]
struct Montgomery {
    modulus: u64,
    inverse: u64,
    /// What stands for 1.
    one: u64,
}

impl Montgomery {
    fn new(modulus: u64) -> Montgomery {
        Montgomery {
            modulus,
            inverse: inverse(modulus),
            one: (u64::MAX % modulus + 1) % modulus,
        }
    }

    #[inline(always)]
    fn multiply(self, a: u64, b: u64) -> u64 {
        let product = u128::from(a) * u128::from(b);
        let (high, low) = ((product >> 64) as u64, product as u64);
        let factor = low.wrapping_mul(self.inverse);
        let subtrahend = ((u128::from(factor) * u128::from(self.modulus)) >> 64) as u64;
        match high.overflowing_sub(subtrahend) {
            (difference, false) => difference,
            (difference, true) => difference.wrapping_add(self.modulus),
        }
    }

    #[inline(always)]
    fn add(self, a: u64, b: u64) -> u64 {
        match a >= self.modulus - b {
            true => a - (self.modulus - b),
            false => a + b,
        }
    }

    /// What stands for a number.
    fn form(self, number: u64) -> u64 {
        let square =
            (u128::from(self.one) * u128::from(self.one) % u128::from(self.modulus)) as u64;
        // `one` stands for 1, and its square without division by 2^64 for 2^64.
        self.multiply(number % self.modulus, square)
    }

    fn power(self, base: u64, mut exponent: u64) -> u64 {
        let (mut square, mut product) = (base, self.one);
        while exponent > 0 {
            if exponent & 1 == 1 {
                product = self.multiply(product, square);
            }
            square = self.multiply(square, square);
            exponent >>= 1;
        }
        product
    }
}

/// Whether a number is prime: trial division, then Miller's test to bases that no composite number of 64
/// bits passes all of (Jaeschke, 1993, below 4,759,123,141; Sinclair's seven beyond).
pub(super) fn is_prime(n: u64) -> bool {
    if n < 64 * 64 {
        return is_small_prime(n);
    }
    if n & 1 == 0
        || INVERSES
            .iter()
            .any(|(inverse, most)| n.wrapping_mul(*inverse) <= *most)
    {
        return false;
    }
    // All with a factor below 67 are gone.
    if n < 67 * 67 {
        return true;
    }
    let bases: &[u64] = match n {
        0..9_080_191 => &[31, 73],
        9_080_191..4_759_123_141 => &[2, 7, 61],
        _ => &[2, 325, 9_375, 28_178, 450_775, 9_780_504, 1_795_265_022],
    };
    let modulo = Montgomery::new(n);
    bases.iter().all(|base| passes(modulo, *base))
}

fn is_small_prime(n: u64) -> bool {
    match n {
        0 | 1 => false,
        2 => true,
        _ => {
            n & 1 == 1
                && PRIMES
                    .iter()
                    .all(|prime| !n.is_multiple_of(*prime) || n == *prime)
        }
    }
}

/// Miller's test to one base.
fn passes(modulo: Montgomery, base: u64) -> bool {
    let n = modulo.modulus;
    let base = modulo.form(base);
    if base == 0 {
        return true;
    }
    let twos = (n - 1).trailing_zeros();
    let minus_one = n - modulo.one;
    let mut power = modulo.power(base, (n - 1) >> twos);
    if power == modulo.one || power == minus_one {
        return true;
    }
    for _ in 1..twos {
        power = modulo.multiply(power, power);
        if power == minus_one {
            return true;
        }
    }
    false
}

/// How many numbers divide `n`, which is not 0.
pub(super) fn divisors(n: u64) -> i64 {
    let mut count = 1i64;
    for_each_power(n, |_, exponent| count *= i64::from(exponent) + 1);
    count
}

/// How many of the numbers 1 to `n` have no divisor but 1 in common with it.
pub(super) fn totient(n: u64) -> i64 {
    let mut totient = n;
    for_each_power(n, |prime, _| totient = totient / prime * (prime - 1));
    totient.cast_signed()
}

/// Hands out the prime powers of a number, in no order.
fn for_each_power(n: u64, mut each: impl FnMut(u64, u32)) {
    let twos = n.trailing_zeros();
    let mut rest = n >> twos;
    if twos > 0 {
        each(2, twos);
    }
    let mut take = |rest: &mut u64, prime: u64| {
        let mut exponent = 0;
        while rest.is_multiple_of(prime) {
            *rest /= prime;
            exponent += 1;
        }
        if exponent > 0 {
            each(prime, exponent);
        }
    };
    // A third of the odd numbers are multiples of 3, which need not be tried.
    take(&mut rest, 3);
    let mut divisor = 5;
    while divisor < TRIAL_MAX && divisor * divisor <= rest {
        take(&mut rest, divisor);
        take(&mut rest, divisor + 2);
        divisor += 6;
    }
    let mut unknown = vec![rest];
    let mut primes = Vec::new();
    while let Some(part) = unknown.pop() {
        // What is below the square of the last trial has no factors.
        if part < divisor * divisor || is_prime(part) {
            primes.extend((part > 1).then_some(part));
        } else {
            let factor = factor_of(part);
            unknown.extend([factor, part / factor]);
        }
    }
    while let Some(prime) = primes.last().copied() {
        take(&mut rest, prime);
        primes.retain(|other| *other != prime);
    }
}

/// Divisors below this are looked for one by one.
const TRIAL_MAX: u64 = 500;

/// A factor of an odd composite number, by Pollard's rho method as Brent has it (1980), with the
/// differences of a hundred steps multiplied before their common divisor is taken.
fn factor_of(n: u64) -> u64 {
    let modulo = Montgomery::new(n);
    for constant in 1.. {
        let constant = modulo.form(constant);
        let next = |x: u64| modulo.add(modulo.multiply(x, x), constant);
        let mut fast = modulo.form(2);
        let mut length = 1;
        loop {
            let slow = fast;
            let mut left = length;
            while left > 0 {
                let (start, mut product) = (fast, modulo.one);
                let steps = left.min(100);
                for _ in 0..steps {
                    fast = next(fast);
                    product = modulo.multiply(product, slow.abs_diff(fast));
                }
                let mut factor = super::functions::gcd(product, n);
                if factor == n {
                    // Some of the differences together have all factors: look at them one by one.
                    fast = start;
                    factor = 1;
                    for _ in 0..steps {
                        fast = next(fast);
                        factor = super::functions::gcd(slow.abs_diff(fast), n);
                        if factor > 1 {
                            break;
                        }
                    }
                }
                match factor {
                    1 => {}
                    _ if factor == n => break,
                    factor => return factor,
                }
                left -= steps;
            }
            if left > 0 {
                break;
            }
            length *= 2;
        }
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;
    use proptest::prelude::*;

    fn reference(function: &str, n: u64) -> i64 {
        let expression = Expression::parse(&format!("{function}({n})")).unwrap();
        i64::try_from(expression.evaluate(0).unwrap()).unwrap()
    }

    #[test]
    fn small_numbers_are_those_of_a_sieve() {
        let mut is_composite = vec![false; 1 << 17];
        for n in 2..is_composite.len() {
            assert_eq!(is_prime(n as u64), !is_composite[n], "{n}");
            for multiple in (n * n..is_composite.len()).step_by(n) {
                is_composite[multiple] = true;
            }
        }
        assert!(!is_prime(0) && !is_prime(1));
    }

    #[test]
    fn strong_pseudoprimes_are_no_primes() {
        for n in [
            2_047,
            1_373_653,
            9_080_191,
            25_326_001,
            4_759_123_141,
            3_215_031_751,
            2_152_302_898_747,
            3_474_749_660_383,
            341_550_071_728_321,
            3_825_123_056_546_413_051,
            4_294_967_291 * 4_294_967_279,
        ] {
            assert!(!is_prime(n), "{n}");
        }
        for n in [
            18_446_744_073_709_551_557,
            4_294_967_291,
            9_223_372_036_854_775_783,
        ] {
            assert!(is_prime(n), "{n}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn all_is_as_the_reference_has_it(n in 1u64..1 << 63, shift in 0u32..62) {
            let n = (n >> shift).max(1);
            prop_assert_eq!(i64::from(is_prime(n)), reference("is_prime", n));
            prop_assert_eq!(divisors(n), reference("divisors", n));
            prop_assert_eq!(totient(n), reference("totient", n));
        }

        #[test]
        fn products_of_large_primes_are_factored(a in 1u64 << 20..1 << 31, b in 1u64 << 20..1 << 31) {
            let prime = |mut n: u64| {
                n |= 1;
                while !is_prime(n) {
                    n += 2;
                }
                n
            };
            let (a, b) = (prime(a), prime(b));
            prop_assert_eq!(divisors(a * b), if a == b { 3 } else { 4 });
            prop_assert_eq!(divisors(a * a), 3);
        }
    }
}
