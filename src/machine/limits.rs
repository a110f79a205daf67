//! How many files and processes this process may have: the limits of ulimit(1) and of its cgroup.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The limit on open files that this process was started with, once it is raised.
static CALLERS_OPEN_FILES: OnceLock<u64> = OnceLock::new();

/// How many files this process may have open; `None` without a limit.
#[must_use]
pub fn open_files() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Raises the limit on open files to `wanted`, or as far as this process may; what it starts has the
/// limit that this process was started with. Only for the program `partask` itself, which is
/// executed again for that.
pub fn raise_open_files(wanted: u64) {
    let limit = getrlimit(Resource::Nofile);
    let Some(soft) = limit.current.filter(|soft| *soft < wanted) else {
        return;
    };
    let raised = Rlimit {
        current: Some(limit.maximum.map_or(wanted, |hard| hard.min(wanted))),
        ..limit
    };
    if raised.current > limit.current && setrlimit(Resource::Nofile, raised).is_ok() {
        let _ = CALLERS_OPEN_FILES.set(soft);
    }
}

/// Whether the limit on open files was raised.
#[must_use]
pub fn are_raised() -> bool {
    callers_open_files().is_some()
}

/// What children are to have for their limit on open files, when it is not ours.
pub(super) fn callers_open_files() -> Option<u64> {
    CALLERS_OPEN_FILES.get().copied()
}

/// Sets the limit on open files back.
pub(super) fn lower_open_files(soft: u64) {
    let limit = Rlimit {
        current: Some(soft),
        ..getrlimit(Resource::Nofile)
    };
    // To lower a limit is always allowed.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// How many files this process has open; `None` where the system does not tell.
#[must_use]
pub fn files_open() -> Option<u64> {
    let files = fs::read_dir("/proc/self/fd").ok()?;
    // The one that lists them is among them.
    Some((files.count() as u64).saturating_sub(1))
}

/// How many threads there is address space for (`ulimit -v`), beside a reserve for what they allocate, and
/// that limit in bytes; `None` without a limit. A thread that can't be started is an error; memory that
/// can't be had afterwards is the end of the process. With `allocating`, threads that allocate a lot are
/// meant: the C library sets address space aside for the first of them.
#[must_use]
pub fn threads_in_memory(allocating: bool) -> Option<(u64, u64)> {
    /// The stack of a thread, as the standard library has it, and what it works with.
    const THREAD_LEN: u64 = (2 << 20) + (256 << 10);
    /// For the main thread.
    const RESERVE: u64 = 96 << 20;
    /// What glibc sets aside for a thread, and for how many of them a CPU (mallopt(3), `M_ARENA_MAX`).
    const ARENA_LEN: u64 = 64 << 20;
    const ARENAS_PER_CPU: u64 = 8;
    let max = getrlimit(Resource::As).current?;
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().next()?.parse().ok()?;
    let taken = pages.saturating_mul(rustix::param::page_size() as u64);
    let left = max.saturating_sub(taken).saturating_sub(RESERVE);
    let arenas = match allocating {
        true => ARENAS_PER_CPU * super::cpus_available() as u64,
        false => 0,
    };
    let with_arena = left / (THREAD_LEN + ARENA_LEN);
    let threads = match with_arena < arenas {
        true => with_arena,
        false => left.saturating_sub(arenas * ARENA_LEN) / THREAD_LEN,
    };
    Some((threads, max))
}

/// How long a command line may be here, in bytes: arguments with their ends and addresses, beside this
/// process's environment, and with a headroom for what a program starts itself (execve(2)). One
/// argument of it, such as the text for a shell, may be shorter.
#[must_use]
pub fn command_line_len(in_one_argument: bool) -> usize {
    /// As xargs leaves; and a few variables of ours.
    const HEADROOM: usize = 2048 + 1024;
    /// `MAX_ARG_STRLEN`, and the least that arguments may take in all.
    const ONE_ARGUMENT: usize = 128 << 10;
    /// The most that they may, however large the stack.
    const ALL_ARGUMENTS: usize = 6 << 20;
    if in_one_argument {
        return ONE_ARGUMENT - 1;
    }
    let stack = getrlimit(Resource::Stack).current;
    let stack = stack.map_or(ALL_ARGUMENTS, |stack| {
        usize::try_from(stack / 4).unwrap_or(ALL_ARGUMENTS)
    });
    let variables = std::env::vars_os().map(|(name, value)| {
        let equals_and_end = 2;
        name.len() + value.len() + equals_and_end + size_of::<usize>()
    });
    let taken = variables.sum::<usize>() + HEADROOM;
    stack
        .clamp(ONE_ARGUMENT, ALL_ARGUMENTS)
        .saturating_sub(taken)
        .max(4096)
}

/// What keeps processes and threads few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessLimit {
    /// That of the user (`ulimit -u`): how many there may be.
    User(u64),
    /// That of a cgroup (`pids.max`).
    Cgroup(u64),
}

/// How many more processes and threads there may be, and what limits them; `None` when nothing does,
/// or when at least `enough` may be.
#[must_use]
pub fn processes_left(enough: u64) -> Option<(u64, ProcessLimit)> {
    let limits = [user_left(enough), cgroup_left()].into_iter().flatten();
    let least = limits.min_by_key(|(left, _)| *left);
    least.filter(|(left, _)| *left < enough)
}

/// What the user's limit leaves; root has none.
fn user_left(enough: u64) -> Option<(u64, ProcessLimit)> {
    let max = getrlimit(Resource::Nproc).current?;
    if rustix::process::geteuid().is_root() {
        return None;
    }
    let left = |used: u64| (max.saturating_sub(used), ProcessLimit::User(max));
    // Those of all users are counted already; those of one have to be looked for.
    let all = fs::read_to_string("/proc/loadavg").ok();
    let all = all.and_then(|text| parse_all(&text))?;
    match left(all) {
        (room, _) if room >= enough => None,
        _ => Some(left(threads_of(rustix::process::getuid().as_raw()))),
    }
}

/// All threads of the machine, from `/proc/loadavg` (proc_loadavg(5)).
fn parse_all(text: &str) -> Option<u64> {
    let (_running, all) = text.split_whitespace().nth(3)?.split_once('/')?;
    all.parse().ok()
}

fn threads_of(user: u32) -> u64 {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let texts = entries.filter_map(|entry| fs::read_to_string(entry.path().join("status")).ok());
    let threads = texts.filter_map(|text| parse_threads(&text, user));
    threads.sum()
}

/// The threads in `/proc/PID/status`, if the process is the user's (proc_pid_status(5)).
fn parse_threads(text: &str, user: u32) -> Option<u64> {
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    (field("Uid:")? == u64::from(user)).then(|| field("Threads:"))?
}

/// What the cgroups of this process leave, the tightest of them (cgroups(7)).
fn cgroup_left() -> Option<(u64, ProcessLimit)> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let folders = groups.lines().filter_map(cgroup_folder);
    let limits = folders.flat_map(|(root, folder)| {
        let ancestors = folder.ancestors().map(Path::to_owned).collect::<Vec<_>>();
        let within = ancestors
            .into_iter()
            .filter(move |it| it.starts_with(&root));
        within.filter_map(|folder| left_in(&folder))
    });
    limits.min_by_key(|(left, _)| *left)
}

/// Where a line of `/proc/self/cgroup` counts processes: the root of the hierarchy, and the folder.
fn cgroup_folder(line: &str) -> Option<(PathBuf, PathBuf)> {
    let (_, rest) = line.split_once(':')?;
    let (controllers, path) = rest.split_once(':')?;
    let root = match controllers {
        "" => "/sys/fs/cgroup",
        "pids" => "/sys/fs/cgroup/pids",
        _ => return None,
    };
    let root = PathBuf::from(root);
    let folder = root.join(path.trim_start_matches('/'));
    Some((root, folder))
}

fn left_in(folder: &Path) -> Option<(u64, ProcessLimit)> {
    let number = |name| -> Option<u64> {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        text.trim().parse().ok()
    };
    let (max, current) = (number("pids.max")?, number("pids.current")?);
    Some((max.saturating_sub(current), ProcessLimit::Cgroup(max)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_tells_is_read() {
        assert_eq!(parse_all("0.20 0.18 0.12 3/80 11206\n"), Some(80));
        let status = "Name:\tsh\nUid:\t33\t33\t33\t33\nThreads:\t7\n";
        assert_eq!(parse_threads(status, 33), Some(7));
        assert_eq!(parse_threads(status, 34), None);
        let folder = |line| cgroup_folder(line).map(|(_, folder)| folder);
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(folder("0::/a/b"), path("/sys/fs/cgroup/a/b"));
        assert_eq!(folder("8:pids:/"), path("/sys/fs/cgroup/pids"));
        assert_eq!(folder("4:memory:/x"), None);
    }

    #[test]
    fn this_process_has_files_open() {
        let open = files_open().expect("a count");
        assert!(open >= 3 && open_files().is_none_or(|max| open <= max));
        assert_eq!(processes_left(0), None);
    }
}
