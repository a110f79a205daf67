//! A run as the command line asks for it: where the answers and the log go, and the exit code.

use super::reporter::Reporter;
use super::{Spec, run};
use crate::cmd::run::{exit_when_stopped, refuse_to_lose_log};
use crate::cmd::{Exit, signals};
use crate::input;
use crate::lines::WholeLines;
use crate::process;
use crate::report::map::Totals;
use crate::report::progress::Mode;
use crate::stop::Stop;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// How long a reader that takes nothing is waited for once the run is stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// A run as the command line asks for it.
#[derive(Clone, Debug)]
pub struct Command {
    /// What to run.
    pub spec: Spec,
    /// The log, one JSON object a line.
    pub log: Option<PathBuf>,
    /// Whether a log that is there already is replaced.
    pub overwrite: bool,
    /// Whether there is no summary.
    pub quiet: bool,
    /// When progress is shown.
    pub progress: Mode,
    /// Whether what is said on standard error may use colour.
    pub colour: bool,
    /// Whether standard input is a terminal.
    pub stdin_is_terminal: bool,
    /// Whether standard output and standard error are terminals, by
    /// [`Stream::index`](crate::event::task::Stream::index).
    pub on_terminal: [bool; 2],
}

/// Gives every item to a worker: the answers go to `out`, and what is to be said to `err`.
///
/// # Errors
/// A [`MapError`](super::MapError), or an error of the log.
pub fn main(
    command: &Command,
    stop: &Stop,
    out: &mut WholeLines,
    err: &mut WholeLines,
) -> anyhow::Result<Exit> {
    let files = command.spec.items.files().unwrap_or_default();
    if command.stdin_is_terminal && files.iter().any(|path| input::is_standard_input(path)) {
        let advice = "; for items on the command line, write ::: before them";
        let notice = input::from_terminal("items, one a line,", advice) + "\n";
        // With standard error gone there is nobody to tell.
        let _ = err.write_all(notice.as_bytes());
    }
    let log = command.log.as_deref().filter(|_| !command.overwrite);
    refuse_to_lose_log(log, "give --overwrite to replace it, or another name")?;
    for stream in [&mut *out, &mut *err] {
        stream.be_patient(PATIENCE);
    }
    let mut reporter = Reporter::new(command, out, err)?;
    signals::relay(stop)?;
    let _guard = process::protect();
    let totals = run(&command.spec, stop, &mut reporter)?;
    reporter.conclude(&totals)?;
    Ok(exit(&totals))
}

fn exit(totals: &Totals) -> Exit {
    match (totals.stopped, totals.failed) {
        (Some(reason), _) => exit_when_stopped(reason),
        (None, 0) => Exit::Success,
        (None, _) => Exit::TasksFailed,
    }
}
