//! Properties of random expressions and of random texts.

use super::super::{Expression, NESTING_MAX, TEXT_LEN_MAX, constant};
use super::strategy;
use proptest::prelude::*;

/// Pieces of which random texts are made that come far into the parser.
const PIECES: &[&str] = &[
    "n", "x", " ", "(", ")", "1", "3", "1e9", "+", "-", "*", "//", "%", "^", "**", "&", "|", "~",
    "<<", ">>", "<", "==", "!=", "and ", "or ", "not ", "if(", ",", "?", ":", "gcd(", "abs(", "\n",
    "a = ", "a", "#", "=", "/", "!", "≤", "0x1f", "_", ".5", "é", "\t", "1e99999",
];

proptest! {
    #[test]
    fn the_normal_form_reads_back_to_the_same(text in strategy::expression()) {
        let expression = Expression::parse(&text).unwrap();
        let normal = expression.to_string();
        let again = Expression::parse(&normal).unwrap();
        prop_assert_eq!(again.nodes(), expression.nodes(), "{}", &normal);
        prop_assert_eq!(again.to_string(), normal);
    }

    #[test]
    fn operands_lie_before_what_is_computed_of_them(text in strategy::expression()) {
        let expression = Expression::parse(&text).unwrap();
        for (i, node) in expression.nodes().iter().enumerate() {
            prop_assert!(node.operands().all(|operand| operand.index() < i));
        }
    }

    #[test]
    fn no_text_panics(text in "(?s).{0,40}") {
        let _ = (Expression::parse(&text).map_err(|error| error.to_string()), constant(&text));
    }

    #[test]
    fn no_text_of_known_pieces_panics(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..30),
        n: i64,
    ) {
        let text = pieces.concat();
        match Expression::parse(&text) {
            Ok(expression) => {
                let again = Expression::parse(&expression.to_string()).unwrap();
                prop_assert_eq!(again.nodes(), expression.nodes());
                let _ = expression.evaluate(n);
            }
            Err(error) => {
                prop_assert!(!error.sentence().contains('\n'), "{}", error.sentence());
                prop_assert!(error.span().start <= error.span().end && error.span().end <= text.len());
                let _ = (error.to_string(), error.picture(true));
            }
        }
    }
}

/// Texts at the limits, each on a thread with as little stack as a test has.
#[test]
fn the_longest_and_deepest_texts_are_read_or_refused() {
    let fill = |unit: &str, end: &str| {
        let times = (TEXT_LEN_MAX - end.len()) / unit.len();
        format!("{}{end}", unit.repeat(times))
    };
    for (unit, end) in [
        ("n+", "n"),
        ("n*(", "n"),
        ("(", ""),
        ("-", "n"),
        ("~", "n"),
        ("not ", "n"),
        ("2^", "n"),
        ("abs(", "n"),
        ("if(n,", "n"),
        ("n?n:", "n"),
        ("n?", "n"),
        ("n<", "n"),
        ("n and ", "n"),
        ("n or n and n == n | n & n << n + n * (", "n"),
        ("1e99999+", "n"),
        ("1e99999<", "n"),
        ("9", ""),
        ("1_", ""),
        ("n\n", "n"),
        ("#", ""),
        (")", ""),
        (" ", ""),
        ("é", ""),
    ] {
        let text = fill(unit, end);
        assert!(text.len() <= TEXT_LEN_MAX);
        match Expression::parse(&text) {
            Ok(expression) => {
                let _ = (
                    expression.to_string(),
                    expression.evaluate(3),
                    expression.clone(),
                );
            }
            Err(error) => assert!(error.to_string().len() < 1500, "{unit}: {error}"),
        }
        let error =
            Expression::parse(&fill(unit, &end.repeat(2)[..end.len()]).repeat(2)).unwrap_err();
        assert!(
            error.sentence().contains("65,536 at most"),
            "{}",
            error.sentence()
        );
    }
    let nested =
        |depth: usize| Expression::parse(&format!("{}n{}", "(".repeat(depth), ")".repeat(depth)));
    assert!(nested(NESTING_MAX - 1).is_ok());
    let error = nested(NESTING_MAX).unwrap_err();
    assert!(
        error.sentence().starts_with("more than 400 operators"),
        "{}",
        error.sentence()
    );
}

#[test]
fn a_call_of_many_arguments_reads_back() {
    let text = format!("max({}1)", "n, ".repeat(20_000));
    let expression = Expression::parse(&text).unwrap();
    let again = Expression::parse(&expression.to_string()).unwrap();
    assert_eq!(again.nodes(), expression.nodes());
}
