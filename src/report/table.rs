//! One table model and its forms: aligned text, Markdown, CSV.

use std::io::{self, Write};

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
        let width = |text: &str| text.chars().count();
        (0..self.columns.len())
            .map(|i| {
                let cells = self.rows.iter().map(|row| width(&row[i]));
                cells.chain([width(self.columns[i])]).max().unwrap_or(0)
            })
            .collect()
    }

    fn line(&self, cells: &[impl AsRef<str>], separator: &str) -> String {
        let padded: Vec<String> = cells
            .iter()
            .zip(self.widths())
            .enumerate()
            .map(|(i, (cell, width))| match i {
                0 => format!("{:<width$}", cell.as_ref()),
                _ => format!("{:>width$}", cell.as_ref()),
            })
            .collect();
        padded.join(separator)
    }
}

/// Aligned columns.
pub(super) fn human(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", table.line(&table.columns, "  "))?;
    for row in &table.rows {
        writeln!(out, "{}", table.line(row, "  "))?;
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
}
