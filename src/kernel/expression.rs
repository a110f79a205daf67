//! An expression over pieces of the input.

use super::Kernel;
use super::values::{Form, Unfit};
use crate::exact::BigInt;
use crate::expression::{EvaluationError, Expression};
use crate::input::{Numbers, Piece};
use crate::reduction::{Partial, Place, Reduction};
use std::io::Write;
use std::ops::{Range, RangeInclusive};

/// An expression ready to be computed over the numbers of an interval.
#[derive(Debug)]
pub struct Evaluator<'a> {
    expression: &'a Expression,
}

impl<'a> Evaluator<'a> {
    /// Chooses how the expression is computed where n is one of `numbers`.
    #[must_use]
    pub fn new(
        expression: &'a Expression,
        kernel: Kernel,
        numbers: RangeInclusive<i64>,
    ) -> Evaluator<'a> {
        let _ = (kernel, numbers);
        Evaluator { expression }
    }

    /// How it is computed, in words.
    #[must_use]
    pub fn describe(&self) -> String {
        "number by number in integers of any size".to_owned()
    }

    /// The values at all numbers of a piece.
    ///
    /// # Errors
    /// The first number at which there is none.
    pub fn values(&self, piece: Piece<'_>) -> Result<Vec<BigInt>, EvaluationError> {
        let mut values = Vec::new();
        for_each(piece, |number| {
            values.push(self.expression.evaluate(number)?);
            Ok(())
        })?;
        Ok(values)
    }

    /// What the values at all numbers of a piece come to.
    ///
    /// # Errors
    /// The first number at which there is none.
    pub fn reduce(
        &self,
        reduction: Reduction,
        piece: Piece<'_>,
    ) -> Result<Partial, EvaluationError> {
        walk(self.expression, reduction, piece)
    }

    /// The same, with every value appended to `out`.
    ///
    /// # Errors
    /// The first value that can't be appended; those before it have been.
    pub(super) fn append(
        &self,
        reduction: Reduction,
        list: &[i64],
        form: Form,
        out: &mut Vec<u8>,
    ) -> Result<Partial, Unfit> {
        let mut partial = Partial::of_none(reduction);
        for &number in list {
            let value = self.expression.evaluate(number).map_err(Unfit::NoValue)?;
            append_value(number, &value, form, out)?;
            take(&mut partial, number, value);
        }
        Ok(partial)
    }
}

/// How many numbers are walked over between two looks at the stop.
const WALK_LEN: u128 = 16;

/// What the numbers at `positions` come to; those that were done before a stop that `leaves`.
pub(super) fn compute(
    evaluator: &Evaluator<'_>,
    reduction: Reduction,
    numbers: &Numbers,
    positions: Range<u128>,
    leaves: impl Fn() -> bool,
) -> Result<Partial, EvaluationError> {
    let mut total = Partial::of_none(reduction);
    let mut start = positions.start;
    while start < positions.end {
        let end = (start + WALK_LEN).min(positions.end);
        for piece in numbers.pieces(start..end) {
            let done = u128::from(total.numbers);
            total.merge(evaluator.reduce(reduction, piece)?.moved_by(done));
        }
        start = end;
        if leaves() {
            break;
        }
    }
    Ok(total)
}

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

/// What a piece comes to by the reference: a walk over the expression for every number.
pub(super) fn walk(
    expression: &Expression,
    reduction: Reduction,
    piece: Piece<'_>,
) -> Result<Partial, EvaluationError> {
    let mut partial = Partial::of_none(reduction);
    for_each(piece, |number| {
        let value = expression.evaluate(number)?;
        take(&mut partial, number, value);
        Ok(())
    })?;
    Ok(partial)
}

fn append_value(number: i64, value: &BigInt, form: Form, out: &mut Vec<u8>) -> Result<(), Unfit> {
    match form {
        Form::Lines => writeln!(out, "{value}").expect("memory can be written to"),
        Form::Int64 => match i64::try_from(value) {
            Ok(small) => out.extend_from_slice(&small.to_le_bytes()),
            Err(_) => {
                let result = value.clone();
                return Err(Unfit::Int64 { number, result });
            }
        },
    }
    Ok(())
}

/// Takes the value of the number that comes next.
fn take(partial: &mut Partial, number: i64, value: BigInt) {
    let position = u128::from(partial.numbers);
    partial.reduced.take(value, Place { number, position });
    partial.numbers += 1;
}

fn for_each<E>(piece: Piece<'_>, mut each: impl FnMut(i64) -> Result<(), E>) -> Result<(), E> {
    match piece {
        Piece::List(list) => list.iter().try_for_each(|number| each(*number)),
        Piece::Progression(run) => {
            let mut numbers = (0..run.numbers()).map(|i| run.nth(i));
            numbers.try_for_each(each)
        }
    }
}
