//! What holds tasks back: time between starts, too much that runs, too little memory.

use super::RunError;
use super::halting::Halting;
use crate::clock;
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
            let passed = clock::now().saturating_duration_since(last);
            halting.wait(self.delay.saturating_sub(passed))?;
        }
        while halting.goes_on() && !self.has_room() {
            halting.wait(LOOK)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::run::Halt;
    use crate::stop::Stop;

    #[test]
    fn room_is_what_the_machine_has() {
        let throttle = |max_load, min_free_memory_bytes| Throttle {
            max_load,
            min_free_memory_bytes,
            ..Throttle::default()
        };
        assert!(throttle(None, None).has_room());
        assert!(throttle(Some(1e9), Some(1)).has_room());
        assert!(!throttle(Some(0.0), None).has_room());
        assert!(!throttle(None, Some(u64::MAX)).has_room());
        assert!(throttle(Some(1.0), Some(1)).check().is_ok());
    }

    #[test]
    fn starts_are_apart_and_a_stop_ends_the_wait() {
        let stop = Stop::new();
        let halting = Halting::new(Halt::Never, &stop);
        let throttle = |delay_ms| Throttle {
            delay: Duration::from_millis(delay_ms),
            ..Throttle::default()
        };
        let started = clock::now();
        throttle(10_000_000).wait(None, &halting).unwrap();
        throttle(50).wait(Some(started), &halting).unwrap();
        let waited = clock::now() - started;
        assert!(waited >= Duration::from_millis(50) && waited < Duration::from_secs(5000));
        stop.abandon();
        throttle(10_000_000).wait(Some(started), &halting).unwrap();
        let full = Throttle {
            max_load: Some(0.0),
            ..Throttle::default()
        };
        full.wait(None, &halting).unwrap();
        assert!(clock::now() - started < Duration::from_secs(5000));
    }
}
