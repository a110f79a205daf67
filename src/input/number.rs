//! One number as people write it: `100_000_000`, `1.5e9`, `2^32`, `-5`.

/// Why a text is not a number of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberError {
    /// Not a number in any notation.
    Unknown,
    /// A number, but not a whole one.
    Fraction,
    /// A whole number beyond 64 bits.
    TooLarge,
}

/// No 64-bit number has a larger decimal exponent; digits are left out of account beyond it.
const EXPONENT_MAX: u32 = 400_000;

/// Reads one number.
pub(super) fn parse(text: &str) -> Result<i64, NumberError> {
    let (negative, magnitude) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = parse_magnitude(magnitude)?;
    let value = i128::try_from(magnitude).map_err(|_| NumberError::TooLarge)?;
    i64::try_from(if negative { -value } else { value }).map_err(|_| NumberError::TooLarge)
}

fn parse_magnitude(text: &str) -> Result<u128, NumberError> {
    if let Some((base, exponent)) = text.split_once("**").or_else(|| text.split_once('^')) {
        return power(digits(base)?, digits(exponent)?);
    }
    if let Some((mantissa, exponent)) = text.split_once(['e', 'E']) {
        return scientific(mantissa, exponent);
    }
    match text.split_once('.') {
        Some((whole, fraction)) => scientific_digits(whole, fraction, 0),
        None => digits(text),
    }
}

/// ASCII digits, with single underscores between them. Saturates: what is over 64 bits is refused
/// anyway.
fn digits(text: &str) -> Result<u128, NumberError> {
    let separated = text.split('_').all(|group| !group.is_empty());
    if !separated || !text.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return Err(NumberError::Unknown);
    }
    Ok(text
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0, |value: u128, digit| {
            value
                .saturating_mul(10)
                .saturating_add(u128::from(digit - b'0'))
        }))
}

fn power(base: u128, exponent: u128) -> Result<u128, NumberError> {
    let exponent = u32::try_from(exponent).unwrap_or(u32::MAX);
    base.checked_pow(exponent).ok_or(NumberError::TooLarge)
}

fn scientific(mantissa: &str, exponent: &str) -> Result<u128, NumberError> {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let (negative, exponent) = match exponent.as_bytes().first() {
        Some(b'-') => (true, &exponent[1..]),
        Some(b'+') => (false, &exponent[1..]),
        _ => (false, exponent),
    };
    let exponent = u32::try_from(digits(exponent)?)
        .unwrap_or(EXPONENT_MAX)
        .min(EXPONENT_MAX);
    let exponent = i64::from(exponent);
    scientific_digits(whole, fraction, if negative { -exponent } else { exponent })
}

/// `whole.fraction` times ten to the `exponent`, by moving the point.
fn scientific_digits(whole: &str, fraction: &str, exponent: i64) -> Result<u128, NumberError> {
    digits(whole)?;
    digits(fraction)?;
    let significant: String = format!("{whole}{fraction}").replace('_', "");
    let fraction_len = fraction.bytes().filter(u8::is_ascii_digit).count();
    let significant = significant.trim_start_matches('0');
    let trimmed = significant.trim_end_matches('0');
    if trimmed.is_empty() {
        return Ok(0);
    }
    let dropped = significant.len() - trimmed.len();
    let zeros = exponent - i64::try_from(fraction_len).unwrap_or(i64::MAX)
        + i64::try_from(dropped).unwrap_or(i64::MAX);
    match u32::try_from(zeros) {
        Ok(zeros) => {
            let scale = 10u128.checked_pow(zeros).ok_or(NumberError::TooLarge)?;
            digits(trimmed)?
                .checked_mul(scale)
                .ok_or(NumberError::TooLarge)
        }
        Err(_) if zeros < 0 => Err(NumberError::Fraction),
        Err(_) => Err(NumberError::TooLarge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_every_notation() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("+7", 7),
            ("007", 7),
            ("100_000_000", 100_000_000),
            ("1e8", 100_000_000),
            ("1E+8", 100_000_000),
            ("1.5e9", 1_500_000_000),
            ("-2.50e1", -25),
            ("100e-2", 1),
            ("1.0", 1),
            ("0e999999999999999999999", 0),
            ("2^32", 1 << 32),
            ("2**32", 1 << 32),
            ("-2^63", i64::MIN),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("9.223372036854775807e18", i64::MAX),
        ] {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn says_why_a_text_is_no_number() {
        use NumberError::{Fraction, TooLarge, Unknown};
        for (text, error) in [
            ("", Unknown),
            ("-", Unknown),
            ("--5", Unknown),
            ("x12", Unknown),
            ("1_", Unknown),
            ("_1", Unknown),
            ("1__0", Unknown),
            ("1.", Unknown),
            (".5", Unknown),
            ("e8", Unknown),
            ("1e", Unknown),
            ("1e1.5", Unknown),
            ("2^", Unknown),
            ("2^-1", Unknown),
            ("١", Unknown),
            ("0x10", Unknown),
            ("1.5", Fraction),
            ("15e-1", Fraction),
            ("1e-999999999999", Fraction),
            ("1e400", TooLarge),
            ("2^64", TooLarge),
            ("2^63", TooLarge),
            ("2^99999999999999999999", TooLarge),
            ("9223372036854775808", TooLarge),
            ("-9223372036854775809", TooLarge),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn ten_thousand_digits_are_too_large() {
        assert_eq!(parse(&"9".repeat(10_000)), Err(NumberError::TooLarge));
        assert_eq!(
            parse(&format!("0.{}1", "0".repeat(10_000))),
            Err(NumberError::Fraction)
        );
    }

    proptest! {
        #[test]
        fn reads_back_what_is_printed(n: i64) {
            prop_assert_eq!(parse(&n.to_string()), Ok(n));
        }

        #[test]
        fn never_panics(text in ".{0,12}", number in "[-+0-9._e^*]{0,12}") {
            let _ = (parse(&text), parse(&number));
        }
    }
}
