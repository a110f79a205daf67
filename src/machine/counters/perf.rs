//! The counters of the CPU, which Linux opens by `perf_event_open`; the home of the crate `perf_event`.
//!
//! A counter belongs to the thread that opens it and, being inherited, to every thread and process that
//! starts from it later: the pool's, and the programs'. Reading one adds up all of them, those that have
//! ended included.

use super::counts::{self, Raw};
use super::{Counting, Whose};
use perf_event::events::{Event, Hardware};
use perf_event::{Builder, Counter};
use rustix::io::Errno;
use std::io;

/// What is counted. The last is started last and read first, so that it sees the least of what this
/// does itself.
const EVENTS: [Hardware; 5] = [
    Hardware::CACHE_REFERENCES,
    Hardware::CACHE_MISSES,
    Hardware::BRANCH_MISSES,
    Hardware::INSTRUCTIONS,
    Hardware::CPU_CYCLES,
];

/// Finds out what there is, by opening a counter.
pub(super) fn counting() -> Counting {
    let open = |user_only| open(Hardware::INSTRUCTIONS, Whose::Threads, user_only);
    match open(false) {
        Ok(_) => Counting::Everything,
        Err(error) if is_forbidden(&error) => match open(true) {
            Ok(_) => Counting::UserOnly,
            Err(error) => Counting::Nothing(why(&error)),
        },
        Err(error) => Counting::Nothing(why(&error)),
    }
}

fn is_forbidden(error: &io::Error) -> bool {
    [Some(Errno::ACCESS), Some(Errno::PERM)].contains(&Errno::from_io_error(error))
}

/// Why there are no counters.
fn why(error: &io::Error) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let paranoid = read("/proc/sys/kernel/perf_event_paranoid");
    let is_virtual = read("/proc/cpuinfo").contains(" hypervisor");
    explained(error, paranoid.trim(), is_virtual)
}

/// The same, given how much the system forbids and whether the machine is a virtual one.
fn explained(error: &io::Error, paranoid: &str, is_virtual: bool) -> String {
    let machine = if is_virtual {
        "virtual machine"
    } else {
        "machine"
    };
    match Errno::from_io_error(error) {
        Some(Errno::NOENT | Errno::NODEV | Errno::OPNOTSUPP | Errno::NXIO) => {
            format!("this {machine} gives none")
        }
        // Debian's kernels, and others, know of more than 2.
        Some(Errno::ACCESS | Errno::PERM) if paranoid.parse().is_ok_and(|n: i32| n > 2) => {
            format!("perf_event_paranoid = {paranoid} forbids them, 2 does not")
        }
        Some(Errno::ACCESS | Errno::PERM) => {
            format!("forbidden, as in many containers (perf_event_paranoid = {paranoid})")
        }
        Some(Errno::NOSYS) => "this system has no perf_event_open".to_owned(),
        _ => error.to_string(),
    }
}

fn open<E: Event>(event: E, whose: Whose, user_only: bool) -> io::Result<Counter> {
    Builder::new(event)
        .inherit(true)
        .exclude_kernel(user_only)
        .exclude_hv(user_only)
        // This thread itself executes nothing, so it is never counted, nor is a child before its `exec`.
        .enable_on_exec(whose == Whose::Programs)
        .build()
}

/// Counters at work.
#[derive(Debug)]
pub(super) struct Set(Vec<Option<Counter>>);

impl Set {
    /// Starts those that there are.
    pub(super) fn start(whose: Whose, user_only: bool) -> Set {
        Set::of(&EVENTS, whose, user_only)
    }

    fn of<E: Event + Copy>(events: &[E], whose: Whose, user_only: bool) -> Set {
        let counters = events.iter().map(|event| open(*event, whose, user_only));
        let mut counters: Vec<Option<Counter>> = counters.map(Result::ok).collect();
        if whose == Whose::Threads {
            for counter in &mut counters {
                // One that can't be started says that it was never at work.
                let _ = counter.as_mut().map(Counter::enable);
            }
        }
        Set(counters)
    }

    /// Reads them all, and gives them back.
    pub(super) fn stop(self) -> counts::Hardware {
        let [references, misses, branch_misses, instructions, cycles] = self.read()[..] else {
            return counts::Hardware::default();
        };
        counts::Hardware {
            instructions,
            cycles,
            cache_references: references,
            cache_misses: misses,
            branch_misses,
        }
    }

    fn read(mut self) -> Vec<Option<Raw>> {
        let last_first = self.0.iter_mut().rev();
        let read = last_first.map(|counter| counter.as_mut().and_then(read));
        let mut read: Vec<Option<Raw>> = read.collect();
        read.reverse();
        read
    }
}

fn read(counter: &mut Counter) -> Option<Raw> {
    let data = counter.read_full().ok()?;
    let ns = |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    Some(Raw {
        count: data.count(),
        enabled_ns: data.time_enabled().map(ns)?,
        running_ns: data.time_running().map(ns)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use perf_event::events::Software;
    use std::hint::black_box;
    use std::process::Command;
    use std::thread;
    use std::time::{Duration, Instant};

    /// What every machine with Linux has, if it lets them be counted at all.
    const EVENTS: [Software; 3] = [
        Software::TASK_CLOCK,
        Software::CONTEXT_SWITCHES,
        Software::PAGE_FAULTS,
    ];

    /// Counts those while something runs; `None` where that is forbidden.
    fn counted(whose: Whose, run: impl FnOnce()) -> Option<Counted> {
        let user_only = match open(EVENTS[0], whose, false) {
            Ok(_) => false,
            Err(error) if is_forbidden(&error) && open(EVENTS[0], whose, true).is_ok() => true,
            Err(error) => {
                // A container may forbid the call, and nothing else is an excuse.
                let excuses = [Some(Errno::ACCESS), Some(Errno::PERM), Some(Errno::NOSYS)];
                assert!(excuses.contains(&Errno::from_io_error(&error)), "{error}");
                return None;
            }
        };
        let set = Set::of(&EVENTS, whose, user_only);
        run();
        let read = set.read();
        let [clock, switches, faults] = [0, 1, 2].map(|i| read[i].expect("it can be read"));
        Some(Counted {
            clock,
            // Threads are switched by the system.
            switches: (!user_only).then_some(switches),
            faults,
        })
    }

    #[derive(Debug)]
    struct Counted {
        clock: Raw,
        switches: Option<Raw>,
        faults: Raw,
    }

    /// Keeps a CPU busy until this thread has had one for so long.
    fn spin(cpu: Duration) {
        let mut x = 1u64;
        while crate::machine::thread_cpu_time() < cpu {
            x = black_box(x.wrapping_mul(3));
        }
    }

    const WORK: Duration = Duration::from_millis(20);
    const WORK_NS: u64 = WORK.as_nanos() as u64;

    #[test]
    fn the_threads_that_are_started_later_are_counted() {
        let two = || {
            thread::scope(|scope| {
                scope.spawn(|| spin(WORK));
                scope.spawn(|| spin(WORK));
            });
        };
        let Some(counted_two) = counted(Whose::Threads, two) else {
            return;
        };
        assert!(counted_two.clock.count >= 2 * WORK_NS, "{counted_two:?}");
        assert!(counted_two.clock.running_ns >= 2 * WORK_NS);
        let has_waited = |raw: Raw| raw.count >= 1;
        assert!(
            counted_two.switches.is_none_or(has_waited),
            "{counted_two:?}"
        );
        // Those that are there already are not.
        let before = thread::spawn(|| spin(WORK));
        let none = counted(Whose::Threads, || ()).expect("as before");
        assert!(none.clock.count < WORK_NS, "{none:?}");
        before.join().expect("it ends");
    }

    /// Executes a line of shell by way of a thread, as tasks are.
    fn execute(line: &str) {
        let start = || Command::new("sh").args(["-c", line]).status();
        let ended = thread::scope(|scope| scope.spawn(start).join());
        assert!(ended.expect("a thread").expect("a shell").success());
    }

    #[test]
    fn of_programs_this_thread_is_not_counted() {
        let own = || spin(crate::machine::thread_cpu_time() + WORK);
        let Some(none) = counted(Whose::Programs, own) else {
            return;
        };
        assert_eq!((none.clock, none.faults), (Raw::default(), Raw::default()));
        let began = Instant::now();
        let two = counted(Whose::Programs, || execute("ls / >/dev/null; true"));
        let (two, elapsed) = (two.expect("as before"), began.elapsed().as_nanos() as u64);
        assert!(
            two.clock.count > 0 && two.clock.count <= 2 * elapsed,
            "{two:?}"
        );
        assert!(two.faults.count >= 50, "two programs were loaded: {two:?}");
    }

    #[test]
    fn a_program_that_sleeps_is_on_no_cpu_meanwhile() {
        // It is what a frequency is worked out by.
        let slept = counted(Whose::Programs, || execute("sleep 0.5; true"));
        let Some(Counted { clock, .. }) = slept else {
            return;
        };
        assert!(
            clock.enabled_ns > 0 && clock.enabled_ns < 500_000_000,
            "{clock:?}"
        );
        assert!(clock.count < 500_000_000, "{clock:?}");
    }

    #[test]
    fn why_there_are_none_is_said_in_a_few_words() {
        let why = |errno: Errno, paranoid, is_virtual| {
            explained(&io::Error::from(errno), paranoid, is_virtual)
        };
        assert_eq!(
            why(Errno::NOENT, "2", true),
            "this virtual machine gives none"
        );
        assert_eq!(why(Errno::OPNOTSUPP, "2", false), "this machine gives none");
        assert_eq!(
            why(Errno::ACCESS, "4", false),
            "perf_event_paranoid = 4 forbids them, 2 does not"
        );
        assert_eq!(
            why(Errno::PERM, "2", false),
            "forbidden, as in many containers (perf_event_paranoid = 2)"
        );
        assert_eq!(
            why(Errno::NOSYS, "", true),
            "this system has no perf_event_open"
        );
        assert!(why(Errno::MFILE, "", true).starts_with("Too many open files"));
    }
}
