//! A child process: what it says and that it has ended are waited for together, its group is
//! signalled, and when it is reaped it is known what it used.

use super::children::Watch;
use super::descendants;
use super::processes::Process;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions};
use std::cell::Cell;
use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;
use wait4::ResUse;

/// How often a child is looked at where the system has no file that tells that it has ended.
const LOOK: Duration = Duration::from_millis(5);

/// What processes are sent here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT, as by Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGKILL, which no process can catch.
    Kill,
    /// SIGCONT: to go on, if it was stopped.
    Continue,
}

impl From<Signal> for rustix::process::Signal {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::INT,
            Signal::Terminate => Self::TERM,
            Signal::Kill => Self::KILL,
            Signal::Continue => Self::CONT,
        }
    }
}

/// What a process used, with those of its own children that it waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// CPU time in the program itself.
    pub user: Duration,
    /// CPU time in the operating system for it.
    pub system: Duration,
    /// The most memory it held at a time, in bytes (`ru_maxrss`).
    ///
    /// Until its `exec` it shares the memory of the process that starts it, and Linux counts that
    /// too: it is never less than the most that this process had held by then.
    pub peak_memory_bytes: u64,
}

/// What a stream that is waited for has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Readiness {
    /// Nothing yet, or it was not waited for.
    #[default]
    Quiet,
    /// A read would not block.
    Readable,
    /// Its end: everything is read, and nobody can write to it any more.
    Ended,
}

/// What a wait came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// The streams, as they were given.
    pub streams: [Readiness; 2],
    /// The child has ended; it can be reaped.
    pub exited: bool,
    /// The bell is readable.
    pub bell: bool,
}

/// What to wait for, besides a limit of time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Awaited<'a> {
    /// Pipes from the child.
    pub streams: [Option<BorrowedFd<'a>>; 2],
    /// The end of the child.
    pub exit: bool,
    /// A file that wakes the waiting thread when it is readable.
    pub bell: Option<BorrowedFd<'a>>,
    /// A pipe to the child, and whether it is waited for until it takes more; else only until nobody
    /// reads it any more.
    pub input: Option<(BorrowedFd<'a>, bool)>,
    /// Another file that wakes.
    pub wake: Option<BorrowedFd<'a>>,
}

/// A child that leads a process group of its own.
///
/// Until it is reaped, its process id, and so its group's, belongs to nobody else, whatever has
/// ended by then. Dropped before that, it is killed with its group, and reaped.
#[derive(Debug)]
pub struct GroupLeader {
    pid: Pid,
    /// Becomes readable when the child has ended; Linux has it from 5.3 on.
    exit: Option<OwnedFd>,
    /// The variable that tells what descends from it.
    mark: Option<Arc<CStr>>,
    /// Whether it is known to have ended.
    has_ended: Cell<bool>,
    /// Until it is reaped.
    watch: Option<Watch>,
}

impl GroupLeader {
    /// Takes over a child that leads its group; nobody else may wait for it.
    pub(super) fn new(pid: Pid, mark: Option<Arc<CStr>>) -> GroupLeader {
        GroupLeader {
            pid,
            exit: open_exit_file(pid),
            mark,
            has_ended: Cell::new(false),
            watch: Some(Watch::of(pid.as_raw_pid().unsigned_abs())),
        }
    }

    /// Takes over a process of ours that is no task.
    pub(super) fn helper(pid: Pid) -> GroupLeader {
        GroupLeader {
            pid,
            exit: None,
            mark: None,
            has_ended: Cell::new(false),
            watch: Some(Watch::of_helper(pid.as_raw_pid().unsigned_abs())),
        }
    }

    /// Forgets how the system tells that it has ended, as on a system that does not.
    #[cfg(test)]
    pub(crate) fn forget_exit_file(&mut self) {
        self.exit = None;
    }

    /// The process id, which is its group's too.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.pid.as_raw_pid().unsigned_abs()
    }

    /// Waits until something of `awaited` is there, or `limit` is over; without a limit, until
    /// something is there. May come back early with nothing.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn wait(&self, awaited: &Awaited<'_>, limit: Option<Duration>) -> io::Result<Ready> {
        let is_looked_at = awaited.exit && self.exit.is_none();
        let limit = match is_looked_at {
            true => Some(limit.unwrap_or(LOOK).min(LOOK)),
            false => limit,
        };
        let mut ready = self.poll(awaited, limit)?;
        if is_looked_at {
            ready.exited = self.has_exited()?;
        }
        self.has_ended.set(self.has_ended.get() || ready.exited);
        Ok(ready)
    }

    fn poll(&self, awaited: &Awaited<'_>, limit: Option<Duration>) -> io::Result<Ready> {
        let exit = self.exit.as_ref().filter(|_| awaited.exit);
        let [first, second] = awaited.streams;
        let files = [
            first,
            second,
            exit.map(AsFd::as_fd),
            awaited.bell,
            awaited.wake,
        ];
        let given = files.iter().flatten();
        let mut polled: Vec<PollFd<'_>> = given
            .map(|file| PollFd::from_borrowed_fd(*file, PollFlags::IN))
            .collect();
        if let Some((input, takes_more)) = awaited.input {
            let flags = match takes_more {
                true => PollFlags::OUT,
                false => PollFlags::empty(),
            };
            polled.push(PollFd::from_borrowed_fd(input, flags));
        }
        // A limit beyond what the system can represent is none.
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        match rustix::event::poll(&mut polled, limit.as_ref()) {
            Ok(_) => (),
            Err(Errno::INTR) => return Ok(Ready::default()),
            Err(error) => return Err(error.into()),
        }
        let mut answers = polled.iter().map(readiness);
        let [first, second, exit, bell, _] =
            files.map(|file| file.and_then(|_| answers.next()).unwrap_or_default());
        Ok(Ready {
            streams: [first, second],
            exited: exit != Readiness::Quiet,
            bell: bell != Readiness::Quiet,
        })
    }

    /// Whether the child has ended, which leaves it to be reaped.
    fn has_exited(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match rustix::process::waitid(WaitId::Pid(self.pid), options) {
            Ok(status) => Ok(status.is_some()),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What is at work beside the child: in its group, or descended from it. Empty where the system
    /// does not tell (it is looked up in `/proc`, which takes some microseconds for each process).
    #[must_use]
    pub fn descendants(&self) -> Descendants {
        let leader = self.id();
        Descendants {
            leader,
            processes: descendants::of_child(leader, self.mark.as_deref()),
        }
    }

    /// Whether something may be left of a child that has ended; told at once, and `false` unless this
    /// process is a [reaper](descendants::become_reaper).
    #[must_use]
    pub fn may_have_left_something() -> bool {
        descendants::may_be_left()
    }

    /// Whether it was ended because it wanted the terminal.
    #[must_use]
    pub fn wanted_terminal(&self) -> bool {
        self.watch.as_ref().is_some_and(Watch::wants_terminal)
    }

    /// Sends a signal to every process of the group; that there is none left is no error.
    ///
    /// # Errors
    /// When it is not allowed, because they belong to another user.
    pub fn signal_group(&self, signal: Signal) -> io::Result<()> {
        ignore_none(rustix::process::kill_process_group(self.pid, signal.into()))
    }

    /// Kills every process of the group, and the child itself, if it has gone to another group.
    ///
    /// # Errors
    /// When it is not allowed, because they belong to another user.
    pub fn kill(&self) -> io::Result<()> {
        self.signal_group(Signal::Kill)?;
        ignore_none(rustix::process::kill_process(self.pid, Signal::Kill.into()))
    }

    /// Waits until the child has ended, and takes what the system knows of it.
    ///
    /// # Errors
    /// Those of the operating system, when somebody else has reaped the child.
    pub fn reap(mut self) -> io::Result<(ExitStatus, Usage)> {
        self.reap_once()
    }

    fn reap_once(&mut self) -> io::Result<(ExitStatus, Usage)> {
        let ended = match self.has_ended.get() {
            true => Ok(()),
            false => self.await_end(),
        };
        // From now on its id may become another's.
        self.watch = None;
        let ended = ended.and_then(|()| self.wait_and_reap())?;
        let usage = Usage {
            user: ended.rusage.utime,
            system: ended.rusage.stime,
            peak_memory_bytes: ended.rusage.maxrss,
        };
        Ok((ended.status, usage))
    }

    fn wait_and_reap(&self) -> io::Result<ResUse> {
        loop {
            if let Some(ended) = wait4::try_wait4_pid(self.id())? {
                return Ok(ended);
            }
            self.await_end()?;
        }
    }

    /// Waits until it has ended, and leaves it to be reaped.
    fn await_end(&self) -> io::Result<()> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        loop {
            match rustix::process::waitid(WaitId::Pid(self.pid), options) {
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => (),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What is at work beside a child, at some moment.
#[derive(Debug, Default)]
pub struct Descendants {
    leader: u32,
    processes: Vec<Process>,
}

impl Descendants {
    /// What has come to this process as orphans, with what descends from them; nothing unless it is
    /// their [reaper](descendants::become_reaper).
    #[must_use]
    pub fn of_orphans() -> Descendants {
        Descendants {
            leader: 0,
            processes: descendants::all_orphans(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.processes.is_empty()
    }

    /// Their ids.
    pub fn ids(&self) -> impl Iterator<Item = u32> {
        self.processes.iter().map(|process| process.pid)
    }

    /// The ids of those that are not in the child's group.
    pub fn ids_outside(&self) -> impl Iterator<Item = u32> {
        let outside = self.outside();
        outside.map(|process| process.pid)
    }

    fn outside(&self) -> impl Iterator<Item = &Process> {
        let leader = self.leader;
        let processes = self.processes.iter();
        processes.filter(move |process| process.group != leader)
    }

    /// Sends a signal to those that are not in the child's group; that some have ended, or belong to
    /// another user, is no error.
    pub fn signal_outside(&self, signal: Signal) {
        self.outside().for_each(|process| {
            descendants::signal(process, signal.into());
        });
    }
}

impl Drop for GroupLeader {
    fn drop(&mut self) {
        // One that may not be killed could last for ever; the system reaps it in the end.
        if self.watch.is_some() && self.kill().is_ok() {
            let _ = self.reap_once();
        }
    }
}

/// A process id as other crates have it.
pub(super) fn checked(pid: nix::unistd::Pid) -> io::Result<Pid> {
    let pid = Pid::from_raw(pid.as_raw());
    pid.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn ignore_none(sent: rustix::io::Result<()>) -> io::Result<()> {
    match sent {
        Err(Errno::SRCH) => Ok(()),
        sent => Ok(sent?),
    }
}

#[cfg(target_os = "linux")]
fn open_exit_file(pid: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn open_exit_file(_: Pid) -> Option<OwnedFd> {
    None
}

fn readiness(polled: &PollFd<'_>) -> Readiness {
    let events = polled.revents();
    if events.contains(PollFlags::IN) {
        Readiness::Readable
    } else if events.is_empty() {
        Readiness::Quiet
    } else {
        Readiness::Ended
    }
}
