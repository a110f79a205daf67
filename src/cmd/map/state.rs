//! What all threads of a run share, under one lock: items that wait, answers that wait, who waits for
//! what.

use super::Batch;
use super::order::Order;
use super::queue::Queue;
use crate::event::map::MapEvent;
use crate::process::conversation::{Answers, Portion};
use crate::report::map::WorkerTotals;
use std::collections::{BTreeMap, VecDeque};

/// How many bytes of items are with workers at a time, beside one portion.
const IN_FLIGHT_MAX: usize = 8 << 20;

/// How many bytes of items a portion has at most, unless it is one item.
pub(super) const PORTION_LEN_MAX: usize = 1 << 18;

/// How many items are worth a process.
const BATCH_MIN: usize = 1000;

/// The most bytes where the input is closed behind it.
pub(super) const BATCH_LEN_MAX: usize = 1 << 20;

/// What a thread is told to do.
#[derive(Debug)]
pub(super) enum Turn {
    Portion(Portion),
    Wait,
    End,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) queue: Queue,
    /// What was given back, by the number of the first item.
    returned: BTreeMap<u64, Portion>,
    pub(super) order: Order,
    /// Whether all items were read.
    pub(super) is_read: bool,
    /// Whether nothing is given out any more.
    pub(super) is_closed: bool,
    /// How many items go together with the input closed behind them, if it is.
    pub(super) batch: Option<Batch>,
    in_flight: usize,
    in_flight_len: usize,
    /// By worker, whether it waits for items, and for room.
    pub(super) is_hungry: Vec<bool>,
    pub(super) is_mute: Vec<bool>,
    /// How many processes are there.
    pub(super) processes: usize,
    /// How many threads have left.
    pub(super) left: usize,
    pub(super) totals: Vec<WorkerTotals>,
    pub(super) answered: u64,
    pub(super) failed: u64,
    pub(super) retried: u64,
    /// The item at whose failure all ends.
    pub(super) fails_at: Option<u64>,
    pub(super) events: VecDeque<MapEvent>,
    /// What workers wrote on standard error, in whole lines.
    pub(super) complaints: Vec<u8>,
}

impl State {
    pub(super) fn new(workers: usize, batch: Option<Batch>) -> State {
        State {
            queue: Queue::new(),
            returned: BTreeMap::new(),
            order: Order::new(),
            is_read: false,
            is_closed: false,
            batch,
            in_flight: 0,
            in_flight_len: 0,
            is_hungry: vec![false; workers],
            is_mute: vec![false; workers],
            processes: 0,
            left: 0,
            totals: vec![WorkerTotals::default(); workers],
            answered: 0,
            failed: 0,
            retried: 0,
            fails_at: None,
            events: VecDeque::new(),
            complaints: Vec::new(),
        }
    }

    /// What a worker does next that takes up to `window` items.
    pub(super) fn next(&mut self, worker: usize, window: usize) -> Turn {
        if self.is_closed {
            return Turn::End;
        }
        if let Some(portion) = self.take(window) {
            self.in_flight += 1;
            self.in_flight_len += portion.bytes.len();
            self.is_hungry[worker] = false;
            return Turn::Portion(portion);
        }
        let is_over = self.is_read && self.queue.items() == 0;
        if is_over && self.returned.is_empty() && self.in_flight == 0 {
            return Turn::End;
        }
        self.is_hungry[worker] = true;
        Turn::Wait
    }

    fn take(&mut self, window: usize) -> Option<Portion> {
        if let Some((_, mut portion)) = self.returned.pop_first() {
            portion.closes = portion.is_suspect || self.batch.is_some();
            return Some(portion);
        }
        let has_room = self.in_flight_len < IN_FLIGHT_MAX && self.order.is_roomy();
        if !has_room && self.in_flight > 0 {
            return None;
        }
        let waiting = self.queue.items();
        // The last items are shared out.
        let share = match self.is_read {
            true => window
                .min(waiting.div_ceil(2 * self.is_hungry.len()))
                .max(1),
            false => window,
        };
        if let Some(batch) = self.batch {
            let count = match batch {
                Batch::Count(count) => count,
                // A process is worth some items.
                Batch::Planned => share.max(BATCH_MIN),
            };
            let is_enough = waiting >= count || self.queue.bytes() >= BATCH_LEN_MAX || self.is_read;
            let is_due = is_enough || batch == Batch::Planned;
            let taken = is_due.then(|| self.queue.take(count, BATCH_LEN_MAX));
            let mut portion = taken.flatten()?;
            portion.closes = true;
            return Some(portion);
        }
        self.queue.take(share, PORTION_LEN_MAX)
    }

    /// Takes answers.
    pub(super) fn answer(&mut self, worker: usize, answers: Answers) {
        self.answered += answers.count as u64;
        self.totals[worker].items += answers.count as u64;
        self.order.push(answers);
    }

    /// A worker has no portion any more, which had so many bytes.
    pub(super) fn end_portion(&mut self, len: usize) {
        self.in_flight -= 1;
        self.in_flight_len -= len;
    }

    /// Takes items that are to be given out again.
    pub(super) fn give_back(&mut self, portions: Vec<Portion>) {
        let last = self.fails_at.unwrap_or(u64::MAX);
        let wanted = portions
            .into_iter()
            .filter(|portion| portion.first <= last && !portion.is_empty());
        self.returned
            .extend(wanted.map(|portion| (portion.first, portion)));
    }

    /// Ends everything at the failure of an item: what comes before it is still answered.
    pub(super) fn fail_at(&mut self, seq: u64) {
        let seq = self.fails_at.map_or(seq, |before| before.min(seq));
        self.fails_at = Some(seq);
        self.order.end_after(seq - 1);
        self.returned.retain(|first, _| *first < seq);
        if self.queue.seen() - self.queue.items() as u64 >= seq {
            self.queue.clear();
        }
        self.is_read = true;
    }

    /// Whether all that comes before the failed item is answered.
    pub(super) fn has_failed(&self) -> bool {
        self.fails_at.is_some_and(|seq| self.order.next() >= seq)
    }
}
