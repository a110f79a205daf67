//! The functions of the language in 64 bits, lane by lane: written for speed, and apart from those of the
//! reference, which checks them. `None` stands for what has no value, or none of 64 bits; the reference
//! says which.

use super::factors;
use super::lane::Lane;
use crate::expression::{Binary, Unary};

/// A function of one number.
#[inline(always)]
pub(super) fn unary(operation: Unary, a: i64) -> Option<i64> {
    match operation {
        Unary::Isqrt => Some(root(u64::try_from(a).ok()?).cast_signed()),
        Unary::Icbrt => Some(cube_root(u64::try_from(a).ok()?).cast_signed()),
        Unary::DigitSum => Some(digit_sum(a.unsigned_abs())),
        Unary::IsSquare => Some(i64::from(is_square(a))),
        Unary::IsPrime => {
            let prime = u64::try_from(a).is_ok_and(factors::is_prime);
            Some(i64::from(prime))
        }
        Unary::Divisors => (a != 0).then(|| factors::divisors(a.unsigned_abs())),
        Unary::Totient => (a > 0).then(|| factors::totient(a.unsigned_abs())),
        Unary::Factorial => FACTORIALS.get(usize::try_from(a).ok()?).copied(),
        Unary::Collatz => collatz(u64::try_from(a).ok().filter(|a| *a > 0)?),
        // `operations` computes them in whole lanes.
        Unary::Abs
        | Unary::Negate
        | Unary::Complement
        | Unary::Not
        | Unary::Sign
        | Unary::Popcount
        | Unary::BitLength
        | Unary::Digits => None,
    }
}

/// A function of two numbers.
#[inline(always)]
pub(super) fn binary(operation: Binary, a: i64, b: i64) -> Option<i64> {
    match operation {
        Binary::Gcd => i64::try_from(gcd(a.unsigned_abs(), b.unsigned_abs())).ok(),
        Binary::Lcm => {
            let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
            if a == 0 || b == 0 {
                return Some(0);
            }
            let lcm = (a / gcd(a, b)).checked_mul(b)?;
            i64::try_from(lcm).ok()
        }
        Binary::Binomial => binomial(u64::try_from(a).ok()?, u64::try_from(b).ok()?),
        _ => None,
    }
}

/// The power modulo the width of a lane; `None` of a negative exponent.
#[inline(always)]
pub(super) fn power<L: Lane>(base: L, exponent: L) -> Option<L> {
    let mut left = u128::try_from(exponent.wide()).ok()?;
    let (mut square, mut product) = (base, L::ONE);
    while left > 0 {
        if left & 1 == 1 {
            product = product.mul(square);
        }
        square = square.mul(square);
        left >>= 1;
    }
    Some(product)
}

/// The greatest common divisor: two of Euclid's steps, which nearly end it where the numbers are far apart
/// or near each other, and then Stein's binary method.
pub(super) fn gcd(mut a: u64, mut b: u64) -> u64 {
    (a, b) = (a.max(b), a.min(b));
    for _ in 0..2 {
        if b == 0 {
            return a;
        }
        (a, b) = (b, a % b);
    }
    if b == 0 {
        return a;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        let difference = a.abs_diff(b);
        a = a.min(b);
        if difference == 0 {
            return a << twos;
        }
        b = difference;
    }
}

/// The largest r with r² ≤ a.
#[inline(always)]
fn root(a: u64) -> u64 {
    // Off by one at the most: the root of a number of 64 bits has 32, its error far fewer.
    let near = (a as f64).sqrt() as u64;
    let near = near.min(0xffff_ffff);
    let down = u64::from(near * near > a);
    let near = near - down;
    let next = near + 1;
    near + u64::from(down == 0 && next <= 0xffff_ffff && next * next <= a)
}

/// The largest r with r³ ≤ a.
fn cube_root(a: u64) -> u64 {
    let cube = |r: u64| u128::from(r) * u128::from(r) * u128::from(r);
    let mut near = (a as f64).cbrt() as u64;
    while cube(near) > u128::from(a) {
        near -= 1;
    }
    while cube(near + 1) <= u128::from(a) {
        near += 1;
    }
    near
}

fn is_square(a: i64) -> bool {
    // The squares modulo 64: most other numbers are told by it.
    const SQUARES: u64 = 0x0202_0212_0203_0213;
    match u64::try_from(a) {
        Ok(a) if SQUARES >> (a & 63) & 1 == 1 => {
            let root = root(a);
            root * root == a
        }
        _ => false,
    }
}

fn digit_sum(mut a: u64) -> i64 {
    let mut sum = 0;
    while a > 0 {
        sum += i64::from(DIGIT_SUMS[(a % 10_000) as usize]);
        a /= 10_000;
    }
    sum
}

/// The sums of four digits.
const DIGIT_SUMS: [u8; 10_000] = {
    let mut sums = [0; 10_000];
    let mut n = 1;
    while n < 10_000 {
        sums[n] = sums[n / 10] + (n % 10) as u8;
        n += 1;
    }
    sums
};

const FACTORIALS: [i64; 21] = {
    let mut factorials = [1; 21];
    let mut n = 1;
    while n < 21 {
        factorials[n] = factorials[n - 1] * n as i64;
        n += 1;
    }
    factorials
};

fn binomial(n: u64, k: u64) -> Option<i64> {
    if k > n {
        return Some(0);
    }
    let k = k.min(n - k);
    // It is at least 2^k.
    if k > 63 {
        return None;
    }
    let mut ways = 1u128;
    for i in 1..=k {
        // Whole: it is the number of ways to choose i of n - k + i.
        ways = ways.checked_mul(u128::from(n - k + i))? / u128::from(i);
        if ways > i64::MAX as u128 {
            return None;
        }
    }
    i64::try_from(ways).ok()
}

/// How many steps lead to 1; `None` when one leads beyond 64 bits.
fn collatz(mut a: u64) -> Option<i64> {
    let halvings = a.trailing_zeros();
    a >>= halvings;
    let mut steps = i64::from(halvings);
    while a > 1 {
        if a > (u64::MAX - 1) / 3 {
            return None;
        }
        a = 3 * a + 1;
        let halvings = a.trailing_zeros();
        a >>= halvings;
        steps += 1 + i64::from(halvings);
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn roots_are_exact_at_their_turns() {
        for r in (0..70_000)
            .chain(4_294_900_000..4_294_967_295u64)
            .chain([1 << 20, (1 << 32) - 1])
        {
            assert_eq!((root(r * r), root(r * r + 2 * r)), (r, r));
            assert!(r == 0 || root(r * r - 1) == r - 1);
        }
        assert_eq!(root(u64::MAX), (1 << 32) - 1);
        for r in (0..2_000u64).chain(2_640_000..2_642_245) {
            let cube = r * r * r;
            assert_eq!(cube_root(cube), r);
            assert!(r == 0 || cube_root(cube - 1) == r - 1);
        }
        for r in 0..64i64 {
            assert!(is_square(r * r) && !is_square(r * r + 2 * r + 2), "{r}");
        }
    }

    proptest! {
        #[test]
        fn a_common_divisor_is_the_greatest(a: u64, b: u64, common in 1u64..1 << 20) {
            let (a, b) = (a / common * common, b / common * common);
            let (mut x, mut y) = (a, b);
            while y != 0 {
                (x, y) = (y, x % y);
            }
            prop_assert_eq!(gcd(a, b), x);
        }
    }
}
