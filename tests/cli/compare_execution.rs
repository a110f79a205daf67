//! How `partask compare --command` runs its programs: shells, files, steps before and after, failures
//! that are accepted, and CPUs.

use crate::harness::wait_within;
use crate::harness::{Run, cases, run};
use crate::piped::await_until;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A comparison of two runs without a warm-up: with the run for its output each command is run three
/// times.
fn compare(words: &[&str]) -> Run {
    let words = ["compare", "--runs", "2", "--warmup", "0"]
        .iter()
        .chain(words);
    run(words)
}

#[track_caller]
fn report(words: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    serde_json::from_str(&compare(&words).succeeded()).expect("JSON")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

#[test]
fn a_shell_is_used_where_it_is_needed_or_asked_for() {
    for (words, shell, prints) in [
        (&["--command", "echo  a"][..], None, "a"),
        (&["--command", "echo 'a  b'"], None, "a  b"),
        (&["--command", "echo $((1 + 1))"], Some("sh"), "2"),
        (&["-N", "--command", "echo $((1 + 1))"], None, "$((1 + 1))"),
        (&["--shell", "none", "--command", "echo 'a|b'"], None, "a|b"),
        (&["-S", "sh", "--command", "echo a"], Some("sh"), "a"),
        (
            &["--shell", "sh -u", "--command", "echo ${none-b}"],
            Some("sh -u"),
            "b",
        ),
    ] {
        let words: Vec<&str> = words.iter().copied().chain(["--expect", prints]).collect();
        let report = report(&words);
        let start = &report["shell_start"];
        assert_eq!(start["shell"].as_str(), shell, "{words:?}");
        assert_eq!(start["elapsed_s"].as_f64() > Some(0.0), shell.is_some());
        let run = compare(&words);
        assert_eq!(
            run.stdout.contains("it takes to start are subtracted"),
            shell.is_some(),
            "{run:?}"
        );
    }
}

#[test]
fn each_run_reads_the_input_anew() {
    let folder = folder();
    let path = folder.path().join("in");
    fs::write(&path, "1\n2\n3\n").expect("a file");
    let path = path.to_str().expect("text");
    report(&["--command", "wc -l", "--input", path, "--expect", "3"]);
    // Without one it is empty.
    report(&["--command", "wc -l", "--expect", "0"]);
}

#[test]
fn outputs_go_where_they_are_sent() {
    let folder = folder();
    let path = folder.path().join("out");
    let path_text = path.to_str().expect("text");
    let run = compare(&[
        "--command",
        "echo a",
        "--output",
        path_text,
        "--expect",
        "a",
    ]);
    assert!(run.row("output").contains("as expected"), "{run:?}");
    assert_eq!((run.code, &text(&path)[..]), (Some(0), "a\n"));
    let run = compare(&[
        "--command",
        "echo a",
        "--output",
        path_text,
        "--expect",
        "b",
    ]);
    assert_eq!(run.code, Some(3), "{run:?}");

    let run = compare(&["--command", "echo a", "--output", "null"]);
    assert!(run.row("output").contains("--output null"), "{run:?}");
    for words in [
        &[
            "--command",
            "echo said; echo wrong >&2",
            "--output",
            "inherit",
        ][..],
        &["--command", "echo said; echo wrong >&2", "--show-output"],
    ] {
        let run = compare(words);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.stderr.matches("said\n").count(), 3, "{run:?}");
        assert_eq!(run.stderr.matches("wrong\n").count(), 3, "{run:?}");
    }
}

#[test]
fn failures_are_accepted_where_that_is_asked_for() {
    let command = "sh -c 'exit 3'";
    for (option, code) in [
        ("--ignore-failure", 0),
        ("-i", 0),
        ("--ignore-failure=1,3", 0),
        ("--ignore-failure=1", 2),
    ] {
        let run = compare(&["--command", command, option]);
        assert_eq!(run.code, Some(code), "{option}: {run:?}");
        let told = "failures that count as successes: sh -c 'exit 3' (2 of 2 with code 3)";
        assert_eq!(
            crate::harness::unfolded(&run.stdout).contains(told),
            code == 0,
            "{run:?}"
        );
    }
    let failed = report(&["--command", command, "-i"]);
    assert_eq!(cases(&failed)[0]["samples"][1]["exit_code"], 3);
    let killed = report(&["-N", "--command", "sh -c 'kill -9 $$'", "-i"]);
    assert_eq!(cases(&killed)[0]["samples"][0]["signal"], 9);
    let run = compare(&[
        "-N",
        "--command",
        "sh -c 'kill -9 $$'",
        "--ignore-failure=9",
    ]);
    assert_eq!(run.code, Some(2), "a signal is no exit code: {run:?}");
}

#[test]
fn steps_are_run_before_and_after() {
    let folder = folder();
    let log = folder.path().join("log");
    let step = |name: &str| format!("echo {name} >> '{}'", log.display());
    let [setup, prepare, conclude, cleanup] =
        ["setup {workers}", "prepare", "conclude", "cleanup"].map(step);
    let words = [
        "-w",
        "1,2",
        "--setup",
        &setup,
        "--prepare",
        &prepare,
        "--conclude",
        &conclude,
        "--cleanup",
        &cleanup,
        "--command",
        "echo {workers}",
        "--unchecked",
    ];
    report(&words);
    let rounds = "prepare\nconclude\n".repeat(5);
    let expected = format!("setup 1\nsetup 2\n{rounds}cleanup\n");
    assert_eq!(text(&log), expected);
}

#[test]
fn a_step_that_fails_is_named_and_cleaned_up_after() {
    for option in ["--setup", "--prepare", "--conclude", "--cleanup"] {
        let folder = folder();
        let (cleaned, export) = (folder.path().join("cleaned"), folder.path().join("e.json"));
        let clean = format!("touch '{}'", cleaned.display());
        let fail = "echo no disk >&2; exit 4";
        let mut words = vec!["--command", "echo a", option, fail];
        if option != "--cleanup" {
            words.extend(["--cleanup", &clean]);
        }
        let export = export.to_str().expect("text");
        words.extend(["--export-json", export]);
        let run = compare(&words);
        assert_eq!((run.code, &run.stdout[..]), (Some(2), ""), "{run:?}");
        let says = format!("{option} '{fail}': exited with code 4: no disk");
        assert!(run.stderr.contains(&says), "{run:?}");
        assert_eq!(cleaned.exists(), option != "--cleanup", "{run:?}");
        // What was measured by then is kept.
        assert_eq!(Path::new(export).exists(), option == "--cleanup");
    }
}

#[test]
fn an_interrupt_is_cleaned_up_after() {
    let folder = folder();
    let (begun, cleaned) = (folder.path().join("begun"), folder.path().join("cleaned"));
    let command = format!("touch '{}'; sleep 600", begun.display());
    let clean = format!("sleep 0.1; touch '{}'", cleaned.display());
    let words = ["compare", "--command", &command, "--cleanup", &clean];
    let mut child = crate::harness::partask(words)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the binary");
    await_until("the command runs", || begun.exists());
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("a process");
    let ended = wait_within(&mut child, crate::piped::PATIENCE).expect("it ends");
    assert_eq!(ended.code(), Some(130));
    assert!(cleaned.exists());
}

#[test]
fn a_pinned_run_has_as_many_cpus_as_workers() {
    let cpus = std::thread::available_parallelism().expect("CPUs").get();
    let report = report(&["--pin", "-w", "1", "--command", "nproc", "--expect", "1"]);
    assert_eq!(cases(&report)[0]["subject"]["workers"], 1);
    let too_many = (cpus + 1).to_string();
    let run = compare(&["--pin", "-w", &too_many, "--command", "nproc"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr.contains("--pin: a run can't be held to"),
        "{run:?}"
    );
    if cpus > 1 {
        let run = compare(&["--pin", "-w", "1,2", "--command", "nproc", "--unchecked"]);
        assert!(run.row("pinned").contains("as many CPUs as it has workers"));
        let wrong = compare(&["--pin", "-w", "1,2", "--command", "nproc"]);
        assert_eq!(wrong.code, Some(3), "{wrong:?}");
    }
}

/// Options and what is said of them.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &["--command", "true", "--input", "/none/such"],
        "cannot read it",
    ),
    (&["--command", "true", "--input", "/"], "it is a folder"),
    (
        &["--command", "true", "--output", "/none/such"],
        "cannot write '/none/such'",
    ),
    (
        &["--command", "true", "--output", "null", "--expect", "1"],
        "is not read",
    ),
    (
        &["--command", "true", "--output", "null", "--show-output"],
        "leave one of them out",
    ),
    (
        &["--command", "true", "--ignore-failure=x"],
        "exit codes from 1 to 255",
    ),
    (
        &["--command", "true", "--ignore-failure=0"],
        "exit codes from 1 to 255",
    ),
    (
        &["--command", "true", "--shell", ""],
        "give none, or a shell",
    ),
    (
        &["--command", "true", "--shell", "no-such-shell"],
        "the shell 'no-such-shell': command not found",
    ),
    (
        &["-N", "--command", "echo 'a"],
        "a quote in it is not closed",
    ),
    (
        &[
            "--command",
            "true",
            "--command",
            "true",
            "--prepare",
            "a",
            "--prepare",
            "b",
            "--prepare",
            "c",
            "--name",
            "x",
            "--name",
            "y",
        ],
        "--prepare is there 3 times for 2 commands",
    ),
];

#[test]
fn what_is_asked_for_in_vain_is_refused_in_one_line() {
    for (words, says) in REFUSED {
        let run = compare(words);
        assert_eq!(
            (run.code, &run.stdout[..]),
            (Some(2), ""),
            "{words:?}: {run:?}"
        );
        assert!(run.stderr.contains(says), "{words:?}: {run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn no_export_takes_the_place_of_what_is_measured() {
    let folder = folder();
    let program = folder.path().join("prog");
    fs::copy("/bin/echo", &program).expect("a program");
    let path = std::env::join_paths([folder.path(), Path::new("/usr/bin"), Path::new("/bin")]);
    let program_text = program.to_str().expect("text");
    for command in ["prog a", "A=1 prog a", program_text] {
        let mut partask = crate::harness::partask([
            "compare",
            "--runs",
            "2",
            "--command",
            command,
            "--export-json",
            program_text,
        ]);
        let output = partask.env("PATH", path.as_ref().expect("a path")).output();
        let run = Run::from(output.expect("it runs"));
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("is read, and would be lost"), "{run:?}");
    }
    // Nor does what a program prints.
    for (words, says) in [
        (
            &["--command", program_text, "--output", program_text][..],
            "is read, and would be lost",
        ),
        (
            &["--command", "echo a", "--output", "x", "--export-json", "x"],
            "is to hold two things",
        ),
    ] {
        let run = compare(words);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(says), "{run:?}");
    }
    assert!(fs::metadata(&program).expect("it is there").len() > 1_000);
}
