//! A few lines at the end of a terminal that are drawn over and over.

use crate::report::width::{columns_of, shortened};

/// The columns left free for an echoed `^C` and the cursor, so that neither makes a line wrap.
pub(super) const MARGIN: usize = 4;

/// Lines on a terminal, or one line elsewhere, and how they are taken away again.
///
/// indicatif draws several lines by filling each to the terminal's last column. What a terminal
/// echoes then wraps, and the lines can't be found again to be cleared; these stop short.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// How many columns each line that is shown takes.
    shown: Vec<usize>,
}

impl Block {
    /// Whether anything is shown.
    pub(super) fn is_shown(&self) -> bool {
        !self.shown.is_empty()
    }

    /// What to write to take the lines away from a terminal that is `columns` wide by now, which
    /// leaves the cursor where the first one started.
    pub(super) fn erase(&mut self, columns: usize) -> String {
        // A terminal that was made narrower has wrapped them.
        let rows: usize = std::mem::take(&mut self.shown)
            .into_iter()
            .map(|len| len.div_ceil(columns.max(1)).max(1))
            .sum();
        match rows {
            0 => String::new(),
            1 => "\r\x1b[J".to_owned(),
            rows => format!("\r\x1b[{}A\x1b[J", rows - 1),
        }
    }

    /// What to write to show these lines in the place of those before, in a terminal of so many
    /// rows and columns.
    pub(super) fn draw(&mut self, lines: &[String], (rows, columns): (usize, usize)) -> String {
        let erase = self.erase(columns);
        // One row is left to what was written before.
        let fitting = lines.iter().take(rows.saturating_sub(1).max(1));
        let cut = fitting.map(|line| shortened(line, columns.saturating_sub(MARGIN)));
        let lines: Vec<String> = cut.collect();
        self.shown = lines.iter().map(|line| columns_of(line)).collect();
        erase + &lines.join("\r\n")
    }

    /// What to write to show a line over the one before where nothing can be erased.
    pub(super) fn overwrite(&mut self, line: &str) -> String {
        let len = columns_of(line);
        let left = self.shown.first().map_or(0, |old| old.saturating_sub(len));
        self.shown = vec![len];
        format!("\r{line}{:left$}", "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn lines_are_taken_away_as_they_were_drawn() {
        let mut block = Block::default();
        assert_eq!(block.erase(80), "");
        assert_eq!(
            block.draw(&lines(&["ab", "c", ""]), (24, 80)),
            "ab\r\nc\r\n"
        );
        assert_eq!(block.draw(&lines(&["d"]), (24, 80)), "\r\x1b[2A\x1b[Jd");
        assert_eq!(block.erase(80), "\r\x1b[J");
        assert!(!block.is_shown() && block.erase(80).is_empty());
    }

    #[test]
    fn no_line_wraps_even_when_the_terminal_shrinks() {
        let mut block = Block::default();
        let long = "x".repeat(100);
        let drawn = block.draw(&lines(&[&long, "ab"]), (24, 20));
        assert_eq!(drawn, format!("{}…\r\nab", "x".repeat(15)));
        // The first line takes two rows of ten columns by now.
        assert_eq!(block.erase(10), "\r\x1b[2A\x1b[J");
    }

    #[test]
    fn there_are_no_more_lines_than_the_terminal_has() {
        let mut block = Block::default();
        assert_eq!(block.draw(&lines(&["a", "b", "c"]), (3, 80)), "a\r\nb");
        assert_eq!(block.draw(&lines(&["a"]), (0, 0)), "\r\x1b[1A\x1b[J");
    }

    #[test]
    fn where_nothing_can_be_erased_it_is_written_over() {
        let mut block = Block::default();
        assert_eq!(block.overwrite("abc"), "\rabc");
        assert_eq!(block.overwrite("d"), "\rd  ");
        assert_eq!(block.overwrite("de"), "\rde");
    }
}
