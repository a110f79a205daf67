//! The guard: a small process that outlives this one when it is killed, and then ends the tasks that it
//! was running. `PR_SET_PDEATHSIG` would do the same, but `posix_spawn` can't set it.
//!
//! The guard sleeps until this process has ended, which a pidfd tells it (Linux from 5.3 on). The
//! process ids of the tasks are in an unlinked file in memory that both have open: that costs a write
//! of four bytes at the start and at the end of a task, and wakes no process.

#[cfg(target_os = "linux")]
use super::child::{self, GroupLeader};
use super::children::Start;
use super::guard_table::{ENTRY_LEN, TABLE};
use super::launcher::THIS_PROGRAM;
use super::processes::{self, Table};
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::signal::SigSet;
use rustix::process::{Pid, Signal};
use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

/// The name under which this program is started to be a guard, and which `ps` shows. It has nothing
/// of the program's own name, so that whoever kills all processes of that name spares the guard.
pub(super) const NAME: &str = "task-guard";

/// The variable that tells the processes of a run, by `RUN.TASK.ATTEMPT`.
pub const TASK_VARIABLE: &str = "PARTASK_TASK";

/// What a run is called in [`TASK_VARIABLE`]: no other of this machine is called so.
#[must_use]
pub fn run_name() -> String {
    let own = std::process::id();
    let start = processes::read(own).map_or(0, |process| process.start);
    format!("{own}-{start}")
}

/// The guard of this process, which ends when this is dropped.
#[cfg(target_os = "linux")]
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Guard {
    /// Killed and reaped with it.
    _process: GroupLeader,
}

#[cfg(target_os = "linux")]
impl Guard {
    /// Starts one for this process, which must be the program `partask` itself, as that is what it
    /// executes again. To be called once, before any child is started.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn start() -> io::Result<Guard> {
        use rustix::fs::MemfdFlags;
        let table = rustix::fs::memfd_create("partask-tasks", MemfdFlags::CLOEXEC)?;
        let table = TABLE.get_or_init(|| File::from(table));
        let arguments = [std::process::id().to_string(), run_name()];
        let process = start(NAME, &arguments, table)?;
        Ok(Guard { _process: process })
    }
}

/// Starts this program as a helper of that name, with nothing open but empty standard streams and
/// `file` as its descriptor 3.
///
/// # Errors
/// Those of the operating system.
#[cfg(target_os = "linux")]
fn start(name: &str, arguments: &[String], file: &File) -> io::Result<GroupLeader> {
    let words = std::iter::once(name).chain(arguments.iter().map(String::as_str));
    let words = words.map(CString::new).collect::<Result<Vec<_>, _>>()?;
    let empty = File::options().read(true).write(true).open("/dev/null")?;
    let mut files = PosixSpawnFileActions::init()?;
    for standard in 0..3 {
        files.add_dup2(empty.as_raw_fd(), standard)?;
    }
    files.add_dup2(file.as_raw_fd(), 3)?;
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_sigmask(&SigSet::empty())?;
    attributes.set_sigdefault(&SigSet::all())?;
    attributes.set_flags(
        PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF,
    )?;
    let no_variables: [&CStr; 0] = [];
    // Ctrl-Z may come even now, and stops a helper that has not come to its `exec`, and us with it.
    let start = Start::begin();
    let pid = posix_spawn(THIS_PROGRAM, &files, &attributes, &words, &no_variables)?;
    let helper = GroupLeader::helper(child::checked(pid)?);
    drop(start);
    Ok(helper)
}

/// The whole life of a guard: waits for the process of that id to end, then tells to end (SIGTERM)
/// the groups in the table, and whatever else still runs of that run.
///
/// # Errors
/// Those of the operating system, which leave nothing guarded.
#[cfg(target_os = "linux")]
pub(super) fn stand(guarded: &str, run: &str) -> io::Result<()> {
    use rustix::io::Errno;
    use rustix::process::{PidfdFlags, getppid, pidfd_open};
    use std::os::fd::AsFd;
    let guarded: i32 = guarded.parse().map_err(io::Error::other)?;
    let guarded = Pid::from_raw(guarded).ok_or(io::ErrorKind::InvalidInput)?;
    // Away from the terminal, whose signals are not for us, and from every folder.
    let _ = rustix::process::setsid();
    let _ = rustix::thread::set_name(c"task-guard");
    std::env::set_current_dir("/")?;
    // Its descriptor here, see `start`.
    let table = File::open("/proc/self/fd/3")?;
    match pidfd_open(guarded, PidfdFlags::empty()) {
        // A process that has ended by now is no parent of this one any more.
        Ok(end) if getppid() == Some(guarded) => {
            while !super::wait_readable(end.as_fd(), std::time::Duration::from_secs(3600))? {}
        }
        Ok(_) | Err(Errno::SRCH) => (),
        Err(error) => return Err(error.into()),
    }
    end_all(&table, run)
}

#[cfg(target_os = "linux")]
fn end_all(table: &File, run: &str) -> io::Result<()> {
    let mut entries = Vec::new();
    io::Read::read_to_end(&mut { table }, &mut entries)?;
    let (entries, _) = entries.as_chunks::<{ ENTRY_LEN as usize }>();
    for pid in entries.iter().map(|entry| i32::from_ne_bytes(*entry)) {
        let group = Pid::from_raw(pid).filter(|_| pid > 1);
        // One that is not there any more needs nothing.
        for signal in [Signal::TERM, Signal::CONT] {
            let _ = group.map(|group| rustix::process::kill_process_group(group, signal));
        }
    }
    let variable = format!("{TASK_VARIABLE}={run}.");
    let own = std::process::id();
    for process in Table::now().all().filter(|process| process.pid != own) {
        if processes::has_variable(process.pid, variable.as_bytes(), true)
            && let Some(pid) = i32::try_from(process.pid).ok().and_then(Pid::from_raw)
        {
            for signal in [Signal::TERM, Signal::CONT] {
                let _ = rustix::process::kill_process(pid, signal);
            }
        }
    }
    Ok(())
}
