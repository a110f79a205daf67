//! The loops over numbers by the 52-bit fused multiply-add of x86-64 (AVX-512 IFMA), which adds the
//! low or the high 52 bits of the product of two 52-bit operands to 64 bits. Only the low 52 bits of
//! an operand count.

use super::element::Element;
use super::loops::Groups;
use std::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_reduce_add_epi64, _mm512_set_epi64, _mm512_set1_epi64, _mm512_setzero_si512,
    _mm512_srli_epi64,
};

/// How many numbers a vector has.
const LANES: usize = 8;

/// How many vectors are worked on at once. A multiply-add takes 4 cycles and two are begun in each.
const VECTORS: usize = 8;

/// How many where each number takes several: more would not fit the registers.
const VECTORS_WIDE: usize = 4;

const MASK_52: u64 = (1 << 52) - 1;

#[inline]
#[target_feature(enable = "avx512f")]
fn load(x: &[u64; LANES]) -> __m512i {
    let x = x.map(u64::cast_signed);
    _mm512_set_epi64(x[7], x[6], x[5], x[4], x[3], x[2], x[1], x[0])
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(x: u64) -> __m512i {
    _mm512_set1_epi64(x.cast_signed())
}

/// The sum of a vector's lanes modulo 2^64.
#[inline]
#[target_feature(enable = "avx512f")]
fn sum_of(lanes: __m512i) -> u64 {
    _mm512_reduce_add_epi64(lanes).cast_unsigned()
}

/// Sums modulo 2^52 of groups of at most 2^14 numbers.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn fused<E: Element>(groups: &Groups<'_>, sums: &mut [u128]) {
    let (blocks, stride) = groups.blocks();
    let (rows, _) = groups.offsets.as_chunks::<{ LANES * VECTORS }>();
    let zero = _mm512_setzero_si512();
    let mut base = groups.first;
    for sum in sums {
        let mut total = [zero; VECTORS];
        for _ in 0..blocks {
            let start = splat(base);
            for row in rows {
                let (vectors, _) = row.as_chunks::<LANES>();
                for (total, offsets) in total.iter_mut().zip(vectors) {
                    let x = _mm512_add_epi64(start, load(offsets));
                    let factor = match E::POWER {
                        2 => x,
                        _ => _mm512_madd52lo_epu64(zero, x, x),
                    };
                    *total = _mm512_madd52lo_epu64(*total, factor, x);
                }
            }
            base = base.wrapping_add(stride);
        }
        let mut lanes = zero;
        for total in total {
            lanes = _mm512_add_epi64(lanes, total);
        }
        *sum = u128::from(sum_of(lanes) & MASK_52);
    }
}

/// The low 52 bits of the results, and what stands above them, so far.
#[derive(Clone, Copy)]
struct Digits {
    low: __m512i,
    high: __m512i,
}

/// Sums modulo 2^104 of groups of at most 2^14 numbers, so that no lane wraps.
///
/// x = x₁·2^52 + x₀, and x² = s₁·2^52 + s₀ modulo 2^104, where x₀² gives s₀ and the first part of
/// s₁, and 2·x₁·x₀ the second. So x³ = s₀·x₀ + (s₁·x₀ + s₀·x₁)·2^52 modulo 2^104. `IS_SHORT` where
/// all numbers are below 2^52, so that x₁ is 0.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn fused_wide<E: Element, const IS_SHORT: bool>(groups: &Groups<'_>, sums: &mut [u128]) {
    let (blocks, stride) = groups.blocks();
    let (rows, _) = groups.offsets.as_chunks::<{ LANES * VECTORS_WIDE }>();
    let zero = _mm512_setzero_si512();
    let none = Digits {
        low: zero,
        high: zero,
    };
    let mut base = groups.first;
    for sum in sums {
        let mut total = [none; VECTORS_WIDE];
        for _ in 0..blocks {
            let start = splat(base);
            for row in rows {
                let (vectors, _) = row.as_chunks::<LANES>();
                for (total, offsets) in total.iter_mut().zip(vectors) {
                    let x = _mm512_add_epi64(start, load(offsets));
                    *total = match E::POWER {
                        2 => square_added::<IS_SHORT>(*total, x),
                        _ => cube_added::<IS_SHORT>(*total, x),
                    };
                }
            }
            base = base.wrapping_add(stride);
        }
        let mut lanes = none;
        for total in total {
            lanes.low = _mm512_add_epi64(lanes.low, total.low);
            lanes.high = _mm512_add_epi64(lanes.high, total.high);
        }
        // Each lane is below 2^64, their sum is not: its halves are summed apart.
        let below = sum_of(_mm512_and_si512(lanes.low, splat(0xffff_ffff)));
        let above = sum_of(_mm512_srli_epi64::<32>(lanes.low));
        let low = u128::from(below) + (u128::from(above) << 32);
        *sum = (low + (u128::from(sum_of(lanes.high)) << 52)) & ((1 << 104) - 1);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn square_added<const IS_SHORT: bool>(total: Digits, x: __m512i) -> Digits {
    let low = _mm512_madd52lo_epu64(total.low, x, x);
    let mut high = _mm512_madd52hi_epu64(total.high, x, x);
    if !IS_SHORT {
        let upper = _mm512_srli_epi64::<52>(x);
        high = _mm512_madd52lo_epu64(high, x, _mm512_add_epi64(upper, upper));
    }
    Digits { low, high }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn cube_added<const IS_SHORT: bool>(total: Digits, x: __m512i) -> Digits {
    let zero = _mm512_setzero_si512();
    let none = Digits {
        low: zero,
        high: zero,
    };
    let square = square_added::<IS_SHORT>(none, x);
    let low = _mm512_madd52lo_epu64(total.low, square.low, x);
    let mut high = _mm512_madd52hi_epu64(total.high, square.low, x);
    high = _mm512_madd52lo_epu64(high, square.high, x);
    if !IS_SHORT {
        let upper = _mm512_srli_epi64::<52>(x);
        high = _mm512_madd52lo_epu64(high, square.low, upper);
    }
    Digits { low, high }
}
