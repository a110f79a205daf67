//! Lines whose parts stand out on a terminal.

use super::width::folded;
use anstyle::{AnsiColor, Style as Ansi};
use std::io::{self, Write};
use std::ops::Range;

/// How a part of a line stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Good,
    Warning,
    Bad,
}

impl Tone {
    fn ansi(self) -> Ansi {
        let coloured = |colour: AnsiColor| Ansi::new().fg_color(Some(colour.into()));
        match self {
            Tone::Plain => Ansi::new(),
            Tone::Strong => Ansi::new().bold(),
            Tone::Good => coloured(AnsiColor::Green),
            Tone::Warning => coloured(AnsiColor::Yellow),
            Tone::Bad => coloured(AnsiColor::Red),
        }
    }
}

/// A labelled line, in parts of one tone each.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) parts: Vec<(Tone, String)>,
}

/// How wide the column of the labels is.
const LABEL_LEN: usize = 11;

/// Texts are not folded to less than this, however narrow the terminal.
const TEXT_COLUMNS_MIN: usize = 20;

impl Row {
    pub(super) fn plain(label: &'static str, text: String) -> Row {
        Row::toned(label, Tone::Plain, text)
    }

    pub(super) fn toned(label: &'static str, tone: Tone, text: String) -> Row {
        Row {
            label,
            parts: vec![(tone, text)],
        }
    }

    /// Its parts without their tones.
    pub(super) fn text(&self) -> String {
        self.parts.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// The label, then the parts, in colour if that is wanted.
    pub(super) fn write(&self, colour: bool, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{:<LABEL_LEN$}", self.label)?;
        for (tone, text) in &self.parts {
            let ansi = if colour { tone.ansi() } else { Ansi::new() };
            write!(out, "{ansi}{text}{ansi:#}")?;
        }
        writeln!(out)
    }

    /// The same in lines of at most `columns`, folded between words and indented like the text. A row
    /// with a number too long for that is left whole: it is there to be copied.
    pub(super) fn write_folded(
        &self,
        colour: bool,
        columns: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let text = self.text();
        let room = columns.saturating_sub(LABEL_LEN).max(TEXT_COLUMNS_MIN);
        let is_number = |word: &str| {
            word.trim_start_matches('-')
                .bytes()
                .all(|b| b.is_ascii_digit())
        };
        if text
            .split(' ')
            .any(|word| word.len() > room && is_number(word))
        {
            return self.write(colour, out);
        }
        for (i, line) in folded(&text, room).into_iter().enumerate() {
            let label = if i == 0 { self.label } else { "" };
            write!(out, "{label:<LABEL_LEN$}")?;
            self.write_part(&line, colour, out)?;
            writeln!(out)?;
        }
        Ok(())
    }

    /// The bytes of the text in this range.
    fn write_part(
        &self,
        range: &Range<usize>,
        colour: bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut from = 0;
        for (tone, text) in &self.parts {
            let end = from + text.len();
            let (start, stop) = (range.start.max(from), range.end.min(end));
            if start < stop {
                let ansi = if colour { tone.ansi() } else { Ansi::new() };
                let text = &text[start - from..stop - from];
                write!(out, "{ansi}{text}{ansi:#}")?;
            }
            from = end;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(row: &Row, colour: bool, columns: usize) -> String {
        let mut out = Vec::new();
        row.write_folded(colour, columns, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_long_row_goes_on_below_its_text() {
        let row = Row::plain("note", "one two three four five".to_owned());
        assert_eq!(
            written(&row, false, 31),
            "note       one two three four\n           five\n"
        );
        assert_eq!(
            written(&row, false, 3),
            written(&row, false, 31),
            "some room is left"
        );
        assert_eq!(
            written(&row, false, 80),
            "note       one two three four five\n"
        );
    }

    #[test]
    fn every_part_keeps_its_tone_on_every_line() {
        let mut row = Row::toned("gate", Tone::Bad, "failed failed failed".to_owned());
        row.parts.push((Tone::Plain, " and more".to_owned()));
        assert_eq!(
            written(&row, true, 31),
            "gate       \u{1b}[31mfailed failed failed\u{1b}[0m\n           and more\n"
        );
    }

    #[test]
    fn a_number_is_never_cut() {
        let digits = "123".repeat(30);
        let row = Row::plain("total", format!("-{digits}  (verified)"));
        assert_eq!(
            written(&row, false, 80),
            format!("total      -{digits}  (verified)\n")
        );
    }
}
