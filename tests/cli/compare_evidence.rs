//! What is counted in the runs of `partask compare`: of each kind of work that of its own threads or
//! programs, and one line on what there is not.

use crate::harness::{cases, run};
use serde_json::Value;
use std::fs;

const FAULTS: [&str; 2] = ["minor_faults", "major_faults"];

/// What a comparison came to.
#[track_caller]
fn report(words: &[&str]) -> Value {
    let words = ["compare", "--runs", "2", "--format", "json"]
        .iter()
        .chain(words);
    let run = run(words);
    assert_eq!(run.code, Some(0), "{run:?}");
    serde_json::from_str(&run.stdout).expect("JSON")
}

/// A count of each sample of a case.
#[track_caller]
fn counted(case: &Value, field: &str) -> Vec<f64> {
    let samples = case["samples"].as_array().expect("samples").iter();
    let counts = samples.map(|sample| sample["counts"][field].as_f64());
    let counts: Option<Vec<f64>> = counts.collect();
    counts.unwrap_or_else(|| panic!("no {field}: {case}"))
}

fn faults(case: &Value) -> f64 {
    let faults = FAULTS.map(|field| counted(case, field).iter().sum::<f64>());
    faults.iter().sum()
}

/// Whether the CPU's own counters can be read here.
fn has_hardware(report: &Value) -> bool {
    let counters = &report["counters"];
    assert_ne!(
        counters["hardware"].is_string(),
        counters["refused"].is_string(),
        "either is said: {counters}"
    );
    counters["hardware"].is_string()
}

#[test]
fn programs_are_counted_with_what_they_start() {
    let many = "sh -c 'ls /; ls /; ls /; ls /; true'";
    let report = report(&[
        "--unchecked",
        "--command",
        "true",
        "--command",
        many,
        "--command",
        "sleep 0.02",
    ]);
    let [one, many, sleep] = cases(&report) else {
        panic!("three cases: {report}")
    };
    // Each program that is loaded touches pages for the first time.
    assert!(faults(many) > 2.0 * faults(one), "{many} {one}");
    assert!(
        counted(sleep, "voluntary_switches")
            .iter()
            .all(|n| *n >= 1.0)
    );
    counted(sleep, "involuntary_switches");
    if has_hardware(&report) {
        let instructions = |case| counted(case, "instructions").iter().sum::<f64>();
        assert!(instructions(many) > 2.0 * instructions(one), "{many} {one}");
    }
}

#[test]
fn jobs_task_lists_and_rivals_are_counted_too() {
    let job = report(&[
        "-w",
        "1,2",
        "squares",
        "1..3e6",
        "--against",
        "echo 8999995500000500000",
    ]);
    let tasks = report(&["-w", "1,2", "run", "ls", ":::", "/", "/bin"]);
    for report in [&job, &tasks] {
        for case in cases(report) {
            for field in ["voluntary_switches", "involuntary_switches"] {
                assert!(counted(case, field).iter().all(|n| *n >= 0.0), "{case}");
            }
            assert!(case["counts"]["minor_faults"].is_f64(), "{case}");
        }
    }
    let rival = &cases(&job)[2];
    assert!(faults(rival) > 20.0, "a program was loaded: {rival}");
    assert!(
        cases(&tasks).iter().all(|case| faults(case) > 40.0),
        "{tasks}"
    );
    if has_hardware(&job) {
        // The work is the same with any number of workers.
        let [one, two] = [0, 1].map(|i| counted(&cases(&job)[i], "instructions")[0]);
        assert!((0.5..2.0).contains(&(two / one)), "{one} {two}");
        assert!(one > 1e6, "{job}");
    }
}

#[test]
fn what_is_not_there_is_said_once() {
    let words = [
        "compare",
        "-w",
        "1",
        "--runs",
        "2",
        "sum-of-squares",
        "1..1e6",
    ];
    let human = run(words).succeeded();
    let report = report(&["-w", "1", "sum-of-squares", "1..1e6"]);
    let (_, table) = human
        .split_once("\ncounted in a run, on average\n")
        .unwrap_or_else(|| panic!("no table: {human}"));
    let columns = table.lines().next().expect("its head");
    assert!(columns.contains("preempted  page faults"), "{human}");
    let lines = human.lines().filter(|line| line.starts_with("counters "));
    let lines: Vec<&str> = lines.collect();
    match report["counters"]["refused"].as_str() {
        Some(why) => {
            assert_eq!(lines.len(), 1, "{human}");
            assert!(
                lines[0].starts_with("counters   no hardware counters: "),
                "{human}"
            );
            let words = why.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
            assert!(lines[0].contains(&words), "{human}");
            assert!(!columns.contains("instructions"), "{human}");
            assert!(!human.contains("IPC"), "{human}");
        }
        None => assert!(columns.contains("instructions"), "{human}"),
    }
}

#[test]
fn a_baseline_from_before_anything_was_counted_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("baseline.json");
    let file = path.to_str().expect("UTF-8");
    let job = ["-w", "1", "squares", "1..1e5"];
    report(&[&job[..], &["--save-baseline", file]].concat());
    let text = fs::read_to_string(&path).expect("saved");
    let mut old: Value = serde_json::from_str(&text).expect("JSON");
    for case in old["cases"].as_array_mut().expect("cases") {
        case.as_object_mut().expect("a case").remove("counts");
        for sample in case["samples"].as_array_mut().expect("samples") {
            let counts = sample.as_object_mut().expect("a sample").remove("counts");
            assert!(counts.is_some(), "{text}");
        }
    }
    old.as_object_mut().expect("an object").remove("counters");
    fs::write(&path, old.to_string()).expect("written");
    let words = [&job[..], &["--baseline", file, "--save-baseline", file]].concat();
    let report = report(&words);
    let compared = &report["baseline"][0];
    assert!(compared["ratio"].is_f64(), "{report}");
    // Nothing is known of what it executed then.
    assert_eq!(compared["cause"], Value::Null);
    let sentence = report["conclusion"].as_str().expect("a sentence");
    assert!(!sentence.contains("instructions"), "{sentence}");
    let text = fs::read_to_string(&path).expect("saved");
    let both: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(both["sessions"].as_array().map(Vec::len), Some(1), "{text}");
    assert!(
        both["sessions"][0]["cases"][0]
            .get("instructions")
            .is_none()
    );
}
