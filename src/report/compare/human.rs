//! The comparison for people: tables of times and gains, a chart, causes, and one sentence.

use super::conclusion::times;
use super::counts::{self, counts_table};
use super::head::head;
use super::tables::{gain_table, interval, loss_table, time_table, usage_table, worker_table};
use super::{Comparison, Figures, Gate, Gated, Law, Regression, Verdict};
use super::{chart, conclusion, figures, law, warnings};
use crate::machine::Evidence;
use crate::report::Style;
use crate::report::styled::{Row, Tone};
use crate::report::table;
use crate::report::width::{columns_of, folded};
use crate::scaling::FitError;
use crate::stats::Interval;
use crate::units;
use std::io::{self, Write};

/// Aligned lines and tables.
pub(super) fn write(comparison: &Comparison, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let figures = figures(comparison);
    let law = law(comparison, &figures);
    let columns = style.columns();
    write_title(comparison, columns, out)?;
    for row in head(comparison, &figures) {
        row.write_folded(style.colour, columns, out)?;
    }
    if figures.iter().all(Option::is_none) {
        return Ok(());
    }
    for table in [
        time_table(comparison, &figures),
        usage_table(comparison, &figures),
        gain_table(comparison, &figures),
    ] {
        writeln!(out)?;
        table::human_within(&table, columns, out)?;
    }
    let counted = counts_table(comparison, &figures);
    if !counted.rows.is_empty() {
        writeln!(out, "\n{}", counts::HEADING)?;
        table::human_within(&counted, columns, out)?;
    }
    let losses = loss_table(comparison, &figures);
    if !losses.rows.is_empty() {
        writeln!(out, "\nwhere the workers' time went")?;
        table::human_within(&losses, columns, out)?;
    }
    if style.timings {
        writeln!(out)?;
        table::human_within(&worker_table(comparison, &figures), columns, out)?;
    }
    if chart::is_telling(comparison) {
        writeln!(out)?;
        chart::write(comparison, style, out)?;
    }
    writeln!(out)?;
    for row in foot(comparison, &figures, &law) {
        row.write_folded(style.colour, columns, out)?;
    }
    if let Some(sentence) = conclusion(comparison, &figures) {
        writeln!(out)?;
        let row = Row::toned("result", Tone::Strong, sentence);
        row.write_folded(style.colour, columns, out)?;
    }
    Ok(())
}

/// What is done, and how its input was read: on one line, or below it where that is too long.
fn write_title(comparison: &Comparison, columns: usize, out: &mut dyn Write) -> io::Result<()> {
    let (title, read_as) = (&comparison.work.title, &comparison.work.read_as);
    let both = format!("{title}      {read_as}");
    if columns_of(both.trim_end()) <= columns {
        return writeln!(out, "{}", both.trim_end());
    }
    for (text, indent) in [(title, ""), (read_as, "           ")] {
        if !text.is_empty() {
            for line in folded(text, columns.saturating_sub(indent.len())) {
                writeln!(out, "{indent}{}", &text[line])?;
            }
        }
    }
    Ok(())
}

/// The same as Markdown, without the chart.
pub(super) fn write_markdown(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let figures = figures(comparison);
    let law = law(comparison, &figures);
    let title = comparison.work.title.replace('*', r"\*");
    writeln!(out, "**{title}**\n")?;
    for table in [
        time_table(comparison, &figures),
        usage_table(comparison, &figures),
        gain_table(comparison, &figures),
        counts_table(comparison, &figures),
        loss_table(comparison, &figures),
    ] {
        if !table.rows.is_empty() {
            table::markdown(&table, out)?;
            writeln!(out)?;
        }
    }
    writeln!(out, "| | |\n| --- | --- |")?;
    let sentence = conclusion(comparison, &figures).map(|text| Row::plain("result", text));
    let read_as = Row::plain("input", comparison.work.read_as.clone());
    let rows = std::iter::once(read_as)
        .filter(|row| !row.text().is_empty())
        .chain(head(comparison, &figures))
        .chain(foot(comparison, &figures, &law))
        .chain(sentence);
    for row in rows {
        writeln!(
            out,
            "| {} | {} |",
            row.label,
            row.text().replace('|', r"\|")
        )?;
    }
    Ok(())
}

/// The laws, the causes outside, what to know, and what was decided.
pub(super) fn foot(comparison: &Comparison, figures: &[Option<Figures>], law: &Law) -> Vec<Row> {
    // What is measured once has no law to follow.
    let mut rows = match comparison.is_plain() {
        true => Vec::new(),
        false => law_rows(law),
    };
    rows.push(Row::plain("machine", machine(comparison)));
    rows.push(Row::plain("meanwhile", meanwhile(&comparison.evidence)));
    rows.extend(counts::row(comparison));
    rows.extend(comparison.regressions.iter().map(baseline_row));
    rows.extend(comparison.gated.iter().flat_map(gate_rows));
    rows.extend(
        warnings(comparison, figures)
            .into_iter()
            .map(|warning| Row::toned("note", Tone::Warning, format!("! {warning}"))),
    );
    rows
}

fn machine(comparison: &Comparison) -> String {
    let fingerprint = &comparison.fingerprint;
    let cpus = units::count_of(fingerprint.cpus as u128, "CPU");
    let code = comparison.work.instruction_set.as_deref();
    let parts = [
        fingerprint.cpu_model.clone(),
        format!("{cpus} for this process"),
        fingerprint.system.clone(),
        code.map_or(String::new(), |set| format!("{set} code")),
    ];
    let known: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    known.join(", ")
}

fn law_rows(law: &Law) -> Vec<Row> {
    if let Some(gustafson) = &law.gustafson {
        let text = match gustafson {
            Ok(law) => format!(
                "{} of a run is serial, however much work there is",
                units::percent(law.serial_fraction())
            ),
            Err(error) => refusal(error),
        };
        return vec![Row::plain("Gustafson", text)];
    }
    let amdahl = match &law.amdahl {
        Ok(amdahl) => {
            let serial = amdahl.serial_fraction();
            let limit = match amdahl.limit() {
                limit if limit.is_finite() => {
                    format!("at most {} × with any number of workers", times(limit))
                }
                _ => "no limit in sight".to_owned(),
            };
            format!("{} of the work is serial: {limit}", units::percent(serial))
        }
        Err(error) => refusal(error),
    };
    let usl = match &law.usl {
        Ok(usl) => {
            let best = usl
                .best_workers()
                .map_or("more workers go on helping".to_owned(), |best| {
                    format!("best with {best:.0} workers")
                });
            let (contention, coherency) = (
                units::percent(usl.contention()),
                units::percent(usl.coherency()),
            );
            format!("contention {contention}, coherency {coherency}: {best}")
        }
        Err(error) => refusal(error),
    };
    vec![Row::plain("Amdahl", amdahl), Row::plain("USL", usl)]
}

/// Why a law was not fitted; its name stands in front of it.
fn refusal(error: &FitError) -> String {
    match error {
        FitError::TooFewWorkerCounts { needed, found, .. } => format!(
            "not fitted: it needs {needed} worker counts within the CPUs, and there {} {found}",
            if *found == 1 { "is" } else { "are" }
        ),
        error => format!("not fitted: {error}"),
    }
}

/// What the machine did meanwhile, as far as it tells.
fn meanwhile(evidence: &Evidence) -> String {
    let mut parts = Vec::new();
    if let Some(cpus) = evidence.others_cpus {
        parts.push(format!("other programs kept {cpus:.2} CPUs busy"));
    }
    if let Some(steal_s) = evidence.steal_s {
        parts.push(match steal_s {
            steal_s if steal_s > 0.0 => {
                format!("{} stolen by the hypervisor", units::seconds(steal_s))
            }
            _ => "nothing stolen".to_owned(),
        });
    }
    if let (Some(periods), Some(throttled_s)) = (evidence.throttled_periods, evidence.throttled_s) {
        parts.push(match periods {
            0 => "not throttled".to_owned(),
            _ => format!(
                "throttled for {} in {}",
                units::seconds(throttled_s),
                units::count_of(u128::from(periods), "period")
            ),
        });
    }
    if let (Some(before), Some(after)) = (evidence.load_before, evidence.load_after) {
        parts.push(format!("load {before:.2} to {after:.2}"));
    }
    if let Some(governor) = &evidence.governor {
        parts.push(format!("governor {governor}"));
    }
    match parts.is_empty() {
        true => "this system does not tell".to_owned(),
        false => parts.join(", "),
    }
}

/// How a case compares with the sessions of a baseline.
fn baseline_row(regression: &Regression) -> Row {
    let sessions = match regression.sessions {
        1 => "one session".to_owned(),
        sessions => format!("{sessions} sessions"),
    };
    let differ = regression
        .spread
        .map(|spread| format!(", which differ by {}", units::percent(spread - 1.0)));
    let both = match regression.each[..] {
        [first, again] => format!("; {} × and again {} ×", times(first), times(again)),
        _ => String::new(),
    };
    Row::plain(
        "baseline",
        format!(
            "{}: {} × its time{} in {sessions}{}{}",
            regression.case,
            times(regression.ratio.value),
            in_brackets(regression.ratio.interval, times),
            differ.unwrap_or_default(),
            both,
        ),
    )
}

/// What was decided of a limit, and what would settle it when it can't be told.
fn gate_rows(gated: &Gated) -> Vec<Row> {
    let settle = gated
        .settle
        .iter()
        .map(|settle| Row::toned("note", Tone::Warning, format!("! {}: {settle}", gated.case)));
    std::iter::once(gate_row(gated)).chain(settle).collect()
}

fn gate_row(gated: &Gated) -> Row {
    let (limit, show): (String, fn(f64) -> String) = match gated.gate {
        Gate::MinSpeedup(limit) => (times(limit), times),
        Gate::MinEfficiency(limit) => (units::percent(limit), units::percent),
        Gate::MaxRegression(share) => (units::percent(share), longer),
    };
    let text = format!(
        "{} {limit}: {} came to {}{}: ",
        gated.gate.option(),
        gated.case,
        show(gated.measured.value),
        in_brackets(gated.measured.interval, show),
    );
    let tone = match gated.verdict {
        Verdict::Passed => Tone::Good,
        Verdict::Inconclusive => Tone::Warning,
        Verdict::Failed => Tone::Bad,
    };
    let mut row = Row::plain("gate", text);
    row.parts.push((tone, gated.verdict.name().to_owned()));
    row
}

/// How much longer a time is than another that it is this ratio of: `+4.50%`.
fn longer(ratio: f64) -> String {
    let sign = if ratio > 1.0 { "+" } else { "" };
    format!("{sign}{}", units::percent(ratio - 1.0))
}

fn in_brackets(bounds: Option<Interval>, show: fn(f64) -> String) -> String {
    bounds.map_or(String::new(), |bounds| {
        format!(" ({})", interval(Some(bounds), show))
    })
}
