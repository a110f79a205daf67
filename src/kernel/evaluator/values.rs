//! Values in a row, and how they are appended to a text or an array.

use crate::exact::BigInt;
use crate::kernel::decimal;
use crate::kernel::values::{Form, Unfit};
use std::io::Write;

/// Who hears of values, in order.
pub(in crate::kernel) type Each<'a> = Option<&'a mut dyn FnMut(Values)>;

/// Values in a row.
pub(in crate::kernel) enum Values {
    Int64(Vec<i64>),
    Int128(Vec<i128>),
    Big(Vec<BigInt>),
}

impl Values {
    pub(super) fn len(&self) -> usize {
        match self {
            Values::Int64(values) => values.len(),
            Values::Int128(values) => values.len(),
            Values::Big(values) => values.len(),
        }
    }
}

/// Appends the values of the first of some numbers.
pub(super) fn append(
    values: Values,
    numbers: &[i64],
    form: Form,
    out: &mut Vec<u8>,
) -> Result<(), Unfit> {
    match (form, values) {
        (Form::Lines, Values::Int64(values)) => decimal::append_lines(&values, out),
        (Form::Lines, Values::Int128(values)) => decimal::append_lines(&values, out),
        (Form::Lines, Values::Big(values)) => {
            for value in values {
                writeln!(out, "{value}").expect("memory can be written to");
            }
        }
        (Form::Int64, Values::Int64(values)) => {
            for value in values {
                out.extend_from_slice(&value.to_le_bytes());
            }
        }
        (Form::Int64, Values::Int128(values)) => {
            let values = values.into_iter().map(BigInt::from);
            append_int64(values, numbers, out)?;
        }
        (Form::Int64, Values::Big(values)) => append_int64(values.into_iter(), numbers, out)?,
    }
    Ok(())
}

fn append_int64(
    values: impl Iterator<Item = BigInt>,
    numbers: &[i64],
    out: &mut Vec<u8>,
) -> Result<(), Unfit> {
    for (value, number) in values.zip(numbers) {
        match i64::try_from(&value) {
            Ok(small) => out.extend_from_slice(&small.to_le_bytes()),
            Err(_) => {
                return Err(Unfit::Int64 {
                    number: *number,
                    result: value,
                });
            }
        }
    }
    Ok(())
}
