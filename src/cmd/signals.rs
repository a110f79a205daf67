//! Signals that end a run in good order: they set the stop flag, and every wait looks at it.

use crate::machine;
use crate::stop::Stop;
use anyhow::Context;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use std::io::{self, PipeReader, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

/// Lets Ctrl-C, SIGTERM and a terminal that is closed request `stop` from now on; and lets a file
/// that grows beyond its limit be an error of the write instead of the end of the process.
///
/// # Errors
/// When the operating system refuses a handler.
pub fn watch(stop: &Stop) -> anyhow::Result<()> {
    for (signal, reason) in watched() {
        signal_hook::flag::register_usize(signal, stop.flag(), reason).context(CANNOT)?;
    }
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).context(CANNOT)?;
    Ok(())
}

const CANNOT: &str = "cannot watch for signals";

/// The signals that stop a run, each with what it sets the flag to.
fn watched() -> impl Iterator<Item = (i32, usize)> {
    let signals = [
        (SIGINT, Stop::INTERRUPTED),
        (SIGTERM, Stop::TERMINATED),
        (SIGHUP, Stop::TERMINATED),
    ];
    // `nohup` has the closing of the terminal ignored, and so it stays.
    let ignored = |signal| signal == SIGHUP && machine::is_signal_ignored(signal);
    signals
        .into_iter()
        .filter(move |(signal, _)| !ignored(*signal))
}

/// Lets every signal that [`watch`] watches for also [ring](Stop::ring) the bells of `stop`, so that
/// those who wait for child processes wake up, and a second signal is told from the first; and
/// makes sure that children can be waited for.
///
/// To be called after [`watch`], once in a process.
///
/// # Errors
/// When the operating system refuses a handler, a pipe or a thread.
pub fn relay(stop: &Stop) -> anyhow::Result<()> {
    let (reader, writer) = io::pipe().context(CANNOT)?;
    for (signal, _) in watched() {
        let writer = writer.try_clone().context(CANNOT)?;
        signal_hook::low_level::pipe::register(signal, writer).context(CANNOT)?;
    }
    // Whoever ignores SIGCHLD is not told how its children ended, and it is inherited.
    if machine::is_signal_ignored(SIGCHLD) {
        signal_hook::flag::register(SIGCHLD, Arc::new(AtomicBool::new(false))).context(CANNOT)?;
    }
    let stop = stop.clone();
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || ring_for_each(reader, &stop))
        .context(CANNOT)?;
    Ok(())
}

/// Rings once for each byte that a handler has written.
fn ring_for_each(mut signals: PipeReader, stop: &Stop) {
    while signals.read_exact(&mut [0]).is_ok() {
        stop.ring();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Urgency;
    use std::io::Write;

    #[test]
    fn a_second_signal_is_told_from_the_first() {
        for (signals, urgency) in [(1, Urgency::Gently), (2, Urgency::AtOnce)] {
            let (reader, mut writer) = io::pipe().unwrap();
            writer.write_all(&b"XX"[..signals]).unwrap();
            drop(writer);
            let stop = Stop::new();
            ring_for_each(reader, &stop);
            assert_eq!(stop.urgency(), Some(urgency));
        }
    }
}
