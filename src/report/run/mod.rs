//! What is written down about the tasks of `run`: their log and how it is read again, records in the
//! forms of other tools, the timeline and the summary.
//!
//! A file's writer is a [`Recorder`]. [`Timeline`] and [`Summary`] hear the same events and are
//! written once the run is over, to a `Write` that is handed in.

mod clock;
mod joblog;
mod junit;
mod line_file;
mod log;
pub(super) mod outcome;
mod results;
mod resume;
mod summary;
#[cfg(test)]
mod tests;
mod timeline;
mod trace;
mod wire;

pub use joblog::JobLog;
pub use junit::Junit;
pub use log::Log;
pub use results::Results;
pub use resume::{Done, ResumeError};
pub use summary::Summary;
pub use timeline::Timeline;
pub use trace::Trace;
pub use wire::LOG_SCHEMA;

pub(super) use clock::epoch_s;
pub(super) use line_file::LineFile;
pub(super) use wire::Bytes;

use crate::event::task::{HaltedBy, TaskEvent};
use crate::process::Captured;
use crate::stop::StopReason;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// What a task wrote, by [`Stream::index`](crate::event::task::Stream::index).
pub type Output = [Captured; 2];

/// Writes down what happens to tasks, as it happens.
///
/// Called on one thread, in the order of events. Of each attempt there is one
/// [`TaskEvent::AttemptEnded`], also of the last one, which [`TaskEvent::Finished`] follows. The log
/// is to hear of an event after all others, so that what it says is done has its results in place.
pub trait Recorder {
    /// Writes down one event.
    ///
    /// # Errors
    /// When that can't be written; what came before stays.
    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError>;

    /// The run is over.
    ///
    /// # Errors
    /// When that can't be written.
    fn end(&mut self, totals: &Totals) -> Result<(), RecordError>;
}

/// What is known of a run when it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunInfo {
    /// The words of its command line after `run` and its options, as they were given.
    pub words: Vec<OsString>,
    /// How many workers it has.
    pub workers: usize,
    /// When it started.
    pub started: Instant,
    /// When it started, by the clock on the wall.
    pub started_at: SystemTime,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Tasks that succeeded, not counting those of an earlier run.
    pub succeeded: u64,
    /// Tasks that did not, by themselves.
    pub failed: u64,
    /// Tasks that were told to end because the run was.
    pub stopped_tasks: u64,
    /// Tasks that an earlier run had done.
    pub skipped: u64,
    /// Tasks that were not started; `None` when there are some, and their inputs were not read to
    /// the end.
    pub not_started: Option<u128>,
    /// Attempts that were made beyond the first one of a task.
    pub retries: u64,
    /// Attempts that left something behind that held their output open and could not be found.
    pub leaked: u64,
    /// Processes that tasks had left behind, or that had left their group, and that were told to end.
    pub background: u64,
    /// CPU time, user and system, of all attempts.
    pub cpu: Duration,
    /// From the start of the run to its end.
    pub elapsed: Duration,
    /// How many workers it had.
    pub workers: usize,
    /// Why it was stopped, if it was.
    pub stopped: Option<StopReason>,
    /// What tasks had come to when that ended it early.
    pub halted: Option<HaltedBy>,
}

impl Totals {
    /// Those of a run in which nothing has happened yet.
    #[must_use]
    pub fn new(workers: usize) -> Totals {
        Totals {
            workers,
            not_started: Some(0),
            ..Totals::default()
        }
    }

    /// Counts what happened. `elapsed`, `stopped` and `halted` are not events: who ends the run sets
    /// them.
    pub fn hear<O>(&mut self, event: &TaskEvent<O>) {
        match event {
            TaskEvent::AttemptEnded {
                attempt, attempted, ..
            } => {
                self.retries += u64::from(*attempt > 1);
                if let Some(exit) = attempted.exit() {
                    // What was found and ended is told as that.
                    self.leaked += u64::from(exit.leaked && exit.background == 0);
                    self.background += u64::from(exit.background);
                    self.cpu += exit.usage.user + exit.usage.system;
                }
            }
            TaskEvent::Finished(finished) => match &finished.attempted {
                attempted if attempted.is_success() => self.succeeded += 1,
                attempted if attempted.is_stopped() => self.stopped_tasks += 1,
                _ => self.failed += 1,
            },
            TaskEvent::Skipped { .. } => self.skipped += 1,
            TaskEvent::NotStarted { count, .. } => self.not_started = *count,
            TaskEvent::Started { .. } | TaskEvent::Lines { .. } | TaskEvent::Paused { .. } => (),
        }
    }
}

/// A record can't be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write '{}'", crate::units::printable(&path.to_string_lossy()))]
pub struct RecordError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl RecordError {
    fn new(path: &Path, source: io::Error) -> RecordError {
        // That nobody reads standard output any more ends a run quietly; a record is another matter.
        let source = match source.kind() {
            io::ErrorKind::BrokenPipe => io::Error::other(source),
            _ => source,
        };
        RecordError {
            path: path.to_owned(),
            source,
        }
    }
}
