//! `partask squares`, `cubes`, `sum-of-squares` and `eval`: one numeric job over an input, checked and
//! reported.
//!
//! ```
//! use partask::cmd::compute::{self, Spec};
//! use partask::expression::Expression;
//! use partask::job::Job;
//! use partask::reduction::Reduction;
//! use partask::report::Outcome;
//! use partask::stop::Stop;
//!
//! let job = Job::eval(Expression::parse("gcd(n, 360)")?, Reduction::Max);
//! let report = compute::run(&Spec::new(job, "1..1000".parse()?), &Stop::new(), |_| ())?;
//! let Outcome::Complete(answer) = &report.outcome else { unreachable!("no time limit") };
//! assert_eq!((answer.to_string().as_str(), answer.number()), ("360", Some(360)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod checkpoint;
mod chunk;
mod command;
mod error;
mod flow;
mod part_folder;
mod planning;
mod sample;
mod spec;

pub use checkpoint::{Beginning, Checkpoints};
pub use command::{Command, Destination, main};
pub use error::ComputeError;
pub use flow::Sink;
pub use part_folder::PartFolder;
pub use spec::{Portion, Spec};

use crate::aggregate::{self, Failure, Tally, Watch};
use crate::engine::{self, Engine, EngineError, Finished};
use crate::event::{Panic, Span};
use crate::expression::EvaluationError;
use crate::input::Numbers;
use crate::kernel;
use crate::machine;
use crate::plan::Plan;
use crate::reduction::{Partial, Reduced};
use crate::report::{ComputeReport, WorkerSpan};
use crate::stop::Stop;
use checkpoint::Keeper;
use planning::{chunks_per_worker, engine, plan};
use sample::Kept;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a run came to, before it is checked.
struct Ran {
    tally: Tally,
    /// Whether the whole input was computed.
    complete: bool,
    /// How many of its numbers earlier runs had computed.
    start: u128,
    /// Whether every chunk that counts was taken whole, so that the total is theirs.
    whole_chunks: bool,
    /// Why not, perhaps.
    limited: Stop,
    seen: Seen,
    /// What the reference path came to, when it computed beside the other.
    reference: Option<Reduced>,
    timing: Timing,
    chunk_size: u64,
    /// Of numbers that were read, those that may be checked.
    kept: Kept,
}

/// The first and the last numbers of an input.
#[derive(Clone, Debug, Default)]
struct Seen {
    head: Vec<i64>,
    tail: Vec<i64>,
}

impl Seen {
    /// Up to how many numbers are kept of the start: as many as a report shows whole.
    const HEAD: usize = 20;
    /// How many numbers are kept of the end.
    const TAIL: usize = 2;

    fn of(numbers: &Numbers) -> Seen {
        Seen::at(numbers, 0..numbers.count())
    }

    /// What is seen of the numbers at `positions`.
    fn at(numbers: &Numbers, Range { start, end }: Range<u128>) -> Seen {
        let head = start..end.min(start + Seen::HEAD as u128);
        let tail = start.max(end.saturating_sub(Seen::TAIL as u128))..end;
        Seen {
            head: numbers.iter_at(head).collect(),
            tail: numbers.iter_at(tail).collect(),
        }
    }

    /// Takes the numbers that come next.
    fn extend(&mut self, numbers: &[i64]) {
        self.add(numbers, numbers);
    }

    /// Takes what was seen of the part that comes next.
    fn append(&mut self, next: &Seen) {
        self.add(&next.head, &next.tail);
    }

    fn add(&mut self, head: &[i64], tail: &[i64]) {
        let missing = Seen::HEAD - self.head.len();
        self.head.extend(head.iter().take(missing));
        self.tail
            .extend(&tail[tail.len().saturating_sub(Seen::TAIL)..]);
        self.tail
            .drain(..self.tail.len().saturating_sub(Seen::TAIL));
    }
}

/// What is measured around a run.
struct Clock {
    started: Instant,
    cpu_before: Duration,
    system_cpu_before: Duration,
}

/// What was measured.
struct Timing {
    elapsed: Duration,
    cpu: Duration,
    system_cpu: Duration,
    aggregator_cpu: Duration,
    worker_spans: Vec<WorkerSpan>,
}

impl Clock {
    fn start() -> Clock {
        Clock {
            started: Instant::now(),
            cpu_before: machine::cpu_time(),
            system_cpu_before: machine::system_cpu_time(),
        }
    }

    /// What was measured since the start, when a run has just come to its end.
    fn read<R>(&self, finished: &Finished<R>) -> Timing {
        let span = |span: &Span| WorkerSpan {
            started: span.started.saturating_duration_since(self.started),
            ended: span.ended.saturating_duration_since(self.started),
            cpu: span.cpu,
        };
        Timing {
            elapsed: finished.ended.saturating_duration_since(self.started),
            cpu: machine::cpu_time().saturating_sub(self.cpu_before),
            system_cpu: machine::system_cpu_time().saturating_sub(self.system_cpu_before),
            aggregator_cpu: finished.consumer_cpu,
            worker_spans: finished.spans.iter().map(span).collect(),
        }
    }
}

/// Runs a job with the project's own kernels and checks its total.
///
/// `progress` hears of the numbers done so far. A run that its time limit ends is reported as
/// such; one that `stop` ends is an error.
///
/// # Errors
/// See [`ComputeError`]; a total that fails its check is one.
pub fn run(
    spec: &Spec,
    stop: &Stop,
    progress: impl FnMut(u128),
) -> Result<ComputeReport, ComputeError> {
    let Some(numbers) = spec.input.known() else {
        return run_into(spec, stop, progress, &mut Sink::Nothing);
    };
    let limited = spec.limited(stop);
    let work = |positions| kernel::compute(&spec.job, spec.kernel, numbers, positions, &limited);
    run_known(spec, numbers, (stop, &limited), progress, work)
}

/// Runs a job over a known input as [`run`] does, with checkpoints: from where an earlier run has come to,
/// when that is to be gone on from.
///
/// # Errors
/// As [`run`]; when a checkpoint is there that is not to be gone on from, is of another run or was changed,
/// or the last one of a run that ends early can't be written.
///
/// # Panics
/// When the input has a file or standard input in it.
pub fn run_with_checkpoints(
    spec: &Spec,
    checkpoints: &Checkpoints,
    stop: &Stop,
    progress: impl FnMut(u128),
) -> Result<ComputeReport, ComputeError> {
    let numbers = spec.input.known().expect("an input known beforehand");
    let before = checkpoints.begin(spec.job.reduction())?;
    let limited = spec.limited(stop);
    let plan = plan(spec, numbers, before.done)?;
    let work = |positions| kernel::compute(&spec.job, spec.kernel, numbers, positions, &limited);
    let mut keeper = Keeper::new(checkpoints, before, plan, progress);
    let mut ran = total_up(spec, numbers, plan, &limited, work, &mut keeper)?;
    let kept = keeper.finish(&mut ran.tally);
    if !ran.complete {
        kept?;
    }
    let mut report = check::report(spec, ran, stop)?;
    if let Err(error) = keeper.complete(&report) {
        report.unwritten_checkpoint = Some(error.to_string());
    }
    Ok(report)
}

/// Runs a job with a chunk function of the caller's, which is told the positions of its chunk in
/// the input, under the same checks. The input must be known beforehand.
///
/// With [`kernel::compute`] for every chunk it does what [`run`] does.
///
/// # Errors
/// As [`run`].
///
/// # Panics
/// When the input has a file or standard input in it.
pub fn run_with(
    spec: &Spec,
    stop: &Stop,
    progress: impl FnMut(u128),
    work: impl Fn(Range<u128>) -> Result<Partial, EvaluationError> + Sync,
) -> Result<ComputeReport, ComputeError> {
    let numbers = spec.input.known().expect("an input known beforehand");
    let limited = spec.limited(stop);
    run_known(spec, numbers, (stop, &limited), progress, work)
}

/// Runs a job and writes its results to `sink`, in input order; the total is checked like any.
///
/// # Errors
/// As [`run`]; what was written before an error are whole results.
pub fn run_into(
    spec: &Spec,
    stop: &Stop,
    progress: impl FnMut(u128),
    sink: &mut Sink<'_>,
) -> Result<ComputeReport, ComputeError> {
    run_limited(spec, stop, spec.limited(stop), progress, sink)
}

/// [`run_into`] under a stop with the time limit that has been started already.
fn run_limited(
    spec: &Spec,
    stop: &Stop,
    limited: Stop,
    progress: impl FnMut(u128),
    sink: &mut Sink<'_>,
) -> Result<ComputeReport, ComputeError> {
    let ran = flow::run(spec, limited, progress, sink)?;
    check::report(spec, ran, stop)
}

/// Adds up a known input from its start, under a stop with the time limit that has been started already, and
/// checks its total under `stop`.
fn run_known(
    spec: &Spec,
    numbers: &Numbers,
    (stop, limited): (&Stop, &Stop),
    mut progress: impl FnMut(u128),
    work: impl Fn(Range<u128>) -> Result<Partial, EvaluationError> + Sync,
) -> Result<ComputeReport, ComputeError> {
    let plan = plan(spec, numbers, 0)?;
    let mut hear = |tally: &Tally| progress(tally.numbers);
    let ran = total_up(spec, numbers, plan, limited, work, &mut hear)?;
    check::report(spec, ran, stop)
}

/// Adds up a known input from where the plan begins, chunk by chunk in whatever order they end.
fn total_up(
    spec: &Spec,
    numbers: &Numbers,
    plan: Plan,
    limited: &Stop,
    work: impl Fn(Range<u128>) -> Result<Partial, EvaluationError> + Sync,
    watch: &mut impl Watch,
) -> Result<Ran, ComputeError> {
    let clock = Clock::start();
    let engine = engine(spec.workers, &plan, chunks_per_worker(spec))?;
    let finished = tally_up(engine, spec, &plan, work, limited, watch)?;
    let timing = clock.read(&finished);
    let tally = finished
        .result
        .map_err(|failure| failed(failure, spec, &plan))?;
    let ran = Ran {
        complete: tally.numbers == numbers.count(),
        start: plan.start(),
        whole_chunks: true,
        limited: limited.clone(),
        seen: Seen::of(numbers),
        reference: None,
        timing,
        chunk_size: plan.chunk_size(),
        tally,
        kept: Kept::default(),
    };
    Ok(ran)
}

/// What the chunks of a plan come to.
fn tally_up(
    engine: Engine,
    spec: &Spec,
    plan: &Plan,
    work: impl Fn(Range<u128>) -> Result<Partial, EvaluationError> + Sync,
    stop: &Stop,
    watch: &mut impl Watch,
) -> Result<Finished<Result<Tally, Failure<EvaluationError>>>, EngineError> {
    // After a failure no more chunks are handed out. All before it have been then, so that the first
    // number without a value is known whatever the workers do.
    let has_failed = AtomicBool::new(false);
    let indices = engine::indices(plan.chunks());
    let next = || match has_failed.load(Ordering::Relaxed) {
        true => None,
        false => indices(),
    };
    let work = |index| {
        let positions = plan.positions(index);
        let start = positions.start;
        let partial = work(positions).map(|partial| partial.moved_by(start));
        has_failed.fetch_or(partial.is_err(), Ordering::Relaxed);
        partial
    };
    let tally = Tally {
        numbers: plan.start(),
        ..Tally::new(spec.workers, spec.job.reduction())
    };
    engine.run(next, work, stop, |mut events| {
        aggregate::tally(&mut events, tally, watch)
    })
}

fn failed(failure: Failure<EvaluationError>, spec: &Spec, plan: &Plan) -> ComputeError {
    match failure {
        Failure::Panicked(panic) => panicked(panic, plan),
        Failure::Failed(error) => ComputeError::no_value(&spec.job, error),
    }
}

fn panicked(panic: Panic, plan: &Plan) -> ComputeError {
    let positions = plan.positions(panic.index);
    let place = format!(
        " (numbers {} to {} of the input)",
        positions.start + 1,
        positions.end
    );
    ComputeError::Panicked { panic, place }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_seen_in_parts_is_seen_of_the_whole(
            numbers in proptest::collection::vec(any::<i64>(), 0..60),
            cuts in proptest::collection::vec(0usize..60, 0..5),
        ) {
            let mut whole = Seen::default();
            whole.extend(&numbers);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(numbers.len())).collect();
            cuts.extend([0, numbers.len()]);
            cuts.sort_unstable();
            let mut parts = Seen::default();
            for ends in cuts.windows(2) {
                let mut part = Seen::default();
                part.extend(&numbers[ends[0]..ends[1]]);
                parts.append(&part);
            }
            prop_assert_eq!(&parts.head, &numbers[..numbers.len().min(Seen::HEAD)]);
            prop_assert_eq!(&parts.tail, &numbers[numbers.len().saturating_sub(Seen::TAIL)..]);
            prop_assert_eq!((whole.head, whole.tail), (parts.head, parts.tail));
        }
    }
}
