//! A run as the command line asks for it: where the outputs and the records go, and the exit code.

use super::recorders::Recorders;
use super::{Opened, Spec};
use crate::cmd::{Exit, Usage, signals};
use crate::event::task::HaltedBy;
use crate::input;
use crate::lines::WholeLines;
use crate::process;
use crate::report::progress::Mode;
use crate::report::run::{Done, ResumeError, Totals};
use crate::stop::{Stop, StopReason};
use crate::units;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a reader that takes nothing is waited for once the run is stopped: longer than one that
/// reads has to wait for a CPU where all are taken.
const PATIENCE: Duration = Duration::from_secs(5);

/// A run as the command line asks for it.
#[derive(Clone, Debug)]
pub struct Command {
    /// What to run.
    pub spec: Spec,
    /// Whether what would be executed is only written.
    pub dry_run: bool,
    /// The log, one JSON object a line.
    pub log: Option<PathBuf>,
    /// Whether the tasks that the log says are done are skipped.
    pub resume: bool,
    /// Whether of the tasks that the log tells of only those that failed are run.
    pub only_failed: bool,
    /// Whether each command is told when it is started.
    pub verbose: bool,
    /// Whether a log that is there already is replaced.
    pub overwrite: bool,
    /// The log in GNU parallel's columns.
    pub joblog: Option<PathBuf>,
    /// The folder with one folder a task.
    pub results: Option<PathBuf>,
    /// The report in JUnit's form.
    pub junit: Option<PathBuf>,
    /// The trace in Chrome's form.
    pub trace: Option<PathBuf>,
    /// Whether the slots over time are shown at the end.
    pub timeline: bool,
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

/// Runs every task: their standard output goes to `out`, their standard error to `err`, and so does
/// what is to be said of them.
///
/// # Errors
/// A [`RunError`](super::RunError), or an error of the records before anything is run.
pub fn main(
    command: &Command,
    stop: &Stop,
    out: &mut WholeLines,
    err: &mut WholeLines,
) -> anyhow::Result<Exit> {
    let spec = &command.spec;
    if command.reads_terminal() {
        let advice = "; for inputs on the command line, write ::: before them";
        let notice = input::from_terminal("inputs, one a line,", advice) + "\n";
        // With standard error gone there is nobody to tell.
        let _ = err.write_all(notice.as_bytes());
    }
    let opened = Opened::new(spec, stop)?;
    let done = command.done()?;
    if command.dry_run {
        let stopped = opened.dry_run(done, out)?;
        return Ok(stopped.map_or(Exit::Success, exit_when_stopped));
    }
    let log = command.log.as_deref();
    let log = log.filter(|_| !command.resume && !command.overwrite);
    refuse_to_lose_log(
        log,
        "give --resume to go on with it, --overwrite to replace it, or another name",
    )?;
    for stream in [&mut *out, &mut *err] {
        stream.be_patient(PATIENCE);
    }
    let mut recorders = Recorders::new(command, out, err)?;
    signals::relay(stop)?;
    let _guard = process::protect();
    let totals = opened.run(done, &mut recorders)?;
    recorders.end_progress();
    // With standard error gone there is nobody left to tell; the exit code still tells.
    let _ = recorders.conclude(&totals);
    Ok(exit(&totals, recorders.has_ended_any))
}

impl Command {
    /// Whether somebody has to type the inputs.
    pub(super) fn reads_terminal(&self) -> bool {
        let files = self.spec.tasks.files().unwrap_or_default();
        self.stdin_is_terminal && files.iter().any(|path| input::is_standard_input(path))
    }

    /// The tasks that need not be run again.
    fn done(&self) -> anyhow::Result<Option<Done>> {
        let log = self.log.as_deref().filter(|_| self.resume);
        let read = match self.only_failed {
            true => Done::read_for_failed,
            false => Done::read,
        };
        match log.map(read) {
            None => Ok(None),
            Some(Ok(done)) => Ok(Some(done)),
            // The first run is resumed as any other, so that one line does for all.
            Some(Err(error)) if error.is_not_found() => Ok(None),
            Some(Err(error @ ResumeError::Read { .. })) => Err(error.into()),
            Some(Err(error)) => Err(Usage(error.to_string()).into()),
        }
    }
}

/// A log is not thrown away for a slip of the hand: one that holds something is refused.
pub(in crate::cmd) fn refuse_to_lose_log(log: Option<&Path>, mend: &str) -> Result<(), Usage> {
    let holds_something = |log: &&Path| {
        let metadata = log.metadata();
        metadata.is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0)
    };
    match log.filter(holds_something) {
        None => Ok(()),
        Some(log) => Err(Usage(format!(
            "--log '{}' is there already: {mend}",
            units::printable(&log.to_string_lossy())
        ))),
    }
}

pub(in crate::cmd) fn exit_when_stopped(reason: StopReason) -> Exit {
    match reason {
        StopReason::Interrupted => Exit::Interrupted,
        StopReason::Terminated => Exit::Terminated,
        StopReason::TimeLimit => Exit::Incomplete,
    }
}

/// What a run came to, as an exit code. A run that was halted when there was nothing left to keep
/// back is as any other in which tasks have failed.
fn exit(totals: &Totals, has_ended_any: bool) -> Exit {
    if let Some(reason) = totals.stopped {
        return exit_when_stopped(reason);
    }
    // As many as were wanted: what is left out was not.
    let is_fulfilled = match totals.halted {
        Some(HaltedBy::Successes) => return Exit::Success,
        Some(HaltedBy::Ends) => true,
        Some(HaltedBy::Failures) | None => false,
    };
    let left_out = !is_fulfilled && (totals.not_started != Some(0) || has_ended_any);
    match totals.failed {
        _ if left_out => Exit::Incomplete,
        0 => Exit::Success,
        _ => Exit::TasksFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_says_how_the_run_ended() {
        let totals = |failed, not_started, stopped| Totals {
            failed,
            not_started,
            stopped,
            ..Totals::new(2)
        };
        let interrupted = Some(StopReason::Interrupted);
        for (totals, has_ended_any, code) in [
            (totals(0, Some(0), None), false, Exit::Success),
            (totals(3, Some(0), None), false, Exit::TasksFailed),
            (totals(3, Some(0), None), true, Exit::Incomplete),
            (totals(3, Some(1), None), false, Exit::Incomplete),
            (totals(0, None, None), false, Exit::Incomplete),
            (totals(3, Some(1), interrupted), true, Exit::Interrupted),
            (totals(0, Some(0), interrupted), false, Exit::Interrupted),
            (
                totals(0, None, Some(StopReason::TimeLimit)),
                true,
                Exit::Incomplete,
            ),
            (
                totals(0, None, Some(StopReason::Terminated)),
                true,
                Exit::Terminated,
            ),
        ] {
            assert_eq!(exit(&totals, has_ended_any), code, "{totals:?}");
        }
    }
}
