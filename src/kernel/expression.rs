//! An expression over pieces of the input.

use super::instruction_set::InstructionSet;
use super::program::{Compiled, Fold, Folded, LANES, Program, Runner, Steps};
use super::values::{Form, Unfit};
use super::{Kernel, decimal};
use crate::exact::{BigInt, I256, Sum, Width, Widths};
use crate::expression::{EvaluationError, Expression};
use crate::input::Piece;
use crate::reduction::{Counts, Found, Partial, Place, Reduced, Reduction};
use std::io::Write;
use std::ops::RangeInclusive;

/// How many numbers are walked over, and how many blocks of quick operations are computed, between two looks
/// at the stop.
const WALK_LEN: u128 = 16;
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

    /// The width in which it is computed; `None` stands for the walk.
    #[must_use]
    pub fn width(&self) -> Option<Width> {
        self.program.as_ref().map(Program::width)
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

/// Values in a row.
enum Values {
    Int64(Vec<i64>),
    Int128(Vec<i128>),
    Big(Vec<BigInt>),
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Values::Int64(values) => values.len(),
            Values::Int128(values) => values.len(),
            Values::Big(values) => values.len(),
        }
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

/// Appends the values of the first of some numbers.
fn append(values: Values, numbers: &[i64], form: Form, out: &mut Vec<u8>) -> Result<(), Unfit> {
    match (form, values) {
        (Form::Lines, Values::Int64(values)) => decimal::append_lines(&values, out),
        (Form::Lines, Values::Int128(values)) => decimal::append_lines(&values, out),
        (Form::Lines, Values::Big(values)) => {
            for value in values {
                writeln!(out, "{value}").expect("memory can be written to");
            }
        }
        (Form::Int64, Values::Int64(values)) => {
            for value in values {
                out.extend_from_slice(&value.to_le_bytes());
            }
        }
        (Form::Int64, Values::Int128(values)) => {
            let values = values.into_iter().map(BigInt::from);
            append_int64(values, numbers, out)?;
        }
        (Form::Int64, Values::Big(values)) => append_int64(values.into_iter(), numbers, out)?,
    }
    Ok(())
}

fn append_int64(
    values: impl Iterator<Item = BigInt>,
    numbers: &[i64],
    out: &mut Vec<u8>,
) -> Result<(), Unfit> {
    for (value, number) in values.zip(numbers) {
        match i64::try_from(&value) {
            Ok(small) => out.extend_from_slice(&small.to_le_bytes()),
            Err(_) => {
                return Err(Unfit::Int64 {
                    number: *number,
                    result: value,
                });
            }
        }
    }
    Ok(())
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

/// What a piece comes to by the reference, a walk over the expression for every number; the first numbers
/// of it, those before the run `leaves`.
pub(super) fn walk(
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

fn len_of(piece: Piece<'_>) -> u128 {
    match piece {
        Piece::List(list) => list.len() as u128,
        Piece::Progression(run) => run.numbers(),
    }
}

fn number_at(piece: Piece<'_>, position: u128) -> i64 {
    match piece {
        Piece::List(list) => list[usize::try_from(position).unwrap_or(usize::MAX)],
        Piece::Progression(run) => run.nth(position),
    }
}

/// Some numbers of a piece.
fn part(piece: Piece<'_>, start: u128, len: usize) -> Piece<'_> {
    match piece {
        Piece::List(list) => {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            Piece::List(&list[start..start + len])
        }
        Piece::Progression(run) => Piece::Progression(run.part(start..start + len as u128)),
    }
}

#[cfg(test)]
mod tests {
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

    /// What the reference makes of a piece: the values before the first number that has none, and that.
    fn reference(
        expression: &Expression,
        piece: Piece<'_>,
    ) -> Result<Vec<BigInt>, EvaluationError> {
        let numbers = (0..len_of(piece)).map(|at| number_at(piece, at));
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
        for set in InstructionSet::available() {
            let evaluator = Evaluator::new(&expression, Kernel::Only(set), interval.clone());
            let shown = format!("{text} by {set:?} in {:?}", evaluator.width());
            assert_eq!(evaluator.values(piece), expected, "{shown}");
            for reduction in Reduction::ALL {
                let reduced = evaluator.reduce(reduction, piece);
                let walked = walk(&expression, reduction, piece, &|| false);
                let (reduced, walked) = match (reduced, walked) {
                    (Ok(reduced), Ok(walked)) => (reduced, walked),
                    (reduced, walked) => {
                        assert_eq!(reduced, walked, "{shown}");
                        continue;
                    }
                };
                assert_eq!(reduced.reduced, walked.reduced, "{reduction:?} of {shown}");
                assert_eq!(reduced.numbers, walked.numbers);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

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
        #![proptest_config(ProptestConfig::with_cases(60))]

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

    #[test]
    fn each_operation_at_the_ends_of_each_width() {
        let ends = [0, 15, 16, 30, 31, 32, 51, 52, 53, 61, 62, 63].map(|bits| 1i128 << bits);
        let numbers: Vec<i64> = ends
            .iter()
            .flat_map(|end| [-1, 0, 1].map(|delta| end + delta))
            .flat_map(|number| [number, -number])
            .filter_map(|number| i64::try_from(number).ok())
            .collect();
        for text in [
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
        ] {
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
}
