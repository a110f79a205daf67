//! Text to input: items, ranges, and errors that say how to mend them.

use super::constant;
use super::error::{InputError, quote};
use super::number::{self, NumberError};
use super::numbers::Segment;
use super::{Input, Numbers, Part, Progression, Source};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// The error for a text that is longer than any number.
pub(super) fn too_long(text: &[u8]) -> InputError {
    InputError::TooLong {
        item: quote(&String::from_utf8_lossy(text)),
        len: text.len(),
    }
}

/// Reads a single number.
pub(super) fn number(text: &str) -> Result<i64, InputError> {
    let text = text.trim();
    let read = number::parse(text);
    let computed = match read {
        Err(NumberError::Unknown) => constant::value(text, ""),
        _ => None,
    };
    computed.unwrap_or_else(|| read.map_err(|error| not_a_number(text, error)))
}

/// Reads a step: one number, not 0.
pub(super) fn step(text: &str) -> Result<i64, InputError> {
    match number(text)? {
        0 => Err(InputError::ZeroStep {
            text: quote(text.trim()),
        }),
        step => Ok(step),
    }
}

/// Reads a whole input.
pub(super) fn input(text: &OsStr, step: Option<i64>) -> Result<Input, InputError> {
    if step == Some(0) {
        return Err(InputError::ZeroStep {
            text: "0".to_owned(),
        });
    }
    let whole = text.to_string_lossy();
    if whole.trim().is_empty() {
        return Err(InputError::Empty);
    }
    let mut parts = Vec::new();
    for (i, item) in constant::items(text.as_bytes()).into_iter().enumerate() {
        let item = item.trim_ascii();
        if item.is_empty() {
            return Err(InputError::EmptyItem {
                text: quote(&whole),
                position: i + 1,
                place: if i == 0 { "after" } else { "before" },
            });
        }
        if i > 0 && item == b"000" {
            return Err(InputError::GroupedDigits {
                text: quote(&whole),
                guess: quote(&whole.replace(',', "_")),
            });
        }
        push_item(&mut parts, item, step.unwrap_or(1))?;
    }
    let has_range = parts
        .iter()
        .any(|part| matches!(part, Part::Known(numbers) if numbers.has_range()));
    if step.is_some() && !has_range {
        return Err(InputError::StepWithoutRange {
            text: quote(&whole),
        });
    }
    Ok(Input {
        text: whole.trim().to_owned(),
        step,
        parts,
    })
}

/// Reads one item, and adds it to the last part or as a part of its own.
fn push_item(parts: &mut Vec<Part>, item: &[u8], step: i64) -> Result<(), InputError> {
    if let Some(source) = source(item)? {
        let standard_input = Part::Stream(Source::StandardInput);
        if source == Source::StandardInput && parts.contains(&standard_input) {
            return Err(InputError::StandardInputTwice);
        }
        parts.push(Part::Stream(source));
        return Ok(());
    }
    let item = String::from_utf8_lossy(item);
    let segment = match item.contains("..") {
        true => Segment::Progression(range(&item, step)?),
        false => Segment::List(vec![endpoint(&item, None)?]),
    };
    match parts.last_mut() {
        Some(Part::Known(numbers)) => numbers.push(segment),
        _ => {
            let mut numbers = Numbers::default();
            numbers.push(segment);
            parts.push(Part::Known(numbers));
        }
    }
    Ok(())
}

/// The source that `-` or `@FILE` names.
fn source(item: &[u8]) -> Result<Option<Source>, InputError> {
    match item {
        b"-" => Ok(Some(Source::StandardInput)),
        b"@" => Err(InputError::NoFileName),
        [b'@', path @ ..] => Ok(Some(Source::File(OsStr::from_bytes(path).into()))),
        _ => Ok(None),
    }
}

/// Reads `A..B` or `A..=B`.
fn range(item: &str, step: i64) -> Result<Progression, InputError> {
    let (start, end) = item.split_once("..").unwrap_or((item, ""));
    let (end, inclusive) = match end.strip_prefix('=') {
        Some(end) => (end, true),
        None => (end, false),
    };
    let (start, end) = (start.trim(), end.trim());
    if let Some(expected) = malformed(start, end) {
        return Err(InputError::NotARange {
            item: quote(item),
            expected,
        });
    }
    let (a, b) = (endpoint(start, Some(item))?, endpoint(end, Some(item))?);
    let distance = i128::from(b) - i128::from(a);
    let step_wide = i128::from(step);
    if distance != 0 && (distance > 0) != (step > 0) {
        return Err(against_step(item, step, (start, end), inclusive));
    }
    let numbers = if inclusive {
        distance / step_wide + 1
    } else {
        (distance + step_wide - step_wide.signum()) / step_wide
    };
    u128::try_from(numbers)
        .ok()
        .and_then(|numbers| Progression::new(a, step, numbers))
        .ok_or_else(|| against_step(item, step, (start, end), inclusive))
}

/// What was expected of two texts that cannot be the ends of a range, whatever they are.
fn malformed(start: &str, end: &str) -> Option<String> {
    let forms = "A..B (without B) or A..=B (with B)";
    if start.is_empty() || end.is_empty() {
        let missing = match (start.is_empty(), end.is_empty()) {
            (true, true) => "both ends are",
            (true, false) => "its start is",
            _ => "its end is",
        };
        return Some(format!("{missing} missing, write {forms}"));
    }
    if let Some(end) = end.strip_prefix('.') {
        let end = end.trim_start_matches(['.', '=']);
        return Some(guess_range(start, end, forms));
    }
    let (middle, last) = end.split_once("..")?;
    let numbers = [start, middle, last].map(number::parse);
    Some(match numbers {
        [Ok(_), Ok(_), Ok(_)] => format!("did you mean {start}..{middle} --step {last}?"),
        _ => format!("write {forms}"),
    })
}

/// `did you mean 1..5 or 1..=5?` when both ends are numbers.
fn guess_range(start: &str, end: &str, forms: &str) -> String {
    if number::parse(start).is_ok() && number::parse(end).is_ok() {
        format!("did you mean {start}..{end} (without {end}) or {start}..={end} (with it)?")
    } else {
        format!("write {forms}")
    }
}

fn against_step(item: &str, step: i64, (start, end): (&str, &str), inclusive: bool) -> InputError {
    let dots = if inclusive { "..=" } else { ".." };
    let turned = i128::from(step).abs() * if step > 0 { -1 } else { 1 };
    InputError::AgainstStep {
        item: quote(item),
        step,
        guess: format!("{}{dots}{}, or --step {turned}", quote(end), quote(start)),
    }
}

/// Reads one number, which may be an end of the range `within`.
fn endpoint(text: &str, within: Option<&str>) -> Result<i64, InputError> {
    let read = number::parse(text);
    let computed = match read {
        Err(NumberError::Unknown) => constant::value(text, &within_text(within)),
        _ => None,
    };
    computed
        .unwrap_or_else(|| read.map_err(|error| no_number(text, error, within, within.is_some())))
}

/// The range that a number stands in, for the end of a sentence.
fn within_text(within: Option<&str>) -> String {
    within.map_or(String::new(), |range| format!(" (in '{}')", quote(range)))
}

/// Why a text where only a number may stand, as in a file, is none.
pub(super) fn not_a_number(text: &str, error: NumberError) -> InputError {
    no_number(text, error, None, true)
}

fn no_number(
    text: &str,
    error: NumberError,
    within: Option<&str>,
    number_only: bool,
) -> InputError {
    let item = quote(text);
    let within_text = within_text(within);
    match error {
        NumberError::Unknown => InputError::NotAnInteger {
            item,
            within: within_text,
            expected: expected(text, number_only),
        },
        NumberError::Fraction => InputError::Fraction {
            item,
            within: within_text,
        },
        NumberError::TooLarge => InputError::TooLarge {
            item,
            within: within_text,
            hint: match within {
                Some(_) => "; A..=B takes its last number in",
                None => "",
            },
        },
    }
}

/// What to write instead of a text that is no number, with a guess at what was meant.
fn expected(text: &str, number_only: bool) -> String {
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
        && let Ok(value) = i64::from_str_radix(hex, 16)
    {
        return format!("hexadecimal is not read, did you mean {value}?");
    }
    if text.chars().any(|c| c.is_numeric() && !c.is_ascii()) {
        return "write it with the digits 0 to 9".to_owned();
    }
    if !number_only
        && let Some((start, end)) = text
            .split_once([':', '…', '–'])
            .or_else(|| text.rsplit_once('-'))
        && number::parse(start).is_ok()
        && number::parse(end).is_ok()
    {
        return format!(
            "did you mean {start}..{end} (without {end}) or {start}..={end} (with it)?"
        );
    }
    let prefix = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if let Some(exponent) = match text[prefix.len()..].to_ascii_lowercase().as_str() {
        "k" => Some(3),
        "m" => Some(6),
        "g" => Some(9),
        _ => None,
    } && number::parse(prefix).is_ok()
        && !prefix.contains(['e', '^', '*'])
    {
        return format!("did you mean {prefix}e{exponent}?");
    }
    let numbers = "write a number such as 100000000, 100_000_000, 1e8, 2^32 or -5";
    match number_only {
        true => numbers.to_owned(),
        false => format!("{numbers}, a range such as 1..100, @FILE, or - for standard input"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(text: &str, step: Option<i64>) -> Result<Input, InputError> {
        super::input(OsStr::new(text), step)
    }
    use proptest::prelude::*;

    fn error(text: &str, step: Option<i64>) -> String {
        input(text, step).expect_err(text).to_string()
    }

    #[test]
    fn each_kind_of_mistake_is_quoted_and_mended() {
        for (text, expected) in [
            (
                "",
                "the input is empty: give a range such as 1..100, or numbers such as 3,4,5",
            ),
            (
                "1..10,",
                "'1..10,' has nothing as its item 2: remove the comma before it",
            ),
            (
                ",1",
                "',1' has nothing as its item 1: remove the comma after it",
            ),
            (
                "1,000,000",
                "'000' after a comma is an item of its own, so '1,000,000' is not read as one number: write 1_000_000, or 0 for the number 0",
            ),
            (
                "..",
                "'..' is not a range: both ends are missing, write A..B (without B) or A..=B (with B)",
            ),
            (
                "1..=",
                "'1..=' is not a range: its end is missing, write A..B (without B) or A..=B (with B)",
            ),
            (
                "..5",
                "'..5' is not a range: its start is missing, write A..B (without B) or A..=B (with B)",
            ),
            (
                "1...5",
                "'1...5' is not a range: did you mean 1..5 (without 5) or 1..=5 (with it)?",
            ),
            (
                "1..10..2",
                "'1..10..2' is not a range: did you mean 1..10 --step 2?",
            ),
            (
                "10..1",
                "'10..1' runs against its step of 1: did you mean 1..10, or --step -1?",
            ),
            (
                "5..=4",
                "'5..=4' runs against its step of 1: did you mean 4..=5, or --step -1?",
            ),
            (
                "1.5",
                "'1.5' is not a whole number: only integers are taken",
            ),
            (
                "1..2.5",
                "'2.5' is not a whole number (in '1..2.5'): only integers are taken",
            ),
            (
                "0x10",
                "'0x10' is not an integer: hexadecimal is not read, did you mean 16?",
            ),
            (
                "1:10",
                "'1:10' is not an integer: did you mean 1..10 (without 10) or 1..=10 (with it)?",
            ),
            (
                "1-10",
                "'1-10' is not an integer: did you mean 1..10 (without 10) or 1..=10 (with it)?",
            ),
            ("10k", "'10k' is not an integer: did you mean 10e3?"),
            (
                "١..٣",
                "'١' is not an integer (in '١..٣'): write it with the digits 0 to 9",
            ),
            (
                "1..x12",
                "'x12' is not an integer (in '1..x12'): write a number such as 100000000, 100_000_000, 1e8, 2^32 or -5",
            ),
            (
                "2^64",
                "'2^64' is beyond 64 bits: numbers go from -9223372036854775808 to 9223372036854775807 (2^63 - 1)",
            ),
            (
                "0..2^63",
                "'2^63' is beyond 64 bits (in '0..2^63'): numbers go from -9223372036854775808 to 9223372036854775807 (2^63 - 1); A..=B takes its last number in",
            ),
        ] {
            assert_eq!(error(text, None), expected);
        }
        assert_eq!(
            error("1..3", Some(0)),
            "'0': a step of 0 never ends, give another number"
        );
        assert_eq!(
            error("1..10", Some(-2)),
            "'1..10' runs against its step of -2: did you mean 10..1, or --step 2?"
        );
        assert_eq!(
            error("1,2", Some(2)),
            "--step applies to ranges, and '1,2' has none: leave --step out"
        );
    }

    #[test]
    fn a_megabyte_is_quoted_short() {
        for text in [
            "x".repeat(1 << 20),
            "9".repeat(1 << 20),
            format!("{}..1", "5".repeat(1 << 20)),
        ] {
            assert!(error(&text, None).len() < 400);
        }
        assert_eq!(
            input(&"7,".repeat(1 << 19)[..(1 << 20) - 1], None)
                .unwrap()
                .known()
                .unwrap()
                .count(),
            1 << 19
        );
    }

    #[test]
    fn control_characters_are_escaped() {
        assert!(error("1\u{1b}[31m", None).contains(r"'1\u{1b}[31m'"));
    }

    proptest! {
        #[test]
        fn ranges_hold_what_python_says(a in -60i64..60, b in -60i64..60, step in -9i64..10, inclusive: bool) {
            prop_assume!(step != 0);
            let text = format!("{a}{}{b}", if inclusive { "..=" } else { ".." });
            let wanted: Vec<i64> = std::iter::successors(Some(a), |x| Some(x + step))
                .take_while(|&x| if step > 0 { x < b } else { x > b } || (inclusive && x == b))
                .collect();
            match input(&text, Some(step)) {
                Ok(input) => prop_assert_eq!(input.known().unwrap().iter().collect::<Vec<_>>(), wanted),
                Err(_) => prop_assert!(wanted.is_empty() && a != b),
            }
        }

        #[test]
        fn never_panics(text in "[-+0-9._e^*,= x@]{0,16}", odd in ".{0,16}", step: i64) {
            let _ = (input(&text, Some(step)), input(&odd, None));
        }

        #[test]
        fn every_error_is_one_line(text in "(.|\n){0,40}") {
            if let Err(error) = input(&text, None) {
                prop_assert_eq!(error.to_string().lines().count(), 1);
            }
        }
    }
}
