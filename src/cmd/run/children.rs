//! The processes of tasks that a signal has stopped: heard of between two ticks of the run.

use crate::clock;
use crate::event::task::TaskEvent;
use crate::process::{self, Change, Terminal};

/// What is looked at.
#[derive(Debug)]
pub(in crate::cmd) struct Children<'a> {
    /// What tasks are given to use.
    terminal: Option<&'a Terminal>,
    /// How often this process had been stopped when it was looked at last.
    times_stopped: u64,
}

impl<'a> Children<'a> {
    pub(in crate::cmd) fn new(terminal: Option<&'a Terminal>) -> Children<'a> {
        Children {
            terminal,
            times_stopped: clock::times_held(),
        }
    }

    /// Whether this process was stopped since the last call, and goes on.
    pub(in crate::cmd) fn have_resumed(&mut self) -> bool {
        let before = std::mem::replace(&mut self.times_stopped, clock::times_held());
        before != self.times_stopped
    }

    /// Deals with those that were stopped since the last call, and reaps what has come to this
    /// process and ended; returns what is to be told.
    pub(in crate::cmd) fn look<O>(&self) -> Vec<TaskEvent<O>> {
        process::reap_orphans();
        let changes = process::changes().into_iter();
        changes.filter_map(|change| self.take(change)).collect()
    }

    fn take<O>(&self, change: Change) -> Option<TaskEvent<O>> {
        match self.terminal {
            Some(terminal) if change.stopped_by.is_some() => {
                share_stop(terminal, change);
                return None;
            }
            None if change.wants_terminal() => {
                process::end_for_terminal(change.pid);
                return None;
            }
            _ => (),
        }
        Some(TaskEvent::Paused {
            pid: change.pid,
            is_stopped: change.stopped_by.is_some(),
        })
    }
}

/// A task that has the terminal was stopped, as by Ctrl-Z: so is this process, for whoever has started
/// it to notice. Continued in the foreground, it hands the terminal back.
fn share_stop(terminal: &Terminal, change: Change) {
    // It may have asked for the terminal before it had it.
    if !change.wants_terminal() && terminal.take_back().is_ok() {
        clock::hold_while(process::suspend);
        while !terminal.is_ours() {
            clock::hold_while(process::suspend);
        }
    }
    // Without a terminal any more it ends by itself.
    let _ = terminal.lend(change.pid);
}
