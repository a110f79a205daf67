//! Plain decimal digits, eight at a time in an ordinary register.

use super::is_separator;

/// No number of 64 bits has more digits, but for leading zeros.
const DIGITS_MAX: u32 = 19;

/// How many bytes are looked at for a number: a sign, three words of digits, and a separator behind them.
pub(super) const WINDOW_LEN: usize = 26;

/// The bytes that all are `byte`.
const fn repeated(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Reads up to 19 plain digits, perhaps with a minus, that end at a separator well before the text
/// does. Returns the number and where it ends, or `None` for anything else.
#[inline(always)]
pub(super) fn number(text: &[u8], start: usize) -> Option<(i64, usize)> {
    match text[start] {
        b'-' => magnitude(text, start + 1).map(|(magnitude, end)| (-magnitude, end)),
        _ => magnitude(text, start),
    }
}

#[inline(always)]
fn magnitude(text: &[u8], start: usize) -> Option<(i64, usize)> {
    let window: &[u8; WINDOW_LEN - 1] = text.get(start..)?.first_chunk()?;
    let (first, second, third) = (word(window, 0), word(window, 8), word(window, 16));
    let in_first = leading_digits(first);
    let (value, digits) = if in_first < 8 {
        (some_digits(first, in_first), in_first)
    } else {
        let in_second = leading_digits(second);
        let value = eight_digits(first) * POWERS_OF_TEN[in_second as usize]
            + some_digits(second, in_second);
        if in_second < 8 {
            (value, 8 + in_second)
        } else {
            let in_third = leading_digits(third);
            let some = in_third.min(DIGITS_MAX - 16);
            let value = value * POWERS_OF_TEN[some as usize] + some_digits(third, some);
            (value, 16 + in_third)
        }
    };
    let read = (1..=DIGITS_MAX).contains(&digits)
        && is_separator(window[digits as usize])
        && value <= i64::MAX as u64;
    read.then_some((value.cast_signed(), start + digits as usize))
}

/// How a number stands in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// How many digits it has, 1 to 19.
    pub(super) digits: usize,
    /// Whether it has a minus.
    pub(super) is_negative: bool,
    /// How many separators stand behind it, 1 or 2.
    pub(super) gap: usize,
}

impl Shape {
    /// From one number of this shape to the next.
    pub(super) fn len(self) -> usize {
        usize::from(self.is_negative) + self.digits + self.gap
    }
}

/// Reads numbers of the shape of the one before, which ends at `start`, behind its separators. Where each
/// begins is known then before the one before it is read, so that the CPU reads several at a time. Returns
/// how many were read, up to a number of another shape or the end of `numbers`.
pub(super) fn alike(text: &[u8], start: usize, shape: Shape, numbers: &mut [i64]) -> usize {
    let readers = if shape.is_negative {
        ALIKE_NEGATIVE
    } else {
        ALIKE
    };
    match (shape.digits, shape.gap) {
        (1..=19, 1) => readers[shape.digits - 1].0(text, start, numbers),
        (1..=19, 2) => readers[shape.digits - 1].1(text, start, numbers),
        _ => 0,
    }
}

/// Reads numbers behind which one separator stands, and those behind which two do.
type Reader = fn(&[u8], usize, &mut [i64]) -> usize;
type Readers = (Reader, Reader);

/// By the count of digits less one.
const ALIKE: [Readers; 19] = readers::<0>();
const ALIKE_NEGATIVE: [Readers; 19] = readers::<1>();

const fn readers<const SIGN: usize>() -> [Readers; 19] {
    [
        (read::<1, SIGN, 1>, read::<1, SIGN, 2>),
        (read::<2, SIGN, 1>, read::<2, SIGN, 2>),
        (read::<3, SIGN, 1>, read::<3, SIGN, 2>),
        (read::<4, SIGN, 1>, read::<4, SIGN, 2>),
        (read::<5, SIGN, 1>, read::<5, SIGN, 2>),
        (read::<6, SIGN, 1>, read::<6, SIGN, 2>),
        (read::<7, SIGN, 1>, read::<7, SIGN, 2>),
        (read::<8, SIGN, 1>, read::<8, SIGN, 2>),
        (read::<9, SIGN, 1>, read::<9, SIGN, 2>),
        (read::<10, SIGN, 1>, read::<10, SIGN, 2>),
        (read::<11, SIGN, 1>, read::<11, SIGN, 2>),
        (read::<12, SIGN, 1>, read::<12, SIGN, 2>),
        (read::<13, SIGN, 1>, read::<13, SIGN, 2>),
        (read::<14, SIGN, 1>, read::<14, SIGN, 2>),
        (read::<15, SIGN, 1>, read::<15, SIGN, 2>),
        (read::<16, SIGN, 1>, read::<16, SIGN, 2>),
        (read::<17, SIGN, 1>, read::<17, SIGN, 2>),
        (read::<18, SIGN, 1>, read::<18, SIGN, 2>),
        (read::<19, SIGN, 1>, read::<19, SIGN, 2>),
    ]
}

/// Reads numbers of `DIGITS` digits behind `SIGN` minus signs, 0 or 1, with `GAP` separators behind them.
fn read<const DIGITS: usize, const SIGN: usize, const GAP: usize>(
    text: &[u8],
    start: usize,
    numbers: &mut [i64],
) -> usize {
    let mut rest = &text[start..];
    for (i, number) in numbers.iter_mut().enumerate() {
        let Some(window) = rest.first_chunk::<WINDOW_LEN>() else {
            return i;
        };
        let is_alike = (SIGN == 0 || window[0] == b'-')
            && is_separator(window[SIGN + DIGITS])
            && (GAP == 1 || is_separator(window[SIGN + DIGITS + 1]));
        let Some(value) = exactly::<DIGITS, SIGN>(window).filter(|_| is_alike) else {
            return i;
        };
        let value = value.cast_signed();
        *number = if SIGN == 0 { value } else { -value };
        rest = &rest[SIGN + DIGITS + GAP..];
    }
    numbers.len()
}

/// The value of so many digits behind the sign; `None` when one is no digit, or the value is beyond 63 bits.
#[inline(always)]
fn exactly<const DIGITS: usize, const SIGN: usize>(window: &[u8; WINDOW_LEN]) -> Option<u64> {
    let mut value = 0u64;
    let mut other = 0;
    let mut at = 0;
    while at < DIGITS {
        let here = if DIGITS - at < 8 { DIGITS - at } else { 8 };
        // The digits stand at the high end, behind bytes of zeros.
        let digits = (word(window, SIGN + at) ^ repeated(b'0')) << (64 - 8 * here);
        other |=
            (digits.wrapping_add(repeated(0x76)) | digits) & (repeated(0x80) << (64 - 8 * here));
        value = value
            .wrapping_mul(POWERS_OF_TEN[here])
            .wrapping_add(eight_digits(digits));
        at += here;
    }
    (other == 0 && value <= i64::MAX as u64).then_some(value)
}

#[inline(always)]
fn word<const N: usize>(window: &[u8; N], at: usize) -> u64 {
    u64::from_le_bytes(*window[at..].first_chunk().expect("within the window"))
}

/// The value of the first `digits` of eight bytes, the lowest first.
#[inline(always)]
fn some_digits(word: u64, digits: u32) -> u64 {
    match digits {
        0 => 0,
        _ => eight_digits(word << (64 - 8 * digits)),
    }
}

const POWERS_OF_TEN: [u64; 9] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
];

/// How many of eight bytes are ASCII digits before the first that is not, the lowest byte first.
#[inline]
fn leading_digits(word: u64) -> u32 {
    // A digit is a byte 0x30 … 0x39: with its high half removed it is below 10. Only carries out
    // of a byte that is no digit reach the byte above it, which is not looked at then.
    let low = word ^ repeated(b'0');
    let no_digit = (low.wrapping_add(repeated(0x76)) | low) & repeated(0x80);
    no_digit.trailing_zeros() / 8
}

/// The value of eight ASCII digits, the lowest byte first; zero bytes count as leading zeros.
/// Pairs, fours, then all eight are joined by one multiplication each (D. Lemire, "Quickly parsing
/// eight digits", 2018).
#[inline]
fn eight_digits(word: u64) -> u64 {
    let digits = word & repeated(0x0f);
    let pairs = (digits.wrapping_mul(1 + (10 << 8)) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(1 + (100 << 16)) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(1 + (10_000 << 32)) >> 32
}
