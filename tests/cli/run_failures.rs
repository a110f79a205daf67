//! `partask run`: tasks that fail, are tried again, take too long or can't be started, and what
//! becomes of the others; the exit codes.

use crate::harness::{Run, run, run_line, run_shell};
use crate::piped::{complaint, folder, names};
use std::fs;
use std::time::{Duration, Instant};

/// `partask run` with options and a script for the shell, which ends with its inputs.
fn run_script(options: &str, script: &str, inputs: &str) -> Run {
    let options = options.split_whitespace();
    let words = ["run"]
        .into_iter()
        .chain(options)
        .chain(["--shell", script, ":::"]);
    run(words.chain(inputs.split_whitespace()))
}

#[track_caller]
fn assert_counts(run: &Run, code: i32, counts: &str) {
    assert_eq!(run.code, Some(code), "{run:?}");
    let row = run
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("tasks "));
    assert_eq!(row.map(str::trim_start), Some(counts), "{run:?}");
}

#[test]
fn one_that_fails_leaves_the_others_whole() {
    let run = run_script(
        "-w2",
        "echo {}; [ {} = 2 ] && kill -9 $$; exit {}",
        "0 1 2 0",
    );
    assert_eq!(run.stdout, "0\n1\n2\n0\n");
    assert_counts(&run, 6, "2 succeeded, 2 failed");
    for words in ["2: 1  exit code 1", "3: 2  killed by SIGKILL"] {
        let said = words.split("  ").all(|word| run.stderr.contains(word));
        assert!(said, "{words}: {run:?}");
    }
    let quiet = run_script("-q", "exit {}", "1");
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(6), ""));
}

#[test]
fn a_task_is_tried_again_and_its_last_attempt_counts() {
    let script = "echo {} $PARTASK_ATTEMPT; [ $PARTASK_ATTEMPT = {} ]";
    let run = run_script("--retries 2 -w2", script, "1 3 2 4");
    assert_eq!(run.stdout, "1 1\n3 3\n2 2\n4 3\n");
    assert_counts(&run, 6, "3 succeeded, 1 failed");
    let started = Instant::now();
    let run = run_script("--retries 2 --retry-delay 200ms -q", "exit {}", "1");
    assert_eq!(run.code, Some(6));
    assert!(started.elapsed() >= Duration::from_millis(400));
}

#[test]
fn one_that_takes_too_long_is_told_to_end_and_then_killed() {
    let script = "trap 'echo told; exit' TERM; sleep {} & wait";
    let run = run_script("-w1 --timeout 10s --grace 1000s", script, "1000 0");
    assert_eq!(run.stdout, "told\n");
    assert_counts(&run, 6, "1 succeeded, 1 failed");
    let deaf = "trap '' TERM; echo deaf; sleep {}";
    let run = run_script("--timeout 10s --grace 200ms", deaf, "1000");
    assert_eq!(run.stdout, "deaf\n");
    assert_counts(&run, 6, "0 succeeded, 1 failed");
}

#[test]
fn failures_halt_the_run_when_they_are_to() {
    let run = run_script("-w1 --halt soon", "echo {}; exit {}", "0 1 0 0");
    assert_eq!(run.stdout, "0\n1\n");
    assert_counts(
        &run,
        5,
        "1 succeeded, 1 failed, 2 not started (halted by a failure)",
    );
    let run = run_script("-w1 --max-failures 2", "exit {}", "1 0 1 0 1");
    assert_counts(
        &run,
        5,
        "1 succeeded, 2 failed, 2 not started (halted by a failure)",
    );
    let run = run_script("-w1 --halt never", "exit {}", "1 0 1");
    assert_counts(&run, 6, "1 succeeded, 2 failed");
    // With the last one failing there is nothing left to halt.
    let run = run_script("-w1 --halt soon", "exit {}", "0 1");
    assert_counts(&run, 6, "1 succeeded, 1 failed (halted by a failure)");
}

#[test]
fn halting_now_ends_those_that_run() {
    let folder = folder();
    let up = folder.path().join("up");
    let script = format!(
        "if [ {{}} = 2 ]; then until [ -e {0} ]; do sleep 0.01; done; echo bad; exit 3; fi; \
        trap 'echo told; exit 0' TERM; touch {0}; sleep 1000 & wait",
        up.display()
    );
    let script = script.as_str();
    let run = run_script("-w2 --halt now", script, "1 2 3");
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(5), "told\nbad\n"),
        "{run:?}"
    );
    assert_counts(
        &run,
        5,
        "0 succeeded, 1 failed, 1 stopped, 1 not started (halted by a failure)",
    );
    // Nothing was left to start, but one was ended.
    let run = run_script("-w2 --halt now", script, "1 2");
    assert_eq!(run.code, Some(5), "{run:?}");
}

#[test]
fn a_command_that_is_not_there_is_said_once() {
    let run = run_line("run no-such-program ::: a b c");
    assert_eq!(
        complaint(&run, 2),
        "command not found: 'no-such-program' is in no folder of PATH"
    );
    let run = crate::harness::run(["run", "echo {} | wc", ":::", "a"]);
    assert!(complaint(&run, 2).contains("give --shell"), "{run:?}");
    let run = crate::harness::run(["run", "echo a | wc", ":::", "a"]);
    assert!(complaint(&run, 2).contains("give --shell"), "{run:?}");
    // One among several programs.
    let run = run_line("run {} x ::: echo no-such-program echo");
    assert_eq!(run.stdout, "x\nx\n");
    assert_counts(&run, 6, "2 succeeded, 1 failed");
    // A line of shell is started, whatever it says.
    let run = run_script("-q", "no-such-program {}", "1 2");
    assert_eq!(run.code, Some(6), "{run:?}");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for (line, words) in [
        ("run ::: a", "there is no command"),
        ("run echo {3} ::: a", "'{3}' names no input"),
        (
            "run --halt never --max-failures 2 true ::: a",
            "leave one of them out",
        ),
        ("run --max-failures 0 true ::: a", "--max-failures '0'"),
        (
            "run --timeout 5x true ::: a",
            "--timeout: '5x' is not a duration",
        ),
        ("run --retries x true ::: a", "--retries 'x'"),
        ("run --nice 20 true ::: a", "--nice '20'"),
        ("run --max-load 0 true ::: a", "--max-load '0'"),
        (
            "run --min-free-memory 1X true ::: a",
            "--min-free-memory: '1X' is not a size",
        ),
        ("run -w 1025 true ::: a", "--workers '1025'"),
        (r"run --colsep \s true ::: a", "--colsep: "),
        ("run -a missing true", "cannot read missing"),
    ] {
        let run = run_line(line);
        let code = if line.contains("missing") { 1 } else { 2 };
        assert!(complaint(&run, code).contains(words), "{line}: {run:?}");
    }
    for line in [
        "run",
        "run --no-such-option true",
        "run --resume true ::: a",
    ] {
        let run = run_line(line);
        assert!(
            run.code == Some(2) && run.stderr.starts_with("error: "),
            "{line}: {run:?}"
        );
    }
}

#[test]
fn an_input_that_no_argument_can_be_ends_the_run_after_the_ones_before() {
    let folder = folder();
    let run = run_shell(
        "printf 'a\\nb\\0c\\nd\\n' | partask run echo",
        folder.path(),
    );
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), "a\n"), "{run:?}");
    assert!(
        run.stderr
            .contains("line 2 of standard input holds a NUL byte"),
        "{run:?}"
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let folder = folder();
    let line = "partask run -w2 --shell 'echo {}; touch {}' ::: 1..=100000 | head -n 3; \
        echo ${PIPESTATUS:-}";
    let run = run_shell(line, folder.path());
    assert_eq!(
        (run.code, run.stdout.trim_end()),
        (Some(0), "1\n2\n3"),
        "{run:?}"
    );
    assert_eq!(run.stderr, "");
    assert!(names(folder.path()).len() < 10_000);
    let line = "(partask run --shell 'yes {}' ::: a b; echo $? > code) | head -n 1";
    let run = run_shell(line, folder.path());
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("a\n", ""));
    assert_eq!(
        fs::read_to_string(folder.path().join("code")).unwrap(),
        "0\n"
    );
}

#[test]
fn a_full_disk_is_an_error() {
    let folder = folder();
    for line in [
        "partask run echo ::: 1 2 > /dev/full",
        "partask run --log /dev/full echo ::: 1 2 > out",
        "partask run --joblog none/x true ::: 1",
    ] {
        let run = run_shell(line, folder.path());
        assert!(complaint(&run, 1).starts_with("cannot "), "{line}: {run:?}");
    }
}

#[test]
fn throttles_hold_tasks_back() {
    let started = Instant::now();
    let out = run_line("run -w4 --delay 200ms echo ::: 1 2 3").succeeded();
    assert_eq!(out, "1\n2\n3\n");
    assert!(started.elapsed() >= Duration::from_millis(400));
    let line = "run --max-load 1000 --min-free-memory 1M echo ::: 1";
    assert_eq!(run_line(line).succeeded(), "1\n");
    let nice = |options: &str| run_script(options, "nice; : {}", "1").succeeded();
    let own: i32 = nice("").trim().parse().unwrap();
    let lower: i32 = nice("--nice 7").trim().parse().unwrap();
    assert_eq!(lower, (own + 7).min(19));
}

#[test]
fn the_delay_is_not_waited_for_after_the_last_one() {
    // A run that waits is killed, and has no exit code.
    run_line("run -w2 --delay 1000s echo ::: 1").succeeded();
}
