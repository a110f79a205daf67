//! `partask compare`: signals, readers that go away, and what is left of a comparison then.

use crate::compare_exports::{assert_whole, every_export};
use crate::harness::{PARTASK, Run, installed, partask, run_shell, signal, wait_within};
use serde_json::Value;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far beyond what is promised: the machine may do other things, too.
const END_LIMIT: Duration = Duration::from_secs(60);

/// Rounds that no machine gets through while a test waits.
const ENDLESS: &str = "compare squares 1..20000 --workers 1,2 --runs 1000000";

fn start(words: &[&str]) -> Child {
    let mut command = partask(words);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Waits until something holds.
#[track_caller]
fn wait_until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} takes too long");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[track_caller]
fn ended(mut child: Child) -> Run {
    let ended = wait_within(&mut child, END_LIMIT);
    ended.unwrap_or_else(|error| panic!("{error}"));
    child.wait_with_output().expect("its output").into()
}

fn read_json(path: &Path) -> Option<Value> {
    let text = fs::read(path).ok()?;
    Some(serde_json::from_slice(&text).expect("a file is never seen half written"))
}

/// Its rounds, when there are that many.
fn rounds(path: &Path, at_least: u64) -> Option<Value> {
    read_json(path).filter(|report| report["rounds"].as_u64() >= Some(at_least))
}

#[test]
fn files_are_whole_after_every_round_and_keep_what_was_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = format!(
        "{ENDLESS} {} --min-speedup 1e30",
        every_export(folder.path())
    );
    let child = start(&words(&line));
    let file = folder.path().join("x.json");
    for round in 1..=20 {
        let report = wait_until("a round", || rounds(&file, round));
        assert_eq!(report["status"], "running");
        let samples = &report["cases"][0]["samples"];
        assert_eq!(
            samples.as_array().map(|s| s.len() as u64),
            report["rounds"].as_u64()
        );
    }
    signal(&child, "INT");
    let run = ended(child);
    assert_eq!(run.code, Some(130), "{run:?}");
    assert_whole(folder.path());
    let report = read_json(&file).expect("the file");
    assert_eq!(
        (&report["status"], &report["ended_by"]),
        (&"interrupted".into(), &"SIGINT".into())
    );
    assert!(report["rounds"].as_u64() >= Some(20));
    // Limits are for whole comparisons.
    assert_eq!(report["gates"], Value::Array(Vec::new()));
    assert!(!folder.path().join("baseline.json").exists());
    let rounds = report["rounds"].as_u64().expect("rounds");
    assert!(
        run.stderr
            .starts_with(&format!("partask: interrupted after {rounds} rounds\n"))
    );
    // On a quiet machine the last of those rounds may have been precise enough.
    let is_precise = report["precision_reached"] == Value::Bool(true);
    let is_told = run.row("precision").ends_with(": interrupted");
    assert!(is_told || is_precise, "{run:?}");
    assert!(!run.row("result").is_empty(), "{run:?}");
}

#[test]
fn a_request_to_terminate_ends_it_the_same_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.json");
    let line = format!("{ENDLESS} --quiet --export-json {}", file.display());
    let child = start(&words(&line));
    wait_until("a round", || rounds(&file, 2));
    signal(&child, "TERM");
    let run = ended(child);
    assert_eq!(run.code, Some(143), "{run:?}");
    assert!(
        run.stderr.starts_with("partask: terminated after "),
        "{run:?}"
    );
    assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
    assert_eq!(read_json(&file).expect("a file")["ended_by"], "SIGTERM");
}

#[test]
fn before_the_first_round_there_is_nothing_to_show() {
    for more in [
        "",
        "--quiet",
        "--format json",
        "--format csv",
        "--format markdown",
    ] {
        let line = format!("compare sum-of-squares 1..1e15 -w 1,2 --progress always {more}");
        let mut child = start(&words(&line));
        let stderr = child.stderr.as_mut().expect("a pipe");
        io::Read::read_exact(stderr, &mut [0]).expect("a progress line");
        signal(&child, "INT");
        let run = ended(child);
        assert_eq!(run.code, Some(130), "{run:?}");
        assert!(run.stderr.contains("interrupted after 0 rounds"), "{run:?}");
        assert!(
            !run.stdout.contains("95% interval") || more.contains("markdown"),
            "{run:?}"
        );
        if more.contains("json") {
            let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
            assert_eq!(report["status"], "interrupted");
        }
    }
}

/// Whether a process of this id is at work.
fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn no_signal_leaves_another_program_behind() {
    for (trap, signals) in [
        ("", &["INT"][..]),
        ("", &["TERM"]),
        ("trap '' INT TERM HUP; ", &["INT", "INT"]),
        ("trap '' INT TERM HUP; ", &["TERM"]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let pids = folder.path().join("pids");
        let command = format!(
            "{trap}sleep 601 & echo $$ $! > {0}.new; mv {0}.new {0}; while :; do sleep 0.1; done",
            pids.display()
        );
        let mut line = words("compare squares 1..100 -w 1 --against-unchecked --against");
        line.push(&command);
        let child = start(&line);
        let pids = wait_until("the other program", || fs::read_to_string(&pids).ok());
        for name in signals {
            signal(&child, name);
            std::thread::sleep(Duration::from_millis(100));
        }
        let run = ended(child);
        assert!([Some(130), Some(143)].contains(&run.code), "{run:?}");
        for pid in pids.split_whitespace() {
            assert!(!is_alive(pid), "{trap}{signals:?}: {pid} is left: {run:?}");
        }
    }
}

/// What a script sees of a comparison on a terminal of its own while it presses Ctrl-C.
#[test]
fn an_interrupt_at_a_terminal_still_shows_the_report() {
    let script = "import os, pty, sys, time\n\
        pid, master = pty.fork()\n\
        if pid == 0: os.execv(sys.argv[1], sys.argv[1:])\n\
        seen = b''\n\
        pressed = False\n\
        while True:\n    \
            try: piece = os.read(master, 65536)\n    \
            except OSError: break\n    \
            if not piece: break\n    \
            seen += piece\n    \
            if b'round 3' in seen and not pressed: pressed = True; os.write(master, b'\\x03')\n\
        status = os.waitpid(pid, 0)[1]\n\
        sys.stdout.buffer.write(seen)\n\
        sys.exit(os.waitstatus_to_exitcode(status))";
    if !installed("python3") {
        return;
    }
    let output = Command::new("python3")
        .args(["-c", script, PARTASK])
        .args(words(ENDLESS))
        .args(["--progress", "always"])
        .env("TERM", "xterm")
        .output();
    let run = Run::from(output.expect("python3 runs"));
    assert_eq!(run.code, Some(130), "{run:?}");
    for part in [
        "interrupted after",
        "2666466670000",
        "serial fraction",
        "result ",
    ] {
        assert!(run.stdout.contains(part), "{part}: {run:?}");
    }
    let last = run.stdout.rfind("round ").expect("a progress line");
    assert!(
        run.stdout[last..].contains("\u{1b}[2K"),
        "it is erased: {run:?}"
    );
}

#[test]
fn a_reader_that_went_away_changes_no_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    for form in ["", "--quiet", "--format json"] {
        for (limit, code) in [
            ("", 0),
            ("--min-speedup 1e30", 4),
            ("--min-speedup 1 --runs 1", 7),
        ] {
            let runs = if limit.contains("--runs") {
                ""
            } else {
                "--runs 5"
            };
            let line = format!(
                "{{ partask compare squares 1..100 -w 1,2 {runs} {limit} {form} 2>err; echo $? >code; }} | true; cat code"
            );
            let run = run_shell(&line, folder.path());
            assert_eq!(run.stdout, format!("{code}\n"), "{line}: {run:?}");
            let err = fs::read_to_string(folder.path().join("err")).expect("a file");
            assert!(!err.contains("error: "), "{line}: {err}");
        }
    }
    let line = "partask compare squares 1..100 -w 1 --runs 1 | head -n 1";
    let first = run_shell(line, folder.path()).succeeded();
    assert_eq!(first, "squares of 1..100      99 numbers, 1 to 99\n");
}

/// A file that can't be written half-way through is told at once, not at the end.
#[test]
fn a_folder_that_goes_away_ends_the_comparison() {
    let folder = tempfile::tempdir().expect("a folder");
    let gone = folder.path().join("gone");
    fs::create_dir(&gone).expect("a folder");
    let file = gone.join("x.json");
    let line = format!("{ENDLESS} --export-json {}", file.display());
    let child = start(&words(&line));
    wait_until("a round", || rounds(&file, 1));
    fs::rename(&gone, folder.path().join("elsewhere")).expect("a folder that may be moved");
    let run = ended(child);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
    assert!(run.stderr.starts_with("error: cannot write '"), "{run:?}");
    assert!(run.stderr.contains("No such file or directory"), "{run:?}");
}
