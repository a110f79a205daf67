//! What a child has started: found though it has left the child's group, ended with it, and reaped.
//!
//! On Linux this process can be the one that orphans among its descendants come to
//! (`PR_SET_CHILD_SUBREAPER`, prctl(2)): whatever a child leaves behind hangs below one of them. Whose
//! it is tells a variable that every child is started with; a process that has wiped its environment
//! is known only while the one that started it lives, and else when the run is over.

use super::children;
use super::processes::{self, Process, Table};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

/// The children of the main thread, as the system lists them: orphans come to that one, while the
/// threads that start children have their own. There once this process is a reaper.
static ORPHANS: OnceLock<File> = OnceLock::new();

/// Has the orphans among its descendants come to this process from now on; whether the system can.
/// What the process starts other than through this library must not be left to be reaped then: all
/// orphans are, whoever started them.
pub fn become_reaper() -> bool {
    let own = std::process::id();
    let orphans = File::open(format!("/proc/self/task/{own}/children"));
    match (orphans, set_reaper()) {
        (Ok(orphans), Ok(())) => ORPHANS.set(orphans).is_ok(),
        _ => false,
    }
}

#[cfg(target_os = "linux")]
fn set_reaper() -> io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(
        rustix::process::getpid(),
    ))?)
}

#[cfg(not(target_os = "linux"))]
fn set_reaper() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether this process is a reaper.
#[must_use]
pub fn is_reaper() -> bool {
    ORPHANS.get().is_some()
}

/// The orphans that have come to this process, zombies too, but not the children that it started.
fn orphans() -> Vec<u32> {
    let Some(file) = ORPHANS.get() else {
        return Vec::new();
    };
    let (mut text, mut buffer) = (Vec::new(), [0; 512]);
    while let Ok(len @ 1..) = file.read_at(&mut buffer, text.len() as u64) {
        text.extend_from_slice(&buffer[..len]);
    }
    let pids = text.split(|byte| *byte == b' ');
    let pids = pids.filter_map(|pid| std::str::from_utf8(pid).ok()?.parse().ok());
    pids.filter(|pid| !children::is_watched(*pid)).collect()
}

/// Reaps the orphans that have ended.
pub fn reap_orphans() {
    for orphan in orphans() {
        if let Some(pid) = to_pid(orphan) {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            // One that somebody else has reaped meanwhile is no loss.
            let _ = rustix::process::waitid(WaitId::Pid(pid), options);
        }
    }
}

/// What is at work of a child: the processes of its group but itself, and those that descend from
/// it wherever they are. `mark` is the variable that it was started with, as `NAME=value`.
pub(super) fn of_child(leader: u32, mark: Option<&CStr>) -> Vec<Process> {
    let table = Table::now();
    let of_group = table.all().filter(|process| process.group == leader);
    let mut roots: Vec<u32> = of_group.map(|process| process.pid).collect();
    roots.push(leader);
    if let Some(mark) = mark {
        let is_its = |orphan: &u32| processes::has_variable(*orphan, mark.to_bytes(), false);
        roots.extend(orphans().into_iter().filter(is_its));
    }
    let mut found = table.with_descendants(roots);
    found.retain(|process| process.pid != leader);
    found
}

/// Whether anything may be left of a child that has ended; told at once, and only by a reaper.
pub(super) fn may_be_left() -> bool {
    !orphans().is_empty()
}

/// What has come to this process as an orphan and is at work, with what it has started.
pub(super) fn all_orphans() -> Vec<Process> {
    let orphans = orphans();
    match orphans.is_empty() {
        true => Vec::new(),
        false => Table::now().with_descendants(orphans),
    }
}

/// Sends a signal to a process, unless it has ended; whether it was there.
pub(super) fn signal(process: &Process, signal: Signal) -> bool {
    // Its id may be another's by now.
    let is_it = processes::read(process.pid).is_some_and(|now| now.start == process.start);
    let pid = to_pid(process.pid).filter(|_| is_it);
    pid.is_some_and(|pid| rustix::process::kill_process(pid, signal).is_ok())
}

fn to_pid(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}
