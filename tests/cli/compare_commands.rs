//! `partask compare --command`: any program at several worker counts, or once beside others.

use crate::harness::{case_names, cases, run, until_told};
use serde_json::Value;
use std::fs;

/// What a comparison of commands came to, which must have gone well.
#[track_caller]
fn report(words: &[&str]) -> Value {
    let words = ["compare", "--runs", "2", "--format", "json"]
        .iter()
        .chain(words);
    serde_json::from_str(&run(words).succeeded()).expect("JSON")
}

#[test]
fn a_command_is_measured_at_each_worker_count() {
    // A shell of our own: the start of partask's may come to more, and is subtracted.
    let command = "sh -c 'seq 4 | xargs -P {workers} -n 1 echo | sort'";
    let gate = ["--min-speedup", "1e-300"];
    let report = report(&[&["-N", "-w", "1,2,3", "--command", command], &gate[..]].concat());
    assert_eq!(case_names(&report), ["1 worker", "2 workers", "3 workers"]);
    for case in cases(&report) {
        assert_eq!(case["subject"]["command"], command);
        assert_eq!(case["samples"].as_array().map(Vec::len), Some(2));
        assert!(case["figures"]["efficiency"].as_f64() > Some(0.0), "{case}");
        assert!(case["figures"]["speedup"].as_f64() > Some(0.0), "{case}");
    }
    assert!(cases(&report)[1]["figures"]["serial_fraction"].is_f64());
    assert_eq!(report["gates"][0]["case"], "3 workers");
    assert_eq!(report["gates"][0]["verdict"], "passed");
}

#[test]
fn the_count_reaches_the_command_and_the_thread_variables() {
    let folder = tempfile::tempdir().expect("a folder");
    let seen = |words: &[&str]| {
        let file = folder.path().join("seen");
        let _ = fs::remove_file(&file);
        let command = format!(
            "echo {{workers}} $PARTASK_WORKERS $OMP_NUM_THREADS $RAYON_NUM_THREADS $GOMAXPROCS \
             $OPENBLAS_NUM_THREADS $MKL_NUM_THREADS $NUMBA_NUM_THREADS >> {}",
            file.display()
        );
        let words = [
            &[
                "-w",
                "1,7",
                "--warmup",
                "0",
                "--unchecked",
                "--command",
                &command,
            ],
            words,
        ]
        .concat();
        report(&words);
        let text = fs::read_to_string(&file).expect("what it wrote");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    };
    assert_eq!(seen(&[]), ["1 1 1 1 1 1 1 1", "7 7 7 7 7 7 7 7"]);
    let untouched = seen(&["--no-thread-variables"]);
    assert!(
        !untouched.contains(&"7 7 7 7 7 7 7 7".to_owned()),
        "{untouched:?}"
    );
}

#[test]
fn commands_without_workers_are_measured_once() {
    let words = [
        "--command",
        "sleep 0.01",
        "--name",
        "short",
        "--command",
        "sleep 0.3",
        "--reference",
        "sleep 0.3",
    ];
    let said = |report: &Value| report["conclusion"].as_str().map(str::to_owned);
    let report = until_told(
        || report(&words),
        |report| said(report).is_some_and(|said| said.starts_with("short is ")),
    );
    assert_eq!(case_names(&report), ["short", "sleep 0.3"]);
    assert_eq!(report["reference"], "sleep 0.3");
    let short = &cases(&report)[0]["figures"];
    assert!(short["efficiency"].is_null(), "{short}");
    let words = [
        "compare",
        "--runs",
        "2",
        "--command",
        "seq 2",
        "--command",
        "seq 3",
    ];
    let chart = run(words).succeeded();
    // The unit depends on the machine, and how long a bar is, too.
    let (_, bars) = chart
        .split_once("s; × that of 'seq 2')\nseq 2  ")
        .expect("bars of times");
    assert!(bars.starts_with(|bar| "▏▎▍▌▋▊▉█".contains(bar)), "{chart}");
    let said = said(&report).expect("a sentence");
    assert!(
        said.contains(" × (") && said.ends_with(" as fast as 'sleep 0.3'"),
        "{said}"
    );
}

#[test]
fn several_commands_keep_their_own_reference() {
    let report = report(&[
        "-w",
        "1,2",
        "--command",
        "echo {workers}",
        "--unchecked",
        "--command",
        "printf {workers}",
        "--name",
        "a",
        "--name",
        "b",
        "--command",
        "true",
    ]);
    let names = [
        "1 worker, a",
        "2 workers, a",
        "1 worker, b",
        "2 workers, b",
        "true",
    ];
    assert_eq!(case_names(&report), names);
    let figures = |i: usize| &cases(&report)[i]["figures"];
    assert_eq!(figures(2)["efficiency"], 1.0);
    assert!(figures(3)["efficiency"].as_f64().is_some());
    assert!(figures(4)["efficiency"].is_null());
}

#[test]
fn a_single_command_may_hear_of_the_count_by_the_variables_alone() {
    let report = report(&["-w", "1,2", "--unchecked", "--command", "true"]);
    assert_eq!(case_names(&report), ["1 worker", "2 workers"]);
}

#[test]
fn bad_input_is_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("program").display().to_string();
    fs::write(&program, "#!/bin/sh\n").expect("a file");
    for (words, says) in [
        (
            &["-w", "1,2", "--command", "true", "--command", "echo"][..],
            "none of the commands has {workers}",
        ),
        (
            &["-w", "1,2", "--command", "true", "--no-thread-variables"],
            "--command has no {workers}",
        ),
        (
            &["--command", "none-of-this-name 5"],
            "is in no folder of PATH",
        ),
        (
            &["--command", "echo no luck >&2; exit 3"],
            "exited with code 3: no luck",
        ),
        (&["--command", "kill -9 $$"], "was ended by signal 9"),
        (
            &["-w", "1,2", "--command", "sleep 0.0{workers}"],
            "it prints nothing that could be checked: give --unchecked",
        ),
        (
            &["--command", "echo 7", "--expect", "@/there-is/none"],
            "--expect '@/there-is/none': cannot read it",
        ),
        (&["--command", ""], "--command '' is empty"),
        (&["--command", "true", "--name", ""], "--name '' is empty"),
        (
            &["--command", "true", "--name", "a", "--name", "b"],
            "--name 'b' has no --command of its own",
        ),
        (
            &["--command", "true", "--command", "true"],
            "another name by --name",
        ),
        (
            &["--command", "true", "--reference", "false"],
            "--reference 'false'",
        ),
        (
            &["--command", "true", "--kernel", "scalar"],
            "--kernel is for the numeric jobs",
        ),
        (
            &["--command", &program, "--export-json", &program],
            "is read, and would be lost",
        ),
    ] {
        let run = run(["compare", "--runs", "2"].iter().chain(words));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
    assert_eq!(fs::read_to_string(&program).expect("a file"), "#!/bin/sh\n");
}

#[test]
fn a_command_takes_the_place_of_a_job() {
    for (words, says) in [
        (&["compare"][..], "compare: give a job"),
        (
            &["compare", "squares", "1..5", "--command", "true"],
            "--command takes the place of a job",
        ),
    ] {
        let run = run(words);
        assert_eq!(run.code, Some(2), "{run:?}");
        let said = run.stderr.strip_prefix("error: ").unwrap_or_default();
        assert!(
            said.starts_with(says) && said.lines().count() == 1,
            "{run:?}"
        );
    }
}

#[test]
fn a_wrong_answer_has_no_timing() {
    let folder = tempfile::tempdir().expect("a folder");
    let count = folder.path().join("count").display().to_string();
    let unlike = format!("echo a; echo x >> {count}; wc -l < {count}");
    for (words, says) in [
        (
            &["-w", "1,2", "--command", "printf 'a\\n%s\\n' {workers}"][..],
            "with 2 workers printed something else than with 1 worker: line 2 is '2', and was '1'",
        ),
        (
            &["--command", &unlike],
            "printed something else than in its first run: line 2 is '2', and was '1'",
        ),
        (
            &["--command", "echo 7", "--expect", "8"],
            "printed something else than what --expect says: line 1 is '7', and was '8'",
        ),
        (
            &[
                "--command",
                "yes | head -n 100000; echo {workers}",
                "-w",
                "1,2",
            ],
            "the same up to byte 65,536, and differ beyond it (200,001 and 200,001 bytes)",
        ),
    ] {
        let run = run(["compare", "--runs", "2"].iter().chain(words));
        assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn what_was_checked_is_said() {
    let expected = tempfile::NamedTempFile::new().expect("a file");
    fs::write(expected.path(), "7\n").expect("written");
    let file = format!("@{}", expected.path().display());
    for (words, says) in [
        (
            &["--command", "echo 7"][..],
            "2 bytes, the same in every run",
        ),
        (
            &["--command", "echo 7", "--expect", "7"],
            "as expected in every run",
        ),
        (
            &["--command", "echo 7", "--expect", &file],
            "as expected in every run",
        ),
        (
            &["--command", "echo 7", "--command", "printf 7"],
            "the same in every run of every command",
        ),
        (
            &["--command", "echo 7", "--command", "echo 8"],
            "the commands differ",
        ),
        (&["--command", "date +%N", "--unchecked"], "not checked"),
    ] {
        let words = ["compare", "--runs", "2"].iter().chain(words);
        let said = run(words).succeeded().replace("1 byte,", "2 bytes,");
        let output = said.lines().find(|line| line.starts_with("output "));
        assert!(output.is_some_and(|line| line.contains(says)), "{said}");
    }
}

#[test]
fn a_gate_holds_two_programs_side_by_side() {
    for (reference, code, says) in [
        ("true", 4, "--max-regression failed: sleep 1"),
        ("sleep 1", 0, ""),
    ] {
        let words = [
            "compare",
            "--runs",
            "5",
            "--command",
            "true",
            "--command",
            "sleep 1",
        ];
        let gate = ["--reference", reference, "--max-regression", "10%"];
        let run = run(words.iter().chain(&gate));
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.contains(says), "{run:?}");
    }
    let alone = run(["compare", "--command", "true", "--max-regression", "10%"]);
    assert!(
        alone.code == Some(2) && alone.stderr.contains("side by side: --command"),
        "{alone:?}"
    );
}

#[test]
fn exports_have_the_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    report(&[
        "-w",
        "1,2",
        "--command",
        "echo {workers}",
        "--unchecked",
        "--export-hyperfine",
        &file("h"),
        "--export-csv",
        &file("c"),
        "--export-svg",
        &file("s"),
    ]);
    let text = fs::read_to_string(file("h")).expect("a file");
    let hyperfine: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(hyperfine["results"][1]["parameters"]["workers"], "2");
    let csv = fs::read_to_string(file("c")).expect("a file");
    assert_eq!(csv.matches("echo {workers}").count(), 2, "{csv}");
    assert!(
        fs::read_to_string(file("s"))
            .expect("a file")
            .contains("echo {workers}")
    );
}

/// As other tools take them.
#[test]
fn a_program_in_the_place_of_a_job_is_told_its_option() {
    for (words, says) in [
        (&["sleep 0.1", "sleep 0.2"][..], "--command 'sleep 0.1'"),
        (
            &["./prog"],
            "'./prog' is no job: there are squares, cubes, sum-of-squares, eval and run",
        ),
    ] {
        let run = run(["compare"].iter().chain(words));
        assert_eq!((run.code, &run.stdout[..]), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}
