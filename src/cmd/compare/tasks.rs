//! A list of external commands as the work that is compared.

use super::CompareError;
use crate::clock;
use crate::cmd::run::{self, Enough, Halt, Listener};
use crate::event::task::{Attempted, Exit, Finished, Status, TaskEvent};
use crate::machine::counters::{Counts, Meter, Whose};
use crate::report::compare::{Inside, Sample, Work, WorkerTime};
use crate::report::run::{Output, RecordError};
use crate::stop::Stop;
use crate::units;
use std::num::NonZero;
use std::time::{Duration, Instant};

/// Finds out how many tasks there are.
pub(super) fn count(tasks: &run::Spec, stop: &Stop, work: &mut Work) -> Result<(), CompareError> {
    let (_, tasks) = tasks.tasks.open(stop).map_err(run::RunError::from)?;
    if let Some(count) = tasks.count() {
        note_count(work, count);
    }
    Ok(())
}

fn note_count(work: &mut Work, count: u128) {
    work.items = Some(count);
    work.read_as = units::count_of(count, "task");
}

/// Runs all tasks once; `None` when they were stopped. One that fails makes the time worth nothing.
pub(super) fn run(
    tasks: &run::Spec,
    workers: usize,
    meter: &Meter,
    stop: &Stop,
) -> Result<Option<Sample>, CompareError> {
    let spec = run::Spec {
        workers,
        halt: Halt::Soon(Enough::failures(NonZero::<u64>::MIN)),
        ..tasks.clone()
    };
    let mut seen = Seen::new(workers);
    let metered = meter.start(Whose::Programs);
    let totals = run::run(&spec, stop, &mut seen)?;
    let counts = metered.stop();
    match seen.failure {
        // What was told to end has not failed by itself.
        _ if totals.stopped.is_some() => Ok(None),
        Some(failure) => Err(CompareError::Task(failure)),
        None => Ok(Some(Sample {
            counts,
            ..seen.sample(totals.elapsed)
        })),
    }
}

/// What is seen of the tasks of a run.
struct Seen {
    began: Instant,
    slots: Vec<Slot>,
    user: Duration,
    system: Duration,
    /// Of the task that needed most.
    peak_memory_bytes: Option<u64>,
    /// The first task that failed, in words.
    failure: Option<String>,
}

/// What one slot did.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// When its first task was started and its last one ended.
    at_work: Option<(Instant, Instant)>,
    busy: Duration,
    cpu: Duration,
}

impl Listener for Seen {
    /// A comparison of worker counts that there can't be would be none.
    fn limited(&mut self, workers: usize, why: &str) {
        let tasks = units::count_of(workers as u128, "task");
        let failure = || format!("there is room for {tasks} at a time only: {why}");
        self.failure.get_or_insert_with(failure);
    }

    /// As in a run without records, which is what is measured.
    fn wants_starts(&self) -> bool {
        false
    }

    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        match event {
            TaskEvent::AttemptEnded {
                slot,
                attempted: Attempted::Exited(exit),
                ..
            } => {
                self.see(*slot, exit);
            }
            TaskEvent::Finished(finished) if !finished.attempted.is_success() => {
                self.failure.get_or_insert_with(|| failure(finished));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Seen {
    fn new(workers: usize) -> Seen {
        Seen {
            began: clock::now(),
            slots: vec![Slot::default(); workers],
            user: Duration::ZERO,
            system: Duration::ZERO,
            peak_memory_bytes: None,
            failure: None,
        }
    }

    fn see(&mut self, slot: usize, exit: &Exit) {
        self.user += exit.usage.user;
        self.system += exit.usage.system;
        let peak = Some(exit.usage.peak_memory_bytes);
        self.peak_memory_bytes = self.peak_memory_bytes.max(peak);
        // Slots are counted from 1.
        if let Some(slot) = slot.checked_sub(1).and_then(|i| self.slots.get_mut(i)) {
            let began = slot.at_work.map_or(exit.started, |(began, _)| began);
            slot.at_work = Some((began, exit.ended));
            slot.busy += exit.elapsed();
            slot.cpu += exit.usage.user + exit.usage.system;
        }
    }

    fn sample(&self, elapsed: Duration) -> Sample {
        Sample {
            round: 0,
            elapsed_s: elapsed.as_secs_f64(),
            cpu_s: (self.user + self.system).as_secs_f64(),
            system_cpu_s: self.system.as_secs_f64(),
            peak_memory_bytes: self.peak_memory_bytes,
            failed_with: None,
            counts: Counts::default(),
            inside: Some(self.inside(elapsed)),
        }
    }

    /// Where the slots' time went. A task that uses several CPUs at once counts as one at work.
    fn inside(&self, elapsed: Duration) -> Inside {
        let since = |at: Instant| at.saturating_duration_since(self.began).min(elapsed);
        let ends = self.slots.iter().filter_map(|slot| slot.at_work);
        let last_end = ends
            .map(|(_, ended)| since(ended))
            .max()
            .unwrap_or_default();
        let mut inside = Inside {
            wrap_up_s: self.slots.len() as f64 * (elapsed - last_end).as_secs_f64(),
            ..Inside::default()
        };
        for slot in &self.slots {
            let busy_s = slot.busy.min(elapsed).as_secs_f64();
            inside.workers.push(WorkerTime {
                busy_s,
                idle_s: elapsed.as_secs_f64() - busy_s,
            });
            let Some((began, ended)) = slot.at_work else {
                // There were fewer tasks than slots.
                inside.last_chunks_s += last_end.as_secs_f64();
                continue;
            };
            let (began, ended) = (since(began), since(ended));
            let cpu = slot.cpu.min(ended - began);
            inside.computing_s += cpu.as_secs_f64();
            inside.waiting_s += (ended - began - cpu).as_secs_f64();
            inside.start_up_s += began.as_secs_f64();
            inside.last_chunks_s += (last_end - ended).as_secs_f64();
        }
        inside
    }
}

/// Which task failed, and how.
fn failure(finished: &Finished<Output>) -> String {
    let how = match &finished.attempted {
        Attempted::Failed { why, .. } => why.clone(),
        Attempted::Exited(exit) => match exit.status {
            Status::Code(code) => format!("exited with code {code}"),
            Status::Signal { number, .. } => format!("was ended by signal {number}"),
        },
    };
    let inputs = finished.task.inputs.join(&b' ');
    let inputs = units::printable(&String::from_utf8_lossy(&inputs));
    let said = String::from_utf8_lossy(&finished.tail);
    let last = said.trim().lines().next_back().map(units::printable);
    let last = last.map_or(String::new(), |line| format!(": {line}"));
    format!("task {} ('{inputs}') {how}{last}", finished.task.seq)
}
