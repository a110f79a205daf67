//! `partask compare`: baselines of several sessions, and the session that confirms a regression.

use crate::compare_gates::{LINE, Stored};
use crate::harness::{partask, run_line, signal, unfolded, until_told, wait_within};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

/// A baseline of sessions that differ by these factors.
fn sessions(stored: &Stored, factors: &[f64]) -> PathBuf {
    let mut report = stored.report.clone();
    let cases = report["cases"].as_array().expect("cases").clone();
    let session = |factor: &f64| {
        let case = |case: &Value| {
            let median_s = case["figures"]["median_s"].as_f64().expect("a median");
            json!({"subject": case["subject"], "runs": 3, "median_s": median_s * factor})
        };
        json!({"cases": cases.iter().map(case).collect::<Vec<_>>()})
    };
    report["sessions"] = factors.iter().map(session).collect();
    stored.write(&report.to_string())
}

/// What a session more would not change, and that two others would.
#[test]
fn a_gate_that_can_not_tell_says_what_would_settle_it() {
    let gate = "--max-regression 5% --confirm-after 1ms";
    for (factors, says) in [
        (
            &[][..],
            "the baseline has 1 session, and how much sessions differ is known from 3 on: add 2 by --save-baseline",
        ),
        (
            &[1.0],
            "the baseline has 2 sessions, and how much sessions differ is known from 3 on: add 1 by",
        ),
        (&[1e-4, 1e4], "1 worker: "),
    ] {
        // Where others take the CPUs meanwhile, either session may be another machine's.
        let measured = || {
            let stored = Stored::new();
            let path = sessions(&stored, factors);
            run_line(&format!("{LINE} --baseline {} {gate}", path.display()))
        };
        let told = "partask: --max-regression inconclusive: 1 worker: ";
        let run = until_told(measured, |run| {
            run.code == Some(7) && run.stderr.contains(told)
        });
        assert!(run.stderr.contains(says), "{says}: {run:?}");
        assert!(unfolded(&run.stdout).contains(says), "{says}: {run:?}");
    }
}

#[test]
fn a_baseline_takes_one_session_more_each_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("b.json");
    // What a shell makes of a file name before anything is written to it.
    fs::write(&path, "").expect("a file");
    let read =
        || -> Value { serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON") };
    for sessions in 1..=12_usize {
        run_line(&format!("{LINE} --save-baseline {}", path.display())).succeeded();
        let earlier = read()["sessions"].as_array().map_or(0, Vec::len);
        assert_eq!(earlier, (sessions - 1).min(9), "{sessions}");
    }
    let baseline = read();
    let subject = &baseline["sessions"][8]["cases"][1]["subject"];
    assert_eq!(subject, &baseline["cases"][1]["subject"]);
    // Of something else it begins anew, and says so.
    let other = LINE.replace("1..2000", "1..3000");
    let run = run_line(&format!("{other} --save-baseline {}", path.display()));
    assert!(
        run.stderr
            .contains("input: '1..2000' there, '1..3000' here"),
        "{run:?}"
    );
    assert!(run.stderr.contains("begins anew"), "{run:?}");
    assert_eq!((run.code, read().get("sessions")), (Some(0), None));
}

#[test]
fn a_file_that_is_no_baseline_is_not_lost_to_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("thesis.txt");
    for content in ["my thesis", r#"{"schema": "partask.compare/0"}"#] {
        fs::write(&path, content).expect("a file");
        let run = run_line(&format!(
            "compare sum-of-squares 1..1e15 --save-baseline {}",
            path.display()
        ));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains("give another file"), "{run:?}");
        assert_eq!(fs::read_to_string(&path).expect("the file"), content);
    }
}

#[test]
fn a_pause_that_is_none_is_refused() {
    let stored = Stored::new();
    let path = stored.scaled(1.0);
    let gate = format!("--baseline {} --max-regression 5%", path.display());
    let run = run_line(&format!("{LINE} {gate} --confirm-after soon"));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("--confirm-after: "), "{run:?}");
    let run = run_line(&format!("{LINE} --confirm-after 1s"));
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[test]
fn an_interrupt_ends_the_pause_before_the_second_session() {
    let stored = Stored::new();
    let path = stored.scaled(1e-15).display().to_string();
    let line = format!("{LINE} --baseline {path} --max-regression 5% --confirm-after 1h");
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut child = partask(&words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut complaints = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = String::new();
    complaints.read_line(&mut said).expect("a line");
    assert!(said.contains("measured again in "), "{said}");
    signal(&child, "INT");
    let status = wait_within(&mut child, Duration::from_secs(60)).expect("it ends");
    assert_eq!(status.code(), Some(130));
    said.clear();
    complaints.read_line(&mut said).expect("a line");
    assert_eq!(said, "partask: interrupted after 3 rounds\n");
}
