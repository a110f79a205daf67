//! Streams that fail: pipes whose reader went away, full disks, streams that were closed before
//! the start.

use crate::harness::{PARTASK, partask, run_shell, run_to_end};
use std::fs::OpenOptions;
use std::io::pipe;
use std::path::Path;
use std::process::{Output, Stdio};

/// One line for each way in which something gets to standard output.
const WRITING: [&str; 12] = [
    "squares 1..1000",
    "squares 1..1000 --timings",
    "squares 1..1000 --quiet",
    "squares 1..1000 --format json",
    "squares 1..1000 --format csv",
    "squares 1..1000 --format markdown",
    "compare squares 1..1000 --runs 2",
    "compare squares 1..1000 --runs 2 --quiet",
    "compare squares 1..1000 --runs 2 --format json",
    "completions bash",
    "--help",
    "--version",
];

/// One line for each way in which something gets to standard error, and its exit code.
const COMPLAINING: [(&str, i32); 8] = [
    ("squares x", 2),
    ("squares 1..9 --bogus", 2),
    ("squares 1..1e15 --time-limit 20ms", 5),
    ("squares 1..1e15 --time-limit 20ms --quiet", 5),
    ("squares 1..1000 --progress always", 0),
    ("compare squares 1..1000 --runs 1 --progress always", 0),
    (
        "compare squares 1..1000 --runs 5 -w 1,2 --min-speedup 1e30",
        4,
    ),
    ("compare squares 1..1000 --runs 1 -w 1,2 --min-speedup 1", 7),
];

fn full_disk() -> Stdio {
    let file = OpenOptions::new().write(true).open("/dev/full");
    file.expect("/dev/full").into()
}

/// The end of a pipe that nobody reads from any more.
fn closed_pipe() -> Stdio {
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

fn output(line: &str, stdout: Stdio, stderr: Stdio) -> Output {
    partask(line.split_whitespace())
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .output()
        .expect("the binary starts")
}

/// Every line is tried before the test fails, and all that are wrong are named.
#[track_caller]
fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_reader_that_went_away_ends_the_run_quietly() {
    let faults = WRITING.iter().filter_map(|line| {
        let output = output(line, closed_pipe(), Stdio::piped());
        let quiet = output.status.code() == Some(0) && output.stderr.is_empty();
        (!quiet).then(|| format!("{line}: {output:?}"))
    });
    assert_none(faults.collect());
}

#[test]
fn a_full_disk_is_a_failure_with_the_systems_reason() {
    let faults = WRITING.iter().filter_map(|line| {
        let output = output(line, full_disk(), Stdio::piped());
        let message = String::from_utf8_lossy(&output.stderr);
        let told = message.starts_with("error: ")
            && message.contains("standard output")
            && message.contains("No space left on device")
            && message.lines().count() == 1;
        (output.status.code() != Some(1) || !told).then(|| format!("{line}: {output:?}"))
    });
    assert_none(faults.collect());
}

/// The exit code is the last thing that still tells the truth.
#[test]
fn a_lost_standard_error_changes_neither_exit_code_nor_result() {
    let faults = COMPLAINING.iter().flat_map(|&(line, code)| {
        [("full", full_disk()), ("closed", closed_pipe())].map(|(what, stderr)| {
            let output = output(line, Stdio::piped(), stderr);
            let wrong = output.status.code() != Some(code);
            wrong.then(|| format!("{line}, {what}: {}, not {code}", output.status))
        })
    });
    assert_none(faults.flatten().collect());
}

#[test]
fn streams_closed_before_the_start_do_no_harm() {
    let folder = Path::new("/");
    let total = |redirection: &str| {
        let line = format!("{PARTASK} squares 1..1000 --quiet {redirection}");
        run_shell(&line, folder)
    };
    assert_eq!(total("<&-").succeeded(), "332833500\n");
    assert_eq!(total("2>&-").succeeded(), "332833500\n");
    // What can't be written is not lost in silence.
    assert_eq!(total(">&-").code, Some(1));
    assert_eq!(total("<&- >&- 2>&-").code, Some(1));
}

#[test]
fn standard_input_is_left_to_others() {
    let line = format!("printf 'left\\n' | {{ {PARTASK} squares 1..9 -q; cat; }}");
    assert_eq!(run_shell(&line, Path::new("/")).succeeded(), "204\nleft\n");
}

/// Threads that the system refuses: an error, with its reason once.
#[test]
fn too_little_memory_for_the_workers_is_an_error() {
    let line = format!("ulimit -v 400000; exec {PARTASK} squares 1..1e10 --workers 1000");
    let run = run_shell(&line, Path::new("/"));
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
    assert!(
        run.stderr
            .starts_with("error: cannot start 1000 worker threads"),
        "{run:?}"
    );
    assert_eq!(run.stderr.matches("os error").count(), 1, "{run:?}");
}

#[test]
fn arguments_of_a_megabyte_are_read() {
    let list = "7,".repeat(30_000) + "7";
    let run = run_to_end(partask(["squares", &list, "--quiet"]));
    assert_eq!(run.succeeded(), format!("{}\n", 49 * 30_001));
}
