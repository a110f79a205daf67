//! Jobs in parts: `--shard`, `--partial` and `partask merge`, on the real binary.

use crate::harness::{Run, partask, run, run_shell, run_to_end, signal, until_told};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Runs a shard with its part in `folder`.
fn shard(job: &[&str], shard: &str, folder: &Path) -> Run {
    let partial = folder.to_str().expect("UTF-8");
    run(job.iter().chain(&["--shard", shard, "--partial", partial]))
}

fn merge(folder: &Path, more: &[&str]) -> Run {
    let folder = folder.to_str().expect("UTF-8");
    run(["merge", folder].iter().chain(more))
}

/// All parts of a job, each of a process of its own.
fn shards(job: &[&str], of: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for index in 1..=of {
        let run = shard(job, &format!("{index}/{of}"), folder.path());
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    }
    folder
}

/// The files of a folder whose names end so.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.to_string_lossy().ends_with(end))
        .collect();
    paths.sort();
    paths
}

#[track_caller]
fn refused(run: &Run, code: i32, said: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{run:?}");
    assert!(run.stderr.contains(said), "{said}: {run:?}");
}

#[test]
fn parts_come_to_what_the_whole_does() {
    for (job, of) in [
        (&["squares", "1..1000000"][..], 3),
        (&["cubes", "5,-7,9..20,4"], 2),
        (&["sum-of-squares", "-1000..1000", "--step", "7"], 4),
        (&["squares", "5..5"], 2),
        (&["cubes", "3,1,2"], 5),
    ] {
        let folder = shards(job, of);
        let whole = run(job.iter().chain(&["--quiet"])).succeeded();
        let merged = merge(folder.path(), &["--quiet"]).succeeded();
        assert_eq!(merged, whole, "{job:?}");
        assert!(
            merge(folder.path(), &[])
                .row("total")
                .ends_with("(verified)")
        );
    }
}

#[test]
fn every_reduction_is_merged() {
    let reductions = "sum count min max product xor mean first last histogram";
    for reduction in reductions.split(' ') {
        let job = ["eval", "n^2 % 17 - 5", "1..200", "--reduce", reduction];
        let folder = shards(&job, 3);
        let whole = run(job.iter().chain(&["--format", "json"])).succeeded();
        let merged = merge(folder.path(), &["--json"]).succeeded();
        let [whole, merged]: [Value; 2] =
            [whole, merged].map(|text| serde_json::from_str(&text).expect("JSON"));
        for field in [
            "total",
            "at",
            "decimal",
            "histogram",
            "numbers",
            "input_read_as",
        ] {
            assert_eq!(merged[field], whole[field], "{reduction}: {field}");
        }
        assert_eq!(merged["status"], "complete");
        assert_eq!(merged["verified"], whole["verified"], "{reduction}");
    }
}

#[test]
fn a_part_that_is_there_is_not_computed_again() {
    let job = ["squares", "1..1000"];
    let folder = shards(&job, 2);
    let file = &files(folder.path(), "1-of-2.json")[0];
    let before = fs::read(file).unwrap();
    let again = shard(&job, "1/2", folder.path());
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""));
    assert!(
        again.stderr.contains("shard 1 of 2 was done before"),
        "{again:?}"
    );
    assert_eq!(fs::read(file).unwrap(), before);
    let quiet = shard(&["squares", "1..1000", "-q"], "1/2", folder.path());
    assert_eq!(quiet.stdout, "41791750\n");
}

#[test]
fn twins_that_run_at_once_leave_one_whole_part() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        partask(["squares", "1..30000000", "--shard", "1/1", "--partial"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts")
    };
    let twins: Vec<_> = (0..4).map(|_| start()).collect();
    for mut twin in twins {
        assert!(twin.wait().unwrap().success());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(
        merge(folder.path(), &["-q"]).succeeded(),
        "8999999550000005000000\n"
    );
}

#[test]
fn what_can_not_be_kept_is_shown_all_the_same() {
    let attempt = || {
        let parent = tempfile::tempdir().unwrap();
        let parts = parent.path().join("parts");
        let job = [
            "squares",
            "1..300000000",
            "--kernel",
            "scalar",
            "-q",
            "--shard",
            "1/1",
        ];
        let child = partask(job)
            .arg("--partial")
            .arg(&parts)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        while !parts.exists() {
            std::thread::yield_now();
        }
        signal(&child, "STOP");
        fs::remove_dir_all(&parts).unwrap();
        signal(&child, "CONT");
        Run::from(child.wait_with_output().unwrap())
    };
    // It may have looked whether it can write only after the folder was gone, or have been done before.
    let run = until_told(attempt, |run| run.code == Some(1) && !run.stdout.is_empty());
    assert_eq!(run.stdout, "8999999955000000050000000\n");
    assert!(run.stderr.contains("cannot write"), "{run:?}");
}

#[test]
fn what_is_missing_is_said_with_the_command_that_computes_it() {
    let folder = tempfile::tempdir().unwrap();
    let job = ["eval", "n // 3", "10..0", "--step", "-2", "--reduce", "max"];
    let parts = folder.path().join("a b");
    shard(&job, "2/3", &parts).succeeded();
    let incomplete = merge(&parts, &[]);
    refused(&incomplete, 5, "2 of 3 parts missing");
    let json = merge(&parts, &["--json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&json["status"], &json["total"]),
        (&"incomplete".into(), &Value::Null)
    );
    assert_eq!(json["missing"], serde_json::json!(["1/3", "3/3"]));
    let line = "partask merge 'a b' --missing | sh > /dev/null && partask merge 'a b' -q";
    assert_eq!(run_shell(line, folder.path()).succeeded(), "3\n");
}

#[test]
fn results_are_joined() {
    for (extension, job) in [
        ("npy", &["squares", "1..20000"][..]),
        ("txt", &["eval", "n^9", "1..5000"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join(format!("joined.{extension}"));
        let whole = folder.path().join(format!("whole.{extension}"));
        run(job.iter().chain(&["-o", whole.to_str().unwrap()])).succeeded();
        let name = format!("x.{extension}");
        let with_output: Vec<&str> = job.iter().copied().chain(["-o", name.as_str()]).collect();
        let parts = shards(&with_output, 3);
        let joined = merge(parts.path(), &["-o", target.to_str().unwrap()]);
        assert_eq!(joined.code, Some(0), "{joined:?}");
        assert_eq!(fs::read(&target).unwrap(), fs::read(&whole).unwrap());

        let other = folder.path().join("x.csv");
        let other = match extension {
            "npy" => merge(parts.path(), &["-o", other.to_str().unwrap()]),
            _ => merge(parts.path(), &["-o", "x.npy"]),
        };
        refused(&other, 2, "has no .");
        let changed = &files(parts.path(), &format!("2-of-3.{extension}"))[0];
        let mut bytes = fs::read(changed).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(changed, bytes).unwrap();
        fs::remove_file(&target).unwrap();
        refused(
            &merge(parts.path(), &["-o", target.to_str().unwrap()]),
            3,
            "was changed",
        );
        assert!(!target.exists());
        // A shard whose results are not as they were is computed again.
        let again = shard(&with_output, "2/3", parts.path());
        assert_eq!(again.code, Some(0), "{again:?}");
        assert_eq!(
            merge(parts.path(), &["-o", target.to_str().unwrap()]).code,
            Some(0)
        );
        assert_eq!(fs::read(&target).unwrap(), fs::read(&whole).unwrap());
    }
}

#[test]
fn what_is_no_shard_is_refused() {
    let squares = |more: &str| {
        run(["squares", "1..100"]
            .into_iter()
            .chain(more.split_whitespace()))
    };
    for (more, said) in [
        ("--shard 0/4", "shards are counted from 1"),
        ("--shard 5/4", "there are only 4 shards"),
        ("--shard a/b", "give K/N"),
        ("--shard -1/4", "give K/N"),
        ("--shard 1/4 --values", "cannot be used with"),
        ("--shard 1/4 -o x.npy", "needs --partial DIR"),
        ("--shard 1/4 --shards 5", "--shards says 5"),
        ("--shards 5", "--shard"),
        ("--shard auto:pbs", "give one of openmpi"),
        ("--shard auto --shards 0", "--shards '0'"),
        ("--partial x", "--shard K/N"),
    ] {
        let run = squares(more);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(2), ""),
            "{more}: {run:?}"
        );
        assert!(run.stderr.contains(said), "{more}: {run:?}");
    }
    refused(
        &run(["squares", "-", "--shard", "1/2"]),
        2,
        "read by one process",
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    refused(
        &shard(&["squares", "1..9"], "1/2", &file),
        1,
        "cannot write",
    );
    refused(&merge(&folder.path().join("none"), &[]), 1, "cannot read");
    refused(&merge(folder.path(), &[]), 2, "there are no parts here");
}

#[test]
fn parts_that_were_changed_or_make_no_whole_are_refused() {
    let job = ["squares", "1..1000"];
    let folder = shards(&job, 2);
    let file = &files(folder.path(), "1-of-2.json")[0];
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, text.replace("41791750", "41791751")).unwrap();
    refused(
        &merge(folder.path(), &[]),
        3,
        "was changed since it was written",
    );
    refused(
        &shard(&job, "1/2", folder.path()),
        3,
        "was changed since it was written",
    );
    fs::write(file, &text).unwrap();
    merge(folder.path(), &[]).succeeded();
    let other = shard(&["cubes", "1..1000"], "1/2", folder.path());
    assert_eq!(other.code, Some(0));
    refused(&merge(folder.path(), &[]), 2, "it is of another job");
}

/// A shard that the environment tells of, which has nothing else.
fn told(variables: &str, arguments: &str) -> Run {
    let mut command = partask(arguments.split_whitespace());
    command.env_clear();
    for variable in variables.split_whitespace() {
        let (name, value) = variable.split_once('=').expect("NAME=value");
        command.env(name, value);
    }
    run_to_end(command)
}

#[test]
fn the_launcher_says_which_shard_it_is() {
    let array = "SLURM_JOB_ID=7 SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=3";
    let squares = "squares 1..=8 --shard auto --quiet";
    // The third of four: 5² + 6².
    assert_eq!(told(array, squares).succeeded(), "61\n");
    let ranks = "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2";
    assert_eq!(told(ranks, squares).succeeded(), "174\n");
    refused(&told("", squares), 2, "nothing says which shard this is");
    refused(&told(&format!("{array} {ranks}"), squares), 2, "name one");
    let lone = "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=3";
    refused(&told(lone, squares), 2, "may be one of more");
    let pinned = "squares 1..=8 --shard auto --shards 4 --quiet";
    assert_eq!(told(lone, pinned).succeeded(), "61\n");
    // Never without being asked.
    assert_eq!(told(array, "squares 1..=8 --quiet").succeeded(), "204\n");
}

#[test]
fn within_an_allocation_there_are_as_many_workers_as_it_has_room_for() {
    let workers = |variables: &str, arguments: &str| {
        let report = told(variables, arguments).succeeded();
        let report: Value = serde_json::from_str(&report).unwrap();
        report["workers"].as_u64().unwrap()
    };
    let line = "squares 1..9 --json";
    let all = workers("", line);
    assert_eq!(workers("SLURM_JOB_ID=7 SLURM_CPUS_PER_TASK=1", line), 1);
    assert_eq!(
        workers("SLURM_JOB_ID=7 SLURM_CPUS_PER_TASK=9999", line),
        all
    );
    assert_eq!(
        workers(
            "SLURM_JOB_ID=7 SLURM_CPUS_PER_TASK=1",
            "squares 1..9 --json -w 3"
        ),
        3
    );
}
