//! Integers in a text, separated by white space or commas.

use super::error::InputError;
use super::number;
use super::parse;

/// How many numbers are handed on at a time.
const BATCH_LEN: usize = 1024;

/// Numbers of up to this many digits are read without looking for an overflow.
const FAST_DIGITS_MAX: u32 = 18;

/// Where a text ended, for the lines and columns of the text after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextEnd {
    /// How many lines it ended.
    pub lines: u64,
    /// How many bytes stand after the last of them.
    pub columns: u64,
}

impl TextEnd {
    /// The end of a text that starts where another ended.
    #[must_use]
    pub fn then(self, next: TextEnd) -> TextEnd {
        TextEnd {
            lines: self.lines + next.lines,
            columns: match next.lines {
                0 => self.columns + next.columns,
                _ => next.columns,
            },
        }
    }

    fn of(text: &[u8]) -> TextEnd {
        let last = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
        TextEnd {
            lines: memchr::memchr_iter(b'\n', text).count() as u64,
            columns: (text.len() - last) as u64,
        }
    }
}

/// A text that is not an integer, among integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// Where the text before it ends.
    pub before: TextEnd,
    /// What is wrong with it.
    pub error: InputError,
}

/// Reads all integers of `text` in order and hands them on in batches; says where the text ends.
///
/// A number is written as on the command line.
///
/// # Errors
/// The first text that is no integer; what stands before it has been handed on.
pub fn parse_text(text: &[u8], mut batch: impl FnMut(&[i64])) -> Result<TextEnd, TextError> {
    let mut numbers = [0i64; BATCH_LEN];
    let mut len = 0;
    let mut at = 0;
    loop {
        while at < text.len() && is_separator(text[at]) {
            at += 1;
        }
        if at == text.len() {
            batch(&numbers[..len]);
            return Ok(TextEnd::of(text));
        }
        let read = fast(text, at).map_or_else(|| slow(text, at), Ok);
        let (number, end) = match read {
            Ok(read) => read,
            Err(error) => {
                batch(&numbers[..len]);
                let before = TextEnd::of(&text[..at]);
                return Err(TextError { before, error });
            }
        };
        numbers[len] = number;
        len += 1;
        at = end;
        if len == BATCH_LEN {
            batch(&numbers);
            len = 0;
        }
    }
}

/// Whether a byte stands between numbers: ASCII white space or a comma.
#[inline]
pub(super) fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r' | b',')
}

/// Reads up to 18 plain digits, perhaps with a minus, that end at a separator well before the text
/// does. Returns the number and where it ends, or `None` for anything else.
#[inline(always)]
fn fast(text: &[u8], start: usize) -> Option<(i64, usize)> {
    match text[start] {
        b'-' => fast_digits(text, start + 1).map(|(magnitude, end)| (-magnitude, end)),
        _ => fast_digits(text, start),
    }
}

#[inline(always)]
fn fast_digits(text: &[u8], start: usize) -> Option<(i64, usize)> {
    let window: &[u8; 25] = text.get(start..)?.first_chunk()?;
    let word = |i: usize| u64::from_le_bytes(*window[i..].first_chunk().expect("within 25 bytes"));
    let in_first = leading_digits(word(0));
    let (value, digits) = if in_first < 8 {
        (some_digits(word(0), in_first), in_first)
    } else {
        let in_second = leading_digits(word(8));
        let second = some_digits(word(8), in_second);
        let value = eight_digits(word(0)) * POWERS_OF_TEN[in_second as usize] + second;
        if in_second < 8 {
            (value, 8 + in_second)
        } else {
            let in_third = leading_digits(word(16));
            let third = some_digits(word(16), in_third.min(2));
            (
                value * POWERS_OF_TEN[in_third.min(2) as usize] + third,
                16 + in_third,
            )
        }
    };
    let read = (1..=FAST_DIGITS_MAX).contains(&digits) && is_separator(window[digits as usize]);
    read.then_some((value.cast_signed(), start + digits as usize))
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
    let low = word ^ 0x3030_3030_3030_3030;
    let no_digit = (low.wrapping_add(0x7676_7676_7676_7676) | low) & 0x8080_8080_8080_8080;
    no_digit.trailing_zeros() / 8
}

/// The value of eight ASCII digits, the lowest byte first; zero bytes count as leading zeros.
/// Pairs, fours, then all eight are joined by one multiplication each (D. Lemire, "Quickly parsing
/// eight digits", 2018).
#[inline]
fn eight_digits(word: u64) -> u64 {
    let digits = word & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (digits.wrapping_mul(1 + (10 << 8)) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(1 + (100 << 16)) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(1 + (10_000 << 32)) >> 32
}

/// Reads one number in any notation, up to the next separator.
#[cold]
fn slow(text: &[u8], start: usize) -> Result<(i64, usize), InputError> {
    let len = text[start..]
        .iter()
        .take_while(|b| !is_separator(**b))
        .count();
    let token = String::from_utf8_lossy(&text[start..start + len]);
    number::parse(&token)
        .map(|number| (number, start + len))
        .map_err(|error| parse::not_a_number(&token, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> Result<Vec<i64>, TextError> {
        let mut numbers = Vec::new();
        parse_text(text, |batch| numbers.extend_from_slice(batch)).map(|_| numbers)
    }

    proptest! {
        #[test]
        fn reads_back_what_is_written(
            numbers in proptest::collection::vec(prop_oneof![any::<i64>(), -1000i64..1000, any::<i32>().prop_map(i64::from)], 0..3_000),
            separator in "[ ,\n\t\r]{1,3}",
            end in "[ ,\n]{0,2}",
        ) {
            let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let text = words.join(&separator) + &end;
            prop_assert_eq!(read(text.as_bytes()), Ok(numbers));
        }

        #[test]
        fn the_fast_path_agrees_with_the_slow_one(text in "[-+0-9x_.e]{1,22}") {
            let padded = format!("{text}\n{}", " ".repeat(25));
            if let Some((number, end)) = fast(padded.as_bytes(), 0) {
                prop_assert_eq!(number::parse(&text), Ok(number));
                prop_assert_eq!(end, text.len());
            }
        }

        #[test]
        fn never_panics(text in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&text);
        }

        #[test]
        fn ends_add_up(a in "[0-9\n ]{0,20}", b in "[0-9\n ]{0,20}") {
            let end = |text: &str| TextEnd::of(text.as_bytes());
            prop_assert_eq!(end(&a).then(end(&b)), end(&(a + &b)));
        }
    }

    #[test]
    fn takes_every_notation_and_every_line_end() {
        let text = "1e3\r\n2^10, 1_000\n\n-5\t+7,,2**3 00000000000000000000012";
        assert_eq!(
            read(text.as_bytes()),
            Ok(vec![1000, 1024, 1000, -5, 7, 8, 12])
        );
        assert_eq!(read(b""), Ok(vec![]));
        assert_eq!(read(b" \n, "), Ok(vec![]));
    }

    #[test]
    fn a_wrong_text_is_placed_and_quoted() {
        let numbers = std::cell::RefCell::new(Vec::new());
        let text = b"1 2\n3\n  4 5 x12 6\n";
        let error =
            parse_text(text, |batch| numbers.borrow_mut().extend_from_slice(batch)).unwrap_err();
        assert_eq!((error.before.lines, error.before.columns), (2, 6));
        assert!(
            error
                .error
                .to_string()
                .starts_with("'x12' is not an integer")
        );
        assert_eq!(*numbers.borrow(), [1, 2, 3, 4, 5]);
        for wrong in [
            &b"\xff\xfe"[..],
            b"1\0",
            b"1.5",
            b"9223372036854775808",
            b"1..4",
            b"@x",
            &[b'9'; 10_000],
        ] {
            let message = read(wrong).unwrap_err().error.to_string();
            assert_eq!(message.lines().count(), 1);
            assert!(message.len() < 400, "{message}");
        }
    }
}
