//! Why a run ends before its work does: a signal or a deadline, asked for by one thread and seen by all.
//!
//! Catching the signals is the caller's part; this is only the flag they set.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Why a run was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Ctrl-C (SIGINT).
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The run's time limit was reached.
    TimeLimit,
}

/// A request to stop that every worker looks at before it takes more work.
///
/// Clones share one flag; a clone may have a deadline of its own.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    signal: Arc<AtomicUsize>,
    deadline: Option<Instant>,
    abandoned: Arc<AtomicBool>,
}

impl Stop {
    /// The flag's value after an interrupt.
    pub const INTERRUPTED: usize = 1;
    /// The flag's value after a request to terminate.
    pub const TERMINATED: usize = 2;

    /// A stop nobody has asked for, without a deadline.
    #[must_use]
    pub fn new() -> Stop {
        Stop::default()
    }

    /// The same flag, not abandoned, with a deadline `limit` from now. A limit too far off to be
    /// represented is none.
    #[must_use]
    pub fn with_time_limit(&self, limit: Duration) -> Stop {
        Stop {
            signal: Arc::clone(&self.signal),
            deadline: Instant::now().checked_add(limit),
            abandoned: Arc::default(),
        }
    }

    /// The flag itself, for a signal handler to set to one of this type's constants.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.signal)
    }

    /// The same flag, for one run that may be abandoned without the others.
    #[must_use]
    pub fn for_one_run(&self) -> Stop {
        Stop {
            abandoned: Arc::default(),
            ..self.clone()
        }
    }

    /// Ends the run, because what it works for can't be had any more.
    pub fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    /// Whether to stop: there is a reason to, or the run was abandoned.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed) || self.reason().is_some()
    }

    /// Why to stop, or `None` to go on.
    #[must_use]
    pub fn reason(&self) -> Option<StopReason> {
        match self.signal.load(Ordering::Relaxed) {
            Stop::INTERRUPTED => Some(StopReason::Interrupted),
            Stop::TERMINATED => Some(StopReason::Terminated),
            _ => self
                .deadline
                .filter(|deadline| Instant::now() >= *deadline)
                .map(|_| StopReason::TimeLimit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_sees_the_flag_and_a_signal_outranks_the_deadline() {
        let stop = Stop::new();
        let limited = stop.with_time_limit(Duration::ZERO);
        assert_eq!(stop.reason(), None);
        assert_eq!(limited.reason(), Some(StopReason::TimeLimit));
        stop.flag().store(Stop::INTERRUPTED, Ordering::Relaxed);
        assert_eq!(limited.reason(), Some(StopReason::Interrupted));
        stop.flag().store(Stop::TERMINATED, Ordering::Relaxed);
        assert_eq!(stop.reason(), Some(StopReason::Terminated));
    }

    #[test]
    fn abandoning_one_run_leaves_the_others() {
        let stop = Stop::new();
        let run = stop.for_one_run();
        run.clone().abandon();
        assert!(run.is_requested() && run.reason().is_none());
        assert!(!stop.is_requested() && !run.for_one_run().is_requested());
    }

    #[test]
    fn a_limit_beyond_the_clock_is_no_limit() {
        assert_eq!(Stop::new().with_time_limit(Duration::MAX).reason(), None);
    }
}
