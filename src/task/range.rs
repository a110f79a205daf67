//! Items of `:::` in the notation of ranges: `1..4`, `1..=4`.

use super::error::{TaskError, quote};
use crate::input::{Input, InputError, Piece, Progression};
use std::ffi::OsStr;

/// The numbers of an item that is `A..B` or `A..=B` with a number at each end, in any notation that
/// [`Input`] reads; `None` for every other text.
///
/// `../x`, `a..b`, `v1..v2`, `1..`, `1.2..1.3` and what holds white space are text: only what can be
/// nothing but a range is one.
///
/// # Errors
/// A range that runs backwards, or has an end beyond 64 bits.
pub(super) fn parse(item: &OsStr) -> Result<Option<Progression>, TaskError> {
    let Some((text, (start, end))) = item
        .to_str()
        .and_then(|text| Some((text, text.split_once("..")?)))
    else {
        return Ok(None);
    };
    let end = end.strip_prefix('=').unwrap_or(end);
    if text.contains(char::is_whitespace) || !is_number(start) || !is_number(end) {
        return Ok(None);
    }
    let input = Input::parse(text, None).map_err(|error| match error {
        InputError::AgainstStep { .. } => TaskError::BackwardRange {
            item: quote(text.as_bytes()),
            guess: turned(text, start, end),
        },
        reason => TaskError::Range { reason },
    })?;
    let piece = input
        .known()
        .and_then(|numbers| numbers.pieces(0..numbers.count()).next());
    Ok(match piece {
        Some(Piece::Progression(range)) => Some(range),
        _ => Progression::new(0, 1, 0),
    })
}

/// Whether a text is a whole number, be it beyond 64 bits.
fn is_number(text: &str) -> bool {
    matches!(
        Input::parse_number(text),
        Ok(_) | Err(InputError::TooLarge { .. })
    )
}

fn turned(text: &str, start: &str, end: &str) -> String {
    let dots = if text.contains("..=") { "..=" } else { ".." };
    format!("{}{dots}{}", quote(end.as_bytes()), quote(start.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn two_numbers_make_a_range() {
        for (text, first, numbers) in [
            ("1..4", 1, 3),
            ("1..=4", 1, 4),
            ("-3..3", -3, 6),
            ("-3..=-3", -3, 1),
            ("+1..+3", 1, 2),
            ("1e3..2^11", 1000, 1048),
            ("01..03", 1, 2),
            ("1_000..=1_001", 1000, 2),
            ("1..1000000000", 1, 999_999_999),
            ("0..=9223372036854775807", 0, 1 << 63),
        ] {
            let range = parse(OsStr::new(text)).unwrap().expect(text);
            assert_eq!((range.first(), range.numbers()), (first, numbers), "{text}");
        }
        let empty = parse(OsStr::new("5..5")).unwrap().unwrap();
        assert_eq!(empty.numbers(), 0, "a range may be empty");
    }

    #[test]
    fn what_merely_looks_alike_is_text() {
        for text in [
            "",
            "..",
            "...",
            "../x",
            "..=",
            "a..b",
            "1..",
            "..4",
            "1..=",
            "1...5",
            "1..2..3",
            "1..2.5",
            "1.2..1.3",
            "v1..v2",
            "1 .. 4",
            " 1..4",
            "1..4\n",
            "1..4,6",
            "1",
            "1-4",
            "0x1..0x2",
            "1..x",
            "main..dev",
            "1..4/",
            "@1..4",
            "1 ..4",
        ] {
            assert_eq!(parse(OsStr::new(text)).unwrap(), None, "{text:?}");
        }
        assert_eq!(parse(OsStr::from_bytes(b"1..4\xff")).unwrap(), None);
    }

    #[test]
    fn a_range_that_cannot_be_is_an_error() {
        for (text, message) in [
            (
                "5..1",
                "'5..1' is a range that runs backwards: did you mean 1..5? --no-ranges takes it as text",
            ),
            (
                "1e3..=-2",
                "'1e3..=-2' is a range that runs backwards: did you mean -2..=1e3? --no-ranges takes it as text",
            ),
            (
                "0..2^63",
                "'2^63' is beyond 64 bits (in '0..2^63'): numbers go from -9223372036854775808 to 9223372036854775807 (2^63 - 1); A..=B takes its last number in; --no-ranges takes it as text",
            ),
        ] {
            let error = parse(OsStr::new(text)).expect_err(text);
            assert_eq!(error.to_string(), message);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[-+0-9._e^=x ]{0,12}", odd in ".{0,6}\\.\\.=?.{0,6}") {
            let _ = (parse(OsStr::new(&text)), parse(OsStr::new(&odd)));
        }
    }
}
