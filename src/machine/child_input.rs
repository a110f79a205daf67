//! The pipe to a child, and whether the child waits for more to come through it.

use super::processes::Table;
use std::fs::{self, File};
use std::io::{self, ErrorKind, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The writing end of a child's standard input; writes never wait.
#[derive(Debug)]
pub struct ChildInput {
    pipe: PipeWriter,
}

/// What a write came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// So many bytes were taken; 0 when there is no room for any.
    Taken(usize),
    /// Nobody reads it any more.
    Closed,
}

impl ChildInput {
    /// Both ends of a pipe: the one that the child reads is to be closed here once it is started.
    ///
    /// # Errors
    /// Those of the operating system, when there are too many open files.
    pub fn pipe() -> io::Result<(File, ChildInput)> {
        let (reader, pipe) = io::pipe()?;
        super::set_nonblocking(&pipe)?;
        Ok((File::from(OwnedFd::from(reader)), ChildInput { pipe }))
    }

    /// Lets it hold more.
    pub fn widen(&self) {
        super::widen_pipe(&self.pipe);
    }

    /// Writes as much as there is room for.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<Written> {
        let mut taken = 0;
        while taken < bytes.len() {
            match self.pipe.write(&bytes[taken..]) {
                Ok(len) => taken += len,
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Written::Closed),
                Err(error) => return Err(error),
            }
        }
        Ok(Written::Taken(taken))
    }

    /// Whether there is something in it that was not read.
    #[must_use]
    pub fn has_unread(&self) -> bool {
        rustix::io::ioctl_fionread(&self.pipe).is_ok_and(|unread| unread > 0)
    }

    /// Whether nobody can read it any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec};
        let mut polled = [PollFd::new(&self.pipe, PollFlags::empty())];
        let at_once = Timespec::default();
        let found = rustix::event::poll(&mut polled, Some(&at_once));
        found.is_ok_and(|found| found > 0)
    }

    /// Whether the child has read all that was written and waits for more, in a read of its standard
    /// input, with no other thread at work: `None` where the system does not tell. With `deep`, whether
    /// it or something that it has started does, with any number of threads, which takes some
    /// microseconds for each process of the machine.
    #[must_use]
    pub fn is_awaited(&self, child: u32, deep: bool) -> Option<bool> {
        let unread = rustix::io::ioctl_fionread(&self.pipe).ok()?;
        if unread > 0 {
            return Some(false);
        }
        let reads = is_reading_input(child)?;
        if !deep {
            return Some(reads && has_one_thread(child));
        }
        if reads {
            return Some(true);
        }
        let found = Table::now().with_descendants([child]);
        let mut others = found.iter().filter(|process| process.pid != child);
        Some(others.any(|process| is_reading_input(process.pid) == Some(true)))
    }
}

impl AsFd for ChildInput {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

/// The number of read(2).
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
const READ: &str = "0";
#[cfg(all(
    target_os = "linux",
    any(target_arch = "aarch64", target_arch = "riscv64")
))]
const READ: &str = "63";

/// Whether a process sleeps in a read of its standard input (`/proc/PID/syscall`, proc_pid_syscall(5)).
#[cfg(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
))]
fn is_reading_input(pid: u32) -> Option<bool> {
    let call = fs::read_to_string(format!("/proc/{pid}/syscall")).ok()?;
    let mut fields = call.split_whitespace();
    Some(fields.next() == Some(READ) && fields.next() == Some("0x0"))
}

#[cfg(not(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
)))]
fn is_reading_input(_: u32) -> Option<bool> {
    None
}

fn has_one_thread(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task"));
    threads.is_ok_and(|threads| threads.count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_takes_what_there_is_room_for_and_tells_that_nobody_reads() {
        let (reader, mut input) = ChildInput::pipe().unwrap();
        assert_eq!(input.write(b"abc").unwrap(), Written::Taken(3));
        let much = vec![0; 4 << 20];
        let Written::Taken(taken) = input.write(&much).unwrap() else {
            panic!("somebody reads");
        };
        assert!(taken < much.len() && !input.is_closed());
        assert_eq!(input.write(b"abc").unwrap(), Written::Taken(0));
        drop(reader);
        // Another test's child that is just being started has the other end for a moment.
        while !input.is_closed() {
            std::thread::yield_now();
        }
        assert_eq!(input.write(b"abc").unwrap(), Written::Closed);
        assert!(input.has_unread());
    }
}
