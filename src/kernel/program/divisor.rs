//! Division by a constant, as a multiplication by its reciprocal.
//!
//! For a divisor d ≥ 1 and x from 0 to 2^(N-1) - 1, with N bits in a lane, let l be the least number with
//! 2^l ≥ d, and m = ⌊2^(N-1+l) / d⌋ + 1. Then m < 2^N for d not a power of two, and
//! ⌊x / d⌋ = ⌊x·m / 2^(N-1+l)⌋: m·d exceeds 2^(N-1+l) by e with 0 < e ≤ d ≤ 2^l, so x·m/2^(N-1+l) exceeds x/d
//! by x·e/(d·2^(N-1+l)) < 2^(N-1)·2^l/(d·2^(N-1+l)) = 1/d, too little to reach the next whole number
//! (Granlund, Montgomery, "Division by invariant integers using multiplication", 1994, theorem 4.2). Powers
//! of two are shifts.
//!
//! A negative x is turned into !x = -1 - x ≥ 0: ⌊x / d⌋ = -1 - ⌊(-1 - x) / d⌋ = !⌊!x / d⌋.

//!
//! In vectors there is no high half of a product of 64 bits. There t = x·(1/d) in floating point, rounded to
//! the nearest whole number, is as good where |x| / d < 2^49: x, 1/d and the product are rounded by 2^-53
//! of their size each, and so t is within 3·2^-53·2^49 < 1/4 of x / d. Its rounding is ⌊x / d⌋ or one more,
//! whatever the sign, and x less d times it tells which: one too many leaves less than 0.

use super::lane::Lane;
use std::ops::RangeInclusive;

/// A constant divisor of 1 or more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::kernel) struct Divisor<L> {
    pub(super) divisor: L,
    /// The reciprocal; 0 for a power of two.
    pub(super) reciprocal: L,
    /// By how much is shifted behind the multiplication, or instead of it.
    pub(super) shift: u32,
    /// The reciprocal in floating point, where that is as good.
    pub(super) inverse: Option<f64>,
}

impl<L: Lane> Divisor<L> {
    /// `None` of a divisor below 1, or in a width in which there are no reciprocals.
    ///
    /// It divides numbers of an interval.
    pub(super) fn new(divisor: L, numbers: RangeInclusive<i128>) -> Option<Divisor<L>> {
        let d = u128::try_from(divisor.wide()).ok().filter(|d| *d > 0)?;
        let (low, high) = numbers.into_inner();
        let largest = low.unsigned_abs().max(high.unsigned_abs());
        if d.is_power_of_two() {
            return Some(Divisor {
                divisor,
                reciprocal: L::ZERO,
                shift: d.trailing_zeros(),
                inverse: None,
            });
        }
        if L::BITS > 64 {
            return None;
        }
        let ceil_log = 128 - (d - 1).leading_zeros();
        let scale = 1u128 << (L::BITS - 1 + ceil_log);
        let reciprocal = scale / d + 1;
        Some(Divisor {
            divisor,
            reciprocal: L::of(reciprocal.cast_signed()),
            shift: ceil_log - 1,
            inverse: (L::BITS == 64 && largest / d < 1 << 49).then_some(1.0 / d as f64),
        })
    }

    /// The quotient and the rest of a number, by way of floating point.
    #[inline(always)]
    pub(super) fn divided(self, x: L, inverse: f64) -> (L, L) {
        let near = x.times_rounded(inverse);
        let rest = x.sub(near.mul(self.divisor));
        let is_off = rest.sign_mask();
        (near.add(is_off), rest.add(is_off.and(self.divisor)))
    }

    /// The quotient of a number that is not negative, for a divisor that is no power of two.
    #[inline(always)]
    pub(super) fn quotient(self, x: L) -> L {
        x.mul_high(self.reciprocal).shift_right_unsigned(self.shift)
    }

    /// The quotient of any number, for a divisor that is no power of two.
    #[inline(always)]
    pub(super) fn quotient_signed(self, x: L) -> L {
        let mask = x.sign_mask();
        self.quotient(x.xor(mask)).xor(mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check<L: Lane>(x: L, d: L) {
        let divisor = Divisor::new(d, x.wide()..=x.wide()).expect("1 or more");
        if let Some(inverse) = divisor.inverse {
            let (quotient, rest) = divisor.divided(x, inverse);
            assert_eq!(
                (Some(quotient), Some(rest)),
                (x.div_floor(d), x.mod_floor(d)),
                "{x:?} // {d:?}"
            );
        }
        if divisor.reciprocal != L::ZERO {
            assert_eq!(
                Some(divisor.quotient_signed(x)),
                x.div_floor(d),
                "{x:?} // {d:?}"
            );
            if x >= L::ZERO {
                assert_eq!(Some(divisor.quotient(x)), x.div_floor(d), "{x:?} // {d:?}");
            }
        } else {
            assert_eq!(
                Some(x.shift_right(L::of(divisor.shift.into()))),
                x.div_floor(d)
            );
        }
    }

    proptest! {
        #[test]
        fn quotients_are_exact(x: i64, y: i32, d in 1i64.., shift in 0u32..63) {
            check(x, d >> shift.min(62 - d.leading_zeros().min(62)));
            check(x, ((d >> shift) | 1).max(1));
            check(y, ((d >> shift) as i32 | 1).unsigned_abs().min(i32::MAX as u32) as i32);
        }
    }

    #[test]
    fn quotients_are_exact_at_the_ends() {
        let near = |power: u32| [-1, 0, 1].map(|delta| (1i128 << power) + delta);
        let numbers: Vec<i128> = (0..64).flat_map(near).collect();
        for d in &numbers {
            for x in numbers.iter().flat_map(|x| [*x, -*x, x * d, x * d - 1]) {
                if let (Ok(x), Ok(d @ 1..)) = (i64::try_from(x), i64::try_from(*d)) {
                    check(x, d);
                }
                if let (Ok(x), Ok(d @ 1..)) = (i32::try_from(x), i32::try_from(*d)) {
                    check(x, d);
                }
            }
        }
        for d in 1..2_000i32 {
            for x in [i32::MAX, i32::MIN, i32::MAX / d * d, i32::MAX / d * d - 1] {
                check(x, d);
                check(i64::from(x), i64::from(d));
            }
        }
    }
}
