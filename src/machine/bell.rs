//! A file that becomes readable when it is rung, and stays so, as nobody reads it.

use super::wake::Wake;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

/// A bell: a [`Wake`] that is never cleared, so that any number may listen. On Linux it takes one descriptor,
/// elsewhere the two of a pipe.
#[derive(Debug)]
pub struct Bell(Wake);

impl Bell {
    /// One that is silent.
    ///
    /// # Errors
    /// Those of the operating system, when there are too many open files.
    pub fn new() -> io::Result<Bell> {
        Wake::new().map(Bell)
    }

    /// Rings it.
    pub fn ring(&self) {
        self.0.ring();
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
