//! Mistakes in texts: what is said, and how it is drawn.

use super::super::Expression;

#[track_caller]
fn sentence(text: &str) -> String {
    match Expression::parse(text) {
        Ok(expression) => panic!("{text} was read as {expression}"),
        Err(error) => error.sentence(),
    }
}

/// What is not in the language, and what is said to it.
const FOREIGN: &[(&str, &str)] = &[
    (
        "n / 2",
        "'/' is not in the language: write // for floor division",
    ),
    ("n && 1", "'&&' is not in the language: write and"),
    ("n || 1", "'||' is not in the language: write or"),
    (
        "!n",
        "'!' is not in the language: write not, or factorial(n) for n!",
    ),
    (
        "n % 7 = 3",
        "'=' is not in the language: write == to compare",
    ),
    ("n === 3", "'===' is not in the language: write =="),
    ("n <> 3", "'<>' is not in the language: write !="),
    ("n =< 3", "'=<' is not in the language: write <="),
    ("n ≤ 3", "'≤' is not in the language: write <="),
    ("n ≥ 3", "'≥' is not in the language: write >="),
    ("n ≠ 3", "'≠' is not in the language: write !="),
    ("n × 3", "'×' is not in the language: write *"),
    ("n − 3", "'−' is not in the language: write -"),
    ("n²", "'²' is not in the language: write ^2"),
    ("n mod 3", "'mod' is not in the language: write %"),
    ("n xor 3", "'xor' is not in the language: write xor(a, b)"),
    (
        "1 if n else 2",
        "'if' is not in the language: write if(c, a, b)",
    ),
    (
        "1..5",
        "'..' is not in the language: ranges stand in the input, beside the expression",
    ),
    ("[n]", "'[' is not in the language: write ( )"),
    (
        "n + 1.5",
        "'1.5' is not a number of the language: only whole numbers are taken",
    ),
    (
        "n + .5",
        "'.' is not in the language: numbers are whole here",
    ),
    (
        "0x1F",
        "'0x1F' is not a number of the language: only decimal is read, did you mean 31?",
    ),
    (
        "1__0",
        "'1__0' is not a number of the language: an underscore stands between two digits, as in 1_000",
    ),
    (
        "1e100000",
        "'1e100000' is not a number of the language: it has more than 100000 digits",
    ),
    (
        "٣",
        "'٣' is not in the language: write numbers with the digits 0 to 9",
    ),
    (
        "n $ 2",
        "'$' is not in the language: names are made of the letters a to z, digits and _",
    ),
];

#[test]
fn operators_of_other_languages_are_answered_with_ours() {
    for (text, said) in FOREIGN {
        assert_eq!(sentence(text), *said, "{text}");
    }
}

#[test]
fn values_side_by_side_are_refused() {
    let side_by_side = "two values stand side by side: write an operator; only a number directly before a name or '(' multiplies, as in 3n";
    for text in [
        "n n", "2 n", "2 (n)", "(n)(n)", "(n)n", "n 2", "(n)2", "2(n)n", "n not n",
    ] {
        assert_eq!(sentence(text), side_by_side, "{text}");
    }
    for text in ["n(n+1)", "3n(n+1)", "2x(3)"] {
        assert!(
            sentence(text).contains("is not a function: write "),
            "{text}"
        );
    }
    for (text, operator) in [
        ("n // 2n", "//"),
        ("n % -3(n)", "%"),
        ("2^3n", "^"),
        ("~2n", "~"),
    ] {
        assert_eq!(
            sentence(text),
            format!(
                "behind {operator} a product without * can be read in two ways: write {operator} (2*n) or {operator} 2*n"
            )
        );
    }
}

/// Texts that break off or go on in a wrong way, and what is said to them.
const MISPLACED: &[(&str, &str)] = &[
    ("", "the expression is empty: write one such as n^2 + 1"),
    (
        " # nothing",
        "the expression is empty: write one such as n^2 + 1",
    ),
    (
        "n +",
        "unexpected end: expected a number, n, a function or '('",
    ),
    (
        "n + * 3",
        "unexpected '*': expected a number, n, a function or '('",
    ),
    ("(n + 1", "unexpected end: expected an operator or ')'"),
    ("n + 1)", "unexpected ')': expected an operator or the end"),
    ("n, 2", "unexpected ',': expected an operator or the end"),
    (
        "gcd(n; 2)",
        "';' is not in the language: write each definition on a line of its own",
    ),
    (
        "gcd(n, 2",
        "unexpected end: expected an operator, ',' or ')'",
    ),
    ("n ? 1", "unexpected end: expected an operator or ':'"),
    (
        "1 + not n",
        "unexpected 'not': expected a value, or parentheses round not",
    ),
    ("gcd + 1", "'gcd' is a function: write gcd(a, b, …)"),
    (
        "gcd(n)",
        "gcd takes two arguments or more, not 1: write gcd(a, b, …)",
    ),
    ("abs()", "abs takes one argument, not 0: write abs(a)"),
    (
        "if(n, 2)",
        "if takes three arguments, not 2: write if(c, a, b)",
    ),
    (
        "binomial(n, 2, 3)",
        "binomial takes two arguments, not 3: write binomial(a, k)",
    ),
    (
        "isprime(n)",
        "unknown name 'isprime': did you mean is_prime(a)?",
    ),
    (
        "a = 1",
        "there are only definitions: write the expression on the last line, without a name",
    ),
    ("a = 1\na = 2\na", "'a' is defined twice: take another name"),
    (
        "n = 3",
        "'n' can't be defined: it stands for the numbers of the input; == compares",
    ),
    (
        "max = 3\nmax",
        "'max' can't be defined: it is a function: take another name",
    ),
    (
        "e = 3\n2e + 3",
        "'e' can't be defined: behind a number it would be an exponent, as in 1e8: take another name",
    ),
    (
        "n\nn",
        "a second expression: put parentheses round an expression of several lines; only the last line has no name",
    ),
    (
        "a = n +\na",
        "unexpected end of the line: expected a number, n, a function or '('",
    ),
];

#[test]
fn each_place_says_what_is_expected_there() {
    for (text, said) in MISPLACED {
        assert_eq!(sentence(text), *said, "{text}");
    }
}

#[test]
fn the_place_is_drawn_with_carets() {
    for (text, drawn) in [
        (
            "n + sqrt(n)",
            "unknown name 'sqrt'
  |
1 | n + sqrt(n)
  |     ^^^^ write isqrt(n)",
        ),
        (
            "(n + 1",
            "unexpected end
  |
1 | (n + 1
  |       ^ expected an operator or ')'",
        ),
        (
            "# é\nhalf = n // 2\n  half ≤ 3",
            "'≤' is not in the language
  |
3 |   half ≤ 3
  |        ^ write <=",
        ),
    ] {
        let error = Expression::parse(text).unwrap_err();
        assert_eq!(error.to_string(), drawn);
        assert!(error.picture(true).contains("\u{1b}["));
    }
}

#[test]
fn a_long_line_is_cut_to_the_place() {
    let error = Expression::parse(&format!("{}/{}", "n + ".repeat(3000), " + n".repeat(3000)));
    let drawn = error.unwrap_err().to_string();
    assert!(
        drawn.lines().all(|line| line.chars().count() <= 120),
        "{drawn}"
    );
    assert!(drawn.contains("write // for floor division"), "{drawn}");
}
