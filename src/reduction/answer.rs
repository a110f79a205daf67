//! What all numbers came to, as it is shown.

use crate::exact::BigInt;
use num_integer::Integer;
use num_traits::Signed;
use std::collections::BTreeMap;
use std::fmt;

/// How many digits the decimal form of a mean has behind the point, when it has no end before.
const DECIMALS_MAX: u32 = 12;

/// What all numbers came to. It is displayed bare: an integer, a fraction `7/2`, or of a histogram a
/// line for each value, `value count`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An integer.
    Integer(BigInt),
    /// A result that was looked for, and the number that has it.
    Found(BigInt, i64),
    /// A fraction in lowest terms; the denominator is 1 or more.
    Fraction(BigInt, BigInt),
    /// How often each value occurs.
    Histogram(BTreeMap<BigInt, u128>),
}

impl Answer {
    /// The mean of `count` results, at least one, whose sum is given.
    pub(super) fn mean(sum: &BigInt, count: u128) -> Answer {
        let count = BigInt::from(count);
        let common = sum.gcd(&count);
        Answer::Fraction(sum / &common, count / common)
    }

    /// The value, when it is an integer.
    #[must_use]
    pub fn integer(&self) -> Option<&BigInt> {
        match self {
            Answer::Integer(value) | Answer::Found(value, _) => Some(value),
            Answer::Fraction(value, denominator) => {
                (*denominator == BigInt::from(1)).then_some(value)
            }
            Answer::Histogram(_) => None,
        }
    }

    /// The number that has the result that was looked for.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Answer::Found(_, number) => Some(*number),
            _ => None,
        }
    }

    /// A fraction in decimal, rounded half away from zero to 12 digits behind the point, and whether
    /// that is exact.
    #[must_use]
    pub fn decimal(&self) -> Option<(String, bool)> {
        let Answer::Fraction(numerator, denominator) = self else {
            return None;
        };
        let scale = BigInt::from(10).pow(DECIMALS_MAX);
        let scaled = numerator.abs() * &scale;
        let (quotient, rest) = scaled.div_rem(denominator);
        let up = u8::from(&rest * 2 >= *denominator);
        let (whole, behind) = (quotient + up).div_rem(&scale);
        let behind = format!("{behind:0>width$}", width = DECIMALS_MAX as usize);
        let behind = behind.trim_end_matches('0');
        let is_zero = whole == BigInt::ZERO && behind.is_empty();
        let sign = if numerator.is_negative() && !is_zero {
            "-"
        } else {
            ""
        };
        let point = if behind.is_empty() { "" } else { "." };
        let is_exact = rest == BigInt::ZERO;
        Some((format!("{sign}{whole}{point}{behind}"), is_exact))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Histogram(counts) => {
                for (i, (value, count)) in counts.iter().enumerate() {
                    let end = if i == 0 { "" } else { "\n" };
                    write!(f, "{end}{value} {count}")?;
                }
                Ok(())
            }
            Answer::Fraction(numerator, denominator) if self.integer().is_none() => {
                write!(f, "{numerator}/{denominator}")
            }
            Answer::Integer(value) | Answer::Found(value, _) | Answer::Fraction(value, _) => {
                write!(f, "{value}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_fractions_and_decimals() {
        for (sum, count, fraction, decimal, is_exact) in [
            (7i64, 2u128, "7/2", "3.5", true),
            (-7, 2, "-7/2", "-3.5", true),
            (6, 3, "2", "2", true),
            (0, 9, "0", "0", true),
            (1, 3, "1/3", "0.333333333333", false),
            (2, 3, "2/3", "0.666666666667", false),
            (-1, 6_000_000_000_000, "-1/6000000000000", "0", false),
            (
                1_999_999_999_999_999,
                2_000_000_000_000_000,
                "1999999999999999/2000000000000000",
                "1",
                false,
            ),
        ] {
            let mean = Answer::mean(&sum.into(), count);
            assert_eq!(mean.to_string(), fraction);
            assert_eq!(mean.decimal(), Some((decimal.to_owned(), is_exact)));
        }
    }

    #[test]
    fn a_histogram_has_a_line_for_each_value() {
        let counts = BTreeMap::from([(BigInt::from(-1), 3), (BigInt::from(12), 1)]);
        assert_eq!(Answer::Histogram(counts).to_string(), "-1 3\n12 1");
    }
}
