//! The loops over numbers, in portable code: `dispatch` compiles each of them for every instruction
//! set, and the loop vectoriser does the rest.

use super::element::Element;

/// Consecutive groups of magnitudes, `step` apart (modulo 2^64).
pub(super) struct Groups<'a> {
    /// The distances of a block's numbers from its first; a group is one block or several.
    pub(super) offsets: &'a [u64],
    /// The first number of the first group.
    pub(super) first: u64,
    pub(super) step: u64,
    /// How many numbers a group has: a power of two.
    pub(super) len: u64,
}

impl Groups<'_> {
    /// The largest number of the first `count` groups, at least one of them.
    pub(super) fn max(&self, count: u64) -> u64 {
        let steps = (self.len * count).wrapping_sub(1);
        let last = self.first.wrapping_add(self.step.wrapping_mul(steps));
        self.first.max(last)
    }

    /// How many blocks a group has, and how far apart they start.
    #[inline(always)]
    pub(super) fn blocks(&self) -> (u64, u64) {
        let block_len = self.offsets.len() as u64;
        (self.len / block_len, self.step.wrapping_mul(block_len))
    }
}

/// The sums modulo 2^64 of consecutive groups, each from `function` of its numbers.
///
/// The loop over a block is left to the loop vectoriser, which keeps four vector accumulators:
/// enough, as only the addition is carried from one number to the next.
#[inline(always)]
fn wrapped_sums(groups: &Groups<'_>, sums: &mut [u128], function: impl Fn(u64) -> u64) {
    let (blocks, stride) = groups.blocks();
    let mut base = groups.first;
    for sum in sums {
        let mut group = 0u64;
        for _ in 0..blocks {
            let mut block = 0u64;
            for offset in groups.offsets {
                block = block.wrapping_add(function(base.wrapping_add(*offset)));
            }
            group = group.wrapping_add(block);
            base = base.wrapping_add(stride);
        }
        *sum = u128::from(group);
    }
}

/// Sums modulo 2^64 by 64-bit operands.
#[inline(always)]
pub(super) fn lanes<E: Element>(groups: &Groups<'_>, sums: &mut [u128]) {
    wrapped_sums(groups, sums, E::lanes);
}

/// Sums modulo 2^64 of magnitudes below 2^32.
#[inline(always)]
pub(super) fn narrow<E: Element>(groups: &Groups<'_>, sums: &mut [u128]) {
    wrapped_sums(groups, sums, E::short);
}

/// Sums modulo 2^128.
#[inline(always)]
pub(super) fn wide<E: Element>(groups: &Groups<'_>, sums: &mut [u128]) {
    let (blocks, stride) = groups.blocks();
    let mut base = groups.first;
    for sum in sums {
        *sum = 0;
        for _ in 0..blocks {
            for offset in groups.offsets {
                *sum = sum.wrapping_add(E::wide(base.wrapping_add(*offset)));
            }
            base = base.wrapping_add(stride);
        }
    }
}

/// The sum over a block, which holds if every result fits 64 bits, and a number that no magnitude
/// in the block exceeds. The halves of the results are added up apart, so that nothing wraps.
#[inline(always)]
pub(super) fn small<E: Element>(block: &[i64]) -> (i128, u64) {
    let (mut low, mut high, mut bits) = (0i64, 0i64, 0u64);
    for x in block {
        let result = E::small(*x);
        low += result & 0xffff_ffff;
        high += result >> 32;
        bits |= x.unsigned_abs();
    }
    ((i128::from(high) << 32) + i128::from(low), bits)
}
