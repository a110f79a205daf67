//! A number as the notation of the input has it, without a bound: `100_000_000`, `1.5e9`.

use crate::exact::BigInt;

/// Why a text that begins with a digit is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberError {
    /// Underscores at an end or side by side.
    Underscores,
    /// A number, but not a whole one.
    Fraction,
    /// More than [`DIGITS_MAX`](super::DIGITS_MAX) digits.
    TooLarge,
}

/// A whole number: `mantissa` followed by `zeros` zeros.
///
/// `1e99999` stays short until it is computed, as a text may hold thousands of such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub mantissa: BigInt,
    pub zeros: u32,
}

/// Zeros are written out up to this many.
const ZEROS_WRITTEN_OUT: usize = 1000;

/// How much of `text`, which begins with a digit, belongs to the number, in bytes.
pub(super) fn length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let rest = &bytes[from.min(bytes.len())..];
        let len = rest
            .iter()
            .take_while(|b| b.is_ascii_digit() || **b == b'_')
            .count();
        from + len
    };
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') && is_digit(end + 1) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        let exponent = end + 1 + usize::from(signed);
        if is_digit(exponent) {
            end = digits(exponent);
        }
    }
    end
}

/// Reads a number of the form that [`length`] finds.
pub(super) fn parse(text: &str) -> Result<Literal, NumberError> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let signless = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let groups = [whole, fraction, signless];
    if groups.iter().any(|text| text.split('_').any(str::is_empty)) {
        return Err(NumberError::Underscores);
    }
    let [whole, fraction, exponent_digits] = groups.map(|text| text.replace('_', ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Ok(Literal {
            mantissa: BigInt::ZERO,
            zeros: 0,
        });
    }
    let dropped = all.len() - all.trim_end_matches('0').len();
    // An exponent that is cut short moves the point beyond any text all the same.
    let exponent_size = exponent_digits.parse().unwrap_or(i64::MAX / 4);
    let exponent_size = exponent_size.min(i64::MAX / 4);
    let exponent = if exponent.starts_with('-') {
        -exponent_size
    } else {
        exponent_size
    };
    let len = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX / 4);
    let zeros = exponent - len(&fraction) + i64::try_from(dropped).unwrap_or(i64::MAX / 4);
    if zeros < 0 {
        return Err(NumberError::Fraction);
    }
    if zeros + len(significant) > i64::from(super::DIGITS_MAX) {
        return Err(NumberError::TooLarge);
    }
    literal(significant, usize::try_from(zeros).unwrap_or(usize::MAX))
}

fn literal(significant: &str, zeros: usize) -> Result<Literal, NumberError> {
    let (written_out, left) = match zeros {
        zeros if zeros <= ZEROS_WRITTEN_OUT => (zeros, 0),
        zeros => (0, zeros),
    };
    let digits = format!("{significant}{}", "0".repeat(written_out));
    let mantissa = BigInt::parse_bytes(digits.as_bytes(), 10);
    Ok(Literal {
        mantissa: mantissa.ok_or(NumberError::Underscores)?,
        zeros: u32::try_from(left).unwrap_or(u32::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<BigInt, NumberError> {
        let Literal { mantissa, zeros } = parse(text)?;
        Ok(mantissa * BigInt::from(10).pow(zeros))
    }

    #[test]
    fn reads_the_notation_of_the_input() {
        for (text, wanted) in [
            ("0", 0),
            ("007", 7),
            ("100_000_000", 100_000_000),
            ("1e8", 100_000_000),
            ("1E+8", 100_000_000),
            ("1.5e9", 1_500_000_000),
            ("2.50e1", 25),
            ("100e-2", 1),
            ("1.0", 1),
            ("0e999999999999999999999", 0),
            ("9.223372036854775807e18", i64::MAX),
        ] {
            assert_eq!(length(text), text.len(), "{text}");
            assert_eq!(value(text), Ok(BigInt::from(wanted)), "{text}");
        }
    }

    #[test]
    fn says_why_a_text_is_no_number() {
        use NumberError::{Fraction, TooLarge, Underscores};
        for (text, error) in [
            ("1_", Underscores),
            ("1__0", Underscores),
            ("1.5", Fraction),
            ("15e-1", Fraction),
            ("1e-999999999999999999999", Fraction),
            ("1e100000", TooLarge),
            ("1e999999999999999999999", TooLarge),
        ] {
            assert_eq!(value(text), Err(error), "{text}");
        }
    }

    #[test]
    fn ends_where_the_number_ends() {
        for (text, wanted) in [
            ("3n", 1),
            ("1..5", 1),
            ("1.5.2", 3),
            ("2e", 1),
            ("2e+n", 1),
            ("2e+3n", 4),
            ("1_000_x", 6),
            ("12", 2),
        ] {
            assert_eq!(length(text), wanted, "{text}");
        }
    }

    #[test]
    fn many_digits_are_exact() {
        let digits = "9".repeat(2000);
        assert_eq!(value(&digits).unwrap().to_string(), digits);
        let large = value("15e99998").unwrap();
        assert_eq!(large, BigInt::from(15) * BigInt::from(10).pow(99_998));
    }
}
