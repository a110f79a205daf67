//! The threads of the workers. They are plain threads rather than a pool's: each has one thing to do
//! until the run is over, and a pool's would look for work at one another, which a thousand of them
//! spend more time on than on starting tasks.

use super::RunError;
use super::halting::Halting;
use super::messages::{Message, Outbox};
use crate::engine::{self, EngineError};
use crate::event::Panic;
use std::panic::{self, AssertUnwindSafe};
use std::thread::{Builder, Scope};

/// Starts up to `workers` threads that each do `work`, and tell when they leave, however they do;
/// returns how many there is room for.
///
/// # Errors
/// When there is none.
pub(super) fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    workers: usize,
    work: &'scope (impl Fn() + Sync),
    halting: &'scope Halting<'scope>,
    outbox: &'scope Outbox,
) -> Result<usize, RunError> {
    for worker in 0..workers {
        let named = Builder::new().name(format!("partask-worker-{worker}"));
        let started = named.spawn_scoped(scope, move || {
            let worked = panic::catch_unwind(AssertUnwindSafe(work));
            if let Err(payload) = worked {
                halting.abandon(RunError::Panicked(Panic {
                    index: worker as u64,
                    worker,
                    message: engine::panic_message(payload.as_ref()),
                }));
            }
            outbox.send(Message::Left);
        });
        match started {
            Ok(_) => (),
            Err(error) if worker == 0 => {
                let reason = error.to_string();
                return Err(EngineError::Threads { workers, reason }.into());
            }
            // The others have the work of those that are not there.
            Err(_) => return Ok(worker),
        }
    }
    Ok(workers)
}
