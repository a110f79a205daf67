//! The inputs as a stream of items for programs that read them on their standard input: whole blocks
//! of them, as they stand.
//!
//! An item is what a task has in [`Tasks`]: a line of a file, an item of the command line. Where there
//! are several sources, an item is one of each with tabs between. Unlike an argument an item of a file
//! may hold NUL bytes.

use super::error::{TaskError, quote};
use super::records::{Delimiter, Look};
use super::sequence::{Next, Tasks};
use super::{Spec, words};
use crate::stop::Stop;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

/// How many bytes of items that are made one by one are put together.
const BLOCK_LEN: usize = 1 << 14;

/// Items one after the other, each with its delimiter behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The items.
    pub bytes: Vec<u8>,
    /// Where each ends, behind its delimiter.
    pub ends: Vec<usize>,
}

impl Block {
    /// Adds an item and its delimiter.
    pub(super) fn push(&mut self, item: &[u8], delimiter: u8) {
        self.bytes.extend_from_slice(item);
        self.bytes.push(delimiter);
        self.ends.push(self.bytes.len());
    }
}

/// What a look for more items came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum More {
    /// At least one item.
    Items(Block),
    /// None was there in the time allowed.
    NotYet,
    /// There are no more.
    End,
}

/// The items of a command line, read as they are asked for.
#[derive(Debug)]
pub struct Items {
    tasks: Tasks,
    delimiter: Delimiter,
    count: u64,
}

impl Spec {
    /// Reads the command, which is taken as it stands, and opens every source; no item is read yet.
    ///
    /// # Errors
    /// As [`open`](Spec::open).
    pub fn open_items(&self, stop: &Stop) -> Result<(Vec<OsString>, Items), TaskError> {
        let line = words::split(&self.words, &self.arg_files)?;
        let command = match &self.shell {
            None => line.command.clone(),
            Some(shell) => {
                let words = line.command.iter().cloned().map(OsString::into_vec);
                let text = words.collect::<Vec<_>>().join(&b' ');
                vec![shell.clone(), "-c".into(), OsString::from_vec(text)]
            }
        };
        let text = command.last().filter(|_| !line.command.is_empty());
        let text = text.ok_or(TaskError::NoCommand)?;
        let is_empty = match self.shell {
            Some(_) => text.as_encoded_bytes().trim_ascii().is_empty(),
            None => command[0].is_empty(),
        };
        if is_empty {
            return Err(TaskError::EmptyCommand);
        }
        let items = Items {
            tasks: self.sources(line.groups, self.delimiter, stop)?,
            delimiter: self.delimiter,
            count: 0,
        };
        Ok((command, items))
    }
}

impl Items {
    /// How many there are in all, as soon as it is known.
    #[must_use]
    pub fn count(&self) -> Option<u128> {
        self.tasks.count()
    }

    /// The next items, waited for no longer than `limit`.
    ///
    /// # Errors
    /// When a source can't be read, or an item holds what ends an item.
    pub fn next(&mut self, limit: Duration) -> Result<More, TaskError> {
        match self.tasks.next_block(limit)? {
            Some(Look::Found(block)) => Ok(More::Items(block)),
            Some(Look::NotYet) => Ok(More::NotYet),
            Some(Look::End) => Ok(More::End),
            None => self.gather(limit),
        }
    }

    /// Puts items together that are made one by one.
    fn gather(&mut self, limit: Duration) -> Result<More, TaskError> {
        let mut block = Block::default();
        let delimiter = self.delimiter.byte();
        while block.bytes.len() < BLOCK_LEN {
            let limit = match block.ends.is_empty() {
                true => limit,
                false => Duration::ZERO,
            };
            match self.tasks.next_within(limit)? {
                Next::Task(task) => {
                    self.count += 1;
                    let item = task.inputs.join(&b'\t');
                    let is_cut = self.delimiter != Delimiter::Csv
                        && memchr::memchr(delimiter, &item).is_some();
                    if is_cut {
                        return Err(TaskError::CutItem {
                            position: self.count,
                            item: quote(&item),
                            mend: self.delimiter.mend(),
                        });
                    }
                    block.push(&item, delimiter);
                }
                _ if !block.ends.is_empty() => break,
                Next::NotYet => return Ok(More::NotYet),
                Next::End => return Ok(More::End),
            }
        }
        Ok(More::Items(block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(spec: &Spec) -> Result<(Vec<OsString>, Vec<u8>, usize), TaskError> {
        let (command, mut items) = spec.open_items(&Stop::new())?;
        let (mut bytes, mut count) = (Vec::new(), 0);
        loop {
            match items.next(Duration::from_secs(60))? {
                More::Items(block) => {
                    assert_eq!(block.ends.last(), Some(&block.bytes.len()));
                    count += block.ends.len();
                    bytes.extend(block.bytes);
                }
                More::NotYet => (),
                More::End => return Ok((command, bytes, count)),
            }
        }
    }

    fn of_file(text: &[u8], delimiter: Delimiter) -> (Vec<u8>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("items");
        std::fs::write(&path, text).unwrap();
        let spec = Spec {
            arg_files: vec![path],
            delimiter,
            ..Spec::new(["cat"])
        };
        let (_, bytes, count) = all(&spec).unwrap();
        (bytes, count)
    }

    #[test]
    fn items_of_the_command_line_are_lines() {
        let spec = Spec::new(["awk", "{print $1}", ":::", "a", "", "1..4"]);
        let (command, bytes, count) = all(&spec).unwrap();
        assert_eq!(command, ["awk", "{print $1}"]);
        assert_eq!((bytes.as_slice(), count), (&b"a\n\n1\n2\n3\n"[..], 5));
        let pairs = Spec::new(["cat", ":::", "a", "b", ":::", "1", "2"]);
        assert_eq!(all(&pairs).unwrap().1, b"a\t1\na\t2\nb\t1\nb\t2\n");
        let many = Spec::new(["cat", ":::", "1..=20000"]);
        assert_eq!(all(&many).unwrap().2, 20_000);
        let shell = Spec {
            shell: Some("sh".into()),
            ..Spec::new(["cat", "|", "cat", ":::"])
        };
        let (command, bytes, _) = all(&shell).unwrap();
        assert!(command == ["sh", "-c", "cat | cat"] && bytes.is_empty());
    }

    #[test]
    fn files_are_passed_as_they_stand() {
        for (text, bytes, count) in [
            (&b""[..], &b""[..], 0),
            (b"a", b"a\n", 1),
            (b"a\n\n\0b\r\n", b"a\n\n\0b\r\n", 3),
        ] {
            assert_eq!(of_file(text, Delimiter::Newline), (bytes.to_vec(), count));
        }
        assert_eq!(
            of_file(b"a\nb\0c", Delimiter::Nul),
            (b"a\nb\0c\0".to_vec(), 2)
        );
        let csv = b"\"a\nb\",\"\"\"\n\"\nc,d";
        let (bytes, count) = of_file(csv, Delimiter::Csv);
        assert!(bytes == [&csv[..], b"\n"].concat() && count == 2);
        let long = b"12345\n".repeat(100_000);
        assert_eq!(of_file(&long, Delimiter::Newline), (long, 100_000));
    }

    #[test]
    fn an_item_that_holds_its_end_is_refused() {
        let error = all(&Spec::new(["cat", ":::", "x", "a\nb"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            r"item 2 ('a\nb') holds what ends an item: end each input with a newline, or with NUL and give -0"
        );
        assert!(matches!(
            all(&Spec::new([":::", "x"])),
            Err(TaskError::NoCommand)
        ));
        assert!(matches!(
            all(&Spec::new(["", ":::", "x"])),
            Err(TaskError::EmptyCommand)
        ));
    }
}
