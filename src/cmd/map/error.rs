//! Why a run ended that was not stopped.

use crate::cmd::Exit;
use crate::cmd::run::RunError;
use crate::process::LostError;

/// Why a run ended before its items did.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// For what may also end a run of tasks.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A process was started, but can't be watched to its end.
    #[error(transparent)]
    Lost(#[from] LostError),
    /// A line came when everything was answered: what was passed on before may belong to other items.
    #[error(
        "worker {worker} wrote a line too many after it had answered {answered} for {answered}: a worker is to write exactly one line for each line that it reads, so the last answers can't be trusted; --batch 1 finds the item"
    )]
    Unasked {
        /// The worker's number, from 1.
        worker: usize,
        /// How many items its process had answered.
        answered: u64,
    },
}

impl MapError {
    /// The exit code that goes with it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            MapError::Run(error) => error.exit(),
            MapError::Lost(_) => Exit::Failure,
            MapError::Unasked { .. } => Exit::TasksFailed,
        }
    }
}
