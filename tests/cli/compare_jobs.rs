//! `partask compare`: which jobs, inputs and ways are compared, and how often each is run.

use crate::harness::{case_names, cases, compared, partask, run, run_line, run_to_end};
use serde_json::{Value, json};
use std::fs;

/// The subject of a case: workers, kernel, numbers in a chunk.
fn subject(case: &Value) -> (u64, &str, Option<u64>) {
    let subject = &case["subject"];
    let workers = subject["workers"].as_u64().expect("workers");
    let kernel = subject["kernel"].as_str().expect("a kernel");
    (workers, kernel, subject["chunk_size"].as_u64())
}

fn workers(comparison: &Value) -> Vec<u64> {
    let workers = cases(comparison).iter().map(|case| subject(case).0);
    workers.collect()
}

#[test]
fn every_job_comes_to_its_total_in_every_run() {
    for (line, numbers, total) in [
        ("squares 1..1001", 1000, "333833500"),
        ("cubes -3..=3", 7, "0"),
        ("cubes 1..=1000", 1000, "250500250000"),
        ("sum-of-squares 1..100000", 99_999, "333328333350000"),
        ("squares 5,5,-2", 3, "54"),
        ("squares -5", 1, "25"),
        ("squares 5..5", 0, "0"),
        ("cubes 10..0 --step -3", 4, "1408"),
        ("squares 1..=9 --step 4 --verify", 3, "107"),
        ("squares 1..1001 --values", 1000, "333833500"),
    ] {
        let report = compared(&format!("{line} --runs 2 --workers 1,2"));
        assert_eq!(report["schema"], "partask.compare/1", "{line}");
        assert_eq!(report["status"], "complete", "{line}");
        assert_eq!(report["ended_by"], "runs", "{line}");
        assert_eq!(report["rounds"], 2, "{line}");
        assert_eq!(report["numbers"], numbers, "{line}");
        assert_eq!(report["total"], total, "{line}");
        assert_eq!(report["verified_by"][0], "closed form", "{line}");
        let twice = report["verified_by"][1] == "reference path";
        assert_eq!(twice, line.contains("--verify"), "{line}");
        assert_eq!(report["job"]["values"], line.contains("--values"), "{line}");
        for case in cases(&report) {
            assert_eq!(case["runs"], 2, "{line}");
            assert_eq!(case["samples"].as_array().map(Vec::len), Some(2), "{line}");
        }
    }
}

#[test]
fn options_stand_before_or_after_the_job() {
    let lines = [
        "compare --workers 1,2 --runs 2 squares -5..95 --step 5 --seed 9",
        "compare squares -5..95 --workers 1,2 --runs 2 --step 5 --seed 9",
        "compare --step 5 squares --workers 1,2 -5..95 --seed 9 --runs=2",
        "compare -w1,2 squares --seed 9 --step=5 --runs 2 -- -5..95",
    ];
    for line in lines {
        let mut line: Vec<&str> = line.split(' ').collect();
        line.splice(1..1, ["--format", "json"]);
        let report: Value = serde_json::from_str(&run(line).succeeded()).expect("JSON");
        assert_eq!(case_names(&report), ["1 worker", "2 workers"]);
        assert_eq!(report["numbers"], 20);
        assert_eq!(report["job"]["input"], "-5..95");
        assert_eq!(report["job"]["step"], "5");
        assert_eq!(report["settings"]["seed"], 9);
    }
}

#[test]
fn worker_counts_are_lists_and_ranges_in_the_order_given() {
    for (list, expected) in [
        ("1", vec![1]),
        ("2,1", vec![2, 1]),
        ("1..=4", vec![1, 2, 3, 4]),
        ("1..3,7", vec![1, 2, 7]),
        ("2^3", vec![8]),
        ("20", vec![20]),
    ] {
        let report = compared(&format!("squares 1..100 --runs 1 --workers {list}"));
        assert_eq!(workers(&report), expected, "{list}");
    }
}

#[test]
fn by_default_workers_double_up_to_the_cpus() {
    let report = compared("squares 1..100 --runs 1");
    let cpus = report["machine"]["cpus"].as_u64().expect("CPUs");
    let workers = workers(&report);
    assert_eq!(workers.first(), Some(&1));
    assert_eq!(workers.last(), Some(&cpus));
    for pair in workers.windows(2) {
        assert!(pair[1] == 2 * pair[0] || (pair[1] == cpus && pair[1] < 2 * pair[0]));
    }
}

/// The variable sets how many workers a job has; here the counts are what is compared.
#[test]
fn the_environment_does_not_set_the_workers() {
    let own = workers(&compared("squares 1..100 --runs 1"));
    for value in ["3", "x", ""] {
        let mut command = partask("compare squares 1..100 --runs 1 --format json".split(' '));
        command.env("PARTASK_WORKERS", value);
        let report: Value = serde_json::from_str(&run_to_end(command).succeeded()).expect("JSON");
        assert_eq!(workers(&report), own, "{value}");
    }
}

#[test]
fn kernels_and_chunk_sizes_multiply() {
    let report =
        compared("cubes 1..1000 --workers 1,3 --kernel scalar,auto --chunk-size 10,1e3 --runs 1");
    let subjects: Vec<_> = cases(&report).iter().map(subject).collect();
    let mut expected = Vec::new();
    for kernel in ["scalar", "auto"] {
        for size in [10, 1000] {
            expected.extend([1, 3].map(|workers| (workers, kernel, Some(size))));
        }
    }
    assert_eq!(subjects, expected);
    assert_eq!(case_names(&report)[0], "1 worker, scalar, chunks of 10");
    assert_eq!(case_names(&report)[7], "3 workers, auto, chunks of 1,000");
    // What does not vary is in no name.
    let report = compared("cubes 1..1000 --workers 1,3 --kernel scalar --chunk-size 7 --runs 1");
    assert_eq!(case_names(&report), ["1 worker", "3 workers"]);
    assert!(cases(&report).iter().all(|case| subject(case).2 == Some(7)));
    assert_eq!(report["total"], "249500250000");
}

#[test]
fn the_reference_is_the_first_unless_another_is_named() {
    for (more, expected) in [
        ("--workers 2,1", "2 workers"),
        ("--workers 1,2,3 --reference 3", "3 workers"),
        (
            "--workers 1,2 --reference 2 --kernel scalar,auto",
            "2 workers, scalar",
        ),
    ] {
        let report = compared(&format!("squares 1..1000 --runs 1 {more}"));
        assert_eq!(report["reference"], expected, "{more}");
        for case in cases(&report) {
            let is_reference = case["name"] == expected;
            let figures = &case["figures"];
            assert_eq!(figures["speedup"] == json!(1.0), is_reference, "{more}");
        }
    }
}

#[test]
fn the_settings_are_kept() {
    let report = compared(
        "squares 1..100 -w 1 --warmup 3 --min-runs 2 --precision 5% --max-time 1ms --seed 42",
    );
    let settings = &report["settings"];
    assert_eq!(settings["warmup"], 3);
    assert_eq!(settings["min_runs"], 2);
    assert_eq!(settings["runs"], Value::Null);
    assert_eq!(settings["precision"], 0.05);
    assert_eq!(settings["max_time_s"], 0.001);
    assert_eq!(settings["seed"], 42);
    assert_eq!(settings["confidence"], 0.95);
    let rounds = report["rounds"].as_u64().expect("rounds");
    assert!(rounds >= 2, "{rounds}");
    let reached = report["precision_reached"].as_bool().expect("a boolean");
    let by = if reached { "precision" } else { "max-time" };
    assert_eq!(report["ended_by"], by);
}

#[test]
fn a_wide_precision_ends_after_the_fewest_runs() {
    let report = compared("squares 1..100 -w 1,2 --min-runs 3 --precision 100000%");
    assert_eq!(report["rounds"], 3);
    assert_eq!(report["ended_by"], "precision");
    assert_eq!(report["precision_reached"], true);
    let run = run_line("compare squares 1..100 -w 1,2 --min-runs 3 --precision 100000%");
    assert!(run.row("precision").starts_with("every median within "));
}

#[test]
fn short_work_is_repeated_and_said_so() {
    let line = "squares 1..10 -w 1 --runs 2 --warmup 9";
    let report = compared(line);
    let repeats = cases(&report)[0]["repeats"].as_u64().expect("a count");
    assert!(repeats > 1, "{report}");
    let told = format!("repeated in every run: 1 worker ({repeats} times)");
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains(&told), "{warnings}");
    // Without a warm-up nobody knows how short it is.
    let report = compared("squares 1..10 -w 1 --runs 2 --warmup 0");
    assert_eq!(cases(&report)[0]["repeats"], 1);
}

#[test]
fn what_is_read_from_files_is_verified_by_the_reference_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("n.txt");
    fs::write(&file, "1 2 3\n-4,5").expect("a file");
    let name = file.display().to_string();
    for (input, total, numbers) in [
        (format!("@{name}"), "55", 5),
        (format!("@{name},10,1..3"), "160", 8),
    ] {
        let report = compared(&format!("squares {input} --runs 2 -w 1,2"));
        assert_eq!(report["total"], total);
        assert_eq!(report["numbers"], numbers);
        assert_eq!(report["verified_by"], json!(["reference path"]));
        let rates = cases(&report)
            .iter()
            .map(|case| &case["figures"]["numbers_per_s"]);
        assert!(rates.into_iter().all(|rate| rate.as_f64() > Some(0.0)));
    }
    let run = run_line(&format!("compare squares @{name} --runs 2 -w 1"));
    assert!(
        run.row("total").starts_with("55  (verified in every run)"),
        "{run:?}"
    );
}

#[test]
fn a_file_that_changes_meanwhile_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("n.txt");
    fs::write(&file, "1 2 3").expect("a file");
    let change = format!("sh -c 'echo 4 >> {}'", file.display());
    let input = format!("@{}", file.display());
    let run = run([
        "compare",
        "squares",
        &input,
        "-w1",
        "--runs=3",
        "--against",
        &change,
        "--against-unchecked",
    ]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:?}");
    assert!(run.stderr.contains("one run came to 14, another to "));
}

#[test]
fn many_workers_are_compared_too() {
    let report = compared("squares 1..1000 -w 1,100 --runs 1 --warmup 0");
    assert_eq!(workers(&report), [1, 100]);
    let crowded = report["warnings"][0].as_str().expect("a warning");
    assert!(crowded.starts_with("100 workers on "), "{crowded}");
    assert!(crowded.ends_with(": they take turns"), "{crowded}");
}
