//! Every raw run as a dot: how far each is from its case's median, and how that changed in time.

use super::escaped;
use crate::report::compare::{Case, Comparison, Figures};
use crate::units;
use std::fmt::{self, Write};

/// The height of a case's strip, in pixels, and what is free above and below its dots.
const HEIGHT: f64 = 38.0;
const MARGIN: f64 = 7.0;

/// The least that the axis spans, so that equal runs are not blown up: 1% each way.
const SPAN_MIN: f64 = 0.01;

/// The labels of the axis stand apart by this share of it at least.
const TICKS_APART: f64 = 0.12;

/// The axis: ratios to the median, in equal steps of their logarithm.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// The axis that all ratios are on, with a little room at its ends.
    fn new(ratios: impl Iterator<Item = f64>) -> Axis {
        let start = ((1.0 - SPAN_MIN).ln(), (1.0 + SPAN_MIN).ln());
        let ratios = ratios.filter(|ratio| ratio.is_finite() && *ratio > 0.0);
        let (low, high) = ratios.fold(start, |(low, high), ratio| {
            (low.min(ratio.ln()), high.max(ratio.ln()))
        });
        let room = (high - low) * 0.03;
        Axis {
            low: low - room,
            high: high + room,
        }
    }

    /// Where a ratio lies, in percent of the axis.
    fn percent(&self, ratio: f64) -> f64 {
        let share = (ratio.ln() - self.low) / (self.high - self.low);
        (share * 100.0).clamp(0.0, 100.0)
    }

    /// Round ratios, with their labels, that don't stand too close to each other.
    fn ticks(&self) -> Vec<(f64, String)> {
        let mut kept: Vec<(f64, String)> = vec![(1.0, "median".to_owned())];
        let wide = self.high - self.low > 4.0_f64.ln();
        let steps = match wide {
            true => vec![2.0, 4.0, 10.0, 100.0, 1e3, 1e4, 0.5, 0.25, 0.1, 0.01, 1e-3],
            false => [100.0, 50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5]
                .iter()
                .flat_map(|percent| [1.0 + percent / 100.0, 1.0 - percent / 100.0])
                .collect(),
        };
        for ratio in steps {
            let at = self.percent(ratio);
            let inside = (self.low..=self.high).contains(&ratio.ln()) && (4.0..=96.0).contains(&at);
            let near = |(other, _): &(f64, String)| {
                (self.percent(*other) - at).abs() < TICKS_APART * 100.0
            };
            if inside && !kept.iter().any(near) {
                kept.push((ratio, label(ratio, wide)));
            }
        }
        kept
    }
}

fn label(ratio: f64, wide: bool) -> String {
    match wide {
        true => format!("{ratio} ×"),
        false => format!("{:+.1}%", (ratio - 1.0) * 100.0).replace(".0%", "%"),
    }
}

/// Writes the strips of all cases, the first runs at the top of each; nothing when nothing was measured.
pub(super) fn write(
    comparison: &Comparison,
    figures: &[Option<Figures>],
    page: &mut String,
) -> fmt::Result {
    let cases = comparison.in_order(figures);
    if cases.is_empty() {
        return Ok(());
    }
    let ratios = cases.iter().flat_map(|(case, figures)| {
        let samples = case.samples.iter();
        samples.map(|sample| sample.elapsed_s / figures.median_s)
    });
    let axis = Axis::new(ratios);
    writeln!(page, "<h2>Every run</h2>")?;
    writeln!(
        page,
        "<p class=\"muted\">How far each run is from the median of its case, the first at the top, the \
         last at the bottom; a run unlike the others is red.</p>\n<div class=\"strip\">"
    )?;
    for (case, figures) in cases {
        let name = escaped(&comparison.name(case));
        let median = comparison.time(figures.median_s);
        writeln!(
            page,
            "<div>{name} <span class=\"muted\">{median}</span></div>"
        )?;
        strip(comparison, (case, figures), &axis, page)?;
    }
    writeln!(
        page,
        "<div></div><svg class=\"axis\" height=\"20\" role=\"presentation\">"
    )?;
    for (ratio, label) in axis.ticks() {
        let x = axis.percent(ratio);
        writeln!(page, "<text x=\"{x:.2}%\" y=\"14\">{label}</text>")?;
    }
    writeln!(page, "</svg>\n</div>")
}

fn strip(
    comparison: &Comparison,
    (case, figures): (&Case, &Figures),
    axis: &Axis,
    page: &mut String,
) -> fmt::Result {
    let name = escaped(&comparison.name(case));
    let runs = units::count_of(case.samples.len() as u128, "run");
    writeln!(
        page,
        "<svg height=\"{HEIGHT}\" role=\"img\" aria-label=\"{name}: {runs}\">"
    )?;
    for (ratio, _) in axis.ticks() {
        let x = axis.percent(ratio);
        let class = if ratio == 1.0 {
            " class=\"median\""
        } else {
            ""
        };
        writeln!(
            page,
            "<line{class} x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{HEIGHT}\"/>"
        )?;
    }
    let last = case.samples.len().saturating_sub(1).max(1) as f64;
    for (i, sample) in case.samples.iter().enumerate() {
        let x = axis.percent(sample.elapsed_s / figures.median_s);
        let y = MARGIN + i as f64 / last * (HEIGHT - 2.0 * MARGIN);
        let unlike = figures.outliers.iter().any(|outlier| outlier.index == i);
        let class = if unlike { " class=\"unlike\"" } else { "" };
        let time = comparison.time(sample.elapsed_s);
        writeln!(
            page,
            "<circle{class} cx=\"{x:.2}%\" cy=\"{y:.1}\" r=\"4\"><title>round {}: {time}</title></circle>",
            u64::from(sample.round) + 1
        )?;
    }
    writeln!(page, "</svg>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_the_median_and_round_steps() {
        let labels = |ratios: &[f64]| {
            let mut ticks = Axis::new(ratios.iter().copied()).ticks();
            ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
            ticks.into_iter().map(|tick| tick.1).collect::<Vec<_>>()
        };
        assert_eq!(labels(&[1.0]), ["-0.5%", "median", "+0.5%"]);
        assert_eq!(labels(&[0.93, 1.0, 1.12]), ["-5%", "median", "+5%", "+10%"]);
        assert_eq!(
            labels(&[0.9, 1.0, 2.1]),
            ["median", "+20%", "+50%", "+100%"]
        );
        assert_eq!(labels(&[0.9, 1.0, 12.0]), ["median", "2 ×", "4 ×", "10 ×"]);
    }

    #[test]
    fn every_ratio_is_on_the_axis() {
        let ratios = [0.2, 1.0, 7.0];
        let axis = Axis::new(ratios.into_iter());
        let places = ratios.map(|ratio| axis.percent(ratio));
        assert!(places[0] > 0.0 && places[0] < places[1] && places[1] < places[2]);
        assert!(places[2] < 100.0);
        assert_eq!(axis.percent(f64::INFINITY), 100.0);
        assert_eq!(axis.percent(0.0), 0.0);
    }
}
