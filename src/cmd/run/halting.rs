//! When a run ends before its tasks do: what failures and errors do to it.

use super::{Amount, Halt, RunError};
use crate::clock;
use crate::event::task::HaltedBy;
use crate::machine;
use crate::stop::{Stop, Urgency};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// How long at most is waited before a look at whether the run was halted, which rings no bell.
pub(super) const LOOK: Duration = Duration::from_millis(20);

/// What all workers share to know whether the run goes on.
#[derive(Debug)]
pub(super) struct Halting<'a> {
    halt: Halt,
    stop: &'a Stop,
    failures: AtomicU64,
    successes: AtomicU64,
    /// How many tasks there are, once that is known.
    tasks: OnceLock<u128>,
    /// What has ended the run, once something has.
    halted: Mutex<Option<HaltedBy>>,
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
            successes: AtomicU64::new(0),
            tasks: OnceLock::new(),
            halted: Mutex::default(),
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

    /// What the tasks had come to when that ended the run.
    pub(super) fn halted(&self) -> Option<HaltedBy> {
        *self.halted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A task has succeeded or failed, and nobody has told it to end.
    pub(super) fn count(&self, is_success: bool) {
        let counter = if is_success {
            &self.successes
        } else {
            &self.failures
        };
        counter.fetch_add(1, Ordering::SeqCst);
        self.judge();
    }

    /// Whether the run ends by a share of all tasks, so that their number must be known before any runs.
    pub(super) fn wants_number(&self) -> bool {
        match self.halt {
            Halt::Never => false,
            Halt::Soon(enough) | Halt::Now(enough) => matches!(enough.amount, Amount::Share(_)),
        }
    }

    /// How many tasks there are has become known.
    pub(super) fn expect(&self, tasks: u128) {
        // A queue counts them once.
        let _ = self.tasks.set(tasks);
        self.judge();
    }

    /// Whether what the tasks have come to ends the run.
    fn judge(&self) {
        let (enough, now) = match self.halt {
            Halt::Never => return,
            Halt::Soon(enough) => (enough, false),
            Halt::Now(enough) => (enough, true),
        };
        let failures = self.failures.load(Ordering::SeqCst);
        let over = failures + self.successes.load(Ordering::SeqCst);
        let counted = match enough.of {
            HaltedBy::Failures => failures,
            HaltedBy::Successes => over - failures,
            HaltedBy::Ends => over,
        };
        let is_enough = match enough.amount {
            Amount::Count(max) => counted >= max.get(),
            Amount::Share(share) => {
                let tasks = self.tasks.get();
                tasks.is_some_and(|tasks| counted > 0 && counted as f64 >= share * *tasks as f64)
            }
        };
        if is_enough {
            let mut halted = self.halted.lock().unwrap_or_else(PoisonError::into_inner);
            halted.get_or_insert(enough.of);
            drop(halted);
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
