//! Several inputs a task: how many go into one, by number, by length, and so that every worker has work.

use std::collections::VecDeque;
use std::num::NonZero;

/// One of each source: what a task has without batches.
pub(super) type Inputs = Vec<Vec<u8>>;

/// How many inputs a task has at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// So many, or one of each source's; `None` for as many as fit.
    pub max_inputs: Option<NonZero<usize>>,
    /// No more than a command line holds in so many bytes, each argument counted with its end. `None` is
    /// no limit.
    pub max_len: Option<NonZero<usize>>,
    /// Whether each argument's address counts too, as it does for the system (execve(2)).
    pub counts_addresses: bool,
    /// Among so many workers the inputs are spread as evenly as can be.
    pub spread: Option<NonZero<usize>>,
}

impl Batch {
    /// So many inputs a task.
    #[must_use]
    pub fn of(inputs: NonZero<usize>) -> Batch {
        Batch {
            max_inputs: Some(inputs),
            ..Batch::default()
        }
    }

    /// How many tasks so many inputs make, where their lengths have no say in it.
    pub(super) fn count(&self, inputs: u128) -> Option<u128> {
        let max = self.max_inputs?.get() as u128;
        (self.max_len.is_none() && self.spread.is_none()).then(|| inputs.div_ceil(max))
    }
}

/// Gathers inputs until they make a task.
#[derive(Debug)]
pub(super) struct Gatherer {
    batch: Batch,
    /// What the command takes without inputs.
    fixed_len: usize,
    /// What waits, all inputs in a row.
    inputs: VecDeque<Vec<u8>>,
    /// How many of these belong together, and how much room they take.
    waiting: VecDeque<(usize, usize)>,
    waiting_len: usize,
    /// How many of those that wait make the next task, once the last have come.
    shares: VecDeque<usize>,
}

impl Gatherer {
    pub(super) fn new(batch: Batch, fixed_len: usize) -> Gatherer {
        Gatherer {
            batch,
            fixed_len,
            inputs: VecDeque::new(),
            waiting: VecDeque::new(),
            waiting_len: 0,
            shares: VecDeque::new(),
        }
    }

    /// Takes the next inputs and how much room they take on a command line.
    pub(super) fn push(&mut self, inputs: impl IntoIterator<Item = Vec<u8>>, len: usize) {
        // What is too long by itself makes one task, and no more than one.
        let len = len.min(self.room().unwrap_or(usize::MAX));
        let before = self.inputs.len();
        self.inputs.extend(inputs);
        self.waiting.push_back((self.inputs.len() - before, len));
        self.waiting_len += len;
    }

    /// Whether enough wait for a task, whatever comes after them: with several workers, as much as all
    /// of them can take, so that the last tasks can be made alike.
    pub(super) fn is_full(&self) -> bool {
        let workers = self.batch.spread.map_or(1, NonZero::get);
        let is_much = |max: NonZero<usize>, now: usize| now >= max.get().saturating_mul(workers);
        let room = self.room().and_then(NonZero::new);
        self.batch.max_inputs.is_some_and(|max| is_much(max, self.waiting.len()))
            // One more than fits, so that what fits is known.
            || room.is_some_and(|room| is_much(room, self.waiting_len.saturating_sub(1)))
    }

    fn room(&self) -> Option<usize> {
        let max = self.batch.max_len?.get();
        Some(max.saturating_sub(self.fixed_len).max(1))
    }

    /// The inputs of the next task; `is_last` when no more will come, and then `None` once all are
    /// handed out.
    pub(super) fn take(&mut self, is_last: bool) -> Option<Inputs> {
        if self.waiting.is_empty() {
            return None;
        }
        if is_last && self.shares.is_empty() {
            self.share_out();
        }
        let fitting = self.fitting(0);
        let count = match self.shares.pop_front() {
            Some(share) => share.min(fitting),
            None => fitting,
        };
        let taken = self.waiting.drain(..count);
        let (inputs, len) = taken.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        self.waiting_len -= len;
        if self.waiting.is_empty() {
            self.shares.clear();
        }
        Some(self.inputs.drain(..inputs).collect())
    }

    /// How many of those that wait, from one on, fit into one task: at least one does, as what can't be
    /// executed is told by who executes it.
    fn fitting(&self, from: usize) -> usize {
        let max = self.batch.max_inputs.map_or(usize::MAX, NonZero::get);
        let mut left = self.room().unwrap_or(usize::MAX);
        let fits = |(_, len): &&(usize, usize)| {
            let rest = left.checked_sub(*len);
            left = rest.unwrap_or(0);
            rest.is_some()
        };
        let waiting = self.waiting.iter().skip(from).take(max);
        waiting.take_while(fits).count().max(1)
    }

    /// Shares what is left out among the workers, as evenly as can be.
    fn share_out(&mut self) {
        let Some(workers) = self.batch.spread else {
            return;
        };
        let mut tasks = 0usize;
        let mut from = 0;
        while from < self.waiting.len() {
            from += self.fitting(from);
            tasks += 1;
        }
        // As many rounds as it takes anyway, each with work for all.
        let all = self.waiting.len();
        let tasks = tasks.div_ceil(workers.get()).max(1) * workers.get();
        let tasks = tasks.min(all);
        self.shares = (0..tasks)
            .map(|i| all * (i + 1) / tasks - all * i / tasks)
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The sizes of the tasks that inputs of these lengths make.
    fn sizes(batch: Batch, fixed_len: usize, lens: &[usize]) -> Vec<usize> {
        let mut gatherer = Gatherer::new(batch, fixed_len);
        let mut sizes = Vec::new();
        let mut seen = 0;
        let mut check = |inputs: Inputs| {
            for input in &inputs {
                assert_eq!(input, seen.to_string().as_bytes(), "in order, each once");
                seen += 1;
            }
            sizes.push(inputs.len());
        };
        for (i, len) in lens.iter().enumerate() {
            gatherer.push(vec![i.to_string().into_bytes()], *len);
            while gatherer.is_full() {
                check(gatherer.take(false).expect("inputs"));
            }
        }
        while let Some(inputs) = gatherer.take(true) {
            check(inputs);
        }
        assert_eq!(seen, lens.len());
        sizes
    }

    fn batch(max_inputs: usize, max_len: usize, spread: usize) -> Batch {
        Batch {
            max_inputs: NonZero::new(max_inputs),
            max_len: NonZero::new(max_len),
            counts_addresses: false,
            spread: NonZero::new(spread),
        }
    }

    #[test]
    fn tasks_are_as_full_as_can_be_and_alike_at_the_end() {
        for (batch, lens, expected) in [
            (batch(2, 0, 0), [1; 5].to_vec(), &[2, 2, 1][..]),
            (batch(0, 10, 0), [4; 5].to_vec(), &[2, 2, 1]),
            (batch(0, 10, 0), vec![3, 3, 9, 99, 1], &[2, 1, 1, 1]),
            (batch(3, 10, 0), [1; 7].to_vec(), &[3, 3, 1]),
            (batch(0, 1000, 4), [1; 10].to_vec(), &[2, 3, 2, 3]),
            (batch(0, 1000, 4), [1; 2].to_vec(), &[1, 1]),
            (batch(0, 4, 2), [1; 9].to_vec(), &[4, 2, 3]),
            (batch(0, 4, 2), [].to_vec(), &[]),
            (batch(2, 10, 4), [1, 1, 23, 18].to_vec(), &[1, 1, 1, 1]),
        ] {
            assert_eq!(sizes(batch, 0, &lens), expected, "{batch:?} {lens:?}");
        }
    }

    #[test]
    fn the_number_of_tasks_is_known_when_lengths_have_no_say() {
        assert_eq!(batch(3, 0, 0).count(7), Some(3));
        assert_eq!(batch(3, 9, 0).count(7), None);
        assert_eq!(batch(0, 9, 2).count(7), None);
    }

    proptest! {
        #[test]
        fn every_input_once_in_order_within_the_limits(
            lens in prop::collection::vec(1usize..30, 0..200),
            max_inputs in 0usize..9,
            max_len in 0usize..100,
            workers in 0usize..9,
            fixed_len in 0usize..20,
        ) {
            let batch = batch(max_inputs, max_len, workers);
            let sizes = sizes(batch, fixed_len, &lens);
            let mut rest = &lens[..];
            for size in &sizes {
                let (task, after) = rest.split_at(*size);
                rest = after;
                prop_assert!(max_inputs == 0 || *size <= max_inputs);
                let len = fixed_len + task.iter().sum::<usize>();
                prop_assert!(max_len == 0 || len <= max_len.max(fixed_len + 1) || *size == 1);
            }
            // Every worker has work, if there is enough.
            prop_assert!(workers == 0 || sizes.len() >= workers.min(lens.len()));
        }
    }
}
