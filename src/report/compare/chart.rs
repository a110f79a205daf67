//! The speedups of a comparison as a picture.

use super::{Case, Comparison, Figures, Fitted, Ratio, Subject, figures, law};
use crate::report::Style;
use crate::report::plot::{self, Chart, Curve, Point, Rival, Series, Speedup};
use crate::units;
use std::io::{self, Write};

/// How many points a fitted curve has at least: enough to look smooth.
const CURVE_POINTS: u32 = 64;

/// Bars of text.
pub(super) fn write(comparison: &Comparison, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let chart = Chart {
        title: String::new(),
        subtitle: String::new(),
        ..chart(comparison)
    };
    plot::write_terminal(&chart, style.columns(), style.colour, out)
}

/// A line chart for web pages.
pub(super) fn write_svg(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    plot::write_svg(&chart(comparison), out)
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
        cpus: comparison.fingerprint.cpus,
        reference_workers: comparison.reference_workers(),
    }
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
