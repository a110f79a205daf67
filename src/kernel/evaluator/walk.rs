//! The reference over pieces of the input: a walk over the expression for every number.

use super::values::{Each, Values};
use crate::expression::{EvaluationError, Expression};
use crate::input::Piece;
use crate::reduction::{Partial, Place, Reduction};
use std::ops::RangeInclusive;

/// How many numbers are walked over between two looks at the stop.
const WALK_LEN: u128 = 16;

/// The smallest and the largest number of some pieces; of none, 0.
#[must_use]
pub fn interval<'a>(pieces: impl Iterator<Item = Piece<'a>>) -> RangeInclusive<i64> {
    let ends = pieces.flat_map(|piece| match piece {
        Piece::List(list) => [list.iter().min().copied(), list.iter().max().copied()],
        Piece::Progression(run) => {
            let last = run.numbers().checked_sub(1).map(|last| run.nth(last));
            [last.map(|_| run.first()), last]
        }
    });
    let ends = ends.flatten();
    let (low, high) = ends.fold((i64::MAX, i64::MIN), |(low, high), end| {
        (low.min(end), high.max(end))
    });
    match low <= high {
        true => low..=high,
        false => 0..=0,
    }
}

/// What a piece comes to by the reference, a walk over the expression for every number; the first numbers
/// of it, those before the run `leaves`. `each` hears of the values, up to the first number that has none.
pub(in crate::kernel) fn walk(
    expression: &Expression,
    reduction: Reduction,
    piece: Piece<'_>,
    leaves: &dyn Fn() -> bool,
    mut each: Each<'_>,
) -> Result<Partial, EvaluationError> {
    let mut partial = Partial::of_none(reduction);
    for position in 0..piece.count() {
        let number = piece.nth(position);
        let value = expression.evaluate(number)?;
        if let Some(each) = &mut each {
            each(Values::Big(vec![value.clone()]));
        }
        partial.reduced.take(value, Place { number, position });
        partial.numbers += 1;
        if position % WALK_LEN == WALK_LEN - 1 && leaves() {
            break;
        }
    }
    Ok(partial)
}
