//! One input source, by position: items of the command line, or the records of a file.

use super::error::TaskError;
use super::items::Block;
use super::range;
use super::records::{Delimiter, Look, Records};
use super::words::Given;
use crate::input;
use crate::machine;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::time::Duration;

/// An input source.
#[derive(Debug)]
pub(super) enum Source {
    Items(Items),
    Stream(Stream),
}

impl Source {
    /// Opens what was given. Items that are ranges stand for their numbers if `ranges`; a file is
    /// kept as it is read if its inputs are asked for more than once, `again`.
    pub(super) fn open(
        given: Given,
        ranges: bool,
        delimiter: Delimiter,
        again: bool,
    ) -> Result<Source, TaskError> {
        let path = match given {
            Given::Items(items) => return Items::new(items, ranges).map(Source::Items),
            Given::File(path) if path == Path::new("-") => input::Source::StandardInput,
            Given::File(path) => input::Source::File(path),
        };
        let file = open(&path).map_err(|source| TaskError::Unreadable {
            name: path.name(),
            source,
        })?;
        let records = Records::new(file, path.name(), delimiter);
        Ok(Source::Stream(Stream::new(records, again)))
    }

    /// Input `i`, counted from 0, waited for no longer than `limit`. Of a stream that is not kept,
    /// no input before the last one asked for can be had.
    pub(super) fn get(&mut self, i: u128, limit: Duration) -> Result<Look<Vec<u8>>, TaskError> {
        match self {
            Source::Items(items) => Ok(items.get(i).map_or(Look::End, Look::Found)),
            Source::Stream(stream) => stream.get(i, limit),
        }
    }

    /// All inputs that are there of a file that is read once, from the first that was not asked for;
    /// `None` for another source.
    pub(super) fn next_block(&mut self, limit: Duration) -> Result<Option<Look<Block>>, TaskError> {
        match self {
            Source::Stream(stream) if !stream.again => stream.next_block(limit).map(Some),
            _ => Ok(None),
        }
    }

    /// How many inputs there are, as soon as it is known.
    pub(super) fn count(&self) -> Option<u128> {
        match self {
            Source::Items(items) => Some(items.count()),
            Source::Stream(stream) => stream.count,
        }
    }

    /// The file that is read, unless that has come to its end.
    pub(super) fn file(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Source::Items(_) => None,
            Source::Stream(stream) => stream.records.file(),
        }
    }
}

/// The items of one `:::`, ranges among them never expanded in memory.
#[derive(Debug)]
pub(super) struct Items {
    items: Vec<Item>,
    /// `ends[i]`: the position after the last input of item i.
    ends: Vec<u128>,
}

#[derive(Debug)]
enum Item {
    Text(OsString),
    Range(input::Progression),
}

impl Items {
    fn new(words: Vec<OsString>, ranges: bool) -> Result<Items, TaskError> {
        let (mut items, mut ends) = (Vec::new(), Vec::new());
        let mut end = 0;
        for word in words {
            let range = if ranges { range::parse(&word)? } else { None };
            // Memory holds fewer than 2^64 items of at most 2^64 numbers each: no overflow.
            end += range.map_or(1, |range| range.numbers());
            ends.push(end);
            items.push(range.map_or(Item::Text(word), Item::Range));
        }
        Ok(Items { items, ends })
    }

    fn count(&self) -> u128 {
        self.ends.last().copied().unwrap_or(0)
    }

    fn get(&self, i: u128) -> Option<Vec<u8>> {
        let index = self.ends.partition_point(|end| *end <= i);
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(match self.items.get(index)? {
            Item::Text(text) => text.clone().into_vec(),
            Item::Range(range) => range.nth(i - start).to_string().into_bytes(),
        })
    }
}

/// The inputs of a file, read as they are asked for.
#[derive(Debug)]
pub(super) struct Stream {
    records: Records,
    /// Whether all that was read is kept, or only the last.
    again: bool,
    kept: Kept,
    /// The position of the first that is kept.
    first: u128,
    count: Option<u128>,
}

/// Byte strings end to end: eight bytes each beside their own.
#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Stream {
    pub(super) fn new(records: Records, again: bool) -> Stream {
        Stream {
            records,
            again,
            kept: Kept::default(),
            first: 0,
            count: None,
        }
    }

    fn get(&mut self, i: u128, limit: Duration) -> Result<Look<Vec<u8>>, TaskError> {
        debug_assert!(i >= self.first, "input {i} is not kept any more");
        loop {
            let next = self.first + self.kept.ends.len() as u128;
            if i < next {
                return Ok(Look::Found(self.kept.get((i - self.first) as usize)));
            }
            if self.count.is_some() {
                return Ok(Look::End);
            }
            match self.records.next(limit)? {
                Look::Found(record) => {
                    if !self.again {
                        self.kept.clear();
                        self.first = next;
                    }
                    self.kept.push(record);
                }
                Look::NotYet => return Ok(Look::NotYet),
                Look::End => self.count = Some(next),
            }
        }
    }
}

impl Stream {
    fn next_block(&mut self, limit: Duration) -> Result<Look<Block>, TaskError> {
        let look = self.records.next_block(limit)?;
        match &look {
            Look::Found(block) => self.first += block.ends.len() as u128,
            Look::End => self.count = Some(self.first),
            Look::NotYet => (),
        }
        Ok(look)
    }
}

impl Kept {
    fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len());
    }

    fn get(&self, i: usize) -> Vec<u8> {
        let start = i.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes[start..self.ends[i]].to_vec()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

fn open(source: &input::Source) -> io::Result<File> {
    let file = match source {
        input::Source::StandardInput => machine::standard_input()?,
        input::Source::File(path) => machine::open_without_waiting(path)?,
    };
    match file.metadata()?.is_dir() {
        true => Err(ErrorKind::IsADirectory.into()),
        false => Ok(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    fn items(words: &[&str], ranges: bool) -> Items {
        Items::new(words.iter().map(OsString::from).collect(), ranges).unwrap()
    }

    fn texts(items: &Items) -> Vec<String> {
        let inputs = (0..items.count()).map(|i| items.get(i).unwrap());
        inputs
            .map(|input| String::from_utf8(input).unwrap())
            .collect()
    }

    #[test]
    fn ranges_stand_among_texts() {
        let mixed = items(&["a", "-1..=1", "", "5..5", "1e1", "7..8"], true);
        assert_eq!(texts(&mixed), ["a", "-1", "0", "1", "", "1e1", "7"]);
        assert_eq!(mixed.get(7), None);
        assert_eq!(texts(&items(&["1..4", "5..1"], false)), ["1..4", "5..1"]);
        assert_eq!(items(&[], true).count(), 0);
    }

    #[test]
    fn the_largest_range_costs_nothing() {
        let all = items(&["-2^63..=9223372036854775807", "x"], true);
        assert_eq!(all.count(), (1 << 64) + 1);
        assert_eq!(all.get((1 << 64) - 1).unwrap(), b"9223372036854775807");
        assert_eq!(all.get(1 << 64).unwrap(), b"x");
    }

    #[test]
    fn a_stream_keeps_all_or_only_the_last() {
        for again in [false, true] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"a\n\nbc").unwrap();
            file.rewind().unwrap();
            let records = Records::new(file, "a file".to_owned(), Delimiter::Newline);
            let mut stream = Stream::new(records, again);
            let mut get = |i| match stream.get(i, Duration::from_secs(60)).unwrap() {
                Look::Found(input) => Some(input),
                Look::NotYet => panic!("a file never lets one wait"),
                Look::End => None,
            };
            for (i, input) in [(0, "a"), (1, ""), (2, "bc"), (2, "bc")] {
                assert_eq!(get(i).unwrap(), input.as_bytes());
            }
            assert_eq!((get(3), get(4)), (None, None));
            if again {
                assert_eq!(get(0).unwrap(), b"a");
            }
            assert_eq!(stream.count, Some(3));
            assert_eq!(stream.kept.ends.len(), if again { 3 } else { 1 });
        }
    }
}
