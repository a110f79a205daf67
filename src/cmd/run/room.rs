//! How many tasks there is room for at a time, by the limits of this process; and what becomes of a
//! task that finds none after all.

use super::halting::Halting;
use crate::machine::limits::{self, ProcessLimit};
use crate::process::{Running, SpawnError};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Descriptors for a task: the pipes from its two streams and the file that tells its end, and one
/// more on average for the other ends of the pipes, which are open while it is started.
const FILES_PER_TASK: u64 = 4;

/// Descriptors for what is opened now and then: the empty input of tasks, the temporary file, a look at
/// `/proc`.
const FILES_SPARE: u64 = 3;

/// A task takes a thread of ours, and is given room for three processes: a shell and what it runs.
const PROCESSES_PER_TASK: u64 = 4;

/// Threads that are started besides.
const PROCESSES_SPARE: u64 = 2;

/// How long a task waits before its last try to start, when nothing that could make room is running.
const PAUSE: Duration = Duration::from_millis(200);

/// How often one that waits for room looks whether the run goes on.
const LOOK: Duration = Duration::from_millis(20);

/// How many tasks fit, of `wanted`, and what keeps them few if they are fewer. With `raise`, the limit
/// on open files is raised as far as that takes and the system allows.
pub(in crate::cmd) fn fitting(wanted: usize, raise: bool) -> (usize, Option<String>) {
    let (files, why_files) = by_files(wanted as u64, raise);
    let (processes, why_processes) = by_processes(wanted as u64);
    let limits = [
        (files, why_files),
        (processes, why_processes),
        by_memory(wanted as u64),
    ];
    let least = limits.into_iter().min_by_key(|(fitting, _)| *fitting);
    let (fitting, why) = least.unwrap_or((wanted as u64, None));
    // One is always worth a try.
    let fitting = usize::try_from(fitting)
        .unwrap_or(wanted)
        .clamp(1, wanted.max(1));
    (fitting, why.filter(|_| fitting < wanted))
}

fn by_files(wanted: u64, raise: bool) -> (u64, Option<String>) {
    let Some(open) = limits::files_open() else {
        return (wanted, None);
    };
    let taken = open + FILES_SPARE;
    if raise {
        limits::raise_open_files(taken + wanted * FILES_PER_TASK);
    }
    match limits::open_files() {
        None => (wanted, None),
        Some(limit) => (
            limit.saturating_sub(taken) / FILES_PER_TASK,
            Some(format!("open files are limited to {limit}")),
        ),
    }
}

fn by_memory(wanted: u64) -> (u64, Option<String>) {
    match limits::threads_in_memory(true) {
        None => (wanted, None),
        Some((threads, max)) => {
            let max = max >> 20;
            (threads, Some(format!("memory is limited to {max} MiB")))
        }
    }
}

fn by_processes(wanted: u64) -> (u64, Option<String>) {
    let enough = wanted * PROCESSES_PER_TASK + PROCESSES_SPARE;
    let Some((left, limit)) = limits::processes_left(enough) else {
        return (wanted, None);
    };
    let why = match limit {
        ProcessLimit::User(max) => format!("processes of this user are limited to {max}"),
        ProcessLimit::Cgroup(max) => format!("processes of this cgroup are limited to {max}"),
    };
    let fitting = left.saturating_sub(PROCESSES_SPARE) / PROCESSES_PER_TASK;
    (fitting, Some(why))
}

/// The tasks that run, for those that find no room to start.
#[derive(Debug, Default)]
pub(super) struct Occupancy {
    running: AtomicUsize,
    /// How many have ended so far.
    ended: Mutex<u64>,
    has_ended: Condvar,
    /// Whose turn it is to try again: one after the other, as the tries themselves take room.
    turn: Mutex<()>,
}

/// A task that runs, until this is dropped.
#[derive(Debug)]
pub(super) struct Occupied<'a>(&'a Occupancy);

impl Drop for Occupied<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
        let mut ended = self.0.ended.lock().unwrap_or_else(PoisonError::into_inner);
        *ended += 1;
        drop(ended);
        self.0.has_ended.notify_all();
    }
}

impl Occupancy {
    /// Starts a task by `spawn`. One that finds no room waits until another one has ended and tries
    /// again; it fails only when nothing else runs and the try after that has failed too.
    pub(super) fn start(
        &self,
        halting: &Halting,
        mut spawn: impl FnMut() -> Result<Running, SpawnError>,
    ) -> Result<(Running, Occupied<'_>), SpawnError> {
        let first = spawn();
        if !matches!(first, Err(SpawnError::NoRoom { .. })) {
            return first.map(|running| self.occupy(running));
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut was_alone = false;
        loop {
            let (ended, running) = (self.ended(), self.running.load(Ordering::SeqCst));
            let is_alone = running == 0;
            match spawn() {
                Err(SpawnError::NoRoom { .. })
                    if !(halting.stop().is_requested() || is_alone && was_alone) =>
                {
                    match is_alone {
                        true => std::thread::sleep(PAUSE),
                        false => self.wait_for_end(ended, halting),
                    }
                }
                tried => return tried.map(|running| self.occupy(running)),
            }
            was_alone = is_alone;
        }
    }

    fn occupy(&self, running: Running) -> (Running, Occupied<'_>) {
        self.running.fetch_add(1, Ordering::SeqCst);
        (running, Occupied(self))
    }

    fn ended(&self) -> u64 {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until more than `before` have ended, or the run is to end.
    fn wait_for_end(&self, before: u64, halting: &Halting) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        while *ended == before && !halting.stop().is_requested() {
            let waited = self.has_ended.wait_timeout(ended, LOOK);
            ended = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::run::Halt;
    use crate::process::{Command, Environment};
    use crate::stop::Stop;
    use std::io;
    use std::sync::atomic::AtomicU32;
    use std::thread;

    fn no_room() -> Result<Running, SpawnError> {
        Err(SpawnError::NoRoom {
            program: "x".to_owned(),
            source: io::Error::from_raw_os_error(24),
        })
    }

    fn started() -> Result<Running, SpawnError> {
        let argv = ["true"].into_iter().collect();
        Command::new(&argv, &Environment::inherited().expect("/dev/null")).spawn()
    }

    #[test]
    fn what_fits_is_at_least_one_and_at_most_what_is_wanted() {
        for wanted in [1, 2, 1024] {
            let (fitting, why) = fitting(wanted, false);
            assert!((1..=wanted).contains(&fitting));
            assert_eq!(why.is_some(), fitting < wanted, "{why:?}");
        }
    }

    #[test]
    fn a_task_without_room_waits_for_another_to_end() {
        let (stop, occupancy) = (Stop::new(), Occupancy::default());
        let halting = Halting::new(Halt::Never, &stop);
        let (running, occupied) = occupancy.start(&halting, started).expect("a process");
        let tries = AtomicU32::new(0);
        let ends = thread::scope(|scope| {
            let second = scope.spawn(|| {
                let started =
                    occupancy.start(&halting, || match tries.fetch_add(1, Ordering::SeqCst) {
                        0..3 => no_room(),
                        _ => started(),
                    });
                started.is_ok()
            });
            while tries.load(Ordering::SeqCst) < 2 {
                thread::yield_now();
            }
            drop((running, occupied));
            second.join().expect("no panic")
        });
        assert!(ends && tries.load(Ordering::SeqCst) == 4);
    }

    #[test]
    fn it_fails_when_nothing_else_runs_and_the_next_try_fails_too() {
        let (stop, occupancy) = (Stop::new(), Occupancy::default());
        let halting = Halting::new(Halt::Never, &stop);
        let mut tries = 0;
        let failed = occupancy.start(&halting, || {
            tries += 1;
            no_room()
        });
        assert!(matches!(failed, Err(SpawnError::NoRoom { .. })) && tries == 3);
    }
}
