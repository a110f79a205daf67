//! A file that wakes a thread which waits for it among others, again and again.

use super::wait_readable;
use rustix::io::Errno;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// Readable from the moment it is [rung](Wake::ring) until it is [cleared](Wake::clear). Unlike a
/// [bell](super::bell::Bell) it has one listener.
#[derive(Debug)]
pub struct Wake {
    heard: OwnedFd,
    #[cfg(not(target_os = "linux"))]
    rung: OwnedFd,
}

impl Wake {
    /// One that is silent.
    ///
    /// # Errors
    /// Those of the operating system, when there are too many open files.
    #[cfg(target_os = "linux")]
    pub fn new() -> io::Result<Wake> {
        use rustix::event::{EventfdFlags, eventfd};
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        let heard = eventfd(0, flags)?;
        Ok(Wake { heard })
    }

    /// One that is silent.
    ///
    /// # Errors
    /// Those of the operating system, when there are too many open files.
    #[cfg(not(target_os = "linux"))]
    pub fn new() -> io::Result<Wake> {
        let (heard, rung) = io::pipe()?;
        for end in [heard.as_fd(), rung.as_fd()] {
            super::set_nonblocking(end)?;
        }
        Ok(Wake {
            heard: heard.into(),
            rung: rung.into(),
        })
    }

    /// Wakes who waits, or whoever waits next.
    pub fn ring(&self) {
        #[cfg(target_os = "linux")]
        let rung = &self.heard;
        #[cfg(not(target_os = "linux"))]
        let rung = &self.rung;
        // One that is full wakes as well.
        let _ = rustix::io::write(rung, &1u64.to_ne_bytes());
    }

    /// Makes it silent again.
    pub fn clear(&self) {
        let mut rings = [0; 64];
        loop {
            match rustix::io::read(&self.heard, &mut rings) {
                Ok(len) if len == rings.len() => (),
                Err(Errno::INTR) => (),
                _ => return,
            }
        }
    }

    /// Whether it was rung and not cleared.
    #[must_use]
    pub fn is_rung(&self) -> bool {
        wait_readable(&self.heard, Duration::ZERO).unwrap_or(true)
    }
}

impl AsFd for Wake {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.heard.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_heard_once_for_any_number_of_rings() {
        let wake = Wake::new().unwrap();
        for rings in [1, 3] {
            assert!(!wake.is_rung());
            (0..rings).for_each(|_| wake.ring());
            assert!(wake.is_rung());
            wake.clear();
        }
        assert!(!wake.is_rung());
    }
}
