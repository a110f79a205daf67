//! The check of what has no closed form: results of some numbers, computed once more by the reference.
//!
//! Of a known input some chunks are looked at, the first and the last among them: their ends, and
//! numbers at random. They are computed as they were in the run, in the width that was chosen for their
//! chunk; each result is held to the reference, and what a block of them is reduced to, to a plain
//! reduction. Of numbers that are read as the run goes on, some of every chunk are kept for it. Of few
//! numbers all are looked at, and what the run came to is held to what their results come to.
//!
//! Numbers that the run walked over were computed by the reference itself: of those this shows no more than
//! that it comes to the same again.

mod blocks;
mod kept;

pub(super) use kept::Kept;

use super::{ComputeError, Ran, Spec};
use crate::exact::BigInt;
use crate::expression::Expression;
use crate::input::{Numbers, Piece};
use crate::job::Job;
use crate::kernel::{self, Evaluator};
use crate::reduction::{Place, Reduced};
use crate::report::Check;
use crate::stop::{Stop, StopReason};
use blocks::{BLOCK_LEN, Block, WHOLE_MAX, blocks};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

/// How many numbers are checked at least, when there are so many.
const SAMPLE_LEN: usize = 4_096;

/// How long the sample may take, or as long as the run: of functions that take milliseconds fewer numbers are
/// checked, and the report says of how many it was.
const SAMPLE_TIME: Duration = Duration::from_secs(5);

/// Holds results of some of the numbers that a run computed to the reference; of few numbers all, and what
/// they come to. `None` of a job that is no expression.
pub(super) fn check(spec: &Spec, ran: &Ran, stop: &Stop) -> Result<Option<Check>, ComputeError> {
    let Some(expression) = spec.job.expression() else {
        return Ok(None);
    };
    let make = |numbers| Evaluator::new(expression, spec.kernel, numbers);
    let deadline = Instant::now() + SAMPLE_TIME.max(ran.timing.elapsed);
    let mut examiner = Examiner::new(&spec.job, expression, &make, stop, deadline);
    let done = ran.tally.numbers;
    let (numbers, of_all) = match spec.input.known() {
        Some(numbers) => {
            let blocks = blocks(done, ran.chunk_size, &mut fastrand::Rng::new());
            let distinct = examiner.examine_blocks(numbers, &blocks)?;
            (distinct, done <= WHOLE_MAX)
        }
        None => {
            examiner.examine_list(&ran.kept.numbers)?;
            (examiner.checked, done <= SAMPLE_LEN as u128)
        }
    };
    if !of_all || numbers < done {
        return Ok(Some(Check::Sample { numbers }));
    }
    match examiner.reference == ran.tally.reduced {
        true => Ok(Some(Check::Reference)),
        false => Err(ComputeError::WrongTotal {
            computed: ran.tally.reduced.conclude()?.to_string(),
            expected: examiner.reference.conclude()?.to_string(),
            check: Check::Reference,
        }),
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
    /// What their results come to by the reference, as if they stood behind one another.
    reference: Reduced,
}

impl<'a> Examiner<'a> {
    fn new(
        job: &'a Job,
        expression: &'a Expression,
        make: &'a dyn Fn(RangeInclusive<i64>) -> Evaluator<'a>,
        stop: &'a Stop,
        deadline: Instant,
    ) -> Examiner<'a> {
        Examiner {
            job,
            expression,
            make,
            stop,
            deadline,
            checked: 0,
            reference: Reduced::of_none(job.reduction()),
        }
    }

    /// Returns how many numbers of the blocks were checked, each counted once.
    fn examine_blocks(
        &mut self,
        numbers: &Numbers,
        blocks: &[Block],
    ) -> Result<u128, ComputeError> {
        let mut distinct = BTreeSet::new();
        for block in blocks {
            if self.is_over()? {
                break;
            }
            let before = self.checked;
            self.examine_block(numbers, block)?;
            let checked = usize::try_from(self.checked - before).unwrap_or(usize::MAX);
            distinct.extend(block.checked().take(checked));
        }
        Ok(distinct.len() as u128)
    }

    fn examine_block(&mut self, numbers: &Numbers, block: &Block) -> Result<(), ComputeError> {
        let evaluator = (self.make)(kernel::interval(numbers.pieces(block.chunk.clone())));
        let mut first = 0;
        for piece in numbers.pieces(block.positions.clone()) {
            let len = usize::try_from(piece.count()).unwrap_or(usize::MAX);
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
            let evaluator = (self.make)(kernel::interval(std::iter::once(piece)));
            let all: Vec<usize> = (0..part.len()).collect();
            self.examine(&evaluator, piece, &all)?;
            if self.is_over()? {
                break;
            }
        }
        Ok(())
    }

    /// Holds some results of a piece to the reference, and what all of them are reduced to.
    fn examine(
        &mut self,
        evaluator: &Evaluator<'_>,
        piece: Piece<'_>,
        checked: &[usize],
    ) -> Result<(), ComputeError> {
        if evaluator.width().is_none() && piece.count() > 1 {
            // Walked over: one by one, without those between.
            for at in checked.iter().map(|at| *at as u128) {
                self.examine(evaluator, piece.part(at..at + 1), &[0])?;
                if self.is_over()? {
                    break;
                }
            }
            return Ok(());
        }
        let no_value = |error| ComputeError::no_value(self.job, error);
        let values = evaluator.values(piece).map_err(no_value)?;
        for &at in checked {
            let number = piece.nth(at as u128);
            let expected = self.expression.evaluate(number).map_err(no_value)?;
            self.compare(number, &values[at], expected)?;
            if self.is_over()? {
                return Ok(());
            }
        }
        let reduction = self.job.reduction();
        let reduced = evaluator.reduce(reduction, piece).map_err(no_value)?;
        let mut expected = Reduced::of_none(reduction);
        for (position, value) in (0..).zip(values) {
            let number = piece.nth(position);
            expected.take(value, Place { number, position });
        }
        match reduced.reduced == expected {
            true => Ok(()),
            false => Err(ComputeError::WrongReduction {
                reduction: reduction.name(),
                numbers: piece.count(),
                computed: reduced.reduced.conclude()?.to_string(),
                expected: expected.conclude()?.to_string(),
            }),
        }
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
        let position = self.checked;
        self.reference.take(expected, Place { number, position });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use crate::kernel::Kernel;
    use crate::reduction::Reduction;

    /// What is wrong with a program.
    #[derive(Clone, Copy)]
    enum Mistake {
        None,
        /// Its last operation is, in one lane.
        Value,
        /// It takes sums for smaller than they are.
        Sum,
    }

    /// What the check says of 10,000 numbers of an expression.
    fn checked(
        text: &str,
        reduction: Reduction,
        first: i64,
        mistake: Mistake,
    ) -> Result<(), ComputeError> {
        let job = Job::eval(Expression::parse(text).unwrap(), reduction);
        let expression = job.expression().unwrap();
        let make = |numbers| {
            let evaluator = Evaluator::new(expression, Kernel::Auto, numbers);
            let last = evaluator.steps().saturating_sub(1);
            let wrong = match mistake {
                Mistake::None => Some(evaluator),
                Mistake::Value => evaluator.wrong_at(last, 0),
                Mistake::Sum => evaluator.misjudged(),
            };
            wrong.expect("lanes that do")
        };
        let (stop, hour) = (Stop::new(), Duration::from_secs(3_600));
        let mut examiner = Examiner::new(&job, expression, &make, &stop, Instant::now() + hour);
        let input: Input = format!("{first}..{}", first + 10_000).parse().unwrap();
        let numbers = input.known().unwrap();
        let blocks = blocks(numbers.count(), 3_000, &mut fastrand::Rng::with_seed(7));
        let checked = examiner.examine_blocks(numbers, &blocks)?;
        assert!(checked >= SAMPLE_LEN as u128);
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
                let right = checked(text, reduction, first, Mistake::None);
                right.unwrap_or_else(|error| panic!("{text}: {error}"));
                let error = checked(text, reduction, first, Mistake::Value).expect_err(text);
                assert!(
                    matches!(error, ComputeError::WrongValue { .. }),
                    "{text}: {error}"
                );
                assert_eq!(error.exit().code(), 3);
            }
        }
    }

    #[test]
    fn a_sum_that_wraps_is_found() {
        let large = 1_000_000_000;
        assert!(checked("n + 1", Reduction::Sum, large, Mistake::None).is_ok());
        let error = checked("n + 1", Reduction::Sum, large, Mistake::Sum).unwrap_err();
        assert!(
            matches!(error, ComputeError::WrongReduction { .. }),
            "{error}"
        );
        assert_eq!(error.exit().code(), 3);
    }
}
