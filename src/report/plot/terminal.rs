//! The chart as lines of text: one horizontal bar a measurement.

mod bars;
mod scale;

pub(super) use bars::write_bars;

use super::{Chart, Series, Speedup, digits, figure, shortened};
use crate::units;
use anstyle::{AnsiColor, Style as Ansi};
use scale::{Scale, Shown};
use std::io::{self, Write};
use unicode_width::UnicodeWidthChar;

/// A bar of fewer columns shows too little to push the intervals out.
const BAR_WITH_INTERVAL_COLUMNS_MIN: usize = 24;
/// A bar of fewer columns shows nothing.
const BAR_COLUMNS_MIN: usize = 6;
/// Longer bars are harder to compare with their labels, not easier to read.
const BAR_COLUMNS_MAX: usize = 72;

const GAP: &str = "  ";
const NOUN: &str = " workers";
const IDEAL: char = '│';
const FITTED: char = '┊';
const BEYOND: char = '→';
const BEFORE: char = '←';
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// How a part of a line stands out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Strong,
    Faint,
    /// The bar of a series, by its index.
    Series(usize),
}

impl Tone {
    fn ansi(self) -> Ansi {
        const SERIES: [AnsiColor; 4] = [
            AnsiColor::Cyan,
            AnsiColor::Yellow,
            AnsiColor::Green,
            AnsiColor::Magenta,
        ];
        match self {
            Tone::Plain => Ansi::new(),
            Tone::Strong => Ansi::new().bold(),
            Tone::Faint => Ansi::new().dimmed(),
            Tone::Series(i) => Ansi::new().fg_color(Some(SERIES[i % SERIES.len()].into())),
        }
    }
}

/// A line, in parts of one tone each.
type Line = Vec<(Tone, String)>;

/// One measurement.
struct Row {
    name: String,
    /// `None` for a rival.
    workers: Option<usize>,
    speedup: Speedup,
    ideal: Option<f64>,
    fitted: Option<f64>,
    tone: Tone,
}

/// How the columns of a line are shared out; 0 for what there is no room for.
struct Layout {
    /// Of the names of the series, among them the gap behind.
    name: usize,
    /// Of the worker counts' digits.
    count: usize,
    label: usize,
    /// Of the bar, without the column behind it that an ideal at its end takes.
    bar: usize,
    value: usize,
    interval: usize,
    scale: Scale,
}

/// Writes a chart that has been made drawable.
pub(super) fn write(
    chart: &Chart,
    columns: usize,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = rows(chart);
    if rows.is_empty() {
        return Ok(());
    }
    let layout = Layout::new(&rows, scale(&rows, chart.has_doublings()), columns);
    let mut lines = vec![vec![(Tone::Strong, chart.quantity())]];
    lines.extend(rows.iter().map(|row| layout.line(row)));
    if layout.bar > 0 {
        lines.extend(legend(chart, &rows, &layout.scale, columns));
    }
    for line in lines {
        write_line(&line, columns, colour, out)?;
    }
    Ok(())
}

fn rows(chart: &Chart) -> Vec<Row> {
    let of_series = |(i, series): (usize, &Series)| -> Vec<Row> {
        let row = |point: &super::Point| Row {
            name: series.name.clone(),
            workers: Some(point.workers),
            speedup: point.speedup,
            ideal: Some(chart.ideal(point.workers as f64)),
            fitted: series
                .fitted
                .as_ref()
                .and_then(|curve| curve.at(point.workers as f64)),
            tone: Tone::Series(i),
        };
        series.points.iter().map(row).collect()
    };
    let rivals = chart.rivals.iter().map(|rival| Row {
        name: rival.name.clone(),
        workers: None,
        speedup: rival.speedup,
        ideal: None,
        fitted: None,
        tone: Tone::Faint,
    });
    let series = chart.series.iter().enumerate();
    series.flat_map(of_series).chain(rivals).collect()
}

fn scale(rows: &[Row], doublings: bool) -> Scale {
    let of = |job: bool| {
        let rows = rows.iter().filter(move |row| row.workers.is_some() == job);
        rows.map(|row| row.speedup.value).collect()
    };
    let shown = Shown {
        of_job: of(true),
        of_rivals: of(false),
        fitted: rows.iter().filter_map(|row| row.fitted).collect(),
        ideal: rows.iter().filter_map(|row| row.ideal).collect(),
    };
    Scale::new(&shown, doublings)
}

impl Layout {
    fn new(rows: &[Row], scale: Scale, columns: usize) -> Layout {
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let (of_series, of_rivals): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|row| row.ideal.is_some());
        let names = widest(&mut of_series.iter().map(|row| width(&row.name)));
        let name = match names.min(columns / 3) {
            0 => 0,
            name => name + GAP.len(),
        };
        let digits = |row: &Row| row.workers.map_or(0, |workers| count(workers).len());
        let count = widest(&mut of_series.iter().map(|row| digits(row)));
        let workers = match of_series.is_empty() {
            true => 0,
            false => count + NOUN.len(),
        };
        let rival = widest(&mut of_rivals.iter().map(|row| width(&row.name)));
        let label = (name + workers).max(rival.min((columns / 3).max(name + workers)));
        let value = widest(&mut rows.iter().map(|row| width(&value(row))));
        let interval = widest(&mut rows.iter().map(|row| width(&interval(row))));

        // Beside the bar stand the label, the value, two gaps and the column behind the bar.
        let room = |more: usize| columns.saturating_sub(label + value + 2 * GAP.len() + 1 + more);
        let with_interval = room(1 + interval);
        let (bar, interval) = match with_interval {
            bar if interval > 0 && bar >= BAR_WITH_INTERVAL_COLUMNS_MIN => (bar, interval),
            _ => (room(0), 0),
        };
        let bar = match bar {
            bar if bar < BAR_COLUMNS_MIN => 0,
            bar => bar.min(BAR_COLUMNS_MAX),
        };
        Layout {
            name,
            count,
            label,
            bar,
            value,
            interval,
            scale,
        }
    }

    fn line(&self, row: &Row) -> Line {
        let mut line = vec![
            (Tone::Plain, self.label(row)),
            (Tone::Plain, GAP.to_owned()),
        ];
        if self.bar > 0 {
            line.extend(self.bar(row));
            line.push((Tone::Plain, GAP.to_owned()));
        }
        line.push((Tone::Strong, padded_left(&value(row), self.value)));
        if self.interval > 0 && row.speedup.has_interval() {
            line.push((Tone::Faint, format!(" {}", interval(row))));
        }
        line
    }

    fn label(&self, row: &Row) -> String {
        let Some(workers) = row.workers else {
            return padded(&fitting(&row.name, self.label), self.label);
        };
        let name = padded(
            &fitting(&row.name, self.name.saturating_sub(GAP.len())),
            self.name,
        );
        let noun = if workers == 1 { " worker" } else { NOUN };
        let workers = format!("{}{noun}", padded_left(&count(workers), self.count));
        padded(&format!("{name}{workers}"), self.label)
    }

    /// The bar in blocks of an eighth of a column, with its marks, and the column behind it.
    fn bar(&self, row: &Row) -> Line {
        let columns = |speedup: f64| self.scale.share(speedup) * self.bar as f64;
        let eighths = (columns(row.speedup.value) * 8.0).round() as usize;
        // A sliver for the smallest, so that no measurement looks like none.
        let eighths = eighths.clamp(usize::from(row.speedup.value > 0.0), self.bar * 8);
        let mut cells: Vec<(Tone, char)> = (0..=self.bar)
            .map(|i| match eighths.saturating_sub(i * 8).min(8) {
                0 => (Tone::Plain, ' '),
                filled => (row.tone, EIGHTHS[filled - 1]),
            })
            .collect();
        if row.speedup.value > 0.0 && self.scale.starts_after(row.speedup.value) {
            cells[0] = (row.tone, BEFORE);
        }
        // The ideal last: where both fall on one column, it is the one to see.
        for (mark, at) in [(FITTED, row.fitted), (IDEAL, row.ideal)] {
            match at.map(|speedup| columns(speedup) as usize) {
                Some(column) if column <= self.bar => cells[column] = (Tone::Plain, mark),
                Some(_) if mark == IDEAL => cells[self.bar] = (Tone::Plain, BEYOND),
                _ => (),
            }
        }
        let mut line = Line::new();
        for (tone, cell) in cells {
            match line.last_mut() {
                Some((last, text)) if *last == tone => text.push(cell),
                _ => line.push((tone, cell.to_string())),
            }
        }
        line
    }
}

fn count(workers: usize) -> String {
    units::count(workers as u128)
}

fn value(row: &Row) -> String {
    format!("{} ×", row.speedup.text())
}

/// The interval in brackets; empty when it has no width.
fn interval(row: &Row) -> String {
    match row.speedup.has_interval() {
        true => format!("({})", row.speedup.interval_text()),
        false => String::new(),
    }
}

/// What the marks on the bars mean, in as many lines as it takes.
fn legend(chart: &Chart, rows: &[Row], scale: &Scale, columns: usize) -> Vec<Line> {
    let mut lines: Vec<String> = Vec::new();
    for item in meanings(chart, rows, scale) {
        let item = fitting(&item, columns);
        match lines.last_mut() {
            Some(line) if width(line) + 3 + width(&item) <= columns => {
                line.push_str("   ");
                line.push_str(&item);
            }
            _ => lines.push(item),
        }
    }
    let faint = |line| vec![(Tone::Faint, line)];
    lines.into_iter().map(faint).collect()
}

fn meanings(chart: &Chart, rows: &[Row], scale: &Scale) -> Vec<String> {
    let ideals = || rows.iter().filter_map(|row| row.ideal);
    let fits = chart
        .series
        .iter()
        .filter_map(|series| series.fitted.as_ref());
    let names: Vec<&str> = fits.map(|curve| curve.name.as_str()).collect();
    let fitted = match names.as_slice() {
        [name] if !name.is_empty() => *name,
        _ => "fitted",
    };
    let slow = |row: &Row| row.speedup.value > 0.0 && scale.starts_after(row.speedup.value);
    let marks = [
        (
            ideals().any(|ideal| !scale.ends_before(ideal)),
            IDEAL,
            "ideal",
        ),
        (rows.iter().any(|row| row.fitted.is_some()), FITTED, fitted),
        (
            ideals().any(|ideal| scale.ends_before(ideal)),
            BEYOND,
            "ideal beyond this scale",
        ),
        (rows.iter().any(slow), BEFORE, "below this scale"),
    ];
    let shown = marks.into_iter().filter(|(shown, ..)| *shown);
    let marks = shown.map(|(_, mark, meaning)| format!("{mark} {meaning}"));
    // A bar twice as long is not twice the speedup then, which has to be said.
    let scale = scale.doublings_from().map(|start| {
        let start = figure(start, digits(start));
        format!("equal steps are doublings, from {start} ×")
    });
    marks.chain(scale).collect()
}

/// Writes as much of a line as fits, without blanks at its end.
fn write_line(line: &Line, columns: usize, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let whole: String = line.iter().map(|(_, text)| text.as_str()).collect();
    let shown = fitting(whole.trim_end(), columns);
    let cut = width(&shown) < width(whole.trim_end());
    if !colour || cut {
        return writeln!(out, "{shown}");
    }
    let mut left = shown.len();
    for (tone, text) in line {
        let text = &text[..text.len().min(left)];
        left -= text.len();
        let ansi = tone.ansi();
        if !text.is_empty() {
            write!(out, "{ansi}{text}{ansi:#}")?;
        }
    }
    writeln!(out)
}

/// Columns of a terminal that a character takes.
fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn fitting(text: &str, columns: usize) -> String {
    shortened(text, columns as f64, |c| char_width(c) as f64)
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

fn padded_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests;
