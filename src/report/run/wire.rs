//! What the log and the results folder write of a task, and the forms of its values.

use super::clock::{Clock, epoch_s};
use super::{RunInfo, Totals};
use crate::event::task::{About, Attempted, EndedBy, Exit, Finished, Status, TaskEvent};
use crate::machine;
use crate::machine::argv::Argv;
use crate::stop::StopReason;
use base64::Engine as _;
use serde::{Serialize, Serializer};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

/// The name and version of the log's form; it changes when a field changes its meaning or goes
/// away, not when one is added.
pub const LOG_SCHEMA: &str = "partask.run/1";

/// Bytes as a JSON string when they are UTF-8, else as `{"base64": "…"}`.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Bytes<'a>(pub(in crate::report) &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Encoded {
            base64: String,
        }
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Encoded {
                base64: base64::engine::general_purpose::STANDARD.encode(self.0),
            }
            .serialize(serializer),
        }
    }
}

pub(super) fn inputs(about: &About) -> Vec<Bytes<'_>> {
    about.inputs.iter().map(|input| Bytes(input)).collect()
}

fn arguments(argv: &Argv) -> Vec<Bytes<'_>> {
    argv.iter().map(|word| Bytes(word.as_bytes())).collect()
}

fn words(words: &[OsString]) -> Vec<Bytes<'_>> {
    words.iter().map(|word| Bytes(word.as_bytes())).collect()
}

/// The first line of a run.
#[derive(Serialize)]
pub(super) struct Run<'a> {
    schema: &'static str,
    event: &'static str,
    partask_version: &'static str,
    /// Whether what stands before in the file belongs to it.
    continues: bool,
    command: Vec<Bytes<'a>>,
    workers: usize,
    start_s: f64,
}

impl<'a> Run<'a> {
    pub(super) fn new(run: &'a RunInfo, continues: bool) -> Run<'a> {
        Run {
            schema: LOG_SCHEMA,
            event: "run",
            partask_version: env!("CARGO_PKG_VERSION"),
            continues,
            command: words(&run.words),
            workers: run.workers,
            start_s: epoch_s(run.started_at),
        }
    }
}

/// A process was started.
#[derive(Serialize)]
struct Start<'a> {
    event: &'static str,
    key: &'a str,
    seq: u64,
    inputs: Vec<Bytes<'a>>,
    argv: Vec<Bytes<'a>>,
    slot: usize,
    attempt: u32,
    pid: u32,
    start_s: f64,
}

/// An attempt, or with it the task, is over.
#[derive(Serialize)]
pub(super) struct Ended<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'static str>,
    event: &'static str,
    key: &'a str,
    seq: u64,
    inputs: Vec<Bytes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    argv: Option<Vec<Bytes<'a>>>,
    slot: usize,
    #[serde(flatten)]
    how: How<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_lost_bytes: Option<u64>,
    success: bool,
}

/// How an attempt ended.
#[derive(Default, Serialize)]
struct How<'a> {
    attempt: u32,
    pid: Option<u32>,
    start_s: f64,
    end_s: f64,
    elapsed_s: f64,
    exit_code: Option<i32>,
    signal: Option<i32>,
    signal_name: Option<&'static str>,
    core_dumped: bool,
    ended_by: Option<&'static str>,
    killed: bool,
    leaked: bool,
    background_ended: u32,
    user_cpu_s: f64,
    system_cpu_s: f64,
    peak_memory_bytes: Option<u64>,
    stdout_bytes: u64,
    stderr_bytes: u64,
    error: Option<&'a str>,
}

impl<'a> How<'a> {
    fn of(attempted: &'a Attempted, clock: &Clock) -> How<'a> {
        match attempted {
            Attempted::Exited(exit) => How::of_exit(exit),
            Attempted::Failed { why, code } => How {
                start_s: epoch_s(clock.now()),
                end_s: epoch_s(clock.now()),
                exit_code: Some(i32::from(*code)),
                error: Some(why),
                ..How::default()
            },
        }
    }

    fn of_exit(exit: &Exit) -> How<'static> {
        let (exit_code, signal, core_dumped) = match exit.status {
            Status::Code(code) => (Some(code), None, false),
            Status::Signal {
                number,
                core_dumped,
            } => (None, Some(number), core_dumped),
        };
        How {
            start_s: epoch_s(exit.started_at),
            end_s: epoch_s(exit.ended_at),
            elapsed_s: exit.elapsed().as_secs_f64(),
            exit_code,
            signal,
            signal_name: signal.and_then(machine::signal_name),
            core_dumped,
            ended_by: Some(match exit.ended_by {
                EndedBy::Itself => "itself",
                EndedBy::Timeout => "timeout",
                EndedBy::Stop => "stop",
                EndedBy::Terminal => "terminal",
            }),
            killed: exit.killed,
            leaked: exit.leaked,
            background_ended: exit.background,
            user_cpu_s: exit.usage.user.as_secs_f64(),
            system_cpu_s: exit.usage.system.as_secs_f64(),
            peak_memory_bytes: Some(exit.usage.peak_memory_bytes),
            stdout_bytes: exit.output_bytes[0],
            stderr_bytes: exit.output_bytes[1],
            ..How::default()
        }
    }
}

/// The task was done by an earlier run.
#[derive(Serialize)]
struct Skip<'a> {
    event: &'static str,
    key: &'a str,
    seq: u64,
    inputs: Vec<Bytes<'a>>,
}

#[derive(Serialize)]
struct NotStarted {
    event: &'static str,
    first_seq: u64,
    tasks: Option<u128>,
}

/// The last line of a run.
#[derive(Serialize)]
pub(super) struct Summary {
    event: &'static str,
    status: &'static str,
    succeeded: u64,
    failed: u64,
    stopped: u64,
    skipped: u64,
    not_started: Option<u128>,
    retries: u64,
    leaked: u64,
    background_ended: u64,
    workers: usize,
    elapsed_s: f64,
    cpu_s: f64,
}

impl Summary {
    pub(super) fn new(totals: &Totals) -> Summary {
        Summary {
            event: "summary",
            status: match totals.stopped {
                Some(StopReason::Interrupted) => "interrupted",
                Some(StopReason::Terminated) => "terminated",
                Some(StopReason::TimeLimit) => "time-limit",
                None if totals.halted.is_some() => "halted",
                None => "complete",
            },
            succeeded: totals.succeeded,
            failed: totals.failed,
            stopped: totals.stopped_tasks,
            skipped: totals.skipped,
            not_started: totals.not_started,
            retries: totals.retries,
            leaked: totals.leaked,
            background_ended: totals.background,
            workers: totals.workers,
            elapsed_s: totals.elapsed.as_secs_f64(),
            cpu_s: totals.cpu.as_secs_f64(),
        }
    }
}

/// Which process each worker has started last, for the lines that tell how it ended.
#[derive(Debug, Default)]
pub(super) struct Pids(Vec<Option<(u64, u32, u32)>>);

impl Pids {
    pub(super) fn hear<O>(&mut self, event: &TaskEvent<O>) {
        if let TaskEvent::Started {
            task,
            slot,
            attempt,
            pid,
            ..
        } = event
        {
            if self.0.len() <= *slot {
                self.0.resize(slot + 1, None);
            }
            self.0[*slot] = Some((task.seq, *attempt, *pid));
        }
    }

    fn of(&self, seq: u64, slot: usize, attempt: u32) -> Option<u32> {
        let (known_seq, known_attempt, pid) = (*self.0.get(slot)?)?;
        ((known_seq, known_attempt) == (seq, attempt)).then_some(pid)
    }
}

/// The record of a task that is over.
pub(super) fn finished<'a, O>(finished: &'a Finished<O>, pids: &Pids, clock: &Clock) -> Ended<'a> {
    let place = (finished.slot, finished.attempts);
    Ended::new(&finished.task, place, &finished.attempted, pids, clock)
}

impl<'a> Ended<'a> {
    fn new(
        about: &'a About,
        (slot, attempt): (usize, u32),
        attempted: &'a Attempted,
        pids: &Pids,
        clock: &Clock,
    ) -> Ended<'a> {
        let how = How {
            attempt,
            pid: pids.of(about.seq, slot, attempt),
            ..How::of(attempted, clock)
        };
        Ended {
            schema: None,
            event: "exit",
            key: &about.key,
            seq: about.seq,
            inputs: inputs(about),
            argv: None,
            slot,
            how,
            retry_after_s: None,
            output_lost_bytes: None,
            success: attempted.is_success(),
        }
    }

    /// The same for a file of its own, away from the log.
    pub(super) fn alone(self, argv: &'a Argv, lost_bytes: u64) -> Ended<'a> {
        Ended {
            schema: Some(LOG_SCHEMA),
            argv: Some(arguments(argv)),
            output_lost_bytes: (lost_bytes > 0).then_some(lost_bytes),
            ..self
        }
    }
}

/// The line that the log has for an event, without its end; `None` for an event that it leaves out:
/// lines of output, and the end of a last attempt, which the end of its task tells too.
pub(super) fn line<O>(event: &TaskEvent<O>, pids: &Pids, clock: &Clock) -> Option<Vec<u8>> {
    match event {
        TaskEvent::Started {
            task,
            slot,
            attempt,
            pid,
            started_at,
            ..
        } => Some(json(&Start {
            event: "start",
            key: &task.key,
            seq: task.seq,
            inputs: inputs(task),
            argv: arguments(&task.argv),
            slot: *slot,
            attempt: *attempt,
            pid: *pid,
            start_s: epoch_s(*started_at),
        })),
        TaskEvent::AttemptEnded {
            task,
            slot,
            attempt,
            attempted,
            retry_after,
        } => retry_after.map(|retry_after| {
            let ended = Ended {
                event: "attempt",
                retry_after_s: Some(retry_after.as_secs_f64()),
                ..Ended::new(task, (*slot, *attempt), attempted, pids, clock)
            };
            json(&ended)
        }),
        TaskEvent::Finished(done) => Some(json(&finished(done, pids, clock))),
        TaskEvent::Skipped { task } => Some(json(&Skip {
            event: "skip",
            key: &task.key,
            seq: task.seq,
            inputs: inputs(task),
        })),
        TaskEvent::NotStarted { first, count } => Some(json(&NotStarted {
            event: "not-started",
            first_seq: *first,
            tasks: *count,
        })),
        TaskEvent::Lines { .. } | TaskEvent::Paused { .. } => None,
    }
}

/// A record as JSON, on one line.
pub(super) fn json(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("plain data with text for keys")
}
