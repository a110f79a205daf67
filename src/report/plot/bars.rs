//! What programs took, as bars: for those that have no worker count to stand at.

use super::{clean, svg, terminal};
use std::io::{self, Write};

/// Times of programs, one bar each.
///
/// A time that is not finite or negative is left out. Texts may hold anything, as those of a
/// [`Chart`](super::Chart).
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What was measured, in a few words; not shown when empty.
    pub title: String,
    /// The circumstances; not shown when empty.
    pub subtitle: String,
    /// The programs, from the top down.
    pub bars: Vec<Bar>,
    /// What the bars show, with its unit: `time (ms)`.
    pub quantity: String,
    /// What the lines over the bars are: `95% interval`.
    pub interval: String,
}

/// What one program took; all times are in one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The program's name or command.
    pub name: String,
    /// The estimate.
    pub time: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end; an interval of no width is not drawn.
    pub high: f64,
    /// The time as a text: `31.6 ms`.
    pub label: String,
    /// How it compares with another one: `1.43 ×`; may be empty.
    pub relative: String,
}

impl Bars {
    fn drawable(&self) -> Bars {
        let fit = |x: f64| x.is_finite() && x >= 0.0;
        let bars = self.bars.iter().filter(|bar| fit(bar.time)).map(|bar| Bar {
            name: clean(&bar.name),
            time: bar.time,
            low: if fit(bar.low) {
                bar.low.min(bar.time)
            } else {
                bar.time
            },
            high: if fit(bar.high) {
                bar.high.max(bar.time)
            } else {
                bar.time
            },
            label: clean(&bar.label),
            relative: clean(&bar.relative),
        });
        Bars {
            title: clean(&self.title),
            subtitle: clean(&self.subtitle),
            bars: bars.collect(),
            quantity: clean(&self.quantity),
            interval: clean(&self.interval),
        }
    }

    /// The longest time.
    pub(super) fn longest(&self) -> f64 {
        self.bars.iter().map(|bar| bar.time).fold(0.0, f64::max)
    }
}

impl Bar {
    pub(super) fn has_interval(&self) -> bool {
        self.low < self.high
    }
}

/// Draws the bars as lines of text, none wider than `columns`; nothing when there are none.
///
/// # Errors
/// Those of `out`.
pub fn write_terminal_bars(
    bars: &Bars,
    columns: usize,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    terminal::write_bars(&bars.drawable(), columns, colour, out)
}

/// Draws the bars as an SVG picture that follows the reader's light or dark colour scheme.
///
/// # Errors
/// Those of `out`.
pub fn write_svg_bars(bars: &Bars, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(svg::draw_bars(&bars.drawable())?.as_bytes())
}
