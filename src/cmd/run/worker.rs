//! One task from its start to its end, on the thread of its worker: attempts, and what is told of
//! them.

use super::durations::Durations;
use super::halting::Halting;
use super::messages::{Ended, Message, Outbox};
use super::output_writer::{OutputWriter, Route};
use super::queue::Job;
use super::room::Occupancy;
use super::slots::Buffers;
use super::{RunError, Spec};
use crate::event::task::{About, Attempted, EndedBy, Exit, Finished, Status, TaskEvent};
use crate::machine::{folder, priority};
use crate::process::{Command, Environment, Limits, Running, SpawnError, TASK_VARIABLE, Terminal};
use crate::report::run::Output;
use crate::task::{Task, Template};
use crate::units;
use std::cell::Cell;
use std::error::Error;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

thread_local! {
    /// Whether this worker gives way already. Its thread belongs to one run.
    static IS_NICE: Cell<bool> = const { Cell::new(false) };
}

/// What all workers work with.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    pub(super) spec: &'a Spec,
    pub(super) template: &'a Template,
    pub(super) halting: &'a Halting<'a>,
    pub(super) occupancy: Occupancy,
    /// What the run is called in the variable of its tasks.
    pub(super) run_name: String,
    /// What tasks are given to use, one at a time.
    pub(super) terminal: Option<&'a Terminal>,
    pub(super) durations: Durations,
    pub(super) outbox: &'a Outbox,
    /// Whether it is told when a process is started.
    pub(super) wants_starts: bool,
    /// Whether any process was started at all.
    pub(super) has_started: AtomicBool,
}

/// One attempt at a task.
#[derive(Clone, Copy, Debug)]
struct Try<'t> {
    task: &'t Arc<About>,
    slot: usize,
    /// From 1.
    attempt: u32,
    is_last: bool,
}

impl Try<'_> {
    /// The task, for what has placeholders besides its command.
    fn as_task(self) -> Task {
        Task {
            seq: self.task.seq,
            inputs: self.task.inputs.clone(),
        }
    }

    fn started(self, running: &Running) -> TaskEvent<Output> {
        TaskEvent::Started {
            task: Arc::clone(self.task),
            slot: self.slot,
            attempt: self.attempt,
            pid: running.pid(),
            started: running.started(),
            started_at: running.started_at(),
        }
    }

    fn ended(self, attempted: &Attempted, retry_after: Option<Duration>) -> TaskEvent<Output> {
        TaskEvent::AttemptEnded {
            task: Arc::clone(self.task),
            slot: self.slot,
            attempt: self.attempt,
            attempted: attempted.clone(),
            retry_after,
        }
    }
}

impl Bench<'_> {
    /// Runs a task to its end, with all its attempts.
    pub(super) fn work(&self, job: Job<'_>) {
        let Job { task, mut slot } = job;
        let about = Arc::new(About {
            seq: task.seq,
            argv: self.template.argv(&task, slot.number),
            key: self.template.key(&task),
            inputs: task.inputs,
        });
        self.take_nice();
        let mut attempt = 1;
        loop {
            let this = Try {
                task: &about,
                slot: slot.number,
                attempt,
                is_last: attempt > self.spec.retries,
            };
            let attempted = self.attempt(this, &mut slot);
            if this.is_last || !self.may_retry(&attempted) {
                let last = this.ended(&attempted, None);
                return self.end(this, Some(last), attempted, &mut slot.output_writer);
            }
            self.send(this.ended(&attempted, Some(self.spec.retry_delay)));
            if !self.wait(self.spec.retry_delay) {
                return self.end(this, None, attempted, &mut slot.output_writer);
            }
            attempt += 1;
        }
    }

    fn send(&self, event: TaskEvent<Output>) {
        self.outbox.send(Message::Event(Box::new(event)));
    }

    /// Has this thread, and what it starts, give way to others.
    fn take_nice(&self) {
        let by = self.spec.nice;
        if by == 0 || IS_NICE.replace(true) {
            return;
        }
        if let Err(source) = priority::lower_priority(by) {
            self.halting.abandon(RunError::Nice { by, source });
        }
    }

    /// Waits before the next attempt; whether there is still one to be made.
    fn wait(&self, delay: Duration) -> bool {
        if let Err(error) = self.halting.wait_for_stop(delay) {
            self.halting.abandon(RunError::Wait(error));
        }
        !self.halting.stop().is_requested()
    }

    fn attempt(&self, this: Try<'_>, buffers: &mut Buffers) -> Attempted {
        let Buffers {
            buffer,
            output_writer,
            environment,
        } = buffers;
        let tag = self.spec.tag_text.as_ref();
        let tag = tag.map(|tag| tag.render_text(&this.as_task(), this.slot));
        output_writer.begin(self.spec, this.task, tag);
        let started = self
            .occupancy
            .start(self.halting, || self.spawn(this, environment));
        let (running, occupied) = match started {
            Ok(started) => started,
            Err(error) => return self.not_spawned(error),
        };
        self.has_started.store(true, Ordering::Relaxed);
        if self.wants_starts {
            self.send(this.started(&running));
        }
        let route = Route {
            spec: self.spec,
            task: this.task,
            outbox: self.outbox,
            is_last: this.is_last,
            halting: self.halting,
        };
        let (limits, stop) = (self.limits(), self.halting.stop());
        let exit = running.supervise(&limits, stop, buffer, &mut |stream, bytes| {
            output_writer.push(&route, stream, bytes);
        });
        output_writer.finish(&route);
        drop(occupied);
        self.take_terminal_back(exit.as_ref().ok());
        match exit {
            Ok(exit) => Attempted::Exited(exit),
            Err(error) => Attempted::Failed {
                why: with_causes(&error),
                code: LOST_CODE,
            },
        }
    }

    /// How long the next attempt may take.
    fn limits(&self) -> Limits {
        let limits = self.spec.limits;
        let factor = self.spec.timeout_of_median;
        let of_median = factor.and_then(|factor| self.durations.median_times(factor));
        let timeouts = [limits.timeout, of_median].into_iter().flatten();
        Limits {
            timeout: timeouts.min(),
            ..limits
        }
    }

    /// Goes where the task is to run, if that is elsewhere.
    fn enter_folder(&self, this: Try<'_>) -> Result<(), SpawnError> {
        let Some(folder) = &self.spec.folder else {
            return Ok(());
        };
        let folder = folder.render_text(&this.as_task(), this.slot);
        folder::enter(Path::new(OsStr::from_bytes(&folder))).map_err(|source| SpawnError::Folder {
            folder: units::printable(&String::from_utf8_lossy(&folder)),
            source,
        })
    }

    fn spawn(&self, this: Try<'_>, environment: &mut Environment) -> Result<Running, SpawnError> {
        self.enter_folder(this)?;
        for (name, number) in [
            ("PARTASK_SEQ", this.task.seq),
            ("PARTASK_SLOT", this.slot as u64),
            ("PARTASK_ATTEMPT", this.attempt.into()),
        ] {
            let set = environment.set(name, &number.to_string());
            set.expect("a number holds no NUL byte");
        }
        let mark = format!("{}.{}.{}", self.run_name, this.task.seq, this.attempt);
        let set = environment.set_mark(TASK_VARIABLE, &mark);
        set.expect("numbers hold no NUL byte");
        let command = Command::new(&this.task.argv, environment);
        match self.terminal {
            Some(terminal) => command.spawn_on(terminal),
            None => command.spawn(),
        }
    }

    /// Takes the terminal back from a task that had it. What Ctrl-C has ended there has heard it in our
    /// place, as it was in the foreground: the run is interrupted.
    fn take_terminal_back(&self, exit: Option<&Exit>) {
        let Some(terminal) = self.terminal else {
            return;
        };
        if let Err(error) = terminal.take_back() {
            self.halting.abandon(RunError::Terminal(error));
        }
        let is_interrupt = |status| matches!(status, Status::Signal { number: 2, .. });
        if exit.is_some_and(|exit| is_interrupt(exit.status)) {
            self.halting.stop().interrupt();
        }
    }

    /// A command that can't be started for the first task can't be for any other, unless its name
    /// depends on the input.
    fn not_spawned(&self, error: SpawnError) -> Attempted {
        let failed = Attempted::Failed {
            why: with_causes(&error),
            code: error.shell_code(),
        };
        let has_started = self.has_started.load(Ordering::Relaxed);
        let is_for_all = self.template.has_fixed_program() || error.is_line_of_shell();
        if is_of_program(&error) && !has_started && is_for_all {
            self.halting.abandon(RunError::Command(error));
        }
        failed
    }

    fn may_retry(&self, attempted: &Attempted) -> bool {
        let is_hopeless = match attempted {
            Attempted::Exited(exit) => exit.is_success() || exit.ended_by == EndedBy::Stop,
            Attempted::Failed { code, .. } => *code != LOST_CODE,
        };
        !is_hopeless && !self.halting.stop().is_requested()
    }

    fn end(
        &self,
        this: Try<'_>,
        last: Option<TaskEvent<Output>>,
        attempted: Attempted,
        output_writer: &mut OutputWriter,
    ) {
        let is_success = attempted.is_success();
        let exit = attempted.exit();
        let was_told = exit.is_some_and(|exit| exit.ended_by == EndedBy::Stop);
        if !was_told {
            self.halting.count(is_success);
        }
        if let Some(exit) = exit.filter(|_| is_success && self.spec.timeout_of_median.is_some()) {
            self.durations.push(exit.elapsed());
        }
        let held = output_writer.take_held();
        let output = output_writer.take_kept();
        for output in held.iter().chain(&output) {
            if let Some(loss) = RunError::lost(this.task.seq, output) {
                self.halting.abandon(loss);
            }
        }
        let finished = TaskEvent::Finished(Finished {
            task: Arc::clone(this.task),
            slot: this.slot,
            attempts: this.attempt,
            attempted,
            output,
            tail: if is_success {
                Vec::new()
            } else {
                output_writer.tail()
            },
        });
        let ended = Ended {
            seq: this.task.seq,
            last,
            finished,
            held,
        };
        self.outbox.send(Message::Ended(Box::new(ended)));
    }
}

/// Whether it is the program itself that can't be started, and not what it is given.
fn is_of_program(error: &SpawnError) -> bool {
    match error {
        SpawnError::Empty
        | SpawnError::NotFound { .. }
        | SpawnError::NoFile { .. }
        | SpawnError::NoInterpreter { .. }
        | SpawnError::NotExecutable { .. }
        | SpawnError::BadFormat { .. } => true,
        SpawnError::TooLong { .. }
        | SpawnError::Nul { .. }
        | SpawnError::NoRoom { .. }
        | SpawnError::Folder { .. }
        | SpawnError::Other { .. } => false,
    }
}

/// What is said of a process that was lost sight of: as `env` and `timeout` say that the fault is
/// not the command's.
const LOST_CODE: u8 = 125;

/// What an error says, and what its causes do.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause: &&dyn Error| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
