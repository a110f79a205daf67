//! Times of programs as bars: a name above each, its time and the interval of that beside it.

use super::super::bars::{Bar, Bars};
use super::axis::Axis;
use super::canvas::{self, Anchor, Canvas, Drawn};
use super::palette::{self, AXIS, GRID, MUTED, PAPER, TEXT};
use super::{AXIS_TITLE, LABEL, MARGIN, Type, WIDTH, titles};
use std::io;

/// Of a name and its bar, with the room to the next.
const ROW_HEIGHT: f64 = 50.0;
const NAME_HEIGHT: f64 = 20.0;
const BAR_HEIGHT: f64 = 16.0;
/// The caps of an interval, from its line on.
const CAP: f64 = 5.0;
/// Above the first name, without and with the line that says what the intervals are.
const ABOVE: f64 = 10.0;
const KEY_HEIGHT: f64 = 22.0;
/// Below the last bar: the labels of the ticks and the title of the axis.
const BOTTOM: f64 = 56.0;
/// From the end of a bar to what is written there.
const GAP: f64 = 10.0;
const LABEL_WIDTH_MAX: f64 = 140.0;

const NAME: Type = Type {
    size: 13.0,
    bold: false,
    ink: TEXT,
};
const TIME: Type = Type {
    size: 13.0,
    bold: true,
    ink: TEXT,
};

/// Draws bars that have been made drawable.
pub(in crate::report::plot) fn draw_bars(bars: &Bars) -> io::Result<String> {
    let layout = Layout::new(bars);
    let mut picture = String::new();
    draw(&mut picture, bars, &layout).map_err(|fault| io::Error::other(fault.to_string()))?;
    Ok(canvas::finished(&picture, layout.size(), &bars.title))
}

struct Layout {
    axis: Axis,
    top: f64,
    bottom: f64,
    /// Where the axis ends; right of it is room for the longest label.
    right: f64,
}

impl Layout {
    fn new(bars: &Bars) -> Layout {
        let key = if has_intervals(bars) { KEY_HEIGHT } else { 0.0 };
        let top = super::header_height(&bars.title, &bars.subtitle) + key + ABOVE;
        let labels = bars.bars.iter().map(label_width).fold(0.0, f64::max);
        let highest = bars.bars.iter().map(|bar| bar.high).fold(0.0, f64::max);
        Layout {
            axis: Axis::of_speedups(highest),
            top,
            bottom: top + ROW_HEIGHT * bars.bars.len().max(1) as f64,
            right: WIDTH - MARGIN - GAP - labels,
        }
    }

    fn size(&self) -> (u32, u32) {
        (WIDTH as u32, (self.bottom + BOTTOM) as u32)
    }

    fn x(&self, time: f64) -> f64 {
        MARGIN + self.axis.share(time) * (self.right - MARGIN)
    }
}

/// What stands beside a bar, as far as there is room.
fn labels(bar: &Bar) -> (String, String) {
    let label = canvas::fitting(&bar.label, LABEL_WIDTH_MAX, TIME);
    (
        label,
        canvas::fitting(&bar.relative, LABEL_WIDTH_MAX, LABEL),
    )
}

fn label_width(bar: &Bar) -> f64 {
    let (label, relative) = labels(bar);
    canvas::width(&label, TIME) + GAP + canvas::width(&relative, LABEL)
}

fn has_intervals(bars: &Bars) -> bool {
    bars.bars.iter().any(Bar::has_interval)
}

fn draw(picture: &mut String, bars: &Bars, layout: &Layout) -> Drawn {
    let canvas = Canvas::new(picture, layout.size());
    canvas.area.fill(&PAPER.colour())?;
    let y = titles(&canvas, &bars.title, &bars.subtitle)?;
    if has_intervals(bars) {
        let (y, end) = (y + KEY_HEIGHT / 2.0, MARGIN + 24.0);
        interval(&canvas, (MARGIN, end), y)?;
        let at = (end + GAP, y);
        canvas.text(&bars.interval, at, Anchor::Start, LABEL)?;
    }
    grid(&canvas, bars, layout)?;
    for (i, bar) in bars.bars.iter().enumerate() {
        row(&canvas, bar, layout, layout.top + ROW_HEIGHT * i as f64)?;
    }
    if bars.bars.is_empty() {
        let middle = (WIDTH / 2.0, (layout.top + layout.bottom) / 2.0);
        canvas.text("nothing measured yet", middle, Anchor::Middle, AXIS_TITLE)?;
    }
    canvas.area.present()
}

fn grid(canvas: &Canvas, bars: &Bars, layout: &Layout) -> Drawn {
    let Layout { top, bottom, .. } = *layout;
    for (time, label) in layout.axis.ticks() {
        let x = layout.x(time);
        let ink = if time == 0.0 { AXIS } else { GRID };
        canvas.line(&[(x, top), (x, bottom)], 1.0, ink)?;
        canvas.text(&label, (x, bottom + 13.0), Anchor::Middle, LABEL)?;
    }
    let middle = ((MARGIN + layout.right) / 2.0, bottom + 36.0);
    canvas.text(&bars.quantity, middle, Anchor::Middle, AXIS_TITLE)
}

fn row(canvas: &Canvas, bar: &Bar, layout: &Layout, top: f64) -> Drawn {
    let name = canvas::fitting(&bar.name, WIDTH - 2.0 * MARGIN, NAME);
    let at = (MARGIN + 4.0, top + NAME_HEIGHT / 2.0);
    canvas.text(&name, at, Anchor::Start, NAME)?;
    let (from, to) = (top + NAME_HEIGHT, top + NAME_HEIGHT + BAR_HEIGHT);
    // A sliver for the smallest, so that no time looks like none.
    let end = layout.x(bar.time).max(MARGIN + 1.0);
    let corners = [(MARGIN, from), (end, from), (end, to), (MARGIN, to)];
    canvas.polygon(&corners, palette::series(0))?;
    let middle = (from + to) / 2.0;
    let mut x = end;
    if bar.has_interval() {
        let ends = (layout.x(bar.low), layout.x(bar.high));
        interval(canvas, ends, middle)?;
        x = x.max(ends.1);
    }
    let (label, relative) = labels(bar);
    canvas.text(&label, (x + GAP, middle), Anchor::Start, TIME)?;
    let beside = x + 2.0 * GAP + canvas::width(&label, TIME);
    canvas.text(&relative, (beside, middle), Anchor::Start, LABEL)
}

/// A level line between two places, with caps, on paper of its own: it is to be seen on a bar as well
/// as beside it.
fn interval(canvas: &Canvas, (from, to): (f64, f64), y: f64) -> Drawn {
    for (width, ink) in [(4.0, PAPER), (1.6, MUTED)] {
        canvas.line(&[(from, y), (to, y)], width, ink)?;
        for end in [from, to] {
            canvas.line(&[(end, y - CAP), (end, y + CAP)], width, ink)?;
        }
    }
    Ok(())
}
