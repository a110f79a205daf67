//! An expression over pieces of the input.

mod values;
mod walk;

pub use walk::interval;
pub(super) use walk::walk;

use super::Kernel;
use super::instruction_set::InstructionSet;
use super::program::{Compiled, Fold, Folded, LANES, Program, Runner, Steps};
use super::values::{Form, Unfit};
use crate::exact::{BigInt, I256, Sum, Width, Widths};
use crate::expression::{EvaluationError, Expression};
use crate::input::Piece;
use crate::reduction::{Counts, Found, Partial, Place, Reduced, Reduction};
use std::ops::RangeInclusive;
use values::{Values, append};
use walk::{len_of, number_at, part};

/// How many blocks of quick operations are computed between two looks at the stop.
const BLOCKS: u128 = 64;

/// An expression ready to be computed over the numbers of an interval.
#[derive(Clone, Debug)]
pub struct Evaluator<'a> {
    expression: &'a Expression,
    set: InstructionSet,
    /// Without one it is walked over.
    program: Option<Program>,
}

impl<'a> Evaluator<'a> {
    /// Chooses how the expression is computed where n is one of `numbers`.
    #[must_use]
    pub fn new(
        expression: &'a Expression,
        kernel: Kernel,
        numbers: RangeInclusive<i64>,
    ) -> Evaluator<'a> {
        let set = kernel.instruction_set();
        Evaluator {
            expression,
            set: set.unwrap_or_else(InstructionSet::best),
            program: set.and_then(|_| Program::new(expression, &numbers)),
        }
    }

    /// The same with a mistake in its program, for tests of what is to find it; `None` of a walk.
    #[cfg(test)]
    pub(crate) fn broken(self) -> Option<Evaluator<'a>> {
        let program = match self.program? {
            Program::Int32(steps) => Program::Int32(steps.broken()),
            Program::Int64(steps) => Program::Int64(steps.broken()),
            Program::Int128(steps) => Program::Int128(steps.broken()),
        };
        Some(Evaluator {
            program: Some(program),
            ..self
        })
    }

    /// How many steps its program has, for tests.
    #[cfg(test)]
    pub(crate) fn steps(&self) -> usize {
        match &self.program {
            None => 0,
            Some(Program::Int32(steps)) => steps.steps(),
            Some(Program::Int64(steps)) => steps.steps(),
            Some(Program::Int128(steps)) => steps.steps(),
        }
    }

    /// The same with 1 too much in a lane of what a step comes to, in every block; for tests of what is to
    /// find it. `None` of a walk.
    #[cfg(test)]
    pub(crate) fn wrong_at(self, step: usize, lane: usize) -> Option<Evaluator<'a>> {
        let program = match self.program? {
            Program::Int32(steps) => Program::Int32(steps.wrong_at(step, lane)),
            Program::Int64(steps) => Program::Int64(steps.wrong_at(step, lane)),
            Program::Int128(steps) => Program::Int128(steps.wrong_at(step, lane)),
        };
        Some(Evaluator {
            program: Some(program),
            ..self
        })
    }

    /// The width in which it is computed; `None` stands for the walk.
    #[must_use]
    pub fn width(&self) -> Option<Width> {
        self.program.as_ref().map(Program::width)
    }

    /// Whether a number may take long: it is walked over, or given to a function that takes steps of its
    /// own.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        match &self.program {
            None => true,
            Some(Program::Int32(steps)) => steps.is_slow(),
            Some(Program::Int64(steps)) => steps.is_slow(),
            Some(Program::Int128(steps)) => steps.is_slow(),
        }
    }

    /// The values at all numbers of a piece.
    ///
    /// # Errors
    /// The first number at which there is none.
    pub fn values(&self, piece: Piece<'_>) -> Result<Vec<BigInt>, EvaluationError> {
        let mut values = Vec::new();
        self.for_each_block(piece, |block| {
            match block {
                Values::Int64(block) => values.extend(block.iter().map(|v| BigInt::from(*v))),
                Values::Int128(block) => values.extend(block.iter().map(|v| BigInt::from(*v))),
                Values::Big(block) => values.extend(block),
            }
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
        self.reduce_until(reduction, piece, &|| false)
    }

    /// The same of the first numbers, those before the run `leaves`.
    pub(super) fn reduce_until(
        &self,
        reduction: Reduction,
        piece: Piece<'_>,
        leaves: &dyn Fn() -> bool,
    ) -> Result<Partial, EvaluationError> {
        match &self.program {
            None => walk(self.expression, reduction, piece, leaves),
            Some(Program::Int32(steps)) => self.reduce_by(steps, reduction, piece, leaves),
            Some(Program::Int64(steps)) => self.reduce_by(steps, reduction, piece, leaves),
            Some(Program::Int128(steps)) => self.reduce_by(steps, reduction, piece, leaves),
        }
    }

    fn reduce_by<L: Compiled>(
        &self,
        steps: &Steps<L>,
        reduction: Reduction,
        piece: Piece<'_>,
        leaves: &dyn Fn() -> bool,
    ) -> Result<Partial, EvaluationError> {
        let mut runner = Runner::new(self.set, steps);
        let fold = fold_of(reduction, &runner);
        let mut partial = Partial::of_none(reduction);
        let mut counts = Counts::default();
        let between_looks = if steps.is_slow() { 1 } else { BLOCKS };
        let len = len_of(piece);
        let mut done = 0;
        while done < len {
            let block_len = LANES.min(usize::try_from(len - done).unwrap_or(LANES));
            match runner.run(piece, done, block_len, fold) {
                Some(folded) => {
                    let numbers = |at: usize| number_at(piece, done + at as u128);
                    let reduced = &mut partial.reduced;
                    match reduction {
                        Reduction::Histogram => {
                            runner.values(block_len).for_each(|v| counts.take(v.wide()));
                        }
                        _ => take(reduced, folded, &runner, block_len, done, numbers),
                    }
                    let width = Widths::only(L::WIDTH, block_len as u64);
                    partial.numbers += block_len as u64;
                    partial.widths.merge(&width);
                }
                None => {
                    let block = part(piece, done, block_len);
                    let walked = walk(self.expression, reduction, block, &|| false)?;
                    partial.merge(walked.moved_by(done));
                }
            }
            done += block_len as u128;
            if (done / LANES as u128).is_multiple_of(between_looks) && leaves() {
                break;
            }
        }
        if reduction == Reduction::Histogram {
            partial.reduced.merge(Reduced::Histogram(counts.finish()));
        }
        Ok(partial)
    }

    /// What the values of a list come to, with every one appended to `out`.
    pub(super) fn append(
        &self,
        reduction: Reduction,
        list: &[i64],
        form: Form,
        out: &mut Vec<u8>,
    ) -> Result<Partial, Unfit> {
        let mut next = 0;
        let mut unfit = None;
        let appended = self.for_each_block(Piece::List(list), |block| {
            let len = block.len();
            if unfit.is_none() {
                unfit = append(block, &list[next..], form, out).err();
            }
            next += len;
            Ok(())
        });
        match unfit {
            Some(unfit) => Err(unfit),
            None => {
                appended.map_err(Unfit::NoValue)?;
                let partial = self.reduce(reduction, Piece::List(list));
                partial.map_err(Unfit::NoValue)
            }
        }
    }

    /// Hands out all values of a piece in order, up to the first number that has none.
    fn for_each_block(
        &self,
        piece: Piece<'_>,
        mut each: impl FnMut(Values) -> Result<(), EvaluationError>,
    ) -> Result<(), EvaluationError> {
        match &self.program {
            None => {
                let len = len_of(piece);
                for at in 0..len {
                    let value = self.expression.evaluate(number_at(piece, at))?;
                    each(Values::Big(vec![value]))?;
                }
                Ok(())
            }
            Some(Program::Int32(steps)) => self.blocks_by(steps, piece, &mut each),
            Some(Program::Int64(steps)) => self.blocks_by(steps, piece, &mut each),
            Some(Program::Int128(steps)) => self.blocks_by(steps, piece, &mut each),
        }
    }

    fn blocks_by<L: Compiled>(
        &self,
        steps: &Steps<L>,
        piece: Piece<'_>,
        each: &mut dyn FnMut(Values) -> Result<(), EvaluationError>,
    ) -> Result<(), EvaluationError> {
        let mut runner = Runner::new(self.set, steps);
        let len = len_of(piece);
        let mut done = 0;
        while done < len {
            let block_len = LANES.min(usize::try_from(len - done).unwrap_or(LANES));
            match runner.run(piece, done, block_len, Fold::Values) {
                Some(_) => {
                    let values = runner.values(block_len);
                    each(match L::BITS {
                        128 => Values::Int128(values.map(L::wide).collect()),
                        _ => Values::Int64(values.map(|v| v.wide() as i64).collect()),
                    })?;
                }
                None => {
                    for at in 0..block_len as u128 {
                        let value = self.expression.evaluate(number_at(piece, done + at))?;
                        each(Values::Big(vec![value]))?;
                    }
                }
            }
            done += block_len as u128;
        }
        Ok(())
    }
}

impl Folded {
    fn sum(self) -> Sum {
        ((I256::from(self.high) << 64u32) + I256::from(self.low)).into()
    }
}

/// What a reduction makes of a block.
fn fold_of<L: Compiled>(reduction: Reduction, runner: &Runner<'_, L>) -> Fold {
    match reduction {
        Reduction::Sum | Reduction::Mean => runner.sum(),
        Reduction::Count => Fold::Count,
        Reduction::Xor => Fold::Xor,
        Reduction::Min => Fold::Min,
        Reduction::Max => Fold::Max,
        Reduction::Product | Reduction::First | Reduction::Last | Reduction::Histogram => {
            Fold::Values
        }
    }
}

/// Takes a block that was folded, whose numbers stand at `done` and behind it.
fn take<L: Compiled>(
    reduced: &mut Reduced,
    folded: Folded,
    runner: &Runner<'_, L>,
    len: usize,
    done: u128,
    number: impl Fn(usize) -> i64,
) {
    let place = |at: usize| Place {
        number: number(at),
        position: done + at as u128,
    };
    let find = |value: i128| {
        let at = runner.values(len).position(|v| v.wide() == value);
        Found {
            value: value.into(),
            place: place(at.unwrap_or(0)),
        }
    };
    let sum = || folded.sum();
    let folded = folded.low;
    let is_smaller = |found: &Option<Found>| found.as_ref().is_none_or(|f| f.value > folded.into());
    let is_larger = |found: &Option<Found>| found.as_ref().is_none_or(|f| f.value < folded.into());
    match reduced {
        Reduced::Sum(all) => *all += sum(),
        Reduced::Mean(all, count) => {
            *all += sum();
            *count += len as u128;
        }
        Reduced::Count(count) => *count += folded.unsigned_abs(),
        Reduced::Xor(value) => *value ^= BigInt::from(folded),
        Reduced::Min(found) if is_smaller(found) => *found = Some(find(folded)),
        Reduced::Max(found) if is_larger(found) => *found = Some(find(folded)),
        Reduced::Min(_) | Reduced::Max(_) => {}
        Reduced::First(Some(_)) => {}
        Reduced::First(_) | Reduced::Last(_) => {
            let at = if matches!(reduced, Reduced::First(_)) {
                0
            } else {
                len - 1
            };
            let value = runner.values(len).nth(at).map_or(0, L::wide);
            reduced.take(value.into(), place(at));
        }
        _ => {
            for (at, value) in runner.values(len).enumerate() {
                reduced.take(value.wide().into(), place(at));
            }
        }
    }
}

#[cfg(test)]
mod tests;
