//! What a comparison came to: every raw sample, and what is made of them.
//!
//! [`Comparison`] holds what was measured and nothing that can be worked out from it; [`figures`] are
//! what can. The writers show both.

mod baseline;
mod cause;
mod chart;
mod conclusion;
mod counts;
mod drift;
mod execution;
mod exports;
mod figures;
mod gate;
mod head;
mod html;
mod human;
mod law;
mod plain;
mod presentation;
mod regression;
mod settings;
mod tables;
mod variant;
mod warnings;
mod wire;

pub use baseline::{Baseline, BaselineError, SESSIONS_KEPT};
pub use cause::{Cause, Culprit};
pub use conclusion::conclusion;
pub use execution::{Accepted, Destination, Execution, Shell, ShellStart, Steps};
pub use exports::Export;
pub use figures::{Figures, Loss, Ratio, figures};
pub use gate::{Gate, Gated, Verdict};
pub use law::{Fitted, Law, law};
pub use presentation::{Order, Presentation};
pub use regression::{Confirmation, Regression, needs_confirmation, regressions};
pub use settings::{Ended, Settings};
pub use variant::{Dimensions, Program, SIZE, Variant, WORKERS, filled};
pub use warnings::warnings;
pub use wire::SCHEMA;

#[cfg(test)]
mod tests;

use super::{Format, Style};
use crate::event::task::Status;
use crate::machine::counters::{Counting, Counts};
use crate::machine::{Evidence, Fingerprint};
use crate::stats;
use crate::units;
use std::io::{self, Write};
use std::sync::Arc;

/// What was compared, and how it went.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What every case does.
    pub work: Work,
    /// The ways to do it that were timed, in the order asked for.
    pub cases: Vec<Case>,
    /// Which case the others are compared with: an index into `cases`, of a job.
    pub reference: usize,
    /// How it was measured.
    pub settings: Settings,
    /// How many rounds are done.
    pub rounds: u32,
    /// Why there are no more rounds; `None` while there are.
    pub ended: Option<Ended>,
    /// The machine.
    pub fingerprint: Fingerprint,
    /// What the machine did meanwhile.
    pub evidence: Evidence,
    /// What the counters of the CPU tell here.
    pub counting: Counting,
    /// What was decided of each limit, once the measuring was done.
    pub gated: Vec<Gated>,
    /// How it compares with a baseline, when there is one.
    pub regressions: Vec<Regression>,
    /// When it was begun, in seconds since 1970.
    pub taken_unix_s: u64,
    /// The command line that makes it again, as a shell reads it; empty when it is not known.
    pub command_line: String,
    /// How people are shown it.
    pub presentation: Presentation,
    /// A second session, measured because the first one was slower than a baseline.
    pub confirmation: Option<Confirmation>,
}

/// The work that every case does, as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// What is done, such as `sum-of-squares over 1..1000000000`.
    pub title: String,
    /// Which kind of job it is.
    pub job: String,
    /// What it is done to, as it was written.
    pub input: String,
    /// The step given for the ranges of the input.
    pub step: Option<i64>,
    /// Whether every result is rendered as text, which goes nowhere.
    pub values: bool,
    /// How the input was read, in words.
    pub read_as: String,
    /// How many items the work has, for a rate.
    pub items: Option<u128>,
    /// What the items are: `numbers` or `tasks`.
    pub items_are: &'static str,
    /// The answer that every run came to, when it has one.
    pub answer: Option<String>,
    /// What the answer was checked by.
    pub answer_checked_by: Vec<&'static str>,
    /// Whether that covers all of it, and not only a sample.
    pub is_verified: bool,
    /// What is known of what programs print, in words.
    pub output: Option<String>,
    /// Whether each run may use as many CPUs as it has workers, and no more.
    pub is_pinned: bool,
    /// What is subtracted from the times of the programs that a shell runs.
    pub shell_start: Option<ShellStart>,
    /// The code that did most of the work with the kernel `auto`, when that is known.
    pub instruction_set: Option<String>,
}

impl Work {
    /// Whether it is a list of external commands, which may wait for more than a CPU.
    #[must_use]
    pub fn is_tasks(&self) -> bool {
        self.items_are == "tasks"
    }
}

/// One way to do the work, with all its samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What is timed.
    pub subject: Subject,
    /// How often a sample repeats the work, which would be too short to be timed once.
    pub repeats: u32,
    /// The samples, in the order of the rounds.
    pub samples: Vec<Sample>,
}

/// What a case times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The job, done by partask in one way.
    Job(Variant),
    /// Somebody else's program that is to do the same.
    Rival(Rival),
}

/// A program of somebody else's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// What it is called in the report.
    pub name: String,
    /// The command line.
    pub line: String,
    /// Whether the last number it prints must be the answer.
    pub checked: bool,
}

/// One timing. Of repeated work each figure is the mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The round it was taken in, counted from 0.
    pub round: u32,
    /// From before the workers were started until the answer was there; of a rival, from before its
    /// process was started until it had ended.
    pub elapsed_s: f64,
    /// The CPU time, user and system, used in that span.
    pub cpu_s: f64,
    /// How much of that was spent in the operating system.
    pub system_cpu_s: f64,
    /// The most memory that was resident at once, where a process of its own was run for it.
    pub peak_memory_bytes: Option<u64>,
    /// What it ended with, where that is a failure that was to be accepted.
    pub failed_with: Option<Status>,
    /// What the CPU and the system counted, from before it was started until its answer was checked.
    pub counts: Counts,
    /// What it looked like from inside; only partask's own runs can be seen so.
    pub inside: Option<Inside>,
}

/// Where the time of all workers went: every part is a sum over the workers, in seconds, and
/// together, without the aggregator's, they are the workers times the elapsed time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inside {
    /// On a CPU, from the worker's first chunk to its last.
    pub computing_s: f64,
    /// Neither computing nor done: waiting for a CPU, or for the aggregator.
    pub waiting_s: f64,
    /// Before the worker took its first chunk: its thread was being started.
    pub start_up_s: f64,
    /// After the worker's last chunk, while others were still at theirs.
    pub last_chunks_s: f64,
    /// After the last chunk of all, until the answer was there.
    pub wrap_up_s: f64,
    /// The CPU time of the aggregator, which is no worker and runs beside them.
    pub aggregator_s: f64,
    /// What each worker did.
    pub workers: Vec<WorkerTime>,
}

/// How long one worker was at work; both together are the elapsed time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WorkerTime {
    /// Within its chunks, in seconds, on a CPU or waiting for one.
    pub busy_s: f64,
    /// Before, between and after them, in seconds.
    pub idle_s: f64,
}

impl Inside {
    /// The means of several runs; `None` of none.
    #[must_use]
    pub fn mean<'a>(runs: impl Iterator<Item = &'a Inside>) -> Option<Inside> {
        let runs: Vec<&Inside> = runs.collect();
        let count = runs.len() as f64;
        let mean =
            |part: &dyn Fn(&Inside) -> f64| runs.iter().map(|run| part(run)).sum::<f64>() / count;
        let worker = |i: usize| WorkerTime {
            busy_s: mean(&|run| run.workers.get(i).map_or(0.0, |worker| worker.busy_s)),
            idle_s: mean(&|run| run.workers.get(i).map_or(0.0, |worker| worker.idle_s)),
        };
        Some(Inside {
            computing_s: mean(&|run| run.computing_s),
            waiting_s: mean(&|run| run.waiting_s),
            start_up_s: mean(&|run| run.start_up_s),
            last_chunks_s: mean(&|run| run.last_chunks_s),
            wrap_up_s: mean(&|run| run.wrap_up_s),
            aggregator_s: mean(&|run| run.aggregator_s),
            workers: (0..runs.first()?.workers.len()).map(worker).collect(),
        })
    }
}

impl Comparison {
    /// What a case is called: the dimensions in which the cases differ, or a rival's name.
    #[must_use]
    pub fn name(&self, case: &Case) -> String {
        match &case.subject {
            // It may be any text, and is to stay within its line.
            Subject::Rival(rival) => units::printable(&rival.name),
            Subject::Job(variant) => self.name_of(variant),
        }
    }

    /// What a way of doing the job is called.
    #[must_use]
    pub fn name_of(&self, variant: &Variant) -> String {
        if let Some(program) = variant.single() {
            return units::printable(&program.name);
        }
        let mut words = vec![units::count_of(variant.workers as u128, "worker")];
        words.extend(variant.words(self.dimensions()));
        words.join(", ")
    }

    /// In what the jobs' cases differ, beside their workers.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        let mut variants = self.cases.iter().filter_map(Case::variant);
        let Some(first) = variants.next() else {
            return Dimensions::default();
        };
        variants.fold(Dimensions::default(), |seen, variant| Dimensions {
            kernel: seen.kernel || variant.kernel != first.kernel,
            chunk_size: seen.chunk_size || variant.chunk_size != first.chunk_size,
            program: seen.program || variant.program != first.program,
        })
    }

    /// The case the others are compared with.
    ///
    /// # Panics
    /// When there is no such case.
    #[must_use]
    pub fn reference(&self) -> &Case {
        &self.cases[self.reference]
    }

    /// How well the least known median is known: half its interval, relative to the median. `None`
    /// while a case has fewer than two samples.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        let of_case = |case: &Case| {
            let elapsed_s = case.elapsed_s();
            let median_s = stats::median(&elapsed_s)?;
            let interval = stats::median_interval(&elapsed_s)?;
            Some(interval.relative_half_width(median_s))
        };
        let mut worst: f64 = 0.0;
        for case in &self.cases {
            worst = worst.max(of_case(case)?);
        }
        Some(worst)
    }

    /// Whether every median is known to the precision asked for.
    #[must_use]
    pub fn is_precise(&self) -> bool {
        self.precision()
            .is_some_and(|precision| precision <= self.settings.precision)
    }

    /// Whether a program may print what it likes.
    fn is_unchecked(&self) -> bool {
        let mut variants = self.cases.iter().filter_map(Case::variant);
        let is_unchecked = |program: &Arc<Program>| !program.checked;
        variants.any(|variant| variant.program.as_ref().is_some_and(is_unchecked))
    }

    /// How many workers the reference has.
    ///
    /// # Panics
    /// When the reference is no job's case.
    #[must_use]
    pub fn reference_workers(&self) -> usize {
        let variant = self.reference().variant();
        variant
            .expect("the reference is one of the job's cases")
            .workers
    }
}

impl Case {
    /// The way in which partask does the job, unless this is a rival.
    #[must_use]
    pub fn variant(&self) -> Option<&Variant> {
        match &self.subject {
            Subject::Job(variant) => Some(variant),
            Subject::Rival(_) => None,
        }
    }

    /// The elapsed times of the samples, in seconds.
    #[must_use]
    pub fn elapsed_s(&self) -> Vec<f64> {
        self.samples.iter().map(|sample| sample.elapsed_s).collect()
    }
}

/// Writes what a comparison came to.
///
/// # Errors
/// Those of `out`.
pub fn write(comparison: &Comparison, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match style.format {
        Format::Human => human::write(comparison, style, out),
        Format::Markdown => human::write_markdown(comparison, out),
        Format::Json => exports::json(comparison, out),
        Format::Csv => exports::csv(comparison, out),
    }
}
