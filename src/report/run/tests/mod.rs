//! Made-up tasks on made-up time, and what is written about them.

mod files;
mod logs;

use super::*;
use crate::event::task::{About, Attempted, EndedBy, Exit, Finished, HaltedBy, Status, Stream};
use crate::machine::child::Usage;
use crate::process::{Spool, Store};
use std::sync::{Arc, OnceLock};

/// When every made-up run starts.
pub(super) fn base() -> Instant {
    static BASE: OnceLock<Instant> = OnceLock::new();
    *BASE.get_or_init(Instant::now)
}

pub(super) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(super) fn run_info() -> RunInfo {
    RunInfo {
        words: ["echo", ":::", "a", "b"].map(OsString::from).to_vec(),
        workers: 2,
        started: base(),
        started_at: wall(0),
    }
}

/// So many milliseconds after the start, by the clock on the wall.
pub(super) fn wall(at_ms: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + ms(1_700_000_000_000 + at_ms)
}

pub(super) fn about(seq: u64, inputs: &[&[u8]]) -> About {
    use std::os::unix::ffi::OsStringExt;
    let inputs: Vec<Vec<u8>> = inputs.iter().map(|input| input.to_vec()).collect();
    let words = inputs.iter().cloned().map(OsString::from_vec);
    About {
        seq,
        key: format!("{seq:032x}"),
        argv: std::iter::once("echo".into()).chain(words).collect(),
        inputs,
    }
}

pub(super) fn exit(start_ms: u64, end_ms: u64, status: Status) -> Exit {
    Exit {
        status,
        ended_by: EndedBy::Itself,
        killed: false,
        leaked: false,
        started: base() + ms(start_ms),
        started_at: wall(start_ms),
        ended: base() + ms(end_ms),
        ended_at: wall(end_ms),
        background: 0,
        usage: Usage {
            user: ms(20),
            system: ms(5),
            peak_memory_bytes: 4096,
        },
        output_bytes: [2, 0],
    }
}

pub(super) fn not_found() -> Attempted {
    Attempted::Failed {
        why: "cannot find 'x'".to_owned(),
        code: 127,
    }
}

pub(super) fn ok(start_ms: u64, end_ms: u64) -> Attempted {
    Attempted::Exited(exit(start_ms, end_ms, Status::Code(0)))
}

pub(super) fn failed(start_ms: u64, end_ms: u64, code: i32) -> Attempted {
    Attempted::Exited(exit(start_ms, end_ms, Status::Code(code)))
}

pub(super) fn started(task: &About, slot: usize, attempt: u32, at_ms: u64) -> TaskEvent<Output> {
    TaskEvent::Started {
        task: Arc::new(task.clone()),
        slot,
        attempt,
        pid: 1000 + u32::try_from(task.seq).unwrap(),
        started: base() + ms(at_ms),
        started_at: wall(at_ms),
    }
}

pub(super) fn attempt_ended(
    task: &About,
    slot: usize,
    attempt: u32,
    attempted: Attempted,
    retry_after: Option<Duration>,
) -> TaskEvent<Output> {
    TaskEvent::AttemptEnded {
        task: Arc::new(task.clone()),
        slot,
        attempt,
        attempted,
        retry_after,
    }
}

pub(super) fn finished(
    task: &About,
    slot: usize,
    attempts: u32,
    attempted: Attempted,
    output: [&[u8]; 2],
) -> TaskEvent<Output> {
    let tail = output.concat();
    TaskEvent::Finished(Finished {
        task: Arc::new(task.clone()),
        slot,
        attempts,
        attempted,
        output: output.map(captured),
        tail,
    })
}

pub(super) fn captured(text: &[u8]) -> Captured {
    let mut spool = Spool::new(&Store::new(1 << 20));
    spool.push(text);
    spool.take()
}

/// All the events of a task that is done at its first attempt.
pub(super) fn all_of(
    task: &About,
    slot: usize,
    start_ms: u64,
    end_ms: u64,
) -> [TaskEvent<Output>; 3] {
    [
        started(task, slot, 1, start_ms),
        attempt_ended(task, slot, 1, ok(start_ms, end_ms), None),
        finished(task, slot, 1, ok(start_ms, end_ms), [b"x\n", b""]),
    ]
}

/// A task that succeeds, one that does at its third attempt, one that does not start, one of an
/// earlier run, and some that were not started.
pub(super) fn sample() -> Vec<TaskEvent<Output>> {
    let [a, b, c, d] = [
        about(1, &[b"a"]),
        about(2, &[b"\xff", b"b c"]),
        about(3, &[]),
        about(4, &[b"d"]),
    ];
    let timed_out = Attempted::Exited(Exit {
        ended_by: EndedBy::Timeout,
        killed: true,
        leaked: true,
        ..exit(
            100,
            600,
            Status::Signal {
                number: 9,
                core_dumped: false,
            },
        )
    });
    vec![
        started(&a, 1, 1, 0),
        started(&b, 2, 1, 100),
        attempt_ended(&a, 1, 1, ok(0, 250), None),
        finished(&a, 1, 1, ok(0, 250), [b"x\n", b""]),
        TaskEvent::Lines {
            task: Arc::new(b.clone()),
            stream: Stream::Stdout,
            bytes: b"line\n".to_vec(),
        },
        attempt_ended(&b, 2, 1, timed_out, Some(ms(500))),
        started(&b, 2, 2, 1100),
        attempt_ended(&b, 2, 2, failed(1100, 1200, 3), None),
        finished(&b, 2, 2, failed(1100, 1200, 3), [b"out\n", b"no\n"]),
        attempt_ended(&c, 1, 1, not_found(), None),
        finished(&c, 1, 1, not_found(), [b"", b""]),
        TaskEvent::Skipped { task: Arc::new(d) },
        TaskEvent::NotStarted {
            first: 5,
            count: Some(2),
        },
    ]
}

/// What comes of the [`sample`].
pub(super) fn sample_totals() -> Totals {
    let mut totals = Totals::new(2);
    sample().iter().for_each(|event| totals.hear(event));
    Totals {
        elapsed: ms(1250),
        halted: Some(HaltedBy::Failures),
        ..totals
    }
}

/// Has a recorder hear the whole sample.
pub(super) fn record_sample(recorder: &mut dyn Recorder) {
    for event in sample() {
        recorder.hear(&event).unwrap();
    }
    recorder.end(&sample_totals()).unwrap();
}

#[test]
fn an_error_names_the_file() {
    let error = RecordError::new(Path::new("a\nb"), io::ErrorKind::StorageFull.into());
    assert_eq!(error.to_string(), r"cannot write 'a\nb'");
}

#[test]
fn a_reader_of_a_record_that_is_gone_is_no_quiet_end() {
    let gone = RecordError::new(Path::new("x"), io::ErrorKind::BrokenPipe.into());
    let source: &(dyn std::error::Error + 'static) = &gone.source;
    assert!(!crate::lines::is_reader_gone([source].into_iter()));
    assert_eq!(gone.source.to_string(), "broken pipe");
}

#[test]
fn totals_count_what_happened() {
    assert_eq!(
        sample_totals(),
        Totals {
            succeeded: 1,
            failed: 2,
            stopped_tasks: 0,
            skipped: 1,
            not_started: Some(2),
            retries: 1,
            leaked: 1,
            background: 0,
            cpu: ms(75),
            elapsed: ms(1250),
            workers: 2,
            stopped: None,
            halted: Some(HaltedBy::Failures),
        }
    );
}
