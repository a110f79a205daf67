//! What happens to the tasks of `run`, as plain data: who runs them tells, and never prints; who
//! reports listens.

use crate::machine::argv::Argv;
use crate::machine::child::Usage;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Which of its two streams a task writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// Both, in the order of their index.
    pub const BOTH: [Stream; 2] = [Stream::Stdout, Stream::Stderr];

    /// 0 for standard output, 1 for standard error.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It exited with a code, 0 to 255; 0 is success.
    Code(i32),
    /// A signal ended it.
    Signal {
        /// The signal's number.
        number: i32,
        /// The system was asked to write its memory to a file.
        core_dumped: bool,
    },
}

impl From<ExitStatus> for Status {
    fn from(status: ExitStatus) -> Status {
        match status.signal() {
            Some(number) => Status::Signal {
                number,
                core_dumped: status.core_dumped(),
            },
            // A process that was waited for to its end has a code when no signal ended it.
            None => Status::Code(status.code().unwrap_or(-1)),
        }
    }
}

/// Why a process did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// It came to its end by itself; a signal may have come from elsewhere.
    Itself,
    /// It ran for longer than it may, and was told to end.
    Timeout,
    /// The run was stopped, and it was told to end.
    Stop,
    /// It wanted the terminal, which belongs to others, and was told to end.
    Terminal,
}

/// What a run was halted by: so many tasks that came to this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaltedBy {
    /// They have failed.
    Failures,
    /// They have succeeded, which was all that was wanted.
    Successes,
    /// They are over, whatever they came to, which was all that was wanted.
    Ends,
}

/// What is known of an attempt whose process has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// How it ended.
    pub status: Status,
    /// Why.
    pub ended_by: EndedBy,
    /// It, or another process of its group, did not end within the grace and was sent SIGKILL.
    pub killed: bool,
    /// Something it had started still held its output open some time after it had ended, and has
    /// left its group, or was not told to end.
    pub leaked: bool,
    /// When it was started.
    pub started: Instant,
    /// When it was started, by the clock on the wall.
    pub started_at: SystemTime,
    /// When its end was known and nothing it started in its group was left. From `started` to
    /// here, the spans in which this process was stopped are left out.
    pub ended: Instant,
    /// The same by the clock on the wall.
    pub ended_at: SystemTime,
    /// How many processes that it had started had left its group or outlived it, and were told to end.
    pub background: u32,
    /// CPU time and memory.
    pub usage: Usage,
    /// How many bytes came from each stream, by [`Stream::index`].
    pub output_bytes: [u64; 2],
}

impl Exit {
    /// Whether it exited with code 0, and not because it was told to end. A leak is no failure.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status == Status::Code(0) && self.ended_by == EndedBy::Itself
    }

    /// How long it ran.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.ended.saturating_duration_since(self.started)
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// Its process has ended.
    Exited(Exit),
    /// No process could be started for it, or it was lost sight of.
    Failed {
        /// Why, in a sentence.
        why: String,
        /// The exit code that a shell would give: 127 for a command that is not there, 126 for one
        /// that can't be executed, 125 for anything else.
        code: u8,
    },
}

impl Attempted {
    /// How its process ended, if one was started and not lost sight of.
    #[must_use]
    pub fn exit(&self) -> Option<&Exit> {
        match self {
            Attempted::Exited(exit) => Some(exit),
            Attempted::Failed { .. } => None,
        }
    }

    /// Whether it did what it was for.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Attempted::Exited(exit) if exit.is_success())
    }

    /// Whether it was told to end because the run was: it has neither succeeded nor failed.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self, Attempted::Exited(exit) if exit.ended_by == EndedBy::Stop)
    }
}

/// A task as everybody who hears of it needs to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its number, counted from 1, as `{#}` is.
    pub seq: u64,
    /// Its inputs, which need not be UTF-8.
    pub inputs: Vec<Vec<u8>>,
    /// What it is, wherever it stands among the others: equal for equal commands and inputs.
    pub key: String,
    /// What is executed.
    pub argv: Argv,
}

/// What happened to a task. `slot` is the worker that has it, counted from 1, as `{%}` is; `attempt`
/// is counted from 1 too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskEvent<O> {
    /// A process was started for it.
    Started {
        /// The task.
        task: Arc<About>,
        /// Its worker.
        slot: usize,
        /// Which attempt.
        attempt: u32,
        /// The process id.
        pid: u32,
        /// When.
        started: Instant,
        /// When, by the clock on the wall.
        started_at: SystemTime,
    },
    /// It wrote whole lines, which are not to wait for its end; or it is over, or its line is very long,
    /// and this is a line without its end.
    Lines {
        /// The task.
        task: Arc<About>,
        /// Where to.
        stream: Stream,
        /// What, with the newlines.
        bytes: Vec<u8>,
    },
    /// An attempt is over.
    AttemptEnded {
        /// The task.
        task: Arc<About>,
        /// Its worker.
        slot: usize,
        /// Which attempt.
        attempt: u32,
        /// How it ended.
        attempted: Attempted,
        /// There will be another one, after this delay.
        retry_after: Option<Duration>,
    },
    /// The task is over.
    Finished(Finished<O>),
    /// A signal has stopped the process of that id, or it goes on.
    Paused {
        /// The process id.
        pid: u32,
        /// Whether it is stopped.
        is_stopped: bool,
    },
    /// The task was done by an earlier run, and is not done again.
    Skipped {
        /// The task; its command is that of the first worker.
        task: Arc<About>,
    },
    /// The run was halted before these tasks were started.
    NotStarted {
        /// The first one's number; all after it were not started either.
        first: u64,
        /// How many, when that is known: inputs may not have been read to their end.
        count: Option<u128>,
    },
}

/// A task that is over, with the last attempt's end and output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished<O> {
    /// The task.
    pub task: Arc<About>,
    /// Its worker.
    pub slot: usize,
    /// How many attempts were made.
    pub attempts: u32,
    /// How the last one ended.
    pub attempted: Attempted,
    /// What the last one wrote.
    pub output: O,
    /// The last lines that a failed one wrote, to either stream.
    pub tail: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_what_wait_says() {
        let status = |raw| Status::from(ExitStatus::from_raw(raw));
        let killed = |number, core_dumped| Status::Signal {
            number,
            core_dumped,
        };
        assert_eq!(status(0), Status::Code(0));
        assert_eq!(status(255 << 8), Status::Code(255));
        assert_eq!(status(9), killed(9, false));
        assert_eq!(status(11 | 0x80), killed(11, true));
    }

    #[test]
    fn only_an_own_end_with_code_0_is_success() {
        let now = Instant::now();
        let exit = |status, ended_by, leaked| Exit {
            status,
            ended_by,
            killed: false,
            leaked,
            started: now,
            started_at: SystemTime::now(),
            ended: now,
            ended_at: SystemTime::now(),
            background: 0,
            usage: Usage::default(),
            output_bytes: [0; 2],
        };
        assert!(exit(Status::Code(0), EndedBy::Itself, false).is_success());
        assert!(exit(Status::Code(0), EndedBy::Itself, true).is_success());
        assert!(!exit(Status::Code(1), EndedBy::Itself, false).is_success());
        assert!(!exit(Status::Code(0), EndedBy::Timeout, false).is_success());
        let (why, code) = (String::new(), 127);
        assert!(!Attempted::Failed { why, code }.is_success());
    }
}
