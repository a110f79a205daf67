//! The children that this process watches, as all its threads know them: to signal them all, to hear
//! which of them a signal has stopped, and to tell them from processes that came to it as orphans.
//!
//! A child is here from its start until just before it is reaped, so an id that is here is nobody
//! else's.

use super::guard_table;
use super::processes;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

static WATCHED: Mutex<Watched> = Mutex::new(Watched {
    tasks: BTreeMap::new(),
    free: BTreeSet::new(),
    helpers: BTreeSet::new(),
});

/// How many children are being started.
static STARTS: AtomicUsize = AtomicUsize::new(0);

/// Whether no child is to be started for the moment.
static ARE_STARTS_HELD: AtomicBool = AtomicBool::new(false);

const LOOK: Duration = Duration::from_millis(1);

#[derive(Debug)]
struct Watched {
    /// By their ids, whether they were ended because they wanted the terminal.
    tasks: BTreeMap<u32, bool>,
    /// Places in the guard's table that are free again.
    free: BTreeSet<usize>,
    /// Processes of ours that are no tasks: they are never signalled with the others.
    helpers: BTreeSet<u32>,
}

fn watched() -> MutexGuard<'static, Watched> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A child that is watched until this is dropped, which must be before it is reaped.
#[derive(Debug)]
pub(super) struct Watch {
    pid: u32,
    /// Its place in the guard's table; `None` for a helper.
    index: Option<usize>,
}

impl Watch {
    /// Watches a process of ours that is no task.
    pub(super) fn of_helper(pid: u32) -> Watch {
        watched().helpers.insert(pid);
        Watch { pid, index: None }
    }

    pub(super) fn of(pid: u32) -> Watch {
        let mut watched = watched();
        let taken = watched.tasks.len() + watched.free.len();
        let index = watched.free.pop_first().unwrap_or(taken);
        watched.tasks.insert(pid, false);
        drop(watched);
        guard_table::note(index, pid);
        Watch {
            pid,
            index: Some(index),
        }
    }

    /// Whether it was ended because it wanted the terminal.
    pub(super) fn wants_terminal(&self) -> bool {
        watched().tasks.get(&self.pid) == Some(&true)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(index) = self.index else {
            watched().helpers.remove(&self.pid);
            return;
        };
        guard_table::clear(index);
        let mut watched = watched();
        watched.tasks.remove(&self.pid);
        watched.free.insert(index);
    }
}

/// Whether a process is a child that is watched.
pub(super) fn is_watched(pid: u32) -> bool {
    let watched = watched();
    watched.tasks.contains_key(&pid) || watched.helpers.contains(&pid)
}

/// A child that is being started, from before its `fork` until it is watched.
#[derive(Debug)]
pub(super) struct Start(());

impl Start {
    /// Waits while starts are held.
    pub(super) fn begin() -> Start {
        loop {
            STARTS.fetch_add(1, Ordering::SeqCst);
            if !ARE_STARTS_HELD.load(Ordering::SeqCst) {
                return Start(());
            }
            STARTS.fetch_sub(1, Ordering::SeqCst);
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        STARTS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Stops every watched child with its group, then this process, by SIGSTOP; returns once it has been
/// continued, and has continued them. No child is started meanwhile.
pub fn suspend() {
    ARE_STARTS_HELD.store(true, Ordering::SeqCst);
    await_starts();
    signal_all(Signal::SIGTSTP);
    // A process may always stop itself.
    let _ = nix::sys::signal::raise(Signal::SIGSTOP);
    signal_all(Signal::SIGCONT);
    ARE_STARTS_HELD.store(false, Ordering::SeqCst);
}

/// Waits until every start that is under way is done.
///
/// The terminal sends Ctrl-Z to a child too that has not left our group yet: it is stopped before its
/// `exec`, and the thread that starts it sleeps until then, beyond the reach of any signal. It is
/// continued here: what it becomes is stopped with the others.
fn await_starts() {
    let own = std::process::id();
    let mut looks = 0u32;
    while STARTS.load(Ordering::SeqCst) > 0 {
        thread::sleep(LOOK);
        looks += 1;
        if looks.is_multiple_of(10) {
            let table = processes::Table::now();
            let children = table.children_of(own);
            for child in children.filter(|child| child.is_stopped && !is_watched(child.pid)) {
                let _ = nix::sys::signal::kill(to_pid(child.pid), Signal::SIGCONT);
            }
        }
    }
}

fn signal_all(signal: Signal) {
    for pid in watched().tasks.keys() {
        // One that has ended, or belongs to another user by now, can't be stopped.
        let _ = killpg(to_pid(*pid), signal);
    }
}

fn to_pid(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).unwrap_or(i32::MAX))
}

/// What has become of a watched child that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its process id.
    pub pid: u32,
    /// The signal that has stopped it; `None` when it was continued.
    pub stopped_by: Option<i32>,
}

impl Change {
    /// Whether it was stopped because it used the terminal, which belongs to others.
    #[must_use]
    pub fn wants_terminal(&self) -> bool {
        let [read, write] = [Signal::SIGTTIN, Signal::SIGTTOU].map(|signal| Some(signal as i32));
        self.stopped_by == read || self.stopped_by == write
    }
}

/// The watched children that were stopped or continued since the last call, each told once; none where
/// the system does not tell that apart from their ends.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn changes() -> Vec<Change> {
    Vec::new()
}

/// The watched children that were stopped or continued since the last call, each told once.
#[cfg(target_os = "linux")]
#[must_use]
pub fn changes() -> Vec<Change> {
    use nix::errno::Errno;
    use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
    let flags = WaitPidFlag::WSTOPPED | WaitPidFlag::WCONTINUED | WaitPidFlag::WNOHANG;
    let mut changes = Vec::new();
    loop {
        let (pid, stopped_by) = match waitid(Id::All, flags) {
            Ok(WaitStatus::Stopped(pid, signal)) => (pid, Some(signal as i32)),
            Ok(WaitStatus::Continued(pid)) => (pid, None),
            Err(Errno::EINTR) => continue,
            // None, or no children at all.
            _ => return changes,
        };
        let pid = u32::try_from(pid.as_raw()).unwrap_or(0);
        if is_watched(pid) {
            changes.push(Change { pid, stopped_by });
        }
    }
}

/// Ends a watched child that was stopped as it wants the terminal, with its group: tells it to end and
/// has it go on, which is all that most programs need; kills it when it comes back for more.
pub fn end_for_terminal(pid: u32) {
    // Under the lock it can't be reaped, and its id can't become another's.
    let mut watched = watched();
    let Some(wants_terminal) = watched.tasks.get_mut(&pid) else {
        return;
    };
    let signal = match std::mem::replace(wants_terminal, true) {
        true => Signal::SIGKILL,
        false => Signal::SIGTERM,
    };
    for signal in [signal, Signal::SIGCONT] {
        let _ = killpg(to_pid(pid), signal);
    }
}
