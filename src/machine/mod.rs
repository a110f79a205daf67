//! What this machine gives the process: the CPUs it may use, the CPU time it has used, files that
//! can be waited for, [child processes](child) and how they are [started](spawn), what they
//! [start themselves](descendants), [room] for more of them and the [limits] on them, and what is
//! [counted](counters) meanwhile.
//!
//! The one place for what differs between operating systems.

pub mod affinity;
pub mod argv;
pub mod bell;
pub mod child;
pub mod child_input;
pub mod children;
pub mod closed;
pub mod counters;
pub mod descendants;
mod evidence;
mod fingerprint;
pub mod folder;
pub mod guard;
mod guard_table;
pub mod helper;
mod launcher;
pub mod limits;
pub mod pipe;
pub mod priority;
mod processes;
pub mod room;
pub mod spawn;
pub mod terminal;
pub mod wake;

pub use evidence::{Evidence, Snapshot};
pub use fingerprint::Fingerprint;

use nix::sys::resource::{UsageWho, getrusage};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Mode, OFlags};
use rustix::time::ClockId;
use std::fs::{File, FileType};
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

/// How many CPUs this process may really use.
///
/// The affinity mask and, on Linux, the cgroup's CPU quota count, so it can be fewer than the
/// machine has. At least 1. Asked of the system once: it takes several files to answer.
#[must_use]
pub fn cpus_available() -> usize {
    static CPUS: OnceLock<usize> = OnceLock::new();
    *CPUS.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// The CPU time, user and system, that all threads of this process have used so far.
#[must_use]
pub fn cpu_time() -> Duration {
    cpu_clock(ClockId::ProcessCPUTime)
}

/// The CPU time, user and system, that the calling thread has used so far.
#[must_use]
pub fn thread_cpu_time() -> Duration {
    cpu_clock(ClockId::ThreadCPUTime)
}

/// How much of the CPU time of this process was spent in the
/// operating system; zero where it does not tell.
#[must_use]
pub fn system_cpu_time() -> Duration {
    getrusage(UsageWho::RUSAGE_SELF).map_or(Duration::ZERO, |usage| {
        let used = usage.system_time();
        Duration::new(
            u64::try_from(used.tv_sec()).unwrap_or(0),
            u32::try_from(used.tv_usec()).unwrap_or(0) * 1_000,
        )
    })
}

fn cpu_clock(clock: ClockId) -> Duration {
    let used = rustix::time::clock_gettime(clock);
    Duration::new(
        u64::try_from(used.tv_sec).unwrap_or(0),
        u32::try_from(used.tv_nsec).unwrap_or(0),
    )
}

/// Opens a file to read, without waiting for a writer when it is a named pipe; reads from a named
/// pipe may say that nothing is there yet.
///
/// # Errors
/// Those of the operating system.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// Standard input as a file of its own.
///
/// # Errors
/// When standard input is closed.
pub fn standard_input() -> io::Result<File> {
    if closed::was_closed(0) {
        return Err(io::Error::other(
            "it is closed; give <FILE, or </dev/null for nothing",
        ));
    }
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Standard output as a file of its own, without a buffer.
///
/// # Errors
/// When standard output is closed.
pub fn standard_output() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

/// Standard error as a file of its own, without a buffer.
///
/// # Errors
/// When standard error is closed.
pub fn standard_error() -> io::Result<File> {
    Ok(File::from(io::stderr().as_fd().try_clone_to_owned()?))
}

/// Whether writing to a file of this kind waits for somebody to read.
#[must_use]
pub fn is_pipe(kind: FileType) -> bool {
    kind.is_fifo() || kind.is_socket()
}

/// Lets a pipe hold more, so that its two ends wake one another less often; does nothing where that
/// can't be had.
pub fn widen_pipe(file: impl AsFd) {
    /// As much as Linux lets everybody have (`/proc/sys/fs/pipe-max-size`).
    const PIPE_LEN: usize = 1 << 20;
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(&file, PIPE_LEN);
}

/// Sets disk space aside for a range of a file, which is as long as that afterwards; says whether the
/// file system knows how to.
///
/// # Errors
/// When there is too little of it, or the file may not be that long.
#[cfg(target_os = "linux")]
pub fn reserve(file: &File, range: Range<u64>) -> io::Result<bool> {
    use rustix::fs::FallocateFlags;
    use rustix::io::Errno;
    let Range { start, end } = range;
    let flags = FallocateFlags::empty();
    match rustix::io::retry_on_intr(|| rustix::fs::fallocate(file, flags, start, end - start)) {
        Ok(()) => Ok(true),
        Err(error @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) => Err(error.into()),
        Err(_) => Ok(false),
    }
}

/// Sets no disk space aside on this system.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn reserve(_: &File, _: Range<u64>) -> io::Result<bool> {
    Ok(false)
}

/// The name that this machine has in its network.
#[must_use]
pub fn host_name() -> String {
    let uname = rustix::system::uname();
    uname.nodename().to_string_lossy().into_owned()
}

/// Whether this process was started with a signal ignored; `false` where the system does not tell.
#[must_use]
pub fn is_signal_ignored(signal: i32) -> bool {
    ignored_signals().is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// The signals that this process ignores, the lowest bit for signal 1; `None` where the system does
/// not tell.
fn ignored_signals() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
}

/// The name of a signal, such as `SIGKILL`; `None` for one without, such as those for real time.
#[must_use]
pub fn signal_name(number: i32) -> Option<&'static str> {
    nix::sys::signal::Signal::try_from(number)
        .ok()
        .map(nix::sys::signal::Signal::as_str)
}

/// Lets two paths change what they lead to, at once.
///
/// # Errors
/// Those of the operating system, which may not know how to.
#[cfg(target_os = "linux")]
pub fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

/// Lets two paths change what they lead to, at once; this system does not know how to.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Lets reads and writes of a file end at once instead of waiting.
///
/// # Errors
/// Those of the operating system.
pub fn set_nonblocking(file: impl AsFd) -> io::Result<()> {
    Ok(rustix::io::ioctl_fionbio(file, true)?)
}

/// Waits until a read would not block, or `limit` is over; says whether it would not.
///
/// # Errors
/// Those of the operating system.
pub fn wait_readable(file: impl AsFd, limit: Duration) -> io::Result<bool> {
    wait(file, PollFlags::IN, limit)
}

/// Waits until a write of up to `PIPE_BUF` bytes would not block, or `limit` is over; says whether
/// it would not.
///
/// # Errors
/// Those of the operating system.
pub fn wait_writable(file: impl AsFd, limit: Duration) -> io::Result<bool> {
    wait(file, PollFlags::OUT, limit)
}

fn wait(file: impl AsFd, events: PollFlags, limit: Duration) -> io::Result<bool> {
    let limit = Timespec::try_from(limit).map_err(io::Error::other)?;
    match rustix::event::poll(&mut [PollFd::new(&file, events)], Some(&limit)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_the_names_that_people_know() {
        let names = [1, 9, 15].map(signal_name);
        assert_eq!(names, [Some("SIGHUP"), Some("SIGKILL"), Some("SIGTERM")]);
        assert_eq!([0, 40, 999].map(signal_name), [None; 3]);
    }

    #[test]
    fn cpu_time_grows_with_work() {
        let before = cpu_time();
        let mut x = 1u64;
        while cpu_time() == before {
            x = std::hint::black_box(x.wrapping_mul(3));
        }
        assert!(cpu_time() > before);
        assert!(thread_cpu_time() > Duration::ZERO && thread_cpu_time() <= cpu_time());
        assert!(cpus_available() >= 1);
    }
}
