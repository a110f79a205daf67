//! Gives items to workers and takes their answers, for all threads of a run.

use super::state::{BATCH_LEN_MAX, State, Turn};
use super::verdict::{self, Verdict};
use super::{Batch, OnError, Spec};
use crate::cmd::map::MapError;
use crate::cmd::run::RunError;
use crate::event::map::MapEvent;
use crate::event::task::Exit;
use crate::machine::wake::Wake;
use crate::process::conversation::{Answers, Leftover, Portion};
use crate::stop::Stop;
use crate::task::{Items, More};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long at most is waited before a look at the stop.
const LOOK: Duration = Duration::from_millis(20);

/// How many bytes of items are read ahead.
const AHEAD_MAX: usize = 1 << 20;

/// How much of what workers complain may wait.
const COMPLAINTS_MAX: usize = 1 << 20;

pub(super) struct Dealer<'a> {
    pub(super) spec: &'a Spec,
    pub(super) stop: &'a Stop,
    /// By worker.
    wakes: Vec<Wake>,
    state: Mutex<State>,
    error: Mutex<Option<MapError>>,
    for_main: Condvar,
    for_reader: Condvar,
    for_workers: Condvar,
}

impl<'a> Dealer<'a> {
    pub(super) fn new(spec: &'a Spec, workers: usize, stop: &'a Stop) -> Result<Self, RunError> {
        let wakes = (0..workers).map(|_| Wake::new()).collect::<Result<_, _>>();
        Ok(Dealer {
            spec,
            stop,
            wakes: wakes.map_err(RunError::Wait)?,
            state: Mutex::new(State::new(workers, spec.batch)),
            error: Mutex::default(),
            for_main: Condvar::new(),
            for_reader: Condvar::new(),
            for_workers: Condvar::new(),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wake(&self, worker: usize) -> &Wake {
        &self.wakes[worker]
    }

    /// Ends the run for an error.
    pub(super) fn abandon(&self, error: MapError) {
        let mut first = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
        drop(first);
        self.state().is_closed = true;
        self.stop.abandon();
        self.call_all();
    }

    /// The first error.
    pub(super) fn take_error(&self) -> Option<MapError> {
        let mut error = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        error.take()
    }

    fn call_all(&self) {
        self.wakes.iter().for_each(Wake::ring);
        self.for_main.notify_all();
        self.for_reader.notify_all();
        self.for_workers.notify_all();
    }

    /// Wakes those who wait for items.
    fn call_hungry(&self, state: &mut State) {
        let mut is_any = false;
        for (is_hungry, wake) in state.is_hungry.iter_mut().zip(&self.wakes) {
            if std::mem::take(is_hungry) {
                is_any = true;
                wake.ring();
            }
        }
        if is_any {
            self.for_workers.notify_all();
        }
    }

    /// Reads all items, as fast as they are wanted.
    pub(super) fn read(&self, items: &mut Items) {
        while !self.stop.is_requested() {
            let more = items.next(LOOK);
            let mut state = self.state();
            match more {
                Ok(More::Items(block)) if state.fails_at.is_none() => state.queue.push(block),
                Ok(More::Items(_) | More::End) => {
                    state.is_read = true;
                    return self.call_hungry(&mut state);
                }
                Ok(More::NotYet) => continue,
                Err(error) => {
                    drop(state);
                    return self.abandon(RunError::from(error).into());
                }
            }
            self.call_hungry(&mut state);
            while self.is_full(&state) && !self.stop.is_requested() {
                let waited = self.for_reader.wait_timeout(state, LOOK);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        self.state().is_closed = true;
        self.call_all();
    }

    fn is_full(&self, state: &State) -> bool {
        let max = match state.batch {
            // One is taken while the next is read.
            Some(_) => 2 * BATCH_LEN_MAX,
            None => AHEAD_MAX,
        };
        state.queue.bytes() >= max
    }

    /// What a worker does next.
    pub(super) fn next(&self, worker: usize, window: usize) -> Turn {
        let mut state = self.state();
        let was_full = self.is_full(&state);
        let turn = match self.stop.is_requested() {
            true => Turn::End,
            false => state.next(worker, window),
        };
        if was_full && !self.is_full(&state) {
            self.for_reader.notify_all();
        }
        turn
    }

    /// The next portion for a worker that has no process; waits for it. `None` when there is none.
    pub(super) fn await_portion(&self, worker: usize, window: usize) -> Option<Portion> {
        loop {
            match self.next(worker, window) {
                Turn::Portion(portion) => return Some(portion),
                Turn::End => return None,
                Turn::Wait => {
                    let state = self.state();
                    if state.is_hungry[worker] {
                        drop(self.for_workers.wait_timeout(state, LOOK));
                    }
                }
            }
        }
    }

    /// Takes answers; `ended` is the length of the portion that is answered with them.
    pub(super) fn answer(&self, worker: usize, answers: Answers, ended: Option<usize>) {
        let mut state = self.state();
        state.answer(worker, answers);
        if let Some(len) = ended {
            self.end_portion(&mut state, len);
        }
        if state.order.has_ready() {
            self.for_main.notify_all();
        }
    }

    fn end_portion(&self, state: &mut State, len: usize) {
        state.end_portion(len);
        // Who waits may be done now, or there may be room.
        self.call_hungry(state);
    }

    /// A portion is given back as it is.
    pub(super) fn give_back(&self, portion: Portion, len: usize) {
        let mut state = self.state();
        state.give_back(vec![portion]);
        self.end_portion(&mut state, len);
    }

    /// Takes what a process has left of a portion of `len` bytes when it ended so.
    pub(super) fn take_leftover(&self, worker: usize, leftover: Leftover, exit: &Exit, len: usize) {
        let mut state = self.state();
        if !self.stop.is_requested() {
            let why = verdict::reason(&leftover, exit, self.spec.timeout);
            let (first, items) = (leftover.portion.first, leftover.portion.len());
            match verdict::judge(leftover, exit, self.spec.retries) {
                Verdict::Again(portions) => {
                    let is_blamed = portions.iter().any(|portion| portion.is_suspect);
                    if is_blamed {
                        state.retried += items as u64;
                        state
                            .events
                            .push_back(MapEvent::Again { first, items, why });
                    }
                    state.give_back(portions);
                }
                Verdict::Failed(portion) => self.fail(&mut state, worker, &portion, why),
            }
        }
        self.end_portion(&mut state, len);
        self.for_main.notify_all();
    }

    fn fail(&self, state: &mut State, worker: usize, portion: &Portion, why: String) {
        let seq = portion.first;
        if state.fails_at.is_some_and(|last| last <= seq) {
            return;
        }
        state.failed += 1;
        state.events.push_back(MapEvent::Failed {
            seq,
            item: portion.first_item().to_vec(),
            why,
            attempts: portion.failures,
        });
        let instead = match &self.spec.on_error {
            OnError::Stop => return state.fail_at(seq),
            OnError::Skip => Vec::new(),
            OnError::Text(text) => [text, &[self.spec.items.delimiter.byte()][..]].concat(),
        };
        let answers = Answers {
            first: seq,
            count: 1,
            bytes: instead,
        };
        state.answer(worker, answers);
        state.answered -= 1;
        state.totals[worker].items -= 1;
    }

    /// Has every portion end with its worker's input from now on; whether that is new.
    pub(super) fn close_inputs(&self) {
        let mut state = self.state();
        if state.batch.is_none() {
            state.batch = Some(Batch::Planned);
            state.events.push_back(MapEvent::Buffered);
        }
    }

    /// Whether a process is started for each portion.
    pub(super) fn has_batches(&self) -> bool {
        self.state().batch.is_some()
    }

    pub(super) fn tell(&self, event: MapEvent) {
        self.state().events.push_back(event);
        self.for_main.notify_all();
    }

    /// Takes whole lines that a worker wrote on standard error; waits while too many wait.
    pub(super) fn complain(&self, lines: &[u8]) {
        let mut state = self.state();
        while state.complaints.len() > COMPLAINTS_MAX && !self.stop.is_requested() {
            let waited = self.for_reader.wait_timeout(state, LOOK);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.complaints.extend_from_slice(lines);
        self.for_main.notify_all();
    }

    pub(super) fn has_room(&self, worker: usize, first: u64) -> bool {
        let mut state = self.state();
        let has_room = state.order.has_room(first);
        state.is_mute[worker] = !has_room;
        has_room
    }

    /// Waits until there is something to pass on, no longer than `limit`.
    pub(super) fn await_news(&self, limit: Duration) -> MutexGuard<'_, State> {
        let state = self.state();
        let has_news = |state: &State| {
            let is_over = state.left == state.is_hungry.len();
            let has_text = state.order.has_ready() || !state.complaints.is_empty();
            is_over || has_text || !state.events.is_empty() || state.has_failed()
        };
        if has_news(&state) {
            return state;
        }
        let waited = self.for_main.wait_timeout(state, limit);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Lets those go on who waited for answers to be passed on.
    pub(super) fn call_mute(&self, state: &mut State) {
        for (is_mute, wake) in state.is_mute.iter_mut().zip(&self.wakes) {
            if std::mem::take(is_mute) {
                wake.ring();
            }
        }
        self.call_hungry(state);
        self.for_reader.notify_all();
    }

    /// A thread has left.
    pub(super) fn leave(&self) {
        self.state().left += 1;
        self.for_main.notify_all();
    }
}
