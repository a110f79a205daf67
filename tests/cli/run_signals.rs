//! `partask run` that is interrupted: what it has started ends, and nothing is left behind.

use crate::harness::{partask, run_shell, signal, wait_within};
use crate::piped::{Live, PATIENCE, await_until, folder, names};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Words of `partask run`, in `folder`, which is also where temporary files go.
pub fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = partask([&["run"], words].concat());
    command.current_dir(folder).env("TMPDIR", folder);
    command
}

/// Waits for the end of a run, with its exit code.
#[track_caller]
pub fn code(live: &mut Live) -> Option<i32> {
    let ended = wait_within(&mut live.child, PATIENCE);
    ended.expect("it ends").code()
}

/// The process ids in a file, one a line.
pub fn pids(file: &Path) -> Vec<u32> {
    let text = fs::read_to_string(file).expect("process ids");
    text.lines()
        .map(|line| line.parse().expect("a number"))
        .collect()
}

/// Whether a process is there that has not ended.
pub fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat
        .rsplit_once(") ")
        .map(|(_, rest)| rest.starts_with('Z'));
    state == Some(false)
}

#[track_caller]
fn assert_nothing_lives(file: &Path, at_least: usize) {
    let pids = pids(file);
    assert!(pids.len() >= at_least, "{pids:?}");
    for pid in pids {
        assert!(!is_alive(pid), "{pid} is an orphan");
    }
}

/// Says that it was told, and leaves a child of its own that does not listen.
const LISTENS: &str = "trap 'echo told {}; exit 3' INT TERM; sleep 1000 & \
    echo $$ >> pids; echo $! >> pids; echo ready; while :; do sleep 0.02; done";

#[test]
fn an_interrupt_is_passed_on_and_nothing_more_is_started() {
    for (name, exit) in [("INT", 130), ("TERM", 143)] {
        let folder = folder();
        let words = [
            "-w2", "--order", "line", "--grace", "300ms", "--shell", LISTENS,
        ];
        let words = [&words[..], &[":::", "1", "2", "3"]].concat();
        let mut live = Live::of(command(folder.path(), &words));
        assert_eq!([live.line(), live.line()], ["ready", "ready"]);
        signal(&live.child, name);
        let mut told = [live.line(), live.line()];
        told.sort();
        assert_eq!(told, ["told 1", "told 2"]);
        assert_eq!(code(&mut live), Some(exit), "SIG{name}");
        assert_nothing_lives(&folder.path().join("pids"), 4);
        assert_eq!(names(folder.path()), ["pids"], "no temporary file");
        let summary = live.stderr();
        assert!(summary.contains("1 not started"), "{summary}");
    }
}

/// Listens to nobody, and neither does its child; but it notes what it was told.
const TOLD_AND_DEAF: &str = "trap 'echo {} >> told' INT; trap '' TERM; sleep 1000 & echo $$ >> pids; \
    echo $! >> pids; echo ready {}; while :; do sleep 0.02; done";

/// Listens to nobody, and neither does its child.
const DEAF: &str = "trap '' INT TERM; sleep 1000 & echo $$ >> pids; echo $! >> pids; \
    echo ready {}; while :; do sleep 0.02; done";

#[test]
fn a_second_interrupt_kills() {
    let folder = folder();
    let words = [
        "-w2",
        "--order",
        "line",
        "--grace",
        "1000s",
        "--shell",
        TOLD_AND_DEAF,
    ];
    let words = [&words[..], &[":::", "1", "2", "3"]].concat();
    let mut live = Live::of(command(folder.path(), &words));
    let (_, _) = (live.line(), live.line());
    signal(&live.child, "INT");
    // Two signals of one kind that have not been taken are one.
    let told = folder.path().join("told");
    await_until("both are told", || {
        fs::read_to_string(&told).is_ok_and(|told| told.lines().count() >= 2)
    });
    assert!(
        live.child.try_wait().unwrap().is_none(),
        "it waits for the grace"
    );
    signal(&live.child, "INT");
    assert_eq!(code(&mut live), Some(130));
    assert_nothing_lives(&folder.path().join("pids"), 4);
}

#[test]
fn what_does_not_listen_is_killed_after_the_grace() {
    let folder = folder();
    let words = [
        "--order", "line", "--grace", "200ms", "--shell", DEAF, ":::", "1",
    ];
    let mut live = Live::of(command(folder.path(), &words));
    live.line();
    signal(&live.child, "INT");
    assert_eq!(code(&mut live), Some(130));
    assert_nothing_lives(&folder.path().join("pids"), 2);
}

#[test]
fn whatever_is_waited_for_an_interrupt_ends_it() {
    for words in [
        &["echo"][..],
        &["-w9", "echo"],
        &["--delay", "1000s", "-w2", "echo", ":::", "1", "2"],
        &[
            "--retries",
            "9",
            "--retry-delay",
            "1000s",
            "false",
            ":::",
            "1",
        ],
        &[
            "--max-load",
            "0.001",
            "--min-free-memory",
            "9999G",
            "echo",
            ":::",
            "1",
        ],
        &["--dry-run", "echo"],
        &["sleep", ":::", "1000"],
    ] {
        let folder = folder();
        let mut live = Live::of(command(folder.path(), words));
        std::thread::sleep(Duration::from_millis(100));
        signal(&live.child, "INT");
        assert_eq!(code(&mut live), Some(130), "{words:?}");
    }
}

#[test]
fn a_reader_that_takes_nothing_does_not_hold_up_the_end() {
    let folder = folder();
    let words = ["--shell", "echo $$ >> pids; yes {}", ":::", "1", "2"];
    let mut live = Live::of(command(folder.path(), &words));
    await_until("it has started", || folder.path().join("pids").exists());
    std::thread::sleep(Duration::from_millis(300));
    signal(&live.child, "INT");
    assert_eq!(code(&mut live), Some(130));
    assert_nothing_lives(&folder.path().join("pids"), 1);
}

#[test]
fn what_was_done_before_an_interrupt_is_shown() {
    let folder = folder();
    let script = "if [ {} = 1 ]; then until false; do sleep 0.02; done; fi; echo {}";
    let words = ["-w2", "--joblog", "jobs", "--shell", script, ":::", "1..=3"];
    let mut live = Live::of(command(folder.path(), &words));
    let jobs = folder.path().join("jobs");
    await_until("the others are done", || {
        fs::read_to_string(&jobs).is_ok_and(|jobs| jobs.lines().count() == 3)
    });
    signal(&live.child, "INT");
    assert_eq!([live.line(), live.line()], ["2", "3"]);
    assert_eq!(code(&mut live), Some(130));
}

/// The states of a process's children: `Z` for one that has ended and has not been waited for.
fn states_of_children(parent: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    let stats = processes.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    let states = stats.filter_map(|stat| {
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split_whitespace();
        let (state, of) = (fields.next()?, fields.next()?);
        (of == parent).then(|| state.to_owned())
    });
    states.collect()
}

#[test]
fn there_are_no_zombies_while_it_runs() {
    let folder = folder();
    let script = "[ {} = 200 ] || exit 0; touch last; sleep 1000";
    let words = ["-w4", "--shell", script, ":::", "1..=200"];
    let mut live = Live::of(command(folder.path(), &words));
    await_until("the last one runs", || folder.path().join("last").exists());
    let parent = live.child.id().to_string();
    // The last task, and what guards it; a zombie stays.
    await_until("none but the last one is left, and no zombie", || {
        let states = states_of_children(&parent);
        (1..=2).contains(&states.len()) && states.iter().all(|state| state != "Z")
    });
    signal(&live.child, "TERM");
    assert_eq!(code(&mut live), Some(143));
}

#[test]
fn whatever_a_task_leaves_in_its_group_ends_with_it() {
    let folder = folder();
    let script = "sleep 1000 >/dev/null 2>&1 & echo $! >> pids; echo {}";
    let words = ["-w2", "--shell", script, ":::", "1", "2", "3"];
    let mut live = Live::of(command(folder.path(), &words));
    assert_eq!(code(&mut live), Some(0));
    assert_nothing_lives(&folder.path().join("pids"), 3);
}

/// A task is to find signals as if its caller had started it: what that has ignored stays so, what
/// partask has made of the others for itself does not.
#[test]
fn a_task_ignores_what_its_caller_had_it_ignore() {
    let folder = folder();
    // The task itself looks: a shell blocks signals for moments of its own.
    let line = "trap '' HUP USR1; partask run grep -E {} /proc/self/status ::: 'Sig[BCI]'";
    let status = run_shell(line, folder.path()).succeeded();
    let mask = |name: &str| {
        let mask = status.lines().find_map(|line| line.strip_prefix(name));
        u64::from_str_radix(mask.expect(name).trim(), 16).expect("a mask")
    };
    let bit = |signal: u32| 1 << (signal - 1);
    let [hup, usr1, usr2, pipe, xfsz] = [1, 10, 12, 13, 25].map(bit);
    let ignored = mask("SigIgn:");
    assert_eq!(ignored & (hup | usr1), hup | usr1, "{status}");
    assert_eq!(ignored & (usr2 | pipe | xfsz), 0, "{status}");
    assert_eq!(mask("SigBlk:"), 0, "{status}");
}
