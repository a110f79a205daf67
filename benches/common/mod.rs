//! The loops that the kernels are measured against: what the machine can do at best, and what one
//! would write by hand.

#![allow(unsafe_code)]

pub mod limit;

use partask::kernel::InstructionSet;
use std::hint::black_box;

/// How many numbers [`cubes_u128`] and [`squares_64`] take at once.
pub const BLOCK_LEN: u64 = 1024;

/// The distances in a block, hidden from the optimiser, which otherwise puts a closed form in the
/// place of a loop.
fn offsets() -> Vec<u64> {
    black_box((0..BLOCK_LEN).collect())
}

/// The sum of the cubes of `blocks` blocks of 1,024 numbers from `first` on, in 128 bits.
pub fn cubes_u128(first: u64, blocks: u64) -> u128 {
    let offsets = offsets();
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

/// The sum modulo 2^64 of the squares of `blocks` blocks of 1,024 numbers from `first` on, by 64-bit
/// operands in the vectors of `set`.
pub fn squares_64(set: InstructionSet, first: u64, blocks: u64) -> u64 {
    #[inline(always)]
    fn squares(offsets: &[u64], first: u64, blocks: u64) -> u64 {
        let mut sum = 0u64;
        for block in 0..blocks {
            let base = first + block * BLOCK_LEN;
            for offset in offsets {
                let x = base.wrapping_add(*offset);
                sum = sum.wrapping_add(x.wrapping_mul(x));
            }
        }
        sum
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn avx2(offsets: &[u64], first: u64, blocks: u64) -> u64 {
        squares(offsets, first, blocks)
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
    fn avx512(offsets: &[u64], first: u64, blocks: u64) -> u64 {
        squares(offsets, first, blocks)
    }
    let offsets = offsets();
    match set.name() {
        // SAFETY: an `InstructionSet` is one that this CPU has.
        #[cfg(target_arch = "x86_64")]
        "avx2" => unsafe { avx2(&offsets, first, blocks) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        "avx512" | "avx512-ifma" => unsafe { avx512(&offsets, first, blocks) },
        _ => squares(&offsets, first, blocks),
    }
}
