//! `partask squares`, `cubes` and `sum-of-squares`: one numeric job over an input, checked and
//! reported.

use super::{Exit, signals};
use crate::aggregate::{self, Tally};
use crate::closed_form;
use crate::engine::{self, Engine, EngineError};
use crate::event::Panic;
use crate::exact::{self, BigInt, Partial};
use crate::input::Input;
use crate::job::Job;
use crate::kernel::{self, Kernel};
use crate::machine;
use crate::plan::{Plan, PlanError};
use crate::report::progress::{self, Progress};
use crate::report::{self, Check, ComputeReport, Outcome, Preview, Style};
use crate::stop::{Stop, StopReason};
use crate::units;
use anyhow::Context;
use std::io::Write;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Up to how many results are shown whole.
const VALUES_SHOWN_MAX: u128 = 20;

/// How many results are shown of a longer input: from its start, and from its end.
const VALUES_HEAD: u128 = 4;
const VALUES_TAIL: u128 = 2;

/// A numeric job to run.
#[derive(Clone, Debug)]
pub struct Spec {
    /// What is done with every number.
    pub job: Job,
    /// The numbers.
    pub input: Input,
    /// How many workers compute, 1 to [`engine::WORKERS_MAX`].
    pub workers: usize,
    /// How many numbers a chunk has; `None` lets it be planned.
    pub chunk_size: Option<u64>,
    /// Which code computes.
    pub kernel: Kernel,
    /// How long the run may last.
    pub time_limit: Option<Duration>,
    /// Whether everything is computed once more by the reference path.
    pub verify: bool,
}

impl Spec {
    /// `job` over `input`, on every CPU this process may use, the rest by default.
    #[must_use]
    pub fn new(job: Job, input: Input) -> Spec {
        Spec {
            job,
            input,
            workers: machine::cpus_available(),
            chunk_size: None,
            kernel: Kernel::Auto,
            time_limit: None,
            verify: false,
        }
    }
}

/// Why a job has no report.
#[derive(Debug, thiserror::Error)]
pub enum ComputeError {
    /// The input can't be cut into chunks as asked.
    #[error("--chunk-size: {0}")]
    Plan(#[from] PlanError),
    /// The workers could not be started.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A worker panicked.
    #[error("{panic} (numbers {first} to {last} of the input); nothing is reported as a result")]
    Panicked {
        /// Where and why.
        panic: Panic,
        /// The position of the chunk's first number, counted from 1.
        first: u128,
        /// The position of the chunk's last number, counted from 1.
        last: u128,
    },
    /// The total is not what its independent check says.
    #[error("verification failed: computed {computed}, but the {} says {expected}; nothing is reported as a result", check.name())]
    WrongTotal {
        /// What the workers came to.
        computed: BigInt,
        /// What the check came to.
        expected: BigInt,
        /// Which check.
        check: Check,
    },
    /// A signal ended the run.
    #[error("{word} after {doing}{done} of {numbers} ({share})")]
    Signal {
        /// Which signal.
        reason: StopReason,
        /// `interrupted` or `terminated`.
        word: &'static str,
        /// `verifying `, or nothing while computing.
        doing: &'static str,
        /// The numbers computed, as they are printed.
        done: String,
        /// The numbers of the input, as they are printed.
        numbers: String,
        /// The share done, as it is printed.
        share: String,
    },
}

impl ComputeError {
    /// The exit code that goes with it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            ComputeError::Plan(_) | ComputeError::Engine(EngineError::Workers(_)) => Exit::Usage,
            ComputeError::Engine(_) | ComputeError::Panicked { .. } => Exit::Failure,
            ComputeError::WrongTotal { .. } => Exit::WrongTotal,
            ComputeError::Signal { reason, .. } => match reason {
                StopReason::Terminated => Exit::Terminated,
                StopReason::Interrupted | StopReason::TimeLimit => Exit::Interrupted,
            },
        }
    }

    fn signal(reason: StopReason, done: u128, numbers: u128, doing: &'static str) -> ComputeError {
        ComputeError::Signal {
            reason,
            word: match reason {
                StopReason::Terminated => "terminated",
                StopReason::Interrupted | StopReason::TimeLimit => "interrupted",
            },
            doing,
            done: units::count(done),
            numbers: units::count_of(numbers, "number"),
            share: units::percent(done as f64 / numbers.max(1) as f64),
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
    let limited = limited(spec, stop);
    execute(spec, stop, &limited, progress, |positions| {
        kernel::compute(spec.job, spec.kernel, &spec.input, positions, &limited)
    })
}

/// Runs a job with a chunk function of the caller's, which is told the positions of its chunk in
/// the input, under the same checks.
///
/// # Errors
/// As [`run`].
pub fn run_with(
    spec: &Spec,
    stop: &Stop,
    progress: impl FnMut(u128),
    work: impl Fn(Range<u128>) -> Partial + Sync,
) -> Result<ComputeReport, ComputeError> {
    execute(spec, stop, &limited(spec, stop), progress, work)
}

/// The run itself under the stop with its time limit; the checks afterwards under the one without.
fn execute(
    spec: &Spec,
    stop: &Stop,
    limited: &Stop,
    mut progress: impl FnMut(u128),
    work: impl Fn(Range<u128>) -> Partial + Sync,
) -> Result<ComputeReport, ComputeError> {
    let numbers = spec.input.numbers();
    let plan = Plan::new(numbers, spec.workers, spec.chunk_size)?;
    let (started, cpu_before) = (Instant::now(), machine::cpu_time());
    let engine = Engine::new(spec.workers)?;
    let tally = engine.run(
        engine::indices(plan.chunks()),
        |index| work(plan.positions(index)),
        limited,
        |events| aggregate::tally(&events, spec.workers, |tally| progress(tally.numbers)),
    );
    let (elapsed, cpu) = (
        started.elapsed(),
        machine::cpu_time().saturating_sub(cpu_before),
    );
    let tally = tally.map_err(|panic| panicked(panic, &plan))?;

    let verify_started = Instant::now();
    let (outcome, checks) = conclude(spec, &engine, &plan, &tally, (limited.reason(), stop))?;
    Ok(ComputeReport {
        job: spec.job,
        input: spec.input.text().to_owned(),
        step: spec.input.step(),
        input_read_as: spec.input.to_string(),
        numbers,
        first: spec.input.first(),
        last: spec.input.last(),
        values: spec.job.has_values().then(|| preview(spec)),
        outcome,
        checks,
        elapsed,
        cpu,
        verify: verify_started.elapsed(),
        workers: spec.workers,
        cpus: machine::cpus_available(),
        chunks: tally.chunks,
        chunk_size: plan.chunk_size(),
        kernel: spec.kernel,
        worker_tallies: tally.workers,
    })
}

/// The stop with the job's own time limit, which starts now.
fn limited(spec: &Spec, stop: &Stop) -> Stop {
    spec.time_limit
        .map_or_else(|| stop.clone(), |limit| stop.with_time_limit(limit))
}

fn panicked(panic: Panic, plan: &Plan) -> ComputeError {
    let positions = plan.positions(panic.index);
    ComputeError::Panicked {
        panic,
        first: positions.start + 1,
        last: positions.end,
    }
}

/// Checks what a run came to, whole or cut short.
fn conclude(
    spec: &Spec,
    engine: &Engine,
    plan: &Plan,
    tally: &Tally,
    (reason, stop): (Option<StopReason>, &Stop),
) -> Result<(Outcome, Vec<Check>), ComputeError> {
    if tally.numbers == plan.numbers() {
        let checks = check(spec, engine, &tally.total, 0..plan.numbers(), stop)?;
        return Ok((Outcome::Complete(tally.total.clone()), checks));
    }
    match (reason, spec.time_limit) {
        (Some(StopReason::TimeLimit), Some(limit)) => {
            let whole_chunks = tally
                .chunks
                .checked_sub(1)
                .map_or(0, |last| plan.positions(last).end);
            let total_so_far = (tally.numbers == whole_chunks).then(|| tally.total.clone());
            let checks = match &total_so_far {
                Some(total) => check(spec, engine, total, 0..whole_chunks, stop)?,
                None => Vec::new(),
            };
            let outcome = Outcome::TimeLimit {
                limit,
                numbers_done: tally.numbers,
                total_so_far,
            };
            Ok((outcome, checks))
        }
        (reason, _) => Err(ComputeError::signal(
            reason.unwrap_or(StopReason::Interrupted),
            tally.numbers,
            plan.numbers(),
            "",
        )),
    }
}

/// Compares a total with the closed form and, when asked for, with the reference path.
fn check(
    spec: &Spec,
    engine: &Engine,
    total: &BigInt,
    positions: Range<u128>,
    stop: &Stop,
) -> Result<Vec<Check>, ComputeError> {
    let compare = |check: Check, expected: BigInt| match expected == *total {
        true => Ok(check),
        false => Err(ComputeError::WrongTotal {
            computed: total.clone(),
            expected,
            check,
        }),
    };
    let closed_form = closed_form::total(spec.job, &spec.input, positions.clone());
    let mut checks = vec![compare(Check::ClosedForm, closed_form)?];
    if spec.verify {
        let reference = reference(spec, engine, positions.end, stop)?;
        checks.push(compare(Check::Reference, reference)?);
    }
    Ok(checks)
}

/// The total of the first `numbers` numbers by the plain reference loop, on all workers.
fn reference(
    spec: &Spec,
    engine: &Engine,
    numbers: u128,
    stop: &Stop,
) -> Result<BigInt, ComputeError> {
    let plan = Plan::new(numbers, engine.workers(), None)?;
    let tally = engine
        .run(
            engine::indices(plan.chunks()),
            |index| {
                let positions = plan.positions(index);
                kernel::compute(spec.job, Kernel::Scalar, &spec.input, positions, stop)
            },
            stop,
            |events| aggregate::tally(&events, engine.workers(), |_| ()),
        )
        .map_err(|panic| panicked(panic, &plan))?;
    match stop.reason() {
        Some(reason) if tally.numbers < numbers => Err(ComputeError::signal(
            reason,
            tally.numbers,
            numbers,
            "verifying ",
        )),
        _ => Ok(tally.total),
    }
}

/// The first and last results, straight from the element function.
fn preview(spec: &Spec) -> Preview {
    let results = |positions: Range<u128>| {
        let numbers = spec.input.iter_at(positions);
        let results = numbers.map(|x| kernel::result(spec.job, x));
        results.map(exact::unbounded).collect()
    };
    let numbers = spec.input.numbers();
    if numbers <= VALUES_SHOWN_MAX {
        return Preview {
            head: results(0..numbers),
            tail: Vec::new(),
        };
    }
    Preview {
        head: results(0..VALUES_HEAD),
        tail: results(numbers - VALUES_TAIL..numbers),
    }
}

/// A job as the command line asks for it: what to run, and how to show it.
#[derive(Clone, Debug)]
pub struct Command {
    /// What to run.
    pub spec: Spec,
    /// The report's form.
    pub style: Style,
    /// Whether only the bare total is written.
    pub quiet: bool,
    /// When a progress bar is shown.
    pub progress: progress::Mode,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
}

/// Runs a job until it is done or a signal ends it, and writes its report to `out`, warnings to
/// `err`.
///
/// # Errors
/// A [`ComputeError`], a failure to write, or one to watch for signals.
pub fn main(command: &Command, out: &mut dyn Write, err: &mut dyn Write) -> anyhow::Result<Exit> {
    let stop = Stop::new();
    signals::watch(&stop)?;
    let numbers = command.spec.input.numbers();
    let mut progress = Progress::new(command.progress, command.stderr_is_terminal, numbers);
    let report = run(&command.spec, &stop, |done| progress.update(done));
    drop(progress);
    let report = report?;
    let Outcome::Complete(total) = &report.outcome else {
        return incomplete(command, &report, out, err);
    };
    let written = match command.quiet {
        true => writeln!(out, "{total}"),
        false => report::write(&report, command.style, out),
    };
    written
        .and_then(|()| out.flush())
        .context("cannot write to standard output")?;
    Ok(Exit::Success)
}

/// Reports a run that its time limit ended; no bare total, which would look like the whole one.
fn incomplete(
    command: &Command,
    report: &ComputeReport,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<Exit> {
    if !command.quiet {
        report::write(report, command.style, out)
            .and_then(|()| out.flush())
            .context("cannot write to standard output")?;
    }
    let done = units::count(report.numbers_done());
    let numbers = units::count_of(report.numbers, "number");
    writeln!(err, "partask: time limit reached after {done} of {numbers}")
        .context("cannot write to standard error")?;
    Ok(Exit::Incomplete)
}
