//! What a part is a part of: a job and its whole input.

use super::Shard;
use crate::digest::Digest;
use crate::expression::Expression;
use crate::input::{Input, Numbers, Piece};
use crate::job::Job;
use crate::reduction::Reduction;
use std::ops::Range;

/// A job over its whole input, which is known beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    job: Job,
    input: Input,
    fingerprint: String,
}

impl Whole {
    /// A job over an input.
    ///
    /// # Panics
    /// When the input has a file or standard input in it.
    #[must_use]
    pub fn new(job: Job, input: Input) -> Whole {
        let numbers = input.known().expect("an input known beforehand");
        let fingerprint = fingerprint(&job, numbers);
        Whole {
            job,
            input,
            fingerprint,
        }
    }

    /// The job.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The input.
    #[must_use]
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// The numbers of the input.
    #[must_use]
    pub fn numbers(&self) -> &Numbers {
        self.input
            .known()
            .expect("it was known when this was made of it")
    }

    /// What tells jobs and inputs apart: 32 hexadecimal digits. It does not depend on the notation of the
    /// input, on workers or on the machine.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The positions of a shard's numbers.
    #[must_use]
    pub fn positions(&self, shard: Shard) -> Range<u128> {
        shard.positions(self.numbers().count())
    }

    /// Reads the job and the input from the texts that a part has of them; `None` where they are none.
    pub(super) fn parse(
        job: &str,
        expression: Option<&str>,
        reduction: &str,
        input: &str,
        step: Option<i64>,
    ) -> Option<Whole> {
        let reduction = Reduction::ALL
            .into_iter()
            .find(|known| known.name() == reduction)?;
        let job = match expression {
            Some(text) => Job::eval(Expression::parse(text).ok()?, reduction),
            None => Job::named().into_iter().find(|known| known.name() == job)?,
        };
        let input = Input::parse(input, step).ok()?;
        input.known()?;
        Some(Whole::new(job, input))
    }
}

/// The digest of what is computed, of which numbers, in which order.
fn fingerprint(job: &Job, numbers: &Numbers) -> String {
    let mut digest = Digest::default();
    digest.update(job.label().as_bytes());
    for piece in numbers.pieces(0..numbers.count()) {
        match piece {
            Piece::Progression(run) => {
                let text = format!("\n{}+{}*{}", run.first(), run.step(), run.numbers());
                digest.update(text.as_bytes());
            }
            Piece::List(list) => {
                for number in list {
                    digest.update(format!("\n{number}").as_bytes());
                }
            }
        }
    }
    digest.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_of_the_numbers_and_what_is_done_with_them() {
        let of = |job: Job, text: &str| {
            Whole::new(job, text.parse().unwrap())
                .fingerprint()
                .to_owned()
        };
        let eval = |text, reduction| Job::eval(Expression::parse(text).unwrap(), reduction);
        let same = of(Job::squares(), "1..=9");
        assert_eq!(same, of(Job::squares(), "1..10"));
        assert_eq!(same, of(Job::squares(), "1..1e1"));
        let all = [
            same,
            of(Job::squares(), "1..11"),
            of(Job::squares(), "1,2,3,4,5,6,7,8,9,1"),
            of(Job::cubes(), "1..10"),
            of(Job::sum_of_squares(), "1..10"),
            of(eval("n^2", Reduction::Sum), "1..10"),
            of(eval("n^2", Reduction::Max), "1..10"),
        ];
        let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
