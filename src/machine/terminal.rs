//! The terminal that this process is run from, and which of its process groups has it.

use nix::sys::signal::{SigSet, Signal};
use rustix::process::Pid;
use std::fs::File;
use std::io;

/// The terminal, lent to one child at a time.
#[derive(Debug)]
pub struct Terminal {
    file: File,
    own: Pid,
}

impl Terminal {
    /// The controlling terminal of this process.
    ///
    /// # Errors
    /// When it has none.
    pub fn open() -> io::Result<Terminal> {
        let file = File::options().read(true).write(true).open("/dev/tty")?;
        Ok(Terminal {
            file,
            own: rustix::process::getpgrp(),
        })
    }

    /// The terminal as a file.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Puts the group of that child in the foreground, and has it go on if it was stopped because it
    /// was not there yet.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn lend(&self, pid: u32) -> io::Result<()> {
        let group = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let group = group.ok_or(io::ErrorKind::InvalidInput)?;
        self.set_foreground(group)?;
        // A group that has ended already needs nothing.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::CONT);
        Ok(())
    }

    /// Puts this process's own group in the foreground again.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn take_back(&self) -> io::Result<()> {
        self.set_foreground(self.own)
    }

    /// Whether this process is in the foreground.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        is_in_foreground(&self.file)
    }

    fn set_foreground(&self, group: Pid) -> io::Result<()> {
        // Whoever is not in the foreground is stopped for this, unless it blocks that.
        let mut blocked = SigSet::empty();
        blocked.add(Signal::SIGTTOU);
        let was_blocked = blocked.thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK)?;
        let set = rustix::termios::tcsetpgrp(&self.file, group);
        was_blocked.thread_set_mask()?;
        Ok(set?)
    }
}

/// Whether this process is in the foreground of the terminal that `file` is, so that what it draws
/// there disturbs nobody; `false` where it is no terminal of ours.
#[must_use]
pub fn is_in_foreground(file: impl std::os::fd::AsFd) -> bool {
    rustix::termios::tcgetpgrp(file).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// How many columns the terminal has that `file` is; `None` where it is none, or does not say.
#[must_use]
pub fn columns_of(file: impl std::os::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(file).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}
