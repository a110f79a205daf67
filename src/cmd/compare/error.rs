//! Why a comparison can't be made or stored.

use crate::cmd::Exit;
use crate::cmd::compute::ComputeError;
use crate::cmd::run::RunError;
use crate::input::GrowthError;
use std::io;

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// There is no variant of the job to compare the others with.
    #[error("there is nothing to compare: give a worker count for the reference")]
    NoReference,
    /// The work can't grow with the workers.
    #[error("--weak: {0}")]
    Growth(#[from] GrowthError),
    /// A run of the job failed, or came to a wrong answer.
    #[error(transparent)]
    Job(#[from] ComputeError),
    /// The tasks can't be run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// One of the tasks failed.
    #[error("{0}; a timing of tasks that fail is not shown")]
    Task(String),
    /// Two runs of the job came to different answers.
    #[error(
        "verification failed: one run came to {one}, another to {other}; nothing is reported as a result"
    )]
    Unequal {
        /// The answer of the first run.
        one: String,
        /// That of a later one.
        other: String,
    },
    /// Another program could not be run to its end.
    #[error("--against '{name}': {cause}")]
    Rival {
        /// What it is called.
        name: String,
        /// What went wrong.
        cause: String,
    },
    /// A command whose speedup is measured could not be run to its end.
    #[error("--command '{name}': {cause}")]
    Command {
        /// What it is called.
        name: String,
        /// What went wrong.
        cause: String,
    },
    /// What is run beside a command failed.
    #[error("{option} '{line}': {cause}")]
    Step {
        /// Which of them, such as `--prepare`.
        option: &'static str,
        /// The command line.
        line: String,
        /// What went wrong.
        cause: String,
    },
    /// Another program came to a wrong answer.
    #[error(
        "--against '{name}' printed {printed} last, but the answer is {expected}; a timing of a wrong answer is not shown (--against-unchecked shows it)"
    )]
    RivalWrong {
        /// What it is called.
        name: String,
        /// The last number it printed, or what it printed instead.
        printed: String,
        /// The answer.
        expected: String,
    },
    /// A program that is compared printed something else than it must.
    #[error(
        "--command '{name}'{case} printed something else than {difference}; a timing of a wrong answer is not shown (--unchecked shows it)"
    )]
    CommandDiffers {
        /// What it is called.
        name: String,
        /// With how many workers, when that makes a difference.
        case: String,
        /// Than what, and where they begin to differ.
        difference: String,
    },
    /// The files of the input are others than those of the baseline.
    #[error("--baseline '{path}': {cause}")]
    Baseline {
        /// The file.
        path: String,
        /// What differs, and what to do about it.
        cause: String,
    },
    /// What was measured can't be stored.
    #[error("cannot write '{path}'")]
    Export {
        /// The file.
        path: String,
        /// What the operating system said.
        source: io::Error,
    },
}

impl CompareError {
    /// The exit code that goes with it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            CompareError::Job(error) => error.exit(),
            CompareError::Unequal { .. }
            | CompareError::RivalWrong { .. }
            | CompareError::CommandDiffers { .. } => Exit::WrongTotal,
            CompareError::Run(error) => error.exit(),
            CompareError::Task(_) => Exit::TasksFailed,
            CompareError::NoReference
            | CompareError::Growth(_)
            | CompareError::Command { .. }
            | CompareError::Step { .. }
            | CompareError::Baseline { .. } => Exit::Usage,
            CompareError::Rival { .. } | CompareError::Export { .. } => Exit::Failure,
        }
    }
}
