//! The lines of a file, or what is between its NULs, read as they are asked for.

use super::error::TaskError;
use super::items::Block;
use crate::machine;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// How much is read at a time, in bytes: what a pipe holds, and the most that is read ahead.
const READ_LEN: usize = 1 << 16;

/// The longest input, in bytes: Linux takes at most 6 MiB of arguments and environment together
/// (execve(2)), and other systems less.
const RECORD_LEN_MAX: usize = 6 << 20;

/// The longest single wait; whoever waits for longer waits again.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// What ends each input of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// A newline. A carriage return before it belongs to the input, as in GNU parallel.
    #[default]
    Newline,
    /// A NUL byte, so that inputs may hold newlines.
    Nul,
    /// Any other byte.
    Byte(u8),
    /// A newline that is not between double quotes: the end of a CSV record (RFC 4180).
    Csv,
}

impl Delimiter {
    /// The byte that ends an input.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Newline | Delimiter::Csv => b'\n',
            Delimiter::Nul => b'\0',
            Delimiter::Byte(byte) => byte,
        }
    }

    /// Where the first delimiter stands in `text` from `from` on; of CSV, `text` is to start with a
    /// record.
    fn find(self, text: &[u8], from: usize) -> Option<usize> {
        if self != Delimiter::Csv {
            let found = memchr::memchr(self.byte(), &text[from..]);
            return found.map(|offset| from + offset);
        }
        let mut is_quoted = false;
        for at in memchr::memchr2_iter(b'"', b'\n', text) {
            match text[at] {
                b'"' => is_quoted = !is_quoted,
                _ if !is_quoted => return Some(at),
                _ => (),
            }
        }
        None
    }

    /// How many records end in a piece of text, and where the last does. Of CSV, `is_quoted` tells
    /// whether the piece starts between quotes, and then whether it ends so.
    #[must_use]
    pub fn count_ends(self, piece: &[u8], is_quoted: &mut bool) -> (usize, Option<usize>) {
        if self != Delimiter::Csv {
            let count = memchr::memchr_iter(self.byte(), piece).count();
            return (count, memchr::memrchr(self.byte(), piece));
        }
        let (mut count, mut last) = (0, None);
        for at in memchr::memchr2_iter(b'"', b'\n', piece) {
            match piece[at] {
                b'"' => *is_quoted = !*is_quoted,
                _ if !*is_quoted => (count, last) = (count + 1, Some(at)),
                _ => (),
            }
        }
        (count, last)
    }

    pub(super) fn mend(self) -> &'static str {
        match self {
            Delimiter::Newline | Delimiter::Byte(_) => {
                "end each input with a newline, or with NUL and give -0"
            }
            Delimiter::Csv => "end each record with a newline, and each quoted field with a quote",
            Delimiter::Nul => "end each input with NUL, or with a newline and leave -0 out",
        }
    }
}

/// What a look for the next record came to.
#[derive(Debug)]
pub(super) enum Look<T> {
    Found(T),
    /// Nothing was there in the time allowed.
    NotYet,
    End,
}

/// The records of a file, in order. The last one needs no delimiter after it; nothing after the last
/// delimiter is no record, while nothing between two is an empty one.
#[derive(Debug)]
pub(super) struct Records {
    /// `None` when it was read to its end.
    file: Option<File>,
    name: String,
    delimiter: Delimiter,
    buffer: Vec<u8>,
    /// What of the buffer has been handed out.
    start: usize,
    /// Up to where there is no delimiter after the start.
    searched: usize,
    /// How many have been handed out.
    records: u128,
}

impl Records {
    /// The records of `file`, which errors call `name`.
    pub(super) fn new(file: File, name: String, delimiter: Delimiter) -> Records {
        Records {
            file: Some(file),
            name,
            delimiter,
            buffer: Vec::new(),
            start: 0,
            searched: 0,
            records: 0,
        }
    }

    /// The file, unless it was read to its end.
    pub(super) fn file(&self) -> Option<BorrowedFd<'_>> {
        self.file.as_ref().map(AsFd::as_fd)
    }

    /// The next record, waited for no longer than `limit`.
    pub(super) fn next(&mut self, limit: Duration) -> Result<Look<&[u8]>, TaskError> {
        let mut started = None;
        loop {
            let unread = &self.buffer[self.start..];
            let found = self.delimiter.find(unread, self.searched - self.start);
            if let Some(offset) = found {
                let end = self.start + offset;
                return self.hand_out(end, end + 1);
            }
            self.searched = self.buffer.len();
            if self.file.is_none() {
                return match self.start < self.buffer.len() {
                    true => self.hand_out(self.buffer.len(), self.buffer.len()),
                    false => Ok(Look::End),
                };
            }
            if self.buffer.len() - self.start > RECORD_LEN_MAX {
                return Err(TaskError::TooLong {
                    name: self.name.clone(),
                    position: self.records + 1,
                    len: RECORD_LEN_MAX,
                    mend: self.delimiter.mend(),
                });
            }
            if !self.read_on(limit, &mut started)? {
                return Ok(Look::NotYet);
            }
        }
    }

    /// Reads more; whether there may be some, and the time is not over.
    fn read_on(
        &mut self,
        limit: Duration,
        started: &mut Option<Instant>,
    ) -> Result<bool, TaskError> {
        let started = *started.get_or_insert_with(Instant::now);
        let read = self.read(limit.saturating_sub(started.elapsed()));
        let read = read.map_err(|source| TaskError::Unreadable {
            name: self.name.clone(),
            source,
        })?;
        Ok(read || started.elapsed() < limit)
    }

    /// All records that are there, as they stand, once there is one; a last one without a delimiter gets
    /// one.
    pub(super) fn next_block(&mut self, limit: Duration) -> Result<Look<Block>, TaskError> {
        let mut started = None;
        loop {
            let mut block = Block::default();
            let unread = &self.buffer[self.start..];
            let mut end = 0;
            if self.delimiter == Delimiter::Csv {
                while let Some(at) = self.delimiter.find(&unread[end..], 0) {
                    end += at + 1;
                    block.ends.push(end);
                }
            } else if let Some(first) = self.delimiter.find(unread, self.searched - self.start) {
                let ends = memchr::memchr_iter(self.delimiter.byte(), &unread[first..]);
                block.ends.extend(ends.map(|at| first + at + 1));
                end = block.ends.last().copied().unwrap_or(0);
            }
            if end > 0 {
                block.bytes.extend_from_slice(&unread[..end]);
                self.records += block.ends.len() as u128;
                self.start += end;
                self.searched = self.start;
                return Ok(Look::Found(block));
            }
            self.searched = self.buffer.len();
            if self.file.is_none() {
                let last = self.buffer.split_off(self.start);
                self.searched = self.start;
                if last.is_empty() {
                    return Ok(Look::End);
                }
                block.push(&last, self.delimiter.byte());
                return Ok(Look::Found(block));
            }
            if unread.len() > RECORD_LEN_MAX {
                return Err(TaskError::LongItem {
                    name: self.name.clone(),
                    position: self.records + 1,
                    len: RECORD_LEN_MAX,
                    mend: self.delimiter.mend(),
                });
            }
            if !self.read_on(limit, &mut started)? {
                return Ok(Look::NotYet);
            }
        }
    }

    /// The record up to `end`; the next one starts at `next`.
    fn hand_out(&mut self, end: usize, next: usize) -> Result<Look<&[u8]>, TaskError> {
        let record = &self.buffer[self.start..end];
        self.start = next;
        self.searched = next;
        self.records += 1;
        if memchr::memchr(0, record).is_some() {
            return Err(TaskError::Nul {
                name: self.name.clone(),
                line: self.records,
            });
        }
        Ok(Look::Found(record))
    }

    /// Reads once, waiting no longer than `limit`; says whether there was something, be it the end.
    fn read(&mut self, limit: Duration) -> io::Result<bool> {
        let Some(file) = &mut self.file else {
            return Ok(false);
        };
        if !machine::wait_readable(&*file, limit.min(WAIT_MAX))? {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        let len = self.buffer.len();
        self.buffer.resize(len + READ_LEN, 0);
        let read = file.read(&mut self.buffer[len..]);
        self.buffer.truncate(len + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => self.file = None,
            Ok(_) => {}
            Err(error) if is_transient(&error) => return Ok(false),
            Err(error) => return Err(error),
        }
        Ok(true)
    }
}

fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{Seek, Write};
    use std::os::fd::OwnedFd;
    use std::time::Instant;

    fn file(text: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        file.rewind().unwrap();
        file
    }

    fn all(text: &[u8], delimiter: Delimiter) -> Result<Vec<Vec<u8>>, TaskError> {
        let mut records = Records::new(file(text), "a file".to_owned(), delimiter);
        let mut found = Vec::new();
        loop {
            match records.next(Duration::MAX)? {
                Look::Found(record) => found.push(record.to_vec()),
                Look::End => return Ok(found),
                Look::NotYet => {}
            }
        }
    }

    #[test]
    fn lines_are_cut_as_gnu_parallel_cuts_them() {
        for (text, lines) in [
            ("", &[][..]),
            ("\n", &[""]),
            ("a", &["a"]),
            ("a\n", &["a"]),
            ("a\n\nb", &["a", "", "b"]),
            ("a\n\nb\n\n", &["a", "", "b", ""]),
            ("a\r\nb\r\n", &["a\r", "b\r"]),
            (" a \n\tb", &[" a ", "\tb"]),
        ] {
            let found = all(text.as_bytes(), Delimiter::Newline).unwrap();
            assert_eq!(
                found,
                lines.iter().map(|l| l.as_bytes()).collect::<Vec<_>>(),
                "{text:?}"
            );
        }
        let found = all(b"a b\0c\n\0\0d\xff", Delimiter::Nul).unwrap();
        assert_eq!(found, [&b"a b"[..], b"c\n", b"", b"d\xff"]);
    }

    #[test]
    fn what_no_argument_can_hold_is_refused() {
        let error = all(b"a\nb\0c\n", Delimiter::Newline)
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "line 2 of a file holds a NUL byte, which no argument can: give -0 if NUL ends each input"
        );
        let endless = b"x".repeat(RECORD_LEN_MAX + READ_LEN + 1);
        let error = all(&endless, Delimiter::Newline).unwrap_err().to_string();
        assert_eq!(
            error,
            "input 1 of a file goes on for more than 6291456 bytes, longer than the arguments of any program can be: end each input with a newline, or with NUL and give -0"
        );
    }

    #[test]
    fn half_a_line_is_waited_for_and_kept() {
        let (reader, mut writer) = io::pipe().unwrap();
        let reader = File::from(OwnedFd::from(reader));
        let mut records = Records::new(reader, "a pipe".to_owned(), Delimiter::Newline);
        let mut look = || match records.next(Duration::ZERO).unwrap() {
            Look::Found(record) => format!("found {}", String::from_utf8_lossy(record)),
            Look::NotYet => "not yet".to_owned(),
            Look::End => "end".to_owned(),
        };
        assert_eq!(look(), "not yet");
        writer.write_all(b"on").unwrap();
        assert_eq!(look(), "not yet");
        writer.write_all(b"e\ntwo\nthr").unwrap();
        assert_eq!(
            [look(), look(), look()],
            ["found one", "found two", "not yet"]
        );
        drop(writer);
        // A process that another test is just starting has the pipe open until it executes.
        let given_up = Instant::now() + Duration::from_secs(60);
        let mut at_last = || loop {
            match look() {
                seen if seen != "not yet" || Instant::now() > given_up => break seen,
                _ => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        assert_eq!(
            [at_last(), at_last(), at_last()],
            ["found thr", "end", "end"]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_byte_is_kept(lines in prop::collection::vec(prop::collection::vec(11u8.., 0..40_000), 0..9)) {
            let mut text = lines.join(&b'\n');
            if !lines.is_empty() {
                text.push(b'\n');
            }
            prop_assert_eq!(all(&text, Delimiter::Newline).unwrap(), lines);
        }
    }
}
