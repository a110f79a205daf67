//! Standard input while it is still open: results flow, limits and signals are kept.

use crate::harness::{run_shell, signal, wait_within};
use crate::piped::{Live, PATIENCE, await_idle, command_in, folder, names};
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Also when it comes through the pipe in small pieces, which cut numbers anywhere.
#[test]
fn pieces_that_cut_numbers_are_put_together() {
    let mut live = Live::start("squares - --values -q");
    let mut stdin = live.stdin.take().expect("a pipe");
    for piece in ["1", "2", "\n3", "4 ", "-", "5", ",", "1e", "2\n", "6"] {
        stdin.write_all(piece.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(30));
    }
    drop(stdin);
    let lines: Vec<String> = (0..5).map(|_| live.line()).collect();
    assert_eq!(lines, ["144", "1156", "25", "10000", "36"]);
}

#[test]
fn results_flow_before_the_input_ends() {
    for workers in [1, 2, 8] {
        let mut live = Live::start(&format!("squares - --values --workers {workers}"));
        let mut stdin = live.stdin.take().expect("a pipe");
        for number in [3i64, 4, -50, 1 << 40] {
            stdin.write_all(format!("{number}\n").as_bytes()).unwrap();
            assert_eq!(live.line(), i128::from(number).pow(2).to_string());
        }
        stdin.write_all(b"5 6 7").unwrap();
        assert_eq!(
            (live.line(), live.line()),
            ("25".to_owned(), "36".to_owned())
        );
        drop(stdin);
        assert_eq!(live.line(), "49");
        let ended = wait_within(&mut live.child, PATIENCE);
        assert_eq!(ended.expect("it ends with its input").code(), Some(0));
    }
}

#[test]
fn a_time_limit_ends_a_stream_that_does_not_end() {
    let yes = "yes 3 | partask squares - --time-limit 5s --format json 2>/dev/null";
    let run = run_shell(yes, Path::new("/"));
    let report: Value = serde_json::from_str(&run.stdout).expect("one JSON document");
    assert_eq!(
        (run.code, &report["status"]),
        (Some(5), &"time-limit".into())
    );
    let done = report["numbers_done"].as_u64().expect("a count");
    assert!(done > 0 && report["numbers"].is_null(), "{report}");
    assert_eq!(report["total_so_far"], (9 * done).to_string());

    let folder = folder();
    assert!(
        Command::new("mkfifo")
            .arg(folder.path().join("f"))
            .status()
            .unwrap()
            .success()
    );
    for input in ["-", "@f"] {
        let line = format!("squares 3,{input} --time-limit 5s --values");
        let mut live = Live::of(command_in(folder.path(), &line));
        assert_eq!(live.line(), "9", "{line}");
        let ended = wait_within(&mut live.child, PATIENCE).expect("it ends at its limit");
        assert_eq!(ended.code(), Some(5), "{line}");
        let message = live.stderr();
        assert!(
            message.ends_with("partask: time limit reached after 1 number\n"),
            "{message}"
        );
    }
}

#[test]
fn a_run_that_waits_for_input_is_interrupted() {
    let folder = folder();
    assert!(
        Command::new("mkfifo")
            .arg(folder.path().join("f"))
            .status()
            .unwrap()
            .success()
    );
    for (name, code, word) in [("INT", 130, "interrupted"), ("TERM", 143, "terminated")] {
        for (input, done) in [("-", "0 numbers"), ("@f", "0 numbers"), ("3,-", "1 number")] {
            for option in [
                "--values",
                "--workers 8",
                "--output x.txt",
                "--output x.npy",
            ] {
                let line = format!("squares {input} {option}");
                let live = &mut Live::of(command_in(folder.path(), &line));
                await_idle(&live.child);
                signal(&live.child, name);
                let ended = wait_within(&mut live.child, PATIENCE);
                let ended = ended.unwrap_or_else(|error| panic!("{line}, SIG{name}: {error}"));
                assert_eq!(ended.code(), Some(code), "{line}");
                let expected = format!("error: {word} after {done}\n");
                assert_eq!(live.stderr(), expected, "{line}");
            }
        }
    }
    assert_eq!(names(folder.path()), ["f"], "no stray");
}
