//! Output cut at the ends of lines, for lines of several tasks that are shown as they come.

/// Turns pieces of output into pieces of whole lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineAssembler {
    /// The line that has not ended yet.
    begun: Vec<u8>,
}

impl LineAssembler {
    /// How long a line may be, in bytes, before it is handed on in parts.
    pub const LINE_LEN_MAX: usize = 1 << 20;

    /// Nothing has come yet.
    #[must_use]
    pub fn new() -> LineAssembler {
        LineAssembler::default()
    }

    /// Takes the next piece, and hands on whole lines, several at a time. Only of a line longer than
    /// [`LINE_LEN_MAX`](LineAssembler::LINE_LEN_MAX) a part is handed on that does not end in a newline.
    pub fn push(&mut self, piece: &[u8], mut on_lines: impl FnMut(&[u8])) {
        let Some(last_end) = memchr::memrchr(b'\n', piece) else {
            return self.begin(piece, &mut on_lines);
        };
        let (whole, rest) = piece.split_at(last_end + 1);
        match self.begun.is_empty() {
            true => on_lines(whole),
            false => self.end_with(whole, &mut on_lines),
        }
        self.begin(rest, &mut on_lines);
    }

    /// Hands on the line that was begun, if one was, as far as it came.
    pub fn finish(&mut self, mut on_lines: impl FnMut(&[u8])) {
        if !self.begun.is_empty() {
            self.end_with(b"", &mut on_lines);
        }
    }

    /// Hands on the line that was begun with its end and the lines after it.
    fn end_with(&mut self, whole: &[u8], on_lines: &mut impl FnMut(&[u8])) {
        self.begun.extend_from_slice(whole);
        on_lines(&self.begun);
        self.begun.clear();
    }

    fn begin(&mut self, mut piece: &[u8], on_lines: &mut impl FnMut(&[u8])) {
        while self.begun.len() + piece.len() > LineAssembler::LINE_LEN_MAX {
            let (fits, rest) = piece.split_at(LineAssembler::LINE_LEN_MAX - self.begun.len());
            self.begun.extend_from_slice(fits);
            self.end_with(b"", on_lines);
            piece = rest;
        }
        self.begun.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn handed_on<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
        let (mut lines, mut all) = (LineAssembler::new(), Vec::new());
        for piece in pieces {
            lines.push(piece, |whole| all.push(whole.to_vec()));
        }
        lines.finish(|whole| all.push(whole.to_vec()));
        all
    }

    #[test]
    fn a_half_line_waits_for_its_end() {
        let pieces = ["a", "b\nc\nd", "", "\n", "e"];
        let expected = ["ab\nc\n", "d\n", "e"];
        let pieces = pieces.iter().map(|piece| piece.as_bytes());
        assert_eq!(
            handed_on(pieces),
            expected.map(|text| text.as_bytes().to_vec())
        );
        assert!(handed_on(std::iter::empty()).is_empty());
    }

    #[test]
    fn an_endless_line_comes_in_parts() {
        let max = LineAssembler::LINE_LEN_MAX;
        let endless = vec![b'x'; 2 * max + 5];
        for cut in [1000, max, 3 * max] {
            let lens: Vec<usize> = handed_on(endless.chunks(cut))
                .iter()
                .map(Vec::len)
                .collect();
            assert_eq!(lens, [max, max, 5], "{cut}");
        }
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_or_added_and_lines_stay_whole(
            text in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            cut in 1usize..20,
        ) {
            let all = handed_on(text.chunks(cut));
            let whole = all.len() - usize::from(!text.is_empty() && !text.ends_with(b"\n"));
            prop_assert!(all[..whole].iter().all(|whole| whole.ends_with(b"\n")));
            prop_assert_eq!(all.concat(), text);
        }
    }
}
