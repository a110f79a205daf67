//! `partask compare`: limits and baselines, and the exit codes they decide.

use crate::harness::{Run, run_line, unfolded};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) const LINE: &str = "compare squares 1..2000 --workers 1,2 --runs 3";

pub(crate) fn verdicts(run: &Run) -> Vec<String> {
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let gates = report["gates"].as_array().expect("gates").iter();
    let verdict = |gate: &Value| {
        let text = |name: &str| gate[name].as_str().expect("a text").to_owned();
        format!("{} {}: {}", text("gate"), text("case"), text("verdict"))
    };
    gates.map(verdict).collect()
}

/// Limits that every machine keeps, breaks, or can't tell of, with the exit codes.
#[test]
fn limits_pass_fail_or_can_not_be_told() {
    for (more, code, expected) in [
        (
            "--min-speedup 1e-30",
            0,
            &["min-speedup 2 workers: passed"][..],
        ),
        (
            "--min-speedup 1e-30x",
            0,
            &["min-speedup 2 workers: passed"],
        ),
        ("--min-speedup 1e30", 4, &["min-speedup 2 workers: failed"]),
        (
            "--min-efficiency 1e-28%",
            0,
            &["min-efficiency 2 workers: passed"],
        ),
        (
            "--min-efficiency 1e30%",
            4,
            &["min-efficiency 2 workers: failed"],
        ),
        (
            "--min-speedup 1e30 --min-efficiency 1e-28%",
            4,
            &[
                "min-speedup 2 workers: failed",
                "min-efficiency 2 workers: passed",
            ],
        ),
        (
            "--min-efficiency 1e-28% --workers 1,2,3 --reference 2",
            0,
            &[
                "min-efficiency 1 worker: passed",
                "min-efficiency 3 workers: passed",
            ],
        ),
    ] {
        let line = match more.contains("--workers") {
            true => LINE.replace("--workers 1,2 ", ""),
            false => LINE.to_owned(),
        };
        let run = run_line(&format!("{line} {more} --format json"));
        assert_eq!(run.code, Some(code), "{more}: {run:?}");
        assert_eq!(verdicts(&run), expected, "{more}");
        let complaints = run.stderr.lines().collect::<Vec<_>>();
        let failed = expected
            .iter()
            .filter(|verdict| !verdict.ends_with("passed"));
        assert_eq!(complaints.len(), failed.count(), "{run:?}");
        assert!(
            complaints
                .iter()
                .all(|line| line.starts_with("partask: --min-"))
        );
    }
}

/// A single run has no interval, which could lie beyond a limit or within it.
#[test]
fn a_single_run_tells_nothing_of_a_limit() {
    for more in [
        "--min-speedup 1",
        "--min-speedup 1e30",
        "--min-efficiency 0%",
    ] {
        let run = run_line(&format!("compare squares 1..100 -w 1,2 --runs 1 {more} -q"));
        assert_eq!(run.code, Some(7), "{run:?}");
        assert!(run.stderr.contains(" inconclusive: 2 workers"), "{run:?}");
    }
}

#[test]
fn the_report_says_what_was_decided() {
    let run = run_line(&format!(
        "{LINE} --min-speedup 1e30 --min-efficiency 1e-28%"
    ));
    assert_eq!(run.code, Some(4));
    let report = unfolded(&run.stdout);
    let gates: Vec<&str> = report
        .lines()
        .filter(|line| line.starts_with("gate"))
        .collect();
    assert_eq!(gates.len(), 2, "{run:?}");
    assert!(gates[0].contains("--min-speedup 1000000000"));
    assert!(
        gates[0].ends_with(": failed") && gates[1].ends_with(": passed"),
        "{run:?}"
    );
    assert_eq!(run.stderr, "partask: --min-speedup failed: 2 workers\n");
}

/// A stored comparison that tests change.
pub(crate) struct Stored {
    folder: TempDir,
    pub(crate) report: Value,
}

impl Stored {
    /// Of [`LINE`].
    pub(crate) fn new() -> Stored {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("baseline.json");
        run_line(&format!("{LINE} --save-baseline {}", path.display())).succeeded();
        let text = fs::read_to_string(path).expect("a baseline");
        Stored {
            folder,
            report: serde_json::from_str(&text).expect("JSON"),
        }
    }

    pub(crate) fn write(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("changed.json");
        fs::write(&path, text).expect("a file");
        path
    }

    /// With every time so many times as long.
    pub(crate) fn scaled(&self, factor: f64) -> PathBuf {
        let mut report = self.report.clone();
        for case in report["cases"].as_array_mut().expect("cases") {
            for sample in case["samples"].as_array_mut().expect("samples") {
                let elapsed_s = sample["elapsed_s"].as_f64().expect("a time");
                sample["elapsed_s"] = json!(elapsed_s * factor);
            }
        }
        self.write(&report.to_string())
    }
}

#[test]
fn a_regression_is_told_from_none() {
    let stored = Stored::new();
    for (factor, code, verdict) in [(1e15, 0, "passed"), (1e-15, 4, "failed")] {
        let path = stored.scaled(factor);
        let more = format!(
            "--baseline {} --max-regression 5% --confirm-after 1ms",
            path.display()
        );
        let run = run_line(&format!("{LINE} {more} --format json"));
        assert_eq!(run.code, Some(code), "{run:?}");
        let expected =
            ["1 worker", "2 workers"].map(|case| format!("max-regression {case}: {verdict}"));
        assert_eq!(verdicts(&run), expected);
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let confirmed = report
            .get("confirmation")
            .map(|cases| cases[1]["runs"].clone());
        assert_eq!(confirmed, (code == 4).then(|| json!(3)), "{run:?}");
        assert_eq!(
            run.stderr.contains("measured again in 1.00 ms"),
            code == 4,
            "{run:?}"
        );
        for compared in report["baseline"].as_array().expect("the baseline") {
            let ratio = compared["ratio"].as_f64().expect("a ratio");
            assert_eq!(ratio > 1.0, code == 4, "{compared}");
            assert!(compared["low"].as_f64() <= Some(ratio));
            assert!(compared["high"].as_f64() >= Some(ratio));
            assert_eq!(
                (&compared["sessions"], &compared["spread"]),
                (&json!(1), &json!(null))
            );
            // Three samples below three others: 2 of the 20 orders are as extreme.
            assert_eq!(compared["p_value"], 0.1, "{compared}");
        }
        let run = run_line(&format!("{LINE} {more}"));
        let sign = if code == 4 {
            " came to +"
        } else {
            " came to -"
        };
        assert!(run.row("gate").contains(sign), "{run:?}");
        assert_eq!(
            run.row("baseline").contains(" in one session; "),
            code == 4,
            "{run:?}"
        );
    }
    // Without a limit it is only told.
    let run = run_line(&format!(
        "{LINE} --baseline {}",
        stored.scaled(1e-15).display()
    ));
    assert!(run.row("baseline").starts_with("1 worker: "), "{run:?}");
    run.succeeded();
}

#[test]
fn a_baseline_of_something_else_is_refused_with_what_differs() {
    let stored = Stored::new();
    let changes: [(&[&str], Value, &str); 10] = [
        (
            &["job", "name"],
            json!("cubes"),
            "job: 'cubes' there, 'squares' here",
        ),
        (
            &["job", "input"],
            json!("1..9"),
            "input: '1..9' there, '1..2000' here",
        ),
        (&["job", "step"], json!("2"), "step: '2' there, 'none' here"),
        (
            &["job", "values"],
            json!(true),
            "values: 'yes' there, 'no' here",
        ),
        (
            &["machine", "cpu_model"],
            json!("Z80\u{1b}"),
            r"CPU: 'Z80\u{1b}' there",
        ),
        (&["machine", "cpus"], json!(999), "CPUs: '999' there"),
        (
            &["machine", "architecture"],
            json!("pdp11"),
            "architecture: 'pdp11' there",
        ),
        (
            &["partask_version"],
            json!("0.0.0"),
            "partask: '0.0.0' there",
        ),
        (
            &["total"],
            json!("5"),
            "total: '5' there, '2664667000' here",
        ),
        (
            &["cases", "0", "subject", "workers"],
            json!(9),
            "workers: '2 auto, 9 auto' there",
        ),
    ];
    for (keys, value, says) in changes {
        let mut report = stored.report.clone();
        let pointer = format!("/{}", keys.join("/"));
        *report.pointer_mut(&pointer).expect("a field") = value;
        let path = stored.write(&report.to_string());
        let line = format!("{LINE} --baseline {}", path.display());
        let run = run_line(&line);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
        assert!(run.stderr.contains("--allow-mismatch"), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
        run_line(&format!("{line} --allow-mismatch")).succeeded();
    }
}

#[test]
fn the_same_numbers_may_be_written_otherwise() {
    let stored = Stored::new();
    let path = stored.write(&stored.report.to_string());
    for input in ["1..=1999", "1..2e3", "1..2_000"] {
        let line = LINE.replace("1..2000", input);
        run_line(&format!("{line} --baseline {}", path.display())).succeeded();
    }
    let reversed = LINE.replace("--workers 1,2", "--workers 2,1");
    run_line(&format!("{reversed} --baseline {}", path.display())).succeeded();
}

#[test]
fn a_baseline_that_has_none_of_the_cases_is_of_no_use() {
    let stored = Stored::new();
    let path = stored.write(&stored.report.to_string());
    let line = LINE.replace("--workers 1,2", "--workers 3,4");
    let run = run_line(&format!(
        "{line} --allow-mismatch --baseline {}",
        path.display()
    ));
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
    assert!(run.stderr.contains("none of the cases"), "{run:?}");
}

#[test]
fn what_is_no_baseline_is_refused_before_measuring() {
    let stored = Stored::new();
    let text = stored.report.to_string();
    let endless = "compare sum-of-squares 1..1e15";
    let mut halved = stored.report.clone();
    halved["cases"][1]["samples"] = json!([]);
    for (content, says) in [
        ("", "no comparison of partask's"),
        ("hello", "no comparison of partask's"),
        ("[1, 2]", "no comparison of partask's"),
        (&text[..text.len() / 2], "no comparison of partask's"),
        (r#"{"schema": "partask.report/1"}"#, "'partask.report/1'"),
        (
            &text.replace("compare/1", "compare/0"),
            "'partask.compare/0'",
        ),
        (&halved.to_string(), "no samples of some cases"),
        ("\u{0}\u{0}", "no comparison of partask's"),
    ] {
        let path = stored.write(content);
        let run = run_line(&format!("{endless} --baseline {}", path.display()));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
        assert!(run.stderr.contains("--save-baseline"), "{run:?}");
    }
    fs::write(stored.write(""), b"\xff\xfe").expect("a file");
    let odd = stored
        .folder
        .path()
        .join("changed.json")
        .display()
        .to_string();
    for (path, says) in [
        (odd.as_str(), "no comparison of partask's"),
        ("/none/x.json", "No such file"),
        ("/", "no regular file"),
        ("/dev/zero", "no regular file"),
        ("/dev/stdin", "no regular file"),
    ] {
        let run = run_line(&format!("{endless} --baseline {path}"));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
    }
}

#[test]
fn only_what_kept_its_limits_becomes_a_baseline() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("baseline.json");
    let save = format!("--save-baseline {}", path.display());
    let run = run_line(&format!("{LINE} {save} --min-speedup 1e30"));
    assert_eq!(run.code, Some(4));
    assert!(run.stderr.contains("is left as it is"), "{run:?}");
    assert!(!path.exists());
    run_line(&format!("{LINE} {save} --min-speedup 1e-30")).succeeded();
    let report: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
    assert_eq!(report["status"], "complete");
    assert_eq!(report["gates"][0]["verdict"], "passed");
}

/// A file of the same name may hold other numbers the next time.
#[test]
fn the_numbers_of_a_file_belong_to_a_baseline() {
    let folder = tempfile::tempdir().expect("a folder");
    let numbers = folder.path().join("n.txt");
    let baseline = folder.path().join("b.json");
    fs::write(&numbers, "1 2 3").expect("a file");
    let line = format!("compare squares @{} -w 1 --runs 2", numbers.display());
    run_line(&format!("{line} --save-baseline {}", baseline.display())).succeeded();
    let with = format!("{line} --baseline {}", baseline.display());
    run_line(&with).succeeded();
    fs::write(&numbers, "1 2 4").expect("a file");
    let run = run_line(&with);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
    assert!(
        run.stderr.contains("total: '14' there, '21' here"),
        "{run:?}"
    );
}
