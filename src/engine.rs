//! The workers: a private rayon pool that takes chunks in order, runs a function on each, and sends
//! one event a chunk through a bounded channel.
//!
//! It knows nothing of numbers or totals: the chunk function is handed in, so built-in kernels and
//! jobs of any other kind share it.
//!
//! ```
//! use partask::engine::{self, Engine};
//! use partask::event::Event;
//! use partask::stop::Stop;
//!
//! let engine = Engine::new(2)?;
//! let lengths: usize = engine.run(
//!     engine::indices(3),
//!     |index| ["one", "two", "three"][index as usize].len(),
//!     &Stop::new(),
//!     |events| {
//!         events
//!             .iter()
//!             .map(|event| match event {
//!                 Event::Done(done) => done.output,
//!                 Event::Panicked(panic) => panic!("{panic}"),
//!             })
//!             .sum()
//!     },
//! );
//! assert_eq!(lengths, 11);
//! # Ok::<(), partask::engine::EngineError>(())
//! ```

use crate::event::{Done, Event, Panic, Span};
use crate::machine::{self, limits};
use crate::stop::Stop;
use crossbeam_channel::{Receiver, Sender};
use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The most workers an engine takes: far more than any machine has CPUs, few enough that their
/// threads can be started.
pub const WORKERS_MAX: usize = 1024;

/// How many events a worker may be ahead of the aggregator before it has to wait.
const EVENTS_PER_WORKER: usize = 16;

/// `ENOMEM`, which is 12 on every Unix.
const OUT_OF_MEMORY: i32 = 12;

/// Why a pool of workers could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No workers, or more than [`WORKERS_MAX`].
    #[error("{0} workers: ask for 1 to {WORKERS_MAX}")]
    Workers(usize),
    /// The operating system refused a thread.
    #[error(
        "cannot start {workers} worker threads ({reason}): ask for fewer, or raise the limits on threads and memory"
    )]
    Threads {
        /// The workers asked for.
        workers: usize,
        /// What the operating system said.
        reason: String,
    },
}

/// A private pool of workers.
#[derive(Debug)]
pub struct Engine {
    pool: rayon::ThreadPool,
    /// When each worker worked in the last run.
    spans: Mutex<Vec<Option<Span>>>,
}

impl Engine {
    /// Starts `workers` threads, named `partask-worker-0` and so on.
    ///
    /// # Errors
    /// When `workers` is 0 or above [`WORKERS_MAX`], or a thread can't be started.
    pub fn new(workers: usize) -> Result<Engine, EngineError> {
        if !(1..=WORKERS_MAX).contains(&workers) {
            return Err(EngineError::Workers(workers));
        }
        let fitting = limits::threads_in_memory(false).map(|(threads, _)| threads);
        if fitting.is_some_and(|threads| threads < workers as u64 && workers > 1) {
            let reason = io::Error::from_raw_os_error(OUT_OF_MEMORY).to_string();
            return Err(EngineError::Threads { workers, reason });
        }
        rayon::ThreadPoolBuilder::new()
            .num_threads(workers)
            .thread_name(|worker| format!("partask-worker-{worker}"))
            .build()
            .map(|pool| Engine {
                pool,
                spans: Mutex::default(),
            })
            .map_err(|error| EngineError::Threads {
                workers,
                reason: error.to_string(),
            })
    }

    /// How many workers there are.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// When each worker worked in the last run; empty before there was one.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.iter().copied().flatten().collect()
    }

    fn note(&self, worker: usize, span: Span) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.resize(self.workers(), None);
        spans[worker] = Some(span);
    }

    /// Runs `work` on every chunk that `next` hands out, on all workers, while `consume` runs on
    /// this thread with the events; returns what `consume` returns.
    ///
    /// `next` is called by whichever worker is free and says `None` when there are no more chunks.
    /// A worker that has taken a chunk finishes it: after a stop, the chunks done are the first
    /// ones without a gap. The channel ends when all workers have; when `consume` drops it
    /// earlier, the workers end after the chunk they are at.
    ///
    /// # Panics
    /// When `consume` or `next` does. A panic in `work` becomes [`Event::Panicked`].
    pub fn run<C, T: Send, R>(
        &self,
        next: impl Fn() -> Option<(u64, C)> + Sync,
        work: impl Fn(C) -> T + Sync,
        stop: &Stop,
        consume: impl FnOnce(Receiver<Event<T>>) -> R,
    ) -> R {
        let (sender, receiver) =
            crossbeam_channel::bounded(EVENTS_PER_WORKER.saturating_mul(self.workers()));
        let halted = AtomicBool::new(false);
        let (next, work, halted) = (&next, &work, &halted);
        self.pool.in_place_scope(move |scope| {
            scope.spawn_broadcast(move |_, context| {
                let (started, cpu_before) = (Instant::now(), machine::thread_cpu_time());
                let take = || {
                    let go_on = !halted.load(Ordering::Relaxed) && !stop.is_requested();
                    go_on.then(next).flatten()
                };
                while let Some((index, chunk)) = take() {
                    let event = run_chunk(work, index, chunk, context.index());
                    if matches!(event, Event::Panicked(_)) {
                        halted.store(true, Ordering::Relaxed);
                    }
                    if send(&sender, event).is_err() {
                        break;
                    }
                }
                let span = Span {
                    started,
                    ended: Instant::now(),
                    cpu: machine::thread_cpu_time().saturating_sub(cpu_before),
                };
                self.note(context.index(), span);
            });
            consume(receiver)
        })
    }
}

/// Hands out the numbers 0 to `chunks` - 1 in order, each once.
pub fn indices(chunks: u64) -> impl Fn() -> Option<(u64, u64)> + Sync {
    let next = AtomicU64::new(0);
    move || {
        next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |index| {
            (index < chunks).then(|| index + 1)
        })
        .ok()
        .map(|index| (index, index))
    }
}

fn send<T>(sender: &Sender<Event<T>>, event: Event<T>) -> Result<(), ()> {
    sender.send(event).map_err(|_| ())
}

fn run_chunk<C, T>(work: impl Fn(C) -> T, index: u64, chunk: C, worker: usize) -> Event<T> {
    let started = Instant::now();
    match catch_unwind(AssertUnwindSafe(|| work(chunk))) {
        Ok(output) => Event::Done(Done {
            index,
            worker,
            busy: started.elapsed(),
            output,
        }),
        Err(payload) => Event::Panicked(Panic {
            index,
            worker,
            message: panic_message(payload.as_ref()),
        }),
    }
}

/// The message that a panic carries.
#[must_use]
pub fn panic_message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn done<T>(event: Event<T>) -> Done<T> {
        match event {
            Event::Done(done) => done,
            Event::Panicked(panic) => panic!("{panic}"),
        }
    }

    #[test]
    fn every_chunk_is_run_once_whatever_the_workers() {
        for workers in [1, 2, 3, 64] {
            let engine = Engine::new(workers).unwrap();
            let seen = engine.run(
                indices(1_000),
                |i| i * 2,
                &Stop::new(),
                |events| {
                    events
                        .iter()
                        .map(done)
                        .map(|d| (d.index, d.output))
                        .collect::<Vec<_>>()
                },
            );
            assert_eq!(seen.len(), 1_000);
            assert!(seen.iter().all(|(index, output)| *output == index * 2));
            assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 1_000);
        }
    }

    #[test]
    fn the_spans_are_those_of_the_last_run() {
        let engine = Engine::new(2).unwrap();
        assert!(engine.spans().is_empty());
        for _ in 0..2 {
            let before = Instant::now();
            let busy: Vec<_> = engine.run(
                indices(50),
                |i| (0..10_000).fold(i, |x, y| std::hint::black_box(x ^ y)),
                &Stop::new(),
                |events| events.iter().map(|event| done(event).busy).collect(),
            );
            let spans = engine.spans();
            assert_eq!(spans.len(), 2);
            for span in &spans {
                assert!(before <= span.started && span.started <= span.ended);
            }
            let worked = spans.iter().map(|span| span.ended - span.started);
            assert!(busy.iter().sum::<std::time::Duration>() <= worked.sum());
        }
    }

    #[test]
    fn a_panic_names_its_chunk_and_ends_the_run() {
        let engine = Engine::new(3).unwrap();
        let panics: Vec<Panic> = engine.run(
            indices(u64::MAX),
            |i| assert!(i != 40, "no luck with {i}"),
            &Stop::new(),
            |events| {
                events
                    .iter()
                    .filter_map(|event| match event {
                        Event::Panicked(panic) => Some(panic),
                        Event::Done(_) => None,
                    })
                    .collect()
            },
        );
        assert_eq!(panics.len(), 1);
        assert_eq!(
            (panics[0].index, panics[0].message.as_str()),
            (40, "no luck with 40")
        );
    }

    #[test]
    fn a_stop_leaves_the_first_chunks_without_a_gap() {
        let engine = Engine::new(4).unwrap();
        let stop = Stop::new();
        let mut indexes = engine.run(
            indices(u64::MAX),
            |i| i,
            &stop,
            |events| {
                let mut seen = Vec::new();
                for event in events {
                    seen.push(done(event).index);
                    if seen.len() == 50 {
                        stop.flag().store(Stop::INTERRUPTED, Ordering::Relaxed);
                    }
                }
                seen
            },
        );
        indexes.sort_unstable();
        assert!(indexes.len() >= 50);
        assert!(
            indexes
                .iter()
                .enumerate()
                .all(|(i, index)| i as u64 == *index)
        );
    }

    #[test]
    fn a_consumer_that_leaves_ends_the_workers() {
        let engine = Engine::new(2).unwrap();
        let first = engine.run(
            indices(u64::MAX),
            |i| i,
            &Stop::new(),
            |events| events.recv().is_ok(),
        );
        assert!(first);
    }

    #[test]
    fn too_many_workers_or_none_are_refused() {
        for workers in [0, WORKERS_MAX + 1] {
            assert!(matches!(Engine::new(workers), Err(EngineError::Workers(n)) if n == workers));
        }
    }
}
