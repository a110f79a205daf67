//! Intervals of the functions, and where they have no value.

use super::interval::{End, Interval};
use crate::expression::DIGITS_MAX;
use crate::expression::ast::Unary;
use crate::expression::functions::{FACTORIAL_MAX, STEPS_MAX, VALUE_BITS_MAX};

/// The most divisors that a number of 64 bits has: 18401055938125660800.
const DIVISORS_MAX: i128 = 184_320;

/// The largest number of 64 bits without a sign.
const U64_MAX: i128 = u64::MAX as i128;

/// What a function of one value comes to over an interval.
pub(super) fn unary(operation: Unary, a: Interval) -> Interval {
    let size = a.abs();
    match operation {
        Unary::Negate => a.negated(),
        Unary::Complement => a.complement(),
        Unary::Not if a.is(0) => Interval::of(1, 1),
        Unary::Not if !a.contains(0) => Interval::ZERO,
        Unary::IsSquare if a.high < End::At(0) => Interval::ZERO,
        Unary::IsPrime if a.high < End::At(2) => Interval::ZERO,
        Unary::Not | Unary::IsSquare | Unary::IsPrime => Interval::TRUTH,
        Unary::Abs => size,
        Unary::Sign => a.max(Interval::of(-1, -1)).min(Interval::of(1, 1)),
        Unary::Isqrt => increasing(a, End::Above, |a| End::At(a.isqrt())),
        Unary::Icbrt => increasing(a, End::Above, |a| End::At(num_integer::cbrt(a))),
        Unary::Popcount => Interval {
            low: End::At((!a.contains(0)).into()),
            high: bit_length(size).high,
        },
        Unary::BitLength => bit_length(size),
        Unary::Digits => digits(size),
        Unary::DigitSum if size.high < End::At(10) => size,
        Unary::DigitSum => Interval {
            low: End::At((!a.contains(0)).into()),
            high: digits(size).high.times(End::At(9)),
        },
        // They come in pairs of a small and a large one.
        Unary::Divisors => increasing(size, End::At(DIVISORS_MAX), |a| {
            End::At((2 * a.isqrt()).clamp(1, DIVISORS_MAX))
        })
        .hull(Interval::of(1, 1)),
        Unary::Totient => Interval::of(1, 1).hull(a.min(Interval::of(U64_MAX, U64_MAX))),
        Unary::Factorial => increasing(a, End::Above, factorial),
        Unary::Collatz => Interval::of(0, STEPS_MAX.into()),
    }
}

/// The interval of a function that never decreases, over the numbers that are not negative.
fn increasing(a: Interval, beyond: End, of: impl Fn(i128) -> End) -> Interval {
    let [_, Some(a)] = a.halves() else {
        return Interval::ZERO;
    };
    let end = |end: End| match end {
        End::At(number) => of(number),
        _ => beyond,
    };
    Interval::around([end(a.low), end(a.high)])
}

fn bit_length(size: Interval) -> Interval {
    increasing(size, End::At(VALUE_BITS_MAX.into()), |a| {
        End::At((i128::BITS - a.leading_zeros()).into())
    })
}

fn digits(size: Interval) -> Interval {
    increasing(size, End::At(DIGITS_MAX.into()), |a| {
        End::At(a.checked_ilog10().map_or(1, |log| log + 1).into())
    })
}

fn factorial(a: i128) -> End {
    let product = (1..=a.min(100)).try_fold(1i128, i128::checked_mul);
    product.map_or(End::Above, End::At)
}

/// The interval of `gcd`, which divides each operand that is not 0.
pub(super) fn gcd(a: Interval, b: Interval) -> Interval {
    let (a, b) = (a.abs(), b.abs());
    let (a_positive, b_positive) = (!a.contains(0), !b.contains(0));
    Interval {
        low: End::At((a_positive || b_positive).into()),
        high: match (a_positive, b_positive) {
            (true, true) => a.high.min(b.high),
            (true, false) => a.high,
            (false, true) => b.high,
            (false, false) => a.high.max(b.high),
        },
    }
}

/// The interval of `lcm`, which each operand divides.
pub(super) fn lcm(a: Interval, b: Interval) -> Interval {
    let (a, b) = (a.abs(), b.abs());
    Interval {
        low: match a.contains(0) || b.contains(0) {
            true => End::At(0),
            false => a.low.max(b.low),
        },
        high: a.times(b).high,
    }
}

/// The interval of `binomial`, which is largest in the middle of the last row.
pub(super) fn binomial(a: Interval, k: Interval) -> Interval {
    let ([_, Some(a)], [_, Some(k)]) = (a.halves(), k.halves()) else {
        return Interval::ZERO;
    };
    let high = match (a.high, k.high) {
        (End::At(a), End::At(k)) => choose(a, k.min(a / 2)),
        (End::At(a), _) => choose(a, a / 2),
        (_, End::At(0)) => End::At(1),
        _ => End::Above,
    };
    let chosen = k.high <= a.low;
    Interval {
        low: End::At(chosen.into()),
        high,
    }
}

/// `a` over `k`, where `k` is at most half of `a`.
fn choose(a: i128, k: i128) -> End {
    // It is at least 2^k.
    if k > i128::from(i128::BITS) {
        return End::Above;
    }
    let next = |product: i128, i: i128| Some(product.checked_mul(a - i)? / (i + 1));
    (0..k).try_fold(1, next).map_or(End::Above, End::At)
}

/// Whether a function of one value may have none, or one of too many digits, over an interval.
pub(super) fn unary_can_fail(operation: Unary, a: Interval) -> bool {
    match operation {
        Unary::Complement => !a.is_finite(),
        Unary::Isqrt | Unary::Icbrt => a.low < End::At(0),
        Unary::IsPrime => a.high == End::Above,
        Unary::Divisors => a.contains(0) || a.abs().high > End::At(U64_MAX),
        Unary::Totient | Unary::Collatz => a.low < End::At(1) || a.high > End::At(U64_MAX),
        Unary::Factorial => a.low < End::At(0) || a.high > End::At(FACTORIAL_MAX.into()),
        _ => false,
    }
}
