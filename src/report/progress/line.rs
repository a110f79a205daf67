//! The one line of standard error that indicatif draws a bar on.

use console::Term;
use indicatif::TermLike;
use std::io::{self, Write};

/// The one line of standard error the bar is written on, over and over.
///
/// indicatif's own terminal fills the line to its last column, so that the `^C` a terminal echoes
/// goes to the next line and the bar can't be found again to be cleared; this one stops short.
#[derive(Debug)]
pub(super) struct Line {
    on_terminal: bool,
    columns: u16,
}

impl Line {
    /// The columns left free for an echoed `^C` and the cursor.
    const MARGIN: u16 = 4;
    /// The columns of a terminal that does not say, and of what is none.
    const COLUMNS: u16 = 80;

    pub(super) fn new(on_terminal: bool) -> Line {
        let size = on_terminal.then(|| Term::stderr().size_checked()).flatten();
        let columns = size.map_or(Line::COLUMNS, |(_, columns)| columns);
        Line {
            on_terminal,
            columns: columns.saturating_sub(Line::MARGIN),
        }
    }
}

impl TermLike for Line {
    fn width(&self) -> u16 {
        self.columns
    }

    fn move_cursor_up(&self, _lines: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _lines: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _columns: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _columns: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{text}")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        write!(io::stderr(), "{text}")
    }

    /// To the line's start; on a terminal the line is erased, elsewhere it is written over.
    fn clear_line(&self) -> io::Result<()> {
        let erase = if self.on_terminal { "\r\x1b[2K" } else { "\r" };
        write!(io::stderr(), "{erase}")
    }

    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}
