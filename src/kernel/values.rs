//! Results one by one: as decimal text, a line each, or as 64-bit binary integers.

use super::element::{Element, for_element_of};
use crate::job::Job;

/// A number whose result does not fit a signed 64-bit integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotInt64 {
    /// The number.
    pub number: i64,
}

/// Appends the result of `job` for each number to `out`, in decimal, a line feed after each.
pub fn append_text(job: Job, numbers: &[i64], out: &mut Vec<u8>) {
    for_element_of!(job, text(numbers, out));
}

fn text<E: Element>(numbers: &[i64], out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    for &x in numbers {
        match E::checked(x) {
            Some(small) => out.extend_from_slice(buffer.format(small).as_bytes()),
            None => out.extend_from_slice(wide::<E>(x, &mut buffer).as_bytes()),
        }
        out.push(b'\n');
    }
}

/// A result that exceeds 64 bits.
#[cold]
fn wide<E: Element>(x: i64, buffer: &mut itoa::Buffer) -> String {
    let exact = E::exact(x);
    match i128::try_from(exact) {
        Ok(narrow) => buffer.format(narrow).to_owned(),
        Err(_) => exact.to_string(),
    }
}

/// Appends the result of `job` for each number to `out`, as 8 bytes, the lowest first.
///
/// # Errors
/// The first number whose result does not fit; the results before it have been appended.
pub fn append_int64(job: Job, numbers: &[i64], out: &mut Vec<u8>) -> Result<(), NotInt64> {
    for_element_of!(job, int64(numbers, out))
}

fn int64<E: Element>(numbers: &[i64], out: &mut Vec<u8>) -> Result<(), NotInt64> {
    for &number in numbers {
        let result = E::checked(number).ok_or(NotInt64 { number })?;
        out.extend_from_slice(&result.to_le_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::result;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_binary_are_the_exact_results(
            numbers in proptest::collection::vec((0u32..64, any::<i64>()).prop_map(|(shift, x)| x >> shift), 0..50),
        ) {
            for job in Job::ALL {
                let exact: Vec<_> = numbers.iter().map(|x| result(job, *x)).collect();
                let mut out = Vec::new();
                append_text(job, &numbers, &mut out);
                let lines: String = exact.iter().map(|value| format!("{value}\n")).collect();
                prop_assert_eq!(String::from_utf8(out).unwrap(), lines);

                let mut out = Vec::new();
                let fitting = exact.iter().take_while(|value| i64::try_from(**value).is_ok());
                let bytes: Vec<u8> = fitting.flat_map(|value| value.as_i64().to_le_bytes()).collect();
                let appended = append_int64(job, &numbers, &mut out);
                prop_assert_eq!(&out, &bytes);
                let first_unfit = numbers.get(bytes.len() / 8).copied();
                prop_assert_eq!(appended.err().map(|error| error.number), first_unfit);
            }
        }
    }
}
