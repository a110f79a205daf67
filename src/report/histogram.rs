//! A histogram for people: a line for each value, with a bar.

use super::table::{self, Table};
use crate::exact::BigInt;
use crate::units;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How many lines are shown; of more values the first and the last.
const LINES_MAX: usize = 40;

/// The columns of the longest bar.
const BAR_LEN: u128 = 40;

/// The table of a histogram: value, count, share, bar.
pub(super) fn table(counts: &BTreeMap<BigInt, u128>) -> Table {
    let all: u128 = counts.values().sum();
    let most = counts.values().max().copied().unwrap_or(0);
    let row = |(value, count): (&BigInt, &u128)| {
        vec![
            ("value", value.to_string()),
            ("count", units::count(*count)),
            ("share", units::percent(*count as f64 / all.max(1) as f64)),
            ("", bar(*count, most)),
        ]
    };
    let rows = counts.iter();
    let mut records: Vec<_> = match counts.len() > LINES_MAX {
        false => rows.clone().map(row).collect(),
        true => rows.clone().take(LINES_MAX / 2).map(row).collect(),
    };
    if counts.len() > LINES_MAX {
        let left_out = counts.len() - LINES_MAX;
        let text = format!("… {} values …", units::count(left_out as u128));
        let empty = String::new();
        records.push(vec![
            ("value", text),
            ("count", empty.clone()),
            ("share", empty.clone()),
            ("", empty),
        ]);
        records.extend(rows.skip(counts.len() - LINES_MAX / 2).map(row));
    }
    Table::from_records(records)
}

/// Writes the table; nothing of no values.
pub(super) fn write(counts: &BTreeMap<BigInt, u128>, out: &mut dyn Write) -> io::Result<()> {
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let mut text = Vec::new();
    table::human(&table(counts), &mut text)?;
    for line in String::from_utf8_lossy(&text).lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A bar of up to [`BAR_LEN`] columns; the smallest count but none has one, too. It is padded to the
/// right, as the columns of numbers are aligned to their ends.
fn bar(count: u128, most: u128) -> String {
    // In floating point: a count times the columns may exceed 128 bits.
    let len = (count as f64 / most.max(1) as f64 * BAR_LEN as f64).round() as usize;
    let len = if count > 0 { len.max(1) } else { 0 };
    format!("{:<width$}", "█".repeat(len), width = BAR_LEN as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_are_shown_by_their_ends() {
        let counts: BTreeMap<BigInt, u128> = (0..100).map(|i| (BigInt::from(i), 1)).collect();
        let mut text = Vec::new();
        write(&counts, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), 2 + LINES_MAX + 1);
        assert!(
            text.contains("… 60 values …") && text.contains("\n99 "),
            "{text}"
        );
    }

    #[test]
    fn bars_are_in_proportion() {
        let counts = BTreeMap::from([(BigInt::from(-7), 1), (BigInt::from(8), 4_000)]);
        let mut text = Vec::new();
        write(&counts, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let bars: Vec<usize> = text
            .lines()
            .skip(2)
            .map(|line| line.matches('█').count())
            .collect();
        assert_eq!(bars, [1, 40]);
    }
}
