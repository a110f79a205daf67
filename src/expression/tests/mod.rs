//! Tests of expressions as a whole: Python's answers, mistakes and how they are drawn, and properties
//! of random expressions.

mod mistakes;
mod properties;
pub(crate) mod strategy;

use super::{DIGITS_MAX, Expression, Fault, constant};

/// Lines of number, answer and expression; how they were made says `answers.py`.
const PYTHON: &str = include_str!("python.txt");

/// What the table says of a number without a value.
fn said(fault: Fault) -> &'static str {
    match fault {
        Fault::DivisionByZero => "division by zero",
        Fault::NegativeShift => "negative shift",
        Fault::NegativePower => "negative power",
        Fault::NegativeRoot { .. } => "negative root",
        Fault::TooManyDigits => "too many digits",
        Fault::OutsideDomain { .. } => "outside domain",
        Fault::TooLarge { .. } => "too large",
    }
}

#[test]
fn every_answer_is_that_of_python() {
    let mut lines = 0;
    for line in PYTHON.lines() {
        let mut fields = line.splitn(3, '\t');
        let mut field = || fields.next().expect("three fields");
        let (n, answer, text) = (field(), field(), field());
        let expression = Expression::parse(text).expect(text);
        let value = match expression.evaluate(n.parse().expect(n)) {
            Ok(value) => value.to_string(),
            Err(error) => said(error.fault).to_owned(),
        };
        assert_eq!(value, answer, "{text} at {n}");
        lines += 1;
    }
    assert!(lines > 1000, "{lines} lines");
}

#[test]
fn a_number_multiplies_what_stands_directly_behind_it() {
    for (text, same) in [
        ("3n", "3*n"),
        ("2(n + 1)", "2*(n + 1)"),
        ("n^2 + 3n + 1", "n^2 + 3*n + 1"),
        ("2n^2", "2*n^2"),
        ("2(n + 1)^2", "2*(n + 1)^2"),
        ("-3n", "-(3*n)"),
        ("5*3n", "5*(3*n)"),
        ("3n // 2", "3*n // 2"),
        ("2gcd(n, 6) + 1e3x", "2*gcd(n, 6) + 1000*n"),
        ("2(3(4n))", "2*(3*(4*n))"),
        ("1_0i % (2n)", "10*n % (2*n)"),
    ] {
        let text = Expression::parse(text).expect(text);
        assert_eq!(text.to_string(), same);
    }
}

#[test]
fn there_is_one_normal_form() {
    for (text, same) in [
        ("((n))", "n"),
        ("(n*2)+(3//n)", "n*2 + 3 // n"),
        ("n-(2-3)", "n - (2 - 3)"),
        ("(n**2)**3**x", "(n^2)^3^n"),
        ("(-n)^2 + -n^2", "(-n)^2 + -n^2"),
        ("not(n<3)", "not n < 3"),
        ("1 < n and n < 3", "1 < n and n < 3"),
        ("1<n<3==3", "1 < n < 3 == 3"),
        ("(1<n)<3", "(1 < n) < 3"),
        ("n ? 2 : x ? 3 : 4", "if(n, 2, if(n, 3, 4))"),
        ("max(n,2,3,(4))", "max(n, 2, 3, 4)"),
        ("max(n, max(2, 3))", "max(n, max(2, 3))"),
        ("clamp(n, 0, 9)", "min(max(n, 0), 9)"),
        ("(n or 1) and 2", "(n or 1) and 2"),
        ("n & (2 | 3) << +1", "n & (2 | 3) << 1"),
        ("2e3 # two thousand", "2000"),
        ("15e99998", "15*10^99998"),
        (
            "\n# squares\na = n*n # one\n\nb = a\nc = 7\nif(a > 9,\n  a, b\n) + a\n",
            "a = n*n\nif(a > 9, a, a) + a",
        ),
        ("a = n + 1\na", "a = n + 1\na"),
        (
            "a = n + 1\nb = 2a\n1 < b < 3",
            "a = n + 1\nb = 2*a\n1 < b < 3",
        ),
    ] {
        let expression = Expression::parse(text).expect(text);
        assert_eq!(expression.to_string(), same, "{text}");
        let again = Expression::parse(same).expect(same);
        assert_eq!(again.nodes(), expression.nodes(), "{text}");
    }
}

#[test]
fn a_definition_is_computed_once_and_only_where_it_is_needed() {
    // Each line would triple the work if its part were computed for each user.
    let tripling = |i: u32| format!("a{} = a{i} + a{i} + a{i}\n", i + 1);
    let text: String = (0..200).map(tripling).collect();
    let tripled = Expression::parse(&format!("a0 = n\n{text}a200")).unwrap();
    assert_eq!(tripled.evaluate(3).unwrap(), constant("3^201").unwrap());
    let nested = format!("1 < n{}", " < 5 < n".repeat(3000));
    assert_eq!(
        Expression::parse(&nested).unwrap().evaluate(2).unwrap(),
        constant("0").unwrap()
    );
    let lazy = Expression::parse("a = 10 // n\nif(n == 0, 0, a + a)").unwrap();
    assert_eq!(lazy.evaluate(0).unwrap(), constant("0").unwrap());
    assert_eq!(lazy.evaluate(3).unwrap(), constant("6").unwrap());
}

#[test]
fn an_evaluation_error_names_the_number_and_the_part() {
    let expression = Expression::parse("1 + 10 // (n - 5)").unwrap();
    let error = expression.evaluate(5).unwrap_err();
    assert_eq!(error.to_string(), "at n = 5: division by zero");
    assert_eq!(
        expression.picture(error.node, "divided here", false),
        "  |
1 | 1 + 10 // (n - 5)
  |     ^^^^^^^^^^^^^ divided here"
    );
}

#[test]
fn constants_are_folded() {
    for (text, value) in [
        ("2^40 + 10", "1099511627786"),
        (" 10*1000", "10000"),
        ("-2^63", "-9223372036854775808"),
        ("1.5e9", "1500000000"),
        ("+007", "7"),
        ("gcd(84, 36)", "12"),
        ("a = 6\na*7", "42"),
    ] {
        assert_eq!(constant(text).unwrap().to_string(), value, "{text}");
    }
    let refused = |text: &str| constant(text).unwrap_err().sentence();
    assert_eq!(
        refused("2*x + 1"),
        "'x' has no value here: only constants are taken here"
    );
    assert_eq!(refused("1 // 0"), "division by zero");
    assert_eq!(refused("9^9^9"), "a value of more than 100,000 digits");
}

#[test]
fn no_expression_takes_more_memory_than_its_values_may_have() {
    let digits = |text: &str| Expression::parse(text).map(|e| e.evaluate(9).map(|v| v.bits()));
    assert_eq!(DIGITS_MAX, 100_000);
    for text in [
        "9^9^9^9^9",
        "1 << 10^12",
        "factorial(10^9)",
        "binomial(10^9, 5*10^8)",
        "binomial(10^99999, 10^99998)",
        "lcm(2^332000, 10^300 + 1)",
        "(10^60000)^2",
        "10^99999*10",
        "10^99999 + 9*10^99999",
        "~(10^100000 - 1)",
        "(0-10^99999)*10",
    ] {
        let error = digits(text).expect(text).expect_err(text);
        assert_eq!(error.fault, Fault::TooManyDigits, "{text}");
    }
}
