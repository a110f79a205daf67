//! Every option of a numeric job, by what it does to the run; the report's forms are in `reports`.

use crate::harness::{installed, partask, run, run_line, run_to_end};
use partask::kernel::InstructionSet;
use serde_json::Value;

fn json(line: &str) -> Value {
    let text = run_line(&format!("{line} --format json")).succeeded();
    serde_json::from_str(&text).expect("one JSON document")
}

#[test]
fn quiet_prints_the_total_and_nothing_else() {
    for line in ["squares 1..1000 --quiet", "squares 1..1000 -q"] {
        assert_eq!(run_line(line).succeeded(), "332833500\n");
    }
    let checked = run_line("cubes 1..1000 --quiet --verify --workers 3 --chunk-size 7");
    assert_eq!(checked.succeeded(), "249500250000\n");
}

#[test]
fn numbers_are_read_in_every_notation() {
    for (input, total) in [
        ("100000000", "10000000000000000"),
        ("100_000_000", "10000000000000000"),
        ("1e8", "10000000000000000"),
        ("1.5e9", "2250000000000000000"),
        ("2^32", "18446744073709551616"),
        ("2**32", "18446744073709551616"),
        ("-5", "25"),
        ("-5..-2", "50"),
        ("-2^3..=-2**1", "203"),
        (" 3 , 4 ", "25"),
    ] {
        assert_eq!(
            run(["squares", input, "-q"]).succeeded().trim(),
            total,
            "{input}"
        );
        assert_eq!(
            run(["squares", "-q", "--", input]).succeeded().trim(),
            total,
            "{input}"
        );
    }
}

#[test]
fn steps_are_read_in_every_notation_and_place() {
    for line in [
        "squares 10..0 --step -3 -q",
        "squares 10..0 --step=-3 -q",
        "squares --step -3 -q 10..0",
        "squares -q 10..=1 --step -3",
    ] {
        assert_eq!(run_line(line).succeeded(), "166\n", "{line}");
    }
    assert_eq!(
        run_line("squares 0..=2e6 --step 1e6 -q").succeeded(),
        "5000000000000\n"
    );
    let report = json("squares 10..0 --step -3");
    assert_eq!(
        (&report["step"], &report["numbers"]),
        (&"-3".into(), &4.into())
    );
}

#[test]
fn workers_are_as_many_as_asked_for() {
    let many = run_line("squares 1..=1000 --workers 1000 --chunk-size 1");
    assert_eq!(many.row("total"), "333833500  (verified)");
    assert!(
        many.row("elapsed").contains(" on 1,000 workers"),
        "{many:?}"
    );
    for line in [
        "squares 1..9 -w 3",
        "squares 1..9 -w3",
        "squares 1..9 --workers=3",
    ] {
        assert_eq!(json(line)["workers"], 3, "{line}");
    }
}

#[test]
fn no_more_workers_are_started_than_there_is_work_for() {
    for (line, started) in [
        ("squares 7 -w 9", 1),
        ("squares 5..5 -w 9", 1),
        ("squares 1..=30 --chunk-size 10 -w 9", 3),
        ("squares 1..=30 --chunk-size 1 -w 9", 9),
    ] {
        let report = json(line);
        let workers = (&report["workers"], &report["workers_started"]);
        assert_eq!(workers, (&9.into(), &started.into()), "{line}");
    }
    let run = run_line("squares 1..=30 --chunk-size 10 -w 200");
    assert!(
        run.row("elapsed").contains(" on 3 of 200 workers"),
        "{run:?}"
    );
    assert!(
        run.row("cpu").contains("! 3 workers on") == (json("squares 1")["cpus"].as_u64() < Some(3))
    );
}

#[test]
fn workers_beyond_the_cpus_are_said_on_the_report() {
    let cpus = json("squares 1..9")["cpus"].as_u64().expect("a count");
    let more = cpus + 64;
    let line = format!("squares 1..=1000 --chunk-size 1 --workers {more}");
    let run = run_line(&line);
    assert!(
        run.row("cpu")
            .contains(&format!("! {more} workers on {cpus} CPU")),
        "{run:?}"
    );
    let warnings = &json(&line)["warnings"];
    assert!(
        warnings[0]
            .as_str()
            .expect("a warning")
            .starts_with(&format!("{more} workers on"))
    );
    assert!(
        !run_line("squares 1..9 --workers 1")
            .succeeded()
            .contains('!')
    );
}

#[test]
fn workers_are_by_default_the_cpus_this_process_may_use() {
    let report = json("squares 1..9");
    assert_eq!(report["workers"], report["cpus"]);
    if installed("taskset") {
        let mut command = std::process::Command::new("taskset");
        command.args(["-c", "0", crate::harness::PARTASK, "squares", "1..9"]);
        let run = run_to_end(command);
        assert!(run.row("elapsed").contains(" on 1 worker,"), "{run:?}");
    }
}

#[test]
fn the_environment_sets_workers_and_the_option_outranks_it() {
    for (set, option, workers) in [("3", "", 3), ("3", "--workers=5", 5), ("many", "-w5", 5)] {
        let mut command = partask(["squares", "1..9", "--format", "json"]);
        command
            .env("PARTASK_WORKERS", set)
            .args(Some(option).filter(|o| !o.is_empty()));
        let report: Value = serde_json::from_str(&run_to_end(command).succeeded()).unwrap();
        assert_eq!(report["workers"], workers, "{set} {option}");
    }
    let mut command = partask(["squares", "1..9", "-q"]);
    command.env("PARTASK_WORKERS", "");
    assert_eq!(run_to_end(command).succeeded(), "204\n");
}

#[test]
fn chunks_are_as_large_as_asked_for() {
    for (size, chunks) in [
        ("1", 1000),
        ("7", 143),
        ("1e3", 1),
        ("1_001", 1),
        ("9e18", 1),
    ] {
        let report = json(&format!("squares 1..=1000 --chunk-size {size}"));
        assert_eq!(report["chunks"], chunks, "{size}");
        assert_eq!(report["total"], "333833500", "{size}");
    }
    assert_eq!(json("squares 5..5 --chunk-size 3")["chunks"], 0);
}

#[test]
fn verify_names_the_second_check() {
    let run = run_line("cubes -300..=100 --verify --chunk-size 9");
    let total = run.row("total");
    assert!(total.starts_with("-2013020000  ("), "{run:?}");
    assert!(total.contains("reference"), "{run:?}");
    let checks = &json("cubes -300..=100 --verify")["verified_by"];
    assert_eq!(checks.as_array().expect("a list").len(), 2, "{checks}");
    assert_eq!(
        json("cubes 1..9")["verified_by"].as_array().unwrap().len(),
        1
    );
    assert_eq!(json("squares 3,4,5 --verify")["verified"], true);
}

#[test]
fn every_instruction_set_of_this_cpu_can_be_asked_for() {
    for input in [
        "1..=100000",
        "-3000..=5000 --step 7",
        "9e18..=9.000000000001e18 --step 1000",
    ] {
        for job in ["squares", "cubes"] {
            let total = &json(&format!("{job} {input} --kernel scalar"))["total"];
            for set in InstructionSet::available().map(InstructionSet::name) {
                let report = json(&format!("{job} {input} --kernel {set}"));
                assert_eq!((&report["total"], &report["kernel"]), (total, &set.into()));
            }
        }
    }
    let missing: Vec<_> = InstructionSet::names()
        .filter(|name| InstructionSet::named(name).is_none())
        .collect();
    for name in missing {
        let run = run_line(&format!("squares 1..9 --kernel {name}"));
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(
            run.stderr.contains(&format!("this CPU has no {name}")),
            "{run:?}"
        );
    }
}

#[test]
fn the_report_names_the_instruction_set() {
    let best = InstructionSet::best().name().trim_end_matches("-ifma");
    let report = json("squares 1..=1000");
    assert_eq!(report["kernel"], "auto");
    let name = report["instruction_set"].as_str().unwrap();
    assert!(name.starts_with(best), "{report}");
    let scalar = json("squares 1..=1000 --kernel scalar");
    assert_eq!(
        (&scalar["instruction_set"], &scalar["vector_share"]),
        (&"scalar".into(), &0.0.into())
    );
    // Numbers so far apart that there is no vector code for them: what ran is told, not what might have.
    let large = json("cubes 9e18..9.2e18 --step 1e12");
    assert_eq!(
        (&large["kernel"], &large["instruction_set"]),
        (&"auto".into(), &"scalar".into())
    );
    assert_eq!(
        (&scalar["kernel"], &scalar["total"]),
        (&"scalar".into(), &report["total"])
    );
    assert!(
        run_line("squares 1..=1000 --kernel auto")
            .row("kernel")
            .contains(name)
    );
    assert!(
        run_line("squares 1..=1000 --kernel scalar")
            .row("kernel")
            .contains("scalar")
    );
}

#[test]
fn the_time_limit_ends_a_run_with_code_5() {
    for more in ["", "--chunk-size 1e15", "--kernel scalar", "--workers 3"] {
        let run = run_line(&format!("sum-of-squares 1..1e15 --time-limit 50ms {more}"));
        assert_eq!(run.code, Some(5), "{run:?}");
        assert!(run.row("stopped").contains("incomplete"), "{run:?}");
        assert!(!run.stdout.contains("\ntotal"), "{run:?}");
        assert!(run.stderr.contains("time limit reached after "), "{run:?}");
    }
}

#[test]
fn a_time_limit_leaves_no_total_for_a_script() {
    let quiet = run_line("sum-of-squares 1..1e15 --time-limit 50ms --quiet");
    assert_eq!(
        (quiet.code, quiet.stdout.as_str()),
        (Some(5), ""),
        "{quiet:?}"
    );
    let run = run_line("sum-of-squares 1..1e15 --time-limit 50ms --format json");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(
        (run.code, &report["status"]),
        (Some(5), &"time-limit".into())
    );
    assert_eq!(
        (&report["total"], &report["time_limit_s"]),
        (&Value::Null, &0.05.into())
    );
    assert!(report["numbers_done"].as_u64() < report["numbers"].as_u64());
}

#[test]
fn what_was_done_by_the_time_limit_is_exact() {
    let run = run_line("cubes 1..1e15 --time-limit 50ms --format json");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let done = report["numbers_done"].as_u64().expect("a count");
    // On a busy machine the time may be over before the first chunk.
    let prefix = run_line(&format!("cubes 1..{} -q", done + 1)).succeeded();
    assert_eq!(report["total_so_far"], prefix.trim());
}

#[test]
fn a_time_limit_that_is_not_reached_changes_nothing() {
    for limit in ["1h", "30s", "1.5m", "99999d", "60000ms"] {
        let run = run(["squares", "1..1000", "-q", "--time-limit", limit]);
        assert_eq!(run.succeeded(), "332833500\n", "{limit}");
    }
}

#[test]
fn every_subcommand_has_help_with_examples() {
    for command in ["", "squares", "cubes", "sum-of-squares", "completions"] {
        for option in ["-h", "--help"] {
            let help = run_line(&format!("{command} {option}")).succeeded();
            assert!(
                help.contains("Usage: partask"),
                "{command} {option}: {help}"
            );
            assert!(
                help.contains("Examples:\n  partask "),
                "{command} {option}: {help}"
            );
        }
    }
    let (short, long) = (run_line("squares -h"), run_line("squares --help"));
    assert!(short.succeeded().len() < long.succeeded().len());
}

#[test]
fn the_version_is_the_package_version() {
    let version = format!("partask {}\n", env!("CARGO_PKG_VERSION"));
    for option in ["--version", "-V"] {
        assert_eq!(run([option]).succeeded(), version);
    }
    // "--version, -h and --help everywhere": after a subcommand too.
    assert_eq!(run(["squares", "--version"]).code, Some(0));
}

#[test]
fn completions_are_written_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(["completions", shell]).succeeded();
        for word in ["sum-of-squares", "chunk-size", "time-limit"] {
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
}

#[test]
fn bash_accepts_its_completions() {
    if installed("bash") {
        let script = format!("{} completions bash", crate::harness::PARTASK);
        let check = format!("{script} > partask.bash && bash -n partask.bash && . ./partask.bash");
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = std::process::Command::new("bash");
        command.args(["-ec", &check]).current_dir(folder.path());
        run_to_end(command).succeeded();
    }
}
