//! The first rows of a report: what was computed, and how it was measured.

use super::{Comparison, Ended, Figures};
use crate::report::styled::{Row, Tone};
use crate::stop::StopReason;
use crate::units;

/// What was computed, and how it was measured.
pub(super) fn head(comparison: &Comparison, figures: &[Option<Figures>]) -> Vec<Row> {
    let mut rows = Vec::new();
    let measured = figures.iter().any(Option::is_some);
    if let Some(answer) = &comparison.work.answer {
        let how = match comparison.work.is_verified {
            true => "verified",
            false => "checked on a sample",
        };
        let when = if measured { " in every run" } else { "" };
        let mut row = Row::toned("total", Tone::Strong, answer.clone());
        row.parts.push((Tone::Good, format!("  ({how}{when})")));
        rows.push(row);
    }
    if comparison.settings.weak && !comparison.work.answer_checked_by.is_empty() {
        let verified = "that of each worker count's own work, verified in every run";
        rows.push(Row::toned("total", Tone::Good, verified.to_owned()));
    }
    if !measured {
        rows.push(Row::toned(
            "runs",
            Tone::Warning,
            "none was completed".to_owned(),
        ));
        return rows;
    }
    if let Some(output) = &comparison.work.output {
        let tone = match comparison.is_unchecked() {
            true => Tone::Warning,
            false => Tone::Good,
        };
        rows.push(Row::toned("output", tone, output.clone()));
    } else if comparison.work.is_tasks() {
        let tasks = comparison.work.items.map_or("all".to_owned(), units::count);
        rows.push(Row::toned(
            "tasks",
            Tone::Good,
            format!("{tasks}  (all succeeded in every run)"),
        ));
    }
    if comparison.work.is_pinned {
        let text = "each run on as many CPUs as it has workers".to_owned();
        rows.push(Row::plain("pinned", text));
    }
    if let Some(start) = &comparison.work.shell_start {
        let text = format!(
            "{}: the {} that it takes to start are subtracted",
            units::printable(&start.shell),
            comparison.time(start.elapsed_s)
        );
        rows.push(Row::plain("shell", text));
    }
    let warmup = match comparison.settings.warmup {
        0 => "without a warm-up".to_owned(),
        runs => format!("after {runs} to warm up"),
    };
    let runs = format!("{} of each in random order, {warmup}", comparison.rounds);
    rows.push(Row::plain("runs", runs));
    rows.push(precision(comparison));
    rows
}

/// Whether the precision asked for was reached.
fn precision(comparison: &Comparison) -> Row {
    let wanted = units::percent(comparison.settings.precision);
    if comparison.is_precise() {
        let reached = format!("every median within {wanted}");
        return Row::toned("precision", Tone::Good, reached);
    }
    let worst = comparison
        .precision()
        .map_or("unknown of a single run".to_owned(), |worst| {
            format!("every median within {}", units::percent(worst))
        });
    let why = match comparison.ended {
        Some(Ended::MaxTime) => {
            let limit = units::seconds(comparison.settings.max_time.as_secs_f64());
            format!("{wanted} was not reached in {limit}")
        }
        Some(Ended::Stopped(StopReason::Terminated)) => "terminated".to_owned(),
        Some(Ended::Stopped(_)) => "interrupted".to_owned(),
        Some(Ended::Runs) => {
            let runs = units::count_of(u128::from(comparison.rounds), "run");
            format!("{wanted} was not reached in {runs}")
        }
        Some(Ended::Precise) | None => format!("{wanted} is not reached yet"),
    };
    Row::toned("precision", Tone::Warning, format!("{worst}: {why}"))
}
