//! `partask compare`: what it can't be asked, told in one clear line before anything is measured.

use crate::harness::{run, run_line, run_shell};
use std::fs;

/// Work that no machine finishes while a test waits: every fault is found before it is begun.
const ENDLESS: &str = "compare sum-of-squares 1..1e15";

/// Values, each of which is wrong for the option, and what the message says beside them.
const WRONG: [(&str, &[&str], &str); 11] = [
    (
        "--workers",
        &[
            "",
            " ",
            "0",
            "1,1",
            "1..=3,2",
            "5..5",
            "3..1",
            "1,,2",
            "1,",
            "x",
            "1.5",
            "nan",
            "1e400",
            "1e18",
            "1025",
            "99999999999999999999",
            "1..=1e9",
            "@/dev/null",
            "-",
            "0x2",
        ],
        "give whole numbers from 1 to 1024, such as 1,2,4",
    ),
    (
        "--reference",
        &["", "0", "7", "-1", "x", "1,2", "1e400"],
        "give one of the worker counts: ",
    ),
    (
        "--kernel",
        &["", "fast", "AUTO", "auto,", "scalar,scalar,auto"],
        "auto",
    ),
    (
        "--chunk-size",
        &[
            "", "0", "-5", "x", "nan", "1e19", "1e400", "5,5", "1e3,1000",
        ],
        "chunk-size",
    ),
    ("--step", &["", "0", "1.5", "x", "1e400"], "step"),
    (
        "--warmup",
        &["", "-1", "1.5", "x", "nan", "1e400", "4294967296"],
        "give a whole number from 0 up",
    ),
    (
        "--min-runs",
        &["", "0", "-1", "1.5", "x", "nan", "1e400", "4294967296"],
        "give a whole number from 1 up",
    ),
    (
        "--runs",
        &["", "0", "-1", "1.5", "x", "nan", "1e400", "4294967296"],
        "give a whole number from 1 up",
    ),
    (
        "--precision",
        &[
            "", "0", "0%", "-1%", "-0.1", "1", "x", "nan", "inf%", "1e400%", "%",
        ],
        "such as ",
    ),
    (
        "--max-time",
        &["", "5", "-1s", "x", "nan", "1e400s", "5 parsecs"],
        "is not a duration",
    ),
    (
        "--seed",
        &["", "-1", "1.5", "x", "1e400", "18446744073709551616"],
        "give a whole number from 0 up",
    ),
];

/// The same for the limits.
const WRONG_LIMITS: [(&str, &[&str], &str); 3] = [
    (
        "--min-speedup",
        &["", "0", "-1", "nan", "inf", "1e400", "x", "80%"],
        "give a factor above 0, such as 1.8",
    ),
    (
        "--min-efficiency",
        &["", "-1%", "80", "nan%", "1e400%", "x"],
        "such as 80%",
    ),
    (
        "--max-regression",
        &["", "-1%", "5", "nan", "1e400%", "x"],
        "such as 80%",
    ),
];

#[test]
fn every_wrong_value_is_quoted_with_what_was_expected() {
    let mut faults = Vec::new();
    for (option, values, says) in WRONG.iter().chain(&WRONG_LIMITS) {
        for value in *values {
            let value = format!("{option}={value}");
            let mut line: Vec<&str> = ENDLESS.split(' ').collect();
            line.extend(["--workers=1,2", "--baseline=none"]);
            line.retain(|word| !word.starts_with(option));
            line.push(&value);
            let run = run(&line);
            let told = run.stderr.starts_with("error: ")
                && run.stderr.contains(option)
                && run.stderr.contains(says)
                && run.stderr.lines().count() == 1;
            if !told || (run.code, run.stdout.as_str()) != (Some(2), "") {
                faults.push(format!("{value:?}: {run:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn options_that_need_or_exclude_each_other_say_so() {
    for (more, says) in [
        (
            "--runs 3 --precision 1%",
            "'--runs <N>' cannot be used with",
        ),
        ("--runs 3 --min-runs 1", "'--runs <N>' cannot be used with"),
        ("--max-time 3s --runs 3", "cannot be used with"),
        ("--quiet --format json", "cannot be used with"),
        ("--against-name x", "--against <COMMAND>"),
        ("--against-unchecked", "--against <COMMAND>"),
        (
            "--max-regression 5%",
            "give --baseline FILE to compare with, two programs side by side",
        ),
        ("--allow-mismatch", "--baseline <FILE>"),
        ("--format yaml", "invalid value 'yaml'"),
        ("--bogus", "unknown option '--bogus'"),
    ] {
        let run = run_line(&format!("{ENDLESS} {more}"));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
    }
    for line in [
        "compare",
        "compare squares",
        "compare roots 1..9",
        "compare 1..9",
    ] {
        assert_eq!(run_line(line).code, Some(2), "{line}");
    }
}

#[test]
fn a_limit_with_nothing_to_hold_for_is_no_pass() {
    for more in [
        "--min-speedup 1.5 --workers 1",
        "--min-speedup 1.5 --workers 4,1",
        "--min-speedup 1.5 --workers 1,2 --reference 2",
        "--min-efficiency 1% --workers 2",
        "--min-efficiency 1% --workers 2 --against true",
    ] {
        let run = run_line(&format!("{ENDLESS} {more}"));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains("has no case to hold for"), "{run:?}");
    }
    // With two kernels the same workers are two cases.
    let line = "compare squares 1..100 --runs 3 -w 1 --kernel scalar,auto --min-speedup 1e-30";
    run_line(line).succeeded();
}

#[test]
fn inputs_are_refused_as_by_the_jobs() {
    for (line, says) in [
        ("squares 10..1", "did you mean 1..10, or --step -1?"),
        ("squares 1.5", "not a whole number"),
        ("squares x", "is not an integer"),
        ("squares 1,,2", "item 2"),
        ("squares 1e400", "beyond 64 bits"),
        ("sum-of-squares 1..9 --values", "use 'partask squares'"),
    ] {
        let run = run_line(&format!("compare {line}"));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
    }
}

#[test]
fn what_can_be_read_only_once_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for (line, name) in [
        ("seq 9 | partask compare squares -", "standard input"),
        (
            "seq 9 | partask compare squares 1,-,2 --runs 1",
            "standard input",
        ),
        ("seq 9 | partask compare squares @/dev/stdin", "/dev/stdin"),
        ("mkfifo pipe && partask compare squares @pipe", "pipe"),
        ("partask compare squares @/dev/null", "/dev/null"),
    ] {
        let run = run_shell(line, folder.path());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        let says = format!("error: {name} can be read only once, but every run needs it: ");
        assert!(run.stderr.starts_with(&says), "{run:?}");
    }
}

#[test]
fn files_that_can_not_be_read_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bad.txt"), "1 2\n3 x").expect("a file");
    for (line, says) in [
        ("squares @none.txt", "cannot read none.txt: No such file"),
        ("squares @.", "cannot read .: is a directory"),
        ("squares @bad.txt", "bad.txt:2:3"),
    ] {
        let run = run_shell(&format!("partask compare {line} --runs 1"), folder.path());
        assert!(run.code == Some(1) || run.code == Some(2), "{run:?}");
        assert_eq!(run.stdout, "");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
    }
}

#[test]
fn too_many_cases_are_refused() {
    let run = run_line(&format!(
        "{ENDLESS} --workers 1..=300 --kernel auto,scalar --chunk-size 1,2"
    ));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("1,200 cases are too many"), "{run:?}");
}

#[test]
fn what_is_no_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let odd = OsStr::from_bytes(b"\xff");
    for option in ["--workers", "--against", "--against-name", "--min-speedup"] {
        let line = ["compare", "squares", "1..1e15", option].map(OsStr::new);
        let run = run(line.into_iter().chain([odd]));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains("UTF-8"), "{run:?}");
    }
    let run = run(["compare", "squares"]
        .map(OsStr::new)
        .into_iter()
        .chain([odd]));
    assert_eq!(run.code, Some(2), "{run:?}");
    // The name of a file may be any bytes.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(odd);
    let line = "compare squares 1..9 -w 1 --runs 1 --export-json";
    let line = line.split(' ').map(OsStr::new).chain([path.as_os_str()]);
    crate::harness::run(line).succeeded();
    assert!(path.exists());
}
