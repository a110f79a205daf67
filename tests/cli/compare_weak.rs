//! `partask compare --weak`: the range grows with the workers, and speedups are scaled.

use crate::harness::{cases, compared, run_line, run_shell};
use serde_json::Value;

fn figure(case: &Value, name: &str) -> f64 {
    case["figures"][name].as_f64().expect("a number")
}

#[test]
fn as_many_workers_have_as_many_times_the_work() {
    let report = compared("sum-of-squares 1..1500001 -w 1,16 --runs 3 --weak --verify");
    assert_eq!(report["settings"]["weak"], true);
    assert_eq!(report["numbers"], 1_500_000);
    assert_eq!(
        report["total"],
        Value::Null,
        "each worker count has its own"
    );
    let checks = ["closed form", "reference path"];
    assert_eq!(report["verified_by"], serde_json::json!(checks));
    let [one, many] = cases(&report) else {
        panic!("two cases: {report}")
    };
    let cpu_s = |case: &Value| {
        let samples = case["samples"].as_array().expect("samples").iter();
        samples
            .map(|sample| sample["cpu_s"].as_f64().expect("a time"))
            .fold(f64::MAX, f64::min)
    };
    assert!(cpu_s(many) > 4.0 * cpu_s(one), "{report}");
    let ratio = 16.0 * figure(one, "median_s") / figure(many, "median_s");
    let close = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-9;
    assert!(close(figure(many, "speedup"), ratio), "{many}");
    assert!(close(figure(many, "efficiency"), ratio / 16.0), "{many}");
    let serial = (16.0 - ratio) / 15.0;
    assert!(close(figure(many, "serial_fraction"), serial), "{many}");
    let per_s = 16.0 * 1.5e6 / figure(many, "median_s");
    assert!(close(figure(many, "numbers_per_s"), per_s), "{many}");
    assert!(report["scaling"]["amdahl_refused"].is_string(), "{report}");
}

#[test]
fn the_report_says_that_the_work_grows() {
    let run = run_line("compare squares 10..0 --step -1 -w 2,1 --runs 2 --weak");
    assert!(
        run.stdout
            .starts_with("squares of 10..0 for each worker      10 numbers"),
        "{run:?}"
    );
    let total = "that of each worker count's own work, verified in every run";
    assert_eq!(run.row("total"), total);
    assert!(run.row("Gustafson").contains(" serial"), "{run:?}");
    assert!(
        run.stdout.contains("\nscaled speedup (× of 2 workers)\n"),
        "{run:?}"
    );
}

#[test]
fn work_that_can_not_grow_is_refused() {
    for (line, says) in [
        ("squares 1,2", "'1,2' can't: only a single range"),
        ("squares 5", "'5' can't: only a single range"),
        ("squares 5..5", "'5..5' can't: an empty range stays empty"),
        (
            "cubes @Cargo.toml",
            "'@Cargo.toml' can't: only a single range",
        ),
        (
            "squares 0..9e18 -w 1,2",
            "2 times as long it would go beyond 64 bits",
        ),
        (
            "squares 1..9 --against true",
            "cannot be used with '--against",
        ),
        ("run true ::: 1", "--weak is for the numeric jobs"),
    ] {
        let run = run_line(&format!("compare --weak {line}"));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
    }
}

#[test]
fn a_baseline_of_work_that_stays_is_another_job() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "partask compare squares 1..1000 -w 1,2 --runs 2 -q";
    let stored = run_shell(&format!("{line} --save-baseline b.json"), folder.path());
    stored.succeeded();
    let run = run_shell(&format!("{line} --weak --baseline b.json"), folder.path());
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr
            .contains("job: 'squares' there, 'squares --weak' here"),
        "{run:?}"
    );
    let line = format!("{line} --weak");
    run_shell(&format!("{line} --save-baseline w.json"), folder.path()).succeeded();
    run_shell(&format!("{line} --baseline w.json"), folder.path()).succeeded();
}
