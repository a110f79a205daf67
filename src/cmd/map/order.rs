//! Answers put into the order of their items.

use crate::process::conversation::Answers;
use std::collections::BTreeMap;

/// What may wait to be written, and what may wait for its turn, in bytes.
const READY_MAX: usize = 2 << 20;
const HELD_MAX: usize = 8 << 20;

#[derive(Debug)]
pub(super) struct Order {
    /// The number of the first item without an answer.
    next: u64,
    /// By the number of their first item.
    held: BTreeMap<u64, Answers>,
    held_len: usize,
    ready: Vec<Vec<u8>>,
    ready_len: usize,
    /// The last item whose answer is wanted.
    last: u64,
}

impl Order {
    pub(super) fn new() -> Order {
        Order {
            next: 1,
            held: BTreeMap::new(),
            held_len: 0,
            ready: Vec::new(),
            ready_len: 0,
            last: u64::MAX,
        }
    }

    /// The number of the first item without an answer.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Wants no answers after that item.
    pub(super) fn end_after(&mut self, last: u64) {
        self.last = self.last.min(last);
        self.held.retain(|first, _| *first <= last);
        self.held_len = self.held.values().map(|held| held.bytes.len()).sum();
    }

    pub(super) fn push(&mut self, answers: Answers) {
        if answers.first > self.last {
            return;
        }
        self.held_len += answers.bytes.len();
        self.held.insert(answers.first, answers);
        while let Some(first) = self.held.first_entry()
            && *first.key() == self.next
        {
            let answers = first.remove();
            self.held_len -= answers.bytes.len();
            self.ready_len += answers.bytes.len();
            self.next += answers.count as u64;
            self.ready.push(answers.bytes);
        }
    }

    /// What is to be written next.
    pub(super) fn take_ready(&mut self) -> Vec<Vec<u8>> {
        self.ready_len = 0;
        std::mem::take(&mut self.ready)
    }

    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Whether answers to items from there on may come. Those that all others wait for may, unless
    /// whoever reads the output is slow.
    pub(super) fn has_room(&self, first: u64) -> bool {
        match first <= self.next {
            true => self.ready_len < READY_MAX,
            false => self.is_roomy(),
        }
    }

    /// Whether more items may be begun.
    pub(super) fn is_roomy(&self) -> bool {
        self.ready_len < READY_MAX && self.held_len < HELD_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answers(first: u64, count: usize, bytes: Vec<u8>) -> Answers {
        Answers {
            first,
            count,
            bytes,
        }
    }

    proptest! {
        #[test]
        fn answers_come_in_the_order_of_items(
            counts in proptest::collection::vec(1usize..5, 1..30),
            keys in proptest::collection::vec(any::<u32>(), 30),
        ) {
            let mut first = 1;
            let mut pieces = Vec::new();
            let mut expected = Vec::new();
            for (i, count) in counts.iter().enumerate() {
                expected.extend(vec![i as u8; *count]);
                pieces.push((keys[i], answers(first, *count, vec![i as u8; *count])));
                first += *count as u64;
            }
            pieces.sort_by_key(|(key, _)| *key);
            let mut order = Order::new();
            let mut written = Vec::new();
            for (_, piece) in pieces {
                order.push(piece);
                written.extend(order.take_ready().concat());
            }
            prop_assert_eq!(written, expected);
            prop_assert!(order.next() == first && order.held_len == 0);
        }
    }

    #[test]
    fn who_is_waited_for_has_room_as_long_as_output_is_read() {
        let mut order = Order::new();
        order.push(answers(2, 1, vec![0; HELD_MAX]));
        assert!(!order.is_roomy() && !order.has_room(3) && order.has_room(1));
        order.push(answers(1, 1, Vec::new()));
        assert!(!order.has_room(3) && order.has_ready());
        assert_eq!(order.take_ready().concat().len(), HELD_MAX);
        assert!(order.has_room(3) && order.is_roomy());
    }

    #[test]
    fn nothing_comes_after_the_last_that_is_wanted() {
        let mut order = Order::new();
        order.push(answers(3, 1, vec![3]));
        order.end_after(2);
        order.push(answers(1, 1, vec![1]));
        order.push(answers(2, 1, vec![2]));
        order.push(answers(4, 1, vec![4]));
        assert_eq!(order.take_ready().concat(), [1, 2]);
        assert_eq!((order.next(), order.held_len), (3, 0));
    }
}
