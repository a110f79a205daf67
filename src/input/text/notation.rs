//! The other notations of a number, byte by byte: underscores, a plus sign, exponents, powers.

use super::is_separator;

/// So many digits are read without looking for an overflow.
const DIGITS_MAX: usize = 18;

/// A number that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) number: i64,
    /// Where it ends.
    pub(super) end: usize,
    /// Whether it is only digits, perhaps behind a minus.
    pub(super) is_plain: bool,
}

/// Reads `-1_000`, `+7`, `1e8`, `2^32`, `2**32` up to a separator. Returns the number and where it ends, or `None`
/// for anything else: what has a point or a negative exponent, is too large, or is no number.
pub(super) fn number(text: &[u8], start: usize) -> Option<Read> {
    let (is_negative, at) = match text[start] {
        b'-' => (true, start + 1),
        b'+' => (false, start + 1),
        _ => (false, start),
    };
    let first = at;
    let (base, count, at) = digits(text, at)?;
    let (magnitude, end) = match text.get(at) {
        Some(b'e' | b'E') => {
            let at = if text.get(at + 1) == Some(&b'+') {
                at + 2
            } else {
                at + 1
            };
            let (exponent, _, end) = digits(text, at)?;
            let scale = POWERS_OF_TEN.get(usize::try_from(exponent).ok()?)?;
            (base.checked_mul(*scale)?, end)
        }
        Some(b'^') => power(base, text, at + 1)?,
        Some(b'*') if text.get(at + 1) == Some(&b'*') => power(base, text, at + 2)?,
        _ => (base, at),
    };
    let ends = text.get(end).is_none_or(|byte| is_separator(*byte));
    let value = i64::try_from(magnitude).ok()?;
    ends.then_some(Read {
        number: if is_negative { -value } else { value },
        end,
        is_plain: end == first + count && text[start] != b'+',
    })
}

fn power(base: u64, text: &[u8], at: usize) -> Option<(u64, usize)> {
    let (exponent, _, end) = digits(text, at)?;
    let exponent = u32::try_from(exponent).ok()?;
    let power = match base {
        2 => 1u64.checked_shl(exponent)?,
        base => base.checked_pow(exponent)?,
    };
    Some((power, end))
}

/// Digits with single underscores between them, how many they are and where they end; `None` when there are none or too many.
fn digits(text: &[u8], start: usize) -> Option<(u64, usize, usize)> {
    let mut value = 0u64;
    let mut count = 0;
    let mut at = start;
    loop {
        match text.get(at) {
            Some(byte @ b'0'..=b'9') => {
                value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                count += 1;
            }
            Some(b'_') if at > start && text.get(at + 1).is_some_and(u8::is_ascii_digit) => {}
            _ => break,
        }
        at += 1;
    }
    (1..=DIGITS_MAX)
        .contains(&count)
        .then_some((value, count, at))
}

/// Those of 64 bits.
const POWERS_OF_TEN: [u64; 20] = {
    let mut powers = [1u64; 20];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};
