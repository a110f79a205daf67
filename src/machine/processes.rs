//! The processes of this machine, as `/proc` lists them (proc(5)).

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A process at work: neither a zombie nor gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) parent: u32,
    pub(super) group: u32,
    /// Whether a signal has stopped it.
    pub(super) is_stopped: bool,
    /// When it was started, in ticks since the system was: with its id it names one process only.
    pub(super) start: u64,
}

/// What the table of processes was at some moment.
#[derive(Debug, Default)]
pub(super) struct Table {
    by_pid: HashMap<u32, Process>,
    children: HashMap<u32, Vec<u32>>,
}

/// The table taken last, and when it was begun.
static LAST: Mutex<Option<(Instant, Arc<Table>)>> = Mutex::new(None);

impl Table {
    /// The table as it is now, or as it became after this call. Threads that ask at the same time share
    /// one: to read it takes some microseconds for each process of the machine. Empty where the
    /// system does not tell.
    pub(super) fn now() -> Arc<Table> {
        let asked = Instant::now();
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((begun, table)) = &*last
            && *begun >= asked
        {
            return Arc::clone(table);
        }
        let begun = Instant::now();
        let table = Arc::new(Table::read());
        *last = Some((begun, Arc::clone(&table)));
        table
    }

    fn read() -> Table {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Table::default();
        };
        let pids = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        Table::of(pids.filter_map(read))
    }

    fn of(processes: impl Iterator<Item = Process>) -> Table {
        let mut table = Table::default();
        for process in processes {
            table.by_pid.insert(process.pid, process);
            table
                .children
                .entry(process.parent)
                .or_default()
                .push(process.pid);
        }
        table
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Process> {
        self.by_pid.values()
    }

    /// The children of a process that are at work.
    pub(super) fn children_of(&self, pid: u32) -> impl Iterator<Item = &Process> {
        let children = self.children.get(&pid).into_iter().flatten();
        children.filter_map(|child| self.by_pid.get(child))
    }

    /// `roots` and all that descends from them, those at work, without `roots` that are not.
    pub(super) fn with_descendants(&self, roots: impl IntoIterator<Item = u32>) -> Vec<Process> {
        let mut seen = BTreeSet::new();
        let mut next: Vec<u32> = roots.into_iter().collect();
        while let Some(pid) = next.pop() {
            if seen.insert(pid) {
                next.extend(self.children.get(&pid).into_iter().flatten());
            }
        }
        let at_work = seen.iter().filter_map(|pid| self.by_pid.get(pid));
        at_work.copied().collect()
    }
}

/// A process at work by its id.
pub(super) fn read(pid: u32) -> Option<Process> {
    parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Whether a process was started with this variable, given as `NAME=value`; with `is_prefix`, with one
/// that begins so.
pub(super) fn has_variable(pid: u32, variable: &[u8], is_prefix: bool) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment
        .split(|byte| *byte == 0)
        .any(|one| match is_prefix {
            true => one.starts_with(variable),
            false => one == variable,
        })
}

/// `PF_EXITING`: the process is on its way out, and has let go of its environment already.
const EXITING: u64 = 4;

/// A line of `/proc/PID/stat` (proc_pid_stat(5)); `None` for a process that has ended.
fn parse(pid: u32, stat: &str) -> Option<Process> {
    // The program's name stands in brackets and may hold brackets and spaces too.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let state = *fields.first()?;
    let flags: u64 = fields.get(6)?.parse().ok()?;
    Some(Process {
        pid,
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        is_stopped: state == "T",
        start: fields.get(19)?.parse().ok()?,
    })
    .filter(|_| !matches!(state, "Z" | "X") && flags & EXITING == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str = "6 0 -1 4194304 1 2 3 4 5 6 7 8 9 10 11 0";

    #[test]
    fn a_process_is_told_from_a_name_that_looks_like_more() {
        let of = |stat: &str| parse(12, &format!("{stat} {REST} 777 1"));
        let process = |parent, group, is_stopped| {
            Some(Process {
                pid: 12,
                parent,
                group,
                is_stopped,
                start: 777,
            })
        };
        assert_eq!(of("12 (a) S 1) R 3 45"), process(3, 45, false));
        assert_eq!(of("12 (sleep) T 3 45"), process(3, 45, true));
        assert_eq!(of("12 (sleep) Z 3 45"), None);
        let exiting = REST.replace("4194304", "4194308");
        assert_eq!(
            parse(12, &format!("12 (sleep) R 3 45 {exiting} 777 1")),
            None
        );
        assert_eq!(parse(12, ""), None);
    }

    #[test]
    fn this_process_is_at_work() {
        let own = std::process::id();
        let table = Table::now();
        let found = table.all().find(|process| process.pid == own);
        assert_eq!(
            found.map(|process| process.start),
            read(own).map(|p| p.start)
        );
        assert!(found.is_some_and(|process| !process.is_stopped));
        assert!(has_variable(own, b"PATH=", true) && !has_variable(own, b"PATH=", false));
    }

    #[test]
    fn descendants_are_found_through_those_between() {
        let process = |pid, parent| Process {
            pid,
            parent,
            group: 1,
            is_stopped: false,
            start: 0,
        };
        let table = Table::of(
            [(3, 2), (4, 3), (5, 4), (6, 1)]
                .map(|(p, q)| process(p, q))
                .into_iter(),
        );
        let found = |roots: &[u32]| -> Vec<u32> {
            let found = table.with_descendants(roots.iter().copied());
            found.iter().map(|process| process.pid).collect()
        };
        // Process 2 has ended; what it started has not.
        assert_eq!(found(&[2]), [3, 4, 5]);
        assert_eq!(found(&[4, 6]), [4, 5, 6]);
        assert_eq!(table.children_of(3).count(), 1);
        assert!(found(&[]).is_empty() && found(&[99]).is_empty());
    }
}
