//! The tables of a comparison: times, gains, losses, and what each worker did.

use super::conclusion::times;
use super::{Case, Comparison, Figures, Ratio, Subject};
use crate::report::table::Table;
use crate::stats::Interval;
use crate::units;

/// How much of a rival's name fits into a table.
const NAME_LEN_MAX: usize = 24;

/// The name of a case in a table whose first column says `workers`.
fn short_name(comparison: &Comparison, case: &Case) -> String {
    match &case.subject {
        Subject::Rival(rival) => shortened(&rival.name),
        Subject::Job(variant) => {
            if let Some(program) = variant.single() {
                return shortened(&program.name);
            }
            let mut words = vec![variant.workers.to_string()];
            words.extend(variant.words(comparison.dimensions()));
            words.join(", ")
        }
    }
}

fn shortened(name: &str) -> String {
    let name = units::printable(name);
    match name.chars().count() > NAME_LEN_MAX {
        true => name.chars().take(NAME_LEN_MAX - 1).chain(['…']).collect(),
        false => name,
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
            "95% interval",
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
            "speedup",
            "95% interval",
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

pub(super) fn interval(interval: Option<Interval>, show: fn(f64) -> String) -> String {
    interval.map_or("–".to_owned(), |interval| {
        format!("{} to {}", show(interval.low), show(interval.high))
    })
}
