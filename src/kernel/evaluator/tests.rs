//! Lanes against the reference.

use super::*;
use crate::expression::tests::strategy;
use crate::input::Progression;
use proptest::prelude::*;

/// Numbers that lie together, at any size.
fn cluster() -> impl Strategy<Value = Vec<i64>> {
    let near = (
        strategy::number(),
        proptest::collection::vec(-300i64..300, 1..40),
    );
    let near = near.prop_map(|(number, deltas)| {
        let moved = deltas.iter().map(|delta| number.saturating_add(*delta));
        moved.collect()
    });
    prop_oneof![3 => near, 1 => proptest::collection::vec(strategy::number(), 1..20)]
}

/// More numbers than a block has: those of a cluster again and again, until some last ones.
fn many() -> impl Strategy<Value = Vec<i64>> {
    (cluster(), LANES - 2..2 * LANES + 3, cluster()).prop_map(|(cluster, len, mut last)| {
        let mut numbers: Vec<i64> = cluster.iter().copied().cycle().take(len).collect();
        numbers.append(&mut last);
        numbers
    })
}

/// What the reference makes of a piece: the values before the first number that has none, and that.
fn reference(expression: &Expression, piece: Piece<'_>) -> Result<Vec<BigInt>, EvaluationError> {
    let numbers = (0..piece.count()).map(|at| piece.nth(at));
    numbers.map(|number| expression.evaluate(number)).collect()
}

fn assert_as_the_reference(text: &str, piece: Piece<'_>) {
    let Ok(expression) = Expression::parse(text) else {
        return;
    };
    let interval = interval(std::iter::once(piece));
    if Program::new(&expression, &interval).is_none() {
        // It is the reference, and may be slow.
        return;
    }
    let expected = reference(&expression, piece);
    let walk = |reduction| walk(&expression, reduction, piece, &|| false, None);
    let walked = Reduction::ALL.map(walk);
    for set in InstructionSet::available() {
        let evaluator = Evaluator::new(&expression, Kernel::Only(set), interval.clone());
        let shown = format!("{text} by {set:?} in {:?}", evaluator.width());
        assert_eq!(evaluator.values(piece), expected, "{shown}");
        for (reduction, walked) in Reduction::ALL.into_iter().zip(&walked) {
            let reduced = evaluator.reduce(reduction, piece);
            let (reduced, walked) = match (reduced, walked) {
                (Ok(reduced), Ok(walked)) => (reduced, walked),
                (reduced, walked) => {
                    assert_eq!(reduced, *walked, "{shown}");
                    continue;
                }
            };
            assert_eq!(reduced.reduced, walked.reduced, "{reduction:?} of {shown}");
            assert_eq!(reduced.numbers, walked.numbers);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn lanes_come_to_what_the_reference_says(text in strategy::expression(), numbers in cluster()) {
        assert_as_the_reference(&text, Piece::List(&numbers));
    }

    #[test]
    fn polynomials_do_too(text in strategy::polynomial(), numbers in cluster()) {
        assert_as_the_reference(&text, Piece::List(&numbers));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn many_blocks_do_too(text in strategy::expression(), numbers in many()) {
        assert_as_the_reference(&text, Piece::List(&numbers));
    }

    #[test]
    fn progressions_do_too(
        text in strategy::expression(),
        first in strategy::number(),
        step in prop_oneof![Just(1i64), -1000i64..0, 1i64..1_000_000],
        numbers in 1u128..2_500,
    ) {
        let Some(run) = Progression::new(first, step, numbers) else { return Ok(()) };
        assert_as_the_reference(&text, Piece::Progression(run));
    }
}

/// Each operation by itself, and some together.
const OPERATIONS: &[&str] = &[
    "n + n",
    "n - 3",
    "3 - n",
    "n * n",
    "n * 7",
    "-n",
    "~n",
    "not n",
    "abs(n)",
    "sign(n)",
    "n // 7",
    "n % 7",
    "n // -7",
    "n % -7",
    "n // 8",
    "n % 8",
    "7 // (n | 1)",
    "n // (n & 7 | 1)",
    "n % (-(n & 7) - 1)",
    "n // (1 - n)",
    "7 % (n | 1)",
    "n // n",
    "n % (n - 1)",
    "n < 5",
    "n <= 5",
    "n > 5",
    "n >= 5",
    "n == 5",
    "n != 5",
    "n & 255",
    "n | 255",
    "xor(n, 255)",
    "n << 3",
    "n >> 3",
    "n >> 70",
    "1 << abs(n) % 40",
    "n >> abs(n) % 70",
    "min(n, 5)",
    "max(n, 5)",
    "clamp(n, -5, 5)",
    "gcd(n, 360)",
    "gcd(360, n)",
    "gcd(n, n + 6)",
    "lcm(n, 6)",
    "n ^ 3",
    "n ^ 7",
    "2 ^ (abs(n) % 60)",
    "popcount(n)",
    "bit_length(n)",
    "digit_sum(n)",
    "digits(n)",
    "isqrt(abs(n))",
    "icbrt(abs(n))",
    "is_square(n)",
    "is_prime(n)",
    "n and 7",
    "n or 7",
    "if(n % 2, n, -n)",
    "if(n == 0, 0, 10 // n)",
    "factorial(abs(n) % 21)",
    "binomial(abs(n) % 60, 5)",
    "(n * 12345678901) & 65535",
    "(n * n) % 1000003",
    "n*(n+1)//2",
    "10 // n",
    "isqrt(n)",
    "n % 10^9",
    "n & 2^20 - 1",
    "n // (7 - 5)",
    "n % totient(1000)",
    "if(2 < 3, n + 1, 10 // n)",
    "if(2 > 3, 10 // n, n + 1)",
    "2 > 3 and 10 // n",
    "2 < 3 or 10 // n",
    "2 < 3 and n + 1",
    "if(n < 2^70, n + 1, 10 // n)",
    "if(n == 0, isqrt(-4), 7)",
    "if(n == 0, n // 0, 7)",
    "0 * (10 // n)",
    "if(0 * (10 // n), 1, n)",
];

#[test]
fn what_does_not_depend_on_n_is_computed_once() {
    let steps = |text: &str, numbers| {
        let expression = Expression::parse(text).unwrap();
        Evaluator::new(&expression, Kernel::Auto, numbers).steps()
    };
    assert_eq!(steps("n % 10^9", 0..=1 << 40), 1);
    assert_eq!(steps("if(2 > 3, isqrt(-n), isqrt(n))", 0..=1 << 40), 1);
    assert_eq!(steps("2 < 3 and n + 10^9", 1..=1 << 40), 1);
    // What is the same by its bounds only is computed for every number.
    assert_eq!(steps("n < 2^50", 1..=1 << 20), 1);
    assert_eq!(steps("digits(n)", 1_000..=9_999), 1);
}

#[test]
fn each_operation_at_the_ends_of_each_width() {
    let ends = [0, 15, 16, 30, 31, 32, 51, 52, 53, 61, 62, 63].map(|bits| 1i128 << bits);
    let numbers: Vec<i64> = ends
        .iter()
        .flat_map(|end| [-1, 0, 1].map(|delta| end + delta))
        .flat_map(|number| [number, -number])
        .filter_map(|number| i64::try_from(number).ok())
        .collect();
    for text in OPERATIONS {
        assert_as_the_reference(text, Piece::List(&numbers));
        for number in &numbers {
            assert_as_the_reference(text, Piece::List(&[*number]));
        }
    }
    for text in ["divisors(n)", "totient(n)", "collatz(n)"] {
        let positive: Vec<i64> = (1..3_000).collect();
        assert_as_the_reference(text, Piece::List(&positive));
    }
}

#[test]
fn the_width_is_the_narrowest_that_does() {
    let width = |text: &str, numbers| {
        let expression = Expression::parse(text).unwrap();
        Evaluator::new(&expression, Kernel::Auto, numbers).width()
    };
    assert_eq!(width("n % 7 == 3", 0..=1 << 30), Some(Width::Narrow));
    assert_eq!(width("n % 7 == 3", 0..=1 << 40), Some(Width::Lanes));
    assert_eq!(width("n*n*n & 1", 0..=1 << 30), Some(Width::Narrow));
    assert_eq!(width("n*n", 0..=1 << 31), Some(Width::Lanes));
    assert_eq!(width("n*n", 0..=1 << 62), Some(Width::Wide));
    assert_eq!(width("n^5", 0..=1 << 62), None);
}

/// Blocks of numbers near each other, with some at which much has no value.
const GUARDED: &[&str] = &[
    "if(n % 3 == 0, -7, 10 // (n % 3))",
    "n % 3 and 10 // (n % 3)",
    "n % 3 == 0 or 10 % (n % 3)",
    "if(n < 0, isqrt(-n), isqrt(n))",
    "if(n == 0, 0, if(n % 10 < 3, 7, 1 << (n % 10 - 3)))",
    "if(n % 10 == 0, n * 1000003, gcd(1000 // (abs(n) % 10) - 111, 360))",
    "if(n % 10 == 0, n * 2^50, gcd(1000 // (abs(n) % 10) - 5, 7))",
    "gcd(1000 // (abs(n) % 10) - 5, 7)",
    "if(n > 0, collatz(n), -1) + if(n > 7, 10 // n, 1)",
    "n and 0 < 100 // n < 50",
    "10 // (n % 3) + if(n % 3 == 0, 0, 10 // (n % 3))",
    "if(10 // (n % 3) > 7, 1, 2)",
];

#[test]
fn what_is_left_out_needs_no_value() {
    for first in [-1_200i64, (1 << 31) - 100, i64::MAX - 2_400] {
        let numbers: Vec<i64> = (0..1_200).map(|i| first + 2 * i).collect();
        for text in GUARDED {
            assert_as_the_reference(text, Piece::List(&numbers));
        }
    }
}

#[test]
fn what_is_left_out_is_not_walked_over() {
    let text = "if(n % 3 == 0, -7, 10 // (n % 3)) + (n % 3 and 10 % (n % 3))";
    let expression = Expression::parse(text).unwrap();
    let piece = Piece::Progression(Progression::new(-5_000, 1, 10_000).unwrap());
    let evaluator = Evaluator::new(&expression, Kernel::Auto, interval(std::iter::once(piece)));
    let partial = evaluator.reduce(Reduction::Sum, piece).unwrap();
    assert_eq!(partial.widths, Widths::only(Width::Narrow, 10_000));
}

#[test]
fn a_wrong_lane_of_any_operation_is_seen() {
    let numbers: Vec<i64> = (2..41).collect();
    let piece = Piece::List(&numbers);
    for text in OPERATIONS {
        let expression = Expression::parse(text).unwrap();
        let expected = reference(&expression, piece).unwrap();
        for set in InstructionSet::available() {
            let evaluator = Evaluator::new(&expression, Kernel::Only(set), 2..=40);
            let Some(last) = evaluator.steps().checked_sub(1) else {
                // Only n, and what is always the same, take no step.
                let is_n = (numbers.iter().zip(&expected)).all(|(n, v)| BigInt::from(*n) == *v);
                let is_constant = expected.iter().all(|v| *v == expected[0]);
                assert!(is_n || is_constant, "{text}");
                continue;
            };
            let wrong = evaluator.wrong_at(last, 17).unwrap();
            let values = wrong.values(piece).unwrap();
            let is_wrong = |at: &usize| values[*at] != expected[*at];
            let seen: Vec<usize> = (0..39).filter(is_wrong).collect();
            assert_eq!(seen, [17], "{text}");
            let sum: BigInt = expected.iter().sum();
            let wrong = wrong.reduce(Reduction::Sum, piece).unwrap();
            assert_ne!(wrong.reduced, Reduced::Sum(sum.into()), "{text}");
        }
    }
}
