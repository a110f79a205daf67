//! Every program in `examples/` runs, and the ones that a reader is promised say what is promised.

use crate::harness::{PARTASK, Run, installed, run_to_end};
use crate::map::{answered, map};
use std::path::Path;
use std::process::Command;

/// The name of an example, and what its output must hold.
const PROMISED: [(&str, &[&str]); 6] = [
    ("pool_map", &["9 16 25 36 36 49 7569 64 64"]),
    ("map_squares", &["1\n4\n9\n16\n25\n5 answered, 0 failed\n"]),
    ("speedup", &["333333283333335000000"]),
    ("custom_job", &[]),
    (
        "run_tasks",
        &["this is 1\n", "this is 2\n", "2 succeeded, 0 failed"],
    ),
    (
        "compare",
        &["total      333333283333335000000", "efficiency", "result "],
    ),
];

/// The names of the programs in `examples/`.
fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    let programs = files.filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let name =
        |path: std::path::PathBuf| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    programs.filter_map(name).collect()
}

/// Runs an example that Cargo has built beside this test.
fn run_example(name: &str) -> Run {
    run_example_with(name, &[])
}

fn run_example_with(name: &str, words: &[&str]) -> Run {
    let test = std::env::current_exe().expect("this test's own path");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("target/<profile>/deps");
    let program = profile.join("examples").join(name);
    assert!(
        program.exists(),
        "{} is missing: `cargo test` builds it, `cargo test --test cli` alone does not (`cargo build --examples`)",
        program.display()
    );
    let mut command = Command::new(program);
    command.args(words);
    command.env_remove("PARTASK_WORKERS");
    run_to_end(command)
}

#[test]
fn every_example_runs() {
    for name in names() {
        let run = run_example(&name);
        assert_eq!(run.code, Some(0), "{name}: {run:?}");
        assert!(!run.stdout.is_empty(), "{name} shows something: {run:?}");
    }
}

#[test]
fn the_promised_examples_say_what_was_promised() {
    for (name, parts) in PROMISED {
        assert!(
            names().contains(&name.to_owned()),
            "examples/{name}.rs is missing"
        );
        let run = run_example(name);
        for part in parts {
            assert!(run.stdout.contains(part), "{name} lacks '{part}': {run:?}");
        }
    }
}

#[test]
fn the_workers_of_every_language_square() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/workers");
    for (program, options, file) in [
        ("python3", &[][..], "square.py"),
        ("awk", &["-f"], "square.awk"),
        ("bash", &[], "square.sh"),
    ] {
        if program != "awk" && !installed(program) {
            continue;
        }
        let path = folder.join(file);
        let worker = [&[program], options, &[path.to_str().expect("a path")]].concat();
        let run = map(&[&["-w2"], &worker[..]].concat(), "1\n2\n3\n12\n");
        assert_eq!(answered(run), "1\n4\n9\n144\n", "{file}");
    }
}

/// A thousand numbers, and some thousand times as many. On a busy machine a gate may not tell: what it
/// says is what is to be counted, and the many are never to pass.
#[test]
fn the_gate_trial_counts_what_the_gate_says() {
    let line =
        |input: &str| format!("{PARTASK} compare squares {input} --kernel scalar -w 1 --runs 6");
    let (a, b) = (line("1..1000"), line("1..3e7"));
    let options = "--sessions 3 --trials 2 --pause 0 --confirm-after 1ms";
    let mut words: Vec<&str> = options.split(' ').collect();
    words.extend([a.as_str(), b.as_str()]);
    let run = run_example_with("gate_trial", &words);
    assert_eq!(run.code, Some(0), "{run:?}");
    let [.., of_a, of_b] = run.stdout.lines().collect::<Vec<_>>()[..] else {
        panic!("{run:?}")
    };
    let said = |name: &str, verdict: &str| {
        let lines = run.stdout.lines().filter(|line| line.starts_with("trial "));
        let word = format!(", {name}: {verdict}");
        lines.filter(|line| line.contains(&word)).count()
    };
    for (name, summary) in [("A", of_a), ("B", of_b)] {
        let verdicts = ["passed", "failed", "inconclusive"];
        let counts = verdicts.map(|verdict| said(name, verdict));
        assert_eq!(counts.iter().sum::<usize>(), 2, "{run:?}");
        let [passed, failed, inconclusive] = counts;
        let expected = format!(
            "A/{name} 2 trials: {passed} passed, {failed} failed, {inconclusive} inconclusive"
        );
        assert_eq!(summary, expected, "{run:?}");
    }
    assert_eq!(said("B", "passed"), 0, "{run:?}");
    assert_eq!(
        run.stdout.matches("baseline: session").count(),
        3,
        "{run:?}"
    );
    let run = run_example_with("gate_trial", &["--pause", "0", "false"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("'false' ended with exit status: 1"),
        "{run:?}"
    );
}
