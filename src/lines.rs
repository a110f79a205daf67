//! Standard output that is never torn: whole lines only, also when several programs write to it at
//! once, the reader is slow, or the run is stopped.

use crate::machine;
use crate::stop::Stop;
use std::error::Error;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::time::Duration;

/// What a pipe takes in one piece or not at all (POSIX `PIPE_BUF`; Linux has 4096).
const PIPE_PIECE: usize = 4096;

/// How long a full pipe is waited for before a look at the stop.
const POLL: Duration = Duration::from_millis(20);

/// How much is gathered of small writes.
const BUFFER_LEN: usize = 1 << 13;

/// A buffered writer of lines.
///
/// Into a pipe it writes pieces that end at a line's end and that the system takes whole or not at
/// all; waiting for a slow reader ends when its [`Stop`] is requested.
#[derive(Debug)]
pub struct WholeLines {
    file: File,
    is_pipe: bool,
    stop: Stop,
    buffer: Vec<u8>,
}

impl WholeLines {
    /// Lines to `file`.
    ///
    /// # Errors
    /// When the operating system can't say what kind of file it is.
    pub fn new(file: File) -> io::Result<WholeLines> {
        let is_pipe = machine::is_pipe(file.metadata()?.file_type());
        if is_pipe {
            machine::widen_pipe(&file);
        }
        Ok(WholeLines {
            is_pipe,
            file,
            stop: Stop::new(),
            buffer: Vec::new(),
        })
    }

    /// Gives up waiting for a slow reader once `stop` is requested.
    pub fn give_up_when(&mut self, stop: &Stop) {
        self.stop = stop.clone();
    }

    fn write_through(&mut self, mut text: &[u8]) -> io::Result<()> {
        if !self.is_pipe {
            return self.file.write_all(text);
        }
        while !text.is_empty() {
            self.wait_for_reader()?;
            match self.file.write(&text[..piece_len(text)]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => text = &text[written..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn wait_for_reader(&self) -> io::Result<()> {
        loop {
            if self.stop.reason().is_some() {
                return Err(io::Error::other("stopped while writing"));
            }
            if machine::wait_writable(&self.file, POLL)? {
                return Ok(());
            }
        }
    }
}

/// Whether an error, of which `causes` are the links, says that nobody reads any more: a reason to
/// end, but no failure.
pub fn is_reader_gone<'a>(mut causes: impl Iterator<Item = &'a (dyn Error + 'static)>) -> bool {
    causes.any(|cause| {
        let kind = cause.downcast_ref().map(io::Error::kind);
        matches!(
            kind,
            Some(ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)
        )
    })
}

/// How much of `text` to write in one piece: up to the last line end that fits.
fn piece_len(text: &[u8]) -> usize {
    if text.len() <= PIPE_PIECE {
        return text.len();
    }
    memchr::memrchr(b'\n', &text[..PIPE_PIECE]).map_or(PIPE_PIECE, |at| at + 1)
}

impl Write for WholeLines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + text.len() < BUFFER_LEN {
            self.buffer.extend_from_slice(text);
            return Ok(text.len());
        }
        self.flush()?;
        self.write_through(text)?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        self.write_through(&buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{Read, Seek};

    proptest! {
        #[test]
        fn pieces_end_at_lines_and_add_up(text in "([0-9]{1,30}\n){0,800}") {
            let mut rest = text.as_bytes();
            while !rest.is_empty() {
                let len = piece_len(rest);
                prop_assert!((1..=PIPE_PIECE).contains(&len));
                prop_assert_eq!(rest[len - 1], b'\n');
                rest = &rest[len..];
            }
        }
    }

    #[test]
    fn a_file_gets_every_byte_in_order() {
        let mut file = tempfile::tempfile().unwrap();
        let mut lines = WholeLines::new(file.try_clone().unwrap()).unwrap();
        let text: String = (0..10_000).map(|i| format!("{i}\n")).collect();
        for part in text.as_bytes().chunks(777) {
            lines.write_all(part).unwrap();
        }
        lines.flush().unwrap();
        let mut read = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
    }

    #[test]
    fn a_full_pipe_is_left_when_the_run_is_stopped() {
        let (_reader, writer) = io::pipe().unwrap();
        let mut lines = WholeLines::new(File::from(std::os::fd::OwnedFd::from(writer))).unwrap();
        lines.give_up_when(&Stop::new().with_time_limit(Duration::from_millis(1)));
        let text = "1\n".repeat(1 << 20);
        assert!(lines.write_all(text.as_bytes()).is_err());
    }
}
