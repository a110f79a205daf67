//! The chunks of an input in order, whatever it is made of: positions of known numbers, and blocks
//! of text as they are read.

use super::parse;
use super::region::Region;
use super::text::{TextEnd, TextError, is_separator, parse_text};
use super::{Input, Part, Source};
use crate::machine;
use crate::stop::Stop;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How much text a block should have, in bytes: enough work to drown what handing it out costs, little
/// enough that a block and what becomes of it stay in a core's cache.
pub const BLOCK_LEN: usize = 1 << 18;

/// How long a reader waits for input before it looks whether to stop.
const POLL: Duration = Duration::from_millis(20);

/// The mark some systems put at the start of a UTF-8 text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A piece of text that holds whole numbers only.
#[derive(Debug)]
pub struct Block {
    buffer: Vec<u8>,
    range: Range<usize>,
    whole: bool,
}

impl Block {
    /// The text in a range of a buffer.
    pub(super) fn new(buffer: Vec<u8>, range: Range<usize>, whole: bool) -> Block {
        Block {
            buffer,
            range,
            whole,
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.buffer[self.range.clone()]
    }

    /// Whether it ends between numbers; when it does not, a "number" is longer than any can be.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The buffer, to read the next block into.
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// Reads all integers of a block: [`parse_text`], and an error when the block does not end between
/// numbers.
///
/// # Errors
/// As [`parse_text`].
pub fn parse_block(block: &Block, batch: impl FnMut(&[i64])) -> Result<TextEnd, TextError> {
    if !block.is_whole() {
        return Err(TextError {
            before: TextEnd::default(),
            error: parse::too_long(block.text()),
        });
    }
    parse_text(block.text(), batch)
}

/// What a worker takes at a time.
#[derive(Debug)]
pub enum Chunk {
    /// Numbers known beforehand.
    Known {
        /// Which part of the input, counted from 0.
        part: usize,
        /// Their positions in it.
        positions: Range<u128>,
    },
    /// Numbers in a text.
    Text {
        /// Which part of the input, counted from 0.
        part: usize,
        /// The text.
        block: Block,
    },
    /// Numbers in a part of a file, which whoever takes it is to read.
    Region {
        /// Which part of the input, counted from 0.
        part: usize,
        /// The part of the file.
        region: Region,
    },
    /// The source could not be read.
    Unreadable {
        /// Which part of the input, counted from 0.
        part: usize,
        /// What the operating system said.
        error: io::Error,
    },
}

/// A source that can't be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {name}")]
pub struct OpenError {
    /// The source's name.
    pub name: String,
    /// What the operating system said.
    pub source: io::Error,
}

/// Hands out the chunks of an input in order, to any number of workers.
#[derive(Debug)]
pub struct Feed<'a> {
    input: &'a Input,
    chunk_size: u64,
    block_len: usize,
    stop: &'a Stop,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The index of the next chunk.
    index: u64,
    /// The part of the input that is read.
    part: usize,
    /// The next position in it, when its numbers are known.
    position: u128,
    /// The opened sources, one a part; `None` for known numbers and what is read to its end.
    files: Vec<Option<Opened>>,
    /// The start of a number whose end has not been read yet.
    carry: Vec<u8>,
    /// Whether nothing of this part has been read.
    at_start: bool,
}

/// A source that is open.
#[derive(Debug)]
enum Opened {
    /// It is read from its start to its end, by one worker at a time.
    Stream(File),
    /// It has places, so that workers read side by side: from `next` on, to the end that it had when it was
    /// opened. What is added meanwhile is not read, as who has read the end before would not know of it.
    Places {
        file: Arc<File>,
        next: u64,
        len: u64,
    },
}

impl<'a> Feed<'a> {
    /// Opens every source of `input`; known numbers are handed out `chunk_size` at a time, text in
    /// blocks of up to `block_len` bytes.
    ///
    /// Waiting for input ends when `stop` is requested.
    ///
    /// # Errors
    /// The first source that can't be opened.
    pub fn open(
        input: &'a Input,
        chunk_size: u64,
        block_len: usize,
        stop: &'a Stop,
    ) -> Result<Feed<'a>, OpenError> {
        let files = input.parts().iter().map(|part| match part {
            Part::Known(_) => Ok(None),
            Part::Stream(source) => open(source, block_len)
                .map(Some)
                .map_err(|error| OpenError {
                    name: source.name(),
                    source: error,
                }),
        });
        let state = State {
            index: 0,
            part: 0,
            position: 0,
            files: files.collect::<Result<_, _>>()?,
            carry: Vec::new(),
            at_start: true,
        };
        Ok(Feed {
            input,
            chunk_size,
            block_len,
            stop,
            state: Mutex::new(state),
        })
    }

    /// The next chunk and its index, or `None` at the end of the input or when it is to stop.
    /// A block of text is read into `buffer`.
    pub fn next(&self, buffer: Vec<u8>) -> Option<(u64, Chunk)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waited for the lock may find that the one before gave up in the middle of a block.
        if self.stop.is_requested() {
            return None;
        }
        let chunk = state.next_chunk(self, buffer)?;
        let index = state.index;
        state.index += 1;
        Some((index, chunk))
    }

    /// Whether every part of the input has been read to its end.
    pub fn is_exhausted(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.part >= self.input.parts().len()
    }
}

impl State {
    fn next_chunk(&mut self, feed: &Feed<'_>, mut buffer: Vec<u8>) -> Option<Chunk> {
        loop {
            let part = self.part;
            match feed.input.parts().get(part)? {
                Part::Known(numbers) if self.position < numbers.count() => {
                    let start = self.position;
                    self.position = numbers.count().min(start + u128::from(feed.chunk_size));
                    let positions = start..self.position;
                    return Some(Chunk::Known { part, positions });
                }
                Part::Stream(_) if self.files[part].is_some() => {
                    if let Some((file, places)) = self.next_places(feed) {
                        let region = Region::new(file, places, feed.block_len, buffer);
                        return Some(Chunk::Region { part, region });
                    }
                    match self.read_block(buffer, feed) {
                        Ok(BlockRead::Block(block)) => return Some(Chunk::Text { part, block }),
                        Ok(BlockRead::Stopped) => return None,
                        Ok(BlockRead::End(unused)) => buffer = unused,
                        Err(error) => {
                            self.part = feed.input.parts().len();
                            return Some(Chunk::Unreadable { part, error });
                        }
                    }
                }
                _ => {}
            }
            self.part += 1;
            self.position = 0;
            self.at_start = true;
        }
    }

    /// The file, where its next region begins, and where the file ends.
    fn next_places(&mut self, feed: &Feed<'_>) -> Option<(Arc<File>, Range<u64>)> {
        let Some(Opened::Places { file, next, len }) = &mut self.files[self.part] else {
            return None;
        };
        let places = *next..*len;
        if places.is_empty() {
            self.files[self.part] = None;
            return None;
        }
        *next += feed.block_len as u64;
        Some((Arc::clone(file), places))
    }

    /// Reads until the block is full, no more input is there at the moment, or the source ends;
    /// keeps what follows the last separator for the next block.
    fn read_block(&mut self, mut buffer: Vec<u8>, feed: &Feed<'_>) -> io::Result<BlockRead> {
        let file = &mut self.files[self.part];
        buffer.resize(feed.block_len, 0);
        let mut len = self.carry.len();
        buffer[..len].copy_from_slice(&self.carry);
        self.carry.clear();
        let mut whole = 0;
        while len < feed.block_len {
            let Some(Opened::Stream(reader)) = file else {
                break;
            };
            let patience = if whole > 0 { Duration::ZERO } else { POLL };
            if !machine::wait_readable(&*reader, patience)? {
                if whole > 0 {
                    break;
                }
                if feed.stop.is_requested() {
                    return Ok(BlockRead::Stopped);
                }
                continue;
            }
            let read = match reader.read(&mut buffer[len..]) {
                Ok(0) => {
                    *file = None;
                    whole = len;
                    break;
                }
                Ok(read) => read,
                Err(error) if is_transient(&error) => continue,
                Err(error) => return Err(error),
            };
            let last = buffer[len..len + read]
                .iter()
                .rposition(|b| is_separator(*b));
            whole = last.map_or(whole, |last| len + last + 1);
            len += read;
        }
        if len == 0 {
            return Ok(BlockRead::End(buffer));
        }
        let end = if whole == 0 { len } else { whole };
        self.carry.extend_from_slice(&buffer[end..len]);
        let marked = self.at_start && buffer[..end].starts_with(BYTE_ORDER_MARK);
        self.at_start = false;
        let start = if marked { BYTE_ORDER_MARK.len() } else { 0 };
        Ok(BlockRead::Block(Block {
            buffer,
            range: start..end,
            whole: whole > 0,
        }))
    }
}

/// What reading a block came to.
enum BlockRead {
    Block(Block),
    /// The source has ended; the buffer was not needed.
    End(Vec<u8>),
    Stopped,
}

fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
}

/// Opens a source; files of several blocks have places.
fn open(source: &Source, block_len: usize) -> io::Result<Opened> {
    let file = match source {
        Source::StandardInput => machine::standard_input()?,
        Source::File(path) => machine::open_without_waiting(path)?,
    };
    let metadata = file.metadata()?;
    let kind = metadata.file_type();
    if kind.is_dir() {
        return Err(io::Error::from(ErrorKind::IsADirectory));
    }
    if machine::is_pipe(kind) {
        machine::widen_pipe(&file);
    }
    // What others have read of standard input is not to be read again, and what it has is to be used up.
    let has_places = kind.is_file() && matches!(source, Source::File(_));
    Ok(match has_places && metadata.len() > block_len as u64 {
        true => Opened::Places {
            file: Arc::new(file),
            next: 0,
            len: metadata.len(),
        },
        false => Opened::Stream(file),
    })
}
