//! Where what happens to all tasks comes together: told to the listener, and what tasks wrote put
//! into its order.

use super::children::Children;
use super::halting::Halting;
use super::messages::{Inbox, Message};
use super::queue::Rest;
use super::reorder_buffer::{Piece, ReorderBuffer};
use super::{Listener, Order, RunError, Spec};
use crate::clock;
use crate::event::task::{Stream, TaskEvent};
use crate::lines;
use crate::process::{self, Store, Terminal};
use crate::report::run::{Output, RecordError, Totals};
use std::io::{self, ErrorKind};
use std::thread;
use std::time::{Duration, Instant};

/// How often a listener is told that time has passed.
const TICK: Duration = Duration::from_millis(100);

/// How long messages are let gather after those that were urgent, unless they come in masses.
const GATHER: Duration = Duration::from_millis(1);

/// How many messages at once are a mass.
const MASS: usize = 32;

pub(super) struct EventLoop<'a> {
    spec: &'a Spec,
    halting: &'a Halting<'a>,
    listener: &'a mut dyn Listener,
    children: Children<'a>,
    reorder_buffer: ReorderBuffer,
    totals: Totals,
    /// By stream, the task that has left a line open there.
    open_lines: [Option<u64>; 2],
    /// By stream, whether nothing is written to it any more.
    is_mute: [bool; 2],
    last_tick: Instant,
}

impl<'a> EventLoop<'a> {
    pub(super) fn new(
        spec: &'a Spec,
        halting: &'a Halting<'a>,
        store: &Store,
        listener: &'a mut dyn Listener,
        terminal: Option<&'a Terminal>,
    ) -> EventLoop<'a> {
        EventLoop {
            spec,
            halting,
            listener,
            children: Children::new(terminal),
            reorder_buffer: ReorderBuffer::new(store),
            totals: Totals::new(spec.workers),
            open_lines: [None; 2],
            is_mute: [false; 2],
            last_tick: Instant::now(),
        }
    }

    /// There are fewer workers than were asked for.
    pub(super) fn limit(&mut self, workers: usize, why: &str) {
        self.totals.workers = workers;
        self.listener.limited(workers, why);
    }

    /// Listens until all workers have left.
    pub(super) fn listen(&mut self, workers: usize, inbox: &Inbox) {
        let mut left = 0;
        while left < workers {
            let is_called = inbox.wait(TICK);
            let mut taken = 0;
            for message in inbox.take() {
                left += self.take_or_count(message);
                taken += 1;
            }
            if self.last_tick.elapsed() >= TICK {
                self.last_tick = Instant::now();
                self.look_at_children();
                self.listener.tick();
            }
            if is_called && left < workers && taken < MASS {
                thread::sleep(GATHER);
            }
        }
        inbox.take().for_each(|message| self.take(message));
    }

    /// Hears which processes were stopped or continued.
    fn look_at_children(&mut self) {
        if self.children.have_resumed() {
            self.listener.resumed();
        }
        for event in self.children.look() {
            self.hear(&event);
        }
    }

    /// Takes a message; 1 when it is that of a worker who has left, else 0.
    fn take_or_count(&mut self, message: Message) -> usize {
        if let Message::Left = message {
            return 1;
        }
        self.take(message);
        0
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Count(count) => self.listener.count(count),
            Message::Left => (),
            Message::Event(event) => {
                match &*event {
                    TaskEvent::Lines {
                        task,
                        stream,
                        bytes,
                    } => self.write_lines(task.seq, *stream, bytes),
                    TaskEvent::Skipped { task } => self.end_turn(task.seq, Output::default()),
                    _ => (),
                }
                self.hear(&event);
            }
            Message::Ended(ended) => {
                // Shown first: what a record says is done must not have its output still to come.
                self.end_turn(ended.seq, ended.held);
                for event in ended.last.iter().chain([&ended.finished]) {
                    self.totals.hear(event);
                }
                let told = match &ended.last {
                    Some(last) => self.listener.hear_end(last, &ended.finished),
                    None => self.listener.hear(&ended.finished),
                };
                self.check(told);
            }
        }
    }

    fn hear(&mut self, event: &TaskEvent<Output>) {
        self.totals.hear(event);
        let told = self.listener.hear(event);
        self.check(told);
    }

    fn check(&self, told: Result<(), RecordError>) {
        if let Err(error) = told {
            self.halting.abandon(error.into());
        }
    }

    /// Shows what there is to show now that a task is over.
    fn end_turn(&mut self, seq: u64, held: Output) {
        if self.spec.order != Order::Input {
            return Stream::BOTH
                .into_iter()
                .zip(held)
                .for_each(|piece| self.show(&piece));
        }
        match self.reorder_buffer.end(seq, held) {
            Ok(pieces) => pieces.iter().for_each(|piece| self.show(piece)),
            Err(error) => self.halting.abandon(error),
        }
    }

    fn show(&mut self, (stream, text): &Piece) {
        let shown = text.read(|bytes| {
            self.write(*stream, bytes);
            Ok::<(), RunError>(())
        });
        if let Err(error) = shown {
            self.halting.abandon(error);
        }
    }

    /// Writes what a task tells at once. A line that it has left open is ended only when another task's
    /// follows it, where lines of several are shown among one another.
    fn write_lines(&mut self, seq: u64, stream: Stream, bytes: &[u8]) {
        if self.spec.order == Order::Line {
            let is_open = (!bytes.ends_with(b"\n")).then_some(seq);
            let was_open = std::mem::replace(&mut self.open_lines[stream.index()], is_open);
            if was_open.is_some_and(|of| of != seq) {
                self.write(stream, b"\n");
            }
        }
        self.write(stream, bytes);
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let is_mute = &mut self.is_mute[stream.index()];
        if *is_mute {
            return;
        }
        let Err(source) = self.listener.write(stream, bytes) else {
            return;
        };
        *is_mute = true;
        if lines::is_stopped(&source) || is_unheard(stream, &source) {
            return;
        }
        self.is_mute = [true; 2];
        let target = match stream {
            Stream::Stdout => "standard output",
            Stream::Stderr => "standard error",
        };
        self.halting.abandon(RunError::Write { target, source });
    }

    /// Tells what was not started, and what it all came to.
    pub(super) fn end(mut self, rest: &Rest, started: Instant) -> Result<Totals, RunError> {
        if rest.count != Some(0) {
            self.hear(&TaskEvent::NotStarted {
                first: rest.first,
                count: rest.count,
            });
        }
        if !self.spec.limits.keep_background {
            self.totals.background +=
                process::end_orphans(self.spec.limits.grace, self.halting.stop());
        }
        self.totals.elapsed = clock::now().saturating_duration_since(started);
        self.totals.stopped = self.halting.stop().reason();
        self.totals.halted = self.halting.halted();
        if let Err(error) = self.listener.end(&self.totals) {
            self.halting.close(error.into());
        }
        self.halting.take_error().map_or(Ok(self.totals), Err)
    }
}

/// Whether it is only that nobody listens to what goes wrong any more: no reason to end.
fn is_unheard(stream: Stream, error: &io::Error) -> bool {
    stream == Stream::Stderr && error.kind() == ErrorKind::BrokenPipe
}
