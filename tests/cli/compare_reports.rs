//! `partask compare`: what is shown on standard output, in every form, on a terminal and off it.

use crate::harness::{Run, cases, compared, installed, run_line, run_shell, unfolded};
use partask::units;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const LINE: &str = "compare squares 1..20000 --workers 1,2,4 --runs 3 --seed 5";

#[test]
fn the_human_report_has_every_part() {
    let run = run_line(LINE);
    assert!(
        run.stdout
            .starts_with("squares of 1..20000      19,999 numbers, 1 to 19,999\n"),
        "{run:?}"
    );
    assert_eq!(
        run.row("total"),
        "2666466670000  (verified in every run)",
        "{run:?}"
    );
    assert_eq!(
        run.row("runs"),
        "3 of each in random order, after 1 to warm up"
    );
    let words = |row: &str| row.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: Vec<String> = run.stdout.lines().map(words).collect();
    for heading in [
        "workers median 75% interval min max throughput",
        "workers speedup 75% interval efficiency CPUs busy serial fraction",
        "where the workers' time went",
        "workers computing slower waiting start-up last chunks wrap-up aggregator",
        "speedup (× of 1 worker)",
    ] {
        assert!(
            shown.iter().any(|line| line == heading),
            "{heading}: {run:?}"
        );
    }
    for label in [
        "precision",
        "Amdahl",
        "USL",
        "machine",
        "meanwhile",
        "result",
    ] {
        assert!(!run.row(label).is_empty(), "{label}");
    }
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
    assert!(
        run.stdout.lines().all(|line| line == line.trim_end()),
        "{run:?}"
    );
    run.succeeded();
}

/// The same comparison in its files and on standard output.
fn in_every_form() -> (Run, Value, Vec<csv::StringRecord>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let run = run_line(&format!(
        "{LINE} --export-json {} --export-csv {} --export-markdown {}",
        at("x.json").display(),
        at("x.csv").display(),
        at("x.md").display()
    ));
    let json = fs::read_to_string(at("x.json")).expect("JSON");
    let csv = fs::read(at("x.csv")).expect("CSV");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&csv[..]);
    let records = reader.records().collect::<Result<_, _>>();
    (
        run,
        serde_json::from_str(&json).expect("one JSON document"),
        records.expect("rows of one length"),
        fs::read_to_string(at("x.md")).expect("Markdown"),
    )
}

#[test]
fn every_form_tells_the_same() {
    let (run, json, csv, markdown) = in_every_form();
    assert_eq!(csv.len(), 1 + cases(&json).len());
    for (case, record) in cases(&json).iter().zip(&csv[1..]) {
        assert_eq!(Some(&record[0]), case["name"].as_str());
        for (name, text) in csv[0].iter().zip(record) {
            let value = [&case["figures"], &case["subject"], &case["counts"], case]
                .into_iter()
                .find_map(|of| of.get(name));
            match value {
                Some(Value::Null) => assert_eq!(text, "", "{name}"),
                Some(Value::String(value)) => assert_eq!(text, value, "{name}"),
                Some(value) => {
                    let (text, value) = (text.parse::<f64>(), value.as_f64());
                    // serde_json reads the last bit of a number as it likes.
                    let far = text.ok().zip(value).map(|(a, b)| (a - b).abs() / b.abs());
                    let same = far.is_some_and(|far| far < 1e-12) || value == Some(0.0);
                    assert!(same, "{name}: {record:?}: {value:?}");
                }
                // What could not be counted is left out of JSON.
                None => assert!(name == "case" || text.is_empty(), "{name}: {text}"),
            }
        }
        let workers = case["subject"]["workers"].to_string();
        let figure = |name: &str| case["figures"][name].as_f64().expect("a number");
        let median = units::seconds(figure("median_s"));
        let cells = [
            median.clone(),
            format!(
                "{} to {}",
                units::seconds(figure("median_low_s")),
                units::seconds(figure("median_high_s"))
            ),
            units::seconds(figure("min_s")),
            units::seconds(figure("max_s")),
            units::rate(figure("numbers_per_s"), "numbers"),
        ];
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let row = words(&format!("{workers} {}", cells.join(" ")));
        assert!(
            run.stdout.lines().any(|line| words(line) == row),
            "{row}: {run:?}"
        );
        let row = words(&format!("| {workers} | {} |", cells.join(" | ")));
        assert!(
            markdown.lines().any(|line| words(line) == row),
            "{row}: {markdown}"
        );
        let efficiency = units::percent(figure("efficiency"));
        assert!(run.stdout.contains(&efficiency), "{efficiency}: {run:?}");
    }
    let conclusion = json["conclusion"].as_str().expect("a sentence");
    assert_eq!(run.row("result"), conclusion);
    assert!(markdown.contains(&format!("| result | {conclusion} |")));
    for warning in json["warnings"].as_array().expect("warnings") {
        let warning = warning.as_str().expect("a text");
        let report = unfolded(&run.stdout);
        assert!(report.contains(&format!("! {warning}\n")), "{run:?}");
    }
}

#[test]
fn the_forms_on_standard_output_are_those_of_the_files() {
    let run = run_line(&format!("{LINE} --format csv"));
    let mut reader = csv::Reader::from_reader(run.stdout.as_bytes());
    assert_eq!(reader.records().filter_map(Result::ok).count(), 3);
    let run = run_line(&format!("{LINE} --format markdown"));
    assert!(
        run.stdout
            .starts_with("**squares of 1..20000**\n\n| workers | ")
    );
    assert!(run.stdout.lines().all(|line| {
        line.is_empty() || line.starts_with("**") || (line.starts_with('|') && line.ends_with('|'))
    }));
    run.succeeded();
}

#[test]
fn quiet_is_one_sentence() {
    for (more, starts) in [
        ("-w 1", "1 worker: "),
        ("-w 2", "2 workers: "),
        ("-w 1,2 -q", ""),
        ("-w 3,1 --kernel scalar,auto", ""),
    ] {
        let quiet = if more.contains("-q") { "" } else { "--quiet" };
        let text = run_line(&format!("compare cubes 1..1000 --runs 2 {more} {quiet}")).succeeded();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.starts_with(starts) && text.contains("worker"),
            "{text}"
        );
        assert!(text.ends_with('\n'));
    }
}

#[test]
fn a_title_is_no_markup() {
    let text = run_line("compare squares 1..2**8 -w 1 --runs 1 --format markdown").succeeded();
    assert!(text.starts_with(r"**squares of 1..2\*\*8**"), "{text}");
}

#[test]
fn long_lists_are_cut_short() {
    let text = run_line("compare squares 1..10 -w 1..=40 --runs 1 --warmup 0 -q").succeeded();
    assert!(text.len() < 300, "{text}");
    let list = (0..1000)
        .map(|i| i.to_string())
        .collect::<Vec<_>>()
        .join(",");
    let report = run_line(&format!("compare squares {list} -w 1 --runs 1")).stdout;
    let (title, read_as) = report.split_once("\n           ").expect("a title");
    assert!(
        read_as.starts_with("1,000 numbers, first 0, last 999\n"),
        "{report}"
    );
    assert!(
        title.starts_with("squares of 0,1,2,") && title.ends_with('…') && title.len() < 90,
        "{report}"
    );
}

/// What a line of shell writes to a terminal, or `None` where there is none to be had.
fn on_a_terminal(line: &str) -> Option<String> {
    if !installed("script") {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let line = format!("TERM=xterm script -qec '{line}' typescript </dev/null");
    Some(run_shell(&line, folder.path()).stdout)
}

#[test]
fn colour_is_for_a_terminal_that_wants_it() {
    let line = "partask compare squares 1..1000 -w 1 --runs 1 --progress never";
    for (line, wanted) in [
        (line.to_owned(), true),
        (format!("NO_COLOR=1 {line}"), false),
        (format!("TERM=dumb {line}"), false),
        (format!("{line} | cat"), false),
        (format!("{line} --quiet"), false),
        (format!("{line} --format json"), false),
        (format!("{line} --format markdown"), false),
    ] {
        if let Some(shown) = on_a_terminal(&line) {
            assert_eq!(shown.contains("\u{1b}["), wanted, "{line}: {shown:?}");
        }
    }
}

#[test]
fn the_progress_is_for_work_that_lasts() {
    let line = "partask compare squares 1..1000 -w 1 --runs 1";
    let long = "partask compare squares 1..1000 -w 1 --warmup 0 --runs 3 --against \"sleep 0.4\" --against-unchecked";
    for (line, wanted) in [
        (long.to_owned(), true),
        (format!("{long} --progress never"), false),
        (format!("{long} 2>/dev/null"), false),
    ] {
        if let Some(shown) = on_a_terminal(&line) {
            // Only the progress counts the rounds while they are made.
            assert_eq!(shown.contains("round 3: "), wanted, "{line}: {shown:?}");
            let erased = shown.contains("\u{1b}[2K");
            assert_eq!(erased, wanted, "{line}: {shown:?}");
        }
    }
    // Work that is short, if the machine lets it be.
    for _ in 0..20 {
        let started = Instant::now();
        let shown = on_a_terminal(line);
        if started.elapsed() < Duration::from_millis(400) {
            let shown = shown.unwrap_or_default();
            assert!(!shown.contains("round 1: "), "{shown:?}");
            return;
        }
    }
    eprintln!("skipped: this machine is too busy for work to be short");
}

#[test]
fn no_progress_in_a_pipe_unless_it_is_asked_for() {
    assert_eq!(run_line(LINE).stderr, "");
    let run = run_line(&format!("{LINE} --progress always"));
    assert_eq!(run.code, Some(0));
    for part in ["computing the answer", "warm-up: 1 worker", "round 1: "] {
        assert!(run.stderr.contains(part), "{part}: {run:?}");
    }
}

#[test]
fn where_there_is_one_cpu_that_is_what_is_compared() {
    if !installed("taskset") {
        return;
    }
    if run_shell("taskset -c 0 true", Path::new("/")).code != Some(0) {
        eprintln!("skipped: this process may not use the first CPU");
        return;
    }
    let on_one = |more: &str| {
        let line = format!("taskset -c 0 partask compare squares 1..1000 --runs 2 {more}");
        run_shell(&line, Path::new("/"))
    };
    let run = on_one("--format json");
    let report: Value = serde_json::from_str(&run.succeeded()).expect("JSON");
    assert_eq!(report["machine"]["cpus"], 1);
    assert_eq!(cases(&report).len(), 1);
    let run = on_one("--workers 1,2");
    assert!(
        run.stdout.contains("! 2 workers on 1 CPU: they take turns"),
        "{run:?}"
    );
    // A limit can't pass for want of workers.
    let run = on_one("--min-speedup 0.1");
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
}

#[test]
fn the_machine_is_told() {
    let report = compared("squares 1..1000 -w 1 --runs 1");
    let machine = &report["machine"];
    assert!(machine["cpus"].as_u64() >= Some(1), "{machine}");
    assert_eq!(machine["architecture"], std::env::consts::ARCH);
    assert!(machine["cpu_model"].is_string() && machine["system"].is_string());
    assert!(machine["instruction_set"].is_string());
    let evidence = &report["evidence"];
    assert!(evidence["elapsed_s"].as_f64() > Some(0.0), "{evidence}");
    for known in [
        "others_cpus",
        "steal_s",
        "throttled_s",
        "load_before",
        "load_after",
    ] {
        assert!(
            evidence[known].as_f64().is_none_or(|x| x >= 0.0),
            "{evidence}"
        );
    }
}
