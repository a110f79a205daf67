//! The legend above the plot, and the marks of the series, which it explains.

use super::canvas::{self, Anchor, At, Canvas, Drawn, Type};
use super::palette::{self, Ink, MUTED, PAPER, TEXT};
use super::{super::Chart, LINE_WIDTH};

const LOOKS: Type = Type {
    size: 12.5,
    bold: false,
    ink: TEXT,
};
const ROW_HEIGHT: f64 = 21.0;
const SWATCH_WIDTH: f64 = 30.0;
const SWATCH_GAP: f64 = 7.0;
const ERROR_BAR_WIDTH: f64 = 14.0;
const ENTRY_GAP: f64 = 18.0;
const MARK_RADIUS: f64 = 4.3;
/// Names get no more than this, so that two fit beside each other.
const NAME_WIDTH_MAX: f64 = 330.0;

/// What stands before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Swatch {
    /// The line and mark of a series.
    Series(usize),
    Line(Ink),
    ErrorBar,
}

impl Swatch {
    fn width(self) -> f64 {
        match self {
            Swatch::ErrorBar => ERROR_BAR_WIDTH,
            Swatch::Series(_) | Swatch::Line(_) => SWATCH_WIDTH,
        }
    }
}

/// An entry and where it stands, from the legend's upper left corner.
struct Entry {
    swatch: Swatch,
    name: String,
    at: At,
}

/// The laid-out legend.
pub(super) struct Legend {
    entries: Vec<Entry>,
    /// In pixels.
    pub(super) height: f64,
}

impl Legend {
    /// The legend of a chart, in rows of at most `width` pixels.
    pub(super) fn new(chart: &Chart, width: f64) -> Legend {
        let mut entries = Vec::new();
        let (mut x, mut y) = (0.0, 0.0);
        for (swatch, name) in meanings(chart) {
            let name = canvas::fitting(&name, NAME_WIDTH_MAX, LOOKS);
            let wide = swatch.width() + SWATCH_GAP + canvas::width(&name, LOOKS);
            if x > 0.0 && x + wide > width {
                (x, y) = (0.0, y + ROW_HEIGHT);
            }
            let at = (x, y + ROW_HEIGHT / 2.0);
            entries.push(Entry { swatch, name, at });
            x += wide + ENTRY_GAP;
        }
        let height = if entries.is_empty() {
            0.0
        } else {
            y + ROW_HEIGHT
        };
        Legend { entries, height }
    }

    /// Draws it with its upper left corner at a place.
    pub(super) fn draw(&self, canvas: &Canvas, (left, top): At) -> Drawn {
        for Entry { swatch, name, at } in &self.entries {
            let (x, y) = (left + at.0, top + at.1);
            let end = x + swatch.width();
            let line = [(x, y), (end, y)];
            let middle = ((x + end) / 2.0, y);
            match *swatch {
                Swatch::Series(index) => {
                    canvas.line(&line, LINE_WIDTH, palette::series(index))?;
                    halo(canvas, middle, index)?;
                    mark(canvas, middle, index)?;
                }
                Swatch::Line(ink) => canvas.line(&line, LINE_WIDTH, ink)?,
                Swatch::ErrorBar => error_bar(canvas, middle.0, (y - 7.0, y + 7.0), MUTED)?,
            }
            canvas.text(name, (end + SWATCH_GAP, y), Anchor::Start, LOOKS)?;
        }
        Ok(())
    }
}

fn meanings(chart: &Chart) -> Vec<(Swatch, String)> {
    let several = chart.series.len() > 1;
    let mut meanings = Vec::new();
    for (index, series) in chart.series.iter().enumerate() {
        let name = match series.name.as_str() {
            "" => "measured".to_owned(),
            name => name.to_owned(),
        };
        meanings.push((Swatch::Series(index), name));
    }
    let points = chart.series.iter().flat_map(|series| &series.points);
    if points.into_iter().any(|point| point.speedup.has_interval()) {
        meanings.push((Swatch::ErrorBar, chart.interval.clone()));
    }
    for (index, series) in chart.series.iter().enumerate() {
        if let Some(curve) = &series.fitted {
            let of = match several {
                true => format!("{}: ", series.name),
                false => String::new(),
            };
            let name = format!("{of}{}", curve.name);
            meanings.push((Swatch::Line(palette::fitted(index)), name));
        }
    }
    if !meanings.is_empty() {
        meanings.push((Swatch::Line(palette::IDEAL), "ideal".to_owned()));
    }
    meanings
}

/// A vertical bar between two heights, with caps.
pub(super) fn error_bar(canvas: &Canvas, x: f64, (from, to): (f64, f64), ink: Ink) -> Drawn {
    const CAP: f64 = 7.0;
    const WIDTH: f64 = 1.5;
    canvas.line(&[(x, from), (x, to)], WIDTH, ink)?;
    canvas.line(&[(x - CAP, from), (x + CAP, from)], WIDTH, ink)?;
    canvas.line(&[(x - CAP, to), (x + CAP, to)], WIDTH, ink)
}

/// The mark of a series.
pub(super) fn mark(canvas: &Canvas, at: At, index: usize) -> Drawn {
    shape(canvas, at, MARK_RADIUS, index, palette::series(index))
}

/// Paper around the mark of a series, which keeps it apart from the lines it covers.
pub(super) fn halo(canvas: &Canvas, at: At, index: usize) -> Drawn {
    shape(canvas, at, MARK_RADIUS + 1.4, index, PAPER)
}

fn shape(canvas: &Canvas, (x, y): At, radius: f64, index: usize, ink: Ink) -> Drawn {
    // Of about the same area as the disc.
    let [near, far, low] = [0.9, 1.3, 0.75].map(|share| share * radius);
    let corners: &[At] = match (index + index / 6) % 6 {
        0 => return canvas.disc((x, y), radius, ink),
        1 => &[(-near, -near), (near, -near), (near, near), (-near, near)],
        2 => &[(0.0, -far), (far, low), (-far, low)],
        3 => &[(0.0, -far), (far, 0.0), (0.0, far), (-far, 0.0)],
        4 => &[(0.0, far), (far, -low), (-far, -low)],
        _ => &[(-low, -far), (low, -far), (low, far), (-low, far)],
    };
    let corners: Vec<At> = corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
    canvas.polygon(&corners, ink)
}
