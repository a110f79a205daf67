//! Constant expressions where an input has a number: `1..2^40 + 10`, `10*1000`.

use super::error::{InputError, quote};
use super::number;
use crate::expression;

/// What an expression has and a number alone has not, but for a sign in front of it.
const OPERATORS: &[char] = &[
    '+', '-', '*', '/', '%', '^', '(', ')', '<', '>', '&', '|', '~',
];

/// The value of a constant expression that is no plain number.
///
/// `None` for what is none by the look of it, and for two numbers with a minus between, which may have
/// been meant as a range.
pub(super) fn value(text: &str, within: &str) -> Option<Result<i64, InputError>> {
    let behind_sign = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !behind_sign.contains(OPERATORS) || is_dashed_range(text) {
        return None;
    }
    let item = quote(text);
    let within = within.to_owned();
    let value = match expression::constant(text) {
        Ok(value) => i64::try_from(value).map_err(|_| InputError::TooLarge {
            item,
            within,
            hint: "",
        }),
        Err(error) => Err(InputError::Expression {
            item,
            mistake: format!("{within}: {}", error.sentence()),
        }),
    };
    Some(value)
}

/// Two numbers with a minus between, such as `1-5`, as other programs write ranges.
fn is_dashed_range(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(start, end)| {
        number::parse(start.trim()).is_ok() && number::parse(end.trim()).is_ok()
    })
}

/// The items of an input: what stands between commas that are outside parentheses. In the name of a
/// file parentheses are like any other character.
pub(super) fn items(text: &[u8]) -> Vec<&[u8]> {
    let mut items = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (at, byte) in text.iter().enumerate() {
        let is_file = text[start..].trim_ascii_start().starts_with(b"@");
        match byte {
            b'(' if !is_file => depth += 1,
            b')' if !is_file => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                items.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&text[start..]);
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn items_are_what_commas_part(text in "[0-9.,@ x-]{0,30}") {
            let plain: Vec<&[u8]> = text.as_bytes().split(|byte| *byte == b',').collect();
            prop_assert_eq!(items(text.as_bytes()), plain);
        }

        #[test]
        fn no_text_is_lost(text in "[0-9.,@()]{0,30}") {
            let joined = items(text.as_bytes()).join(&b","[..]);
            prop_assert_eq!(joined, text.as_bytes());
        }
    }

    #[test]
    fn commas_in_parentheses_part_nothing() {
        assert_eq!(
            items(b"1,max(2,3)..9,(4)"),
            [&b"1"[..], b"max(2,3)..9", b"(4)"]
        );
        assert_eq!(items(b"@a(b,1"), [&b"@a(b"[..], b"1"]);
    }

    #[test]
    fn a_minus_between_two_numbers_may_be_a_range() {
        for text in ["1-5", "1 - 5", "-1-5", "1e3-2e3"] {
            assert_eq!(value(text, ""), None, "{text}");
        }
        for (text, expected) in [
            ("(1-5)", -4),
            ("2*3-1", 5),
            ("10*1000", 10_000),
            ("- 5*2", -10),
        ] {
            assert_eq!(value(text, ""), Some(Ok(expected)), "{text}");
        }
    }
}
