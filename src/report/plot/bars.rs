//! What programs took, as bars: for those that have no worker count to stand at.

use super::{clean, svg, terminal};
use std::io::{self, Write};

/// A time above this is a fault of whoever measured it, and would squash all others.
const TIME_MAX: f64 = 1e15;

/// Times of programs, one bar each.
///
/// A time that is not finite, negative or above 10^15 is left out. Texts may hold anything, as those of a
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
        let fit = |x: f64| (0.0..=TIME_MAX).contains(&x);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::width::columns_of;
    use proptest::prelude::*;
    use roxmltree::Document;

    fn bar(name: &str, time: f64, half_width: f64, relative: &str) -> Bar {
        Bar {
            name: name.to_owned(),
            time,
            low: time - half_width,
            high: time + half_width,
            label: format!("{time:.1} ms"),
            relative: relative.to_owned(),
        }
    }

    fn bars(bars: Vec<Bar>) -> Bars {
        Bars {
            title: "Time: a; b".to_owned(),
            subtitle: String::new(),
            bars,
            quantity: "time (ms)".to_owned(),
            interval: "95% interval".to_owned(),
        }
    }

    fn in_terminal(bars: &Bars, columns: usize) -> String {
        let mut out = Vec::new();
        write_terminal_bars(bars, columns, false, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn picture(bars: &Bars) -> String {
        let mut out = Vec::new();
        write_svg_bars(bars, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_bar_is_as_long_as_its_time() {
        let bars = bars(vec![
            bar("a", 20.0, 1.0, ""),
            bar("日本語", 10.0, 0.0, "0.50 ×"),
            bar("c", 1e-9, 0.0, ""),
        ]);
        let expected = "time (ms)\n\
            a       ████████████  20.0 ms\n\
            日本語  ██████        10.0 ms  0.50 ×\n\
            c       ▏              0.0 ms\n";
        assert_eq!(in_terminal(&bars, 37), expected);
        // Without room for bars, names and times are left.
        assert!(in_terminal(&bars, 26).contains("\na       20.0 ms\n"));
        let picture = picture(&bars);
        let document = Document::parse(&picture).unwrap();
        let right = |corners: &str| -> f64 {
            let places = corners
                .split_whitespace()
                .filter_map(|pair| pair.split_once(','));
            places.map(|(x, _)| x.parse().unwrap()).fold(0.0, f64::max)
        };
        let polygons = document
            .descendants()
            .filter(|node| node.has_tag_name("polygon"));
        let corners = polygons.map(|node| node.attribute("points").unwrap());
        let ends: Vec<f64> = corners.map(right).collect();
        let [long, half, least] = ends[..] else {
            panic!("{ends:?}")
        };
        // They begin at the margin.
        assert!(
            ((long - 220.0) / (half - 220.0) - 2.0).abs() < 0.01,
            "{ends:?}"
        );
        assert!(least > 220.0, "{ends:?}");
    }

    #[test]
    fn without_a_time_there_is_nothing_to_draw() {
        let empty = bars(vec![bar("a", f64::NAN, 0.0, ""), bar("b", -1.0, 0.0, "")]);
        assert_eq!(in_terminal(&empty, 80), "");
        assert!(picture(&empty).contains("nothing measured yet"));
    }

    proptest! {
        #[test]
        fn any_bars_can_be_drawn(
            names in prop::collection::vec((any::<String>(), any::<f64>(), 0.0..2.0, any::<String>()), 0..6),
            width in 10_usize..140,
        ) {
            let of = names.iter().map(|(name, time, half, relative)| bar(name, *time, half * time, relative));
            let bars = bars(of.collect());
            let picture = picture(&bars);
            prop_assert!(Document::parse(&picture).is_ok(), "{}", picture);
            prop_assert!(!picture.contains("NaN"));
            for line in in_terminal(&bars, width).lines() {
                prop_assert!(columns_of(line) <= width, "{}", line);
            }
        }
    }
}
