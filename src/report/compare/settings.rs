//! How a comparison is measured, and when it is enough.

use crate::stop::StopReason;
use std::time::Duration;

/// How a comparison is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How many runs of each case come before those that count.
    pub warmup: u32,
    /// How many rounds there are at least.
    pub min_runs: u32,
    /// How many rounds there are at most; `None` for no limit.
    pub max_runs: Option<u32>,
    /// How many rounds there are exactly, whatever the precision and the time.
    pub runs: Option<u32>,
    /// Half the width of a median's interval, relative to the median, at which a case is done.
    pub precision: f64,
    /// How long the rounds may take, once there are enough.
    pub max_time: Duration,
    /// What the order of the runs is drawn from.
    pub seed: u64,
    /// Whether the work grows with the workers: N of them do N times the job's input (weak scaling).
    pub weak: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            warmup: 1,
            min_runs: 5,
            max_runs: None,
            runs: None,
            precision: 0.01,
            max_time: Duration::from_secs(30),
            seed: 0,
            weak: false,
        }
    }
}

/// Why a comparison took no more rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every case had reached the precision asked for.
    Precise,
    /// As many rounds as were asked for are done.
    Runs,
    /// The time was up.
    MaxTime,
    /// It was interrupted.
    Stopped(StopReason),
}
