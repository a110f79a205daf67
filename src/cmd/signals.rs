//! Signals that end a run in good order: they set the stop flag, and every wait looks at it.

use crate::machine;
use crate::stop::Stop;
use anyhow::Context;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Lets Ctrl-C, SIGTERM and a terminal that is closed request `stop` from now on; and lets a file
/// that grows beyond its limit be an error of the write instead of the end of the process.
///
/// # Errors
/// When the operating system refuses a handler.
pub fn watch(stop: &Stop) -> anyhow::Result<()> {
    let watched = [
        (SIGINT, Stop::INTERRUPTED),
        (SIGTERM, Stop::TERMINATED),
        (SIGHUP, Stop::TERMINATED),
    ];
    // `nohup` has the closing of the terminal ignored, and so it stays.
    let ignored = |signal| signal == SIGHUP && machine::is_signal_ignored(signal);
    for (signal, reason) in watched.into_iter().filter(|(signal, _)| !ignored(*signal)) {
        signal_hook::flag::register_usize(signal, stop.flag(), reason)
            .context("cannot watch for signals")?;
    }
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))
        .context("cannot watch for signals")?;
    Ok(())
}
