//! Exact sums: the fixed-width integer a chunk is summed in, and the unbounded one totals are kept in.

use std::ops::AddAssign;

pub use ethnum::I256;
pub use num_bigint::BigInt;

/// The widths of the vector code in which numbers are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 32-bit operands, sums modulo 2^64.
    Narrow,
    /// The fused multiply-add of 52 bits, sums modulo 2^52.
    Fused,
    /// 64-bit operands, sums modulo 2^64.
    Lanes,
    /// The fused multiply-add of 52 bits twice, sums modulo 2^104.
    FusedWide,
    /// 64-bit operands, sums modulo 2^128 in ordinary registers.
    Wide,
}

impl Width {
    /// Every width.
    pub const ALL: [Width; 5] = [
        Width::Narrow,
        Width::Fused,
        Width::Lanes,
        Width::FusedWide,
        Width::Wide,
    ];
}

/// How many numbers were computed in each width; the rest by the reference loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Widths([u128; Width::ALL.len()]);

impl Widths {
    /// None.
    pub const NONE: Widths = Widths([0; Width::ALL.len()]);

    /// This many in one width.
    #[must_use]
    pub fn only(width: Width, numbers: u64) -> Widths {
        let mut widths = Widths::NONE;
        widths.0[width as usize] = u128::from(numbers);
        widths
    }

    /// How many were computed in a width.
    #[must_use]
    pub fn of(&self, width: Width) -> u128 {
        self.0[width as usize]
    }

    /// How many were computed in any.
    #[must_use]
    pub fn all(&self) -> u128 {
        self.0.iter().sum()
    }

    /// Adds those of `other`.
    pub fn merge(&mut self, other: &Widths) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }
}

/// The sum of the powers of some numbers, and how it was computed.
///
/// The width holds every chunk there can be: a result has at most 189 bits, a chunk at most
/// 2^64 numbers, so their sum has at most 253 bits and a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerSum {
    /// How many numbers were read, fewer than 2^64.
    pub numbers: u64,
    /// How many of them were computed in which width.
    pub widths: Widths,
    /// The exact sum of their results.
    pub sum: I256,
}

impl PowerSum {
    /// The sum of no numbers.
    pub const EMPTY: PowerSum = PowerSum {
        numbers: 0,
        widths: Widths::NONE,
        sum: I256::ZERO,
    };

    /// Adds what `other` came to.
    pub fn merge(&mut self, other: PowerSum) {
        self.numbers += other.numbers;
        self.widths.merge(&other.widths);
        self.sum += other.sum;
    }
}

/// A sum that takes memory of its own only when it exceeds 256 bits.
#[derive(Clone, Debug)]
pub enum Sum {
    /// One of up to 256 bits.
    Small(I256),
    /// Any other.
    Large(BigInt),
}

impl Sum {
    /// The sum of nothing.
    pub const ZERO: Sum = Sum::Small(I256::ZERO);

    /// Its value.
    #[must_use]
    pub fn value(&self) -> BigInt {
        match self {
            Sum::Small(sum) => unbounded(*sum),
            Sum::Large(sum) => sum.clone(),
        }
    }
}

impl From<I256> for Sum {
    fn from(sum: I256) -> Sum {
        Sum::Small(sum)
    }
}

impl From<BigInt> for Sum {
    fn from(sum: BigInt) -> Sum {
        match i128::try_from(&sum) {
            Ok(small) => Sum::Small(small.into()),
            Err(_) => Sum::Large(sum),
        }
    }
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Sum) {
        let small = match (&*self, &other) {
            (Sum::Small(a), Sum::Small(b)) => a.checked_add(*b).map(Sum::Small),
            _ => None,
        };
        *self = small.unwrap_or_else(|| Sum::Large(self.value() + other.value()));
    }
}

impl PartialEq for Sum {
    fn eq(&self, other: &Sum) -> bool {
        match (self, other) {
            (Sum::Small(a), Sum::Small(b)) => a == b,
            _ => self.value() == other.value(),
        }
    }
}

impl Eq for Sum {}

/// The same value without a bound on its size.
#[must_use]
pub fn unbounded(value: I256) -> BigInt {
    let (high, low) = value.into_words();
    (BigInt::from(high) << 128u32) + BigInt::from(low.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn unbounded_keeps_the_decimal_digits(high: i128, low: i128) {
            let value = I256::from_words(high, low);
            prop_assert_eq!(unbounded(value).to_string(), value.to_string());
        }

        #[test]
        fn sums_are_exact_beyond_their_width(parts in proptest::collection::vec((any::<i128>(), any::<i128>()), 0..6)) {
            let mut sum = Sum::ZERO;
            let mut plain = BigInt::ZERO;
            for (high, low) in parts {
                let part = I256::from_words(high, low);
                sum += part.into();
                sum += Sum::from(BigInt::from(low));
                plain += unbounded(part) + BigInt::from(low);
            }
            prop_assert_eq!(sum.value(), plain.clone());
            prop_assert_eq!(sum, Sum::Large(plain));
        }

        #[test]
        fn merging_adds_numbers_and_sums(a in 0u64..1 << 60, b in 0u64..1 << 60, x: i128, y: i128) {
            let mut merged = PowerSum { numbers: a, widths: Widths::only(Width::Lanes, 1), sum: I256::from(x) };
            merged.merge(PowerSum { numbers: b, widths: Widths::only(Width::Lanes, 7), sum: I256::from(y) });
            prop_assert_eq!((merged.numbers, merged.widths.of(Width::Lanes)), (a + b, 8));
            prop_assert_eq!(merged.widths.all(), 8);
            prop_assert_eq!(unbounded(merged.sum), BigInt::from(x) + BigInt::from(y));
        }
    }
}
