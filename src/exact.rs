//! Exact sums: the fixed-width integer a chunk is summed in, and the unbounded one totals are kept in.

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

/// What one chunk came to.
///
/// The width holds every chunk there can be: a result has at most 189 bits, a chunk at most
/// 2^64 numbers, so their sum has at most 253 bits and a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partial {
    /// How many numbers were read, at most the chunk's size; less when the run was stopped inside it.
    pub numbers: u64,
    /// How many of them were computed in which width.
    pub widths: Widths,
    /// The exact sum of their results.
    pub sum: I256,
}

impl Partial {
    /// The sum of no numbers.
    pub const EMPTY: Partial = Partial {
        numbers: 0,
        widths: Widths::NONE,
        sum: I256::ZERO,
    };

    /// Adds what `other` came to.
    pub fn merge(&mut self, other: Partial) {
        self.numbers += other.numbers;
        self.widths.merge(&other.widths);
        self.sum += other.sum;
    }
}

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
        fn merging_adds_numbers_and_sums(a in 0u64..1 << 60, b in 0u64..1 << 60, x: i128, y: i128) {
            let mut merged = Partial { numbers: a, widths: Widths::only(Width::Lanes, 1), sum: I256::from(x) };
            merged.merge(Partial { numbers: b, widths: Widths::only(Width::Lanes, 7), sum: I256::from(y) });
            prop_assert_eq!((merged.numbers, merged.widths.of(Width::Lanes)), (a + b, 8));
            prop_assert_eq!(merged.widths.all(), 8);
            prop_assert_eq!(unbounded(merged.sum), BigInt::from(x) + BigInt::from(y));
        }
    }
}
