//! Exact sums: the fixed-width integer a chunk is summed in, and the unbounded one totals are kept in.

pub use ethnum::I256;
pub use num_bigint::BigInt;

/// What one chunk came to.
///
/// The width holds every chunk there can be: a result has at most 189 bits, a chunk at most
/// 2^64 numbers, so their sum has at most 253 bits and a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partial {
    /// How many numbers were read, at most the chunk's size; less when the run was stopped inside it.
    pub numbers: u64,
    /// How many of them were computed by vector code.
    pub vectorised: u64,
    /// The exact sum of their results.
    pub sum: I256,
}

impl Partial {
    /// The sum of no numbers.
    pub const EMPTY: Partial = Partial {
        numbers: 0,
        vectorised: 0,
        sum: I256::ZERO,
    };

    /// Adds what `other` came to.
    pub fn merge(&mut self, other: Partial) {
        self.numbers += other.numbers;
        self.vectorised += other.vectorised;
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
            let mut merged = Partial { numbers: a, vectorised: 0, sum: I256::from(x) };
            merged.merge(Partial { numbers: b, vectorised: 7, sum: I256::from(y) });
            prop_assert_eq!((merged.numbers, merged.vectorised), (a + b, 7));
            prop_assert_eq!(unbounded(merged.sum), BigInt::from(x) + BigInt::from(y));
        }
    }
}
