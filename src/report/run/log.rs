//! `--log`: what happens, as newline-delimited JSON, one line an event.

use super::clock::Clock;
use super::line_file::LineFile;
use super::wire::{self, Pids};
use super::{Output, RecordError, Recorder, RunInfo, Totals};
use crate::event::task::TaskEvent;
use std::path::Path;

/// The log of a run. Each event is handed to the system as one whole line when it happens, so that
/// it outlives this process however that ends; [`Done`](super::Done) reads it again.
///
/// The crate's documentation has the table of its events and their fields.
#[derive(Debug)]
pub struct Log {
    file: LineFile,
    pids: Pids,
    clock: Clock,
}

impl Log {
    /// A new log, with the run's start in it; what an existing file holds is gone.
    ///
    /// # Errors
    /// When the file can't be created or written to.
    pub fn create(path: &Path, run: &RunInfo) -> Result<Log, RecordError> {
        Log::start(LineFile::create(path)?, run, false)
    }

    /// The log of a run that resumes what the file tells of, or a new one when there is none. A last
    /// line that was not written to its end stays as it is; what follows starts on a new one.
    ///
    /// # Errors
    /// When the file can't be read or written to. Whether it is a log is not looked at:
    /// [`Done::read`](super::Done::read) does that.
    pub fn append(path: &Path, run: &RunInfo) -> Result<Log, RecordError> {
        let (file, continues) = LineFile::append(path)?;
        Log::start(file, run, continues)
    }

    fn start(mut file: LineFile, run: &RunInfo, continues: bool) -> Result<Log, RecordError> {
        file.write_line(&wire::json(&wire::Run::new(run, continues)))?;
        Ok(Log {
            file,
            pids: Pids::default(),
            clock: Clock::new(run),
        })
    }
}

#[cfg(test)]
impl Log {
    /// Lets what happens without a process happen on made-up time.
    pub(super) fn set_now(&mut self, run: &RunInfo, now: fn() -> std::time::Instant) {
        self.clock = Clock::with_now(run, now);
    }
}

impl Recorder for Log {
    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        self.pids.hear(event);
        match wire::line(event, &self.pids, &self.clock) {
            Some(line) => self.file.write_line(&line),
            None => Ok(()),
        }
    }

    fn end(&mut self, totals: &Totals) -> Result<(), RecordError> {
        self.file
            .write_line(&wire::json(&wire::Summary::new(totals)))
    }
}
