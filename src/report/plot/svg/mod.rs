//! The chart as an SVG picture: a header with the legend, the plot, the rivals' labels beside it.

mod axis;
mod canvas;
mod legend;
mod palette;
mod rivals;

use super::{Chart, Curve, Series};
use crate::units;
use axis::Axis;
use canvas::{Anchor, At, Canvas, Drawn, Type, UNIT};
use legend::Legend;
use palette::{AXIS, CPUS, GRID, IDEAL, Ink, MUTED, PAPER, TEXT};
use plotters::chart::ChartBuilder;
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
        let line = |text: &str, height: f64| if text.is_empty() { 0.0 } else { height };
        let header = line(&chart.title, 26.0) + line(&chart.subtitle, 20.0);
        let legend_top = 14.0 + header + 4.0;
        // Where the end of the CPUs is named it takes a line.
        let above = if has_more_workers_than_cpus(chart) {
            30.0
        } else {
            16.0
        };
        let top = legend_top + legend.height + above;
        let speedups = Axis::of_speedups(largest(chart));
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

fn header(canvas: &Canvas, chart: &Chart, layout: &Layout) -> Drawn {
    let mut y = 14.0;
    for (text, looks, height) in [
        (&chart.title, TITLE, 26.0),
        (&chart.subtitle, SUBTITLE, 20.0),
    ] {
        if !text.is_empty() {
            let shown = canvas::fitting(text, WIDTH - 2.0 * MARGIN, looks);
            canvas.text(&shown, (MARGIN, y + height / 2.0), Anchor::Start, looks)?;
            y += height;
        }
    }
    layout.legend.draw(canvas, (MARGIN, layout.legend_top))
}

impl<'a, 'p> Plot<'a, 'p> {
    fn new(canvas: &'a Canvas<'p>, chart: &Chart, layout: &'a Layout) -> Plot<'a, 'p> {
        let width = layout.right - layout.left;
        let label = |characters: usize| canvas::width(&"0".repeat(characters), LABEL) + 8.0;
        let workers = Axis::of_workers(&chart.counts(), chart.cpus, |n| label(n) / width);
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
            .y_desc(format!("speedup ({})", chart.unit()))
            .draw()
    }

    /// The ideal and the fitted curves.
    fn guides(&self, chart: &Chart) -> Drawn {
        let counts = chart.counts();
        if let (Some(&first), Some(&last)) = (counts.first(), counts.last()) {
            let steps = self.workers.steps(first as f64, last as f64);
            let ideal: Vec<At> = steps.into_iter().map(|x| (x, chart.ideal(x))).collect();
            self.curve(&ideal, IDEAL)?;
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
mod tests {
    use super::super::tests::{any_chart, chart, rival, series};
    use super::*;
    use proptest::prelude::*;
    use roxmltree::{Document, Node};

    fn drawn(chart: &Chart) -> String {
        draw(&chart.drawable()).unwrap()
    }

    fn two_rivals() -> Chart {
        let mut measured = series("", &[(1, 1.0, 0.0), (2, 1.9, 0.1), (8, 2.0, 0.2)]);
        measured.fitted = Some(Curve {
            name: "Amdahl, 1.5% serial".to_owned(),
            points: vec![(1.0, 1.0), (2.0, 1.9), (3.0, 4.0)],
        });
        let name = format!("<python3 \"a&b\">\u{1b}{}", " long".repeat(30));
        chart(
            2,
            vec![measured],
            vec![rival(&name, 0.2, 0.05), rival("c", 1.5, 0.0)],
        )
    }

    fn texts<'a>(document: &'a Document) -> Vec<&'a str> {
        let nodes = document
            .descendants()
            .filter(|node| node.has_tag_name("text"));
        nodes
            .filter_map(|node| node.text())
            .map(str::trim)
            .collect()
    }

    /// The drawn places of a shape, in units; of a text the ends of its line.
    fn places(node: &Node) -> Vec<At> {
        let number = |name: &str| {
            node.attribute(name)
                .map_or(0.0, |text| text.parse().unwrap())
        };
        let (x, y) = (number("x"), number("y"));
        match node.tag_name().name() {
            "line" => vec![(number("x1"), number("y1")), (number("x2"), number("y2"))],
            "rect" => vec![(x, y), (x + number("width"), y + number("height"))],
            "circle" => {
                let (x, y, r) = (number("cx"), number("cy"), number("r"));
                vec![(x - r, y - r), (x + r, y + r)]
            }
            "polyline" | "polygon" => node
                .attribute("points")
                .unwrap()
                .split_whitespace()
                .map(|pair| pair.split_once(',').unwrap())
                .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
                .collect(),
            "text" => {
                let size = number("font-size");
                let looks = Type {
                    size,
                    bold: node.has_attribute("font-weight"),
                    ink: TEXT,
                };
                let width = canvas::width(node.text().unwrap().trim(), looks);
                let start = match node.attribute("text-anchor").unwrap() {
                    "start" => 0.0,
                    "middle" => -width / 2.0,
                    _ => -width,
                };
                match node.attribute("transform") {
                    None => vec![(x + start, y), (x + start + width, y)],
                    Some(_) => vec![(x, y + start), (x, y + start + width)],
                }
            }
            _ => Vec::new(),
        }
    }

    /// The lines drawn in an ink, each with its places.
    fn lines(document: &Document, ink: Ink) -> Vec<Vec<At>> {
        let stroke = ink.attribute();
        let of_ink = |node: &Node| node.attribute("stroke") == Some(stroke.as_str());
        document
            .descendants()
            .filter(of_ink)
            .map(|node| places(&node))
            .collect()
    }

    #[test]
    fn the_picture_says_what_it_shows_and_in_which_units() {
        let picture = drawn(&two_rivals());
        let document = Document::parse(&picture).unwrap();
        let texts = texts(&document);
        for text in [
            "sum-of-squares over 1..1000000000",
            "median of 12 runs",
            "workers",
            "speedup (× of 1 worker)",
            "measured",
            "95% interval",
            "Amdahl, 1.5% serial",
            "ideal",
            "2 CPUs",
            "c",
            "1.50 ×",
            "0.20 ×",
        ] {
            assert!(texts.contains(&text), "{text} in {texts:?}");
        }
        let title = document
            .descendants()
            .find(|node| node.has_tag_name("title"));
        assert_eq!(
            title.unwrap().text(),
            Some("sum-of-squares over 1..1000000000")
        );
    }

    #[test]
    fn texts_of_any_kind_are_escaped_and_cut() {
        let picture = drawn(&two_rivals());
        let document = Document::parse(&picture).unwrap();
        let texts = texts(&document);
        let name = texts.iter().find(|text| text.starts_with('<')).unwrap();
        assert!(name.starts_with("<python3 \"a&b\">\\u{1b} l"), "{name}");
        assert!(name.ends_with('…'), "{name}");
    }

    #[test]
    fn intervals_are_bars_with_caps() {
        let mut chart = two_rivals();
        chart.series[0].fitted = None;
        let picture = drawn(&chart);
        let document = Document::parse(&picture).unwrap();
        let lines = lines(&document, palette::series(0));
        let upright = lines
            .iter()
            .filter(|line| line.len() == 2 && line[0].0 == line[1].0);
        assert_eq!(
            upright.count(),
            2,
            "the reference has no interval: {lines:?}"
        );
        // The swatch of the legend, the line through the points, and two bars of three strokes.
        assert_eq!(lines.len(), 8);
    }

    #[test]
    fn guides_are_dashed_and_end_at_the_top_of_the_plot() {
        let picture = drawn(&two_rivals());
        let document = Document::parse(&picture).unwrap();
        for (ink, dashes) in [
            (IDEAL, "70 50"),
            (palette::fitted(0), "10 50"),
            (palette::RIVAL, "90 40 20 40"),
            (CPUS, "20 30"),
        ] {
            let stroke = ink.attribute();
            let mut of_ink = document
                .descendants()
                .filter(|node| node.attribute("stroke") == Some(stroke.as_str()));
            let all = of_ink.all(|node| node.attribute("stroke-dasharray") == Some(dashes));
            assert!(all, "{ink:?}");
        }
        let top = Layout::new(&two_rivals().drawable()).top * f64::from(UNIT);
        for ink in [IDEAL, palette::fitted(0)] {
            let curve = lines(&document, ink).pop().unwrap();
            let highest = curve.iter().map(|at| at.1).fold(f64::MAX, f64::min);
            assert!((highest - top).abs() <= 2.0, "{ink:?}: {highest}, {top}");
        }
    }

    #[test]
    fn every_colour_has_its_dark_counterpart() {
        let picture = drawn(&two_rivals());
        let document = Document::parse(&picture).unwrap();
        let (_, dark) = picture
            .split_once("@media (prefers-color-scheme:dark){")
            .unwrap();
        for node in document.descendants() {
            for property in ["fill", "stroke"] {
                let colour = node
                    .attribute(property)
                    .filter(|colour| colour.starts_with('#'));
                if let Some(colour) = colour {
                    let rule = format!("[{property}=\"{colour}\"]{{{property}:#");
                    assert!(dark.contains(&rule), "{rule}");
                }
            }
        }
    }

    #[test]
    fn an_empty_chart_and_one_of_a_single_point_are_drawn() {
        let empty = drawn(&chart(4, vec![], vec![]));
        assert!(texts(&Document::parse(&empty).unwrap()).contains(&"nothing measured yet"));
        let single = drawn(&chart(4, vec![series("", &[(4, 1.0, 0.0)])], vec![]));
        let document = Document::parse(&single).unwrap();
        assert_eq!(
            lines(&document, palette::series(0)).len(),
            1,
            "only the legend's"
        );
        assert!(!texts(&document).contains(&"95% interval"));
    }

    #[test]
    fn what_goes_over_the_top_is_cut_off() {
        let axis = Axis::of_workers(&[1, 2, 4], 4, |_| 0.01);
        let curve = [(1.0, 1.0), (2.0, 3.0), (3.0, 3.0), (4.0, 1.0), (9.0, 1.0)];
        assert_eq!(
            within(&curve, &axis, 2.0),
            [vec![(1.0, 1.0), (1.5, 2.0)], vec![(3.5, 2.0), (4.0, 1.0)]]
        );
        assert_eq!(within(&curve, &axis, 0.5), Vec::<Vec<At>>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_chart_is_well_formed_and_on_its_canvas(chart in any_chart()) {
            let picture = drawn(&chart);
            prop_assert_eq!(&picture, &drawn(&chart));
            let document = Document::parse(&picture).unwrap();
            let size = |name| document.root_element().attribute(name).unwrap().parse::<f64>();
            let [width, height] = ["width", "height"].map(|name| size(name).unwrap());
            let (right, bottom) = (width * f64::from(UNIT), height * f64::from(UNIT));
            for node in document.root_element().children() {
                for (x, y) in places(&node) {
                    let inside = (0.0..=right).contains(&x) && (0.0..=bottom).contains(&y);
                    prop_assert!(inside, "({x}, {y}) in {right} x {bottom}: {node:?}");
                }
            }
        }
    }
}
