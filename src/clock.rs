//! The time that runs of tasks count: it stands still while this process is stopped, as by Ctrl-Z.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often a thread looks whether the clock goes on.
const LOOK: Duration = Duration::from_millis(1);

/// There is one, as a process is stopped as a whole.
static CLOCK: Clock = Clock::new();

#[derive(Debug)]
struct Clock {
    /// How long the process has been stopped in all.
    stopped_ns: AtomicU64,
    /// Whether the process is about to be stopped, is stopped, or has just been continued.
    is_held: AtomicBool,
    holds: AtomicU64,
}

/// What the clock shows. Its durations leave out the spans in which the process was stopped, so they
/// are not to be mixed with those of [`Instant::now`].
///
/// A thread that asks while the process is being stopped gets its answer once the process goes on.
#[must_use]
pub fn now() -> Instant {
    CLOCK.now()
}

/// How often the clock was held so far.
#[must_use]
pub fn times_held() -> u64 {
    CLOCK.holds.load(Ordering::SeqCst)
}

/// Holds the clock while `stop` runs, which stops this process and returns once it goes on. `stop` may
/// not ask for the time.
pub fn hold_while(stop: impl FnOnce()) {
    CLOCK.hold_while(stop);
}

impl Clock {
    const fn new() -> Clock {
        Clock {
            stopped_ns: AtomicU64::new(0),
            is_held: AtomicBool::new(false),
            holds: AtomicU64::new(0),
        }
    }

    fn now(&self) -> Instant {
        loop {
            let stopped_ns = self.stopped_ns.load(Ordering::SeqCst);
            if self.is_held.load(Ordering::SeqCst) {
                thread::sleep(LOOK);
                continue;
            }
            let now = Instant::now();
            // Otherwise the process was stopped between the two looks, and the span may be in `now`.
            let is_current = !self.is_held.load(Ordering::SeqCst)
                && stopped_ns == self.stopped_ns.load(Ordering::SeqCst);
            if is_current {
                let shown = now.checked_sub(Duration::from_nanos(stopped_ns));
                return shown.unwrap_or(now);
            }
        }
    }

    fn hold_while(&self, stop: impl FnOnce()) {
        self.is_held.store(true, Ordering::SeqCst);
        let began = Instant::now();
        stop();
        let span_ns = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.stopped_ns.fetch_add(span_ns, Ordering::SeqCst);
        self.holds.fetch_add(1, Ordering::SeqCst);
        self.is_held.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Duration = Duration::from_millis(50);

    #[test]
    fn what_is_held_is_left_out() {
        let clock = Clock::new();
        let (before, began) = (clock.now(), Instant::now());
        clock.hold_while(|| thread::sleep(SPAN));
        let shown = clock.now() - before;
        assert!(began.elapsed() - shown >= SPAN, "{shown:?} shown");
        assert_eq!(clock.holds.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_thread_that_asks_meanwhile_is_told_afterwards() {
        let clock = Clock::new();
        let before = clock.now();
        thread::scope(|scope| {
            clock.hold_while(|| {
                let asking = scope.spawn(|| clock.now());
                thread::sleep(SPAN);
                assert!(!asking.is_finished());
            });
        });
        assert!(clock.now() >= before);
    }
}
