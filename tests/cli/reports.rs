//! The report's forms, and what goes to which stream: formats, colour, locale, progress bar.

use crate::harness::{PARTASK, installed, partask, run_line, run_shell, run_to_end, until_told};
use serde_json::Value;
use std::collections::HashMap;

const WORK: &str = "squares -3..100000 --workers 3";

/// The lines of a human report that are the same in every run.
fn stable(report: &str) -> Vec<&str> {
    let changing = ["elapsed", "cpu"];
    let stays = |line: &&str| !changing.iter().any(|label| line.starts_with(label));
    report.lines().filter(stays).collect()
}

#[test]
fn the_human_report_is_short_and_says_how_the_input_was_read() {
    let report = run_line("squares 1..100000 --workers 2").succeeded();
    let lines: Vec<&str> = report.lines().collect();
    assert!(lines[0].starts_with("squares of 1..100000 "), "{report}");
    assert!(
        lines[0].ends_with("99,999 numbers, 1 to 99,999"),
        "{report}"
    );
    assert_eq!(
        lines[1],
        "values     1, 4, 9, 16, …, 9999600004, 9999800001"
    );
    assert_eq!(lines[2], "total      333328333350000  (verified)");
    assert!(
        lines[3].starts_with("elapsed    ") && lines[3].ends_with(" numbers/s"),
        "{report}"
    );
    assert!(lines.len() <= 8, "{report}");
}

#[test]
fn small_inputs_show_all_their_values() {
    let list = run_line("squares 3,4,5,6,6,7,87,8,8");
    assert_eq!(list.row("values"), "9, 16, 25, 36, 36, 49, 7569, 64, 64");
    let run = run_line("cubes 1..=20");
    assert_eq!(run.row("values").split(", ").count(), 20);
    assert!(run_line("cubes 1..=21").row("values").contains('…'));
    let empty = run_line("squares 5..5").succeeded();
    assert!(
        empty.contains("0 numbers") && empty.contains("\ntotal      0  (verified)"),
        "{empty}"
    );
    let fold = run_line("sum-of-squares 1..9").succeeded();
    assert!(!fold.contains("values"), "a fold has none: {fold}");
}

#[test]
fn json_is_one_document_of_the_promised_types() {
    let text = run_line(&format!("{WORK} --timings --format json")).succeeded();
    let report: Value = serde_json::from_str(&text).expect("one JSON document");
    assert_eq!(report["schema"], "partask.report/1");
    assert_eq!(
        (&report["job"], &report["input"]),
        (&"squares".into(), &"-3..100000".into())
    );
    assert_eq!(
        report["total"], "333328333350014",
        "a total is text: it may exceed 2^53"
    );
    assert_eq!(
        (&report["status"], &report["verified"]),
        (&"complete".into(), &true.into())
    );
    for field in ["elapsed_s", "cpu_s", "verify_s"] {
        assert!(report[field].is_f64(), "{field}: {}", report[field]);
    }
    assert_eq!(report["values"]["head"][0], "9");
    let timings = report["timings"].as_array().expect("one a worker");
    assert_eq!(timings.len(), 3);
    let sum = |field: &str| {
        timings
            .iter()
            .map(|t| t[field].as_f64().unwrap())
            .sum::<f64>()
    };
    assert_eq!(
        (sum("numbers"), sum("chunks")),
        (100_003.0, report["chunks"].as_f64().unwrap())
    );
    assert!((sum("share") - 1.0).abs() < 1e-9);
    assert!(
        timings
            .iter()
            .all(|t| t["busy_s"].is_f64() && t["idle_s"].is_f64())
    );
    let plain = run_line(&format!("{WORK} --format json")).succeeded();
    assert!(serde_json::from_str::<Value>(&plain).unwrap()["timings"].is_null());
}

#[test]
fn json_keeps_counts_beyond_2_to_the_53() {
    let run = run_line("squares -2^63..=9223372036854775807 --time-limit 20ms --format json");
    assert!(run.stdout.contains("18446744073709551616"), "{run:?}");
    assert!(
        run.stdout.contains("\"first\": \"-9223372036854775808\""),
        "{run:?}"
    );
}

#[test]
fn csv_has_a_row_or_with_timings_one_a_worker() {
    for (option, rows) in [("", 1), ("--timings", 3)] {
        let text = run_line(&format!("{WORK} --format csv {option}")).succeeded();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let records = reader
            .deserialize()
            .collect::<Result<Vec<HashMap<String, String>>, _>>();
        let records = records.expect("CSV");
        assert_eq!(records.len(), rows, "{text}");
        for (i, record) in records.iter().enumerate() {
            assert_eq!(record["total"], "333328333350014");
            assert_eq!(
                (record["job"].as_str(), record["workers"].as_str()),
                ("squares", "3")
            );
            assert!(record["elapsed_s"].parse::<f64>().expect("seconds") > 0.0);
            let worker = record.get("worker").map(String::as_str);
            assert_eq!(worker, (rows > 1).then_some(i.to_string().as_str()));
        }
    }
}

#[test]
fn csv_quotes_a_list() {
    let text = run_line("squares 3,4,5 --format csv").succeeded();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let record: HashMap<String, String> = reader.deserialize().next().unwrap().expect("a row");
    assert_eq!(
        (record["input"].as_str(), record["total"].as_str()),
        ("3,4,5", "50")
    );
}

#[test]
fn markdown_is_tables() {
    let text = run_line(&format!("{WORK} --timings --format markdown")).succeeded();
    assert!(
        text.contains("| total | 333328333350014  (verified) |\n"),
        "{text}"
    );
    let rows = text.lines().filter(|line| line.starts_with('|'));
    for row in rows {
        assert!(row.ends_with(" |"), "{row}");
    }
    let (_, table) = text.split_once("| worker |").expect("a table of workers");
    assert_eq!(table.lines().count(), 1 + 1 + 3, "{text}");
}

#[test]
fn markdown_is_not_changed_by_the_input() {
    let text = run_line("squares 2**4..2**5 --format markdown").succeeded();
    let title = text.lines().next().expect("a title").replace(r"\*", "");
    let outside_code: String = title.split('`').step_by(2).collect();
    assert_eq!(
        outside_code.matches("**").count(),
        2,
        "the input's stars end it: {title}"
    );
}

#[test]
fn timings_have_a_row_a_worker() {
    let text = run_line(&format!("{WORK} --timings")).succeeded();
    let (_, table) = text
        .split_once("\n\n")
        .expect("an empty line before the table");
    let header: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(
        header,
        ["worker", "chunks", "numbers", "busy", "idle", "share"]
    );
    assert_eq!(table.lines().count(), 1 + 3, "{text}");
}

#[test]
fn a_pipe_gets_no_escapes_in_any_form() {
    for form in ["human", "json", "csv", "markdown"] {
        let run = run_line(&format!("{WORK} --timings --format {form}"));
        assert!(!run.succeeded().contains('\u{1b}'), "{form}");
    }
    assert!(!run_line("squares x").stderr.contains('\u{1b}'));
    assert!(!run_line("squares 1..9 --bogus").stderr.contains('\u{1b}'));
}

#[test]
fn the_locale_changes_nothing() {
    let plain = run_line(WORK).succeeded();
    let error = run_line("squares 1.5").stderr;
    for locale in ["C", "tr_TR.UTF-8", "de_DE.UTF-8", "POSIX"] {
        let with_locale = |line: &str| {
            let mut command = partask(line.split_whitespace());
            command.env("LC_ALL", locale).env("LANG", locale);
            run_to_end(command)
        };
        assert_eq!(
            stable(&with_locale(WORK).succeeded()),
            stable(&plain),
            "{locale}"
        );
        assert_eq!(with_locale("squares 1.5").stderr, error, "{locale}");
    }
}

#[test]
fn a_bar_that_is_asked_for_is_on_standard_error_even_in_a_pipe() {
    let run = run_line(&format!("{WORK} --chunk-size 100 --progress always"));
    assert_eq!(run.code, Some(0), "{run:?}");
    for part in ["%", "numbers/s", "left"] {
        assert!(run.stderr.contains(part), "no {part}: {run:?}");
    }
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
    assert!(
        !run.stdout.contains("left") && !run.stdout.contains('\r'),
        "{run:?}"
    );
    let quiet = run_line("squares 1..1000 -q --progress always");
    assert_eq!(quiet.stdout, "332833500\n");
    assert!(quiet.stderr.contains('%'), "{quiet:?}");
}

#[test]
fn no_bar_in_a_pipe_and_none_when_not_wanted() {
    for more in ["", "--progress auto", "--progress never", "--quiet"] {
        let run = run_line(&format!("sum-of-squares 1..1e15 --time-limit 700ms {more}"));
        assert!(
            run.stderr.starts_with("partask: time limit reached"),
            "{run:?}"
        );
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}

/// What a line of shell writes to a terminal, or `None` where there is none to be had.
fn on_a_terminal(line: &str) -> Option<String> {
    if !installed("script") {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let quoted = line.replace('\'', r"'\''");
    let run = run_shell(
        &format!("TERM=xterm script -qec '{quoted}' typescript"),
        folder.path(),
    );
    Some(run.stdout)
}

#[test]
fn a_terminal_gets_a_bar_for_work_that_lasts() {
    let long = "partask sum-of-squares 1..1e15 --time-limit 1200ms";
    for (line, wanted) in [
        (long.to_owned(), true),
        (format!("{long} --progress never"), false),
        (format!("{long} --quiet"), false),
        ("partask squares 1..1000".to_owned(), false),
        (format!("{long} 2>/dev/null"), false),
    ] {
        // On a busy machine even what is short may last.
        let is_so = |shown: &Option<String>| {
            let shown = shown.as_ref();
            shown.is_none_or(|shown| shown.contains(" left") == wanted)
        };
        until_told(|| on_a_terminal(&line), is_so);
    }
}

#[test]
fn colour_is_for_a_terminal_that_wants_it() {
    // On a busy machine even this may last, and a bar is drawn with such sequences, too.
    for (line, wanted) in [
        ("partask squares 1..1000 --progress never", true),
        ("NO_COLOR=1 partask squares 1..1000 --progress never", false),
        ("TERM=dumb partask squares 1..1000 --progress never", false),
        ("partask squares 1..1000 --progress never | cat", false),
        ("partask squares 1..1000 --progress never --quiet", false),
        (
            "partask squares 1..1000 --progress never --format json",
            false,
        ),
    ] {
        if let Some(shown) = on_a_terminal(line) {
            assert_eq!(shown.contains("\u{1b}["), wanted, "{line}: {shown:?}");
        }
    }
}

#[test]
fn the_terminal_is_left_as_it_was() {
    let line = format!("timeout --foreground -s INT 1 {PARTASK} squares 1..1e15");
    let Some(shown) = on_a_terminal(&format!(
        "stty -a >before; {line}; stty -a >after; cmp before after && echo same"
    )) else {
        return;
    };
    assert!(shown.contains("same"), "{shown:?}");
    let (hidden, back) = (shown.rfind("\u{1b}[?25l"), shown.rfind("\u{1b}[?25h"));
    assert!(hidden <= back, "the cursor is gone: {shown:?}");
    assert!(shown.contains("interrupted after"), "{shown:?}");
}
