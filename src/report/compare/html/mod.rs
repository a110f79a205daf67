//! The comparison as one page for a browser, which loads nothing: the sentence, the picture, the tables,
//! every run, the machine, and the command to repeat it.

mod strip;

use super::counts::counts_table;
use super::head::head;
use super::tables::{gain_table, loss_table, time_table, usage_table, worker_table};
use super::{Comparison, Figures, Law, chart, conclusion, figures, human, law};
use crate::report::plot;
use crate::report::styled::{Row, Tone};
use crate::report::table::Table;
use crate::units;
use std::fmt::{self, Write as _};
use std::io;

/// The looks, for light and dark and for narrow screens.
const STYLE_SHEET: &str = include_str!("page.css");

/// Rows of the report that stand directly below the result.
const DECIDED: [&str; 2] = ["gate", "baseline"];

/// Rows of the report that are of the machine.
const OF_MACHINE: [&str; 3] = ["machine", "meanwhile", "counters"];

/// The page, which is XML, too.
///
/// # Errors
/// A picture that can't be drawn.
pub(super) fn page(comparison: &Comparison) -> io::Result<String> {
    let mut picture = Vec::new();
    chart::write_svg(comparison, &mut picture)?;
    let picture = String::from_utf8(picture).map_err(io::Error::other)?;
    let mut page = String::new();
    write(comparison, &picture, &mut page).map_err(io::Error::other)?;
    Ok(page)
}

fn write(comparison: &Comparison, picture: &str, page: &mut String) -> fmt::Result {
    let figures = figures(comparison);
    let law = law(comparison, &figures);
    let title = escaped(&comparison.work.title);
    writeln!(
        page,
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n\
         <meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"generator\" content=\"partask {}\"/>\n\
         <title>{title}</title>\n<style>\n{STYLE_SHEET}</style>\n</head>\n<body>\n<main>",
        env!("CARGO_PKG_VERSION")
    )?;
    let rows = human::foot(comparison, &figures, &law);
    let named = |names: &[&str]| {
        let rows = rows.iter().filter(|row| names.contains(&row.label));
        rows.collect::<Vec<_>>()
    };
    let sentence = conclusion(comparison, &figures);
    let sentence = sentence.unwrap_or_else(|| "Nothing was measured yet.".to_owned());
    writeln!(page, "<h1>{title}</h1>")?;
    // A factor and its sign stay on one line.
    let sentence = escaped(&sentence).replace(" ×", "\u{a0}×");
    writeln!(page, "<p class=\"result\">{sentence}</p>")?;
    list(&named(&DECIDED), page)?;
    writeln!(page, "<figure>\n{picture}</figure>")?;
    tables(comparison, &figures, page)?;
    strip::write(comparison, &figures, page)?;
    how(comparison, &figures, &law, page)?;
    writeln!(page, "<h2>Machine</h2>")?;
    list(&named(&OF_MACHINE), page)?;
    repeat(comparison, page)?;
    writeln!(page, "</main>\n</body>\n</html>")
}

fn tables(comparison: &Comparison, figures: &[Option<Figures>], page: &mut String) -> fmt::Result {
    if figures.iter().all(Option::is_none) {
        return Ok(());
    }
    for (heading, text) in [
        ("Time", time_table(comparison, figures)),
        (
            "Mean time, CPU time and memory",
            usage_table(comparison, figures),
        ),
        ("Gain", gain_table(comparison, figures)),
        (
            "Counted in a run, on average",
            counts_table(comparison, figures),
        ),
        (
            "Where the workers' time went",
            loss_table(comparison, figures),
        ),
    ] {
        if !text.rows.is_empty() {
            writeln!(page, "<h2>{}</h2>", escaped(heading))?;
            table(&text, page)?;
        }
    }
    let workers = worker_table(comparison, figures);
    if !workers.rows.is_empty() {
        writeln!(page, "<details>\n<summary>What each worker did</summary>")?;
        table(&workers, page)?;
        writeln!(page, "</details>")?;
    }
    Ok(())
}

fn table(table: &Table, page: &mut String) -> fmt::Result {
    writeln!(page, "<div class=\"scroll\"><table>\n<thead><tr>")?;
    for column in &table.columns {
        writeln!(page, "<th scope=\"col\">{}</th>", escaped(column))?;
    }
    writeln!(page, "</tr></thead>\n<tbody>")?;
    for row in &table.rows {
        write!(page, "<tr>")?;
        for (i, cell) in row.iter().enumerate() {
            let cell = escaped(cell);
            match i {
                0 => write!(page, "<th scope=\"row\">{cell}</th>")?,
                _ => write!(page, "<td>{cell}</td>")?,
            }
        }
        writeln!(page, "</tr>")?;
    }
    writeln!(page, "</tbody>\n</table></div>")
}

/// What was computed and how, the laws, and what to know.
fn how(
    comparison: &Comparison,
    figures: &[Option<Figures>],
    law: &Law,
    page: &mut String,
) -> fmt::Result {
    writeln!(page, "<h2>How it was measured</h2>")?;
    let read_as = Row::plain("input", comparison.work.read_as.clone());
    let read_as = (!comparison.work.read_as.is_empty()).then_some(read_as);
    let rows: Vec<Row> = read_as
        .into_iter()
        .chain(head(comparison, figures))
        .chain(human::foot(comparison, figures, law))
        .filter(|row| !DECIDED.contains(&row.label) && !OF_MACHINE.contains(&row.label))
        .collect();
    list(&rows.iter().collect::<Vec<_>>(), page)
}

/// Rows of the report as a list of labels and texts.
fn list(rows: &[&Row], page: &mut String) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(page, "<dl>")?;
    for row in rows {
        write!(page, "<dt>{}</dt><dd>", escaped(row.label))?;
        for (tone, text) in &row.parts {
            let text = escaped(text);
            match tone {
                Tone::Plain | Tone::Strong => write!(page, "{text}")?,
                Tone::Good => write!(page, "<span class=\"good\">{text}</span>")?,
                Tone::Warning => write!(page, "<span class=\"warning\">{text}</span>")?,
                Tone::Bad => write!(page, "<span class=\"bad\">{text}</span>")?,
            }
        }
        writeln!(page, "</dd>")?;
    }
    writeln!(page, "</dl>")
}

/// The command line, and what made the page.
fn repeat(comparison: &Comparison, page: &mut String) -> fmt::Result {
    if !comparison.command_line.is_empty() {
        writeln!(page, "<h2>To repeat it</h2>")?;
        let line = escaped_lines(&comparison.command_line);
        writeln!(page, "<pre><code>{line}</code></pre>")?;
    }
    let rounds = units::count_of(u128::from(comparison.rounds), "round");
    let state = match comparison.ended {
        Some(_) => "",
        None => ", still running",
    };
    writeln!(
        page,
        "<p class=\"muted\">partask {}, {rounds}{state}</p>",
        env!("CARGO_PKG_VERSION")
    )
}

/// A text in which nothing is markup, moves or turns other text, or is banned from XML.
fn escaped(text: &str) -> String {
    escaped_lines(&plot::clean(text))
}

/// The same of one that keeps its lines and is to be copied, so that it stays what it is.
fn escaped_lines(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        '\n' | '\t' => c.to_string(),
        c if c.is_control() || ['\u{FFFE}', '\u{FFFF}'].contains(&c) => {
            char::REPLACEMENT_CHARACTER.to_string()
        }
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests;
