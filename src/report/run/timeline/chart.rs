//! The timeline as lines of text: one row a slot, and the axis of time under them.

use super::{Slot, Span};
use crate::report::width::columns_of;
use anstyle::{AnsiColor, Style as Ansi};
use std::io::{self, Write};
use std::time::Duration;

/// A chart that is wider is harder to follow from one end to the other.
const COLUMNS_MAX: usize = 120;
/// A chart of fewer columns shows nothing.
const COLUMNS_MIN: usize = 12;
/// How far apart the ticks are at least, in columns: their labels stand between.
const TICK_COLUMNS_MIN: usize = 10;
/// What the last label may take beyond the end of the axis.
const LAST_LABEL_COLUMNS: usize = 3;

const START: char = '│';
const GOING_ON: char = '━';
const FAILED: char = '╳';
const SEVERAL: char = '▒';
const IDLE: char = ' ';

/// What one column of a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    shown: char,
    failed: bool,
}

const EMPTY: Cell = Cell {
    shown: IDLE,
    failed: false,
};

/// From times to columns.
#[derive(Clone, Copy, Debug)]
struct Scale {
    total_s: f64,
    columns: usize,
}

impl Scale {
    fn column(self, at_s: f64) -> usize {
        (at_s / self.total_s * self.columns as f64).round() as usize
    }

    /// The columns of a span: at least one.
    fn columns_of(self, span: &Span) -> std::ops::Range<usize> {
        let start = self.column(span.start.as_secs_f64()).min(self.columns - 1);
        let end = self.column(span.end.as_secs_f64()).min(self.columns);
        start..end.max(start + 1)
    }
}

pub(super) fn write(
    slots: &[Slot],
    elapsed: Duration,
    columns: usize,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let last_end = slots.iter().filter_map(|slot| slot.spans.last());
    let total = last_end.map(|span| span.end).fold(elapsed, Duration::max);
    let name_columns = columns_of(&format!("slot {} ", slots.len()));
    let room = columns.saturating_sub(name_columns + LAST_LABEL_COLUMNS);
    let scale = Scale {
        total_s: total.as_secs_f64().max(1e-9),
        columns: room.clamp(COLUMNS_MIN, COLUMNS_MAX),
    };
    let rows: Vec<Vec<Cell>> = slots.iter().map(|slot| row(slot, scale)).collect();
    for (i, row) in rows.iter().enumerate() {
        let name = format!("slot {}", i + 1);
        write!(out, "{name:<name_columns$}")?;
        write_row(row, colour, out)?;
    }
    let margin = " ".repeat(name_columns);
    writeln!(out, "{margin}{}", axis(scale))?;
    let shows = |sign: char| rows.iter().flatten().any(|cell| cell.shown == sign);
    let legend: Vec<&str> = [(FAILED, "╳ failed"), (SEVERAL, "▒ several tasks")]
        .into_iter()
        .filter(|(sign, _)| shows(*sign))
        .map(|(_, text)| text)
        .collect();
    match legend.is_empty() {
        true => Ok(()),
        false => writeln!(out, "{margin}{}", legend.join("   ")),
    }
}

fn row(slot: &Slot, scale: Scale) -> Vec<Cell> {
    let mut cells = vec![EMPTY; scale.columns];
    for span in &slot.spans {
        let columns = scale.columns_of(span);
        let crowded = cells[columns.start] != EMPTY;
        let body = match (&span.label, span.failed) {
            (None, false) => SEVERAL,
            (_, true) => FAILED,
            (Some(_), false) => GOING_ON,
        };
        for at in columns.clone() {
            // What shares the column with a neighbour is one of several, unless one has failed.
            let failed = span.failed || cells[at].shown != IDLE && cells[at].failed;
            let shown = match () {
                () if failed => FAILED,
                () if cells[at] != EMPTY => SEVERAL,
                () => body,
            };
            cells[at] = Cell { shown, failed };
        }
        if crowded || span.label.is_none() {
            continue;
        }
        if !span.failed || columns.len() > 1 {
            cells[columns.start].shown = START;
        }
        write_label(span, &mut cells[columns]);
    }
    cells
}

/// Writes what a span is called behind its start: its inputs, else its number, else nothing.
fn write_label(span: &Span, cells: &mut [Cell]) {
    let Some(label) = &span.label else {
        return;
    };
    // One column is the start, and one at least shows whether it failed.
    let room = cells.len().saturating_sub(2);
    // A text with characters of two columns would shift what follows.
    let is_narrow = columns_of(&label.text) == label.text.chars().count();
    let number = label.seq.to_string();
    let text = match &*label.text {
        "" => number,
        text if is_narrow && columns_of(text) <= room => text.to_owned(),
        _ => number,
    };
    if columns_of(&text) <= room {
        for (cell, shown) in cells[1..].iter_mut().zip(text.chars()) {
            cell.shown = shown;
        }
    }
}

/// Writes a row, without what is empty at its end; what has failed is red.
fn write_row(row: &[Cell], colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let red = Ansi::new().fg_color(Some(AnsiColor::Red.into()));
    let len = row.iter().rposition(|cell| *cell != EMPTY);
    for part in row[..len.map_or(0, |at| at + 1)].chunk_by(|a, b| a.failed == b.failed) {
        let text: String = part.iter().map(|cell| cell.shown).collect();
        let ansi = match colour && part[0].failed {
            true => red,
            false => Ansi::new(),
        };
        write!(out, "{ansi}{text}{ansi:#}")?;
    }
    writeln!(out)
}

/// Steps that people count time in, in seconds.
const STEPS_S: &[f64] = &[
    1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0,
    120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 18_000.0, 43_200.0, 86_400.0,
];

/// The labels of the time, each starting at its column.
fn axis(scale: Scale) -> String {
    let per_tick = TICK_COLUMNS_MIN as f64 / scale.columns as f64 * scale.total_s;
    let step = STEPS_S.iter().copied().find(|step| *step >= per_tick);
    let step = step.unwrap_or_else(|| (per_tick / 86_400.0).ceil() * 86_400.0);
    let (unit_s, unit) = match step {
        step if scale.total_s < 1.0 && step < 1.0 => (1e-3, "ms"),
        step if step < 60.0 => (1.0, "s"),
        step if step < 3_600.0 => (60.0, "min"),
        step if step < 86_400.0 => (3_600.0, "h"),
        _ => (86_400.0, "d"),
    };
    let mut axis = String::new();
    for tick in 0.. {
        let at_s = f64::from(tick) * step;
        let column = scale.column(at_s);
        if at_s > scale.total_s * 1.000_001 || column > scale.columns {
            break;
        }
        // In thousandths, so that 0.30000000000000004 is 0.3.
        let value = (at_s / unit_s * 1e3).round() / 1e3;
        let gap = column.saturating_sub(columns_of(&axis));
        axis = format!("{axis}{:gap$}{value} {unit}", "");
    }
    axis
}

#[cfg(test)]
mod tests {
    use super::super::Label;
    use super::*;

    fn span(start_ms: u64, end_ms: u64, text: &str, failed: bool) -> Span {
        Span {
            start: Duration::from_millis(start_ms),
            end: Duration::from_millis(end_ms),
            label: Some(Label {
                seq: 7,
                text: text.into(),
            }),
            failed,
        }
    }

    /// The row of these spans in 20 columns of 1 s.
    fn drawn(spans: Vec<Span>) -> String {
        let slot = Slot {
            spans,
            ..Slot::default()
        };
        let scale = Scale {
            total_s: 1.0,
            columns: 20,
        };
        row(&slot, scale).iter().map(|cell| cell.shown).collect()
    }

    #[test]
    fn a_task_is_called_by_what_fits() {
        assert_eq!(
            drawn(vec![span(0, 1000, "a b", false)]),
            "│a b━━━━━━━━━━━━━━━━"
        );
        assert_eq!(
            drawn(vec![
                span(0, 250, "long name", false),
                span(300, 1000, "日本", true)
            ]),
            "│7━━━ │7╳╳╳╳╳╳╳╳╳╳╳╳"
        );
        assert_eq!(
            drawn(vec![span(500, 600, "x", false)]),
            "          │━        "
        );
    }

    #[test]
    fn tasks_too_short_to_see_are_seen() {
        let short = |failed| (0..100).map(move |i| span(i * 5, i * 5 + 5, "x", failed && i == 55));
        assert_eq!(drawn(short(false).collect()), "▒▒▒▒▒▒▒▒▒▒▒         ");
        assert!(drawn(short(true).collect()).contains(FAILED));
        assert_eq!(
            drawn(vec![span(0, 1, "x", false), span(1000, 1000, "x", true)]),
            "│                  ╳"
        );
        let several = Span {
            label: None,
            ..span(100, 300, "", false)
        };
        assert_eq!(drawn(vec![several]), "  ▒▒▒▒              ");
    }

    #[test]
    fn the_axis_counts_as_people_do() {
        let axis_of = |total_s, columns| axis(Scale { total_s, columns });
        assert_eq!(axis_of(6.0, 36), "0 s         2 s         4 s         6 s");
        assert_eq!(axis_of(0.35, 36), "0 ms      100 ms     200 ms    300 ms");
        assert_eq!(axis_of(1.2, 24), "0 s       0.5 s     1 s");
        assert_eq!(axis_of(600.0, 30), "0 min          5 min          10 min");
        assert_eq!(axis_of(90_000.0, 20), "0 d                1 d");
        assert_eq!(axis_of(1e-9, 20), "0 ms");
    }
}
