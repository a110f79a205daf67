//! Which processes are being started at the moment, by any thread.
//!
//! Between its beginning and its `exec` a new process has a copy of every file that is open here,
//! and among them may be the writing ends of the pipes of others that are started at the same time.
//! Until all of these have come to their `exec`, a pipe that stays open is no sign of a leak.

use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
struct Starts {
    /// The number of the next one.
    next: u64,
    under_way: Vec<u64>,
}

static STARTS: Mutex<Starts> = Mutex::new(Starts {
    next: 0,
    under_way: Vec::new(),
});

fn starts() -> MutexGuard<'static, Starts> {
    STARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A start that is under way.
#[derive(Debug)]
pub(super) struct Start(u64);

impl Start {
    pub(super) fn begin() -> Start {
        let mut starts = starts();
        let number = starts.next;
        starts.next += 1;
        starts.under_way.push(number);
        Start(number)
    }

    /// It is done, and these are the ones it overlaps with.
    pub(super) fn end(self) -> Overlap {
        Overlap {
            before: starts().next,
        }
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        starts().under_way.retain(|number| *number != self.0);
    }
}

/// The starts that were under way at the same time as one that is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overlap {
    before: u64,
}

impl Overlap {
    /// Whether one of them is under way still.
    pub(super) fn lasts(self) -> bool {
        let starts = starts();
        starts.under_way.iter().any(|number| *number < self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_lasts_until_those_that_began_before_are_done() {
        let early = Start::begin();
        let overlap = Start::begin().end();
        let late = Start::begin();
        assert!(overlap.lasts());
        drop(early);
        // Other tests start processes too, for a moment.
        while overlap.lasts() {
            std::thread::yield_now();
        }
        drop(late);
    }
}
