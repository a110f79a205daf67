//! `--log`: what happens to workers and items, as newline-delimited JSON, one line an event.

use super::Totals;
use crate::event::map::MapEvent;
use crate::event::task::{EndedBy, Exit, Status};
use crate::report::run::{Bytes, LineFile, RecordError, epoch_s};
use crate::stop::StopReason;
use serde::Serialize;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::SystemTime;

/// The name and version of the log's form; it changes when a field changes its meaning or goes away,
/// not when one is added.
pub const LOG_SCHEMA: &str = "partask.map/1";

/// The log of a run. Each event is handed to the system as one whole line when it happens.
///
/// The crate's documentation has the table of its events and their fields.
#[derive(Debug)]
pub struct Log {
    file: LineFile,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    Map {
        schema: &'static str,
        partask_version: &'static str,
        command: Vec<Bytes<'a>>,
        workers: usize,
        start_s: f64,
    },
    Start {
        worker: usize,
        pid: u32,
        start_s: f64,
    },
    Exit {
        worker: usize,
        pid: u32,
        items: u64,
        exit_code: Option<i32>,
        signal: Option<i32>,
        ended_by: &'static str,
        elapsed_s: f64,
        user_cpu_s: f64,
        system_cpu_s: f64,
        peak_memory_bytes: u64,
    },
    Again {
        first_seq: u64,
        items: usize,
        why: &'a str,
    },
    Failed {
        seq: u64,
        item: Bytes<'a>,
        why: &'a str,
        attempts: u32,
    },
    Note {
        text: &'static str,
    },
    Summary {
        status: &'static str,
        read: u64,
        answered: u64,
        failed: u64,
        given_out_again: u64,
        elapsed_s: f64,
        workers: Vec<Worker>,
    },
}

#[derive(Serialize)]
struct Worker {
    items: u64,
    processes: u64,
    busy_s: f64,
    waiting_s: f64,
    cpu_s: f64,
}

impl Log {
    /// A new log, with the run's start in it; what an existing file holds is gone.
    ///
    /// # Errors
    /// When the file can't be created or written to.
    pub fn create(path: &Path, words: &[OsString], workers: usize) -> Result<Log, RecordError> {
        let mut log = Log {
            file: LineFile::create(path)?,
        };
        log.write(&Line::Map {
            schema: LOG_SCHEMA,
            partask_version: env!("CARGO_PKG_VERSION"),
            command: words.iter().map(|word| Bytes(word.as_bytes())).collect(),
            workers,
            start_s: epoch_s(SystemTime::now()),
        })?;
        Ok(log)
    }

    fn write(&mut self, line: &Line<'_>) -> Result<(), RecordError> {
        let text = serde_json::to_vec(line).expect("text and numbers make JSON");
        self.file.write_line(&text)
    }

    /// Writes what happened.
    ///
    /// # Errors
    /// When the file can't be written to.
    pub fn hear(&mut self, event: &MapEvent) -> Result<(), RecordError> {
        let line = match event {
            MapEvent::Started {
                worker,
                pid,
                started_at,
            } => Line::Start {
                worker: *worker,
                pid: *pid,
                start_s: epoch_s(*started_at),
            },
            MapEvent::Ended {
                worker,
                pid,
                exit,
                items,
            } => exit_line(*worker, *pid, *items, exit),
            MapEvent::Again { first, items, why } => Line::Again {
                first_seq: *first,
                items: *items,
                why,
            },
            MapEvent::Failed {
                seq,
                item,
                why,
                attempts,
            } => Line::Failed {
                seq: *seq,
                item: Bytes(item),
                why,
                attempts: *attempts,
            },
            MapEvent::Buffered => Line::Note { text: "buffered" },
            MapEvent::Silent => Line::Note { text: "silent" },
            MapEvent::Limited(_) => Line::Note { text: "limited" },
        };
        self.write(&line)
    }

    /// Writes what it all came to.
    ///
    /// # Errors
    /// When the file can't be written to.
    pub fn end(&mut self, totals: &Totals) -> Result<(), RecordError> {
        let workers = totals.workers.iter().map(|worker| Worker {
            items: worker.items,
            processes: worker.processes,
            busy_s: worker.busy.as_secs_f64(),
            waiting_s: worker.alive.saturating_sub(worker.busy).as_secs_f64(),
            cpu_s: worker.cpu.as_secs_f64(),
        });
        let status = match totals.stopped {
            Some(StopReason::Interrupted) => "interrupted",
            Some(StopReason::Terminated) => "terminated",
            Some(StopReason::TimeLimit) => "time-limit",
            None if totals.is_whole => "complete",
            None => "failed",
        };
        let line = Line::Summary {
            status,
            read: totals.read,
            answered: totals.answered,
            failed: totals.failed,
            given_out_again: totals.retried,
            elapsed_s: totals.elapsed.as_secs_f64(),
            workers: workers.collect(),
        };
        self.write(&line)
    }
}

fn exit_line(worker: usize, pid: u32, items: u64, exit: &Exit) -> Line<'static> {
    let (exit_code, signal) = match exit.status {
        Status::Code(code) => (Some(code), None),
        Status::Signal { number, .. } => (None, Some(number)),
    };
    Line::Exit {
        worker,
        pid,
        items,
        exit_code,
        signal,
        ended_by: match exit.ended_by {
            EndedBy::Itself => "itself",
            EndedBy::Timeout => "map",
            EndedBy::Stop => "stop",
            EndedBy::Terminal => "terminal",
        },
        elapsed_s: exit.elapsed().as_secs_f64(),
        user_cpu_s: exit.usage.user.as_secs_f64(),
        system_cpu_s: exit.usage.system.as_secs_f64(),
        peak_memory_bytes: exit.usage.peak_memory_bytes,
    }
}
