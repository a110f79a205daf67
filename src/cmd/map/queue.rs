//! Items that were read and not given to a worker yet.

use crate::process::conversation::Portion;
use crate::task::Block;
use std::collections::VecDeque;

#[derive(Debug)]
pub(super) struct Queue {
    blocks: VecDeque<Block>,
    /// How many items of the first block are gone.
    gone: usize,
    /// The number of the first item.
    first: u64,
    items: usize,
    bytes: usize,
}

impl Queue {
    pub(super) fn new() -> Queue {
        Queue {
            blocks: VecDeque::new(),
            gone: 0,
            first: 1,
            items: 0,
            bytes: 0,
        }
    }

    pub(super) fn push(&mut self, block: Block) {
        self.items += block.ends.len();
        self.bytes += block.bytes.len();
        self.blocks.push_back(block);
    }

    pub(super) fn clear(&mut self) {
        self.first += self.items as u64;
        (self.gone, self.items, self.bytes) = (0, 0, 0);
        self.blocks.clear();
    }

    /// How many items there are.
    pub(super) fn items(&self) -> usize {
        self.items
    }

    /// How many bytes they have.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many items were ever put in.
    pub(super) fn seen(&self) -> u64 {
        self.first - 1 + self.items as u64
    }

    /// Takes up to `items_max` items of `bytes_max` bytes together, one at least.
    pub(super) fn take(&mut self, items_max: usize, bytes_max: usize) -> Option<Portion> {
        let mut portion = Portion {
            first: self.first,
            ..Portion::default()
        };
        while let Some(block) = self.blocks.front() {
            let start = match self.gone {
                0 => 0,
                gone => block.ends[gone - 1],
            };
            let rest = &block.ends[self.gone..];
            let room = bytes_max.saturating_sub(portion.bytes.len());
            let fitting = rest.partition_point(|end| end - start <= room);
            let least = usize::from(portion.is_empty());
            let count = fitting.max(least).min(items_max.max(1) - portion.len());
            if count == 0 {
                break;
            }
            let end = rest[count - 1];
            let before = portion.bytes.len();
            portion.bytes.extend_from_slice(&block.bytes[start..end]);
            let ends = rest[..count].iter().map(|end| end - start + before);
            portion.ends.extend(ends);
            self.bytes -= end - start;
            match self.gone + count == block.ends.len() {
                true => {
                    self.blocks.pop_front();
                    self.gone = 0;
                }
                false => {
                    self.gone += count;
                    break;
                }
            }
        }
        self.items -= portion.len();
        self.first += portion.len() as u64;
        (!portion.is_empty()).then_some(portion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(items: &[Vec<u8>]) -> Block {
        let mut block = Block::default();
        for item in items {
            block.bytes.extend(item);
            block.bytes.push(b'\n');
            block.ends.push(block.bytes.len());
        }
        block
    }

    proptest! {
        #[test]
        fn items_come_whole_and_in_order_however_they_are_taken(
            blocks in proptest::collection::vec(
                proptest::collection::vec(proptest::collection::vec(20u8.., 0..9), 1..9), 0..9),
            items_max in 1usize..12,
            bytes_max in 0usize..40,
        ) {
            let mut queue = Queue::new();
            blocks.iter().for_each(|items| queue.push(block(items)));
            let all: Vec<Vec<u8>> = blocks.concat();
            prop_assert_eq!(queue.items(), all.len());
            let mut taken = Vec::new();
            while let Some(mut portion) = queue.take(items_max, bytes_max) {
                prop_assert_eq!(portion.first, taken.len() as u64 + 1);
                prop_assert!(portion.len() <= items_max);
                prop_assert!(portion.len() == 1 || portion.bytes.len() <= bytes_max);
                while !portion.is_empty() {
                    taken.push(portion.first_item().to_vec());
                    portion = portion.after(1);
                }
            }
            prop_assert_eq!(&taken, &all);
            prop_assert_eq!((queue.items(), queue.bytes(), queue.seen()), (0, 0, all.len() as u64));
        }
    }
}
