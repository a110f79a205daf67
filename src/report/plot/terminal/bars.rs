//! Times of programs as bars of text.

use super::super::bars::{Bar, Bars};
use super::{
    BAR_COLUMNS_MAX, BAR_COLUMNS_MIN, EIGHTHS, GAP, Line, Tone, fitting, padded, padded_left,
    width, write_line,
};
use std::io::{self, Write};

/// Writes bars that have been made drawable.
pub(in crate::report::plot) fn write_bars(
    bars: &Bars,
    columns: usize,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if bars.bars.is_empty() {
        return Ok(());
    }
    let widest = |text: fn(&Bar) -> &str| {
        let widths = bars.bars.iter().map(|bar| width(text(bar)));
        widths.max().unwrap_or(0)
    };
    let name = widest(|bar| &bar.name).min(columns / 3);
    let (label, relative) = (widest(|bar| &bar.label), widest(|bar| &bar.relative));
    let beside = name + label + relative + 3 * GAP.len();
    let room = match columns.saturating_sub(beside) {
        room if room < BAR_COLUMNS_MIN => 0,
        room => room.min(BAR_COLUMNS_MAX),
    };
    write_line(
        &vec![(Tone::Strong, bars.quantity.clone())],
        columns,
        colour,
        out,
    )?;
    for bar in &bars.bars {
        let mut line: Line = vec![(Tone::Plain, padded(&fitting(&bar.name, name), name))];
        if room > 0 {
            let filled = filled(bar.time, bars.longest(), room);
            line.push((Tone::Plain, GAP.to_owned()));
            line.push((Tone::Series(0), padded(&filled, room)));
        }
        line.push((Tone::Plain, GAP.to_owned()));
        line.push((Tone::Strong, padded_left(&bar.label, label)));
        line.push((Tone::Plain, GAP.to_owned()));
        line.push((Tone::Plain, padded_left(&bar.relative, relative)));
        write_line(&line, columns, colour, out)?;
    }
    Ok(())
}

/// A bar of blocks of an eighth of a column; a sliver for the smallest, so that no time looks like none.
fn filled(time: f64, longest: f64, room: usize) -> String {
    let share = if longest > 0.0 { time / longest } else { 0.0 };
    let eighths = (share * room as f64 * 8.0).round() as usize;
    let eighths = eighths.clamp(usize::from(time > 0.0), room * 8);
    let mut bar = EIGHTHS[7].to_string().repeat(eighths / 8);
    if eighths % 8 > 0 {
        bar.push(EIGHTHS[eighths % 8 - 1]);
    }
    bar
}
