//! How an expression would be computed, in words.

use super::table::{self, Table};
use super::width::padded;
use crate::units;
use std::io::{self, Write};

/// How long the text of a part is shown, in characters.
const TEXT_LEN_MAX: usize = 40;

/// One part of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedPart {
    /// Its text.
    pub text: String,
    /// Between which numbers its values lie, as far as they are known to fit 128 bits.
    pub bounds: (Option<i128>, Option<i128>),
    /// The narrowest integer that holds them.
    pub width: &'static str,
    /// Whether it may have no value somewhere.
    pub can_fail: bool,
}

/// How an expression would be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The job, and how its input was read.
    pub title: String,
    /// The parts of the expression, each behind what it is computed of.
    pub parts: Vec<ExplainedPart>,
    /// Labels and what they say.
    pub lines: Vec<(&'static str, String)>,
}

/// Writes an explanation to `out`.
///
/// # Errors
/// Those of `out`.
pub fn write(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", explanation.title)?;
    let end = |end: Option<i128>, beyond: &str| end.map_or(beyond.to_owned(), units::wide_number);
    let records = explanation.parts.iter().map(|part| {
        let text: String = part.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = text.chars().take(TEXT_LEN_MAX).collect();
        let ellipsis = if shown.len() < text.len() { "…" } else { "" };
        vec![
            ("part", format!("{shown}{ellipsis}")),
            ("from", end(part.bounds.0, "beyond 128 bits")),
            ("to", end(part.bounds.1, "beyond 128 bits")),
            ("fits", part.width.to_owned()),
            (
                "may fail",
                if part.can_fail { "yes" } else { "" }.to_owned(),
            ),
        ]
    });
    table::human(&Table::from_records(records.collect()), out)?;
    for (label, text) in &explanation.lines {
        writeln!(out, "{} {text}", padded(label, 10))?;
    }
    Ok(())
}
