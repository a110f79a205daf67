//! Why a run ends before its work does: a signal or a deadline, asked for by one thread and seen by all.
//!
//! Catching the signals is the caller's part; this is only the flag they set, and the bells that
//! wake those who wait for something else.

use crate::clock;
use crate::machine::bell::Bell;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
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

/// How soon what a run has started is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// It may end in good order first.
    Gently,
    /// At once: the request came a second time.
    AtOnce,
}

/// A request to stop that every worker looks at before it takes more work.
///
/// Clones share one flag; a clone may have a deadline of its own.
///
/// Who waits for files rather than working can have a [bell](Stop::bell) among them. The flag alone
/// rings none: whoever sets it says so by [`ring`](Stop::ring).
#[derive(Clone, Debug, Default)]
pub struct Stop {
    signal: Arc<AtomicUsize>,
    deadline: Option<Instant>,
    run: Arc<OneRun>,
}

/// What one run is asked for, and the others are not.
#[derive(Debug, Default)]
struct OneRun {
    abandoned: AtomicBool,
    rings: AtomicUsize,
    gently: AtomicBool,
    at_once: AtomicBool,
    /// For [`Urgency::Gently`] and [`Urgency::AtOnce`]; there once somebody listens.
    bells: OnceLock<[Bell; 2]>,
}

impl OneRun {
    fn asked(&self, urgency: Urgency) -> &AtomicBool {
        match urgency {
            Urgency::Gently => &self.gently,
            Urgency::AtOnce => &self.at_once,
        }
    }

    fn is_asked(&self, urgency: Urgency) -> bool {
        self.asked(urgency).load(Ordering::SeqCst)
    }

    /// Marks a request and rings its bell, if there is one by then.
    fn ask(&self, urgency: Urgency) {
        let first = !self.asked(urgency).swap(true, Ordering::SeqCst);
        if let Some(bells) = self.bells.get().filter(|_| first) {
            bells[urgency as usize].ring();
        }
    }

    /// The bells, opened at the first call.
    fn bells(&self) -> io::Result<&[Bell; 2]> {
        if let Some(bells) = self.bells.get() {
            return Ok(bells);
        }
        let bells = [Bell::new()?, Bell::new()?];
        let bells = self.bells.get_or_init(|| bells);
        // Who asked before they were there could not ring them.
        for urgency in [Urgency::Gently, Urgency::AtOnce] {
            if self.is_asked(urgency) {
                bells[urgency as usize].ring();
            }
        }
        Ok(bells)
    }
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
            deadline: clock::now().checked_add(limit),
            run: Arc::default(),
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
            run: Arc::default(),
            ..self.clone()
        }
    }

    /// Ends the run, because what it works for can't be had any more.
    pub fn abandon(&self) {
        self.run.abandoned.store(true, Ordering::Relaxed);
        self.run.ask(Urgency::Gently);
    }

    /// Requests what Ctrl-C does, as if the signal had come.
    pub fn interrupt(&self) {
        self.signal.store(Stop::INTERRUPTED, Ordering::SeqCst);
        self.ring();
    }

    /// Wakes everybody who waits with a bell of this run, to be called after the flag was set;
    /// called again, it asks for the end [at once](Urgency::AtOnce).
    pub fn ring(&self) {
        match self.run.rings.fetch_add(1, Ordering::SeqCst) {
            0 => self.run.ask(Urgency::Gently),
            _ => self.run.ask(Urgency::AtOnce),
        }
    }

    /// A file that becomes readable when the run is asked to end that soon, and stays so. Nobody
    /// is to read it. A deadline does not ring: wait until the [`deadline`](Stop::deadline) at most.
    ///
    /// # Errors
    /// Those of the operating system, when there are too many open files.
    pub fn bell(&self, urgency: Urgency) -> io::Result<BorrowedFd<'_>> {
        Ok(self.run.bells()?[urgency as usize].as_fd())
    }

    /// How soon to end what was started, or `None` to let it go on.
    #[must_use]
    pub fn urgency(&self) -> Option<Urgency> {
        if self.run.is_asked(Urgency::AtOnce) {
            return Some(Urgency::AtOnce);
        }
        (self.run.is_asked(Urgency::Gently) || self.is_requested()).then_some(Urgency::Gently)
    }

    /// When the time limit is over.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Whether to stop: there is a reason to, or the run was abandoned.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.run.abandoned.load(Ordering::Relaxed) || self.reason().is_some()
    }

    /// Why to stop, or `None` to go on.
    #[must_use]
    pub fn reason(&self) -> Option<StopReason> {
        match self.signal.load(Ordering::Relaxed) {
            Stop::INTERRUPTED => Some(StopReason::Interrupted),
            Stop::TERMINATED => Some(StopReason::Terminated),
            _ => self
                .deadline
                .filter(|deadline| clock::now() >= *deadline)
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

    fn is_rung(bell: BorrowedFd) -> bool {
        crate::machine::wait_readable(bell, Duration::ZERO).unwrap()
    }

    #[test]
    fn a_bell_rings_for_its_run_whether_it_was_there_before_or_not() {
        let stop = Stop::new();
        let run = stop.for_one_run();
        let (gentle, at_once) = (Urgency::Gently, Urgency::AtOnce);
        assert!(!is_rung(run.bell(gentle).unwrap()) && run.urgency().is_none());
        run.ring();
        assert!(is_rung(run.bell(gentle).unwrap()) && !is_rung(run.bell(at_once).unwrap()));
        assert_eq!(run.clone().urgency(), Some(gentle));
        run.ring();
        assert!(is_rung(run.bell(at_once).unwrap()));
        assert_eq!(run.urgency(), Some(at_once));
        assert!(!is_rung(stop.bell(gentle).unwrap()));

        let late = stop.for_one_run();
        late.ring();
        late.ring();
        assert!(is_rung(late.bell(gentle).unwrap()) && is_rung(late.bell(at_once).unwrap()));
    }

    #[test]
    fn the_first_signal_after_giving_up_is_no_second_one() {
        let run = Stop::new();
        run.abandon();
        run.abandon();
        assert_eq!(run.urgency(), Some(Urgency::Gently));
        assert!(is_rung(run.bell(Urgency::Gently).unwrap()));
        run.ring();
        assert_eq!(run.urgency(), Some(Urgency::Gently));
    }

    #[test]
    fn a_limit_beyond_the_clock_is_no_limit() {
        assert_eq!(Stop::new().with_time_limit(Duration::MAX).reason(), None);
    }
}
