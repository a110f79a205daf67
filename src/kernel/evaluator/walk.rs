//! The reference over pieces of the input: a walk over the expression for every number.

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
/// of it, those before the run `leaves`.
pub(in crate::kernel) fn walk(
    expression: &Expression,
    reduction: Reduction,
    piece: Piece<'_>,
    leaves: &dyn Fn() -> bool,
) -> Result<Partial, EvaluationError> {
    let mut partial = Partial::of_none(reduction);
    for position in 0..len_of(piece) {
        let number = number_at(piece, position);
        let value = expression.evaluate(number)?;
        partial.reduced.take(value, Place { number, position });
        partial.numbers += 1;
        if position % WALK_LEN == WALK_LEN - 1 && leaves() {
            break;
        }
    }
    Ok(partial)
}

pub(super) fn len_of(piece: Piece<'_>) -> u128 {
    match piece {
        Piece::List(list) => list.len() as u128,
        Piece::Progression(run) => run.numbers(),
    }
}

pub(super) fn number_at(piece: Piece<'_>, position: u128) -> i64 {
    match piece {
        Piece::List(list) => list[usize::try_from(position).unwrap_or(usize::MAX)],
        Piece::Progression(run) => run.nth(position),
    }
}

/// Some numbers of a piece.
pub(super) fn part(piece: Piece<'_>, start: u128, len: usize) -> Piece<'_> {
    match piece {
        Piece::List(list) => {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            Piece::List(&list[start..start + len])
        }
        Piece::Progression(run) => Piece::Progression(run.part(start..start + len as u128)),
    }
}
