//! A pipe of our own in which pieces are gathered, so that another pipe takes many of them at once.
//!
//! A write of up to `PIPE_BUF` bytes goes into a pipe whole, but each one wakes the reader, who finds
//! little and sleeps again. Here nobody is woken, and splice(2) moves the pieces on without copying
//! them: Linux holds each in a buffer of its own and moves whole buffers, as many as there is room
//! for. So no piece is torn, whoever else writes to the same pipe.

use std::io;
use std::os::fd::AsFd;
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;

/// A pipe whose two ends are ours.
#[derive(Debug)]
pub struct StagingPipe {
    #[cfg(target_os = "linux")]
    ends: (OwnedFd, OwnedFd),
    /// How many bytes it holds.
    held: usize,
}

#[cfg(target_os = "linux")]
impl StagingPipe {
    /// An empty one, not inherited by child processes.
    ///
    /// # Errors
    /// Those of the operating system, when there are too many open files.
    pub fn new() -> io::Result<StagingPipe> {
        use rustix::pipe::{PipeFlags, pipe_with};
        let ends = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        super::widen_pipe(&ends.1);
        Ok(StagingPipe { ends, held: 0 })
    }

    /// Adds a piece of up to `PIPE_BUF` bytes; says whether there was room for it.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn add(&mut self, piece: &[u8]) -> io::Result<bool> {
        match rustix::io::write(&self.ends.1, piece) {
            Ok(len) => {
                self.held += len;
                Ok(true)
            }
            Err(rustix::io::Errno::AGAIN) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves as many pieces as `to` has room for; returns how many bytes these are.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when there is room for none, and those of the operating system,
    /// which may not know how to.
    pub fn move_to(&mut self, to: impl AsFd) -> io::Result<usize> {
        use rustix::pipe::{SpliceFlags, splice};
        let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
        let moved = splice(&self.ends.0, None, to, None, self.held, flags)?;
        self.held -= moved;
        Ok(moved)
    }
}

/// This system has no splice(2).
#[cfg(not(target_os = "linux"))]
impl StagingPipe {
    /// None.
    ///
    /// # Errors
    /// Always.
    pub fn new() -> io::Result<StagingPipe> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Adds nothing.
    ///
    /// # Errors
    /// Always.
    pub fn add(&mut self, _: &[u8]) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Moves nothing.
    ///
    /// # Errors
    /// Always.
    pub fn move_to(&mut self, _: impl AsFd) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl StagingPipe {
    /// How many bytes have been added and not moved.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs::File;
    use std::io::Read;

    /// A pipe that neither reads nor writes wait for.
    fn pipe() -> (OwnedFd, OwnedFd) {
        rustix::pipe::pipe_with(rustix::pipe::PipeFlags::NONBLOCK).unwrap()
    }

    /// What somebody else writes between the pieces.
    const OTHER: u8 = 255;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pieces_are_moved_whole_and_in_order_whoever_else_writes(
            lens in proptest::collection::vec(1usize..=4096, 1..60),
            read_len in 1usize..10_000,
        ) {
            let (reader, writer) = pipe();
            let mut staging = StagingPipe::new().unwrap();
            let (mut text, mut ends) = (Vec::new(), vec![0]);
            for (i, len) in lens.iter().enumerate() {
                let piece = vec![i as u8; *len];
                prop_assert!(staging.add(&piece).unwrap());
                text.extend(piece);
                ends.push(text.len());
            }
            let (mut moved, mut read, mut some) = (0, Vec::new(), vec![0; read_len]);
            while moved < text.len() {
                match staging.move_to(&writer) {
                    Ok(len) => moved += len,
                    Err(error) => prop_assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
                }
                prop_assert!(ends.contains(&moved), "a piece is torn at {}", moved);
                let _ = rustix::io::write(&writer, &[OTHER]);
                let len = rustix::io::read(&reader, &mut some).unwrap();
                read.extend(&some[..len]);
            }
            drop(writer);
            File::from(reader).read_to_end(&mut read).unwrap();
            let mut ours = 0;
            for byte in &read {
                match *byte {
                    OTHER => prop_assert!(ends.contains(&ours), "somebody else cuts in at {}", ours),
                    _ => ours += 1,
                }
            }
            read.retain(|byte| *byte != OTHER);
            prop_assert_eq!(read, text);
        }
    }

    #[test]
    fn a_full_one_takes_no_more_until_some_is_moved() {
        let mut staging = StagingPipe::new().unwrap();
        let mut pieces = 0;
        while staging.add(&[1; 4096]).unwrap() {
            pieces += 1;
        }
        assert_eq!(staging.held(), pieces * 4096);
        let (_reader, writer) = pipe();
        let mut moved = 0;
        while let Ok(len) = staging.move_to(&writer) {
            moved += len;
        }
        assert!(moved >= 4096 && staging.held() == pieces * 4096 - moved);
        assert!(staging.add(b"more").unwrap());
    }

    #[test]
    fn a_reader_that_has_gone_is_told() {
        let mut staging = StagingPipe::new().unwrap();
        staging.add(b"lost\n").unwrap();
        let (reader, writer) = pipe();
        drop(reader);
        let error = staging.move_to(&writer).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(staging.held(), 5);
    }
}
