//! What the CPU and the system counted in a run of each case: the table, and what to know of it.

use super::tables::{name_column, short_name};
use super::{Case, Comparison, Figures};
use crate::machine::counters::{Counting, Counts};
use crate::report::styled::Row;
use crate::report::table::Table;
use crate::units;

/// What stands above the table.
pub(super) const HEADING: &str = "counted in a run, on average";

/// A column of the table: its heading, that of counts without the system's part, and its cell.
type Column = (&'static str, &'static str, fn(&Counts) -> Option<String>);

const COLUMNS: [Column; 7] = [
    ("instructions", "instructions:u", |counts| {
        counts.instructions.map(units::amount)
    }),
    ("IPC", "IPC:u", |counts| {
        counts.instructions_per_cycle().map(two_digits)
    }),
    ("GHz", "GHz:u", |counts| {
        counts.frequency_hz().map(|hz| two_digits(hz / 1e9))
    }),
    ("cache misses", "cache misses:u", |counts| {
        counts.cache_misses.map(units::amount)
    }),
    ("preempted", "preempted", |counts| {
        counts.involuntary_switches.map(units::amount)
    }),
    ("page faults", "page faults", |counts| {
        counts.faults().map(units::amount)
    }),
    ("package J", "package J", |counts| {
        counts.joules.map(units::amount)
    }),
];

fn two_digits(figure: f64) -> String {
    format!("{figure:.2}")
}

/// The means of a case's runs.
pub(super) fn mean(case: &Case) -> Counts {
    Counts::mean(case.samples.iter().map(|sample| &sample.counts))
}

/// A row a case, with the columns that are known of any; no rows where nothing is.
pub(super) fn counts_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let cases = comparison.in_order(figures).into_iter();
    let means: Vec<(String, Counts)> = cases
        .map(|(case, _)| (short_name(comparison, case), mean(case)))
        .collect();
    let is_known = |(_, _, cell): &&Column| means.iter().any(|(_, counts)| cell(counts).is_some());
    let columns: Vec<&Column> = COLUMNS.iter().filter(is_known).collect();
    let user_only = comparison.counting == Counting::UserOnly;
    let heading = |(all, user, _): &&Column| if user_only { *user } else { *all };
    let row = |(name, counts): &(String, Counts)| {
        let cells = columns.iter().map(|(_, _, cell)| cell(counts));
        let cells = cells.map(|cell| cell.unwrap_or_else(|| "–".to_owned()));
        std::iter::once(name.clone()).chain(cells).collect()
    };
    Table {
        columns: std::iter::once(name_column(comparison))
            .chain(columns.iter().map(heading))
            .collect(),
        rows: match columns.is_empty() {
            true => Vec::new(),
            false => means.iter().map(row).collect(),
        },
    }
}

/// What is not counted, and why, and how to read what is.
pub(super) fn row(comparison: &Comparison) -> Option<Row> {
    let means: Vec<Counts> = comparison.cases.iter().map(mean).collect();
    let has = |get: fn(&Counts) -> Option<f64>| means.iter().any(|counts| get(counts).is_some());
    let mut parts = Vec::new();
    match &comparison.counting {
        Counting::Nothing(why) => parts.push(format!("no hardware counters: {why}")),
        Counting::Untried => (),
        Counting::Everything | Counting::UserOnly if !has(|counts| counts.instructions) => {
            parts.push("no hardware counters: those of this machine stand still".to_owned());
        }
        Counting::UserOnly => {
            parts.push(":u is without the system's part, as perf_event_paranoid has it".to_owned())
        }
        Counting::Everything => (),
    }
    let shares = means.iter().filter_map(|counts| counts.counted_share);
    if let Some(share) = shares.reduce(f64::min) {
        parts.push(format!(
            "they took turns: each count is scaled up from {} of the time or more",
            units::percent(share)
        ));
    }
    if has(|counts| counts.joules) {
        parts.push("the energy is that of whole CPU packages, whatever ran on them".to_owned());
    }
    (!parts.is_empty()).then(|| Row::plain("counters", parts.join("; ")))
}
