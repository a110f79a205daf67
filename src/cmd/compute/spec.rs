//! What a numeric job is asked to do.

use crate::input::Input;
use crate::job::Job;
use crate::kernel::Kernel;
use crate::machine;
use crate::part::Shard;
use crate::stop::Stop;
use std::time::Duration;

/// A numeric job to run.
#[derive(Clone, Debug)]
pub struct Spec {
    /// What is done with every number.
    pub job: Job,
    /// The numbers.
    pub input: Input,
    /// How many workers compute, 1 to [`WORKERS_MAX`](crate::engine::WORKERS_MAX).
    pub workers: usize,
    /// How many numbers a chunk has; `None` lets it be planned.
    pub chunk_size: Option<u64>,
    /// Which code computes.
    pub kernel: Kernel,
    /// How long the run may last.
    pub time_limit: Option<Duration>,
    /// Whether everything is computed once more by the reference path.
    pub verify: bool,
    /// Which part of a larger input the numbers are; see [`Spec::of_shard`].
    pub portion: Option<Portion>,
}

/// Which part of a larger input the numbers of a [`Spec`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    pub(super) shard: Shard,
    /// Where in that input they begin.
    pub(super) start: u128,
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
            portion: None,
        }
    }

    /// The same job over one shard of its input; its report has an outcome of its own,
    /// [`Outcome::Shard`](crate::report::Outcome::Shard).
    ///
    /// # Panics
    /// When the input has a file or standard input in it.
    #[must_use]
    pub fn of_shard(&self, shard: Shard) -> Spec {
        let numbers = self.input.known().expect("an input known beforehand");
        let positions = shard.positions(numbers.count());
        Spec {
            portion: Some(Portion {
                shard,
                start: positions.start,
            }),
            input: self.input.part(positions),
            ..self.clone()
        }
    }

    /// `stop` with the job's own time limit, which starts now.
    pub(super) fn limited(&self, stop: &Stop) -> Stop {
        self.time_limit
            .map_or_else(|| stop.for_one_run(), |limit| stop.with_time_limit(limit))
    }
}
