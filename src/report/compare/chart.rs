//! The speedups of a comparison as a picture, or the times of programs that have no workers.

use super::conclusion::times;
use super::plain::quoted;
use super::tables::interval_column;
use super::{Case, Comparison, Figures, Fitted, Ratio, Subject, figures, law};
use crate::report::Style;
use crate::report::plot::{self, Bar, Bars, Chart, Curve, Point, Rival, Series, Speedup};
use crate::stats;
use crate::units::{self, TimeUnit};
use std::io::{self, Write};

/// How many points a fitted curve has at least: enough to look smooth.
const CURVE_POINTS: u32 = 64;

/// Whether there is anything to compare in a picture: a single program has none beside it.
pub(super) fn is_telling(comparison: &Comparison) -> bool {
    !comparison.is_plain() || comparison.cases.len() > 1
}

/// Bars of text.
pub(super) fn write(comparison: &Comparison, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if comparison.is_plain() {
        return plot::write_terminal_bars(&bars(comparison), style.columns(), style.colour, out);
    }
    let chart = Chart {
        title: String::new(),
        subtitle: String::new(),
        ..chart(comparison)
    };
    plot::write_terminal(&chart, style.columns(), style.colour, out)
}

/// A line chart for web pages, or bars.
pub(super) fn write_svg(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    match comparison.is_plain() {
        true => plot::write_svg_bars(&bars(comparison), out),
        false => plot::write_svg(&chart(comparison), out),
    }
}

/// What programs took that are measured once.
fn bars(comparison: &Comparison) -> Bars {
    let figures = figures(comparison);
    let cases = comparison.in_order(&figures);
    let longest_s = cases.iter().map(|(_, figures)| figures.median_s);
    let suiting = TimeUnit::suiting(longest_s.fold(0.0, f64::max));
    let unit = comparison.presentation.time_unit.unwrap_or(suiting);
    let reference = comparison.reference();
    let bar = |(case, figures): &(&Case, &Figures)| {
        let median = figures.median_s * unit.per_s();
        let interval = figures.interval_s;
        let speedup = figures.speedup.filter(|_| !std::ptr::eq(*case, reference));
        Bar {
            name: comparison.name(case),
            time: median,
            low: interval.map_or(median, |interval| interval.low * unit.per_s()),
            high: interval.map_or(median, |interval| interval.high * unit.per_s()),
            label: comparison.time(figures.median_s),
            relative: speedup.map_or(String::new(), |speedup| {
                format!("{} ×", times(1.0 / speedup.value))
            }),
        }
    };
    let sign = unit.sign();
    Bars {
        title: format!("Time: {}", comparison.work.title),
        subtitle: subtitle(comparison),
        bars: cases.iter().map(bar).collect(),
        quantity: match cases.len() {
            0 | 1 => format!("time ({sign})"),
            _ => format!("time ({sign}; × that of {})", quoted(comparison, reference)),
        },
        interval: interval_column(comparison, stats::median_confidence).to_owned(),
    }
}

fn chart(comparison: &Comparison) -> Chart {
    let figures = figures(comparison);
    let fitted = law(comparison, &figures).fitted();
    let mut series: Vec<Series> = Vec::new();
    let mut rivals = Vec::new();
    for (case, figures) in comparison.cases.iter().zip(&figures) {
        let Some(speedup) = figures
            .as_ref()
            .and_then(|figures| figures.speedup)
            .map(drawn)
        else {
            continue;
        };
        match &case.subject {
            Subject::Rival(_) => rivals.push(Rival {
                name: comparison.name(case),
                speedup,
            }),
            // It has no workers to stand at.
            Subject::Job(variant) if variant.single().is_some() => rivals.push(Rival {
                name: comparison.name(case),
                speedup,
            }),
            Subject::Job(variant) => {
                let point = Point {
                    workers: variant.workers,
                    speedup,
                };
                let name = variant.words(comparison.dimensions()).join(", ");
                match series.iter_mut().find(|series| series.name == name) {
                    Some(series) => series.points.push(point),
                    None => series.push(Series {
                        name,
                        points: vec![point],
                        fitted: None,
                    }),
                }
            }
        }
    }
    // The laws are fitted to the cases that are like the reference.
    let fitted = fitted.and_then(|fitted| curve(comparison, &figures, &series, fitted));
    let of_reference = series_of(comparison, comparison.reference());
    if let Some(series) = series
        .iter_mut()
        .find(|series| Some(&series.name) == of_reference.as_ref())
    {
        series.fitted = fitted;
    }
    Chart {
        title: title(comparison),
        subtitle: subtitle(comparison),
        series,
        rivals,
        scaled: comparison.settings.weak,
        interval: interval(comparison),
        cpus: comparison.fingerprint.cpus,
        reference_workers: comparison.reference_workers(),
    }
}

/// What the error bars are.
fn interval(comparison: &Comparison) -> String {
    interval_column(comparison, |runs| stats::ratio_confidence(runs, runs)).to_owned()
}

fn title(comparison: &Comparison) -> String {
    match comparison.settings.weak {
        true => format!("Scaled speedup: {}", comparison.work.title),
        false => format!("Speedup: {}", comparison.work.title),
    }
}

fn series_of(comparison: &Comparison, case: &Case) -> Option<String> {
    Some(case.variant()?.words(comparison.dimensions()).join(", "))
}

fn drawn(ratio: Ratio) -> Speedup {
    Speedup {
        value: ratio.value,
        low: ratio.interval.map_or(ratio.value, |interval| interval.low),
        high: ratio.interval.map_or(ratio.value, |interval| interval.high),
    }
}

/// The machine, and how well it was measured.
fn subtitle(comparison: &Comparison) -> String {
    let fingerprint = &comparison.fingerprint;
    let cpus = units::count_of(fingerprint.cpus as u128, "CPU");
    let runs = units::count_of(u128::from(comparison.rounds), "run");
    [
        fingerprint.cpu_model.clone(),
        cpus,
        format!("medians of {runs}"),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(" · ")
}

/// The fitted law from the fewest workers to the most, as speedup over what was measured of the
/// reference.
fn curve(
    comparison: &Comparison,
    figures: &[Option<Figures>],
    series: &[Series],
    fitted: Fitted,
) -> Option<Curve> {
    let reference_s = figures[comparison.reference].as_ref()?.median_s;
    let counts = || {
        series
            .iter()
            .flat_map(|series| &series.points)
            .map(|point| point.workers as f64)
    };
    let (fewest, most) = (counts().reduce(f64::min)?, counts().reduce(f64::max)?);
    // Evenly in the logarithm: the curve bends most where there are few.
    let between = (0..=CURVE_POINTS)
        .map(|i| fewest * (most / fewest).powf(f64::from(i) / f64::from(CURVE_POINTS)));
    let reference = (comparison.reference_workers(), reference_s);
    let at = |workers: f64| (workers, fitted.speedup(workers, reference));
    Some(Curve {
        name: fitted.name(),
        points: between.chain(counts()).map(at).collect(),
    })
}
