//! `--joblog`: one line a task, in the columns of GNU parallel.

use super::clock::{Clock, epoch_s};
use super::line_file::LineFile;
use super::{Output, RecordError, Recorder, RunInfo, Totals};
use crate::event::task::{Attempted, EndedBy, Finished, Status, TaskEvent};
use crate::task::shell_line;
use std::path::Path;
use std::time::Duration;

const HEADER: &str = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

/// A job log as GNU parallel writes it, in the order in which tasks end: `Host` is `:`, this
/// machine; `Send` is 0; `Receive` is how many bytes came from standard output; `Exitval` is -1 for
/// a task that was told to end, because of its time limit or because the run was stopped.
///
/// A command stands on one line, to be pasted into bash, ksh or zsh: line feeds and tabs are written
/// as `$'\n'` and `$'\t'`, where GNU parallel puts NUL for the first.
#[derive(Debug)]
pub struct JobLog {
    file: LineFile,
    clock: Clock,
}

impl JobLog {
    /// A new job log with its header; what an existing file holds is gone.
    ///
    /// # Errors
    /// When the file can't be created or written to.
    pub fn create(path: &Path, run: &RunInfo) -> Result<JobLog, RecordError> {
        JobLog::start(LineFile::create(path)?, run, false)
    }

    /// The job log of a run that resumes an earlier one: lines are added to what the file holds.
    ///
    /// # Errors
    /// When the file can't be read or written to.
    pub fn append(path: &Path, run: &RunInfo) -> Result<JobLog, RecordError> {
        let (file, continues) = LineFile::append(path)?;
        JobLog::start(file, run, continues)
    }

    fn start(mut file: LineFile, run: &RunInfo, continues: bool) -> Result<JobLog, RecordError> {
        if !continues {
            file.write_line(HEADER.as_bytes())?;
        }
        let clock = Clock::new(run);
        Ok(JobLog { file, clock })
    }
}

#[cfg(test)]
impl JobLog {
    /// Lets what happens without a process happen on made-up time.
    pub(super) fn set_now(&mut self, run: &RunInfo, now: fn() -> std::time::Instant) {
        self.clock = Clock::with_now(run, now);
    }
}

impl Recorder for JobLog {
    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        match event {
            TaskEvent::Finished(finished) => self.file.write_line(&line(finished, &self.clock)),
            _ => Ok(()),
        }
    }

    fn end(&mut self, _: &Totals) -> Result<(), RecordError> {
        Ok(())
    }
}

fn line(finished: &Finished<Output>, clock: &Clock) -> Vec<u8> {
    let (start_s, elapsed, stdout_bytes, code, signal) = match &finished.attempted {
        Attempted::Failed { code, .. } => {
            let start_s = epoch_s(clock.now());
            (start_s, Duration::ZERO, 0, i32::from(*code), 0)
        }
        Attempted::Exited(exit) => {
            let (code, signal) = match exit.status {
                Status::Code(code) => (code, 0),
                Status::Signal { number, .. } => (0, number),
            };
            let code = match exit.ended_by {
                EndedBy::Itself => code,
                EndedBy::Timeout | EndedBy::Stop | EndedBy::Terminal => -1,
            };
            let start_s = epoch_s(exit.started_at);
            (start_s, exit.elapsed(), exit.output_bytes[0], code, signal)
        }
    };
    let mut line = format!(
        "{}\t:\t{start_s:.3}\t{:10.3}\t0\t{stdout_bytes}\t{code}\t{signal}\t",
        finished.task.seq,
        elapsed.as_secs_f64(),
    )
    .into_bytes();
    push_on_one_line(&mut line, &shell_line(finished.task.argv.iter()));
    line
}

/// Adds a command in which line feeds and tabs, which always stand between single quotes, are
/// written so that they take no line or column of their own.
fn push_on_one_line(text: &mut Vec<u8>, command: &[u8]) {
    for byte in command {
        match byte {
            b'\n' => text.extend_from_slice(br"'$'\n''"),
            b'\t' => text.extend_from_slice(br"'$'\t''"),
            byte => text.push(*byte),
        }
    }
}
