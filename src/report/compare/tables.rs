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

fn rows<'a, const N: usize>(
    comparison: &'a Comparison,
    figures: &'a [Option<Figures>],
    cells: impl Fn(&Figures) -> Option<[String; N]> + 'a,
) -> Vec<Vec<String>> {
    let cases = comparison.cases.iter().zip(figures);
    let rows = cases.filter_map(|(case, figures)| {
        let cells = cells(figures.as_ref()?)?;
        Some(
            std::iter::once(short_name(comparison, case))
                .chain(cells)
                .collect(),
        )
    });
    rows.collect()
}

pub(super) fn time_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let rate = |figures: &Figures| {
        figures.items_per_s.map_or("–".to_owned(), |per_s| {
            units::rate(per_s, comparison.work.items_are)
        })
    };
    Table {
        columns: vec![
            "workers",
            "median",
            interval_column(comparison, stats::median_confidence),
            "min",
            "max",
            "throughput",
        ],
        rows: rows(comparison, figures, |figures| {
            Some([
                units::seconds(figures.median_s),
                interval(figures.interval_s, units::seconds),
                units::seconds(figures.min_s),
                units::seconds(figures.max_s),
                rate(figures),
            ])
        }),
    }
}

pub(super) fn gain_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let value = |ratio: Option<Ratio>, show: fn(f64) -> String| {
        ratio.map_or("–".to_owned(), |ratio| show(ratio.value))
    };
    Table {
        columns: vec![
            "workers",
            match comparison.settings.weak {
                true => "scaled speedup",
                false => "speedup",
            },
            interval_column(comparison, |runs| stats::ratio_confidence(runs, runs)),
            "efficiency",
            "CPUs busy",
            "serial fraction",
        ],
        rows: rows(comparison, figures, |figures| {
            Some([
                value(figures.speedup, times),
                interval(figures.speedup.and_then(|speedup| speedup.interval), times),
                value(figures.efficiency, units::percent),
                format!("{:.2}", figures.cpus_busy),
                figures
                    .serial_fraction
                    .map_or("–".to_owned(), units::percent),
            ])
        }),
    }
}

pub(super) fn loss_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    Table {
        columns: vec![
            "workers",
            "computing",
            "slower",
            "waiting",
            "start-up",
            "last chunks",
            "wrap-up",
            "aggregator",
        ],
        rows: rows(comparison, figures, |figures| {
            let loss = figures.loss?;
            let share = |share: f64| format!("{:.1}%", share * 100.0);
            Some([
                share(loss.computing),
                share(loss.slower),
                share(loss.waiting),
                share(loss.start_up),
                share(loss.last_chunks),
                share(loss.wrap_up),
                units::seconds(loss.aggregator_s),
            ])
        }),
    }
}

/// What each worker did, the means over the runs.
pub(super) fn worker_table(comparison: &Comparison, figures: &[Option<Figures>]) -> Table {
    let cases = comparison.cases.iter().zip(figures);
    let records = cases.flat_map(|(case, figures)| {
        let workers = figures
            .iter()
            .flat_map(|figures| figures.workers.iter().enumerate());
        workers.map(|(i, worker)| {
            vec![
                ("workers", short_name(comparison, case)),
                ("worker", i.to_string()),
                ("busy", units::seconds(worker.busy_s)),
                ("idle", units::seconds(worker.idle_s)),
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
fn interval_column(comparison: &Comparison, confidence: fn(usize) -> Option<f64>) -> &'static str {
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

pub(super) fn interval(interval: Option<Interval>, show: fn(f64) -> String) -> String {
    interval.map_or("–".to_owned(), |interval| {
        format!("{} to {}", show(interval.low), show(interval.high))
    })
}
