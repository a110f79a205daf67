//! Blocks of a regular file that workers read by themselves, each at its place, side by side.

use super::feed::{BYTE_ORDER_MARK, Block};
use super::text::is_separator;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// How many bytes behind a region are read with it: mostly enough for the end of its last number.
const BEHIND_LEN: usize = 256;

/// A part of a file. It has the numbers that begin in it: one that was begun before belongs to the region
/// before, the last one is read to its end.
#[derive(Debug)]
pub struct Region {
    file: Arc<File>,
    /// From where it begins to the end of the file.
    places: Range<u64>,
    len: usize,
    buffer: Vec<u8>,
}

impl Region {
    /// `len` bytes, or fewer at the end of the file, of those at `places`, to be read into `buffer`.
    pub(super) fn new(file: Arc<File>, places: Range<u64>, len: usize, buffer: Vec<u8>) -> Region {
        Region {
            file,
            places,
            len,
            buffer,
        }
    }

    /// Reads it.
    ///
    /// The regions of a file, one behind the other, have all its text, each up to a separator. One that lies
    /// within a single "number" is not whole: that is longer than any can be.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn read(self) -> io::Result<Block> {
        let Region {
            file,
            places,
            len,
            mut buffer,
        } = self;
        // The byte before tells whether a number goes on from there.
        let before = usize::from(places.start > 0);
        let places = places.start - before as u64..places.end;
        let end = before + len;
        let behind = BEHIND_LEN.min(len);
        let mut filled = fill(&file, &mut buffer, 0..end + behind, &places)?;
        let from = match before {
            0 if buffer[..filled].starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
            0 => 0,
            _ => match separator_in(&buffer, 0, filled.min(end)) {
                Some(at) => at + 1,
                // The number that was begun before ends with the file.
                None if filled < end => filled,
                // It goes on beyond the region.
                None => return Ok(Block::new(buffer, 1..filled.min(end), false)),
            },
        };
        if filled < end {
            return Ok(Block::new(buffer, from..filled, true));
        }
        // The last byte may be the separator behind the last number.
        let mut to = separator_in(&buffer, end - 1, filled);
        if to.is_none() && filled == end + behind {
            filled = fill(&file, &mut buffer, filled..end + len, &places)?;
            to = separator_in(&buffer, end - 1, filled);
        }
        let to = match to {
            Some(at) => at + 1,
            None if filled < end + len => filled,
            // The last number fills the next region, which says so.
            None => buffer[from..end]
                .iter()
                .rposition(|byte| is_separator(*byte))
                .map_or(from, |at| from + at + 1),
        };
        Ok(Block::new(buffer, from.min(to)..to, true))
    }
}

/// Reads on from `range.start` until the buffer has `range.end` bytes or the file has ended; says how many it has.
fn fill(
    file: &File,
    buffer: &mut Vec<u8>,
    range: Range<usize>,
    places: &Range<u64>,
) -> io::Result<usize> {
    let there = usize::try_from(places.end - places.start).unwrap_or(usize::MAX);
    let end = range.end.min(there);
    let mut filled = range.start;
    if buffer.len() < end {
        buffer.resize(end, 0);
    }
    while filled < end {
        match file.read_at(&mut buffer[filled..end], places.start + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Where the first separator stands.
fn separator_in(buffer: &[u8], from: usize, to: usize) -> Option<usize> {
    let part = buffer.get(from..to)?;
    let at = part.iter().position(|byte| is_separator(*byte))?;
    Some(from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    /// The blocks of a file in regions of this length.
    fn blocks(text: &[u8], len: usize) -> Vec<Block> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        let file = Arc::new(file);
        let regions = (0..text.len()).step_by(len);
        let read = regions.map(|offset| {
            // As left behind by another region.
            let buffer = vec![b'9'; offset % 7];
            Region::new(
                Arc::clone(&file),
                offset as u64..text.len() as u64,
                len,
                buffer,
            )
            .read()
        });
        read.map(Result::unwrap).collect()
    }

    proptest! {
        #[test]
        fn regions_have_the_whole_text_in_whole_numbers(
            words in proptest::collection::vec(("[0-9]{1,12}", "[ \n,]{1,3}"), 0..80),
            last in "[0-9]{0,9}",
            len in 13usize..80,
        ) {
            let text: String = words.into_iter().map(|(word, behind)| word + &behind).chain([last]).collect();
            let mut joined = Vec::new();
            for block in blocks(text.as_bytes(), len) {
                prop_assert!(block.is_whole());
                prop_assert!(joined.last().is_none_or(|byte| is_separator(*byte)) || block.text().is_empty());
                joined.extend_from_slice(block.text());
            }
            prop_assert_eq!(String::from_utf8(joined).unwrap(), text);
        }

        #[test]
        fn what_is_too_long_is_in_a_block_that_is_not_whole(
            before in "([0-9]{1,5}\n){0,9}",
            digits in 0usize..1_000,
            after in "(\n[0-9]{1,5}){0,9}",
            len in 8usize..80,
        ) {
            let text = format!("{before}{}{after}", "1".repeat(digits));
            let blocks = blocks(text.as_bytes(), len);
            let ends = blocks.iter().position(|block| !block.is_whole());
            let joined: Vec<u8> = blocks[..ends.unwrap_or(blocks.len())].iter().flat_map(|block| block.text().to_vec()).collect();
            match ends {
                // All before it, up to where it begins.
                Some(_) => {
                    prop_assert!(digits > len);
                    prop_assert_eq!(String::from_utf8(joined).unwrap(), before);
                }
                None => {
                    prop_assert!(digits < 2 * len);
                    prop_assert_eq!(String::from_utf8(joined).unwrap(), text);
                }
            }
        }
    }
}
