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
mod chunk;
mod command;
mod error;
mod flow;
mod part_folder;
mod sample;
mod spec;

pub use command::{Command, Destination, main};
pub use error::ComputeError;
pub use flow::Sink;
pub use part_folder::PartFolder;
pub use spec::{Portion, Spec};

use crate::aggregate::{self, Failure, Tally};
use crate::engine::{self, Engine, EngineError, Finished};
use crate::event::{Panic, Span};
use crate::expression::EvaluationError;
use crate::input::Numbers;
use crate::kernel::{self, Evaluator, Kernel};
use crate::machine;
use crate::plan::{CHUNK_SIZE_MAX, Plan, PlanError};
use crate::reduction::{Partial, Reduced};
use crate::report::{ComputeReport, WorkerSpan};
use crate::stop::Stop;
use sample::Kept;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a run came to, before it is checked.
struct Ran {
    tally: Tally,
    /// Whether the whole input was computed.
    complete: bool,
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
    let ran = total_up(spec, numbers, &limited, progress, work)?;
    check::report(spec, ran, stop)
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
    let ran = total_up(spec, numbers, &limited, progress, work)?;
    check::report(spec, ran, stop)
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

/// Adds up a known input, chunk by chunk in whatever order they end.
fn total_up(
    spec: &Spec,
    numbers: &Numbers,
    limited: &Stop,
    mut progress: impl FnMut(u128),
    work: impl Fn(Range<u128>) -> Result<Partial, EvaluationError> + Sync,
) -> Result<Ran, ComputeError> {
    let plan = plan(spec, numbers)?;
    let clock = Clock::start();
    let engine = engine(spec.workers, &plan, chunks_per_worker(spec))?;
    let finished = tally_up(engine, spec, &plan, work, limited, |tally| {
        progress(tally.numbers);
    })?;
    let timing = clock.read(&finished);
    let tally = finished
        .result
        .map_err(|failure| failed(failure, spec, &plan))?;
    let ran = Ran {
        complete: tally.numbers == plan.numbers(),
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

/// How the input is cut. Where a number may take long, chunks are small, so that all workers have some and
/// a stop is noticed.
fn plan(spec: &Spec, numbers: &Numbers) -> Result<Plan, PlanError> {
    let count = numbers.count();
    let evaluator = spec.job.expression().map(|expression| {
        let interval = kernel::interval(numbers.pieces(0..count));
        Evaluator::new(expression, spec.kernel, interval)
    });
    let slow = evaluator.filter(Evaluator::is_slow);
    let planned = slow.map(|evaluator| {
        let share = count / (u128::from(SLOW_CHUNKS_PER_WORKER) * spec.workers.max(1) as u128);
        let share = u64::try_from(share).unwrap_or(u64::MAX);
        let most = match evaluator.width() {
            Some(_) => SLOW_CHUNK_SIZE_MAX,
            None => WALKED_CHUNK_SIZE_MAX,
        };
        share.clamp(SLOW_CHUNK_SIZE_MIN, most)
    });
    let chunk_size = spec.chunk_size.or(planned);
    Plan::new(count, spec.workers, machine::cpus_available(), chunk_size)
}

/// What the chunks of a plan come to.
fn tally_up(
    engine: Engine,
    spec: &Spec,
    plan: &Plan,
    work: impl Fn(Range<u128>) -> Result<Partial, EvaluationError> + Sync,
    stop: &Stop,
    progress: impl FnMut(&Tally),
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
    let tally = Tally::new(spec.workers, spec.job.reduction());
    engine.run(next, work, stop, |mut events| {
        aggregate::tally(&mut events, tally, progress)
    })
}

/// Chunks of numbers that may take long: from some microseconds each on.
const SLOW_CHUNK_SIZE_MIN: u64 = 64;
const SLOW_CHUNK_SIZE_MAX: u64 = 1 << 14;
/// Of numbers that are walked over, which may take milliseconds: a time limit waits for a chunk's end.
const WALKED_CHUNK_SIZE_MAX: u64 = 1 << 8;
const SLOW_CHUNKS_PER_WORKER: u64 = 64;

/// How many chunks of the smallest planned size make up in vector code for the start of a worker.
const CHUNKS_WORTH_A_WORKER: u64 = 8;

/// How many chunks there are to be for each worker that is started.
fn chunks_per_worker(spec: &Spec) -> u64 {
    match (spec.chunk_size, spec.kernel) {
        (None, Kernel::Auto | Kernel::Only(_)) if spec.job.expression().is_none() => {
            CHUNKS_WORTH_A_WORKER
        }
        // The reference loop takes long over a chunk, and chunks that are asked for are anybody's.
        _ => 1,
    }
}

/// As many of `workers` workers as `plan` has chunks for. This thread is one of them, unless it could
/// not show progress meanwhile: where chunks are long, or workers have to wait for a CPU.
fn engine(workers: usize, plan: &Plan, chunks_per_worker: u64) -> Result<Engine, EngineError> {
    let engine = Engine::new(workers)?.for_chunks(plan.chunks().div_ceil(chunks_per_worker));
    let is_alone = engine.workers() <= machine::cpus_available();
    match is_alone && plan.chunk_size() <= CHUNK_SIZE_MAX {
        true => Ok(engine.joined()),
        false => Ok(engine),
    }
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
