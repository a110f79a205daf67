//! The element functions: what is computed of one number, exactly and modulo powers of two, and how
//! far a sum of its results can lie from its lower bound.

use crate::exact::I256;

/// A function of one number that a kernel can be compiled for: a power, even or odd, so that a
/// negative number's result follows from its magnitude.
pub(super) trait Element: Copy + Send + Sync + 'static {
    /// The power: 2 or 3.
    const POWER: u32;

    /// The function, exactly.
    fn exact(x: i64) -> I256;

    /// The function in 128 bits; exact while |x| ≤ [`NARROW_MAX`](Self::NARROW_MAX).
    fn narrow(x: i64) -> i128;

    /// The largest magnitude of which [`BLOCK_LEN`] results add up within 128 bits.
    const NARROW_MAX: u64;

    /// The function, when its result fits 64 bits.
    fn checked(x: i64) -> Option<i64>;

    /// The function by 32-bit operands: exact while |x| ≤ [`SMALL_MAX`](Self::SMALL_MAX).
    fn small(x: i64) -> i64;

    /// All magnitudes up to this one, a power of two less one, have results that fit 64 bits.
    const SMALL_MAX: u64;

    /// The function of a magnitude, modulo 2^64.
    fn lanes(x: u64) -> u64;

    /// The same of a magnitude below 2^32, by multiplications of 32-bit operands.
    fn short(x: u64) -> u64;

    /// The function of a magnitude, modulo 2^128.
    fn wide(x: u64) -> u128;

    /// The function at half of an integer, times 2^[`POWER`](Self::POWER): exact for
    /// `twice` ≤ 2^64.
    fn at_half(twice: u128) -> I256;

    /// The same modulo 2^128.
    fn at_half_wrapped(twice: u128) -> u128;

    /// What [`at_half_wrapped`](Self::at_half_wrapped) is exact up to, with 2^7 to spare.
    const HALF_NARROW_MAX: u128;

    /// The most by which the sum over `n` magnitudes up to `max`, `step` apart, exceeds n times the
    /// function at their mean; `None` beyond 128 bits.
    fn spread_max(n: u64, step: u64, max: u64) -> Option<u128>;
}

/// Calls a function that is generic over the element with the one that computes a power.
macro_rules! for_element_of {
    ($power:expr, $function:ident $arguments:tt) => {
        match $power {
            $crate::job::Power::Square => {
                $function::<$crate::kernel::element::Square> $arguments
            }
            $crate::job::Power::Cube => $function::<$crate::kernel::element::Cube> $arguments,
        }
    };
}
pub(super) use for_element_of;

/// How many numbers a block of a kernel has.
pub(super) const BLOCK_LEN: usize = 1024;

/// The low half of 64 bits.
const LOW: u64 = 0xffff_ffff;

/// x².
#[derive(Clone, Copy, Debug)]
pub(super) struct Square;

/// x³.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cube;

/// n·(step·n)², at least n times the square of the distance between the first of n numbers and the
/// last.
fn cubed_reach(n: u64, step: u64) -> Option<u128> {
    let reach = u128::from(step).checked_mul(u128::from(n))?;
    reach.checked_mul(reach)?.checked_mul(u128::from(n))
}

impl Element for Square {
    const POWER: u32 = 2;

    fn exact(x: i64) -> I256 {
        I256::from(Square::narrow(x))
    }

    #[inline(always)]
    fn narrow(x: i64) -> i128 {
        i128::from(x) * i128::from(x)
    }

    const NARROW_MAX: u64 = 1 << 58;

    #[inline(always)]
    fn checked(x: i64) -> Option<i64> {
        x.checked_mul(x)
    }

    #[inline(always)]
    fn small(x: i64) -> i64 {
        let x = i64::from(x as i32);
        x * x
    }

    const SMALL_MAX: u64 = (1 << 31) - 1;

    #[inline(always)]
    fn lanes(x: u64) -> u64 {
        x.wrapping_mul(x)
    }

    #[inline(always)]
    fn short(x: u64) -> u64 {
        (x & LOW) * (x & LOW)
    }

    #[inline(always)]
    fn wide(x: u64) -> u128 {
        u128::from(x) * u128::from(x)
    }

    #[inline]
    fn at_half(twice: u128) -> I256 {
        I256::from(twice) * I256::from(twice)
    }

    #[inline]
    fn at_half_wrapped(twice: u128) -> u128 {
        twice.wrapping_mul(twice)
    }

    const HALF_NARROW_MAX: u128 = 1 << 60;

    /// For numbers a … b, the chord's n(a²+b²)/2 exceeds the mean's n((a+b)/2)² by n(b-a)²/4.
    fn spread_max(n: u64, step: u64, _max: u64) -> Option<u128> {
        Some(cubed_reach(n, step)? / 4)
    }
}

impl Element for Cube {
    const POWER: u32 = 3;

    /// x² = high·2^64 + low, and each of x·high and x·low fits 128 bits.
    fn exact(x: i64) -> I256 {
        if x.unsigned_abs() < 1 << 42 {
            return I256::from(Cube::narrow(x));
        }
        let square = Square::narrow(x);
        let (high, low) = (square >> 64, square & i128::from(u64::MAX));
        (I256::from(i128::from(x) * high) << 64u32) + I256::from(i128::from(x) * low)
    }

    #[inline(always)]
    fn narrow(x: i64) -> i128 {
        i128::from(x) * i128::from(x) * i128::from(x)
    }

    const NARROW_MAX: u64 = 1 << 38;

    #[inline(always)]
    fn checked(x: i64) -> Option<i64> {
        x.checked_mul(x)?.checked_mul(x)
    }

    #[inline(always)]
    fn small(x: i64) -> i64 {
        let x = i64::from(x as i32);
        (x * x).wrapping_mul(x)
    }

    const SMALL_MAX: u64 = (1 << 21) - 1;

    #[inline(always)]
    fn lanes(x: u64) -> u64 {
        x.wrapping_mul(x).wrapping_mul(x)
    }

    #[inline(always)]
    fn short(x: u64) -> u64 {
        let x = x & LOW;
        (x * x).wrapping_mul(x)
    }

    #[inline(always)]
    fn wide(x: u64) -> u128 {
        Square::wide(x).wrapping_mul(u128::from(x))
    }

    #[inline]
    fn at_half(twice: u128) -> I256 {
        I256::from(twice) * I256::from(twice) * I256::from(twice)
    }

    #[inline]
    fn at_half_wrapped(twice: u128) -> u128 {
        twice.wrapping_mul(twice).wrapping_mul(twice)
    }

    const HALF_NARROW_MAX: u128 = 1 << 40;

    /// For numbers a … b of one sign, the chord's n(a³+b³)/2 exceeds the mean's n((a+b)/2)³ by
    /// 3/8·n·(a+b)·(b-a)², which is at most 3/4·n·max·(b-a)².
    fn spread_max(n: u64, step: u64, max: u64) -> Option<u128> {
        let width = cubed_reach(n, step)?.checked_mul(u128::from(max))?;
        Some(width.checked_mul(3)? / 4)
    }
}
