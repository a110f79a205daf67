//! The element functions: what is computed of one number, exactly and modulo 2^64, and how far a
//! sum of its results can lie from its lower bound.

use crate::exact::I256;
use crate::input::Progression;

/// A function of one number that a kernel can be compiled for.
pub(super) trait Element: Copy + Send + Sync + 'static {
    /// The function modulo 2^64.
    fn wrapped(x: i64) -> i64;

    /// The function, exactly.
    fn exact(x: i64) -> I256;

    /// The function in 128 bits; exact while |x| ≤ [`NARROW_MAX`](Self::NARROW_MAX).
    fn narrow(x: i64) -> i128;

    /// The largest magnitude of which [`BLOCK_LEN`] results add up within 128 bits.
    const NARROW_MAX: u64;

    /// The function, when its result fits 64 bits.
    fn checked(x: i64) -> Option<i64>;

    /// All magnitudes up to this one, a power of two less one, have results that fit 64 bits.
    const SMALL_MAX: u64;

    /// The function at half of an integer, times [`HALVES`](Self::HALVES): exact for
    /// |twice| ≤ 2^64.
    fn at_half(twice: i128) -> I256;

    /// What [`at_half`](Self::at_half) is too large by: 2^p for a power p.
    const HALVES: i64;

    /// Whether the function is convex between the first and the last number of `run`, concave
    /// (`Some(false)`), or neither.
    fn convex(run: Progression) -> Option<bool>;

    /// How many numbers of `run`, a part of which is taken by the group, may stand in one group: the
    /// largest power of two up to `limit` whose sums provably lie in an interval shorter than 2^64.
    fn group_len(run: Progression, limit: u64) -> u64;
}

/// Calls a function that is generic over the element with the one that a job computes.
macro_rules! for_element_of {
    ($job:expr, $function:ident $arguments:tt) => {
        match $job {
            $crate::job::Job::Squares | $crate::job::Job::SumOfSquares => {
                $function::<$crate::kernel::element::Square> $arguments
            }
            $crate::job::Job::Cubes => $function::<$crate::kernel::element::Cube> $arguments,
        }
    };
}
pub(super) use for_element_of;

/// How many numbers a block of a kernel has.
pub(super) const BLOCK_LEN: usize = 1024;

/// x².
#[derive(Clone, Copy, Debug)]
pub(super) struct Square;

/// x³.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cube;

/// The largest power of two up to `limit` (a power of two) that `fits`, or 0.
fn largest_power_of_two(limit: u64, fits: impl Fn(u128) -> bool) -> u64 {
    std::iter::successors(Some(limit), |n| Some(n / 2))
        .take_while(|n| *n > 0)
        .find(|n| fits(u128::from(*n)))
        .unwrap_or(0)
}

/// The largest magnitude in a progression of at least one number.
fn magnitude_max(run: Progression) -> u64 {
    let last = run.nth(run.numbers() - 1);
    run.first().unsigned_abs().max(last.unsigned_abs())
}

impl Element for Square {
    #[inline(always)]
    fn wrapped(x: i64) -> i64 {
        x.wrapping_mul(x)
    }

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

    const SMALL_MAX: u64 = (1 << 31) - 1;

    #[inline]
    fn at_half(twice: i128) -> I256 {
        if twice.unsigned_abs() < 1 << 63 {
            I256::from(twice * twice)
        } else {
            I256::from(twice) * I256::from(twice)
        }
    }

    const HALVES: i64 = 4;

    fn convex(_run: Progression) -> Option<bool> {
        Some(true)
    }

    /// For numbers a … b, the chord's n(a²+b²)/2 exceeds the mean's n((a+b)/2)² by n(b-a)²/4.
    fn group_len(run: Progression, limit: u64) -> u64 {
        let step = u128::from(run.step().unsigned_abs());
        largest_power_of_two(limit, |n| {
            let width = step
                .checked_mul(n)
                .and_then(|reach| reach.checked_mul(reach))
                .and_then(|square| square.checked_mul(n));
            width.is_some_and(|width| width / 4 < 1 << 64)
        })
    }
}

impl Element for Cube {
    #[inline(always)]
    fn wrapped(x: i64) -> i64 {
        x.wrapping_mul(x).wrapping_mul(x)
    }

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

    const SMALL_MAX: u64 = (1 << 21) - 1;

    #[inline]
    fn at_half(twice: i128) -> I256 {
        if twice.unsigned_abs() < 1 << 42 {
            I256::from(twice * twice * twice)
        } else {
            I256::from(twice) * I256::from(twice) * I256::from(twice)
        }
    }

    const HALVES: i64 = 8;

    /// Convex from 0 up, concave from 0 down.
    fn convex(run: Progression) -> Option<bool> {
        let (first, last) = (run.first(), run.nth(run.numbers() - 1));
        if first.min(last) >= 0 {
            Some(true)
        } else if first.max(last) <= 0 {
            Some(false)
        } else {
            None
        }
    }

    /// For numbers a … b of one sign, the chord's n(a³+b³)/2 differs from the mean's n((a+b)/2)³ by
    /// 3/8·n·|a+b|·(b-a)², which is at most 3/4·n·max(|a|, |b|)·(b-a)².
    fn group_len(run: Progression, limit: u64) -> u64 {
        let step = u128::from(run.step().unsigned_abs());
        let magnitude = u128::from(magnitude_max(run));
        largest_power_of_two(limit, |n| {
            let width = step
                .checked_mul(n)
                .and_then(|reach| reach.checked_mul(reach))
                .and_then(|square| square.checked_mul(n))
                .and_then(|product| product.checked_mul(magnitude))
                .and_then(|product| product.checked_mul(3));
            width.is_some_and(|width| width / 4 < 1 << 64)
        })
    }
}
