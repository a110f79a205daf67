//! How an input is cut into chunks: pure arithmetic, nothing is stored for a chunk.

use std::ops::Range;

/// The smallest planned chunk, in numbers: a few microseconds of work, several times what it costs
/// to hand a chunk out and merge its result.
pub const CHUNK_SIZE_MIN: u64 = 1 << 16;

/// The smallest where workers do not share CPUs: some 20 µs in vector code. A worker costs two or
/// three times that to start, and there are no more of them than chunks.
const CHUNK_SIZE_ALONE_MIN: u64 = 1 << 18;

/// The largest planned chunk, in numbers: a fraction of a millisecond in vector code and about
/// 20 ms in the slowest scalar code, so that the bar moves, Ctrl-C is answered within 50 ms, and
/// no worker is left with much to do when the others are done.
pub const CHUNK_SIZE_MAX: u64 = 1 << 22;

/// How many chunks each worker should see at least: with this many, the one chunk by which workers
/// may end apart is about 3% of a worker's share.
const CHUNKS_PER_WORKER: u64 = 32;

/// An input of known length, cut into chunks of one size; the last may be shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The position of the first number.
    start: u128,
    numbers: u128,
    chunk_size: u64,
    chunks: u64,
}

/// Why an input can't be cut as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A chunk of no numbers.
    #[error("a chunk needs at least 1 number")]
    EmptyChunk,
    /// More chunks than can be counted in 64 bits.
    #[error(
        "{numbers} numbers in chunks of {chunk_size} are more than 2^64 chunks; use larger ones"
    )]
    TooManyChunks {
        /// The numbers of the input.
        numbers: u128,
        /// The numbers asked for in a chunk.
        chunk_size: u64,
    },
}

impl Plan {
    /// Cuts `numbers` numbers for `workers` workers on `cpus` CPUs, into chunks of `chunk_size` or,
    /// when that is `None`, of a size chosen here.
    ///
    /// # Errors
    /// When `chunk_size` is 0 or makes more chunks than 64 bits can count.
    pub fn new(
        numbers: u128,
        workers: usize,
        cpus: usize,
        chunk_size: Option<u64>,
    ) -> Result<Plan, PlanError> {
        let chunk_size = chunk_size.unwrap_or_else(|| planned_chunk_size(numbers, workers, cpus));
        if chunk_size == 0 {
            return Err(PlanError::EmptyChunk);
        }
        let chunks = u64::try_from(numbers.div_ceil(u128::from(chunk_size))).map_err(|_| {
            PlanError::TooManyChunks {
                numbers,
                chunk_size,
            }
        })?;
        Ok(Plan {
            start: 0,
            numbers,
            chunk_size,
            chunks,
        })
    }

    /// The same for numbers that begin at this position of the input.
    #[must_use]
    pub fn starting_at(self, start: u128) -> Plan {
        Plan { start, ..self }
    }

    /// The position of the first number in the input.
    #[must_use]
    pub fn start(&self) -> u128 {
        self.start
    }

    /// How many numbers there are in all.
    #[must_use]
    pub fn numbers(&self) -> u128 {
        self.numbers
    }

    /// How many numbers a chunk has; the last may have fewer.
    #[must_use]
    pub fn chunk_size(&self) -> u64 {
        self.chunk_size
    }

    /// How many chunks there are.
    #[must_use]
    pub fn chunks(&self) -> u64 {
        self.chunks
    }

    /// The positions in the input that chunk `index` covers; empty from index `chunks` on.
    #[must_use]
    pub fn positions(&self, index: u64) -> Range<u128> {
        let size = u128::from(self.chunk_size);
        let before = (u128::from(index) * size).min(self.numbers);
        let behind = (before + size).min(self.numbers);
        self.start + before..self.start + behind
    }
}

/// Enough chunks that workers end together, few enough that handing them out costs nothing, and a
/// multiple of the smallest chunk so that a chunk is whole blocks to the kernel.
///
/// Workers that share a CPU take that many times longer over a chunk, so its bounds are divided by how
/// many do.
fn planned_chunk_size(numbers: u128, workers: usize, cpus: usize) -> u64 {
    let workers = workers.max(1) as u64;
    let workers_per_cpu = workers.div_ceil(cpus.max(1) as u64);
    let shared = |size: u64| (size / workers_per_cpu).max(CHUNK_SIZE_MIN);
    let (size_min, size_max) = (shared(CHUNK_SIZE_ALONE_MIN), shared(CHUNK_SIZE_MAX));
    let shares = u128::from(CHUNKS_PER_WORKER) * u128::from(workers);
    let wanted = u64::try_from(numbers / shares).unwrap_or(u64::MAX);
    wanted
        .clamp(size_min, size_max)
        .next_multiple_of(CHUNK_SIZE_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn chunks_cover_every_position_once(numbers in 0u128..100_000, size in 1u64..2_000, workers in 1usize..9, start in 0u128..1 << 65) {
            let plan = Plan::new(numbers, workers, 2, Some(size)).unwrap().starting_at(start);
            let mut next = start;
            for index in 0..plan.chunks() {
                let positions = plan.positions(index);
                prop_assert_eq!(positions.start, next);
                prop_assert!(!positions.is_empty());
                prop_assert!(positions.end - positions.start <= u128::from(size));
                next = positions.end;
            }
            prop_assert_eq!(next, start + numbers);
            prop_assert!(plan.positions(plan.chunks()).is_empty());
        }

        #[test]
        fn planned_chunks_keep_their_bounds(numbers in 0u128..1 << 70, workers in 1usize..5_000, cpus in 1usize..300) {
            let plan = Plan::new(numbers, workers, cpus, None).unwrap();
            prop_assert!((CHUNK_SIZE_MIN..=CHUNK_SIZE_MAX).contains(&plan.chunk_size()));
            prop_assert_eq!(plan.chunk_size() % CHUNK_SIZE_MIN, 0);
        }
    }

    #[test]
    fn the_whole_domain_is_planned_without_overflow() {
        let plan = Plan::new(1 << 64, 4, 4, None).unwrap();
        assert_eq!(plan.chunks(), 1 << 42);
        assert_eq!(plan.positions(plan.chunks() - 1).end, 1 << 64);
    }

    #[test]
    fn workers_that_share_cpus_get_smaller_chunks() {
        let size = |workers, cpus| {
            Plan::new(1 << 50, workers, cpus, None)
                .unwrap()
                .chunk_size()
        };
        assert_eq!(size(64, 64), CHUNK_SIZE_MAX);
        assert_eq!(size(8, 2), CHUNK_SIZE_MAX / 4);
        assert_eq!(size(1_000, 2), CHUNK_SIZE_MIN);
        let chunks = |numbers| Plan::new(numbers, 16, 16, None).unwrap().chunks();
        assert_eq!((chunks(200_000), chunks(1_000_000)), (1, 4));
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        assert_eq!(Plan::new(5, 1, 1, Some(0)), Err(PlanError::EmptyChunk));
        assert!(matches!(
            Plan::new(1 << 64, 1, 1, Some(1)),
            Err(PlanError::TooManyChunks { .. })
        ));
        assert_eq!(Plan::new(0, 1, 1, Some(7)).unwrap().chunks(), 0);
    }
}
