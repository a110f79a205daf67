//! Ctrl-C and SIGTERM: the first sets the stop flag, a second ends the process at once.

use super::Exit;
use crate::stop::Stop;
use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Lets signals request `stop` from now on.
///
/// # Errors
/// When the operating system refuses a handler.
pub fn watch(stop: &Stop) -> anyhow::Result<()> {
    let again = Arc::new(AtomicBool::new(false));
    for (signal, reason, exit) in [
        (SIGINT, Stop::INTERRUPTED, Exit::Interrupted),
        (SIGTERM, Stop::TERMINATED, Exit::Terminated),
    ] {
        // Handlers run in the order of registration: the shutdown sees the flag of an earlier
        // signal only.
        let code = i32::from(exit.code());
        signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&again))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&again)))
            .and_then(|_| signal_hook::flag::register_usize(signal, stop.flag(), reason))
            .context("cannot watch for Ctrl-C and SIGTERM")?;
    }
    Ok(())
}
