//! `partask compare --against`: other programs beside the job, their answers checked.

use crate::harness::{Run, case_names, cases, run, run_line, until_told};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// The total of `JOB`.
const TOTAL: &str = "333833500";

/// A short job, once with one worker, and the words that follow.
fn against(words: &[&str]) -> Run {
    let job = "compare squares 1..1001 --workers 1 --runs 2".split(' ');
    run(job.chain(words.iter().copied()))
}

fn report(words: &[&str]) -> Value {
    let mut words = words.to_vec();
    words.extend(["--format", "json"]);
    serde_json::from_str(&against(&words).succeeded()).expect("JSON")
}

#[test]
fn a_command_that_prints_the_total_joins_the_table() {
    for command in [
        "echo 333833500",
        "echo  333833500 ",
        "printf 333833500",
        "echo 1 2 total: 333833500.",
        "echo +333833500",
        "echo 1; echo wrong >&2; echo 333833500",
        "seq 333833499 333833500 | tail -n 1",
        "X=333833500; echo \"$X\"",
        "sh -c 'echo 333833500'",
        "cat; echo 333833500",
        "echo 333833500; sleep 0 &",
    ] {
        let report = report(&["--against", command]);
        assert_eq!(case_names(&report), ["1 worker", command]);
        let rival = &cases(&report)[1];
        assert_eq!(rival["subject"]["command"], command);
        assert_eq!(rival["subject"]["checked"], true);
        assert_eq!(rival["samples"].as_array().map(Vec::len), Some(2));
        assert!(rival["figures"]["speedup"].as_f64() > Some(0.0), "{rival}");
        assert!(rival["figures"]["efficiency"].is_null(), "{rival}");
        let run = against(&["--against", command, "--quiet"]);
        let sentence = run.succeeded();
        assert!(
            sentence.contains(&format!("er than '{command}'")),
            "{sentence}"
        );
    }
}

#[test]
fn the_timing_of_a_wrong_answer_is_not_shown() {
    for (command, printed) in [
        ("echo 333833501", "333833501"),
        ("true", "no number"),
        ("echo 333833500 and 5", "5"),
        ("echo -333833500", "-333833500"),
        ("echo 333833500.0", "333833500.0"),
        ("echo 3.338335e8", "3.338335e8"),
        ("echo 333,833,500", "500"),
        ("echo 333833500 took 5.01s", "5.01s"),
        ("echo 333833500 >&2", "no number"),
        ("none-of-this-name 2>/dev/null | cat", "no number"),
    ] {
        let run = against(&["--against", command]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:?}");
        let says = format!(
            "error: --against '{command}' printed {printed} last, but the answer is {TOTAL}; "
        );
        assert!(run.stderr.starts_with(&says), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn a_command_that_fails_is_told_with_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("no-program").display().to_string();
    fs::write(&file, "").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("permissions");
    for (command, says) in [
        ("false", "exited with code 1"),
        ("echo 333833500; exit 7", "exited with code 7"),
        (
            "echo 333833500; echo first >&2; echo no luck >&2; exit 3",
            "exited with code 3: no luck",
        ),
        ("kill -9 $$", "was ended by signal 9"),
        ("sleep 600 & echo 333833500", "still held its output"),
        ("none-of-this-name 5", "is in no folder of PATH"),
        (&file, "permission denied"),
        ("/", "it is a folder"),
    ] {
        for unchecked in [&[][..], &["--against-unchecked"]] {
            let words = [&["--against", command][..], unchecked].concat();
            let run = against(&words);
            assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
            let starts = format!("error: --against '{command}': ");
            assert!(run.stderr.starts_with(&starts), "{run:?}");
            assert!(run.stderr.contains(says), "{says}: {run:?}");
        }
    }
}

#[test]
fn an_answer_that_is_not_checked_is_said_so() {
    let words = ["--against", "echo 5", "--against-unchecked"];
    let report = report(&words);
    assert_eq!(cases(&report)[1]["subject"]["checked"], false);
    let warned = report["warnings"].to_string();
    assert!(warned.contains("not checked, so its answer may be wrong: echo 5"));
    assert!(warned.contains("includes the start of its process"));
}

#[test]
fn commands_have_names() {
    let right = format!("echo {TOTAL}");
    let report = report(&[
        "--against",
        &right,
        "--against-name",
        "first",
        "--against",
        "printf 333833500",
    ]);
    assert_eq!(
        case_names(&report),
        ["1 worker", "first", "printf 333833500"]
    );
    let words = ["--against", &right, "--against", &right];
    for (more, says) in [
        (&[][..], "two cases are called 'echo 333833500'"),
        (
            &["--against-name", "1 worker"],
            "two cases are called '1 worker'",
        ),
        (&["--against-name", ""], "--against-name ''"),
        (
            &[
                "--against-name",
                "a",
                "--against-name",
                "b",
                "--against-name",
                "c",
            ],
            "--against-name 'c' has no --against of its own",
        ),
    ] {
        let run = against(&[&words[..], more].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
    }
    for empty in ["", "  "] {
        let run = against(&["--against", empty]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains("give a command"), "{run:?}");
    }
}

#[test]
fn a_name_stays_within_its_line_and_column() {
    let right = format!("echo {TOTAL}");
    let long = "a name that is much longer than any column of a table would be";
    let names = ["--against", &right, "--against-name", long];
    let run = against(&names);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let cut = lines
        .iter()
        .filter(|line| **line == "a name that is much lon…");
    assert_eq!(cut.count(), 2, "above its row of each table: {run:?}");
    let bar = lines
        .iter()
        .find(|line| line.starts_with("a name that is much longe…  "));
    assert!(bar.is_some(), "{run:?}");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 80),
        "{run:?}"
    );
    let odd = "two\nlines\u{1b}[2J";
    let run = against(&["--against", &right, "--against-name", odd, "--quiet"]);
    let sentence = run.succeeded();
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
    assert!(sentence.contains(r"two\nlines\u{1b}[2J"), "{sentence}");
}

#[test]
fn a_flood_of_output_is_read_to_its_end() {
    let command = format!(
        "head -c 5000000 /dev/zero | tr '\\0' 7; echo; yes 8 | head -n 100000; echo {TOTAL}"
    );
    let report = report(&["--against", &command, "--warmup", "0"]);
    assert_eq!(
        cases(&report)[1]["samples"].as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn its_input_is_empty_and_ours_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "printf 'left\\n' | { partask compare squares 1..1001 -w 1 --runs 1 -q \
        --against 'cat; echo 333833500' >/dev/null; cat; }";
    assert_eq!(
        crate::harness::run_shell(line, folder.path()).stdout,
        "left\n"
    );
}

/// What it leaves behind in the background is ended with it.
#[test]
fn no_process_outlives_its_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid").display().to_string();
    let command = format!("sleep 600 >/dev/null 2>&1 & echo $! > {pid}; echo {TOTAL}");
    against(&["--against", &command]).succeeded();
    let pid = fs::read_to_string(&pid).expect("an id");
    let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    let alive = state.is_ok_and(|stat| !stat.contains(") Z "));
    assert!(!alive, "process {pid} is left");
}

#[test]
fn rivals_keep_no_limits_of_ours() {
    let line = "compare squares 1..1001 --workers 1,2 --runs 3 --min-speedup 1e-30 \
        --min-efficiency 1e-28% --against true --against-unchecked --format json";
    let report: Value = serde_json::from_str(&run_line(line).succeeded()).expect("JSON");
    let gates = report["gates"].as_array().expect("gates");
    assert_eq!(gates.len(), 2, "{gates:?}");
    assert!(gates.iter().all(|gate| gate["case"] == "2 workers"));
}

/// The job's fastest case beside a program that may be an older version of it, in the same rounds.
#[test]
fn a_program_beside_the_job_needs_no_baseline() {
    for (program, code, verdict) in [
        ("sleep 0.5; echo 2664667000", 0, "passed"),
        ("true", 4, "failed"),
    ] {
        let job = match code {
            0 => "squares 1..2000",
            _ => "squares 1..3e8 --kernel scalar",
        };
        let words: Vec<&str> = job.split(' ').collect();
        let more = [
            "--runs",
            "7",
            "--warmup",
            "0",
            "--workers",
            "1",
            "--against",
            program,
            "--against-unchecked",
            "--against-name",
            "old",
            "--max-regression",
            "5%",
            "--format",
            "json",
        ];
        let measured = || crate::harness::run(["compare"].iter().chain(&words).chain(&more));
        let run = until_told(measured, |run| run.code != Some(7));
        assert_eq!(run.code, Some(code), "{run:?}");
        let expected = format!("max-regression 1 worker beside old: {verdict}");
        assert_eq!(crate::compare_gates::verdicts(&run), [expected]);
    }
    let alone = run_line("compare squares 1..9 --max-regression 5%");
    assert_eq!(alone.code, Some(2), "{alone:?}");
    assert!(alone.stderr.contains("--against './old …'"), "{alone:?}");
}
