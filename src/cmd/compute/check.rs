//! The checks a total must pass before it is reported, and the report.

use super::planning::engine;
use super::{ComputeError, Ran, Seen, Spec, failed, sample, tally_up};
use crate::aggregate::Tally;
use crate::closed_form;
use crate::input::Numbers;
use crate::kernel::{self, Kernel};
use crate::machine;
use crate::plan::Plan;
use crate::reduction::Reduced;
use crate::report::{Check, ComputeReport, Outcome, Preview};
use crate::stop::{Stop, StopReason};
use crate::units;
use std::time::Instant;

/// How many results are shown from the start of an input too long to be shown whole.
const VALUES_HEAD: usize = 4;

/// Checks what a run came to and makes its report.
pub(super) fn report(spec: &Spec, ran: Ran, stop: &Stop) -> Result<ComputeReport, ComputeError> {
    let verify_started = Instant::now();
    let (outcome, checks) = conclude(spec, &ran, stop)?;
    let verify = verify_started.elapsed();
    let known = spec.input.known();
    let numbers = match known {
        Some(numbers) => Some(numbers.count()),
        None => ran.complete.then_some(ran.tally.numbers),
    };
    Ok(ComputeReport {
        job: spec.job.clone(),
        input: spec.input.text().to_owned(),
        step: spec.input.step(),
        shard: spec.portion.map(|portion| portion.shard),
        input_read_as: known.map_or_else(|| read_as(&ran), ToString::to_string),
        numbers,
        resumed_from: ran.start,
        unwritten_checkpoint: None,
        first: ran.seen.head.first().copied(),
        last: ran.seen.tail.last().copied(),
        values: spec.job.has_values().then(|| {
            let shown = numbers.unwrap_or(ran.tally.numbers);
            preview(spec, &ran.seen, shown)
        }),
        verify_cut_short: spec.verify && ran.complete && !checks.contains(&Check::Reference),
        outcome,
        checks,
        elapsed: ran.timing.elapsed,
        cpu: ran.timing.cpu,
        system_cpu: ran.timing.system_cpu,
        verify,
        workers: spec.workers,
        workers_started: ran.timing.worker_spans.len(),
        cpus: machine::cpus_available(),
        chunks: ran.tally.chunks,
        chunk_size: known.map(|_| ran.chunk_size),
        kernel: spec.kernel,
        widths: ran.tally.widths,
        time_limit: spec.time_limit,
        worker_tallies: ran.tally.workers,
        worker_spans: ran.timing.worker_spans,
        aggregator_cpu: ran.timing.aggregator_cpu,
    })
}

/// Checks what a run came to, whole or cut short.
fn conclude(spec: &Spec, ran: &Ran, stop: &Stop) -> Result<(Outcome, Vec<Check>), ComputeError> {
    let known = spec.input.known().map(Numbers::count);
    if ran.complete {
        let reduced = &ran.tally.reduced;
        return match spec.portion {
            None => {
                let answer = reduced.conclude()?;
                let checks = check(spec, ran, stop)?;
                Ok((Outcome::Complete(answer), checks))
            }
            Some(portion) => {
                let checks = check(spec, ran, stop)?;
                let outcome = Outcome::Shard {
                    reduced: reduced.clone().moved_by(portion.start),
                    answer: reduced.conclude().ok(),
                };
                Ok((outcome, checks))
            }
        };
    }
    match ran.limited.reason() {
        Some(StopReason::TimeLimit) => {
            let gapless = is_gapless(spec, ran);
            let checks = match gapless {
                true => check(spec, ran, stop)?,
                false => Vec::new(),
            };
            let outcome = Outcome::TimeLimit {
                numbers_done: ran.tally.numbers,
                total_so_far: match gapless {
                    true => ran.tally.reduced.conclude().ok(),
                    false => None,
                },
            };
            Ok((outcome, checks))
        }
        Some(reason) => Err(ComputeError::Stopped {
            reason,
            doing: "",
            done: ran.tally.numbers,
            numbers: known,
        }),
        None => Err(ComputeError::WrongCount {
            computed: ran.tally.numbers,
            expected: known.unwrap_or(0),
        }),
    }
}

/// Whether what was done of a known input are its first numbers: so it is unless a worker had to
/// leave a long chunk half done.
fn is_gapless(spec: &Spec, ran: &Ran) -> bool {
    ran.whole_chunks
        && spec.input.known().is_none_or(|numbers| {
            let in_chunks = u128::from(ran.tally.chunks) * u128::from(ran.chunk_size);
            let in_whole_chunks = ran.start + in_chunks;
            ran.tally.numbers == in_whole_chunks.min(numbers.count())
        })
}

/// Compares the total of what was done with the closed form, when there is one; with the reference
/// path, when that is asked for and the time limit leaves time for it; and where there is neither, of an
/// expression, a sample of the results with the reference.
fn check(spec: &Spec, ran: &Ran, stop: &Stop) -> Result<Vec<Check>, ComputeError> {
    let done = ran.tally.numbers;
    let compare = |check: Check, expected: Reduced| match expected == ran.tally.reduced {
        true => Ok(check),
        false => Err(ComputeError::WrongTotal {
            computed: ran.tally.reduced.conclude()?.to_string(),
            expected: expected.conclude()?.to_string(),
            check,
        }),
    };
    let mut checks = Vec::new();
    if let Some(numbers) = spec.input.known()
        && let Some(closed_form) = closed_form::total(&spec.job, numbers, 0..done)
    {
        checks.push(compare(Check::ClosedForm, closed_form)?);
    }
    match (&ran.reference, spec.input.known()) {
        (Some(reference), _) => checks.push(compare(Check::Reference, reference.clone())?),
        (None, Some(numbers)) if spec.verify && ran.complete => {
            let left = spec
                .time_limit
                .map(|limit| limit.saturating_sub(ran.timing.elapsed));
            let limited = left.map_or_else(|| stop.clone(), |left| stop.with_time_limit(left));
            if let Some(reference) = reference(spec, numbers, &limited)? {
                checks.push(compare(Check::Reference, reference)?);
            }
        }
        (None, _) => {}
    }
    if checks.is_empty() && spec.job.expression().is_some() {
        checks.extend(sample::check(spec, ran, stop)?);
    }
    Ok(checks)
}

/// The total by the plain reference loop, on all workers; `None` when the time limit came first.
fn reference(spec: &Spec, numbers: &Numbers, stop: &Stop) -> Result<Option<Reduced>, ComputeError> {
    let plan = Plan::new(
        numbers.count(),
        spec.workers,
        machine::cpus_available(),
        None,
    )?;
    let work = |positions| kernel::compute(&spec.job, Kernel::Scalar, numbers, positions, stop);
    let engine = engine(spec.workers, &plan, 1)?;
    let finished = tally_up(engine, spec, &plan, work, stop, &mut |_: &Tally| ())?;
    let tally = finished
        .result
        .map_err(|failure| failed(failure, spec, &plan))?;
    match stop.reason() {
        _ if tally.numbers == plan.numbers() => Ok(Some(tally.reduced)),
        Some(StopReason::TimeLimit) => Ok(None),
        reason => Err(ComputeError::Stopped {
            reason: reason.unwrap_or(StopReason::Interrupted),
            doing: "verifying ",
            done: tally.numbers,
            numbers: Some(plan.numbers()),
        }),
    }
}

/// How an input with streams in it was read, for people.
fn read_as(ran: &Ran) -> String {
    let count = units::count_of(ran.tally.numbers, "number");
    match (ran.seen.head.first(), ran.seen.tail.last()) {
        (Some(first), Some(last)) if ran.tally.numbers > 1 => {
            let (first, last) = (units::number(*first), units::number(*last));
            format!("{count}, first {first}, last {last}")
        }
        (Some(only), _) => format!("{count}, {}", units::number(*only)),
        _ => count,
    }
}

/// The first and last results, straight from the function. Of a run that was cut short the last have
/// not been computed, and may have no value.
fn preview(spec: &Spec, seen: &Seen, numbers: u128) -> Preview {
    let results = |numbers: &[i64]| {
        let results = numbers.iter().map(|x| spec.job.function().at(*x));
        results.map_while(Result::ok).collect()
    };
    match numbers <= Seen::HEAD as u128 {
        true => Preview {
            head: results(&seen.head),
            tail: Vec::new(),
        },
        false => Preview {
            head: results(&seen.head[..VALUES_HEAD.min(seen.head.len())]),
            tail: results(&seen.tail),
        },
    }
}
