//! Which numbers of a known input are checked.

use super::SAMPLE_LEN;
use std::collections::BTreeSet;
use std::ops::Range;

/// How many numbers are all checked; of more a sample is.
pub(super) const WHOLE_MAX: u128 = 2 * SAMPLE_LEN as u128;

/// How many chunks are looked at, unless they are small.
const CHUNKS_MAX: u128 = 64;

/// How many numbers are computed in a row: enough for vector code.
pub(super) const BLOCK_LEN: u128 = 1_024;

/// How many numbers of a block are checked.
const OF_BLOCK: usize = 64;

/// Some numbers in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The chunk they are of.
    pub(super) chunk: Range<u128>,
    /// Where they are.
    pub(super) positions: Range<u128>,
    /// Which of them are held to the reference, counted from the first.
    pub(super) checked: BTreeSet<usize>,
}

/// The blocks of `count` numbers in chunks of some size that are checked: all of few numbers, else the
/// ends of some chunks, and blocks at random in them.
pub(super) fn blocks(count: u128, chunk_size: u64, random: &mut fastrand::Rng) -> Vec<Block> {
    let chunk_size = u128::from(chunk_size.max(1));
    let chunk_at = |index: u128| index * chunk_size..((index + 1) * chunk_size).min(count);
    let chunks = count.div_ceil(chunk_size);
    // Small ones must be more, to have so many numbers.
    let wanted = CHUNKS_MAX.max((2 * SAMPLE_LEN as u128).div_ceil(chunk_size));
    let mut chosen: BTreeSet<u128> = match chunks <= 2 * wanted {
        true => (0..chunks).collect(),
        false => BTreeSet::from([0, chunks - 1]),
    };
    while (chosen.len() as u128) < chunks.min(wanted) {
        chosen.insert(random.u128(0..chunks));
    }
    let chosen: Vec<Range<u128>> = chosen.into_iter().map(chunk_at).collect();
    if count <= WHOLE_MAX {
        let whole = chosen
            .iter()
            .map(|chunk| block(chunk, chunk.clone(), usize::MAX, random));
        return whole.collect();
    }
    let ends = |chunk: &Range<u128>| {
        let len = BLOCK_LEN.min(chunk.end - chunk.start);
        [chunk.start..chunk.start + len, chunk.end - len..chunk.end]
    };
    let mut blocks = Vec::new();
    for chunk in &chosen {
        blocks.extend(ends(chunk).map(|positions| block(chunk, positions, 2, random)));
    }
    let mut checked: BTreeSet<u128> = blocks.iter().flat_map(Block::checked).collect();
    while checked.len() < SAMPLE_LEN {
        let chunk = &chosen[random.usize(0..chosen.len())];
        let len = BLOCK_LEN.min(chunk.end - chunk.start);
        let start = random.u128(chunk.start..=chunk.end - len);
        let next = block(chunk, start..start + len, OF_BLOCK, random);
        checked.extend(next.checked());
        blocks.push(next);
    }
    blocks
}

impl Block {
    /// The positions that are checked.
    pub(super) fn checked(&self) -> impl Iterator<Item = u128> {
        let at = |at: &usize| self.positions.start + *at as u128;
        self.checked.iter().map(at)
    }
}

/// A block of which `wanted` numbers are checked, the ends and others at random.
fn block(
    chunk: &Range<u128>,
    positions: Range<u128>,
    wanted: usize,
    random: &mut fastrand::Rng,
) -> Block {
    let len = usize::try_from(positions.end - positions.start).unwrap_or(usize::MAX);
    let mut checked = BTreeSet::from([0, len - 1]);
    if wanted >= len {
        checked = (0..len).collect();
    }
    while checked.len() < wanted.min(len) {
        checked.insert(random.usize(0..len));
    }
    Block {
        chunk: chunk.clone(),
        positions,
        checked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_lie_in_their_chunks_and_are_enough(
            count in prop_oneof![1u128..200, 1u128..50_000, 1u128..10_000_000, Just(u128::from(u64::MAX))],
            chunk_size in prop_oneof![1u64..3_000, 1u64..1 << 22],
            seed: u64,
        ) {
            let blocks = blocks(count, chunk_size, &mut fastrand::Rng::with_seed(seed));
            let mut checked = BTreeSet::new();
            for block in &blocks {
                prop_assert!(block.chunk.start <= block.positions.start && block.positions.end <= block.chunk.end);
                prop_assert_eq!(block.chunk.start % u128::from(chunk_size), 0);
                let len = block.positions.end - block.positions.start;
                prop_assert!(block.checked.iter().all(|at| (*at as u128) < len));
                checked.extend(block.checked.iter().map(|at| block.positions.start + *at as u128));
            }
            prop_assert!(checked.contains(&0) && checked.contains(&(count - 1)));
            prop_assert!(checked.len() as u128 >= count.min(SAMPLE_LEN as u128), "{} of {count}", checked.len());
        }
    }
}
