//! `partask run --resume`: tasks that are done are not done again, and none is taken for done that
//! is not, however the run before ended.

use crate::harness::{Run, partask, run_to_end, wait_within};
use crate::piped::{PATIENCE, folder};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = partask([&["run"], words].concat());
    command.current_dir(folder);
    command
}

fn run_in(folder: &Path, words: &[&str]) -> Run {
    run_to_end(command(folder, words))
}

/// How often each input was run, by the lines that the tasks have written.
fn ran(folder: &Path) -> HashMap<u32, usize> {
    let text = fs::read_to_string(folder.join("ran")).unwrap_or_default();
    let mut ran = HashMap::new();
    for line in text.lines() {
        *ran.entry(line.parse().expect("a number")).or_default() += 1;
    }
    ran
}

const TASK: [&str; 5] = [
    "--log",
    "log",
    "-w4",
    "--shell",
    "echo {} >> ran; exit $FAIL{}",
];

#[test]
fn what_is_done_is_skipped_wherever_it_stands() {
    let folder = folder();
    let resume = |inputs: &[&str], fail: &str| {
        let words = [&["--resume"], &TASK[..], &[":::"], inputs].concat();
        let mut command = command(folder.path(), &words);
        command.env(format!("FAIL{fail}"), "1");
        run_to_end(command)
    };
    assert_eq!(resume(&["1", "2", "3"], "2").code, Some(6));
    // Another order, one that failed before, and one twice of which one is done.
    let run = resume(&["3", "2", "9", "1", "1"], "");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("2 done by an earlier run"), "{run:?}");
    let expected = HashMap::from([(1, 2), (2, 2), (3, 1), (9, 1)]);
    assert_eq!(ran(folder.path()), expected);
    let words = [
        "--resume",
        "--log",
        "log",
        "--dry-run",
        TASK[3],
        TASK[4],
        ":::",
        "1",
        "7",
    ];
    let run = run_in(folder.path(), &words);
    assert_eq!(run.succeeded(), "sh -c 'echo 7 >> ran; exit $FAIL7'\n");
    // With --overwrite all are done again, and the log starts anew.
    let words = [&["--overwrite"], &TASK[..], &[":::", "1"]].concat();
    assert_eq!(run_in(folder.path(), &words).code, Some(0));
    assert_eq!(ran(folder.path())[&1], 3);
}

#[test]
fn a_file_that_is_no_log_is_left_alone() {
    let folder = folder();
    let file = folder.path().join("log");
    fs::write(&file, "my notes\n").unwrap();
    let run = run_in(
        folder.path(),
        &["--resume", "--log", "log", "true", ":::", "1"],
    );
    assert_eq!(run.code, Some(2), "{run:?}");
    // Nor does a command line that makes no sense cost a log.
    let run = run_in(folder.path(), &["--log", "log", "echo", "{4}", ":::", "1"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "my notes\n");
}

#[test]
fn a_run_that_is_killed_at_any_moment_is_taken_up_again() {
    const TASKS: u32 = 400;
    const WORKERS: usize = 4;
    let folder = folder();
    let inputs = format!("1..={TASKS}");
    let words = [&["--resume"], &TASK[..], &[":::", &inputs]].concat();
    let mut kills = 0;
    for seed in 0.. {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut child = command(folder.path(), &words)
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        // Later and later, so that a busy machine gets on, too.
        std::thread::sleep(Duration::from_millis(random.u64(1..150 + 5 * kills as u64)));
        if child.try_wait().expect("its state").is_some() {
            break;
        }
        child.kill().expect("SIGKILL");
        wait_within(&mut child, PATIENCE).expect("it is dead");
        kills += 1;
        assert!(kills < 500, "it gets nowhere");
        // What a killed run has left running writes its line now.
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(kills >= 3, "only {kills} kills");
    let run = run_in(folder.path(), &words);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr
            .contains(&format!("{TASKS} done by an earlier run")),
        "{run:?}"
    );
    let ran = ran(folder.path());
    let missing: Vec<u32> = (1..=TASKS)
        .filter(|input| !ran.contains_key(input))
        .collect();
    assert!(missing.is_empty(), "taken for done: {missing:?}");
    // Done again are at most those that a kill met between their end and their line in the log.
    let again: usize = ran.values().map(|times| times - 1).sum();
    assert!(
        again <= kills * 2 * WORKERS,
        "{again} done again after {kills} kills"
    );
}
