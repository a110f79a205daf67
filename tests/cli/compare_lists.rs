//! Lists that fill the commands of a comparison, and work that grows with the workers.

use crate::harness::{Run, case_names, cases, run, run_line};
use serde_json::{Value, json};

#[track_caller]
fn report(words: &[&str]) -> Value {
    let start = ["compare", "--runs", "2", "--format", "json"];
    let words: Vec<&str> = start.iter().chain(words).copied().collect();
    serde_json::from_str(&run(&words).succeeded()).expect("JSON")
}

#[test]
fn every_value_of_a_list_is_a_case() {
    let report = report(&["-L", "word", r"a,b\,c", "--command", "echo '{word}'"]);
    assert_eq!(case_names(&report), ["echo 'a'", "echo 'b,c'"]);
    let subject = &cases(&report)[1]["subject"];
    assert_eq!(subject["command"], "echo 'b,c'");
    assert_eq!(
        subject["parameters"],
        json!([{"name": "word", "value": "b,c"}])
    );
}

#[test]
fn several_lists_are_combined_with_each_other_and_the_workers() {
    let report = report(&[
        "-w",
        "1,2",
        "--parameter-list",
        "a",
        "x,y",
        "-L",
        "b",
        "1,2",
        "-n",
        "job {a}",
        "--command",
        "echo {a} {b} {workers}",
        "--unchecked",
        "-n",
        "other",
        "--command",
        "echo {b}",
    ]);
    let mut expected = Vec::new();
    for a in ["x", "y"] {
        for b in ["1", "2"] {
            for workers in ["1 worker", "2 workers"] {
                expected.push(format!("{workers}, job {a}, b={b}"));
            }
        }
    }
    expected.extend(["other, b=1".to_owned(), "other, b=2".to_owned()]);
    assert_eq!(case_names(&report), expected);
}

#[test]
fn numbers_are_scanned_exactly() {
    let report = report(&[
        "-P",
        "n",
        "0.1",
        "0.3",
        "-D",
        "0.1",
        "--command",
        "echo {n}",
    ]);
    assert_eq!(case_names(&report), ["echo 0.1", "echo 0.2", "echo 0.3"]);
}

#[test]
fn steps_are_filled_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("v{v}");
    let prepare = format!("touch '{}'", place.display());
    report(&[
        "-L",
        "v",
        "1,2",
        "--prepare",
        &prepare,
        "--command",
        "echo {v}",
    ]);
    assert!(folder.path().join("v1").exists() && folder.path().join("v2").exists());
}

#[test]
fn lists_are_parameters_of_the_exports() {
    let folder = tempfile::tempdir().expect("a folder");
    let (csv, json) = (folder.path().join("c.csv"), folder.path().join("h.json"));
    report(&[
        "-L",
        "level",
        "1,6",
        "--command",
        "echo {level}",
        "--export-csv",
        csv.to_str().expect("text"),
        "--export-hyperfine",
        json.to_str().expect("text"),
    ]);
    let csv = std::fs::read_to_string(csv).expect("a file");
    assert!(csv.contains(",echo 6,level=6,"), "{csv}");
    let json: Value = serde_json::from_slice(&std::fs::read(json).expect("a file")).expect("JSON");
    assert_eq!(json["results"][1]["parameters"], json!({"level": "6"}));
}

/// Each worker count has its own work, which is checked, and nothing to do with another's.
#[test]
fn work_grows_with_the_workers() {
    let words = [
        "-w",
        "1,2,4",
        "--weak",
        "--size",
        "1e3",
        "-N",
        "--command",
        // A shell of our own: the start of partask's may come to more, and is subtracted.
        "sh -c 'seq {size} | tail -n 1'",
    ];
    let report = report(&words);
    assert_eq!(case_names(&report), ["1 worker", "2 workers", "4 workers"]);
    assert_eq!(report["settings"]["weak"], true);
    for case in cases(&report) {
        assert!(case["figures"]["efficiency"].as_f64() > Some(0.0), "{case}");
    }
    let words: Vec<&str> = ["compare", "--runs", "2"]
        .into_iter()
        .chain(words)
        .collect();
    let told = run(&words);
    assert!(told.row("output").contains("of a worker count"), "{told:?}");
    assert!(told.stdout.contains("scaled speedup"), "{told:?}");
    // Without --weak it is the same for all.
    let run = run([
        "compare",
        "--runs",
        "2",
        "-w",
        "1,2",
        "--size",
        "7",
        "--expect",
        "7",
        "--command",
        "sh -c 'echo {size}; : {workers}'",
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    // Within a worker count all runs have to print the same.
    let run = crate::harness::run([
        "compare",
        "--runs",
        "2",
        "-w",
        "1,2",
        "--size",
        "5",
        "--weak",
        "--command",
        "echo {size} $(date +%N)",
    ]);
    assert_eq!(run.code, Some(3), "{run:?}");
}

/// Options and what is said of them.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &[
            "-P",
            "a",
            "1",
            "60000",
            "-P",
            "b",
            "1",
            "60000",
            "--command",
            "echo {a} {b}",
        ],
        "combinations are too many",
    ),
    (
        &["-L", "level", "1", "--command", "echo {lev} {level}"],
        "no list has that name: there are {level}",
    ),
    (
        &["-L", "level", "1", "--command", "echo a"],
        "no command has {level}",
    ),
    (
        &["-L", "workers", "1", "--command", "echo {workers}"],
        "that name is taken",
    ),
    (
        &["-L", "size", "1", "--command", "echo {size}"],
        "that name is taken",
    ),
    (
        &["-L", "a b", "1", "--command", "echo"],
        "a name has letters",
    ),
    (
        &["-L", "a", "1,1", "--command", "echo {a}"],
        "'1' is there twice",
    ),
    (&["-L", "a", "", "--command", "echo {a}"], "give its values"),
    (
        &["-L", "a", "1", "-L", "a", "2", "--command", "echo {a}"],
        "two lists of that name",
    ),
    (
        &["-P", "a", "2", "1", "--command", "echo {a}"],
        "the first is above the last",
    ),
    (
        &["-P", "a", "x", "1", "--command", "echo {a}"],
        "give numbers such as",
    ),
    (
        &["-P", "a", "1", "2000", "--command", "echo {a}"],
        "combinations are too many",
    ),
    (
        &["--command", "echo {threads}"],
        "write {workers} for the worker count",
    ),
    (
        &["--command", "echo {size}"],
        "say what it stands for by --size",
    ),
    (
        &["--size", "5", "--command", "echo"],
        "no command has {size}",
    ),
    (
        &["--size", "0", "--command", "echo {size}"],
        "a whole number from 1 up",
    ),
    (
        &["--weak", "--command", "echo"],
        "say what grows with the workers",
    ),
    (
        &["-m", "3", "-M", "2", "--command", "echo"],
        "--min-runs asks for 3",
    ),
    (&["-M", "0", "--command", "echo"], "--max-runs '0'"),
];

#[test]
fn what_can_not_be_filled_is_refused_in_one_line() {
    for (words, says) in REFUSED {
        let run = run(["compare"].iter().chain(*words));
        assert_eq!(
            (run.code, &run.stdout[..]),
            (Some(2), ""),
            "{words:?}: {run:?}"
        );
        assert!(run.stderr.contains(says), "{words:?}: {run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn braces_of_shells_and_programs_stay_theirs() {
    for command in [
        "echo '{}'",
        "echo '{print $1}'",
        "echo '{a}' '{1..3}'",
        "echo ${HOME}",
    ] {
        let run: Run = run(["compare", "--runs", "2", "--command", command, "-q"]);
        assert_eq!(run.code, Some(0), "{command}: {run:?}");
    }
}

#[test]
fn rounds_have_a_least_and_a_most() {
    let rounds = |line: &str| {
        let run = run_line(&format!(
            "compare {line} --precision 0.0001% --format json --command true"
        ));
        let report: Value = serde_json::from_str(&run.succeeded()).expect("JSON");
        (report["rounds"].clone(), report["ended_by"].clone())
    };
    assert_eq!(rounds("-M 3"), (json!(3), json!("runs")));
    assert_eq!(rounds("-m 2 -M 7"), (json!(7), json!("runs")));
    assert_eq!(
        rounds("--min-runs 7 --max-time 1ms"),
        (json!(7), json!("max-time"))
    );
}
