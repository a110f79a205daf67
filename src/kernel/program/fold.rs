//! What the values of a block are made into, in the lanes that they were computed in.

use super::lane::Lane;

/// What the values of a block are made into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernel) enum Fold {
    /// Nothing: they are wanted themselves.
    Values,
    /// Their sum, which fits a lane.
    SumWithin,
    /// Their sum, whatever its size.
    Sum,
    /// How many are not 0.
    Count,
    /// All joined by exclusive or.
    Xor,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// What a block is folded to: a sum may have more than 128 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::kernel) struct Folded {
    /// What counts 2^64 times.
    pub(in crate::kernel) high: i128,
    pub(in crate::kernel) low: i128,
}

/// What values, at least one, are folded to.
#[inline(always)]
pub(super) fn folded<L: Lane>(values: &[L], fold: Fold) -> Folded {
    let low = match fold {
        Fold::Values => L::ZERO,
        Fold::SumWithin => values.iter().fold(L::ZERO, |sum, v| sum.add(*v)),
        Fold::Sum => return sum_of_halves(values),
        Fold::Count => {
            let count = |sum: L, v: &L| sum.add(L::truth(*v != L::ZERO));
            values.iter().fold(L::ZERO, count)
        }
        Fold::Xor => values.iter().fold(L::ZERO, |all, v| all.xor(*v)),
        Fold::Min => {
            let first = values[0];
            values
                .iter()
                .fold(first, |a, v| if *v < a { *v } else { a })
        }
        Fold::Max => {
            let first = values[0];
            values
                .iter()
                .fold(first, |a, v| if *v > a { *v } else { a })
        }
    };
    Folded {
        high: 0,
        low: low.wide(),
    }
}

/// The sum of lanes, of which the halves are added up apart so that nothing wraps.
#[inline(always)]
fn sum_of_halves<L: Lane>(values: &[L]) -> Folded {
    match L::BITS {
        128 => {
            let halves = |v: &L| (v.wide() >> 64, v.wide() & i128::from(u64::MAX));
            let sums = values.iter().map(halves);
            sums.fold(Folded::default(), |sums, (high, low)| Folded {
                high: sums.high + high,
                low: sums.low + low,
            })
        }
        64 => {
            // The upper halves have 2^31 added: vectors shift numbers without a sign only.
            const SIGN: u64 = 1 << 63;
            let (mut low, mut high) = (0u64, 0u64);
            for value in values {
                let bits = value.wide() as u64;
                low += bits & 0xffff_ffff;
                high += (bits ^ SIGN) >> 32;
            }
            let high = i128::from(high) - ((values.len() as i128) << 31);
            Folded {
                high: 0,
                low: (high << 32) + i128::from(low),
            }
        }
        _ => {
            let sum = values.iter().fold(0i64, |sum, v| sum + v.wide() as i64);
            Folded {
                high: 0,
                low: i128::from(sum),
            }
        }
    }
}

/// The same of values that are all equal.
pub(super) fn constant<L: Lane>(value: L, len: usize, fold: Fold) -> Folded {
    let (value, len) = (value.wide(), len as i128);
    let low = match fold {
        Fold::Values => 0,
        Fold::SumWithin | Fold::Sum => {
            return Folded {
                high: (value >> 64) * len,
                low: (value & i128::from(u64::MAX)) * len,
            };
        }
        Fold::Count => i128::from(value != 0) * len,
        Fold::Xor => value * (len & 1),
        Fold::Min | Fold::Max => value,
    };
    Folded { high: 0, low }
}
