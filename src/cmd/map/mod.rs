//! `partask map`: items through long-lived workers: a line in, a line out, in the order of the items.
//!
//! ```
//! use partask::cmd::map::{self, Listener, Spec};
//! use partask::event::task::Stream;
//! use partask::stop::Stop;
//! use partask::task;
//! use std::io;
//!
//! #[derive(Default)]
//! struct Heard(Vec<u8>);
//!
//! impl Listener for Heard {
//!     fn write(&mut self, _stream: Stream, text: &[u8]) -> io::Result<()> {
//!         self.0.extend_from_slice(text);
//!         Ok(())
//!     }
//! }
//!
//! let spec = Spec::new(task::Spec::new(["sed", "-u", "s/$/!/", ":::", "a", "b", "1..=3"]));
//! let mut heard = Heard::default();
//! let totals = map::run(&spec, &Stop::new(), &mut heard)?;
//! assert_eq!(totals.answered, 5);
//! assert_eq!(heard.0, b"a!\nb!\n1!\n2!\n3!\n");
//! # Ok::<(), partask::cmd::map::MapError>(())
//! ```
//!
//! # Who does what
//! One thread reads items. Each worker has a thread, which starts its process and
//! [converses](crate::process::conversation) with it: it takes a portion of the items that were read,
//! and hands the answers on. The thread that called [`run`] puts them into their order and passes them
//! to the [`Listener`].
//!
//! When something goes wrong with a portion, its items are given out again in smaller portions, each to
//! a process of its own whose input ends behind it, until one item fails alone: so it is known which.
//!
//! Memory does not grow with the stream: items are read ahead up to a limit, none is given out while too
//! many answers wait for their turn, and a worker is not read from while the reader of the output is slow.

mod command;
mod dealer;
mod error;
mod order;
mod queue;
mod reporter;
mod state;
mod verdict;
mod window;
mod worker;

pub use command::{Command, main};
pub use error::MapError;

use crate::clock;
use crate::cmd::run::children::Children;
use crate::cmd::run::{RunError, room};
use crate::engine::{self, EngineError};
use crate::event::Panic;
use crate::event::map::MapEvent;
use crate::event::task::{Stream, TaskEvent};
use crate::lines;
use crate::machine;
use crate::process::{self, Argv, Environment};
use crate::report::map::Totals;
use crate::report::run::RecordError;
use crate::stop::{Stop, Urgency};
use crate::task;
use dealer::Dealer;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::panic::{self, AssertUnwindSafe};
use std::thread::{self, Builder, Scope};
use std::time::Duration;
use worker::Bench;

/// How often a listener is told that time has passed.
const TICK: Duration = Duration::from_millis(100);

/// What becomes of an item that has failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// All ends, once the items before it are answered.
    #[default]
    Stop,
    /// It is left out.
    Skip,
    /// This is its answer.
    Text(Vec<u8>),
}

/// After how many items a worker's input is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// So many, or fewer of 1 MiB together.
    Count(usize),
    /// As many as there are, up to so many that take 200 ms.
    Planned,
}

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The command and its items.
    pub items: task::Spec,
    /// How many workers there are, 1 to [`WORKERS_MAX`](crate::engine::WORKERS_MAX).
    pub workers: usize,
    /// How many items a worker has at a time at most; `None` is planned.
    pub window: Option<usize>,
    /// When a worker's input is closed, and another process is started; `None` keeps it open.
    pub batch: Option<Batch>,
    /// How often an item is tried again that a worker has failed at.
    pub retries: u32,
    /// How long an answer may take.
    pub timeout: Option<Duration>,
    /// How long a process may take to end.
    pub grace: Duration,
    /// What becomes of an item that has failed.
    pub on_error: OnError,
    /// Whether lines of standard error are preceded by the number of their worker.
    pub tag: bool,
    /// Where the workers run; `None` is where this process does.
    pub folder: Option<OsString>,
    /// Variables that the workers have besides those of this process.
    pub variables: Vec<(String, String)>,
    /// By how much the workers' nice value is above this process's own.
    pub nice: i32,
    /// Whether the limit on open files is raised when the workers need it. Only for the program
    /// `partask` itself.
    pub raise_limits: bool,
}

impl Spec {
    /// `items` on every CPU this process may use, the rest by default.
    #[must_use]
    pub fn new(items: task::Spec) -> Spec {
        Spec {
            items,
            workers: machine::cpus_available().min(engine::WORKERS_MAX),
            window: None,
            batch: None,
            retries: 0,
            timeout: None,
            grace: Duration::from_secs(5),
            on_error: OnError::default(),
            tag: false,
            folder: None,
            variables: Vec::new(),
            nice: 0,
            raise_limits: false,
        }
    }

    fn environment(&self) -> Result<Environment, RunError> {
        let mut environment = Environment::inherited().map_err(RunError::Environment)?;
        for (name, value) in &self.variables {
            let set = environment.set(name, value);
            set.map_err(RunError::Environment)?;
        }
        Ok(environment)
    }
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many items are answered.
    pub answered: u64,
    /// How many have failed.
    pub failed: u64,
    /// How many items there are, once it is known.
    pub items: Option<u128>,
    /// What each worker has answered.
    pub by_worker: Vec<u64>,
}

/// Hears of a run while it lasts, on the thread that called [`run`].
pub trait Listener {
    /// Answers, in the order of the items; and what workers wrote on standard error, in whole lines.
    ///
    /// # Errors
    /// When it can't be passed on, which ends the run.
    fn write(&mut self, stream: Stream, text: &[u8]) -> io::Result<()>;

    /// Something happened.
    ///
    /// # Errors
    /// When it can't be written down, which ends the run.
    fn hear(&mut self, event: &MapEvent) -> Result<(), RecordError> {
        let _ = event;
        Ok(())
    }

    /// Time has passed, some ten times a second.
    fn tick(&mut self, progress: &Progress) {
        let _ = progress;
    }
}

/// Gives every item to a worker until all are answered, `stop` is requested or an item's failure ends
/// it.
///
/// `stop` is to be this run's own ([`Stop::for_one_run`]).
///
/// # Errors
/// See [`MapError`]. Items that fail are no error: the totals count them.
pub fn run(spec: &Spec, stop: &Stop, listener: &mut dyn Listener) -> Result<Totals, MapError> {
    let (command, mut items) = spec.items.open_items(stop).map_err(RunError::from)?;
    let started = clock::now();
    // Before any process is started: who watches one must be able to hear the bells.
    stop.bell(Urgency::Gently).map_err(RunError::Wait)?;
    if !(1..=engine::WORKERS_MAX).contains(&spec.workers) {
        return Err(RunError::from(EngineError::Workers(spec.workers)).into());
    }
    let count = items.count();
    let useful = count.and_then(|count| usize::try_from(count).ok());
    let wanted = useful.map_or(spec.workers, |count| spec.workers.min(count.max(1)));
    let workers = fitting(wanted, spec.raise_limits);
    let dealer = Dealer::new(spec, workers, stop)?;
    let argv: Argv = command.iter().collect();
    let environment = spec.environment()?;
    let bench = Bench {
        dealer: &dealer,
        argv: &argv,
        environment: &environment,
        run_name: process::run_name(),
    };
    if workers < wanted {
        dealer.tell(MapEvent::Limited(workers));
    }
    thread::scope(|scope| {
        start(scope, workers, &bench)?;
        let dealer = &dealer;
        scope.spawn(move || dealer.read(&mut items));
        pass_on(dealer, count, listener);
        Ok::<(), MapError>(())
    })?;
    process::end_orphans(spec.grace, stop);
    let state = dealer.state();
    let totals = Totals {
        read: state.queue.seen(),
        answered: state.answered,
        failed: state.failed,
        retried: state.retried,
        elapsed: clock::now().saturating_duration_since(started),
        stopped: stop.reason(),
        is_whole: state.is_read && state.fails_at.is_none(),
        workers: state.totals.clone(),
    };
    drop(state);
    dealer.take_error().map_or(Ok(totals), Err)
}

/// How many workers there is room for, each of which takes half as many files again as a task.
fn fitting(wanted: usize, raise: bool) -> usize {
    let as_tasks = wanted + wanted.div_ceil(2);
    let (fitting, _) = room::fitting(as_tasks, raise);
    (fitting * 2 / 3).clamp(1, wanted)
}

/// Starts the workers' threads; those that find no room are left out.
fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    workers: usize,
    bench: &'scope Bench<'scope>,
) -> Result<(), MapError> {
    let dealer = bench.dealer;
    for worker in 0..workers {
        let named = Builder::new().name(format!("partask-worker-{worker}"));
        let started = named.spawn_scoped(scope, move || {
            let worked = panic::catch_unwind(AssertUnwindSafe(|| bench.work(worker)));
            if let Err(payload) = worked {
                dealer.abandon(MapError::from(RunError::Panicked(Panic {
                    index: worker as u64,
                    worker,
                    message: engine::panic_message(payload.as_ref()),
                })));
            }
            dealer.leave();
        });
        match started {
            Ok(_) => (),
            Err(error) if worker == 0 => {
                let reason = error.to_string();
                return Err(RunError::from(EngineError::Threads { workers, reason }).into());
            }
            Err(_) => dealer.leave(),
        }
    }
    Ok(())
}

/// Passes on what comes until all workers have left.
fn pass_on(dealer: &Dealer<'_>, count: Option<u128>, listener: &mut dyn Listener) {
    let mut outlets = Outlets {
        listener,
        is_mute: [false; 2],
    };
    let mut last_tick = clock::now();
    let children = Children::new(None);
    loop {
        let mut state = dealer.await_news(TICK);
        let is_over = state.left == state.is_hungry.len();
        let answers = state.order.take_ready();
        let complaints = std::mem::take(&mut state.complaints);
        let events = std::mem::take(&mut state.events);
        dealer.call_mute(&mut state);
        let has_failed = state.has_failed();
        let progress = (last_tick.elapsed() >= TICK).then(|| Progress {
            answered: state.answered,
            failed: state.failed,
            items: count.or(state.is_read.then_some(u128::from(state.queue.seen()))),
            by_worker: state.totals.iter().map(|totals| totals.items).collect(),
        });
        drop(state);
        for (stream, text) in answers
            .iter()
            .map(|text| (Stream::Stdout, text))
            .chain([(Stream::Stderr, &complaints)])
        {
            outlets.write(dealer, stream, text);
        }
        for event in &events {
            if let Err(error) = outlets.listener.hear(event) {
                dealer.abandon(RunError::from(error).into());
            }
        }
        if let Some(progress) = progress {
            last_tick = clock::now();
            // One that wants the terminal is ended.
            let _: Vec<TaskEvent<()>> = children.look();
            outlets.listener.tick(&progress);
        }
        if has_failed {
            // Nobody waits for what comes behind it.
            dealer.stop.abandon();
        }
        if is_over {
            return;
        }
    }
}

/// Where text goes, until it can't.
struct Outlets<'a> {
    listener: &'a mut dyn Listener,
    is_mute: [bool; 2],
}

impl Outlets<'_> {
    fn write(&mut self, dealer: &Dealer<'_>, stream: Stream, text: &[u8]) {
        if text.is_empty() || self.is_mute[stream.index()] {
            return;
        }
        let Err(source) = self.listener.write(stream, text) else {
            return;
        };
        self.is_mute[stream.index()] = true;
        let is_unheard = stream == Stream::Stderr && source.kind() == ErrorKind::BrokenPipe;
        if lines::is_stopped(&source) || is_unheard {
            return;
        }
        let target = match stream {
            Stream::Stdout => "standard output",
            Stream::Stderr => "standard error",
        };
        dealer.abandon(RunError::Write { target, source }.into());
    }
}
