//! The workers: threads of a private rayon pool that take chunks in order, run a function on each,
//! and send one event a chunk through a bounded channel.
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
//! let lengths = engine.run(
//!     engine::indices(3),
//!     |index| ["one", "two", "three"][index as usize].len(),
//!     &Stop::new(),
//!     |events| {
//!         events
//!             .map(|event| match event {
//!                 Event::Done(done) => done.output,
//!                 Event::Panicked(panic) => panic!("{panic}"),
//!             })
//!             .sum::<usize>()
//!     },
//! )?;
//! assert_eq!(lengths.result, 11);
//! # Ok::<(), partask::engine::EngineError>(())
//! ```

use crate::event::{self, Done, Event, Events, Panic, Sender, Span};
use crate::machine::{self, limits};
use crate::stop::Stop;
use std::any::Any;
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The most workers an engine takes: far more than any machine has CPUs, few enough that their
/// threads can be started.
pub const WORKERS_MAX: usize = 1024;

/// How many events a worker may be ahead of the aggregator before it has to wait.
const EVENTS_PER_WORKER: usize = 64;

/// How many events wait at the most, however many workers there are: after a stop they are all still
/// to be taken.
const EVENTS_MAX: usize = 4_096;

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

/// How many workers there are to be.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    workers: usize,
    /// Whether the thread that consumes is one of them.
    is_joined: bool,
}

/// A run that has come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished<R> {
    /// What the consumer returned.
    pub result: R,
    /// When each worker that was started worked, in the order of their numbers.
    pub spans: Vec<Span>,
    /// When the consumer returned: all results were there, though threads may have had to be seen off.
    pub ended: Instant,
    /// The CPU time that the calling thread used for consuming, beyond its own work.
    pub consumer_cpu: Duration,
}

impl Engine {
    /// `workers` workers, each a thread named `partask-worker-0` and so on.
    ///
    /// # Errors
    /// When `workers` is 0 or above [`WORKERS_MAX`].
    pub fn new(workers: usize) -> Result<Engine, EngineError> {
        match workers {
            1..=WORKERS_MAX => Ok(Engine {
                workers,
                is_joined: false,
            }),
            _ => Err(EngineError::Workers(workers)),
        }
    }

    /// No more workers than there are chunks for them.
    #[must_use]
    pub fn for_chunks(self, chunks: u64) -> Engine {
        let chunks = usize::try_from(chunks).unwrap_or(usize::MAX).max(1);
        Engine {
            workers: self.workers.min(chunks),
            ..self
        }
    }

    /// With the thread that calls [`run`](Self::run) as worker 0, so that one thread less is started
    /// and none has to share a CPU with an aggregator. It works whenever the consumer waits for
    /// events, and consumes between two chunks: not for chunks that take long.
    #[must_use]
    pub fn joined(self) -> Engine {
        Engine {
            is_joined: true,
            ..self
        }
    }

    /// How many workers there are.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// Runs `work` on every chunk that `next` hands out, on all workers, while `consume` runs on
    /// this thread with the events; returns what `consume` returns.
    ///
    /// The workers are started for this run, and the first are at work while the last are being
    /// started. `next` is called by whichever worker is free and says `None` when there are no more
    /// chunks. A worker that has taken a chunk finishes it: after a stop, the chunks done are the
    /// first ones without a gap. The events end when all workers have; when `consume` drops them
    /// earlier, the workers end after the chunk they are at.
    ///
    /// # Errors
    /// When a thread can't be started; those that were have ended then.
    ///
    /// # Panics
    /// When `consume` or `next` does. A panic in `work` becomes [`Event::Panicked`].
    pub fn run<C, T: Send, R>(
        &self,
        next: impl Fn() -> Option<(u64, C)> + Sync,
        work: impl Fn(C) -> T + Sync,
        stop: &Stop,
        consume: impl FnOnce(Events<'_, T>) -> R,
    ) -> Result<Finished<R>, EngineError> {
        let (sender, events) = event::channel(EVENTS_MAX.min(EVENTS_PER_WORKER * self.workers()));
        let halted = AtomicBool::new(false);
        let take = || {
            let go_on = !halted.load(Ordering::Relaxed) && !stop.is_requested();
            go_on.then(&next).flatten()
        };
        let run_next = |worker| {
            let (index, chunk) = take()?;
            let event = run_chunk(&work, index, chunk, worker);
            if matches!(event, Event::Panicked(_)) {
                halted.store(true, Ordering::Relaxed);
            }
            Some(event)
        };
        let run_all = |worker, sender: &Sender<T>| {
            while let Some(event) = run_next(worker)
                && sender.send(event).is_ok()
            {}
        };
        let own_span = Cell::new(None);
        let consume = || {
            let watch = Watch::start();
            let help = || {
                let event = run_next(0);
                own_span.set(Some(watch.read()));
                event
            };
            let result = match self.is_joined {
                true => consume(events.with_help(help)),
                false => consume(events),
            };
            (result, watch.read())
        };
        let ((result, consuming), spans) = self.start(run_all, sender, consume)?;
        let own_span: Option<Span> = own_span.get();
        Ok(Finished {
            result,
            ended: consuming.ended,
            consumer_cpu: consuming
                .cpu
                .saturating_sub(own_span.map_or(Duration::ZERO, |span| span.cpu)),
            spans: own_span.into_iter().chain(spans).collect(),
        })
    }

    /// Starts the threads, each with an end of the channel of its own, so that the channel ends with
    /// the last of them.
    fn start<T: Send, R>(
        &self,
        run: impl Fn(usize, &Sender<T>) + Sync,
        sender: Sender<T>,
        consume: impl FnOnce() -> R,
    ) -> Result<(R, Vec<Span>), EngineError> {
        let first = usize::from(self.is_joined);
        let threads = self.workers - first;
        if threads == 0 {
            drop(sender);
            return Ok((consume(), Vec::new()));
        }
        self.check_memory(threads)?;
        let spans = Mutex::new(vec![None; threads]);
        let senders = Mutex::new(vec![sender; threads]);
        // A worker does not enter the pool's own loop, in which idle threads search each other's
        // queues for work: of a thousand, that kept the CPUs busy for seconds.
        let worker = |thread: rayon::ThreadBuilder| {
            let sender = lock(&senders).pop().expect("one for each thread");
            let watch = Watch::start();
            run(first + thread.index(), &sender);
            lock(&spans)[thread.index()] = Some(watch.read());
        };
        let result = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(move |thread| format!("partask-worker-{}", first + thread))
            .build_scoped(worker, |_| consume())
            .map_err(|error| self.refused(error.to_string()))?;
        let spans = spans.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((result, spans.into_iter().flatten().collect()))
    }

    /// Whether the address space has room for the stacks of so many threads.
    fn check_memory(&self, threads: usize) -> Result<(), EngineError> {
        let fitting = limits::threads_in_memory(false).map(|(threads, _)| threads);
        match fitting {
            Some(fitting) if threads > 1 && fitting < threads as u64 => {
                let reason = io::Error::from_raw_os_error(OUT_OF_MEMORY);
                Err(self.refused(reason.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn refused(&self, reason: String) -> EngineError {
        EngineError::Threads {
            workers: self.workers,
            reason,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Measures when this thread works.
struct Watch {
    started: Instant,
    cpu_before: Duration,
}

impl Watch {
    fn start() -> Watch {
        Watch {
            started: Instant::now(),
            cpu_before: machine::thread_cpu_time(),
        }
    }

    fn read(&self) -> Span {
        Span {
            started: self.started,
            ended: Instant::now(),
            cpu: machine::thread_cpu_time().saturating_sub(self.cpu_before),
        }
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
        let plain = [1, 2, 3, 64].map(|workers| Engine::new(workers).unwrap());
        for engine in plain.into_iter().chain(plain.map(Engine::joined)) {
            let seen = engine.run(
                indices(1_000),
                |i| i * 2,
                &Stop::new(),
                |events| {
                    events
                        .map(done)
                        .map(|d| (d.index, d.output))
                        .collect::<Vec<_>>()
                },
            );
            let seen = seen.unwrap().result;
            assert_eq!(seen.len(), 1_000);
            assert!(seen.iter().all(|(index, output)| *output == index * 2));
            assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 1_000);
        }
    }

    #[test]
    fn each_worker_that_is_started_has_its_span() {
        let engine = |workers| Engine::new(workers).unwrap();
        for (engine, workers) in [
            (engine(2), 2),
            (engine(64).for_chunks(3), 3),
            (engine(3).joined(), 3),
            (engine(1).joined(), 1),
        ] {
            let before = Instant::now();
            let chunks = 50;
            let finished = engine
                .run(
                    indices(chunks),
                    |i| (0..10_000).fold(i, |x, y| std::hint::black_box(x ^ y)),
                    &Stop::new(),
                    |events| events.map(|event| done(event).busy).collect(),
                )
                .unwrap();
            let busy: Vec<Duration> = finished.result;
            assert_eq!(busy.len() as u64, chunks);
            assert_eq!(finished.spans.len(), workers);
            for span in &finished.spans {
                assert!(before <= span.started && span.started <= span.ended);
            }
            let worked = finished.spans.iter().map(|span| span.ended - span.started);
            assert!(busy.iter().sum::<Duration>() <= worked.sum());
        }
    }

    #[test]
    fn one_worker_that_is_joined_is_the_thread_that_asks() {
        let own = std::thread::current().id();
        let finished = Engine::new(1).unwrap().joined().run(
            indices(3),
            |_| std::thread::current().id(),
            &Stop::new(),
            |events| events.map(|event| done(event).output).collect(),
        );
        let threads: Vec<_> = finished.unwrap().result;
        assert_eq!(threads, [own; 3]);
    }

    #[test]
    fn a_panic_names_its_chunk_and_ends_the_run() {
        let engine = Engine::new(3).unwrap();
        let finished = engine.run(
            indices(u64::MAX),
            |i| assert!(i != 40, "no luck with {i}"),
            &Stop::new(),
            |events| {
                events
                    .filter_map(|event| match event {
                        Event::Panicked(panic) => Some(panic),
                        Event::Done(_) => None,
                    })
                    .collect()
            },
        );
        let panics: Vec<Panic> = finished.unwrap().result;
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
        let finished = engine.run(
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
        let mut indexes = finished.unwrap().result;
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
            |mut events| events.next().is_some(),
        );
        assert!(first.unwrap().result);
    }

    #[test]
    fn too_many_workers_or_none_are_refused() {
        for workers in [0, WORKERS_MAX + 1] {
            assert!(matches!(Engine::new(workers), Err(EngineError::Workers(n)) if n == workers));
        }
    }
}
