//! Texts in the columns of a terminal.

use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns a printable text takes.
pub(super) fn columns_of(text: &str) -> usize {
    text.width()
}

/// As much of a printable text as fits in `columns`, with an ellipsis when something is left out.
pub(super) fn shortened(text: &str, columns: usize) -> String {
    if columns_of(text) <= columns {
        return text.to_owned();
    }
    let Some(mut left) = columns.checked_sub(1) else {
        return String::new();
    };
    let fits = |c: &char| match left.checked_sub(c.width().unwrap_or(0)) {
        Some(less) => {
            left = less;
            true
        }
        None => false,
    };
    let kept: String = text.chars().take_while(fits).collect();
    kept + "…"
}

/// A printable text followed by as many blanks as make it `columns` wide.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", blanks(text, columns))
}

/// A printable text after as many blanks as make it `columns` wide.
pub(super) fn padded_left(text: &str, columns: usize) -> String {
    format!("{}{text}", blanks(text, columns))
}

fn blanks(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(columns_of(text)))
}

/// Where a printable text is cut into lines of at most `columns`: between words, within a word only
/// where it fills a line by itself. The blanks at a cut are on neither line. There is always a line.
pub(super) fn folded(text: &str, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let mut lines: Vec<Range<usize>> = Vec::new();
    for word in words(text) {
        match lines.last_mut() {
            Some(line) if columns_of(&text[line.start..word.end]) <= columns => {
                line.end = word.end;
            }
            _ => lines.push(word),
        }
        // A word that is wider than a line, which it is alone on.
        while let Some(line) = lines.last_mut()
            && let Some(end) = end_of_line(text, line, columns)
        {
            let rest = end..line.end;
            line.end = end;
            lines.push(rest);
        }
    }
    if lines.is_empty() {
        lines.push(0..0);
    }
    lines
}

/// Where a line has to end that is wider than `columns`; after one character at least.
fn end_of_line(text: &str, line: &Range<usize>, columns: usize) -> Option<usize> {
    let mut used = 0;
    let over = text[line.clone()].char_indices().find(|(at, c)| {
        used += c.width().unwrap_or(0);
        *at > 0 && used > columns
    });
    over.map(|(at, _)| line.start + at)
}

/// The words of a text, which are what is between blanks.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c == ' ', start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => (),
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str, columns: usize) -> Vec<&str> {
        let lines = folded(text, columns).into_iter();
        lines.map(|line| &text[line]).collect()
    }

    #[test]
    fn a_text_is_folded_between_words() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("one two three", 8), ["one two", "three"]);
        assert_eq!(lines("one  two", 8), ["one  two"]);
        assert_eq!(lines("one  two", 7), ["one", "two"]);
        assert_eq!(lines("a longestword b", 5), ["a", "longe", "stwor", "d b"]);
        assert_eq!(lines("日本語 x", 5), ["日本", "語 x"]);
        assert_eq!(lines("日本", 1), ["日", "本"]);
        assert_eq!(lines("", 5), [""]);
        assert_eq!(lines("   ", 5), [""]);
    }

    proptest! {
        #[test]
        fn folding_loses_nothing_but_blanks(text in "[a-c日 ]{0,60}", columns in 2usize..30) {
            let lines = lines(&text, columns);
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            for line in &lines {
                prop_assert!(columns_of(line) <= columns, "{:?}", lines);
                prop_assert!(line.trim_end() == *line, "{:?}", lines);
            }
        }
    }

    #[test]
    fn wide_characters_are_padded_by_their_columns() {
        assert_eq!(padded("日本", 6), "日本  ");
        assert_eq!(padded_left("日本", 5), " 日本");
        assert_eq!(padded_left("abc", 2), "abc");
    }

    #[test]
    fn a_text_is_cut_by_its_columns() {
        for (text, columns, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
            ("", 0, ""),
        ] {
            assert_eq!(shortened(text, columns), expected);
        }
    }
}
