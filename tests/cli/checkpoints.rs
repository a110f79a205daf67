//! Runs that are cut short and go on: `--checkpoint` and `--resume`, on the real binary.

use crate::harness::{Run, partask, run, signal, wait_within};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Slow enough that it is cut short, by the reference loop.
const LONG: [&str; 4] = ["sum-of-squares", "1..1000000000", "--kernel", "scalar"];
const LONG_TOTAL: &str = "333333332833333333500000000\n";

fn with_checkpoint(job: &[&str], file: &Path, more: &[&str]) -> Run {
    let checkpoint = ["--checkpoint", file.to_str().expect("UTF-8")];
    run(job.iter().chain(&checkpoint).chain(more))
}

fn start(job: &[&str], file: &Path, more: &[&str]) -> Child {
    partask(job)
        .args(["--checkpoint-every", "10ms", "--checkpoint"])
        .arg(file)
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).expect("a checkpoint")).expect("JSON")
}

fn done(file: &Path) -> u64 {
    read(file)["numbers_done"].as_u64().expect("a count")
}

/// Waits until some numbers have been written down; says whether the run goes on then.
fn wait_for_numbers(child: &mut Child, file: &Path, more_than: u64) -> bool {
    while !file.exists() || done(file) <= more_than {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

#[track_caller]
fn refused(run: &Run, code: i32, said: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{run:?}");
    assert!(run.stderr.contains(said), "{said}: {run:?}");
}

#[test]
fn a_run_that_is_killed_goes_on_from_its_last_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.json");
    let mut before = 0;
    for _ in 0..4 {
        let mut child = start(&LONG, &file, &["--resume"]);
        let goes_on = wait_for_numbers(&mut child, &file, before);
        child.kill().unwrap();
        child.wait().unwrap();
        // Where the CPUs are taken, it may have been looked at too late.
        if !goes_on || read(&file)["status"] == "complete" {
            before = done(&file);
            break;
        }
        let checkpoint = read(&file);
        assert_eq!(
            (&checkpoint["status"], &checkpoint["total"]),
            (&"running".into(), &Value::Null)
        );
        let now = done(&file);
        assert!(now > before, "{before} to {now}");
        before = now;
    }
    let short = ["sum-of-squares", "1..1000000000"];
    let resumed = with_checkpoint(&short, &file, &["--resume", "--json"]).succeeded();
    let resumed: Value = serde_json::from_str(&resumed).unwrap();
    assert_eq!(resumed["total"].as_str(), Some(LONG_TOTAL.trim_end()));
    assert_eq!(resumed["verified"], true);
    assert_eq!(resumed["resumed_from"].as_u64(), Some(before));
    assert_eq!(read(&file)["status"], "complete");
    // What is complete is not computed again.
    let again = with_checkpoint(&short, &file, &["--resume", "--json"]).succeeded();
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(
        (&again["total"], again["chunks"].as_u64()),
        (&resumed["total"], Some(0))
    );
}

#[test]
fn a_run_that_is_stopped_writes_down_how_far_it_came() {
    let folder = tempfile::tempdir().unwrap();
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let file = folder.path().join(name);
        let mut child = start(&LONG, &file, &["--checkpoint-every", "1h"]);
        // The first is written before anything is computed.
        while !file.exists() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(50));
        signal(&child, name);
        let status = wait_within(&mut child, Duration::from_secs(60)).unwrap();
        assert_eq!(status.code(), Some(code));
        let total = with_checkpoint(
            &["sum-of-squares", "1..1000000000"],
            &file,
            &["--resume", "-q"],
        );
        assert_eq!(total.succeeded(), LONG_TOTAL);
    }
    let file = folder.path().join("limit");
    let limited = with_checkpoint(
        &LONG,
        &file,
        &["--time-limit", "50ms", "--checkpoint-every", "1h"],
    );
    assert_eq!(limited.code, Some(5), "{limited:?}");
    assert!(
        limited.stderr.contains("--resume goes on from"),
        "{limited:?}"
    );
    assert!(done(&file) > 0);
    let total = with_checkpoint(
        &["sum-of-squares", "1..1000000000"],
        &file,
        &["--resume", "-q"],
    );
    assert_eq!(total.succeeded(), LONG_TOTAL);
}

#[test]
fn every_reduction_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for reduction in "sum count min max product xor mean first last histogram".split(' ') {
        let job = [
            "eval",
            "collatz(n) % 97 + 1",
            "1..3000",
            "--reduce",
            reduction,
        ];
        let file = folder.path().join(reduction);
        let job: Vec<&str> = job.into_iter().chain(["--chunk-size", "10"]).collect();
        let whole = run(job.iter().chain(&["--json"])).succeeded();
        let limited = with_checkpoint(&job, &file, &["--time-limit", "1ms"]);
        assert!(matches!(limited.code, Some(0 | 5)), "{limited:?}");
        let resumed = with_checkpoint(&job, &file, &["--resume", "--json"]).succeeded();
        let [whole, resumed]: [Value; 2] =
            [whole, resumed].map(|text| serde_json::from_str(&text).expect("JSON"));
        for field in ["total", "at", "decimal", "histogram", "numbers_done"] {
            assert_eq!(resumed[field], whole[field], "{reduction}: {field}");
        }
    }
}

#[test]
fn a_shard_has_checkpoints_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (file, parts) = (folder.path().join("c"), folder.path().join("parts"));
    let parts = parts.to_str().unwrap();
    let job = |shard| {
        [
            "eval",
            "n^3 // 7",
            "0..300000",
            "--reduce",
            "max",
            "--shard",
            shard,
            "--partial",
            parts,
        ]
    };
    let limited = with_checkpoint(
        &job("2/2"),
        &file,
        &["--time-limit", "1ms", "--kernel", "scalar"],
    );
    assert!(matches!(limited.code, Some(0 | 5)), "{limited:?}");
    refused(
        &with_checkpoint(&job("1/2"), &file, &["--resume"]),
        2,
        "--shard 2/2, and not of eval",
    );
    assert_eq!(
        with_checkpoint(&job("2/2"), &file, &["--resume"]).code,
        Some(0)
    );
    assert_eq!(run(job("1/2")).code, Some(0));
    let merged = run(["merge", parts]).row("max");
    assert!(
        merged.starts_with("3857104285842857  at n = 299,999"),
        "{merged}"
    );
}

#[test]
fn what_is_no_checkpoint_of_the_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.json");
    let job = ["squares", "1..1000"];
    assert_eq!(
        with_checkpoint(&job, &file, &["-q"]).succeeded(),
        "332833500\n"
    );
    refused(
        &with_checkpoint(&job, &file, &[]),
        2,
        "--resume goes on from it, --overwrite begins anew",
    );
    assert_eq!(
        with_checkpoint(&job, &file, &["-q", "--overwrite"]).succeeded(),
        "332833500\n"
    );
    refused(
        &with_checkpoint(&["cubes", "1..1000"], &file, &["--resume"]),
        2,
        "it is the checkpoint of squares 1..1000",
    );
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("332833500", "332833501")).unwrap();
    refused(
        &with_checkpoint(&job, &file, &["--resume"]),
        3,
        "was changed",
    );
    fs::write(&file, text.replace("checkpoint/1", "checkpoint/2")).unwrap();
    refused(
        &with_checkpoint(&job, &file, &["--resume"]),
        2,
        "its form is partask.checkpoint/2",
    );
    let nowhere = folder.path().join("none/c.json");
    refused(&with_checkpoint(&job, &nowhere, &[]), 1, "cannot write");
    refused(
        &with_checkpoint(&["squares", "-"], &nowhere, &[]),
        2,
        "standard input can't be read again",
    );
    refused(
        &with_checkpoint(&job, &nowhere, &["--checkpoint-every", "1ms"]),
        2,
        "--checkpoint-every 1ms",
    );
    let both = with_checkpoint(&job, &nowhere, &["--values"]);
    assert_eq!(both.code, Some(2), "{both:?}");
}
