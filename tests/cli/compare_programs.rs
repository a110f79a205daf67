//! `partask compare --command A --command B`: the report on programs that are measured once, in the units,
//! order and style that are asked for.

use crate::harness::{Run, cases, installed, run, run_shell, until_told};
use serde_json::Value;
use std::fs;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// Two programs that can be told apart on any machine: one sleeps.
const FAST: [&str; 4] = ["--command", "echo 1", "--name", "fast"];
const SLOW: [&str; 4] = ["--command", "sh -c 'sleep 0.4; echo 1'", "--name", "slow"];

fn compare(words: &[&str]) -> Run {
    // Without a shell of partask's, whose start would be subtracted.
    let measured = ["compare", "--runs", "5", "--warmup", "0", "-N"];
    run([&measured[..], &SLOW, &FAST, words].concat())
}

#[test]
fn the_sentence_is_about_the_fastest_or_the_reference() {
    for (more, starts, ends) in [
        (&[][..], "fast is ", " as fast as slow\n"),
        (&["--sort", "command"], "fast is ", " as fast as slow\n"),
        (&["--reference", "slow"], "fast is ", " as fast as slow\n"),
        (
            &["--reference", "fast"],
            "slow is 0.0",
            " as fast as fast\n",
        ),
    ] {
        let said = until_told(
            || compare(&[&["--quiet"], more].concat()).succeeded(),
            |said| said.starts_with(starts),
        );
        assert!(said.ends_with(ends), "{said}");
        let (_, interval) = said.split_once(" × (").expect("an interval");
        assert!(interval.contains(" to "), "{said}");
    }
}

#[test]
fn rows_are_in_the_order_asked_for() {
    for (more, first) in [
        (&[][..], "slow"),
        (&["--sort", "auto"], "slow"),
        (&["--sort", "command"], "slow"),
        (&["--sort", "mean-time"], "fast"),
    ] {
        let firsts = || {
            let report = compare(more).succeeded();
            let lines: Vec<&str> = report.lines().collect();
            let tables = lines
                .windows(2)
                .filter(|pair| pair[0].starts_with("command ") || pair[0].starts_with("time ("));
            let firsts = tables.map(|pair| pair[1][..4].to_owned());
            firsts.collect::<Vec<_>>()
        };
        until_told(firsts, |firsts| *firsts == [first; 5]);
    }
    // Programs that read it find what was asked for.
    let report = compare(&["--sort", "mean-time", "--format", "json"]).succeeded();
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(cases(&report)[0]["name"], "slow");
}

#[test]
fn times_are_in_the_unit_asked_for() {
    for (unit, sign, slow) in [
        ("ms", "ms", 400.0),
        ("millisecond", "ms", 400.0),
        ("s", "s", 0.4),
        ("second", "s", 0.4),
        ("us", "µs", 4e5),
        ("microsecond", "µs", 4e5),
        ("ns", "ns", 4e8),
    ] {
        let report = compare(&["-u", unit]).succeeded();
        let row = report.lines().find(|line| line.starts_with("slow "));
        let mut words = row.expect("a row").split_whitespace().skip(1);
        let median: f64 = words.next().expect("a time").parse().expect("a number");
        assert!(median >= slow && words.next() == Some(sign), "{report}");
        let header = format!("\ntime ({sign}; × that of slow)\n");
        assert!(report.contains(&header), "{report}");
    }
    let csv = compare(&["-u", "ns", "--format", "csv"]).succeeded();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let median = reader
        .headers()
        .expect("a header")
        .iter()
        .position(|name| name == "median_s");
    let row = reader.records().next().expect("a row").expect("a record");
    let median: f64 = row[median.expect("a column")].parse().expect("a number");
    assert!((0.4..60.0).contains(&median), "{csv}");
    let wrong = compare(&["--time-unit", "h"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(
        wrong.stderr.contains("[possible values: s, ms, us, ns]"),
        "{wrong:?}"
    );
}

#[test]
fn a_style_says_what_is_coloured_and_shown() {
    for (style, colour, progress) in [
        ("auto", false, false),
        ("basic", false, false),
        ("full", true, true),
        ("nocolor", false, false),
        ("color", true, false),
    ] {
        let run = compare(&["--style", style]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.stdout.contains("\u{1b}["), colour, "{style}: {run:?}");
        assert_eq!(
            run.stderr.contains("round 5: "),
            progress,
            "{style}: {run:?}"
        );
    }
    // What is said of the progress itself goes before.
    let run = compare(&["--style", "full", "--progress", "never"]);
    assert!(
        run.stderr.is_empty() && run.stdout.contains("\u{1b}["),
        "{run:?}"
    );
}

#[test]
fn no_report_leaves_the_files_and_the_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.json");
    let path = file.to_str().expect("UTF-8");
    let run = compare(&["--style", "none", "--export-json", path]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert_eq!(run.code, Some(0));
    let text = fs::read_to_string(&file).expect("the file");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["status"], "complete");
    for option in [&["--quiet"][..], &["--timings"], &["--format", "csv"]] {
        let run = compare(&[&["--style", "none"], option].concat());
        let says = format!(
            "--style none prints no report, which {} is about",
            option[0]
        );
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(
            run.stdout.is_empty() && run.stderr.contains(&says),
            "{run:?}"
        );
    }
}

#[test]
fn what_a_program_used_is_told_in_every_form() {
    let folder = tempfile::tempdir().expect("a folder");
    // Its buffer is in memory at once.
    let line = "partask compare --runs 3 --command 'dd if=/dev/zero of=/dev/null bs=60M count=1 status=none' \
         --command 'echo 1' --name big --name small \
         --export-hyperfine h.json --export-json x.json --export-markdown x.md";
    let report = run_shell(line, folder.path()).succeeded();
    assert!(
        report.contains("mean ± σ") && report.contains("peak memory\n"),
        "{report}"
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("the file");
    let json = |name: &str| -> Value { serde_json::from_str(&read(name)).expect("JSON") };
    let big = &json("x.json")["cases"][0];
    let figure = |name: &str| big["figures"][name].as_f64().expect("a number");
    assert!(figure("peak_memory_bytes") > 5e7, "{big}");
    let cpu_s = big["samples"].as_array().expect("samples").iter();
    let cpu_s: f64 = cpu_s
        .map(|sample| sample["cpu_s"].as_f64().expect("one"))
        .sum();
    let mean_s = figure("user_s") + figure("system_s");
    assert!((mean_s - cpu_s / 3.0).abs() < 1e-9 && mean_s > 0.0, "{big}");
    let memory = &json("h.json")["results"][0]["memory_usage_byte"];
    let memory = memory.as_array().expect("a size a run");
    assert!(memory.len() == 3 && memory.iter().all(|size| size.as_u64() > Some(50_000_000)));
    assert!(read("x.md").contains("| peak memory |"), "{}", read("x.md"));
    assert_eq!(
        json("x.json")["output"],
        "of each command the same in every run; the commands differ"
    );
}

#[test]
fn the_largest_task_of_a_list_is_told() {
    let line = "partask compare -w 1,2 --runs 2 --format json run dd if=/dev/zero of=/dev/null \
        bs={}M count=1 ::: 1 60 2";
    let report = run_shell(line, Path::new("/")).succeeded();
    let report: Value = serde_json::from_str(&report).expect("JSON");
    for case in cases(&report) {
        let peak = case["figures"]["peak_memory_bytes"].as_u64();
        assert!(peak > Some(50_000_000), "{case}");
    }
}

#[test]
fn no_line_on_programs_is_wider_than_80_columns() {
    let mut words = vec!["compare", "--runs", "2", "--unchecked", "--timings"];
    let long = "true /a/path/without/any/blank/at/which/a/line/could/be/folded/and/longer/than/one";
    let many: Vec<String> = (0..12)
        .map(|i| format!("true 日本語の名前、日本語の名前 {i}"))
        .collect();
    words.extend(["--command", long]);
    words.extend(many.iter().flat_map(|command| ["--command", command]));
    let run = run(words);
    assert_eq!(run.code, Some(0), "{run:?}");
    for line in run.stdout.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
        assert_eq!(line.trim_end(), line);
    }
}

/// The library that draws GNOME's icons reads the pictures, too.
#[test]
fn the_pictures_can_be_drawn() {
    if !installed("rsvg-convert") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let line = "partask compare --runs 3 --command true --command 'sleep 0.01' --export-svg x.svg -q && \
        rsvg-convert x.svg -o x.png && rm x.svg && test -s x.png && echo drawn";
    let said = run_shell(line, folder.path()).succeeded();
    assert!(said.ends_with("drawn\n"), "{said}");
}
