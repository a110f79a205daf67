//! Integers in a text, separated by white space or commas.

mod digits;
mod notation;

use super::error::InputError;
use super::number;
use super::parse;
use std::ops::Range;

/// How many numbers are handed on at a time.
const BATCH_LEN: usize = 1024;

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
    let mut guess = Guess::default();
    loop {
        at = behind_separators(text, at);
        if at == text.len() {
            batch(&numbers[..len]);
            return Ok(TextEnd::of(text));
        }
        let (number, end) = match one(text, at, &mut guess) {
            Ok(read) => read,
            Err(error) => {
                batch(&numbers[..len]);
                let before = TextEnd::of(&text[..at]);
                return Err(TextError { before, error });
            }
        };
        numbers[len] = number;
        len += 1;
        if let Some(shape) = guess.shape(text, at..end) {
            let start = end + shape.gap;
            let read = digits::alike(text, start, shape, &mut numbers[len..]);
            guess.was_right(read > 0);
            len += read;
            at = start + read * shape.len();
        } else {
            at = end;
        }
        if len == BATCH_LEN {
            batch(&numbers);
            len = 0;
        }
    }
}

/// What the next numbers are likely to look like, as those before them did.
#[derive(Default)]
struct Guess {
    /// Whether the last number was written in plain digits.
    is_other_notation: bool,
    /// The shape of the last number.
    last: digits::Shape,
    /// For so many numbers it is not asked whether they are alike: those before were not.
    pause: u32,
}

/// How many numbers are read one by one after a guess that was wrong.
const PAUSE: u32 = 16;

impl Guess {
    /// The shape of the number at `place`, when the one before had the same, so that more are likely to.
    #[inline]
    fn shape(&mut self, text: &[u8], place: Range<usize>) -> Option<digits::Shape> {
        if self.pause > 0 || self.is_other_notation {
            self.pause = self.pause.saturating_sub(1);
            return None;
        }
        let is_negative = text[place.start] == b'-';
        let has_two = text
            .get(place.end + 1)
            .is_some_and(|byte| is_separator(*byte));
        let shape = digits::Shape {
            digits: place.len() - usize::from(is_negative),
            is_negative,
            gap: 1 + usize::from(has_two),
        };
        let is_alike = shape == self.last && place.end + shape.gap <= text.len();
        self.last = shape;
        is_alike.then_some(shape)
    }

    fn was_right(&mut self, right: bool) {
        self.pause = if right { 0 } else { PAUSE };
    }
}

#[inline]
fn behind_separators(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && is_separator(text[at]) {
        at += 1;
    }
    at
}

/// Whether a byte stands between numbers: ASCII white space or a comma.
#[inline]
pub(super) fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r' | b',')
}

/// Reads one number, by the fastest way that takes its notation, up to the next separator. The way that took
/// the last one is tried first.
#[inline]
fn one(text: &[u8], start: usize, guess: &mut Guess) -> Result<(i64, usize), InputError> {
    if !guess.is_other_notation {
        if let Some(read) = digits::number(text, start) {
            return Ok(read);
        }
        guess.is_other_notation = true;
    }
    if let Some(read) = notation::number(text, start) {
        guess.is_other_notation = !read.is_plain;
        return Ok((read.number, read.end));
    }
    guess.is_other_notation = false;
    slow(text, start)
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
        fn the_fast_ways_agree_with_the_slow_one(
            text in prop_oneof!["[-+0-9x_.e]{1,22}", "[-+]?[0-9_]{1,6}(e|E|e[+]|\\^|[*][*]|_|)[0-9_]{0,3}", "-?[0-9]{17,20}"]
        ) {
            for behind in [format!("\n{}", " ".repeat(25)), String::new()] {
                let padded = format!("{text}{behind}");
                let plain = digits::number(padded.as_bytes(), 0);
                let other = notation::number(padded.as_bytes(), 0);
                for (number, end) in plain.into_iter().chain(other.map(|read| (read.number, read.end))) {
                    prop_assert_eq!(number::parse(&text), Ok(number));
                    prop_assert_eq!(end, text.len());
                }
            }
        }

        #[test]
        fn numbers_of_one_shape_are_read_like_others(
            shape in 1u32..21,
            signs in "-{0,2}",
            separator in "[\n, ]{1,3}",
            numbers in proptest::collection::vec(any::<u64>(), 3..40),
            odd in proptest::collection::vec(("[-0-9 x_\n,]{1,4}", 0usize..40), 0..3),
        ) {
            // Texts of one shape, among which others stand.
            let modulus = 10u128.pow(shape);
            let mut words: Vec<String> = numbers.iter().map(|n| {
                let number = (u128::from(*n) * 7_777_777_777_777) % modulus;
                format!("{signs}{number:0>width$}", width = shape as usize)
            }).collect();
            for (text, at) in odd {
                let at = at.min(words.len());
                words.insert(at, text);
            }
            let text = words.join(&separator);
            let mut expected = Vec::new();
            let mut error = None;
            for word in text.split(|c: char| is_separator(c as u8)).filter(|word| !word.is_empty()) {
                match number::parse(word) {
                    Ok(number) => expected.push(number),
                    Err(wrong) => {
                        error = Some(parse::not_a_number(word, wrong));
                        break;
                    }
                }
            }
            let mut numbers = Vec::new();
            let read = parse_text(text.as_bytes(), |batch| numbers.extend_from_slice(batch));
            prop_assert_eq!(numbers, expected);
            prop_assert_eq!(read.err().map(|read| read.error), error);
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
