//! What workers bought, as a picture: the model of a chart of speedup over workers, and what its
//! two forms share. [`write_terminal`] draws bars of text, [`write_svg`] a line chart.

mod svg;
mod terminal;

use crate::units;
use std::io::{self, Write};

/// A speedup above this is a fault of whoever measured it, and would squash all others.
const SPEEDUP_MAX: f64 = 1e6;
/// Likewise for worker threads.
const WORKERS_MAX: usize = 1_000_000;

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

/// A measured speedup and its interval, which is drawn as one of 95% confidence.
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

    /// The unit of a speedup: `× of 1 worker`.
    fn unit(&self) -> String {
        let reference = self.reference_workers.max(1) as u128;
        format!("× of {}", units::count_of(reference, "worker"))
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
fn clean(text: &str) -> String {
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
/// the bars, then the ends of the lines. When the ideal lies far beyond what was measured, the bars
/// keep their scale and an arrow stands for the ideal.
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
/// CPUs end. The same chart gives the same bytes; without a measurement it has its axes only.
///
/// # Errors
/// Those of `out`.
pub fn write_svg(chart: &Chart, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(svg::draw(&chart.drawable())?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(super) fn speedup(value: f64, half_width: f64) -> Speedup {
        Speedup {
            value,
            low: value - half_width,
            high: value + half_width,
        }
    }

    /// A series of workers, speedup and half the width of its interval.
    pub(super) fn series(name: &str, points: &[(usize, f64, f64)]) -> Series {
        let point = |&(workers, value, half_width): &(usize, f64, f64)| Point {
            workers,
            speedup: speedup(value, half_width),
        };
        Series {
            name: name.to_owned(),
            points: points.iter().map(point).collect(),
            fitted: None,
        }
    }

    pub(super) fn rival(name: &str, value: f64, half_width: f64) -> Rival {
        Rival {
            name: name.to_owned(),
            speedup: speedup(value, half_width),
        }
    }

    pub(super) fn chart(cpus: usize, series: Vec<Series>, rivals: Vec<Rival>) -> Chart {
        Chart {
            title: "sum-of-squares over 1..1000000000".to_owned(),
            subtitle: "median of 12 runs".to_owned(),
            series,
            rivals,
            cpus,
            reference_workers: 1,
        }
    }

    fn any_speedup() -> impl Strategy<Value = Speedup> {
        let figure = || {
            prop_oneof![
                4 => 0.0..100.0,
                1 => any::<f64>(),
                1 => Just(0.0),
                1 => 1e-9..1e-3,
            ]
        };
        (figure(), figure(), figure()).prop_map(|(value, low, high)| Speedup { value, low, high })
    }

    fn any_workers() -> impl Strategy<Value = usize> {
        prop_oneof![8 => 1_usize..1_100, 1 => any::<usize>(), 1 => Just(0)]
    }

    fn any_series() -> impl Strategy<Value = Series> {
        let point = (any_workers(), any_speedup())
            .prop_map(|(workers, speedup)| Point { workers, speedup });
        let curve = (
            any::<String>(),
            prop::collection::vec((0.5..1_100.0, any::<f64>()), 0..8),
        )
            .prop_map(|(name, points)| Curve { name, points });
        (
            any::<String>(),
            prop::collection::vec(point, 0..8),
            prop::option::of(curve),
        )
            .prop_map(|(name, points, fitted)| Series {
                name,
                points,
                fitted,
            })
    }

    /// Whatever the fields can hold.
    pub(super) fn any_chart() -> impl Strategy<Value = Chart> {
        let rival =
            (any::<String>(), any_speedup()).prop_map(|(name, speedup)| Rival { name, speedup });
        (
            (any::<String>(), any::<String>()),
            prop::collection::vec(any_series(), 0..9),
            prop::collection::vec(rival, 0..5),
            (0_usize..100, any_workers()),
        )
            .prop_map(
                |((title, subtitle), series, rivals, (cpus, reference))| Chart {
                    title,
                    subtitle,
                    series,
                    rivals,
                    cpus,
                    reference_workers: reference,
                },
            )
    }

    #[test]
    fn what_is_no_speedup_is_left_out() {
        let mut points = series(
            "",
            &[
                (4, 2.0, 0.5),
                (0, 1.0, 0.0),
                (2_000_000, 1.0, 0.0),
                (2, f64::NAN, 0.0),
            ],
        );
        points.points.push(Point {
            workers: 1,
            speedup: Speedup {
                value: 1.0,
                low: f64::NEG_INFINITY,
                high: 0.5,
            },
        });
        let rivals = vec![
            rival("a", f64::INFINITY, 0.0),
            rival("b", -1.0, 0.0),
            rival("c", 1e12, 0.0),
        ];
        let empty = series("nothing", &[(2, -1.0, 0.0)]);
        let drawable = chart(2, vec![empty, points], rivals).drawable();
        assert_eq!(drawable.rivals, []);
        assert_eq!(drawable.series.len(), 1);
        let of_one = Point {
            workers: 1,
            speedup: speedup(1.0, 0.0),
        };
        let of_four = Point {
            workers: 4,
            speedup: speedup(2.0, 0.5),
        };
        assert_eq!(drawable.series[0].points, [of_one, of_four]);
    }

    #[test]
    fn a_text_can_not_steer_the_terminal_or_break_the_picture() {
        assert_eq!(clean("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(clean("\u{202e}txt\u{ffff}"), "\\u{202e}txt\u{fffd}");
        assert_eq!(clean("<ü & 漢>"), "<ü & 漢>");
    }

    #[test]
    fn texts_are_cut_to_their_room() {
        let cut = |room: f64| shortened("pool of four", room, |_| 1.0);
        assert_eq!(cut(12.0), "pool of four");
        assert_eq!(cut(8.5), "pool of…");
        assert_eq!(cut(6.0), "pool…");
        assert_eq!(cut(1.0), "…");
        assert_eq!(cut(0.5), "");
    }

    #[test]
    fn speedups_have_three_digits() {
        for (value, text) in [
            (0.0, "0.00"),
            (0.0042, "0.0042"),
            (0.0312, "0.031"),
            (0.5, "0.50"),
            (1.968, "1.97"),
            (12.34, "12.3"),
            (99.96, "100"),
            (1234.5, "1234"),
        ] {
            assert_eq!(speedup(value, 0.0).text(), text);
        }
        assert_eq!(speedup(9.9, 0.6).interval_text(), "9.30–10.50");
    }

    #[test]
    fn a_curve_is_straight_between_its_points() {
        let curve = Curve {
            name: String::new(),
            points: vec![(1.0, 1.0), (2.0, 1.8), (4.0, 3.0)],
        };
        let at = [0.5, 1.0, 2.0, 3.0, 4.0, 5.0].map(|workers| curve.at(workers));
        assert_eq!(at, [None, Some(1.0), Some(1.8), Some(2.4), Some(3.0), None]);
    }
}
