//! Any text is parsed without a panic; what is an expression reads back from its normal form, and lanes
//! come to what the reference says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use partask::expression::Expression;
use partask::input::Piece;
use partask::kernel::{self, Evaluator, InstructionSet, Kernel};
use partask::reduction::Reduction;

/// Longer texts take the reference too long.
const LEN_MAX: usize = 200;

/// Values of the reference that have more digits than this are not asked for again and again.
const BITS_MAX: u64 = 4_096;

fuzz_target!(|input: (i64, u8, &str)| {
    let (number, shift, text) = input;
    let Ok(expression) = Expression::parse(text) else {
        return;
    };
    let normal = expression.to_string();
    let again = Expression::parse(&normal).expect("the normal form is an expression");
    assert_eq!(again.nodes(), expression.nodes(), "{normal}");
    if text.len() > LEN_MAX {
        return;
    }
    let first = number >> (shift % 64);
    let numbers: Vec<i64> = (0..5).map(|i| first.saturating_add(i)).collect();
    let piece = Piece::List(&numbers);
    let interval = kernel::interval(std::iter::once(piece));
    let best = Evaluator::new(&expression, Kernel::Auto, interval.clone());
    if best.width().is_none() {
        return;
    }
    let mut expected = Vec::new();
    let mut error = None;
    for number in &numbers {
        match expression.evaluate(*number) {
            Ok(value) if value.bits() > BITS_MAX => return,
            Ok(value) => expected.push(value),
            Err(fault) => {
                error = Some(fault);
                break;
            }
        }
    }
    let expected = error.map_or(Ok(expected), Err);
    for set in InstructionSet::available() {
        let evaluator = Evaluator::new(&expression, Kernel::Only(set), interval.clone());
        assert_eq!(evaluator.values(piece), expected, "{text} from {first}");
        let sum = evaluator.reduce(Reduction::Sum, piece).map(|partial| partial.reduced);
        let walked = expected.clone().map(|values| values.into_iter().sum());
        let sum = sum.map(|sum| sum.conclude().expect("a sum").integer().cloned());
        assert_eq!(sum, walked.map(Some), "{text} from {first}");
    }
});
