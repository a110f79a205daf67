//! The tables of a comparison: times, gains, losses, and what each worker did.

use super::conclusion::times;
use super::{Case, Comparison, Figures, Ratio, Subject};
use crate::report::table::Table;
use crate::report::width::shortened;
use crate::stats::{self, CONFIDENCE, Interval};
use crate::units;

/// How much of a rival's name fits into a table.
const NAME_COLUMNS_MAX: usize = 24;

/// The name of a case in a table whose first column says `workers`.
pub(super) fn short_name(comparison: &Comparison, case: &Case) -> String {
    match &case.subject {
        Subject::Rival(rival) => shortened(&units::printable(&rival.name), NAME_COLUMNS_MAX),
        Subject::Job(variant) => {
            if let Some(program) = variant.single() {
                return shortened(&program.name, NAME_COLUMNS_MAX);
            }
            let mut words = vec![variant.workers.to_string()];
            words.extend(variant.words(comparison.dimensions()));
            words.join(", ")
        }
    }
}

/// What the column of the names is called.
pub(super) fn name_column(comparison: &Comparison) -> &'static str {
    if comparison.is_plain() {
        "command"
    } else {
        "workers"
    }
}

/// A row a case that has been measured: its name, and the cells of these columns; one without cells has
/// no row.
fn table<const N: usize>(
    comparison: &Comparison,
    figures: &[Option<Figures>],
    columns: [&'static str; N],
    cells: impl Fn(&Figures) -> Option<[String; N]>,
) -> Table {
    let cases = comparison.in_order(figures).into_iter();
    let rows = cases.filter_map(|(case, figures)| {
        let name = std::iter::once(short_name(comparison, case));
        Some(name.chain(cells(figures)?).collect())
    });
    Table {
        columns: std::iter::once(name_column(comparison))
            .chain(columns)
            .collect(),
        rows: rows.collect(),
    }
}

/// What stands in a cell that has nothing to say.
const NOTHING: &str = "–";

/// Leaves out these columns where no case has anything in them.
fn without_empty(mut table: Table, names: &[&str]) -> Table {
    let is_empty = |i: usize| table.rows.iter().all(|row| row[i] == NOTHING);
    let empty =
        (0..table.columns.len()).filter(|&i| names.contains(&table.columns[i]) && is_empty(i));
    // From the last on, so that the places of the others stay.
    for i in empty.collect::<Vec<_>>().into_iter().rev() {
        table.columns.remove(i);
        table.rows.iter_mut().for_each(|row| drop(row.remove(i)));
    }
    table
}

pub(super) fn time_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let rate = |figures: &Figures| {
        figures.items_per_s.map_or(NOTHING.to_owned(), |per_s| {
            units::rate(per_s, comparison.work.items_are)
        })
    };
    let columns = [
        "median",
        interval_column(comparison, stats::median_confidence),
        "min",
        "max",
        "throughput",
    ];
    let time = |elapsed_s: f64| comparison.time(elapsed_s);
    let table = table(comparison, figures, columns, |figures| {
        Some([
            time(figures.median_s),
            interval(figures.interval_s, time),
            time(figures.min_s),
            time(figures.max_s),
            rate(figures),
        ])
    });
    without_empty(table, &["throughput"])
}

/// The mean time, and what was used in it.
pub(super) fn usage_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let time = |elapsed_s: f64| comparison.time(elapsed_s);
    let columns = ["mean ± σ", "user", "system", "peak memory"];
    let table = table(comparison, figures, columns, |figures| {
        let mean = time(figures.mean_s);
        Some([
            match figures.stddev_s {
                Some(stddev_s) => format!("{mean} ± {}", time(stddev_s)),
                None => mean,
            },
            time(figures.user_s),
            time(figures.system_s),
            peak_memory(comparison, figures),
        ])
    });
    without_empty(table, &["peak memory"])
}

/// A program that needs less memory than partask is not seen to.
fn peak_memory(comparison: &Comparison, figures: &Figures) -> String {
    let Some(peak) = figures.peak_memory_bytes else {
        return NOTHING.to_owned();
    };
    let own = comparison.evidence.own_peak_memory_bytes;
    match own.is_some_and(|own| peak <= own) {
        true => format!("≤ {}", units::bytes(peak)),
        false => units::bytes(peak),
    }
}

pub(super) fn gain_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let value = |ratio: Option<Ratio>, show: fn(f64) -> String| {
        ratio.map_or(NOTHING.to_owned(), |ratio| show(ratio.value))
    };
    let columns = [
        match comparison.settings.weak {
            true => "scaled speedup",
            false => "speedup",
        },
        interval_column(comparison, |runs| stats::ratio_confidence(runs, runs)),
        "efficiency",
        "CPUs busy",
        "serial fraction",
    ];
    let table = table(comparison, figures, columns, |figures| {
        Some([
            value(figures.speedup, times),
            interval(figures.speedup.and_then(|speedup| speedup.interval), times),
            value(figures.efficiency, units::percent),
            format!("{:.2}", figures.cpus_busy),
            figures
                .serial_fraction
                .map_or(NOTHING.to_owned(), units::percent),
        ])
    });
    match comparison.is_plain() {
        true => without_empty(table, &["efficiency", "serial fraction"]),
        false => table,
    }
}

pub(super) fn loss_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let columns = [
        "computing",
        "slower",
        "waiting",
        "start-up",
        "last chunks",
        "wrap-up",
        "aggregator",
    ];
    table(comparison, figures, columns, |figures| {
        let loss = figures.loss?;
        let share = |share: f64| format!("{:.1}%", share * 100.0);
        Some([
            share(loss.computing),
            share(loss.slower),
            share(loss.waiting),
            share(loss.start_up),
            share(loss.last_chunks),
            share(loss.wrap_up),
            comparison.time(loss.aggregator_s),
        ])
    })
}

/// What each worker did, the means over the runs.
pub(super) fn worker_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let cases = comparison.in_order(figures).into_iter();
    let records = cases.flat_map(|(case, figures)| {
        let workers = figures.workers.iter().enumerate();
        workers.map(|(i, worker)| {
            vec![
                ("workers", short_name(comparison, case)),
                ("worker", i.to_string()),
                ("busy", comparison.time(worker.busy_s)),
                ("idle", comparison.time(worker.idle_s)),
                (
                    "busy share",
                    units::percent(worker.busy_s / (worker.busy_s + worker.idle_s)),
                ),
            ]
        })
    });
    Table::from_records(records.collect())
}

/// What the column of the intervals is called: how sure they are, when there are as many runs as of
/// the case that has the fewest.
pub(super) fn interval_column(
    comparison: &Comparison,
    confidence: fn(usize) -> Option<f64>,
) -> &'static str {
    let runs = comparison.cases.iter().map(|case| case.samples.len());
    let fewest = runs.filter(|runs| *runs > 0).min().unwrap_or(0);
    match confidence(fewest) {
        Some(sure) if sure < 0.7 => "50% interval",
        Some(sure) if sure < 0.8 => "75% interval",
        Some(sure) if sure < 0.9 => "87.5% interval",
        Some(sure) if sure < CONFIDENCE => "93.8% interval",
        Some(_) => "95% interval",
        None => "interval",
    }
}

pub(super) fn interval(interval: Option<Interval>, show: impl Fn(f64) -> String) -> String {
    interval.map_or(NOTHING.to_owned(), |interval| {
        format!("{} to {}", show(interval.low), show(interval.high))
    })
}
