//! The reference path: one number after the other in 128-bit integers, as one would write it by
//! hand, wider only where the results need it.

use super::element::{BLOCK_LEN, Element};
use super::offsets::Offsets;
use crate::exact::I256;
use crate::input::Progression;

/// The exact sum over a progression.
pub(super) fn sum_progression<E: Element>(run: Progression) -> I256 {
    let numbers = super::numbers_of(run);
    let offsets = Offsets::new(run.step().cast_unsigned(), numbers);
    let mut sum = I256::ZERO;
    let mut start = 0;
    while start < numbers {
        let len = (numbers - start).min(BLOCK_LEN as u64);
        let base = run.nth(u128::from(start));
        let last = run.nth(u128::from(start + len - 1));
        let narrow = base.unsigned_abs().max(last.unsigned_abs()) <= E::NARROW_MAX;
        let offsets = offsets.first(len).iter();
        let block = offsets.map(|offset| base.wrapping_add_unsigned(*offset));
        sum += sum_block::<E>(block, narrow);
        start += len;
    }
    sum
}

/// The exact sum over numbers given one by one.
pub(super) fn sum_list<E: Element>(list: &[i64]) -> I256 {
    list.chunks(BLOCK_LEN)
        .map(|block| {
            let narrow = block.iter().all(|x| x.unsigned_abs() <= E::NARROW_MAX);
            sum_block::<E>(block.iter().copied(), narrow)
        })
        .fold(I256::ZERO, |sum, block| sum + block)
}

/// The exact sum over a block; `narrow` when no magnitude exceeds the element's bound.
fn sum_block<E: Element>(numbers: impl Iterator<Item = i64>, narrow: bool) -> I256 {
    if narrow {
        I256::from(numbers.fold(0i128, |sum, x| sum + E::narrow(x)))
    } else {
        numbers.fold(I256::ZERO, |sum, x| sum + E::exact(x))
    }
}
