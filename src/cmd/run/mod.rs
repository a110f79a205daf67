//! `partask run`: any program over any inputs, each task in a process of its own, none lost.
//!
//! ```
//! use partask::cmd::run::{self, Listener, Spec};
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
//! let spec = Spec::new(task::Spec::new(["echo", "process {}", ":::", "1..=3"]));
//! let mut heard = Heard::default();
//! let totals = run::run(&spec, &Stop::new(), &mut heard)?;
//! assert_eq!(totals.succeeded, 3);
//! assert_eq!(heard.0, b"process 1\nprocess 2\nprocess 3\n");
//! # Ok::<(), partask::cmd::run::RunError>(())
//! ```
//!
//! # What waits where
//! A task is read from its inputs when a worker is free for it, and not before. It has the lowest
//! free slot. Its process is started and watched by that worker, which also keeps what it writes.
//! One channel takes what happens to the thread that called [`run`]; there it is told to the
//! [`Listener`], and what tasks wrote is put into its order.
//!
//! Memory does not grow with the number of tasks, nor with what waits: the outputs of tasks that
//! ended before their turn are kept together, beyond [`Store::MEMORY_MAX`] in a temporary file.

pub(in crate::cmd) mod children;
mod command;
mod dry;
mod durations;
mod error;
mod event_loop;
mod halting;
mod messages;
mod output_writer;
mod queue;
mod recorders;
mod reorder_buffer;
pub(in crate::cmd) mod room;
mod slots;
mod throttle;
mod turn;
mod worker;
mod workers;

pub use command::{Command, main};
pub(in crate::cmd) use command::{exit_when_stopped, refuse_to_lose_log};
pub use error::RunError;
pub use throttle::Throttle;

use crate::clock;
use crate::engine::{self, EngineError};
use crate::event::task::{HaltedBy, Stream, TaskEvent};
use crate::machine;
use crate::process::{self, Environment, Limits, Store, Terminal};
use crate::report::run::{Done, Output, RecordError, Totals};
use crate::stop::{Stop, Urgency};
use crate::task::{self, Tasks, Template};
use durations::Durations;
use event_loop::EventLoop;
use halting::Halting;
use queue::Queue;
use room::Occupancy;
use slots::Slots;
use std::io;
use std::num::NonZero;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;
use worker::Bench;

/// In which order the outputs of tasks are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Each task's output as one, in the order of the inputs. The lines of the task whose turn it is
    /// are shown as they come.
    #[default]
    Input,
    /// Each task's output as one, when the task ends.
    Completion,
    /// Whole lines as they come, of all tasks among one another.
    Line,
}

/// Whether what tasks come to ends the run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Halt {
    /// Every task is run, whatever the others come to.
    #[default]
    Never,
    /// No task is started any more after so many.
    Soon(Enough),
    /// And those that run are told to end.
    Now(Enough),
}

/// How many of which tasks are enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enough {
    /// Those that have failed, succeeded, or either.
    pub of: HaltedBy,
    /// How many.
    pub amount: Amount,
}

/// How many tasks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// So many.
    Count(NonZero<u64>),
    /// This share of all, 0 to 1: all inputs are read before the first task starts.
    Share(f64),
}

impl Enough {
    /// So many that have failed.
    #[must_use]
    pub fn failures(count: NonZero<u64>) -> Enough {
        Enough {
            of: HaltedBy::Failures,
            amount: Amount::Count(count),
        }
    }
}

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The command and its inputs.
    pub tasks: task::Spec,
    /// How many tasks run at a time, 1 to [`WORKERS_MAX`](crate::engine::WORKERS_MAX).
    pub workers: usize,
    /// The order of the outputs.
    pub order: Order,
    /// Whether each line is preceded by the inputs of its task and a tab.
    pub tag: bool,
    /// What it is preceded by instead, with placeholders.
    pub tag_text: Option<Template>,
    /// Where tasks run, with placeholders; `None` is where this process does.
    pub folder: Option<Template>,
    /// How often a task that failed is tried again.
    pub retries: u32,
    /// How long to wait before that.
    pub retry_delay: Duration,
    /// How long a task may take, and how long it may take to end.
    pub limits: Limits,
    /// How long a task may take, as a multiple of the median of those that have succeeded; it holds for
    /// tasks that are started once three have, beside the time in `limits`.
    pub timeout_of_median: Option<f64>,
    /// What becomes of the others when tasks fail, or succeed.
    pub halt: Halt,
    /// When tasks are held back.
    pub throttle: Throttle,
    /// Whether tasks have the terminal, one after the other in the foreground, for their standard input,
    /// and this process's own standard output and standard error. There is one worker then.
    pub tty: bool,
    /// Whether the limit on open files is raised when the workers need it. Only for the program
    /// `partask` itself: it is executed again to start tasks with the limit of its caller.
    pub raise_limits: bool,
    /// By how much the tasks' nice value is above this process's own.
    pub nice: i32,
    /// Whether [`TaskEvent::Finished`] has the task's output. What it wrote is given to
    /// [`Listener::write`] all the same.
    pub keep_output: bool,
    /// How much memory output that waits for its turn takes, in bytes.
    pub memory_max: usize,
}

impl Spec {
    /// `tasks` on every CPU this process may use, the rest by default.
    #[must_use]
    pub fn new(tasks: task::Spec) -> Spec {
        Spec {
            tasks,
            workers: machine::cpus_available().min(crate::engine::WORKERS_MAX),
            order: Order::default(),
            tag: false,
            tag_text: None,
            folder: None,
            retries: 0,
            retry_delay: Duration::ZERO,
            limits: Limits::default(),
            timeout_of_median: None,
            halt: Halt::default(),
            throttle: Throttle::default(),
            tty: false,
            raise_limits: false,
            nice: 0,
            keep_output: false,
            memory_max: Store::MEMORY_MAX,
        }
    }
}

/// Hears of a run while it lasts, on the thread that called [`run`].
pub trait Listener {
    /// Whether it is to be told when processes are started ([`TaskEvent::Started`]), and of all else as
    /// it happens. Who does not need that is told what is not to be [written](Listener::write) a tenth
    /// of a second late at most, which saves the run a message a task and leaves the CPUs to the tasks.
    fn wants_starts(&self) -> bool {
        true
    }

    /// Fewer tasks run at a time than were asked for: so many, and why.
    fn limited(&mut self, workers: usize, why: &str) {
        let _ = (workers, why);
    }

    /// This process was stopped, and goes on.
    fn resumed(&mut self) {}

    /// How many tasks there are, as soon as it is known.
    fn count(&mut self, tasks: u128) {
        let _ = tasks;
    }

    /// Something happened to a task.
    ///
    /// # Errors
    /// When it can't be written down, which ends the run.
    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        let _ = event;
        Ok(())
    }

    /// A task is over: its last attempt has ended, and so it is finished. Both come together and
    /// after what the task wrote was given to [`write`](Listener::write), unless that waits for its
    /// turn.
    ///
    /// # Errors
    /// As [`hear`](Listener::hear).
    fn hear_end(
        &mut self,
        last: &TaskEvent<Output>,
        finished: &TaskEvent<Output>,
    ) -> Result<(), RecordError> {
        self.hear(last).and_then(|()| self.hear(finished))
    }

    /// What the tasks wrote, in the order asked for.
    ///
    /// # Errors
    /// When it can't be passed on, which ends the run.
    fn write(&mut self, stream: Stream, text: &[u8]) -> io::Result<()> {
        let _ = (stream, text);
        Ok(())
    }

    /// Time has passed, at least ten times a second.
    fn tick(&mut self) {}

    /// The run is over, well or not.
    ///
    /// # Errors
    /// When it can't be written down.
    fn end(&mut self, totals: &Totals) -> Result<(), RecordError> {
        let _ = totals;
        Ok(())
    }
}

/// A listener that does nothing.
impl Listener for () {
    fn wants_starts(&self) -> bool {
        false
    }
}

/// Runs every task until all are over, `stop` is requested or the run is halted.
///
/// `stop` is to be this run's own ([`Stop::for_one_run`]): it is abandoned when the run has to end
/// before its tasks do.
///
/// # Errors
/// See [`RunError`]. Tasks that fail are no error: the totals count them.
pub fn run(spec: &Spec, stop: &Stop, listener: &mut dyn Listener) -> Result<Totals, RunError> {
    Opened::new(spec, stop)?.run(None, listener)
}

/// A run whose command line is understood and whose inputs are open, though nothing is read yet.
#[derive(Debug)]
pub struct Opened<'a> {
    spec: &'a Spec,
    stop: &'a Stop,
    template: Template,
    tasks: Tasks,
}

impl<'a> Opened<'a> {
    /// Opens the inputs.
    ///
    /// # Errors
    /// See [`RunError`].
    pub fn new(spec: &'a Spec, stop: &'a Stop) -> Result<Opened<'a>, RunError> {
        spec.throttle.check()?;
        let (template, tasks) = spec.tasks.open(stop)?;
        Ok(Opened {
            spec,
            stop,
            template,
            tasks,
        })
    }

    /// As [`run`]; the tasks that `done` has are skipped.
    ///
    /// # Errors
    /// As [`run`].
    pub fn run(self, done: Option<Done>, listener: &mut dyn Listener) -> Result<Totals, RunError> {
        let started = clock::now();
        let (spec, stop, template) = (self.spec, self.stop, &self.template);
        let count = self.tasks.count();
        if let Some(count) = count {
            listener.count(count);
        }
        // Before any process is started: who watches one must be able to hear the bells.
        stop.bell(Urgency::Gently).map_err(RunError::Wait)?;
        let terminal = spec.tty.then(Terminal::open).transpose();
        let terminal = terminal.map_err(RunError::Terminal)?;
        let wanted = match spec.tty {
            true => 1,
            false => useful_workers(spec.workers, count),
        };
        if !(1..=engine::WORKERS_MAX).contains(&wanted) {
            return Err(EngineError::Workers(wanted).into());
        }
        let (workers, why) = room::fitting(wanted, spec.raise_limits);
        let wants_starts = listener.wants_starts();
        let (outbox, inbox) = messages::channel(wants_starts);
        let store = Store::new(spec.memory_max);
        let halting = Halting::new(spec.halt, stop);
        let environment = Environment::inherited().map_err(RunError::Environment)?;
        let slots = Slots::new(&store, environment);
        let queue = Queue::new(spec, self.tasks, done, &halting, template, slots, &outbox);
        let mut event_loop = EventLoop::new(spec, &halting, &store, listener, terminal.as_ref());
        let bench = Bench {
            spec,
            template,
            halting: &halting,
            occupancy: Occupancy::default(),
            run_name: process::run_name(),
            terminal: terminal.as_ref(),
            durations: Durations::default(),
            outbox: &outbox,
            wants_starts,
            has_started: AtomicBool::new(false),
        };
        let work = || std::iter::from_fn(|| queue.next()).for_each(|job| bench.work(job));
        thread::scope(|scope| {
            let started = workers::start(scope, workers, &work, &halting, &outbox)?;
            if started < wanted {
                event_loop.limit(started, why.as_deref().unwrap_or(NO_THREADS));
            }
            event_loop.listen(started, &inbox);
            Ok::<(), RunError>(())
        })?;
        event_loop.end(&queue.into_rest(), started)
    }
}

/// What keeps tasks few when threads can't be had and no limit says why.
const NO_THREADS: &str = "the system has no room for more threads";

/// Workers that will have no task need no thread.
fn useful_workers(workers: usize, tasks: Option<u128>) -> usize {
    let tasks = tasks.and_then(|tasks| usize::try_from(tasks).ok());
    tasks.map_or(workers, |tasks| workers.min(tasks.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_more_threads_than_tasks() {
        for (workers, tasks, useful) in [
            (4, None, 4),
            (4, Some(9), 4),
            (4, Some(2), 2),
            (4, Some(0), 1),
            (4, Some(u128::MAX), 4),
            (0, Some(3), 0),
        ] {
            assert_eq!(useful_workers(workers, tasks), useful);
        }
    }
}
