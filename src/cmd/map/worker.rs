//! A worker: one process after the other, each of which answers items for as long as it can.

use super::dealer::Dealer;
use super::state::Turn;
use super::window::Window;
use crate::clock;
use crate::cmd::map::MapError;
use crate::cmd::run::RunError;
use crate::event::map::MapEvent;
use crate::event::task::Exit;
use crate::machine::child_input::ChildInput;
use crate::machine::{folder, priority};
use crate::process::conversation::{
    Answers, Conversation, Ending, Manners, Partner, Portion, Supply,
};
use crate::process::line_assembler::LineAssembler;
use crate::process::{
    Argv, Command, Environment, Limits, ReadBuffer, Running, SpawnError, TASK_VARIABLE,
};
use crate::units;
use std::path::Path;
use std::time::Duration;

/// What all workers work with.
pub(super) struct Bench<'a> {
    pub(super) dealer: &'a Dealer<'a>,
    pub(super) argv: &'a Argv,
    pub(super) environment: &'a Environment,
    /// What the run is called in the variable of its processes.
    pub(super) run_name: String,
}

/// One worker, while a process works for it.
struct Seat<'a> {
    dealer: &'a Dealer<'a>,
    worker: usize,
    window: Window,
    /// What the process was started for.
    reserved: Option<Portion>,
    /// How many bytes the portion had that it was given last, until it is answered.
    given: Option<usize>,
    /// How many of its items are not answered.
    left: usize,
    busy: Duration,
    /// What the last items took.
    per_item: Option<Duration>,
    lines: LineAssembler,
    tag: Vec<u8>,
    items: u64,
}

impl Partner for Seat<'_> {
    fn next(&mut self) -> Supply {
        let turn = match self.reserved.take() {
            Some(portion) => Turn::Portion(portion),
            None => self.dealer.next(self.worker, self.window.size()),
        };
        match turn {
            Turn::Portion(portion) => {
                self.given = Some(portion.bytes.len());
                self.left = portion.len();
                Supply::Portion(portion)
            }
            Turn::Wait => Supply::Nothing,
            Turn::End => Supply::End,
        }
    }

    fn answered(&mut self, answers: Answers) {
        self.items += answers.count as u64;
        self.left = self.left.saturating_sub(answers.count);
        let ended = match self.left {
            0 => self.given.take(),
            _ => None,
        };
        self.dealer.answer(self.worker, answers, ended);
    }

    fn took(&mut self, items: usize, answer_bytes: usize, elapsed: Duration) {
        self.busy += elapsed;
        self.per_item = Some(elapsed / u32::try_from(items.max(1)).unwrap_or(u32::MAX));
        self.window.learn(items, answer_bytes, elapsed);
    }

    fn complain(&mut self, bytes: &[u8]) {
        let Seat {
            dealer, lines, tag, ..
        } = self;
        lines.push(bytes, |whole| dealer.complain(&tagged(tag, whole)));
    }

    fn has_room(&mut self, first: u64) -> bool {
        self.dealer.has_room(self.worker, first)
    }

    fn is_silent(&mut self) {
        self.dealer.tell(MapEvent::Silent);
    }
}

/// Lines with a tag before each, if there is one.
fn tagged(tag: &[u8], lines: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(lines.len());
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        text.extend_from_slice(tag);
        text.extend_from_slice(line);
    }
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text
}

impl Bench<'_> {
    /// Works until there is nothing more to do.
    pub(super) fn work(&self, worker: usize) {
        let spec = self.dealer.spec;
        if spec.nice != 0
            && let Err(source) = priority::lower_priority(spec.nice)
        {
            let by = spec.nice;
            return self.dealer.abandon(RunError::Nice { by, source }.into());
        }
        let tag = match spec.tag {
            true => format!("worker {}\t", worker + 1).into_bytes(),
            false => Vec::new(),
        };
        let mut seat = Seat {
            dealer: self.dealer,
            worker,
            window: Window::new(spec.window),
            reserved: None,
            given: None,
            left: 0,
            busy: Duration::ZERO,
            per_item: None,
            lines: LineAssembler::new(),
            tag,
            items: 0,
        };
        let mut buffer = ReadBuffer::new();
        let mut process = 0;
        if self.dealer.has_batches() {
            seat.window.begin_batches();
        }
        while let Some(portion) = self.dealer.await_portion(worker, seat.window.size()) {
            process += 1;
            let len = portion.bytes.len();
            match self.spawn(worker, process) {
                Ok((running, input)) => {
                    seat.reserved = Some(portion);
                    self.converse(running, input, &mut seat, &mut buffer);
                }
                Err(error @ SpawnError::NoRoom { .. }) => {
                    self.dealer.give_back(portion, len);
                    return self.leave_for_room(error);
                }
                Err(error) => {
                    self.dealer.give_back(portion, len);
                    return self.dealer.abandon(RunError::Command(error).into());
                }
            }
        }
    }

    /// There is no room for this worker: the others have its work, if there are any.
    fn leave_for_room(&self, error: SpawnError) {
        let processes = self.dealer.state().processes;
        match processes {
            0 => self.dealer.abandon(RunError::Command(error).into()),
            others => self.dealer.tell(MapEvent::Limited(others)),
        }
    }

    fn spawn(&self, worker: usize, process: u64) -> Result<(Running, ChildInput), SpawnError> {
        let spec = self.dealer.spec;
        if let Some(path) = &spec.folder {
            folder::enter(Path::new(path)).map_err(|source| SpawnError::Folder {
                folder: units::printable(&path.to_string_lossy()),
                source,
            })?;
        }
        let mut environment = self.environment.clone();
        let number = (worker + 1).to_string();
        let mark = format!("{}.{number}.{process}", self.run_name);
        let set = environment
            .set("PARTASK_SLOT", &number)
            .and_then(|()| environment.set_mark(TASK_VARIABLE, &mark));
        set.expect("numbers hold no NUL byte");
        let program = || {
            let name = self.argv.first().unwrap_or_default();
            units::printable(&name.to_string_lossy())
        };
        let (reader, input) = ChildInput::pipe().map_err(|source| SpawnError::NoRoom {
            program: program(),
            source,
        })?;
        let command = Command::new(self.argv, &environment).reading(Some(&reader));
        Ok((command.spawn()?, input))
    }

    fn converse(
        &self,
        running: Running,
        input: ChildInput,
        seat: &mut Seat<'_>,
        buffer: &mut ReadBuffer,
    ) {
        let (dealer, spec, worker) = (self.dealer, self.dealer.spec, seat.worker);
        let (pid, started) = (running.pid(), running.started());
        dealer.state().processes += 1;
        dealer.tell(MapEvent::Started {
            worker: worker + 1,
            pid,
            started_at: running.started_at(),
        });
        if dealer.has_batches() {
            seat.window.begin_batches();
        }
        (seat.items, seat.busy) = (0, Duration::ZERO);
        let manners = Manners {
            delimiter: spec.items.delimiter,
            timeout: spec.timeout,
            linger: spec.grace,
        };
        let limits = Limits {
            timeout: None,
            grace: spec.grace,
            keep_background: false,
        };
        let (wake, per_item) = (dealer.wake(worker), seat.per_item);
        let mut conversation = Conversation::new(seat, manners, pid, input, wake, per_item);
        let exit = running.converse(&limits, dealer.stop, buffer, &mut conversation);
        let ending = exit.as_ref().map(|exit| conversation.end(exit)).ok();
        self.conclude(seat, pid, exit.as_ref().ok(), clock::now() - started);
        match (exit, ending) {
            (Ok(exit), Some(ending)) => self.take_ending(seat, &exit, ending),
            (Ok(_), None) => (),
            (Err(error), _) => dealer.abandon(error.into()),
        }
    }

    /// Counts what a process has done that has ended.
    fn conclude(&self, seat: &mut Seat<'_>, pid: u32, exit: Option<&Exit>, alive: Duration) {
        let Seat {
            dealer, lines, tag, ..
        } = seat;
        lines.finish(|whole| dealer.complain(&tagged(tag, whole)));
        let mut state = self.dealer.state();
        state.processes -= 1;
        let totals = &mut state.totals[seat.worker];
        totals.processes += 1;
        totals.busy += seat.busy;
        totals.alive += alive;
        if let Some(exit) = exit {
            totals.cpu += exit.usage.user + exit.usage.system;
            state.events.push_back(MapEvent::Ended {
                worker: seat.worker + 1,
                pid,
                exit: *exit,
                items: seat.items,
            });
        }
    }

    fn take_ending(&self, seat: &mut Seat<'_>, exit: &Exit, ending: Ending) {
        if ending.is_unasked {
            let answered = seat.items;
            self.dealer.abandon(MapError::Unasked {
                worker: seat.worker + 1,
                answered,
            });
        }
        if ending.is_buffered {
            self.dealer.close_inputs();
        }
        // All was answered, or the portion was never begun.
        let len = seat.given.take();
        match (ending.leftover, len) {
            (Some(leftover), Some(len)) => {
                self.dealer.take_leftover(seat.worker, leftover, exit, len);
            }
            (None, Some(len)) => self.dealer.give_back(Portion::default(), len),
            (_, None) => (),
        }
        if let Some(portion) = seat.reserved.take() {
            let len = portion.bytes.len();
            self.dealer.give_back(portion, len);
        }
    }
}
