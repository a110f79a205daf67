//! Whose turn it is to be shown: that of the first task that has not ended.
//!
//! The workers keep it themselves, so that a task whose turn has come need not wait until somebody has
//! heard that the one before is over.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

#[derive(Debug)]
pub(super) struct Turn {
    /// The number of that task.
    now: AtomicU64,
    /// Later ones that have ended, as runs without a gap: from the first to the number after the last.
    /// Tasks are started in order, so there are hardly more runs than workers.
    ended: Mutex<BTreeMap<u64, u64>>,
}

impl Turn {
    /// That of task 1.
    pub(super) fn new() -> Turn {
        Turn {
            now: AtomicU64::new(1),
            ended: Mutex::default(),
        }
    }

    pub(super) fn is_of(&self, seq: u64) -> bool {
        self.now.load(Ordering::Acquire) == seq
    }

    /// A task is over. To be called after that was told, so that what the next one tells comes later.
    pub(super) fn end(&self, seq: u64) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let end = ended.remove(&(seq + 1)).unwrap_or(seq + 1);
        if self.is_of(seq) {
            return self.now.store(end, Ordering::Release);
        }
        let start = match ended.range(..seq).next_back() {
            Some((start, end)) if *end == seq => *start,
            _ => seq,
        };
        ended.insert(start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_that_of_the_first_that_has_not_ended(
            order in Just((1..=40).collect::<Vec<u64>>()).prop_shuffle()
        ) {
            let turn = Turn::new();
            for done in 1..=order.len() {
                let ended = &order[..done];
                turn.end(ended[done - 1]);
                let first = (1..).find(|seq| !ended.contains(seq));
                prop_assert!(turn.is_of(first.expect("a number")));
            }
            prop_assert!(turn.ended.lock().unwrap().is_empty());
        }
    }
}
