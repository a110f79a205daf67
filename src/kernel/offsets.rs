//! Why the work is real: the distances between the numbers of a block, kept from the optimiser.
//!
//! They stand in memory behind [`black_box`], so the optimiser can't know that they are equal: it
//! sees no series that it could sum by formula, and every number is read, computed and added.

use super::element::BLOCK_LEN;
use std::hint::black_box;

/// The distances of a block's numbers from its first, unknown to the optimiser.
///
/// Aligned to a cache line: a vector load that crosses one takes two, and costs a tenth of the
/// speed.
#[repr(align(64))]
pub(super) struct Offsets([u64; BLOCK_LEN]);

impl Offsets {
    /// Distances in steps of `step` (modulo 2^64), as many of them as `numbers` numbers need.
    pub(super) fn new(step: u64, numbers: u64) -> Offsets {
        let mut offsets = Offsets([0; BLOCK_LEN]);
        let needed = usize::try_from(numbers).unwrap_or(BLOCK_LEN).min(BLOCK_LEN);
        let mut distance = 0u64;
        for offset in &mut offsets.0[..needed] {
            *offset = distance;
            distance = distance.wrapping_add(step);
        }
        // For all the optimiser knows, they are changed here.
        black_box(&mut offsets);
        offsets
    }

    /// The first `len` of them, at most a block's.
    pub(super) fn first(&self, len: u64) -> &[u64] {
        let len = usize::try_from(len).unwrap_or(BLOCK_LEN);
        &self.0[..len.min(BLOCK_LEN)]
    }
}
