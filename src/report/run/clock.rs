//! When something happened in a run.

use super::RunInfo;
use crate::clock;
use crate::event::task::Attempted;
use std::time::{Duration, Instant, SystemTime};

/// Tells when something happened, by the clock on the wall and from the run's start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    started: Instant,
    started_at: SystemTime,
    now: fn() -> Instant,
}

impl Clock {
    pub(super) fn new(run: &RunInfo) -> Clock {
        Clock::with_now(run, clock::now)
    }

    /// The same on made-up time.
    pub(super) fn with_now(run: &RunInfo, now: fn() -> Instant) -> Clock {
        Clock {
            started: run.started,
            started_at: run.started_at,
            now,
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.started_at + self.since_start((self.now)())
    }

    pub(super) fn since_start(&self, when: Instant) -> Duration {
        when.saturating_duration_since(self.started)
    }

    /// When an attempt was started, and for how long it ran, both from the run's start; one without
    /// a process happened just now.
    pub(super) fn span(&self, attempted: &Attempted) -> (Duration, Duration) {
        match attempted.exit() {
            Some(exit) => (self.since_start(exit.started), exit.elapsed()),
            None => (self.since_start((self.now)()), Duration::ZERO),
        }
    }
}

/// Seconds since 1970, to the microsecond, which is what a 64-bit float holds of them.
pub(in crate::report) fn epoch_s(at: SystemTime) -> f64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_micros() as f64 / 1e6)
}
