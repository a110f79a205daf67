//! When a run ends before its tasks do: what failures and errors do to it.

use super::{Halt, RunError};
use crate::clock;
use crate::machine;
use crate::stop::{Stop, Urgency};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long at most is waited before a look at whether the run was halted, which rings no bell.
pub(super) const LOOK: Duration = Duration::from_millis(20);

/// What all workers share to know whether the run goes on.
#[derive(Debug)]
pub(super) struct Halting<'a> {
    halt: Halt,
    stop: &'a Stop,
    failures: AtomicU64,
    halted: AtomicBool,
    /// No task is to be started any more, whatever for.
    closed: AtomicBool,
    error: Mutex<Option<RunError>>,
}

impl Halting<'_> {
    pub(super) fn new(halt: Halt, stop: &Stop) -> Halting<'_> {
        Halting {
            halt,
            stop,
            failures: AtomicU64::new(0),
            halted: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            error: Mutex::default(),
        }
    }

    pub(super) fn stop(&self) -> &Stop {
        self.stop
    }

    /// Whether tasks are still to be started.
    pub(super) fn goes_on(&self) -> bool {
        !self.closed.load(Ordering::SeqCst) && !self.stop.is_requested()
    }

    /// Whether failures have ended the run.
    pub(super) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::SeqCst)
    }

    /// A task has failed, and nobody has told it to end.
    pub(super) fn count_failure(&self) {
        let failures = self.failures.fetch_add(1, Ordering::SeqCst) + 1;
        let (max, now) = match self.halt {
            Halt::Never => return,
            Halt::Soon(max) => (max, false),
            Halt::Now(max) => (max, true),
        };
        if failures >= max.get() {
            self.halted.store(true, Ordering::SeqCst);
            self.closed.store(true, Ordering::SeqCst);
            if now {
                self.stop.abandon();
            }
        }
    }

    /// Starts no more tasks, and lets those that run come to their end.
    pub(super) fn close(&self, error: RunError) {
        let mut first = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Starts no more tasks, and has those that run end.
    pub(super) fn abandon(&self, error: RunError) {
        self.close(error);
        self.stop.abandon();
    }

    /// The first error.
    pub(super) fn take_error(&self) -> Option<RunError> {
        let mut error = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        error.take()
    }

    /// Waits that long, or until tasks are not to be started any more.
    pub(super) fn wait(&self, limit: Duration) -> io::Result<()> {
        self.wait_while(limit, || self.goes_on())
    }

    /// Waits that long, or until those that run are to end.
    pub(super) fn wait_for_stop(&self, limit: Duration) -> io::Result<()> {
        self.wait_while(limit, || !self.stop.is_requested())
    }

    fn wait_while(&self, limit: Duration, go_on: impl Fn() -> bool) -> io::Result<()> {
        let started = clock::now();
        while go_on() {
            let left = limit.saturating_sub(clock::now().saturating_duration_since(started));
            if left.is_zero() {
                break;
            }
            let bell = self.stop.bell(Urgency::Gently)?;
            machine::wait_readable(bell, left.min(LOOK))?;
        }
        Ok(())
    }
}
