//! Signals that end a run in good order: they set the stop flag, and every wait looks at it.

use crate::clock;
use crate::machine;
use crate::process;
use crate::stop::Stop;
use anyhow::Context;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGXFSZ};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithRawSiginfo;
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
/// those who wait for child processes wake up, and a second signal is told from the first; lets
/// Ctrl-Z (SIGTSTP) stop the children with this process, and makes sure that they can be waited for.
///
/// To be called after [`watch`], once in a process.
///
/// # Errors
/// When the operating system refuses a handler, a pipe or a thread.
pub fn relay(stop: &Stop) -> anyhow::Result<()> {
    // A shell without job control has Ctrl-Z ignored, and so it stays.
    let stops = Some(SIGTSTP).filter(|signal| !machine::is_signal_ignored(*signal));
    let signals = watched().map(|(signal, _)| signal).chain(stops);
    // Every single one is told: the second may come before the first was looked at.
    let signals = SignalsInfo::<WithRawSiginfo>::new(signals).context(CANNOT)?;
    // Whoever ignores SIGCHLD is not told how its children ended, and it is inherited.
    if machine::is_signal_ignored(SIGCHLD) {
        signal_hook::flag::register(SIGCHLD, Arc::new(AtomicBool::new(false))).context(CANNOT)?;
    }
    let stop = stop.clone();
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || handle(signals, &stop))
        .context(CANNOT)?;
    Ok(())
}

/// Does what each signal asks for, for as long as the process lasts.
fn handle(mut signals: SignalsInfo<WithRawSiginfo>, stop: &Stop) {
    for signal in signals.forever() {
        match signal.si_signo {
            SIGTSTP => clock::hold_while(process::suspend),
            _ => stop.ring(),
        }
    }
}
