//! Standard output that is never torn: whole lines only, also when several programs write to it at
//! once, the reader is slow, or the run is stopped.

use crate::machine::pipe::StagingPipe;
use crate::machine::{self, closed};
use crate::stop::{Stop, Urgency};
use std::error::Error;
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::os::unix::fs::FileTypeExt;
use std::time::{Duration, Instant};

/// What a pipe takes in one piece or not at all (POSIX `PIPE_BUF`; Linux has 4096).
const PIPE_PIECE: usize = 4096;

/// What a terminal is given at a time: little, so that it seldom has too little room for it.
const TERMINAL_PIECE: usize = 512;

/// How long a full pipe is waited for before a look at the stop.
const POLL: Duration = Duration::from_millis(20);

/// An unbuffered writer of lines.
///
/// Into a pipe it writes pieces that end at a line's end and that the system takes whole or not at
/// all, many of them at once where it knows how to; waiting for a slow reader ends when its [`Stop`] is
/// requested. A reader that has gone away is always told as [`ErrorKind::BrokenPipe`].
#[derive(Debug)]
pub struct WholeLines {
    file: File,
    /// The most that is written at a time, where a slow reader may have to be waited for.
    piece_max: Option<usize>,
    staging: Staging,
    stop: Stop,
    /// How long a reader is waited for once the stop is requested.
    patience: Duration,
    /// Whether there is nothing behind it, so that what is written is lost.
    is_closed: bool,
}

/// Whether pieces are gathered, to be written many at once.
#[derive(Debug)]
enum Staging {
    /// Never: it is no pipe, or the system does not know how to.
    Off,
    /// Once there are several of them.
    Unused,
    On(StagingPipe),
}

impl WholeLines {
    /// Lines to `file`.
    ///
    /// # Errors
    /// When the operating system can't say what kind of file it is.
    pub fn new(file: File) -> io::Result<WholeLines> {
        let kind = file.metadata()?.file_type();
        let is_pipe = machine::is_pipe(kind);
        if is_pipe {
            machine::widen_pipe(&file);
        }
        Ok(WholeLines {
            piece_max: match is_pipe {
                true => Some(PIPE_PIECE),
                false => file.is_terminal().then_some(TERMINAL_PIECE),
            },
            staging: match kind.is_fifo() {
                true => Staging::Unused,
                false => Staging::Off,
            },
            file,
            stop: Stop::new(),
            patience: Duration::ZERO,
            is_closed: false,
        })
    }

    /// Gives up waiting for a slow reader once `stop` is requested.
    pub fn give_up_when(&mut self, stop: &Stop) {
        self.stop = stop.clone();
    }

    /// Gives a reader that long to take something once the stop is requested, so that what is still
    /// to be written reaches all readers but the slowest. A request to end at once ends that, too.
    pub fn be_patient(&mut self, patience: Duration) {
        self.patience = patience;
    }

    fn has_room(&self, patience: Duration) -> io::Result<bool> {
        machine::wait_writable(&self.file, patience)
    }

    fn wait_for_reader(&self) -> io::Result<()> {
        let mut stopped_at = None;
        loop {
            if self.stop.is_requested() {
                let waited = stopped_at.get_or_insert_with(Instant::now).elapsed();
                let at_once = self.stop.urgency() == Some(Urgency::AtOnce);
                let is_over = self.patience.is_zero() || at_once;
                // Where this thread has not run for that long, the reader may have.
                if is_over || (waited > self.patience && !self.has_room(Duration::ZERO)?) {
                    return Err(io::Error::other(Stopped));
                }
            }
            if self.has_room(POLL)? {
                return Ok(());
            }
        }
    }
}

impl WholeLines {
    /// Writes as many pieces of at most `max` as can be gathered; `None` when the system does not know
    /// how to.
    fn write_gathered(&mut self, text: &[u8], max: usize) -> Option<io::Result<usize>> {
        let mut staging = match std::mem::replace(&mut self.staging, Staging::Off) {
            Staging::On(staging) => staging,
            Staging::Unused => StagingPipe::new().ok()?,
            Staging::Off => return None,
        };
        let written = self.write_through(&mut staging, text, max);
        if let Err(error) = &written
            && error.kind() != ErrorKind::BrokenPipe
            && !is_stopped(error)
        {
            return None;
        }
        // What it holds after a stop is dropped with it.
        self.staging = match staging.held() {
            0 => Staging::On(staging),
            _ => Staging::Unused,
        };
        Some(written)
    }

    fn write_through(
        &self,
        staging: &mut StagingPipe,
        text: &[u8],
        max: usize,
    ) -> io::Result<usize> {
        while staging.held() < text.len() {
            let rest = &text[staging.held()..];
            if !staging.add(&rest[..piece_len(rest, max)])? {
                break;
            }
        }
        let gathered = staging.held();
        while staging.held() > 0 {
            let moved = match staging.move_to(&self.file) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait_for_reader(),
                result => result.map(drop),
            };
            match moved {
                Ok(()) => {}
                Err(error) if staging.held() == gathered => return Err(error),
                Err(_) => break,
            }
        }
        Ok(gathered - staging.held())
    }
}

impl Write for WholeLines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if self.is_closed && !text.is_empty() {
            return Err(io::Error::other(
                "it is closed; redirect it to a file, or to /dev/null to have nothing kept",
            ));
        }
        let piece = match self.piece_max {
            Some(max) => {
                self.wait_for_reader()?;
                if text.len() > max
                    && let Some(written) = self.write_gathered(text, max)
                {
                    return written;
                }
                &text[..piece_len(text, max)]
            }
            None => text,
        };
        loop {
            match self.file.write(piece) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait_for_reader()?,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                    return Err(ErrorKind::BrokenPipe.into());
                }
                result => return result,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Standard output and standard error, whole lines each, neither waiting for a slow reader once
/// `stop` is requested.
///
/// # Errors
/// When the operating system can't say what kind of files they are.
pub fn standard_streams(stop: &Stop) -> io::Result<[WholeLines; 2]> {
    let mut out = WholeLines::new(machine::standard_output()?)?;
    let mut err = WholeLines::new(machine::standard_error()?)?;
    out.is_closed = closed::was_closed(1);
    err.is_closed = closed::was_closed(2);
    out.give_up_when(stop);
    err.give_up_when(stop);
    Ok([out, err])
}

/// The reader was slow and the run was stopped.
#[derive(Debug, thiserror::Error)]
#[error("stopped while waiting for the reader")]
struct Stopped;

/// Whether an error says that the run was stopped while a slow reader was waited for.
#[must_use]
pub fn is_stopped(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|cause| cause.is::<Stopped>())
}

/// Whether an error, of which `causes` are the links, says that nobody reads any more: a reason to
/// end, but no failure.
pub fn is_reader_gone<'a>(mut causes: impl Iterator<Item = &'a (dyn Error + 'static)>) -> bool {
    causes.any(|cause| cause.downcast_ref().map(io::Error::kind) == Some(ErrorKind::BrokenPipe))
}

/// How much of `text` to write in one piece of at most `max`: up to the last line end that fits.
fn piece_len(text: &[u8], max: usize) -> usize {
    if text.len() <= max {
        return text.len();
    }
    memchr::memrchr(b'\n', &text[..max]).map_or(max, |at| at + 1)
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
                let len = piece_len(rest, PIPE_PIECE);
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
    fn a_reader_is_told_of_a_stop_when_there_is_patience() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut lines = WholeLines::new(File::from(std::os::fd::OwnedFd::from(writer))).unwrap();
        lines.give_up_when(&Stop::new().with_time_limit(Duration::ZERO));
        lines.be_patient(Duration::from_secs(60));
        lines.write_all(b"stopped\n").unwrap();
        drop(lines);
        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "stopped\n");
    }

    #[test]
    fn a_full_pipe_is_left_when_the_run_is_stopped() {
        let (_reader, writer) = io::pipe().unwrap();
        let mut lines = WholeLines::new(File::from(std::os::fd::OwnedFd::from(writer))).unwrap();
        lines.give_up_when(&Stop::new().with_time_limit(Duration::from_millis(1)));
        let text = "1\n".repeat(1 << 20);
        assert!(lines.write_all(text.as_bytes()).is_err());
    }

    #[test]
    fn patience_lets_what_is_read_through_and_ends() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut lines = WholeLines::new(File::from(std::os::fd::OwnedFd::from(writer))).unwrap();
        let stop = Stop::new();
        lines.give_up_when(&stop);
        lines.be_patient(Duration::from_millis(200));
        stop.abandon();
        lines.write_all(b"1\n").unwrap();
        let mut read = [0; 2];
        reader.read_exact(&mut read).unwrap();
        assert_eq!(&read, b"1\n");
        let started = Instant::now();
        let error = lines
            .write_all("1\n".repeat(1 << 20).as_bytes())
            .unwrap_err();
        assert!(is_stopped(&error) && started.elapsed() >= Duration::from_millis(200));
    }
}
