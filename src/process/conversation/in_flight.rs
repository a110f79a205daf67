//! A portion that a worker has been given, and what has come back for it.

use super::{Answers, Portion};
use crate::task::Delimiter;
use std::time::{Duration, Instant};

/// The longest answer, in bytes: as long as the longest item.
pub(super) const ANSWER_LEN_MAX: usize = 6 << 20;

/// From here on answers are handed on before the portion is answered.
const HELD_LEN_MAX: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct InFlight {
    /// Without the items whose answers were handed on.
    pub(super) portion: Portion,
    /// How many of its bytes were written to the worker, of those that were there at first.
    pub(super) written: usize,
    /// What has come back.
    bytes: Vec<u8>,
    /// How many whole answers that is.
    pub(super) answered: usize,
    /// Where the last one ends.
    end: usize,
    /// Whether what follows there is within quotes.
    is_quoted: bool,
    pub(super) sent: Instant,
    /// When something came last.
    pub(super) heard: Instant,
    /// Since when there are as many answers as items.
    pub(super) complete: Option<Instant>,
    /// Whether some answers were handed on.
    pub(super) handed_on: bool,
    /// Whether the worker was seen to wait for more since then.
    pub(super) is_quiet: bool,
}

/// What is wrong with what has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// There are more answers than items.
    Extra,
    /// An answer goes on for too long.
    Long,
}

impl InFlight {
    pub(super) fn new(portion: Portion, now: Instant) -> InFlight {
        InFlight {
            portion,
            written: 0,
            bytes: Vec::new(),
            answered: 0,
            end: 0,
            is_quoted: false,
            sent: now,
            heard: now,
            complete: None,
            handed_on: false,
            is_quiet: false,
        }
    }

    /// Takes what has come.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        delimiter: Delimiter,
        now: Instant,
    ) -> Option<Wrong> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.heard = now;
        self.is_quiet = false;
        let (count, last) = delimiter.count_ends(bytes, &mut self.is_quoted);
        self.answered += count;
        if let Some(last) = last {
            self.end = start + last + 1;
        }
        let is_begun = self.bytes.len() > self.end;
        if self.answered > self.portion.len() || (self.answered == self.portion.len() && is_begun) {
            return Some(Wrong::Extra);
        }
        if self.bytes.len() - self.end > ANSWER_LEN_MAX {
            return Some(Wrong::Long);
        }
        if self.answered == self.portion.len() {
            self.complete.get_or_insert(now);
        }
        None
    }

    /// Ends the answer that the worker has not ended.
    pub(super) fn end_last(&mut self, delimiter: Delimiter) {
        if self.bytes.len() > self.end {
            self.bytes.push(delimiter.byte());
            self.end = self.bytes.len();
            self.answered += 1;
        }
    }

    /// Whether so much has come that it is to be handed on.
    pub(super) fn is_large(&self) -> bool {
        self.end > HELD_LEN_MAX && self.answered < self.portion.len()
    }

    /// The whole answers, for the items that come first, which are forgotten.
    pub(super) fn take_answers(&mut self) -> Answers {
        let rest = self.bytes.split_off(self.end);
        let bytes = std::mem::replace(&mut self.bytes, rest);
        let count = std::mem::take(&mut self.answered);
        self.handed_on |= count > 0;
        self.end = 0;
        let first = self.portion.first;
        let before = self.portion.bytes.len();
        let closes = self.portion.closes;
        self.portion = std::mem::take(&mut self.portion).after(count);
        self.portion.closes = closes;
        // What was written is counted from the start of what is left.
        self.written = self
            .written
            .saturating_sub(before - self.portion.bytes.len());
        Answers {
            first,
            count,
            bytes,
        }
    }

    pub(super) fn is_written(&self) -> bool {
        self.written == self.portion.bytes.len()
    }

    /// What has come without having been handed on, for whoever is told what is wrong.
    pub(super) fn shown(&self) -> &[u8] {
        &self.bytes[..self.bytes.len().min(200)]
    }

    /// How long the items take that are left, by what one takes.
    pub(super) fn left(&self, per_item: Duration) -> Duration {
        let left = self.portion.len().saturating_sub(self.answered);
        per_item.saturating_mul(u32::try_from(left).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_flight(items: usize) -> InFlight {
        let portion = Portion {
            first: 5,
            bytes: b"x\n".repeat(items),
            ends: (1..=items).map(|i| 2 * i).collect(),
            ..Portion::default()
        };
        InFlight::new(portion, Instant::now())
    }

    fn take(in_flight: &mut InFlight, text: &str, delimiter: Delimiter) -> Option<Wrong> {
        in_flight.take(text.as_bytes(), delimiter, Instant::now())
    }

    #[test]
    fn it_is_complete_with_as_many_answers_as_items() {
        let mut lines = in_flight(2);
        for (text, answered) in [("a", 0), ("b\nc", 1), ("\n", 2)] {
            assert!(lines.complete.is_none());
            assert_eq!(take(&mut lines, text, Delimiter::Newline), None);
            assert_eq!(lines.answered, answered);
        }
        assert!(lines.complete.is_some());
        let answers = lines.take_answers();
        assert_eq!((answers.first, answers.count), (5, 2));
        assert_eq!(answers.bytes, b"ab\nc\n");
        assert!(lines.portion.is_empty());
    }

    #[test]
    fn an_answer_too_many_is_noticed_with_its_first_byte() {
        for (before, text) in [("a\nb\n", "c"), ("a\n", "b\nc"), ("", "a\nb\nc\n")] {
            let mut lines = in_flight(2);
            assert_eq!(take(&mut lines, before, Delimiter::Newline), None);
            let wrong = take(&mut lines, text, Delimiter::Newline);
            assert_eq!(wrong, Some(Wrong::Extra));
        }
    }

    #[test]
    fn newlines_between_quotes_end_no_record() {
        let mut records = in_flight(2);
        for text in ["\"a\n", "b\"\n", "c\n"] {
            assert_eq!(take(&mut records, text, Delimiter::Csv), None);
        }
        assert!(records.complete.is_some());
    }

    #[test]
    fn long_answers_are_handed_on_before_the_last() {
        let mut lines = in_flight(3);
        lines.written = 4;
        let long = "x".repeat(HELD_LEN_MAX);
        assert_eq!(take(&mut lines, &long, Delimiter::Newline), None);
        assert!(!lines.is_large());
        assert_eq!(take(&mut lines, "\ny", Delimiter::Newline), None);
        assert!(lines.is_large());
        let answers = lines.take_answers();
        assert_eq!((answers.count, answers.bytes.len()), (1, HELD_LEN_MAX + 1));
        assert_eq!(
            (lines.portion.first, lines.written, lines.answered),
            (6, 2, 0)
        );
        lines.end_last(Delimiter::Newline);
        assert_eq!(lines.take_answers().bytes, b"y\n");
        let endless = "x".repeat(ANSWER_LEN_MAX + 1);
        let wrong = take(&mut lines, &endless, Delimiter::Newline);
        assert_eq!(wrong, Some(Wrong::Long));
    }
}
