//! Lines whose parts stand out on a terminal.

use anstyle::{AnsiColor, Style as Ansi};
use std::io::{self, Write};

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
}
