//! What a run of `map` came to: its totals, a summary of them for people, a log for programs.

mod log;
mod summary;

pub use log::{LOG_SCHEMA, Log};
pub use summary::Summary;

use crate::stop::StopReason;
use std::time::Duration;

/// What one worker has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerTotals {
    /// Items that it has answered.
    pub items: u64,
    /// Processes that were started for it.
    pub processes: u64,
    /// How long it had items to answer.
    pub busy: Duration,
    /// How long its processes have lived.
    pub alive: Duration,
    /// CPU time of its processes, user and system.
    pub cpu: Duration,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Items that were read.
    pub read: u64,
    /// Items that were answered.
    pub answered: u64,
    /// Items that have failed.
    pub failed: u64,
    /// Items that were given to a worker again.
    pub retried: u64,
    /// From the start of the run to its end.
    pub elapsed: Duration,
    /// Why it was stopped, if it was.
    pub stopped: Option<StopReason>,
    /// Whether all items were read and none has ended the run.
    pub is_whole: bool,
    /// By worker.
    pub workers: Vec<WorkerTotals>,
}
