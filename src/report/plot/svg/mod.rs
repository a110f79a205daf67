//! The chart as an SVG picture: a header with the legend, the plot, the rivals' labels beside it.

mod axis;
mod bars;
mod canvas;
mod legend;
mod palette;
mod rivals;

pub(super) use bars::draw_bars;

use super::{Chart, Curve, Series};
use crate::units;
use axis::Axis;
use canvas::{Anchor, At, Canvas, Drawn, Type, UNIT};
use legend::Legend;
use palette::{AXIS, CPUS, GRID, IDEAL, Ink, MUTED, PAPER, TEXT};
use plotters::chart::ChartBuilder;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::style::Color;
use rivals::Labels;
use std::{io, mem};

const WIDTH: f64 = 800.0;
const MARGIN: f64 = 22.0;
/// Left of everything, and from there to the labels of the ticks: the title of the axis.
const OUTER_LEFT: f64 = 14.0;
const AXIS_TITLE_WIDTH: f64 = 26.0;
const TICK: f64 = 4.0;
/// Below the plot: the labels of the ticks and the title of the axis.
const BOTTOM: f64 = 56.0;
const PLOT_HEIGHT: f64 = 330.0;
const LINE_WIDTH: f64 = 2.0;
/// The ideal and the fitted curve may make the picture this much higher than what was measured.
const GUIDE_OVER_MEASURED_MAX: f64 = 1.6;
/// How much of an ideal that goes beyond is shown.
const IDEAL_SHOWN_OVER_MEASURED: f64 = 1.25;

const TITLE: Type = Type {
    size: 17.0,
    bold: true,
    ink: TEXT,
};
const SUBTITLE: Type = Type {
    size: 12.5,
    bold: false,
    ink: MUTED,
};
const LABEL: Type = Type {
    size: 12.5,
    bold: false,
    ink: MUTED,
};
const AXIS_TITLE: Type = Type {
    size: 13.0,
    bold: false,
    ink: TEXT,
};

/// Where everything goes, in pixels.
struct Layout {
    legend: Legend,
    legend_top: f64,
    labels: Labels,
    speedups: Axis,
    top: f64,
    bottom: f64,
    left: f64,
    right: f64,
    height: f64,
}

impl Layout {
    fn new(chart: &Chart) -> Layout {
        let legend = Legend::new(chart, WIDTH - 2.0 * MARGIN);
        let labels = Labels::new(&chart.rivals);
        let legend_top = header_height(&chart.title, &chart.subtitle) + 4.0;
        // Where the end of the CPUs is named it takes a line.
        let above = if has_more_workers_than_cpus(chart) {
            30.0
        } else {
            16.0
        };
        let top = legend_top + legend.height + above;
        let speedups = speedups(chart);
        let widths = speedups.labels().map(|label| canvas::width(&label, LABEL));
        let left = OUTER_LEFT + AXIS_TITLE_WIDTH + widths.fold(0.0, f64::max) + 2.0 * TICK;
        let bottom = top + PLOT_HEIGHT.max(labels.height());
        Layout {
            right: WIDTH - MARGIN - labels.width,
            height: bottom + BOTTOM,
            left,
            speedups,
            legend,
            legend_top,
            labels,
            top,
            bottom,
        }
    }

    fn size(&self) -> (u32, u32) {
        (WIDTH as u32, self.height as u32)
    }
}

/// A plot in place: its axes, and where values lie on the canvas.
struct Plot<'a, 'p> {
    canvas: &'a Canvas<'p>,
    layout: &'a Layout,
    workers: Axis,
}

/// Draws a chart that has been made drawable.
pub(super) fn draw(chart: &Chart) -> io::Result<String> {
    let layout = Layout::new(chart);
    let mut picture = String::new();
    draw_on(&mut picture, chart, &layout).map_err(|fault| io::Error::other(fault.to_string()))?;
    Ok(canvas::finished(&picture, layout.size(), &chart.title))
}

fn draw_on(picture: &mut String, chart: &Chart, layout: &Layout) -> Drawn {
    let canvas = Canvas::new(picture, layout.size());
    canvas.area.fill(&PAPER.colour())?;
    header(&canvas, chart, layout)?;
    let plot = Plot::new(&canvas, chart, layout);
    plot.beyond_the_cpus(chart)?;
    plot.grid(chart)?;
    rivals::draw(&plot, chart)?;
    plot.guides(chart)?;
    plot.end_of_cpus(chart)?;
    for (index, series) in chart.series.iter().enumerate() {
        plot.series(index, series)?;
    }
    if chart.measured().next().is_none() {
        let middle = (
            (layout.left + layout.right) / 2.0,
            (layout.top + layout.bottom) / 2.0,
        );
        canvas.text("nothing measured yet", middle, Anchor::Middle, AXIS_TITLE)?;
    }
    canvas.area.present()
}

/// Above the title.
const TOP: f64 = 14.0;
const TITLE_HEIGHT: f64 = 26.0;
const SUBTITLE_HEIGHT: f64 = 20.0;

/// Where the title and the subtitle end.
fn header_height(title: &str, subtitle: &str) -> f64 {
    let line = |text: &str, height: f64| if text.is_empty() { 0.0 } else { height };
    TOP + line(title, TITLE_HEIGHT) + line(subtitle, SUBTITLE_HEIGHT)
}

fn header(canvas: &Canvas, chart: &Chart, layout: &Layout) -> Drawn {
    titles(canvas, &chart.title, &chart.subtitle)?;
    layout.legend.draw(canvas, (MARGIN, layout.legend_top))
}

/// Draws the title and the subtitle; the height where they end.
fn titles(
    canvas: &Canvas,
    title: &str,
    subtitle: &str,
) -> Result<f64, DrawingAreaErrorKind<io::Error>> {
    let mut y = TOP;
    for (text, looks, height) in [
        (title, TITLE, TITLE_HEIGHT),
        (subtitle, SUBTITLE, SUBTITLE_HEIGHT),
    ] {
        if !text.is_empty() {
            let shown = canvas::fitting(text, WIDTH - 2.0 * MARGIN, looks);
            canvas.text(&shown, (MARGIN, y + height / 2.0), Anchor::Start, looks)?;
            y += height;
        }
    }
    Ok(y)
}

impl<'a, 'p> Plot<'a, 'p> {
    fn new(canvas: &'a Canvas<'p>, chart: &Chart, layout: &'a Layout) -> Plot<'a, 'p> {
        let width = layout.right - layout.left;
        let label = |characters: usize| canvas::width(&"0".repeat(characters), LABEL) + 8.0;
        let workers = Axis::of_workers(&chart.counts(), chart.cpus, chart.has_doublings(), |n| {
            label(n) / width
        });
        Plot {
            canvas,
            layout,
            workers,
        }
    }

    /// Where a value lies on the canvas.
    fn at(&self, workers: f64, speedup: f64) -> At {
        (self.x(workers), self.y(speedup))
    }

    fn x(&self, workers: f64) -> f64 {
        let Layout { left, right, .. } = *self.layout;
        left + self.workers.share(workers) * (right - left)
    }

    fn y(&self, speedup: f64) -> f64 {
        let Layout { top, bottom, .. } = *self.layout;
        bottom - self.layout.speedups.share(speedup) * (bottom - top)
    }

    /// The axes, their titles, ticks and labels.
    fn grid(&self, chart: &Chart) -> Drawn {
        let units = |pixels: f64| (pixels * f64::from(UNIT)) as i32;
        let Layout {
            top, right, left, ..
        } = *self.layout;
        let mut axes = ChartBuilder::on(&self.canvas.area)
            .margin_top(units(top))
            .margin_left(units(OUTER_LEFT))
            .margin_right(units(WIDTH - right))
            .margin_bottom(units(12.0))
            .x_label_area_size(units(BOTTOM - 12.0))
            .y_label_area_size(units(left - OUTER_LEFT))
            .build_cartesian_2d(self.workers.clone(), self.layout.speedups.clone())?;
        let style = |ink: Ink, width: u32| ink.colour().stroke_width(width);
        axes.configure_mesh()
            .disable_x_mesh()
            .light_line_style(plotters::style::TRANSPARENT)
            .bold_line_style(style(GRID, UNIT))
            .axis_style(style(AXIS, UNIT))
            .set_all_tick_mark_size(units(TICK))
            .label_style(canvas::text_style(LABEL))
            .axis_desc_style(canvas::text_style(AXIS_TITLE))
            .x_desc("workers")
            .y_desc(chart.quantity())
            .draw()
    }

    /// The ideal and the fitted curves.
    fn guides(&self, chart: &Chart) -> Drawn {
        let counts = chart.counts();
        if let (Some(&first), Some(&last)) = (counts.first(), counts.last()) {
            // A straight line, whether both axes are logarithmic or none is.
            let ends = [first, last].map(|workers| workers as f64);
            self.curve(&ends.map(|x| (x, chart.ideal(x))), IDEAL)?;
        }
        for (index, series) in chart.series.iter().enumerate() {
            if let Some(Curve { points, .. }) = &series.fitted {
                self.curve(points, palette::fitted(index))?;
            }
        }
        Ok(())
    }

    /// The parts of a curve that lie on the plot.
    fn curve(&self, points: &[At], ink: Ink) -> Drawn {
        for part in within(points, &self.workers, self.layout.speedups.end()) {
            let part: Vec<At> = part.iter().map(|(x, y)| self.at(*x, *y)).collect();
            self.canvas.line(&part, LINE_WIDTH, ink)?;
        }
        Ok(())
    }

    /// A veil over the worker counts that have to share the CPUs.
    fn beyond_the_cpus(&self, chart: &Chart) -> Drawn {
        let Layout {
            top, bottom, right, ..
        } = *self.layout;
        match has_more_workers_than_cpus(chart) {
            true => {
                let corner = (self.x(chart.cpus as f64), top);
                self.canvas.veil([corner, (right, bottom)], 0.07, CPUS)
            }
            false => Ok(()),
        }
    }

    fn end_of_cpus(&self, chart: &Chart) -> Drawn {
        if !has_more_workers_than_cpus(chart) {
            return Ok(());
        }
        let Layout {
            top,
            bottom,
            left,
            right,
            ..
        } = *self.layout;
        let x = self.x(chart.cpus as f64);
        self.canvas.line(&[(x, top), (x, bottom)], 1.4, CPUS)?;
        let name = units::count_of(chart.cpus as u128, "CPU");
        let half = canvas::width(&name, LABEL) / 2.0;
        let middle = x.max(left + half).min(right - half);
        self.canvas
            .text(&name, (middle, top - 10.0), Anchor::Middle, LABEL)
    }

    /// The points of a series with their error bars, and the line that joins them.
    fn series(&self, index: usize, series: &Series) -> Drawn {
        let ink = palette::series(index);
        let places: Vec<At> = series
            .points
            .iter()
            .map(|point| self.at(point.workers as f64, point.speedup.value))
            .collect();
        if places.len() > 1 {
            self.canvas.line(&places, LINE_WIDTH, ink)?;
        }
        for (point, place) in series.points.iter().zip(&places) {
            legend::halo(self.canvas, *place, index)?;
            let interval = (self.y(point.speedup.low), self.y(point.speedup.high));
            if point.speedup.has_interval() {
                legend::error_bar(self.canvas, place.0, interval, ink)?;
            }
            legend::mark(self.canvas, *place, index)?;
        }
        Ok(())
    }
}

fn has_more_workers_than_cpus(chart: &Chart) -> bool {
    let largest = chart.counts().last().copied();
    chart.cpus > 0 && largest.is_some_and(|workers| workers > chart.cpus)
}

/// The axis of the speedups.
fn speedups(chart: &Chart) -> Axis {
    if !chart.has_doublings() {
        return Axis::of_speedups(largest(chart));
    }
    // The logarithm leaves room for the whole ideal, however far it is beyond what was measured.
    let counts = chart.counts();
    let ideals = counts.iter().map(|count| chart.ideal(*count as f64));
    let measured = chart.measured();
    let shown = measured.flat_map(|speedup| [speedup.low, speedup.value, speedup.high]);
    let shown = shown.chain(ideals).filter(|speedup| *speedup > 0.0);
    let (low, high) = shown.fold((f64::INFINITY, 0.0), |(low, high), speedup| {
        (speedup.min(low), speedup.max(high))
    });
    Axis::of_doublings(low, high)
}

/// The largest speedup to be shown. An ideal far beyond what was measured is shown in part only.
fn largest(chart: &Chart) -> f64 {
    let speedups = chart.measured().map(|speedup| speedup.high);
    let measured = speedups.fold(0.0, f64::max);
    let counts = chart.counts();
    let (Some(&first), Some(&last)) = (counts.first(), counts.last()) else {
        return measured;
    };
    let fits = chart
        .series
        .iter()
        .filter_map(|series| series.fitted.as_ref());
    let fitted = fits
        .flat_map(|curve| &curve.points)
        .filter(|(x, y)| {
            let near = *y <= measured * GUIDE_OVER_MEASURED_MAX;
            near && (first as f64..=last as f64).contains(x)
        })
        .map(|point| point.1);
    let shown = fitted.fold(measured, f64::max);
    match chart.ideal(last as f64) {
        ideal if ideal <= measured * GUIDE_OVER_MEASURED_MAX => shown.max(ideal),
        _ => shown.max(measured * IDEAL_SHOWN_OVER_MEASURED),
    }
}

/// The parts of a curve between the ends of the axis and up to `top`, cut where it crosses that.
fn within(points: &[At], workers: &Axis, top: f64) -> Vec<Vec<At>> {
    let on_axis = points.iter().copied().filter(|(x, _)| workers.spans(*x));
    let mut parts: Vec<Vec<At>> = Vec::new();
    let mut part = Vec::new();
    let mut before: Option<At> = None;
    for (x, y) in on_axis {
        if let Some((x0, y0)) = before.filter(|(_, y0)| (*y0 > top) != (y > top)) {
            part.push((x0 + (x - x0) * (top - y0) / (y - y0), top));
        }
        match y > top {
            true => parts.push(mem::take(&mut part)),
            false => part.push((x, y)),
        }
        before = Some((x, y));
    }
    parts.push(part);
    parts.retain(|part| part.len() > 1);
    parts
}

#[cfg(test)]
mod tests;
