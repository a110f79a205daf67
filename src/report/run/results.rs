//! `--results`: a folder for each task, with what it wrote and its record.

use super::clock::Clock;
use super::wire::{self, Pids};
use super::{Output, RecordError, Recorder, RunInfo, Totals};
use crate::event::task::{Finished, TaskEvent};
use crate::output::OutputFolder;
use crate::process::Captured;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many digits of a task's key its folder has in its name: enough to tell apart the tasks that
/// had the same number in different runs.
const KEY_DIGITS: usize = 8;

/// A folder for each task that is over, with `stdout`, `stderr` and `task.json`, which is the task's
/// `exit` line in the log with the log's schema and the arguments.
///
/// A task's folder is called by its number and the first digits of its key, such as `12-338098a9`. So
/// a task that is done again replaces its own results and nobody else's: when a run is resumed with
/// other inputs before it, the results of a task that is skipped stay, whatever has its number now.
/// A folder appears when it is whole.
#[derive(Debug)]
pub struct Results {
    folder: PathBuf,
    pids: Pids,
    clock: Clock,
}

impl Results {
    /// Makes the folder for all of them, if it is not there.
    ///
    /// # Errors
    /// When it can't be made or written to.
    pub fn create(folder: &Path, run: &RunInfo) -> Result<Results, RecordError> {
        let made = fs::create_dir_all(folder);
        made.and_then(|()| OutputFolder::create(&folder.join("trial")).map(drop))
            .map_err(|source| RecordError::new(folder, source))?;
        Ok(Results {
            folder: folder.to_owned(),
            pids: Pids::default(),
            clock: Clock::new(run),
        })
    }

    fn write(&self, finished: &Finished<Output>) -> Result<(), RecordError> {
        let task = &finished.task;
        let digits = task.key.get(..KEY_DIGITS).unwrap_or(&task.key);
        let target = self.folder.join(format!("{}-{digits}", task.seq));
        let record = self.record(finished);
        let written = OutputFolder::create(&target).and_then(|folder| {
            let files = ["stdout", "stderr"].into_iter().zip(&finished.output);
            for (name, output) in files {
                copy(output, &folder.path().join(name))?;
            }
            fs::write(folder.path().join("task.json"), record)?;
            folder.finish()
        });
        written.map_err(|source| RecordError::new(&target, source))
    }

    fn record(&self, finished: &Finished<Output>) -> Vec<u8> {
        let lost = finished.output.iter().filter_map(Captured::error);
        let lost_bytes = lost.map(|error| error.lost).sum();
        let record = wire::finished(finished, &self.pids, &self.clock);
        let mut record = wire::json(&record.alone(&finished.task.argv, lost_bytes));
        record.push(b'\n');
        record
    }
}

fn copy(output: &Captured, path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    output.read(|piece| file.write_all(piece))
}

#[cfg(test)]
impl Results {
    /// Lets what happens without a process happen on made-up time.
    pub(super) fn set_now(&mut self, run: &RunInfo, now: fn() -> std::time::Instant) {
        self.clock = Clock::with_now(run, now);
    }
}

impl Recorder for Results {
    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        self.pids.hear(event);
        match event {
            TaskEvent::Finished(finished) => self.write(finished),
            _ => Ok(()),
        }
    }

    fn end(&mut self, _: &Totals) -> Result<(), RecordError> {
        Ok(())
    }
}
