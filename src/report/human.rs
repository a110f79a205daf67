//! The report for people: a title, a few labelled lines, and the per-worker table.

use super::styled::{Row, Tone};
use super::table::{self, Table};
use super::{Check, ComputeReport, Outcome, Preview, Style, histogram, seconds};
use crate::exact::BigInt;
use crate::job::Job;
use crate::reduction::{Answer, Reduction};
use crate::units;
use std::io::{self, Write};

/// How far the input's text is shown before it is cut, in characters.
const INPUT_LEN_MAX: usize = 60;

/// How long a result may be among others, in characters.
const VALUE_LEN_MAX: usize = 80;

/// Aligned lines.
pub(super) fn write(report: &ComputeReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}      {}", title(report, ""), report.input_read_as)?;
    for row in rows(report) {
        row.write(style.colour, out)?;
    }
    if let Outcome::Complete(Answer::Histogram(counts)) = &report.outcome {
        histogram::write(counts, out)?;
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
    if let Outcome::Complete(Answer::Histogram(counts)) = &report.outcome
        && !counts.is_empty()
    {
        writeln!(out)?;
        table::markdown(&histogram::table(counts), out)?;
    }
    if timings {
        writeln!(out)?;
        table::markdown(&worker_table(report), out)?;
    }
    Ok(())
}

/// The job and its input, the input between `quotes`.
pub(super) fn title_of(job: &Job, input: &str, quotes: &str) -> String {
    let shown: String = input.chars().take(INPUT_LEN_MAX).collect();
    let ellipsis = if shown.len() < input.len() { "…" } else { "" };
    job.title(&format!(
        "{quotes}{}{ellipsis}{quotes}",
        shown.escape_debug()
    ))
}

/// The same of a report, with the shard that it is of.
fn title(report: &ComputeReport, quotes: &str) -> String {
    let shard = report.shard.map_or(String::new(), |shard| {
        format!(", shard {} of {}", shard.index(), shard.of())
    });
    format!("{}{shard}", title_of(&report.job, &report.input, quotes))
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
    if report.resumed_from > 0 {
        let before = units::count_of(report.resumed_from, "number");
        let here = units::count(report.numbers_here());
        let text = format!("behind {before} of earlier runs; {here} in this one");
        rows.push(Row::plain("resumed", text));
    }
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
    let words = |values: &[BigInt]| values.iter().map(shortened).collect::<Vec<_>>();
    let mut all = words(&values.head);
    if !values.tail.is_empty() {
        all.push("…".to_owned());
        all.extend(words(&values.tail));
    }
    all.join(", ")
}

/// A result among others, of which a long one is shown by its start.
fn shortened(value: &BigInt) -> String {
    let text = value.to_string();
    match text.len() > VALUE_LEN_MAX {
        true => format!(
            "{}… ({})",
            &text[..VALUE_LEN_MAX / 2],
            units::count_of(text.trim_start_matches('-').len() as u128, "digit")
        ),
        false => text,
    }
}

/// What stands before an answer.
pub(super) fn label(reduction: Reduction) -> &'static str {
    match reduction {
        Reduction::Sum => "total",
        other => other.name(),
    }
}

/// What the results come to, and where it stands.
pub(super) fn shown(answer: &Answer) -> Vec<(Tone, String)> {
    let (text, note) = match answer {
        Answer::Integer(_) => (answer.to_string(), None),
        Answer::Found(_, number) => {
            let at = format!("  at n = {}", units::number(*number));
            (answer.to_string(), Some(at))
        }
        Answer::Fraction(..) => {
            let decimal = answer.decimal().filter(|_| answer.integer().is_none());
            let decimal = decimal.map(|(decimal, is_exact)| {
                let sign = if is_exact { "=" } else { "≈" };
                format!(" {sign} {decimal}")
            });
            (answer.to_string(), decimal)
        }
        Answer::Histogram(counts) => {
            let values = units::count_of(counts.len() as u128, "distinct value");
            (values, None)
        }
    };
    let note = note.map(|note| (Tone::Plain, note));
    std::iter::once((Tone::Strong, text)).chain(note).collect()
}

fn outcome_rows(report: &ComputeReport) -> Vec<Row> {
    let verdict = verdict_of(&report.checks, report.numbers_done());
    let label = label(report.job.reduction());
    match &report.outcome {
        Outcome::Complete(answer) => {
            let mut parts = shown(answer);
            parts.push(verdict);
            vec![Row { label, parts }]
        }
        Outcome::Shard { answer, .. } => {
            let mut parts = match answer {
                Some(answer) => shown(answer),
                None => vec![(Tone::Plain, "nothing by itself".to_owned())],
            };
            parts[0].0 = Tone::Plain;
            parts.push(verdict);
            let label = "partial";
            vec![Row { label, parts }]
        }
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
            if let Some(answer) = total_so_far {
                let mut parts = shown(answer);
                parts[0].0 = Tone::Plain;
                parts.push(verdict);
                let label = "so far";
                rows.push(Row { label, parts });
            }
            rows
        }
    }
}

/// Whether the total was checked, and by what when it was not only the usual check.
pub(super) fn verdict_of(checks: &[Check], numbers_done: u128) -> (Tone, String) {
    match checks {
        [Check::Sample { numbers }] => {
            let of = units::count(numbers_done);
            let checked = format!("  (checked on {} of {of} numbers)", units::count(*numbers));
            (Tone::Good, checked)
        }
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
    let done = report.numbers_here();
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
