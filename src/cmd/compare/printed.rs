//! What the runs of a program print: held to one output, and where another begins to differ.

use crate::digest::Digest;
use crate::units;

/// So many bytes of an output are kept, to show where another one begins to differ.
const KEPT: usize = 64 << 10;

/// So many characters are shown of a line that differs.
const SHOWN: usize = 60;

/// What a run printed on its standard output.
#[derive(Clone, Debug, Default)]
pub(super) struct Printed {
    /// Of all of it but the white space at its end.
    digest: Digest,
    len: u64,
    /// Of all of it so far: white space is part of it only when something follows, and however much there
    /// is, it need not be kept.
    digest_so_far: Digest,
    len_so_far: u64,
    start_so_far: Vec<u8>,
}

impl Printed {
    /// How many bytes it has, but for white space at its end.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn of(text: &[u8]) -> Printed {
        let mut printed = Printed::default();
        printed.read(text);
        printed
    }

    pub(super) fn read(&mut self, bytes: &[u8]) {
        let text_end = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace());
        let (text, space) = bytes.split_at(text_end.map_or(0, |last| last + 1));
        self.add(text);
        if !text.is_empty() {
            self.digest.clone_from(&self.digest_so_far);
            self.len = self.len_so_far;
        }
        self.add(space);
    }

    fn add(&mut self, bytes: &[u8]) {
        self.digest_so_far.update(bytes);
        self.len_so_far += bytes.len() as u64;
        let room = KEPT
            .saturating_sub(self.start_so_far.len())
            .min(bytes.len());
        self.start_so_far.extend_from_slice(&bytes[..room]);
    }

    /// The first bytes of it, without the white space at its end.
    fn start(&self) -> &[u8] {
        let len = usize::try_from(self.len).unwrap_or(usize::MAX);
        &self.start_so_far[..len.min(self.start_so_far.len())]
    }

    pub(super) fn is_same(&self, other: &Printed) -> bool {
        self.len == other.len && self.digest == other.digest
    }

    /// Where another output begins to differ, with what stands there in both.
    pub(super) fn difference(&self, other: &Printed) -> String {
        let pairs = self.start().iter().zip(other.start());
        let same = pairs.take_while(|(a, b)| a == b).count();
        if same == KEPT {
            return format!(
                "they are the same up to byte {}, and differ beyond it ({} and {} bytes)",
                units::count(KEPT as u128),
                units::count(u128::from(self.len)),
                units::count(u128::from(other.len))
            );
        }
        let line = 1 + self.start()[..same]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        format!(
            "line {line} is '{}', and was '{}'",
            other.line_at(same),
            self.line_at(same)
        )
    }

    /// The line that a byte stands in, made printable.
    fn line_at(&self, at: usize) -> String {
        let start = self.start();
        let (before, after) = start.split_at(at.min(start.len()));
        let begin = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |i| i + 1);
        let end = after
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(start.len(), |i| at + i);
        let text = String::from_utf8_lossy(&start[begin..end]).into_owned();
        let shown: String = text.chars().take(SHOWN).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        format!("{}{more}", units::printable(&shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_difference_is_shown_with_its_line() {
        for (one, other, says) in [
            ("a\nbc\nd", "a\nbx\nd", "line 2 is 'bx', and was 'bc'"),
            ("a", "", "line 1 is '', and was 'a'"),
            ("a\n", "a\nb", "line 1 is 'a', and was 'a'"),
        ] {
            let (one, other) = (Printed::of(one.as_bytes()), Printed::of(other.as_bytes()));
            assert!(!one.is_same(&other));
            assert_eq!(one.difference(&other), says);
        }
        assert!(Printed::of(b"a\n").is_same(&Printed::of(b"a")));
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(text in "[ a\n]{0,40}", at in 0usize..40) {
            let text = text.as_bytes();
            let mut pieces = Printed::default();
            let (one, other) = text.split_at(at.min(text.len()));
            [one, other].into_iter().for_each(|piece| pieces.read(piece));
            prop_assert!(pieces.is_same(&Printed::of(text)));
            prop_assert_eq!(pieces.start(), text.trim_ascii_end());
        }
    }
}
