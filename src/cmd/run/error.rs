//! Why a run ended that was neither halted nor stopped.

use super::worker::with_causes;
use crate::cmd::Exit;
use crate::engine::EngineError;
use crate::event::Panic;
use crate::process::{Captured, SpawnError, StoreError};
use crate::report::run::RecordError;
use crate::task::TaskError;
use std::io;

/// Why a run ended before its tasks did.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The command line makes no tasks, or an input can't be had.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// The workers could not be started.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What the tasks are to be started with can't be had.
    #[error("cannot open /dev/null, the standard input of the tasks")]
    Environment(#[source] io::Error),
    /// The command can't be started, whatever its input is.
    #[error(transparent)]
    Command(SpawnError),
    /// The system does not tell what a throttle asks for.
    #[error("{option} can't be had: this system does not tell {what}")]
    Throttle {
        /// The option.
        option: &'static str,
        /// What would have to be known.
        what: &'static str,
    },
    /// The tasks can't have that nice value.
    #[error("--nice {by} can't be had: a value below 0 takes a privilege")]
    Nice {
        /// The value.
        by: i32,
        /// What the operating system said.
        source: io::Error,
    },
    /// What the tasks wrote can't be passed on.
    #[error("cannot write to {target}")]
    Write {
        /// Where to.
        target: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// A record can't be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// What a task wrote could not be kept until its turn.
    #[error("task {seq}: {why}")]
    Lost {
        /// The task's number.
        seq: u64,
        /// How much is lost, and why.
        why: String,
    },
    /// What a task wrote can't be had back.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no terminal to give to the tasks.
    #[error(
        "--tty: there is no terminal to give to the tasks; run it from one, without --tty their input is empty"
    )]
    Terminal(#[source] io::Error),
    /// The operating system has no files left to wait with.
    #[error("cannot wait for the end of the run")]
    Wait(#[source] io::Error),
    /// A worker panicked.
    #[error("internal error, please report it: {0}")]
    Panicked(Panic),
}

impl RunError {
    /// The loss that some output tells of, if it does.
    pub(super) fn lost(seq: u64, output: &Captured) -> Option<RunError> {
        let why = with_causes(output.error()?);
        Some(RunError::Lost { seq, why })
    }

    /// The exit code that goes with it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            RunError::Task(TaskError::Unreadable { .. }) => Exit::Failure,
            RunError::Task(_)
            | RunError::Command(_)
            | RunError::Nice { .. }
            | RunError::Terminal(_)
            | RunError::Throttle { .. }
            | RunError::Engine(EngineError::Workers(_)) => Exit::Usage,
            _ => Exit::Failure,
        }
    }
}
