//! One table model and its forms: aligned text, Markdown, CSV.

use super::width::{columns_of, folded, padded, padded_left};
use std::io::{self, Write};
use std::ops::Range;

/// Between two columns.
const GAP: &str = "  ";

/// A table of texts; the first column is aligned left, the others right.
pub(super) struct Table {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// The table of one row a record, each record the same fields in the same order.
    pub(super) fn from_records(records: Vec<Vec<(&'static str, String)>>) -> Table {
        let columns = records.first().map_or(Vec::new(), |record| {
            record.iter().map(|(name, _)| *name).collect()
        });
        let rows = records
            .into_iter()
            .map(|record| record.into_iter().map(|(_, value)| value).collect())
            .collect();
        Table { columns, rows }
    }

    fn widths(&self) -> Vec<usize> {
        (0..self.columns.len())
            .map(|i| {
                let cells = self.rows.iter().map(|row| columns_of(&row[i]));
                cells
                    .chain([columns_of(self.columns[i])])
                    .max()
                    .unwrap_or(0)
            })
            .collect()
    }

    fn line(&self, cells: &[impl AsRef<str>], separator: &str) -> String {
        line(cells, &self.widths(), separator)
    }

    /// The first column and those in the range.
    fn part(&self, range: Range<usize>) -> Table {
        Table {
            columns: std::iter::once(self.columns[0])
                .chain(self.columns[range.clone()].iter().copied())
                .collect(),
            rows: self
                .rows
                .iter()
                .map(|row| {
                    let cells = row[range.clone()].iter().cloned();
                    std::iter::once(row[0].clone()).chain(cells).collect()
                })
                .collect(),
        }
    }
}

/// Cells in columns of these widths, the first aligned left, the others right.
fn line(cells: &[impl AsRef<str>], widths: &[usize], separator: &str) -> String {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(i, (cell, width))| match i {
            0 => padded(cell.as_ref(), *width),
            _ => padded_left(cell.as_ref(), *width),
        })
        .collect();
    padded.join(separator)
}

/// Aligned columns.
pub(super) fn human(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", table.line(&table.columns, GAP))?;
    for row in &table.rows {
        writeln!(out, "{}", table.line(row, GAP))?;
    }
    Ok(())
}

/// Aligned columns, in lines of at most so many. Names that would make the table too wide stand on
/// lines of their own; a table that is too wide all the same goes on in another below it.
pub(super) fn human_within(table: &Table, room: usize, out: &mut dyn Write) -> io::Result<()> {
    let widths = table.widths();
    let Some((&name, others)) = widths.split_first() else {
        return Ok(());
    };
    let heading = columns_of(table.columns[0]);
    let wide = |widths: &[usize]| widths.iter().map(|width| width + GAP.len()).sum::<usize>();
    let left = room.saturating_sub(wide(others));
    if left >= heading {
        return with_names_within(table, name.min(left), room, out);
    }
    let name = name.min(heading.max(room / 3));
    let mut start = 0;
    while start < others.len() {
        let fits = |end: &usize| name + wide(&others[start..*end]) <= room;
        let end = (start + 1..=others.len()).rev().find(fits);
        let end = end.unwrap_or(start + 1);
        if start > 0 {
            writeln!(out)?;
        }
        with_names_within(&table.part(start + 1..end + 1), name, room, out)?;
        start = end;
    }
    Ok(())
}

/// Aligned columns, the first no wider than `name`.
fn with_names_within(
    table: &Table,
    name: usize,
    room: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut widths = table.widths();
    widths[0] = name;
    writeln!(out, "{}", line(&table.columns, &widths, GAP))?;
    for row in &table.rows {
        let mut row: Vec<&str> = row.iter().map(String::as_str).collect();
        if columns_of(row[0]) > name {
            for part in folded(row[0], room) {
                writeln!(out, "{}", &row[0][part])?;
            }
            row[0] = "";
        }
        writeln!(out, "{}", line(&row, &widths, GAP))?;
    }
    Ok(())
}

/// A Markdown table; bars in a cell are escaped.
pub(super) fn markdown(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<&str> = (0..table.columns.len())
        .map(|i| if i == 0 { "---" } else { "---:" })
        .collect();
    writeln!(out, "| {} |", table.line(&table.columns, " | "))?;
    writeln!(out, "| {} |", rules.join(" | "))?;
    for row in &table.rows {
        let escaped: Vec<String> = row.iter().map(|cell| cell.replace('|', r"\|")).collect();
        writeln!(out, "| {} |", table.line(&escaped, " | "))?;
    }
    Ok(())
}

/// Comma-separated values with a header.
pub(super) fn csv(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(&table.columns)?;
    for row in &table.rows {
        writer.write_record(row)?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: fn(&Table, &mut dyn Write) -> io::Result<()>) -> String {
        let table = Table {
            columns: vec!["worker", "numbers"],
            rows: vec![
                vec!["0".to_owned(), "1,000".to_owned()],
                vec!["a|b".to_owned(), "5".to_owned()],
            ],
        };
        let mut out = Vec::new();
        form(&table, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_form_has_its_own_punctuation() {
        assert_eq!(
            written(human),
            "worker  numbers\n0         1,000\na|b           5\n"
        );
        assert_eq!(
            written(markdown),
            "| worker | numbers |\n| --- | ---: |\n| 0      |   1,000 |\n| a\\|b   |       5 |\n"
        );
        assert_eq!(written(csv), "worker,numbers\n0,\"1,000\"\na|b,5\n");
    }

    fn within(room: usize) -> String {
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        let table = Table {
            columns: vec!["workers", "median", "min", "max"],
            rows: vec![
                row(["1", "10.0 ms", "9 ms", "11 ms"]),
                row(["a 日本", "5 ms", "4 ms", "6 ms"]),
            ],
        };
        let mut out = Vec::new();
        human_within(&table, room, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_keeps_within_its_room() {
        assert_eq!(
            within(29),
            "workers   median   min    max\n1        10.0 ms  9 ms  11 ms\na 日本      5 ms  4 ms   6 ms\n"
        );
        assert_eq!(
            within(20),
            "workers   median\n1        10.0 ms\na 日本      5 ms\n\n\
             workers   min    max\n1        9 ms  11 ms\na 日本   4 ms   6 ms\n"
        );
        for room in 16..40 {
            let text = within(room);
            assert!(text.lines().all(|line| columns_of(line) <= room), "{text}");
        }
    }

    #[test]
    fn a_long_name_has_a_line_of_its_own() {
        let table = Table {
            columns: vec!["workers", "median"],
            rows: vec![
                vec!["a name of many words".to_owned(), "5 ms".to_owned()],
                vec!["2".to_owned(), "6 ms".to_owned()],
            ],
        };
        let mut out = Vec::new();
        human_within(&table, 18, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "workers     median\na name of many\nwords\n              5 ms\n2             6 ms\n"
        );
    }
}
