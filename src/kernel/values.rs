//! Results one by one: as decimal text, a line each, or as 64-bit binary integers.

use super::element::{BLOCK_LEN, Element, for_element_of};
use super::instruction_set::InstructionSet;
use super::{decimal, dispatch};
use crate::exact::{self, BigInt};
use crate::expression::EvaluationError;
use crate::job::Power;
use std::io::Write;

/// How many results of 128 bits are computed at a time.
const WIDE_LEN: usize = BLOCK_LEN / 4;

/// A number whose result does not fit a signed 64-bit integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NotInt64 {
    number: i64,
}

/// The form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Decimal text, a line feed after each.
    Lines,
    /// 8 bytes each, the lowest first.
    Int64,
}

/// Why not all results were appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// One does not fit a signed 64-bit integer.
    Int64 {
        /// The first number of which that is so.
        number: i64,
        /// Its result.
        result: BigInt,
    },
    /// A number has none.
    NoValue(EvaluationError),
}

/// Appends the result of `power` for each number to `out`.
///
/// # Errors
/// The first number whose result can't be appended; the results before it have been.
pub(super) fn append(
    power: Power,
    list: &[i64],
    form: Form,
    out: &mut Vec<u8>,
) -> Result<(), Unfit> {
    match form {
        Form::Lines => {
            append_text(power, list, out);
            Ok(())
        }
        Form::Int64 => append_int64(power, list, out).map_err(|error| Unfit::Int64 {
            number: error.number,
            result: exact::unbounded(super::power_of(power, error.number)),
        }),
    }
}

/// Appends the result of `power` for each number to `out`, in decimal, a line feed after each.
fn append_text(power: Power, numbers: &[i64], out: &mut Vec<u8>) {
    for_element_of!(power, text(numbers, out));
}

fn text<E: Element>(numbers: &[i64], out: &mut Vec<u8>) {
    let mut results = [0; BLOCK_LEN];
    for block in numbers.chunks(BLOCK_LEN) {
        let results = &mut results[..block.len()];
        match small::<E>(block, results) {
            true => decimal::append_lines(results, out),
            false => append_wide::<E>(block, out),
        }
    }
}

/// Computes results of 64 bits; says whether all fit.
fn small<E: Element>(numbers: &[i64], results: &mut [i64]) -> bool {
    let bits = numbers.iter().fold(0, |bits, x| bits | x.unsigned_abs());
    let mut pairs = results.iter_mut().zip(numbers);
    if bits <= E::SMALL_MAX {
        pairs.for_each(|(result, x)| *result = E::small(*x));
        return true;
    }
    pairs.all(|(result, x)| E::checked(*x).map(|small| *result = small).is_some())
}

/// Computes results of 128 bits; says whether all fit.
fn wide<E: Element>(numbers: &[i64], results: &mut [i128]) -> bool {
    let mut pairs = results.iter_mut().zip(numbers);
    pairs.all(|(result, x)| {
        let wide = i128::try_from(E::exact(*x));
        wide.map(|wide| *result = wide).is_ok()
    })
}

/// Appends results of which some exceed 64 bits.
fn append_wide<E: Element>(numbers: &[i64], out: &mut Vec<u8>) {
    let mut results = [0; WIDE_LEN];
    for block in numbers.chunks(WIDE_LEN) {
        let results = &mut results[..block.len()];
        match wide::<E>(block, results) {
            true => decimal::append_lines(results, out),
            false => append_exact::<E>(block, out),
        }
    }
}

/// Appends results of more than 128 bits.
#[cold]
fn append_exact<E: Element>(numbers: &[i64], out: &mut Vec<u8>) {
    for x in numbers {
        writeln!(out, "{}", E::exact(*x)).expect("memory can be written to");
    }
}

/// Appends the result of `power` for each number to `out`, as 8 bytes, the lowest first.
///
/// # Errors
/// The first number whose result does not fit; the results before it have been appended.
fn append_int64(power: Power, numbers: &[i64], out: &mut Vec<u8>) -> Result<(), NotInt64> {
    for_element_of!(power, int64(numbers, out))
}

fn int64<E: Element>(numbers: &[i64], out: &mut Vec<u8>) -> Result<(), NotInt64> {
    if dispatch::append_small::<E>(InstructionSet::best(), numbers, out) {
        return Ok(());
    }
    for &number in numbers {
        let result = E::checked(number).ok_or(NotInt64 { number })?;
        out.extend_from_slice(&result.to_le_bytes());
    }
    Ok(())
}

/// Appends results of 64 bits, unless a number exceeds [`SMALL_MAX`](Element::SMALL_MAX); says whether
/// it did.
#[inline(always)]
pub(super) fn append_small<E: Element>(numbers: &[i64], out: &mut Vec<u8>) -> bool {
    /// Few enough to go through registers.
    const LANES: usize = 32;
    let bits = numbers.iter().fold(0, |bits, x| bits | x.unsigned_abs());
    if bits > E::SMALL_MAX {
        return false;
    }
    out.reserve(size_of_val(numbers));
    let (blocks, rest) = numbers.as_chunks::<LANES>();
    for block in blocks {
        let mut results = [[0; 8]; LANES];
        for (result, x) in results.iter_mut().zip(block) {
            *result = E::small(*x).to_le_bytes();
        }
        out.extend_from_slice(results.as_flattened());
    }
    for x in rest {
        out.extend_from_slice(&E::small(*x).to_le_bytes());
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::power_of;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_binary_are_the_exact_results(
            numbers in proptest::collection::vec((0u32..64, any::<i64>()).prop_map(|(shift, x)| x >> shift), 0..50),
        ) {
            for power in [Power::Square, Power::Cube] {
                let exact: Vec<_> = numbers.iter().map(|x| power_of(power, *x)).collect();
                let mut out = Vec::new();
                append_text(power, &numbers, &mut out);
                let lines: String = exact.iter().map(|value| format!("{value}\n")).collect();
                prop_assert_eq!(String::from_utf8(out).unwrap(), lines);

                let mut out = Vec::new();
                let fitting = exact.iter().take_while(|value| i64::try_from(**value).is_ok());
                let bytes: Vec<u8> = fitting.flat_map(|value| value.as_i64().to_le_bytes()).collect();
                let appended = append_int64(power, &numbers, &mut out);
                prop_assert_eq!(&out, &bytes);
                let first_unfit = numbers.get(bytes.len() / 8).copied();
                prop_assert_eq!(appended.err().map(|error| error.number), first_unfit);
            }
        }

        /// Across the places where results need more digits, 64 bits, 128 bits, or more.
        #[test]
        fn text_and_binary_of_a_run_are_exact(
            near in prop_oneof![
                (0u32..63).prop_map(|bits| 1i64 << bits),
                (0u32..19).prop_map(|digits| 10i64.pow(digits)),
                Just(3_037_000_500),
                Just(2_097_152),
                Just(5_541_191_377_757),
            ],
            before in 0i64..2_000,
            negative: bool,
        ) {
            let run = (near - before..).take(2_000);
            let numbers: Vec<i64> = run.map(|x| if negative { -x } else { x }).collect();
            for power in [Power::Square, Power::Cube] {
                let mut out = Vec::new();
                append_text(power, &numbers, &mut out);
                let exact: Vec<_> = numbers.iter().map(|x| power_of(power, *x)).collect();
                let lines = exact.iter().map(|value| format!("{value}\n"));
                prop_assert_eq!(String::from_utf8(out).unwrap(), lines.collect::<String>());

                let mut out = vec![1];
                let appended = append_int64(power, &numbers, &mut out);
                let fitting = exact.iter().take_while(|value| i64::try_from(**value).is_ok());
                let bytes: Vec<u8> = fitting.flat_map(|value| value.as_i64().to_le_bytes()).collect();
                prop_assert_eq!(&out[1..], &bytes);
                let first_unfit = numbers.get(bytes.len() / 8).copied();
                prop_assert_eq!(appended.err().map(|error| error.number), first_unfit);
            }
        }
    }
}
