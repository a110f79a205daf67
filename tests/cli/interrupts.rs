//! Ctrl-C and SIGTERM: a run ends soon, says how far it got, and shows no total.

use crate::harness::{
    PARTASK, Run, partask, run_line, run_to_end, signal, start_busy, wait_within,
};
use std::process::{Child, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The product promises 100 ms, which `benches/` holds it to; a machine that does other things too
/// may take much longer.
const END_LIMIT: Duration = Duration::from_secs(60);

/// Work that no machine finishes while a test waits.
const ENDLESS: [&str; 8] = [
    "sum-of-squares 1..1e15",
    "sum-of-squares 1..1e15 --kernel scalar",
    "sum-of-squares 1..1e15 --chunk-size 1e15",
    "sum-of-squares 1..1e15 --chunk-size 1",
    "cubes 9e18..9.2e18",
    "cubes 9e18..9.2e18 --kernel scalar --chunk-size 1e17",
    "cubes 9.2e18..-9.2e18 --step -1",
    "squares 1..1e15 --quiet --verify",
];

/// Runs that keep every CPU busy are not to delay each other's ends.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends a signal to a run that listens to it, and gives what it left behind.
#[track_caller]
fn interrupted(mut child: Child, name: &str) -> Run {
    signal(&child, name);
    let ended = wait_within(&mut child, END_LIMIT);
    ended.unwrap_or_else(|error| panic!("after SIG{name}: {error}"));
    child.wait_with_output().expect("its output").into()
}

#[track_caller]
fn assert_ended(run: &Run, code: i32, word: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{run:?}");
    let last = run.stderr.lines().last().expect("a message");
    let message = last.rsplit('\r').next().expect("what is left of the line");
    assert!(
        message.starts_with(&format!("error: {word} after ")),
        "{run:?}"
    );
    assert!(
        message.contains(" of ") && message.contains('%'),
        "how far? {run:?}"
    );
}

#[test]
fn an_interrupt_ends_any_run() {
    let _turn = one_at_a_time();
    for line in &ENDLESS {
        assert_ended(&interrupted(start_busy(line), "INT"), 130, "interrupted");
    }
}

#[test]
fn a_request_to_terminate_ends_any_run() {
    let _turn = one_at_a_time();
    for line in &ENDLESS {
        assert_ended(&interrupted(start_busy(line), "TERM"), 143, "terminated");
    }
}

#[test]
fn a_time_limit_that_is_far_off_does_not_delay_it() {
    let _turn = one_at_a_time();
    let child = start_busy("cubes 1..1e15 --time-limit 1h --workers 3");
    assert_ended(&interrupted(child, "INT"), 130, "interrupted");
}

#[test]
fn more_workers_than_cpus_do_not_delay_it() {
    let _turn = one_at_a_time();
    for line in [
        "sum-of-squares 1..1e15 --workers 64",
        "cubes 9e18..9.2e18 --workers 64",
        "sum-of-squares 1..1e15 --workers 256",
    ] {
        assert_ended(&interrupted(start_busy(line), "INT"), 130, "interrupted");
    }
}

/// Nothing shows when the second pass begins, so the wait before the signal grows after a run that
/// was met before it, and shrinks after one that had ended.
#[test]
fn an_interrupt_ends_the_second_pass_too() {
    let _turn = one_at_a_time();
    let input = if cfg!(debug_assertions) {
        "1..1e8"
    } else {
        "1..4e9"
    };
    let mut wait = Duration::from_millis(100);
    for _ in 0..60 {
        let mut child = start_busy(&format!("sum-of-squares {input} --verify"));
        std::thread::sleep(wait);
        let has_ended = child.try_wait().expect("its state").is_some();
        let run = match has_ended {
            true => Run::from(child.wait_with_output().expect("its output")),
            false => interrupted(child, "INT"),
        };
        if run.code == Some(0) {
            wait = wait * 4 / 5;
            continue;
        }
        assert_ended(&run, 130, "interrupted");
        if run.stderr.contains("verifying") {
            return;
        }
        wait = wait * 3 / 2;
    }
    panic!("no run was met in its second pass");
}

#[test]
fn a_request_to_terminate_ends_the_check_of_a_run_at_its_limit() {
    let _turn = one_at_a_time();
    let mut child = start_busy("cubes 1..1e15 --time-limit 300ms --verify");
    std::thread::sleep(Duration::from_millis(500));
    if let Ok(None) = child.try_wait() {
        let run = interrupted(child, "TERM");
        assert!([Some(143), Some(5)].contains(&run.code), "{run:?}");
    }
}

/// "Stop after 300 ms" holds of the whole run: its check may not take many times as long.
#[test]
fn a_time_limit_bounds_the_second_pass() {
    let _turn = one_at_a_time();
    let limit = Duration::from_millis(300);
    let mut child =
        partask("sum-of-squares 1..1e15 --time-limit 300ms --verify".split_whitespace())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
    let ended = wait_within(&mut child, limit + END_LIMIT);
    assert_eq!(ended.expect("it ends at its limit").code(), Some(5));
}

#[test]
fn a_second_interrupt_is_no_worse_than_one() {
    let _turn = one_at_a_time();
    let mut child = start_busy("sum-of-squares 1..1e15 --workers 8");
    for _ in 0..3 {
        signal(&child, "INT");
    }
    let ended = wait_within(&mut child, END_LIMIT).expect("it ends");
    assert_eq!(ended.code(), Some(130));
}

/// A shell starts background jobs with SIGINT ignored; the run still ends when it is asked to.
#[test]
fn a_background_job_of_a_shell_is_interrupted_too() {
    let _turn = one_at_a_time();
    let mut command = std::process::Command::new("sh");
    let script = "\"$0\" sum-of-squares 1..1e15 --progress always 2>err & \
        until [ -s err ]; do :; done; kill -INT $!; wait $!; echo $?";
    let folder = tempfile::tempdir().expect("a folder");
    command
        .args(["-c", script, PARTASK])
        .current_dir(folder.path());
    assert_eq!(run_to_end(command).stdout, "130\n");
}

/// A long chunk that is left half done is no part of a whole, whatever stands beside it.
#[test]
fn a_long_chunk_beside_a_file_is_never_taken_for_whole() {
    let _turn = one_at_a_time();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("five.txt");
    std::fs::write(&file, "5").expect("a file");
    let line = format!(
        "sum-of-squares @{},1..1e15 --chunk-size 1e15",
        file.display()
    );
    let run = run_line(&format!("{line} --time-limit 200ms"));
    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(!run.stdout.contains("total"), "{run:?}");
    assert!(!run.stdout.contains("so far"), "{run:?}");
    let run = interrupted(start_busy(&line), "INT");
    assert_eq!((run.code, run.stdout.as_str()), (Some(130), ""), "{run:?}");
    assert!(run.stderr.contains("error: interrupted after "), "{run:?}");
}
