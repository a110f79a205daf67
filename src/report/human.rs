//! The report for people: a title, a few labelled lines, and the per-worker table.

use super::styled::{Row, Tone};
use super::table::{self, Table};
use super::{Check, ComputeReport, Outcome, Preview, Style};
use crate::units;
use std::io::{self, Write};
use std::time::Duration;

/// How far the input's text is shown before it is cut, in characters.
const INPUT_LEN_MAX: usize = 60;

/// Aligned lines.
pub(super) fn write(report: &ComputeReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}      {}", title(report, ""), report.input_read_as)?;
    for row in rows(report) {
        row.write(style.colour, out)?;
    }
    if style.timings {
        writeln!(out)?;
        table::human(&worker_table(report), out)?;
    }
    Ok(())
}

/// The same lines as Markdown.
pub(super) fn write_markdown(
    report: &ComputeReport,
    timings: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut records = vec![("input".to_owned(), report.input_read_as.clone())];
    records.extend(
        rows(report)
            .into_iter()
            .map(|row| (row.label.to_owned(), row.text())),
    );
    writeln!(out, "**{}**\n", title(report, "`"))?;
    writeln!(out, "| | |\n| --- | --- |")?;
    for (label, text) in records {
        writeln!(out, "| {label} | {} |", text.replace('|', r"\|"))?;
    }
    if timings {
        writeln!(out)?;
        table::markdown(&worker_table(report), out)?;
    }
    Ok(())
}

/// The job and its input, the input between `quotes`.
fn title(report: &ComputeReport, quotes: &str) -> String {
    let input: String = report.input.chars().take(INPUT_LEN_MAX).collect();
    let ellipsis = if input.len() < report.input.len() {
        "…"
    } else {
        ""
    };
    let job = match report.job.has_values() {
        true => format!("{} of", report.job.name()),
        false => format!("{} over", report.job.name()),
    };
    format!("{job} {quotes}{}{ellipsis}{quotes}", input.escape_debug())
}

fn rows(report: &ComputeReport) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(values) = &report.values
        && !values.head.is_empty()
    {
        rows.push(Row::plain("values", preview(values)));
    }
    rows.extend(outcome_rows(report));
    let workers = units::count_of(report.workers as u128, "worker");
    let workers = match report.workers_started < report.workers {
        true => format!("{} of {workers}", report.workers_started),
        false => workers,
    };
    rows.push(Row::plain(
        "elapsed",
        format!(
            "{} on {workers}, {}",
            seconds(report.elapsed),
            units::rate(report.numbers_per_s(), "numbers")
        ),
    ));
    rows.push(cpu_row(report));
    rows.push(Row::plain(
        "kernel",
        format!("{}, {}", code(report), chunks(report)),
    ));
    rows
}

/// Which code ran; all are named that did more than a hundredth.
fn code(report: &ComputeReport) -> String {
    let codes = report.codes();
    let named: Vec<_> = codes.iter().filter(|(_, share)| *share >= 0.01).collect();
    match named.as_slice() {
        [] | [_] => report.instruction_set(),
        [first @ .., last] => {
            let shown =
                |(code, share): &&(String, f64)| format!("{code} for {}", units::percent(*share));
            let first: Vec<String> = first.iter().map(shown).collect();
            format!("{}, else {}", first.join(", "), last.0)
        }
    }
}

fn chunks(report: &ComputeReport) -> String {
    let chunks = units::count_of(u128::from(report.chunks), "chunk");
    match report.chunk_size {
        Some(size) if report.chunks > 1 => {
            format!(
                "{chunks} of {}",
                units::count_of(u128::from(size), "number")
            )
        }
        _ => chunks,
    }
}

fn preview(values: &Preview) -> String {
    let words =
        |values: &[super::BigInt]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut all = words(&values.head);
    if !values.tail.is_empty() {
        all.push("…".to_owned());
        all.extend(words(&values.tail));
    }
    all.join(", ")
}

fn outcome_rows(report: &ComputeReport) -> Vec<Row> {
    let verdict = verdict(&report.checks);
    match &report.outcome {
        Outcome::Complete(total) => vec![Row {
            label: "total",
            parts: vec![(Tone::Strong, total.to_string()), verdict],
        }],
        Outcome::TimeLimit {
            numbers_done,
            total_so_far,
        } => {
            let done = units::count_of(*numbers_done, "number");
            let share = report.numbers.map_or(String::new(), |numbers| {
                let share = *numbers_done as f64 / numbers as f64;
                format!(" ({})", units::percent(share))
            });
            let stopped = format!(
                "at the time limit of {}, after {done}{share}: incomplete",
                seconds(report.time_limit.unwrap_or_default())
            );
            let mut rows = vec![Row {
                label: "stopped",
                parts: vec![(Tone::Warning, stopped)],
            }];
            if let Some(total) = total_so_far {
                rows.push(Row {
                    label: "so far",
                    parts: vec![(Tone::Plain, total.to_string()), verdict],
                });
            }
            rows
        }
    }
}

/// Whether the total was checked, and by what when it was not only the usual check.
fn verdict(checks: &[Check]) -> (Tone, String) {
    match checks {
        [] => (
            Tone::Warning,
            "  (not verified; --verify computes it once more)".to_owned(),
        ),
        [Check::ClosedForm] => (Tone::Good, "  (verified)".to_owned()),
        checks => {
            let names: Vec<&str> = checks.iter().map(|check| check.name()).collect();
            (
                Tone::Good,
                format!("  (verified by {})", names.join(" and ")),
            )
        }
    }
}

fn cpu_row(report: &ComputeReport) -> Row {
    let plural = if report.cpus == 1 { "" } else { "s" };
    let used = format!(
        "{}, {:.2} of {} CPU{plural} busy",
        seconds(report.cpu),
        report.cpus_busy(),
        report.cpus
    );
    let mut parts = vec![(Tone::Plain, used)];
    for warning in report.warnings() {
        parts.push((Tone::Plain, "      ".to_owned()));
        parts.push((Tone::Warning, format!("! {warning}")));
    }
    Row {
        label: "cpu",
        parts,
    }
}

fn worker_table(report: &ComputeReport) -> Table {
    let done = report.numbers_done();
    let records = report.worker_tallies.iter().enumerate().map(|(i, worker)| {
        let share = match done {
            0 => 0.0,
            _ => worker.numbers as f64 / done as f64,
        };
        vec![
            ("worker", i.to_string()),
            ("chunks", units::count(u128::from(worker.chunks))),
            ("numbers", units::count(worker.numbers)),
            ("busy", seconds(worker.busy)),
            ("idle", seconds(report.elapsed.saturating_sub(worker.busy))),
            ("share", units::percent(share)),
        ]
    });
    Table::from_records(records.collect())
}

fn seconds(duration: Duration) -> String {
    units::seconds(duration.as_secs_f64())
}
