//! A file that becomes readable when it is rung, and stays so, as nobody reads it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A bell; on Linux it takes one descriptor, elsewhere the two of a pipe.
#[derive(Debug)]
pub struct Bell {
    heard: OwnedFd,
    #[cfg(not(target_os = "linux"))]
    rung: OwnedFd,
}

impl Bell {
    /// One that is silent.
    ///
    /// # Errors
    /// Those of the operating system, when there are too many open files.
    #[cfg(target_os = "linux")]
    pub fn new() -> io::Result<Bell> {
        let heard = rustix::event::eventfd(0, rustix::event::EventfdFlags::CLOEXEC)?;
        Ok(Bell { heard })
    }

    /// One that is silent.
    ///
    /// # Errors
    /// Those of the operating system, when there are too many open files.
    #[cfg(not(target_os = "linux"))]
    pub fn new() -> io::Result<Bell> {
        let (heard, rung) = io::pipe()?;
        Ok(Bell {
            heard: heard.into(),
            rung: rung.into(),
        })
    }

    /// Rings it.
    pub fn ring(&self) {
        #[cfg(target_os = "linux")]
        let rung = &self.heard;
        #[cfg(not(target_os = "linux"))]
        let rung = &self.rung;
        // It is rung a few times at most, so that it never fills.
        let _ = rustix::io::write(rung, &1u64.to_ne_bytes());
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.heard.as_fd()
    }
}
