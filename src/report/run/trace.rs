//! `--trace`: the run as a picture, in the trace-event format that Perfetto and Chrome open.

use super::clock::Clock;
use super::line_file::LineFile;
use super::outcome::{label, outcome};
use super::wire::{self, Bytes};
use super::{Output, RecordError, Recorder, RunInfo, Totals};
use crate::event::task::{About, Attempted, TaskEvent};
use serde::Serialize;
use std::path::Path;

/// What is recorded as the process: there is one, whose threads are the slots.
const PID: u32 = 1;

/// A trace in the JSON array form of Chrome's trace events (Trace Event Format, 2016): one row a
/// slot, on which every attempt is a span with its inputs, its end and what it used.
///
/// Spans are written when they end. A trace that is cut short lacks only the bracket at its end, and
/// the tools open it without.
#[derive(Debug)]
pub struct Trace {
    file: LineFile,
    clock: Clock,
    /// Which slots have been given their names.
    named: Vec<bool>,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'static str,
    ph: &'static str,
    pid: u32,
    tid: usize,
    args: NameArgs<'a>,
}

#[derive(Serialize)]
struct NameArgs<'a> {
    name: &'a str,
}

/// Times are in microseconds.
#[derive(Serialize)]
struct Span<'a> {
    name: &'a str,
    cat: &'static str,
    ph: &'static str,
    ts: f64,
    dur: f64,
    pid: u32,
    tid: usize,
    /// What Chrome paints it with; Perfetto has colours of its own.
    cname: &'static str,
    args: Args<'a>,
}

#[derive(Serialize)]
struct Args<'a> {
    seq: u64,
    attempt: u32,
    inputs: Vec<Bytes<'a>>,
    result: &'a str,
    retry_after_s: Option<f64>,
    user_cpu_s: Option<f64>,
    system_cpu_s: Option<f64>,
    peak_memory_bytes: Option<u64>,
}

impl Trace {
    /// A new trace; what an existing file holds is gone.
    ///
    /// # Errors
    /// When the file can't be created or written to.
    pub fn create(path: &Path, run: &RunInfo) -> Result<Trace, RecordError> {
        let mut file = LineFile::create(path)?;
        let process = wire::json(&name("process_name", 0, "partask run"));
        file.write_line(&[b"[\n", process.as_slice()].concat())?;
        Ok(Trace {
            file,
            clock: Clock::new(run),
            named: Vec::new(),
        })
    }

    fn write(&mut self, event: &impl Serialize) -> Result<(), RecordError> {
        let event = wire::json(event);
        self.file.write_line(&[b",", event.as_slice()].concat())
    }

    fn name_slot(&mut self, slot: usize) -> Result<(), RecordError> {
        if self.named.len() <= slot {
            self.named.resize(slot + 1, false);
        }
        if std::mem::replace(&mut self.named[slot], true) {
            return Ok(());
        }
        self.write(&name("thread_name", slot, &format!("slot {slot}")))
    }

    fn write_span(
        &mut self,
        task: &About,
        (slot, attempt): (usize, u32),
        attempted: &Attempted,
        retry_after_s: Option<f64>,
    ) -> Result<(), RecordError> {
        self.name_slot(slot)?;
        let (start, elapsed) = self.clock.span(attempted);
        let name = match attempt {
            0 | 1 => label(task),
            attempt => format!("{} (attempt {attempt})", label(task)),
        };
        let usage = attempted.exit().map(|exit| exit.usage);
        self.write(&Span {
            name: &name,
            cat: "task",
            ph: "X",
            ts: start.as_nanos() as f64 / 1e3,
            dur: elapsed.as_nanos() as f64 / 1e3,
            pid: PID,
            tid: slot,
            cname: match attempted.is_success() {
                true => "good",
                false => "terrible",
            },
            args: Args {
                seq: task.seq,
                attempt,
                inputs: wire::inputs(task),
                result: &outcome(attempted),
                retry_after_s,
                user_cpu_s: usage.map(|usage| usage.user.as_secs_f64()),
                system_cpu_s: usage.map(|usage| usage.system.as_secs_f64()),
                peak_memory_bytes: usage.map(|usage| usage.peak_memory_bytes),
            },
        })
    }
}

fn name<'a>(what: &'static str, slot: usize, name: &'a str) -> Name<'a> {
    Name {
        name: what,
        ph: "M",
        pid: PID,
        tid: slot,
        args: NameArgs { name },
    }
}

#[cfg(test)]
impl Trace {
    /// Lets what happens without a process happen on made-up time.
    pub(super) fn set_now(&mut self, run: &RunInfo, now: fn() -> std::time::Instant) {
        self.clock = Clock::with_now(run, now);
    }
}

impl Recorder for Trace {
    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        match event {
            TaskEvent::AttemptEnded {
                task,
                slot,
                attempt,
                attempted,
                retry_after,
            } => {
                let retry_after_s = retry_after.map(|delay| delay.as_secs_f64());
                self.write_span(task, (*slot, *attempt), attempted, retry_after_s)
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, _: &Totals) -> Result<(), RecordError> {
        self.file.write_line(b"]")
    }
}
