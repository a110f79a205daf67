//! What a run came to, as a document, and the forms it is written in.
//!
//! The documents hold raw figures; each writer derives what it shows. Nothing here prints: every
//! writer is handed the `Write` it writes to.

pub mod compare;
pub mod explain;
mod histogram;
mod human;
mod json;
pub mod map;
pub mod merge;
pub mod plot;
pub mod progress;
pub mod run;
mod styled;
mod table;
mod width;

pub use json::SCHEMA;

use crate::aggregate::WorkerTally;
use crate::exact::{BigInt, Width, Widths};
use crate::job::Job;
use crate::kernel::Kernel;
use crate::part::Shard;
use crate::reduction::{Answer, Reduced};
use crate::units;
use std::io::{self, Write};
use std::time::Duration;

/// The form a report is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned lines for people.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// A header and one row; with timings one row a worker.
    Csv,
    /// Markdown tables.
    Markdown,
}

/// The results of the first and the last numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Results from the first on: all of them when `tail` is empty.
    pub head: Vec<BigInt>,
    /// The last results, when some between were left out.
    pub tail: Vec<BigInt>,
}

/// Whether the whole input was computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was, and this is the total.
    Complete(Answer),
    /// The time limit came first.
    TimeLimit {
        /// How many numbers had been computed.
        numbers_done: u128,
        /// The checked total of the first `numbers_done` numbers, unless the run had to leave a
        /// chunk half done.
        total_so_far: Option<Answer>,
    },
    /// One shard of the job was computed whole.
    Shard {
        /// What its results come to, to be merged with those of the others; places are counted in the
        /// whole input.
        reduced: Reduced,
        /// The same by itself, where that can be said.
        answer: Option<Answer>,
    },
}

/// What a total was compared with before it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The sum by formula, in integers without a bound.
    ClosedForm,
    /// The same numbers computed once more by the plain reference loop.
    Reference,
    /// Results of some of the numbers, computed once more by the plain reference.
    Sample {
        /// How many numbers.
        numbers: u128,
    },
}

impl Check {
    /// Whether it covers all numbers.
    #[must_use]
    pub fn is_whole(self) -> bool {
        !matches!(self, Check::Sample { .. })
    }

    /// How many of the numbers done the checks cover: those of the widest of them.
    #[must_use]
    pub fn numbers(checks: &[Check], done: u128) -> u128 {
        let checks = checks.iter().map(|check| match check {
            Check::ClosedForm | Check::Reference => done,
            Check::Sample { numbers } => *numbers,
        });
        checks.max().unwrap_or(0)
    }

    /// The check's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Check::ClosedForm => "closed form",
            Check::Reference => "reference path",
            Check::Sample { .. } => "sample",
        }
    }
}

/// What a run of a numeric job came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComputeReport {
    /// The job.
    pub job: Job,
    /// The input as it was written.
    pub input: String,
    /// The step given for its ranges.
    pub step: Option<i64>,
    /// Which part of a larger input the numbers are; `None` when they are all.
    pub shard: Option<Shard>,
    /// How the input was read, in words.
    pub input_read_as: String,
    /// How many numbers the input has; `None` when it was not read to its end.
    pub numbers: Option<u128>,
    /// How many of them earlier runs had computed, whose checkpoint this one went on from.
    pub resumed_from: u128,
    /// Why the last checkpoint could not be written.
    pub unwritten_checkpoint: Option<String>,
    /// The first number, unless there is none.
    pub first: Option<i64>,
    /// The last number, unless there is none.
    pub last: Option<i64>,
    /// The first and last results; `None` for a fold, which has none.
    pub values: Option<Preview>,
    /// The total, or how far the run came.
    pub outcome: Outcome,
    /// What the total was checked against.
    pub checks: Vec<Check>,
    /// Whether the time limit came before the reference path had computed everything once more.
    pub verify_cut_short: bool,
    /// From before the workers were started until the total was there.
    pub elapsed: Duration,
    /// The CPU time, user and system, used in that span.
    pub cpu: Duration,
    /// How much of that was spent in the operating system.
    pub system_cpu: Duration,
    /// How long the checks took, after that span.
    pub verify: Duration,
    /// How many workers were asked for.
    pub workers: usize,
    /// How many of them were started: no more than there were chunks.
    pub workers_started: usize,
    /// How many CPUs this process may use.
    pub cpus: usize,
    /// How many chunks were computed.
    pub chunks: u64,
    /// How many numbers a chunk has, the last perhaps fewer; `None` when there were chunks of text,
    /// cut as they were read.
    pub chunk_size: Option<u64>,
    /// Which kernel was asked for.
    pub kernel: Kernel,
    /// How many numbers were computed in which width.
    pub widths: Widths,
    /// How long the run was allowed to last.
    pub time_limit: Option<Duration>,
    /// What each worker did.
    pub worker_tallies: Vec<WorkerTally>,
    /// When each worker did it.
    pub worker_spans: Vec<WorkerSpan>,
    /// The CPU time the aggregator used once the workers were started.
    pub aggregator_cpu: Duration,
}

/// When one worker worked: times since the run's start, in which its elapsed time begins, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerSpan {
    /// When it took its first chunk.
    pub started: Duration,
    /// When its last chunk was done.
    pub ended: Duration,
    /// The CPU time its thread used in between.
    pub cpu: Duration,
}

impl ComputeReport {
    /// How many numbers were computed.
    #[must_use]
    pub fn numbers_done(&self) -> u128 {
        match &self.outcome {
            Outcome::Complete(_) | Outcome::Shard { .. } => self.numbers.unwrap_or(0),
            Outcome::TimeLimit { numbers_done, .. } => *numbers_done,
        }
    }

    /// How many numbers this run computed itself.
    #[must_use]
    pub fn numbers_here(&self) -> u128 {
        self.numbers_done().saturating_sub(self.resumed_from)
    }

    /// Numbers computed in a second; 0 when no time could be measured.
    #[must_use]
    pub fn numbers_per_s(&self) -> f64 {
        per_second(self.numbers_here() as f64, self.elapsed)
    }

    /// CPU time over elapsed time: how many CPUs were busy on average.
    #[must_use]
    pub fn cpus_busy(&self) -> f64 {
        per_second(self.cpu.as_secs_f64(), self.elapsed)
    }

    /// The share of the numbers that was computed by vector code, 0 to 1.
    #[must_use]
    pub fn vector_share(&self) -> f64 {
        let in_vectors = self.widths.all() - self.widths.of(Width::Wide);
        self.share(in_vectors)
    }

    /// The codes that computed, with the share of the numbers that each did, the largest first.
    #[must_use]
    pub fn codes(&self) -> Vec<(String, f64)> {
        let by_reference = self.numbers_here().saturating_sub(self.widths.all());
        let widths = Width::ALL.map(|width| (Some(width), self.widths.of(width)));
        let all = widths.into_iter().chain([(None, by_reference)]);
        let mut codes: Vec<(String, f64)> = all
            .filter(|(_, numbers)| *numbers > 0)
            .map(|(width, numbers)| (self.kernel.code(width), self.share(numbers)))
            .collect();
        codes.sort_by(|a, b| b.1.total_cmp(&a.1));
        codes
    }

    /// The code that did most of the work: an instruction set and a width, or `scalar`.
    #[must_use]
    pub fn instruction_set(&self) -> String {
        let first = self.codes().into_iter().next();
        first.map_or_else(|| self.kernel.code(None), |(code, _)| code)
    }

    fn share(&self, numbers: u128) -> f64 {
        match self.numbers_here() {
            0 => 0.0,
            done => numbers as f64 / done as f64,
        }
    }

    /// What a reader should know before trusting the timings.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let plural = if self.cpus == 1 { "" } else { "s" };
        let crowded = format!(
            "{} workers on {} CPU{plural}",
            self.workers_started, self.cpus
        );
        let unverified = "the time limit cut --verify short".to_owned();
        let unwritten = self.unwritten_checkpoint.clone().unwrap_or_default();
        [
            (self.unwritten_checkpoint.is_some(), unwritten),
            (self.workers_started > self.cpus, crowded),
            (self.verify_cut_short, unverified),
        ]
        .into_iter()
        .filter_map(|(holds, warning)| holds.then_some(warning))
        .collect()
    }
}

/// A duration for people.
fn seconds(duration: Duration) -> String {
    units::seconds(duration.as_secs_f64())
}

fn per_second(amount: f64, elapsed: Duration) -> f64 {
    if elapsed.is_zero() {
        0.0
    } else {
        amount / elapsed.as_secs_f64()
    }
}

/// How a report is to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The form.
    pub format: Format,
    /// Whether the per-worker table is added.
    pub timings: bool,
    /// Whether the human form may use colour.
    pub colour: bool,
    /// How many columns a line of a comparison's human form may take, where that is known.
    pub columns: Option<usize>,
}

impl Style {
    /// The columns of a terminal that does not say, and of what is none.
    const COLUMNS: usize = 80;

    /// How many columns a line may take.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns.unwrap_or(Style::COLUMNS)
    }
}

/// Writes `report` to `out`.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &ComputeReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match style.format {
        Format::Human => human::write(report, style, out),
        Format::Markdown => human::write_markdown(report, style.timings, out),
        Format::Json => json::write(report, style.timings, out),
        Format::Csv => table::csv(&json::rows(report, style.timings), out),
    }
}
