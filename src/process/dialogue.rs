//! What goes on between this process and one that it supervises: what it writes is heard, and it may
//! be written to meanwhile.

use crate::event::task::{EndedBy, Stream};
use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

/// Speaks with a process while it is watched to its end.
pub trait Dialogue {
    /// A piece of what the process wrote; no piece is empty.
    fn hear(&mut self, stream: Stream, bytes: &[u8]);

    /// Does what there is to do by now: called before each wait until the process has ended or was told
    /// to end.
    ///
    /// # Errors
    /// When the process can't be written to for a reason that lies here.
    fn step(&mut self, now: Instant) -> io::Result<Step> {
        let _ = now;
        Ok(Step::default())
    }

    /// What else to wait for until the next step.
    fn wanted(&self) -> Wanted<'_> {
        Wanted::default()
    }
}

/// What a step came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// When the next step is due, if nothing comes before.
    pub again_at: Option<Instant>,
    /// How long to leave everything alone first, so that more comes at once: a wait wakes up for every
    /// short line.
    pub rest: Duration,
    /// Tells the process to end, for this reason.
    pub end: Option<EndedBy>,
}

/// What is waited for besides what the process writes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The pipe to the process, until it takes more, or until nobody reads it any more.
    pub input: Option<BorrowedFd<'a>>,
    /// Whether there is something to write to it.
    pub has_input: bool,
    /// A file that wakes when it is readable.
    pub wake: Option<BorrowedFd<'a>>,
    /// Whether standard output is left unread for now.
    pub mutes_output: bool,
}

/// One that only hears.
pub(super) struct Hearer<'a>(pub(super) &'a mut dyn FnMut(Stream, &[u8]));

impl Dialogue for Hearer<'_> {
    fn hear(&mut self, stream: Stream, bytes: &[u8]) {
        (self.0)(stream, bytes);
    }
}
