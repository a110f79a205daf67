//! What holds tasks back: time between starts, too much that runs, too little memory.

use super::RunError;
use super::halting::Halting;
use crate::machine::room;
use std::io;
use std::time::{Duration, Instant};

/// How often a machine without room is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// When tasks are held back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Throttle {
    /// The least time between the starts of two tasks.
    pub delay: Duration,
    /// No task is started while as many processes run or wait for a CPU, of whomever
    /// ([`room::running_now`]).
    pub max_load: Option<f64>,
    /// No task is started while less memory is available, in bytes
    /// ([`room::memory_available_bytes`]).
    pub min_free_memory_bytes: Option<u64>,
}

impl Throttle {
    /// Whether the system tells what there is to know.
    pub(super) fn check(&self) -> Result<(), RunError> {
        let lack = |option, what| Err(RunError::Throttle { option, what });
        if self.max_load.is_some() && room::running_now().is_none() {
            return lack("--max-load", "how many processes run");
        }
        if self.min_free_memory_bytes.is_some() && room::memory_available_bytes().is_none() {
            return lack("--min-free-memory", "how much memory is free");
        }
        Ok(())
    }

    fn has_room(&self) -> bool {
        let too_busy = self
            .max_load
            .is_some_and(|max| room::running_now().is_some_and(|now| now as f64 >= max));
        let too_full = self.min_free_memory_bytes.is_some_and(|min| {
            room::memory_available_bytes().is_some_and(|available| available < min)
        });
        !too_busy && !too_full
    }

    /// Waits until the next task may start; ends early when none is to be started any more.
    pub(super) fn wait(&self, last: Option<Instant>, halting: &Halting) -> io::Result<()> {
        if let Some(last) = last {
            halting.wait(self.delay.saturating_sub(last.elapsed()))?;
        }
        while halting.goes_on() && !self.has_room() {
            halting.wait(LOOK)?;
        }
        Ok(())
    }
}
