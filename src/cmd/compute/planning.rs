//! How a known input is cut into chunks, and how many workers that is worth.

use super::Spec;
use crate::engine::{Engine, EngineError};
use crate::input::Numbers;
use crate::kernel::{self, Evaluator, Kernel};
use crate::machine;
use crate::plan::{CHUNK_SIZE_MAX, Plan, PlanError};

/// How the input is cut. Where a number may take long, chunks are small, so that all workers have some and
/// a stop is noticed.
///
/// The plan begins at position `start`.
pub(super) fn plan(spec: &Spec, numbers: &Numbers, start: u128) -> Result<Plan, PlanError> {
    let count = numbers.count() - start;
    let evaluator = spec.job.expression().map(|expression| {
        let interval = kernel::interval(numbers.pieces(start..numbers.count()));
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
    let plan = Plan::new(count, spec.workers, machine::cpus_available(), chunk_size)?;
    Ok(plan.starting_at(start))
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
pub(super) fn chunks_per_worker(spec: &Spec) -> u64 {
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
pub(super) fn engine(
    workers: usize,
    plan: &Plan,
    chunks_per_worker: u64,
) -> Result<Engine, EngineError> {
    let engine = Engine::new(workers)?.for_chunks(plan.chunks().div_ceil(chunks_per_worker));
    let is_alone = engine.workers() <= machine::cpus_available();
    match is_alone && plan.chunk_size() <= CHUNK_SIZE_MAX {
        true => Ok(engine.joined()),
        false => Ok(engine),
    }
}
