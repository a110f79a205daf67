//! The machine's limit: loops that only form numbers, multiply and add, in the widest vectors of an
//! instruction set, with all that they touch in registers.
//!
//! They are written as intrinsics, so that no choice of the compiler's makes the limit lower than it
//! is. What they add up is of no use: sums of wrapped products.
#![allow(unsafe_code)]

use partask::kernel::InstructionSet;
use std::hint::black_box;

/// How long `numbers` numbers would take at least, as a loop to be timed: forms, multiplies and adds
/// that many, squares or cubes, in the way that the instruction set does best below 2^32, or with a
/// fused multiply-add at all. `None` where no such loop is written.
pub fn multiply_add(set: InstructionSet, power: u32, numbers: u64) -> Option<u64> {
    let first = black_box(3);
    #[cfg(target_arch = "x86_64")]
    match (set.name(), power) {
        // SAFETY: an `InstructionSet` is one that this CPU has.
        ("avx512-ifma", _) => Some(unsafe { x86::fused(power, first, numbers) }),
        // SAFETY: as above.
        ("avx512", _) => Some(unsafe { x86::avx512(power, first, numbers) }),
        // SAFETY: as above.
        ("avx2", 2) => Some(unsafe { x86::avx2(first, numbers) }),
        // SAFETY: as above.
        ("avx2", 3) => Some(unsafe { x86::avx2_cubes(first, numbers) }),
        _ => None,
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = (set, power, numbers, first);
        None
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, __m512i, _mm256_add_epi64, _mm256_extract_epi64, _mm256_mul_epu32,
        _mm256_set_epi64x, _mm256_set1_epi64x, _mm256_slli_epi64, _mm256_srli_epi64,
        _mm512_add_epi64, _mm512_madd52lo_epu64, _mm512_mul_epu32, _mm512_mullo_epi64,
        _mm512_reduce_add_epi64, _mm512_set_epi64, _mm512_set1_epi64, _mm512_setzero_si512,
    };

    /// Independent sums: enough for multiply-adds of 4 cycles, two of which begin in each.
    const CHAINS: usize = 8;

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn first_512(first: i64, chain: usize) -> __m512i {
        let first = first + 8 * chain as i64;
        _mm512_add_epi64(
            _mm512_set1_epi64(first),
            _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0),
        )
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn fused(power: u32, first: i64, numbers: u64) -> u64 {
        let zero = _mm512_setzero_si512();
        let step = _mm512_set1_epi64(8 * CHAINS as i64);
        let mut sums = [zero; CHAINS];
        let mut x = [zero; CHAINS];
        for (chain, x) in x.iter_mut().enumerate() {
            *x = first_512(first, chain);
        }
        for _ in 0..numbers / (8 * CHAINS as u64) {
            for (sum, x) in sums.iter_mut().zip(&mut x) {
                let factor = match power {
                    2 => *x,
                    _ => _mm512_madd52lo_epu64(zero, *x, *x),
                };
                *sum = _mm512_madd52lo_epu64(*sum, factor, *x);
                *x = _mm512_add_epi64(*x, step);
            }
        }
        let mut total = zero;
        for sum in sums {
            total = _mm512_add_epi64(total, sum);
        }
        _mm512_reduce_add_epi64(total).cast_unsigned()
    }

    #[target_feature(enable = "avx512f,avx512dq")]
    pub fn avx512(power: u32, first: i64, numbers: u64) -> u64 {
        let zero = _mm512_setzero_si512();
        let step = _mm512_set1_epi64(8 * CHAINS as i64);
        let mut sums = [zero; CHAINS];
        let mut x = [zero; CHAINS];
        for (chain, x) in x.iter_mut().enumerate() {
            *x = first_512(first, chain);
        }
        for _ in 0..numbers / (8 * CHAINS as u64) {
            for (sum, x) in sums.iter_mut().zip(&mut x) {
                let square = _mm512_mul_epu32(*x, *x);
                let result = match power {
                    2 => square,
                    _ => _mm512_mullo_epi64(square, *x),
                };
                *sum = _mm512_add_epi64(*sum, result);
                *x = _mm512_add_epi64(*x, step);
            }
        }
        let mut total = zero;
        for sum in sums {
            total = _mm512_add_epi64(total, sum);
        }
        _mm512_reduce_add_epi64(total).cast_unsigned()
    }

    #[target_feature(enable = "avx2")]
    pub fn avx2(first: i64, numbers: u64) -> u64 {
        const CHAINS: usize = 6;
        let step = _mm256_set1_epi64x(4 * CHAINS as i64);
        let mut sums = [_mm256_set1_epi64x(0); CHAINS];
        let mut x = sums;
        for (chain, x) in x.iter_mut().enumerate() {
            let first = _mm256_set1_epi64x(first + 4 * chain as i64);
            *x = _mm256_add_epi64(first, _mm256_set_epi64x(3, 2, 1, 0));
        }
        for _ in 0..numbers / (4 * CHAINS as u64) {
            for (sum, x) in sums.iter_mut().zip(&mut x) {
                *sum = _mm256_add_epi64(*sum, _mm256_mul_epu32(*x, *x));
                *x = _mm256_add_epi64(*x, step);
            }
        }
        sums.into_iter()
            .fold(0, |total, sum| total.wrapping_add(sum_of(sum)))
    }

    /// The square's halves are multiplied apart, for want of a 64-bit multiplication. What the high
    /// half gives is summed apart too, so that it is shifted once at the end, not for every number.
    #[target_feature(enable = "avx2")]
    pub fn avx2_cubes(first: i64, numbers: u64) -> u64 {
        // Three registers each: more would not fit the sixteen.
        const CHAINS: usize = 4;
        let step = _mm256_set1_epi64x(4 * CHAINS as i64);
        let mut low = [_mm256_set1_epi64x(0); CHAINS];
        let (mut high, mut x) = (low, low);
        for (chain, x) in x.iter_mut().enumerate() {
            let first = _mm256_set1_epi64x(first + 4 * chain as i64);
            *x = _mm256_add_epi64(first, _mm256_set_epi64x(3, 2, 1, 0));
        }
        for _ in 0..numbers / (4 * CHAINS as u64) {
            for ((low, high), x) in low.iter_mut().zip(&mut high).zip(&mut x) {
                let square = _mm256_mul_epu32(*x, *x);
                let upper = _mm256_srli_epi64::<32>(square);
                *low = _mm256_add_epi64(*low, _mm256_mul_epu32(square, *x));
                *high = _mm256_add_epi64(*high, _mm256_mul_epu32(upper, *x));
                *x = _mm256_add_epi64(*x, step);
            }
        }
        low.into_iter().zip(high).fold(0, |total, (low, high)| {
            let sum = _mm256_add_epi64(low, _mm256_slli_epi64::<32>(high));
            total.wrapping_add(sum_of(sum))
        })
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn sum_of(lanes: __m256i) -> u64 {
        let lanes = [
            _mm256_extract_epi64::<0>(lanes),
            _mm256_extract_epi64::<1>(lanes),
            _mm256_extract_epi64::<2>(lanes),
            _mm256_extract_epi64::<3>(lanes),
        ];
        lanes.into_iter().fold(0, i64::wrapping_add).cast_unsigned()
    }
}
