//! The loops that the kernels are measured against: what the machine can multiply at best, and what
//! one would write by hand.

use multiversion::multiversion;
use std::hint::black_box;

/// How many independent chains the limits keep: eight of the widest vectors, in registers from the
/// first round to the last. Fewer or more, from 32 to 128, were no faster.
pub const LANES: usize = 64;

/// The multiply-add limit: `rounds` times x·factor + term in 64 bits, in every lane.
///
/// Each round needs the one before it, so no round can be left out.
#[multiversion(targets(
    "x86_64+avx512f+avx512dq+avx512vl+avx512bw",
    "x86_64+avx2",
    "aarch64+neon"
))]
pub fn multiply_add(rounds: u64, factor: i64, term: i64) -> i64 {
    let mut lanes = first_values(term);
    for _ in 0..rounds {
        for x in &mut lanes {
            *x = x.wrapping_mul(factor).wrapping_add(term);
        }
    }
    lanes.into_iter().fold(0, i64::wrapping_add)
}

/// The multiply limit: `rounds` times x·x in 64 bits, in every lane.
///
/// Not x·factor: the optimiser multiplies by factor² and leaves every second round out.
#[multiversion(targets(
    "x86_64+avx512f+avx512dq+avx512vl+avx512bw",
    "x86_64+avx2",
    "aarch64+neon"
))]
pub fn multiply(rounds: u64, seed: i64) -> i64 {
    let mut lanes = first_values(seed);
    for _ in 0..rounds {
        for x in &mut lanes {
            *x = x.wrapping_mul(*x);
        }
    }
    lanes.into_iter().fold(0, i64::wrapping_add)
}

/// A value of its own for each lane, so that no two of them can be computed as one.
#[inline(always)]
fn first_values(seed: i64) -> [i64; LANES] {
    let mut lanes = [seed; LANES];
    for (lane, x) in (0i64..).zip(&mut lanes) {
        *x = x.wrapping_add(lane);
    }
    lanes
}

/// How many numbers [`cubes_u128`] takes at once.
const BLOCK_LEN: u64 = 1024;

/// The sum of the cubes of `blocks` blocks of 1,024 numbers from `first` on, in 128 bits.
///
/// The distances in a block are hidden from the optimiser, which otherwise puts a closed form in
/// the place of the loop.
pub fn cubes_u128(first: u64, blocks: u64) -> u128 {
    let offsets: Vec<u64> = black_box((0..BLOCK_LEN).collect());
    let mut sum = 0u128;
    for block in 0..blocks {
        let base = first + block * BLOCK_LEN;
        for offset in &offsets {
            let x = u128::from(base + offset);
            sum += x * x * x;
        }
    }
    sum
}
