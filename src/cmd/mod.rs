//! The subcommands: each wires the engine, an aggregator and a report together.

pub mod compare;
pub mod compute;
pub mod explain;
pub mod map;
pub mod merge;
pub mod run;
pub mod signals;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Success = 0,
    /// An input/output or internal error.
    Failure = 1,
    /// A bad option or bad input syntax.
    Usage = 2,
    /// A total differs from its independent check.
    WrongTotal = 3,
    /// A limit on a comparison was broken.
    GateFailed = 4,
    /// Stopped early: the time limit was reached, or a run of tasks was halted.
    Incomplete = 5,
    /// Some tasks of a run failed.
    TasksFailed = 6,
    /// Whether a limit was kept can't be told.
    Inconclusive = 7,
    /// Ctrl-C (SIGINT).
    Interrupted = 130,
    /// SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// The exit code of the process.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The exit code that goes with an error: those of the subcommands say their own, a usage
    /// error is one, anything else is a failure.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Exit {
        if let Some(error) = error.downcast_ref::<compute::ComputeError>() {
            error.exit()
        } else if let Some(error) = error.downcast_ref::<compare::CompareError>() {
            error.exit()
        } else if let Some(error) = error.downcast_ref::<run::RunError>() {
            error.exit()
        } else if let Some(error) = error.downcast_ref::<map::MapError>() {
            error.exit()
        } else if error.is::<Usage>() {
            Exit::Usage
        } else {
            Exit::Failure
        }
    }
}

/// A command line that can't be carried out: the message says what is wrong and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);
