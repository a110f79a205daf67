//! The check of what has no closed form: results of some numbers, computed once more by the reference.
//!
//! Of a known input some chunks are looked at, the first and the last among them: their ends, and
//! numbers at random. They are computed as they were in the run, in the width that was chosen for their
//! chunk; each result is held to the reference, and what a block of them is reduced to, to a plain
//! reduction. Of numbers that are read as the run goes on, some of every chunk are kept for it.

use super::{ComputeError, Ran, Spec};
use crate::exact::BigInt;
use crate::expression::Expression;
use crate::input::{Numbers, Piece};
use crate::job::Job;
use crate::kernel::{self, Evaluator};
use crate::reduction::{Place, Reduced, Reduction};
use crate::report::Check;
use crate::stop::{Stop, StopReason};
use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::time::{Duration, Instant};

/// How many numbers are checked at least, when there are so many.
const SAMPLE_LEN: usize = 4_096;

/// How many chunks of a known input are looked at, unless they are small.
const CHUNKS_MAX: u128 = 64;

/// How many numbers are computed in a row: enough for vector code.
const BLOCK_LEN: u128 = 1_024;

/// How many numbers of a block are checked.
const OF_BLOCK: usize = 64;

/// How long the sample may take, or as long as the run: of functions that take milliseconds fewer numbers are
/// checked, and the report says of how many it was.
const SAMPLE_TIME: Duration = Duration::from_secs(5);

/// How many of every batch of numbers are kept, once the first of their chunk have been.
const PICKS: usize = 32;

/// Some numbers in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    /// The chunk they are of.
    chunk: Range<u128>,
    /// Where they are.
    positions: Range<u128>,
    /// Which of them are held to the reference, counted from the first.
    checked: BTreeSet<usize>,
}

/// Holds results of some of the numbers that a run computed to the reference.
///
/// Returns `None` when it was stopped by a time limit.
pub(super) fn check(spec: &Spec, ran: &Ran, stop: &Stop) -> Result<Option<Check>, ComputeError> {
    let Some(expression) = spec.job.expression() else {
        return Ok(None);
    };
    let make = |numbers| Evaluator::new(expression, spec.kernel, numbers);
    let mut examiner = Examiner {
        job: &spec.job,
        expression,
        make: &make,
        stop,
        deadline: Instant::now() + SAMPLE_TIME.max(ran.timing.elapsed),
        checked: 0,
    };
    let numbers = match spec.input.known() {
        Some(numbers) => {
            let blocks = blocks(ran.tally.numbers, ran.chunk_size, &mut fastrand::Rng::new());
            let mut distinct = BTreeSet::new();
            for block in &blocks {
                if examiner.is_over()? {
                    break;
                }
                let before = examiner.checked;
                examiner.examine_block(numbers, block)?;
                let checked = usize::try_from(examiner.checked - before).unwrap_or(usize::MAX);
                distinct.extend(block.checked().take(checked));
            }
            distinct.len() as u128
        }
        None => {
            examiner.examine_list(&ran.kept.numbers)?;
            examiner.checked
        }
    };
    Ok(Some(match numbers == ran.tally.numbers {
        true => Check::Reference,
        false => Check::Sample { numbers },
    }))
}

/// The blocks of `count` numbers in chunks of some size that are checked: all of few numbers, else the
/// ends of some chunks, and blocks at random in them.
fn blocks(count: u128, chunk_size: u64, random: &mut fastrand::Rng) -> Vec<Block> {
    let chunk_size = u128::from(chunk_size.max(1));
    let chunk_at = |index: u128| index * chunk_size..((index + 1) * chunk_size).min(count);
    let chunks = count.div_ceil(chunk_size);
    // Small ones must be more, to have so many numbers.
    let wanted = CHUNKS_MAX.max((2 * SAMPLE_LEN as u128).div_ceil(chunk_size));
    let mut chosen: BTreeSet<u128> = match chunks <= 2 * wanted {
        true => (0..chunks).collect(),
        false => BTreeSet::from([0, chunks - 1]),
    };
    while (chosen.len() as u128) < chunks.min(wanted) {
        chosen.insert(random.u128(0..chunks));
    }
    let chosen: Vec<Range<u128>> = chosen.into_iter().map(chunk_at).collect();
    if count <= 2 * SAMPLE_LEN as u128 {
        let whole = chosen
            .iter()
            .map(|chunk| block(chunk, chunk.clone(), usize::MAX, random));
        return whole.collect();
    }
    let ends = |chunk: &Range<u128>| {
        let len = BLOCK_LEN.min(chunk.end - chunk.start);
        [chunk.start..chunk.start + len, chunk.end - len..chunk.end]
    };
    let mut blocks = Vec::new();
    for chunk in &chosen {
        blocks.extend(ends(chunk).map(|positions| block(chunk, positions, 2, random)));
    }
    let mut checked: BTreeSet<u128> = blocks.iter().flat_map(Block::checked).collect();
    while checked.len() < SAMPLE_LEN {
        let chunk = &chosen[random.usize(0..chosen.len())];
        let len = BLOCK_LEN.min(chunk.end - chunk.start);
        let start = random.u128(chunk.start..=chunk.end - len);
        let next = block(chunk, start..start + len, OF_BLOCK, random);
        checked.extend(next.checked());
        blocks.push(next);
    }
    blocks
}

impl Block {
    /// The positions that are checked.
    fn checked(&self) -> impl Iterator<Item = u128> {
        let at = |at: &usize| self.positions.start + *at as u128;
        self.checked.iter().map(at)
    }
}

/// A block of which `wanted` numbers are checked, the ends and others at random.
fn block(
    chunk: &Range<u128>,
    positions: Range<u128>,
    wanted: usize,
    random: &mut fastrand::Rng,
) -> Block {
    let len = usize::try_from(positions.end - positions.start).unwrap_or(usize::MAX);
    let mut checked = BTreeSet::from([0, len - 1]);
    if wanted >= len {
        checked = (0..len).collect();
    }
    while checked.len() < wanted.min(len) {
        checked.insert(random.usize(0..len));
    }
    Block {
        chunk: chunk.clone(),
        positions,
        checked,
    }
}

/// Computes numbers again, as in the run and by the reference.
struct Examiner<'a> {
    job: &'a Job,
    expression: &'a Expression,
    /// What computes where n lies between these numbers.
    make: &'a dyn Fn(RangeInclusive<i64>) -> Evaluator<'a>,
    stop: &'a Stop,
    /// When it is enough.
    deadline: Instant,
    /// How many numbers have been held to the reference, some perhaps twice.
    checked: u128,
}

impl Examiner<'_> {
    fn examine_block(&mut self, numbers: &Numbers, block: &Block) -> Result<(), ComputeError> {
        let interval = kernel::interval(numbers.pieces(block.chunk.clone()));
        let evaluator = (self.make)(interval);
        let mut first = 0;
        for piece in numbers.pieces(block.positions.clone()) {
            let len = match piece {
                Piece::List(list) => list.len(),
                Piece::Progression(run) => usize::try_from(run.numbers()).unwrap_or(usize::MAX),
            };
            let checked = block.checked.range(first..first + len);
            let checked: Vec<usize> = checked.map(|at| at - first).collect();
            self.examine(&evaluator, piece, &checked)?;
            if self.is_over()? {
                break;
            }
            first += len;
        }
        Ok(())
    }

    fn examine_list(&mut self, list: &[i64]) -> Result<(), ComputeError> {
        for part in list.chunks(BLOCK_LEN as usize) {
            let piece = Piece::List(part);
            let interval = kernel::interval(std::iter::once(piece));
            let evaluator = (self.make)(interval);
            let all: Vec<usize> = (0..part.len()).collect();
            self.examine(&evaluator, piece, &all)?;
            if self.is_over()? {
                break;
            }
        }
        Ok(())
    }

    fn examine(
        &mut self,
        evaluator: &Evaluator<'_>,
        piece: Piece<'_>,
        checked: &[usize],
    ) -> Result<(), ComputeError> {
        let no_value = |error| ComputeError::no_value(self.job, error);
        if evaluator.width().is_none() {
            return self.examine_walked(evaluator, piece, checked);
        }
        let values = evaluator.values(piece).map_err(no_value)?;
        let number_at = |at: usize| match piece {
            Piece::List(list) => list[at],
            Piece::Progression(run) => run.nth(at as u128),
        };
        for &at in checked {
            let number = number_at(at);
            let expected = self.expression.evaluate(number).map_err(no_value)?;
            self.compare(number, &values[at], expected)?;
            if self.is_over()? {
                return Ok(());
            }
        }
        let reduction = self.job.reduction();
        let reduced = evaluator.reduce(reduction, piece).map_err(no_value)?;
        let expected = plainly_reduced(reduction, values, number_at);
        match reduced.reduced == expected {
            true => Ok(()),
            false => Err(ComputeError::WrongReduction {
                reduction: reduction.name(),
                numbers: usize::try_from(reduced.numbers).unwrap_or(usize::MAX),
                computed: reduced.reduced.conclude()?.to_string(),
                expected: expected.conclude()?.to_string(),
            }),
        }
    }

    /// The same where the run walked over every number: one by one, without those between.
    fn examine_walked(
        &mut self,
        evaluator: &Evaluator<'_>,
        piece: Piece<'_>,
        checked: &[usize],
    ) -> Result<(), ComputeError> {
        for &at in checked {
            let number = match piece {
                Piece::List(list) => list[at],
                Piece::Progression(run) => run.nth(at as u128),
            };
            let no_value = |error| ComputeError::no_value(self.job, error);
            let values = evaluator.values(Piece::List(&[number])).map_err(no_value)?;
            let expected = self.expression.evaluate(number).map_err(no_value)?;
            self.compare(number, &values[0], expected)?;
            if self.is_over()? {
                break;
            }
        }
        Ok(())
    }

    fn compare(
        &mut self,
        number: i64,
        computed: &BigInt,
        expected: BigInt,
    ) -> Result<(), ComputeError> {
        if *computed != expected {
            return Err(ComputeError::WrongValue {
                number,
                computed: computed.clone(),
                expected,
            });
        }
        self.checked += 1;
        Ok(())
    }

    /// Whether it has taken long enough; an error when the run is to end.
    fn is_over(&self) -> Result<bool, ComputeError> {
        match self.stop.reason() {
            None | Some(StopReason::TimeLimit) => Ok(Instant::now() >= self.deadline),
            Some(reason) => Err(ComputeError::Stopped {
                reason,
                doing: "verifying ",
                done: self.checked,
                numbers: None,
            }),
        }
    }
}

/// One value after the other.
fn plainly_reduced(
    reduction: Reduction,
    values: Vec<BigInt>,
    number_at: impl Fn(usize) -> i64,
) -> Reduced {
    let mut reduced = Reduced::of_none(reduction);
    for (at, value) in values.into_iter().enumerate() {
        let place = Place {
            number: number_at(at),
            position: at as u128,
        };
        reduced.take(value, place);
    }
    reduced
}

/// Numbers that are kept of a chunk, or of a whole stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// The first, as many as are checked; of a stream, a random sample as soon as there are more.
    numbers: Vec<i64>,
    /// Of a chunk, some of every batch behind them.
    picks: Vec<i64>,
    /// Of a stream, how many picks there have been.
    picks_seen: usize,
}

impl Kept {
    /// Keeps some of the numbers that come next in a chunk.
    pub(super) fn extend(&mut self, batch: &[i64]) {
        let room = SAMPLE_LEN - self.numbers.len();
        self.numbers.extend(batch.iter().take(room));
        if batch.len() > PICKS && room < batch.len() {
            self.picks
                .extend((0..PICKS).map(|_| batch[fastrand::usize(0..batch.len())]));
        } else if room < batch.len() {
            self.picks.extend(batch);
        }
    }

    /// Takes what has been kept of the chunk that comes next.
    pub(super) fn append(&mut self, chunk: &Kept) {
        let room = SAMPLE_LEN - self.numbers.len();
        self.numbers.extend(chunk.numbers.iter().take(room));
        // Vitter, "Random sampling with a reservoir", 1985, algorithm R.
        for &pick in &chunk.picks {
            self.picks_seen += 1;
            let place = fastrand::usize(0..SAMPLE_LEN + self.picks_seen);
            if place < self.numbers.len() {
                self.numbers[place] = pick;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use crate::kernel::Kernel;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_lie_in_their_chunks_and_are_enough(
            count in prop_oneof![1u128..200, 1u128..50_000, 1u128..10_000_000, Just(u128::from(u64::MAX))],
            chunk_size in prop_oneof![1u64..3_000, 1u64..1 << 22],
            seed: u64,
        ) {
            let blocks = blocks(count, chunk_size, &mut fastrand::Rng::with_seed(seed));
            let mut checked = BTreeSet::new();
            for block in &blocks {
                prop_assert!(block.chunk.start <= block.positions.start && block.positions.end <= block.chunk.end);
                prop_assert_eq!(block.chunk.start % u128::from(chunk_size), 0);
                let len = block.positions.end - block.positions.start;
                prop_assert!(block.checked.iter().all(|at| (*at as u128) < len));
                checked.extend(block.checked.iter().map(|at| block.positions.start + *at as u128));
            }
            prop_assert!(checked.contains(&0) && checked.contains(&(count - 1)));
            prop_assert!(checked.len() as u128 >= count.min(SAMPLE_LEN as u128), "{} of {count}", checked.len());
        }

        #[test]
        fn what_is_kept_of_a_stream_are_its_numbers(lens in proptest::collection::vec(0usize..3_000, 0..12)) {
            let mut stream = Kept::default();
            let mut next = 0i64;
            for lens in lens.chunks(3) {
                let mut chunk = Kept::default();
                for len in lens {
                    let batch: Vec<i64> = (next..next + *len as i64).collect();
                    next += *len as i64;
                    chunk.extend(&batch);
                }
                stream.append(&chunk);
            }
            let kept = &stream.numbers;
            prop_assert_eq!(kept.len(), SAMPLE_LEN.min(next as usize));
            prop_assert!(kept.iter().all(|number| (0..next).contains(number)));
            if next as usize <= SAMPLE_LEN {
                prop_assert!(kept.iter().copied().eq(0..next));
            }
        }
    }

    /// What the check says of 10,000 numbers of an expression, whose program may be wrong.
    fn checked(
        text: &str,
        reduction: Reduction,
        first: i64,
        is_broken: bool,
    ) -> Result<(), ComputeError> {
        let job = Job::eval(Expression::parse(text).unwrap(), reduction);
        let expression = job.expression().unwrap();
        let make = |numbers| {
            let evaluator = Evaluator::new(expression, Kernel::Auto, numbers);
            match is_broken {
                true => evaluator.broken().expect("lanes that do"),
                false => evaluator,
            }
        };
        let mut examiner = Examiner {
            job: &job,
            expression,
            make: &make,
            stop: &Stop::new(),
            deadline: Instant::now() + Duration::from_secs(3_600),
            checked: 0,
        };
        let input: Input = format!("{first}..{}", first + 10_000).parse().unwrap();
        let numbers = input.known().unwrap();
        let mut random = fastrand::Rng::with_seed(7);
        for block in blocks(numbers.count(), 3_000, &mut random) {
            examiner.examine_block(numbers, &block)?;
        }
        assert!(examiner.checked >= SAMPLE_LEN as u128);
        Ok(())
    }

    #[test]
    fn a_wrong_kernel_of_any_operation_is_found() {
        for text in [
            "n + 7",
            "n - 7",
            "n * 7",
            "-n",
            "~n",
            "not n",
            "abs(n)",
            "sign(n)",
            "n // 7",
            "n % 7",
            "n // 8",
            "n % 8",
            "7 // n",
            "7 % n",
            "n < 5000",
            "n <= 5000",
            "n > 5000",
            "n >= 5000",
            "n == 5000",
            "n != 5000",
            "n & 255",
            "n | 255",
            "xor(n, 255)",
            "n << 3",
            "n >> 3",
            "1 << n % 20",
            "min(n, 500)",
            "max(n, 500)",
            "clamp(n, 5, 500)",
            "gcd(n, 360)",
            "gcd(n, n + 6)",
            "lcm(n, 6)",
            "n ^ 3",
            "2 ^ (n % 40)",
            "popcount(n)",
            "bit_length(n)",
            "digit_sum(n)",
            "digits(n)",
            "isqrt(n)",
            "icbrt(n)",
            "is_square(n)",
            "is_prime(n)",
            "n % 3 and 7",
            "n % 3 or 7",
            "if(n % 2, n, -n)",
            "factorial(n % 21)",
            "divisors(n)",
            "binomial(n % 60, 5)",
            "totient(n)",
            "collatz(n)",
        ] {
            for (first, reduction) in [(1, Reduction::Sum), (70_000, Reduction::Max)] {
                let right = checked(text, reduction, first, false);
                right.unwrap_or_else(|error| panic!("{text}: {error}"));
                let error = checked(text, reduction, first, true).expect_err(text);
                assert!(
                    matches!(error, ComputeError::WrongValue { .. }),
                    "{text}: {error}"
                );
                assert_eq!(error.exit().code(), 3);
            }
        }
    }

    #[test]
    fn what_is_reduced_to_something_else_is_found() {
        // The values are right, and what they are reduced to is that of other numbers.
        let job = Job::eval(Expression::parse("n").unwrap(), Reduction::Sum);
        let values: Vec<BigInt> = (0..10).map(BigInt::from).collect();
        let reduced = plainly_reduced(job.reduction(), values, |at| at as i64);
        assert_eq!(reduced.conclude().unwrap().to_string(), "45");
    }
}
