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
use values::{Each, Values, append};

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

    /// The same with sums taken for smaller than they are, for tests of what is to find it.
    #[cfg(test)]
    pub(crate) fn misjudged(self) -> Option<Evaluator<'a>> {
        let program = match self.program? {
            Program::Int32(steps) => Program::Int32(steps.misjudged()),
            Program::Int64(steps) => Program::Int64(steps.misjudged()),
            Program::Int128(steps) => Program::Int128(steps.misjudged()),
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
        let mut each = |block| match block {
            Values::Int64(block) => values.extend(block.into_iter().map(BigInt::from)),
            Values::Int128(block) => values.extend(block.into_iter().map(BigInt::from)),
            Values::Big(block) => values.extend(block),
        };
        self.run(Reduction::Count, piece, &|| false, Some(&mut each))?;
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
        self.run(reduction, piece, leaves, None)
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
        let mut appended = Ok(());
        let mut each = |block: Values| {
            let len = block.len();
            if appended.is_ok() {
                appended = append(block, &list[next..], form, out);
            }
            next += len;
        };
        let reduced = self.run(reduction, Piece::List(list), &|| false, Some(&mut each));
        appended?;
        reduced.map_err(Unfit::NoValue)
    }

    fn run(
        &self,
        reduction: Reduction,
        piece: Piece<'_>,
        leaves: &dyn Fn() -> bool,
        each: Each<'_>,
    ) -> Result<Partial, EvaluationError> {
        match &self.program {
            None => walk(self.expression, reduction, piece, leaves, each),
            Some(Program::Int32(steps)) => self.run_by(steps, reduction, piece, leaves, each),
            Some(Program::Int64(steps)) => self.run_by(steps, reduction, piece, leaves, each),
            Some(Program::Int128(steps)) => self.run_by(steps, reduction, piece, leaves, each),
        }
    }

    fn run_by<L: Compiled>(
        &self,
        steps: &Steps<L>,
        reduction: Reduction,
        piece: Piece<'_>,
        leaves: &dyn Fn() -> bool,
        mut each: Each<'_>,
    ) -> Result<Partial, EvaluationError> {
        let mut runner = Runner::new(self.set, steps);
        let fold = fold_of(reduction, &runner);
        let mut partial = Partial::of_none(reduction);
        let mut counts = Counts::default();
        let between_looks = if steps.is_slow() { 1 } else { BLOCKS };
        let len = piece.count();
        let mut done = 0;
        while done < len {
            let block_len = LANES.min(usize::try_from(len - done).unwrap_or(LANES));
            let next = done + block_len as u128;
            match runner.run(piece, done, block_len, fold) {
                Some(folded) => {
                    if let Some(each) = &mut each {
                        each(values_of(&runner, block_len));
                    }
                    let values = || runner.values(block_len);
                    match reduction {
                        Reduction::Histogram => values().for_each(|v| counts.take(v.wide())),
                        _ => {
                            let numbers = |at: usize| piece.nth(done + at as u128);
                            let reduced = &mut partial.reduced;
                            take(reduced, folded, &runner, block_len, done, numbers);
                        }
                    }
                    partial.numbers += block_len as u64;
                    let widths = Widths::only(L::WIDTH, block_len as u64);
                    partial.widths.merge(&widths);
                }
                None => {
                    let each: Each<'_> = match &mut each {
                        Some(each) => Some(&mut **each),
                        None => None,
                    };
                    let block = piece.part(done..next);
                    let walked = walk(self.expression, reduction, block, &|| false, each)?;
                    partial.merge(walked.moved_by(done));
                }
            }
            done = next;
            if (done / LANES as u128).is_multiple_of(between_looks) && leaves() {
                break;
            }
        }
        if reduction == Reduction::Histogram {
            partial.reduced.merge(Reduced::Histogram(counts.finish()));
        }
        Ok(partial)
    }
}

/// The values of the block that was run last.
fn values_of<L: Compiled>(runner: &Runner<'_, L>, len: usize) -> Values {
    let values = runner.values(len);
    match L::BITS {
        128 => Values::Int128(values.map(L::wide).collect()),
        _ => Values::Int64(values.map(|value| value.wide() as i64).collect()),
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
