//! Intervals of `&`, `|` and exclusive or.
//!
//! Each operand is cut into its negative numbers and the others; where the signs are known, the
//! result has no more binary digits than the longer operand, and its sign is known.

use super::interval::{End, Interval};

pub(super) fn and(a: Interval, b: Interval) -> Interval {
    by_signs(a, b, |a, b| match (is_negative(a), is_negative(b)) {
        (false, false) => from_zero_to(a.high.min(b.high)),
        (false, true) => from_zero_to(a.high),
        (true, false) => from_zero_to(b.high),
        (true, true) => Interval {
            low: ones(a.complement().high.max(b.complement().high))
                .complement()
                .low,
            high: a.high.min(b.high),
        },
    })
}

/// By De Morgan's law.
pub(super) fn or(a: Interval, b: Interval) -> Interval {
    and(a.complement(), b.complement()).complement()
}

pub(super) fn xor(a: Interval, b: Interval) -> Interval {
    by_signs(a, b, |a, b| {
        let longer = |a: Interval, b: Interval| ones(a.high.max(b.high));
        match (is_negative(a), is_negative(b)) {
            (false, false) => longer(a, b),
            (true, true) => longer(a.complement(), b.complement()),
            (true, false) => longer(a.complement(), b).complement(),
            (false, true) => longer(a, b.complement()).complement(),
        }
    })
}

fn by_signs(a: Interval, b: Interval, of: impl Fn(Interval, Interval) -> Interval) -> Interval {
    let (a, b) = (a.halves(), b.halves());
    let pairs = a
        .iter()
        .flatten()
        .flat_map(|a| b.iter().flatten().map(|b| of(*a, *b)));
    pairs.reduce(Interval::hull).unwrap_or(Interval::ZERO)
}

fn is_negative(half: Interval) -> bool {
    half.high < End::At(0)
}

fn from_zero_to(high: End) -> Interval {
    let low = End::At(0);
    Interval { low, high }
}

/// From 0 to the largest number with as many binary digits as `high`, which is not negative.
fn ones(high: End) -> Interval {
    match high {
        End::At(high) => Interval::of(
            0,
            i128::MAX.checked_shr(high.leading_zeros() - 1).unwrap_or(0),
        ),
        beyond => from_zero_to(beyond),
    }
}
