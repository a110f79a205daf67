//! The last lines of an output, for the summary of a task that failed.

/// Keeps the end of what is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    /// How much of the end is kept at least, in bytes.
    pub const LEN: usize = 4096;

    /// The end of nothing yet.
    #[must_use]
    pub fn new() -> Tail {
        Tail::default()
    }

    /// What was written next.
    pub fn push(&mut self, bytes: &[u8]) {
        let last = &bytes[bytes.len().saturating_sub(Tail::LEN)..];
        // Moved only when it has doubled, so that a byte is moved once at most on average.
        if self.bytes.len() + last.len() > 2 * Tail::LEN {
            let surplus = self.bytes.len() - Tail::LEN.min(self.bytes.len());
            self.bytes.drain(..surplus);
        }
        self.bytes.extend_from_slice(last);
    }

    /// The last `lines` lines at most, the first of which is cut when it is long.
    #[must_use]
    pub fn lines(&self, lines: usize) -> &[u8] {
        let last = &self.bytes[self.bytes.len().saturating_sub(Tail::LEN)..];
        let end = last.strip_suffix(b"\n").unwrap_or(last);
        let starts = memchr::memrchr_iter(b'\n', end);
        let start = match lines.checked_sub(1) {
            Some(ends_before) => starts.skip(ends_before).map(|at| at + 1).next(),
            None => Some(last.len()),
        };
        &last[start.unwrap_or(0)..]
    }

    /// Forgets everything, for the next task.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tail(text: &[u8]) -> Tail {
        let mut tail = Tail::new();
        tail.push(text);
        tail
    }

    #[test]
    fn a_line_counts_whether_it_is_ended_or_not() {
        for (text, lines, expected) in [
            ("", 3, ""),
            ("a", 1, "a"),
            ("a\n", 1, "a\n"),
            ("a\nb\nc", 2, "b\nc"),
            ("a\nb\nc\n", 2, "b\nc\n"),
            ("a\nb\n\n", 2, "b\n\n"),
            ("a\nb\n", 9, "a\nb\n"),
            ("a\nb\n", 0, ""),
        ] {
            let tail = tail(text.as_bytes());
            assert_eq!(tail.lines(lines), expected.as_bytes(), "{text:?} {lines}");
        }
    }

    proptest! {
        #[test]
        fn it_is_the_end_however_it_was_written(
            text in proptest::collection::vec(any::<u8>(), 0..30_000),
            cut in 1usize..9_000,
        ) {
            let mut tail = Tail::new();
            text.chunks(cut).for_each(|piece| tail.push(piece));
            let end = &text[text.len().saturating_sub(Tail::LEN)..];
            prop_assert_eq!(tail.lines(usize::MAX), end);
            prop_assert!(tail.bytes.len() <= 2 * Tail::LEN);
        }
    }
}
