//! What workers bought, as a picture: the model of a chart of speedup over workers, and what its
//! two forms share. [`write_terminal`] draws bars of text, [`write_svg`] a line chart.

mod bars;
mod svg;
mod terminal;

pub use bars::{Bar, Bars, write_svg_bars, write_terminal_bars};

use crate::units;
use std::io::{self, Write};

/// A speedup above this is a fault of whoever measured it, and would squash all others.
const SPEEDUP_MAX: f64 = 1e6;
/// Likewise for worker threads.
const WORKERS_MAX: usize = 1_000_000;
/// From this ratio of the largest to the smallest worker count on, counts of which some are no powers
/// of two are shown as doublings, too.
const RATIO_FOR_DOUBLINGS_MIN: usize = 8;

/// Speedup over workers, with the programs it is compared with.
///
/// What can't be drawn is left out: a speedup that is not finite, negative or above 10^6, and a
/// point of 0 or more than 10^6 workers. Texts may hold anything: control characters are escaped,
/// long ones are cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What was measured, in a few words; not shown when empty.
    pub title: String,
    /// The circumstances: the machine, the date; not shown when empty.
    pub subtitle: String,
    /// What was measured at several worker counts.
    pub series: Vec<Series>,
    /// Programs without a worker count: a bar, or a level line.
    pub rivals: Vec<Rival>,
    /// How many CPUs the process may use.
    pub cpus: usize,
    /// Whether the work grew with the workers, so that the speedups are scaled ones.
    pub scaled: bool,
    /// What the error bars are: `95% interval`.
    pub interval: String,
    /// The worker count whose speedup is 1; the ideal is `workers / reference_workers`.
    pub reference_workers: usize,
}

/// One way to run the job, measured at several worker counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What tells it from the other series, such as its kernel; may be empty when it is the only
    /// one.
    pub name: String,
    /// The measured points, in any order.
    pub points: Vec<Point>,
    /// The scaling law fitted to the points.
    pub fitted: Option<Curve>,
}

/// What was measured at one worker count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Worker threads, 1 to 10^6.
    pub workers: usize,
    /// How many times faster than the reference.
    pub speedup: Speedup,
}

/// A program that was timed beside the job.
#[derive(Clone, Debug, PartialEq)]
pub struct Rival {
    /// The program's name or command.
    pub name: String,
    /// How many times faster than the reference; under 1 when it is slower.
    pub speedup: Speedup,
}

/// A measured speedup and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speedup {
    /// The estimate.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end; an interval of no width, as the reference has, is not drawn.
    pub high: f64,
}

/// A curve of speedup over workers, straight between its points.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The law and its parameters: `Amdahl, 0.8% serial`.
    pub name: String,
    /// Workers and the speedup there, in any order; close enough together to look smooth.
    pub points: Vec<(f64, f64)>,
}

impl Chart {
    /// The speedup if nothing were lost: as many times faster as there are more workers.
    #[must_use]
    pub fn ideal(&self, workers: f64) -> f64 {
        workers / self.reference_workers.max(1) as f64
    }

    /// What is shown, with its unit: `speedup (× of 1 worker)`.
    fn quantity(&self) -> String {
        let scaled = if self.scaled { "scaled " } else { "" };
        let reference = self.reference_workers.max(1) as u128;
        let reference = units::count_of(reference, "worker");
        match self.series.is_empty() {
            // The only one there is has no workers.
            true => "speedup".to_owned(),
            false => format!("{scaled}speedup (× of {reference})"),
        }
    }

    /// Every measured speedup.
    fn measured(&self) -> impl Iterator<Item = Speedup> {
        let points = self.series.iter().flat_map(|series| &series.points);
        let rivals = self.rivals.iter().map(|rival| rival.speedup);
        points.map(|point| point.speedup).chain(rivals)
    }

    /// The measured worker counts, ascending, each once.
    fn counts(&self) -> Vec<usize> {
        let points = self.series.iter().flat_map(|series| &series.points);
        let mut counts: Vec<usize> = points.map(|point| point.workers).collect();
        counts.sort_unstable();
        counts.dedup();
        counts
    }

    /// Whether both axes are logarithmic: equal steps are doublings, and the ideal is a straight line.
    /// So it is when the worker counts double, or most do over a wide range, as 1, 2, 4, 8, 12.
    fn has_doublings(&self) -> bool {
        let counts = self.counts();
        let (Some(first), Some(last)) = (counts.first(), counts.last()) else {
            return false;
        };
        let powers = counts.iter().filter(|count| count.is_power_of_two());
        let powers = powers.count();
        let wide = last / first >= RATIO_FOR_DOUBLINGS_MIN && powers * 2 >= counts.len();
        counts.len() > 1 && (powers == counts.len() || wide)
    }

    /// The chart without what can't be drawn, in order, its texts fit to be shown.
    fn drawable(&self) -> Chart {
        let rivals = self.rivals.iter().filter_map(|rival| {
            Some(Rival {
                name: clean(&rival.name),
                speedup: rival.speedup.drawable()?,
            })
        });
        let series = self.series.iter().map(Series::drawable);
        Chart {
            title: clean(&self.title),
            subtitle: clean(&self.subtitle),
            series: series.filter(|series| !series.points.is_empty()).collect(),
            rivals: rivals.collect(),
            cpus: self.cpus,
            scaled: self.scaled,
            interval: clean(&self.interval),
            reference_workers: self.reference_workers,
        }
    }
}

impl Series {
    fn drawable(&self) -> Series {
        let drawn = |point: &&Point| (1..=WORKERS_MAX).contains(&point.workers);
        let points = self.points.iter().filter(drawn);
        let mut points: Vec<Point> = points
            .filter_map(|&Point { workers, speedup }| {
                let speedup = speedup.drawable()?;
                Some(Point { workers, speedup })
            })
            .collect();
        points.sort_by_key(|point| point.workers);
        Series {
            name: clean(&self.name),
            points,
            fitted: self.fitted.as_ref().map(Curve::drawable),
        }
    }
}

impl Speedup {
    fn drawable(self) -> Option<Speedup> {
        let fit = |x: f64| (0.0..=SPEEDUP_MAX).contains(&x);
        let Speedup { value, low, high } = self;
        fit(value).then(|| Speedup {
            value,
            low: if fit(low) { low.min(value) } else { value },
            high: if fit(high) { high.max(value) } else { value },
        })
    }

    fn has_interval(self) -> bool {
        self.low < self.high
    }

    /// The estimate, to three significant digits.
    fn text(self) -> String {
        figure(self.value, digits(self.value))
    }

    /// The interval, to as many places as the estimate.
    fn interval_text(self) -> String {
        let places = digits(self.value);
        let [low, high] = [self.low, self.high].map(|end| figure(end, places));
        format!("{low}–{high}")
    }
}

impl Curve {
    fn drawable(&self) -> Curve {
        let mut points = self.points.clone();
        points.retain(|(workers, speedup)| {
            workers.is_finite() && (0.0..=SPEEDUP_MAX).contains(speedup)
        });
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Curve {
            name: clean(&self.name),
            points,
        }
    }

    /// The curve's value at a worker count; `None` where the curve doesn't reach. The points are in
    /// ascending order.
    fn at(&self, workers: f64) -> Option<f64> {
        let after = self.points.iter().position(|point| point.0 >= workers)?;
        let (x1, y1) = self.points[after];
        if x1 == workers {
            return Some(y1);
        }
        let (x0, y0) = self.points[after.checked_sub(1)?];
        Some(y0 + (y1 - y0) * (workers - x0) / (x1 - x0))
    }
}

/// Places after the point that leave three significant digits, for speedups down to 0.001.
fn digits(speedup: f64) -> usize {
    match speedup {
        x if x >= 99.95 => 0,
        x if x >= 9.995 => 1,
        x if x >= 0.0995 || x == 0.0 => 2,
        x if x >= 0.00995 => 3,
        _ => 4,
    }
}

fn figure(x: f64, places: usize) -> String {
    format!("{x:.places$}")
}

/// A text in which nothing moves the cursor, turns the direction of writing or is banned from XML.
pub(in crate::report) fn clean(text: &str) -> String {
    let harmless = |c: char| match c {
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            c.escape_unicode().to_string()
        }
        '\u{FFFE}' | '\u{FFFF}' => char::REPLACEMENT_CHARACTER.to_string(),
        _ => c.to_string(),
    };
    units::printable(text).chars().map(harmless).collect()
}

/// As much of a text as fits into `room`, with an ellipsis when it is not all.
fn shortened(text: &str, room: f64, width: impl Fn(char) -> f64) -> String {
    if text.chars().map(&width).sum::<f64>() <= room {
        return text.to_owned();
    }
    let mut left = room - width('…');
    if left < 0.0 {
        return String::new();
    }
    let fits = |c: &char| {
        left -= width(*c);
        left >= 0.0
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

/// Draws the chart as lines of text: one bar a measurement, marks at the ideal and the fitted
/// speedup, and a legend; nothing when nothing was measured.
///
/// No line is wider than `columns`. Where there is no room for all, first the intervals go, then
/// the bars, then the ends of the lines. Where the worker counts double, so do equal steps of the
/// bars, and the ideals lie on a straight line. Otherwise, when the ideal lies far beyond what was
/// measured, the bars keep their scale and an arrow stands for the ideal.
///
/// # Errors
/// Those of `out`.
pub fn write_terminal(
    chart: &Chart,
    columns: usize,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    terminal::write(&chart.drawable(), columns, colour, out)
}

/// Draws the chart as an SVG picture that follows the reader's light or dark colour scheme: measured
/// points with error bars, the ideal, the fitted curves, the rivals as level lines, and where the
/// CPUs end. Where the worker counts double, both axes are logarithmic. The same chart gives the same bytes; without a measurement it has its axes only.
///
/// # Errors
/// Those of `out`.
pub fn write_svg(chart: &Chart, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(svg::draw(&chart.drawable())?.as_bytes())
}

#[cfg(test)]
mod tests;
