//! What was counted in the runs: the table, the other forms, and whose fault a change is.

use super::super::*;
use super::files::exported;
use super::{ONE, TWO, compared};
use crate::report::width::columns_of;
use serde_json::Value;

/// Counts of a run of so many seconds with these instructions at this frequency.
fn counts(elapsed_s: f64, instructions: f64, ghz: f64) -> Counts {
    Counts {
        instructions: Some(instructions),
        cycles: Some(ghz * 1e9 * elapsed_s),
        cycles_s: Some(elapsed_s),
        cache_references: Some(2e6),
        cache_misses: Some(12_345.0),
        branch_misses: Some(77.0),
        counted_share: None,
        voluntary_switches: Some(4.0),
        involuntary_switches: Some(1.5),
        minor_faults: Some(120.0),
        major_faults: Some(3.0),
        joules: Some(17.25),
    }
}

/// Two cases whose times are all so many times as long, with these instructions at this frequency.
fn counted(longer: f64, instructions: f64, ghz: f64) -> Comparison {
    let times = |times: &[f64]| times.iter().map(|time| time * longer).collect::<Vec<_>>();
    let mut comparison = compared(&[(1, &times(ONE)), (2, &times(TWO))]);
    comparison.counting = Counting::Everything;
    for sample in comparison
        .cases
        .iter_mut()
        .flat_map(|case| &mut case.samples)
    {
        sample.counts = counts(sample.elapsed_s, instructions, ghz);
    }
    comparison
}

fn shown(comparison: &Comparison) -> String {
    let mut out = Vec::new();
    write(comparison, Style::default(), &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn the_table_has_what_is_known() {
    let comparison = counted(1.0, 6e9, 3.0);
    let text = shown(&comparison);
    let expected = "\ncounted in a run, on average\n\
        workers  instructions   IPC   GHz  cache misses  preempted  page faults  package J\n\
        1              6.00 G  1.00  3.00        12.3 k       1.50          123       17.2\n\
        2              6.00 G  1.99  3.00        12.3 k       1.50          123       17.2\n";
    let wide = Style {
        columns: Some(100),
        ..Style::default()
    };
    let mut out = Vec::new();
    write(&comparison, wide, &mut out).expect("written");
    let out = String::from_utf8(out).expect("UTF-8");
    assert!(out.contains(expected), "{out}");
    let energy = "counters   the energy is that of whole CPU packages, whatever ran on them\n";
    assert!(text.contains(energy), "{text}");
    assert!(text.lines().all(|line| columns_of(line) <= 80), "{text}");
    // Every form has it.
    for export in [Export::Markdown, Export::Html] {
        let text = exported(export, &comparison);
        for part in ["cache misses", "6.00 G", "12.3 k", "whole CPU packages"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[test]
fn a_narrow_terminal_gets_the_table_in_parts() {
    let mut comparison = counted(1.0, 6e9, 3.0);
    comparison.counting = Counting::UserOnly;
    let mut rival = super::rival("a/name/that/is/long/enough/to/be/cut", &[3.0, 3.1]);
    rival.samples[0].counts = counts(3.0, 1e15, 5.0);
    comparison.cases.push(rival);
    for columns in 32..=130 {
        let style = Style {
            columns: Some(columns),
            ..Style::default()
        };
        let mut out = Vec::new();
        write(&comparison, style, &mut out).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        for line in text.lines() {
            assert!(columns_of(line) <= columns, "{columns}: {line}");
        }
        for column in ["instructions:u", "package J"] {
            assert!(text.contains(column), "{columns}: {text}");
        }
    }
}

#[test]
fn what_is_not_known_has_no_column_and_one_reason() {
    let mut comparison = counted(1.0, 6e9, 3.0);
    for sample in comparison
        .cases
        .iter_mut()
        .flat_map(|case| &mut case.samples)
    {
        sample.counts = Counts {
            involuntary_switches: Some(0.0),
            ..Counts::default()
        };
    }
    comparison.counting = Counting::Nothing("this virtual machine gives none".to_owned());
    let text = shown(&comparison);
    let table = "\ncounted in a run, on average\nworkers  preempted\n1                0\n2                0\n";
    assert!(text.contains(table), "{text}");
    let reason = "counters   no hardware counters: this virtual machine gives none\n";
    assert!(text.contains(reason), "{text}");
    assert_eq!(text.matches("counters").count(), 2, "once: {text}");
    // Where the system tells nothing at all there is no table.
    let text = shown(&compared(&[(1, ONE), (2, TWO)]));
    assert!(
        !text.contains("counted") && !text.contains("counters"),
        "{text}"
    );
    assert!(!exported(Export::Html, &compared(&[(1, ONE)])).contains("Counted"));
}

#[test]
fn counts_without_the_systems_part_and_scaled_ones_say_so() {
    let mut comparison = counted(1.0, 6e9, 3.0);
    comparison.counting = Counting::UserOnly;
    comparison.cases[1].samples[3].counts.counted_share = Some(0.6);
    let row = counts::row(&comparison).expect("a row").text();
    assert_eq!(
        row,
        ":u is without the system's part, as perf_event_paranoid has it; they took turns: each count \
         is scaled up from 60.0% of the time or more; the energy is that of whole CPU packages, \
         whatever ran on them"
    );
    let table = counts::counts_table(&comparison, &figures(&comparison));
    assert_eq!(
        table.columns[1..5],
        ["instructions:u", "IPC:u", "GHz:u", "cache misses:u"]
    );
    // They are there, and tell nothing.
    for sample in comparison
        .cases
        .iter_mut()
        .flat_map(|case| &mut case.samples)
    {
        sample.counts = Counts::default();
    }
    let row = counts::row(&comparison).expect("a row").text();
    assert_eq!(
        row,
        "no hardware counters: those of this machine stand still"
    );
}

#[test]
fn other_programs_get_every_count() {
    let comparison = counted(1.0, 6e9, 3.0);
    let json: Value = serde_json::from_str(&exported(Export::Json, &comparison)).expect("JSON");
    assert_eq!(json["counters"]["hardware"], "user-and-system");
    assert_eq!(json["counters"]["refused"], Value::Null);
    let case = &json["cases"][1];
    for (field, expected) in [
        ("instructions", 6e9),
        ("frequency_hz", 3e9),
        ("cache_references", 2e6),
        ("cache_misses", 12_345.0),
        ("branch_misses", 77.0),
        ("voluntary_switches", 4.0),
        ("involuntary_switches", 1.5),
        ("minor_faults", 120.0),
        ("major_faults", 3.0),
        ("package_joules", 17.25),
    ] {
        for counts in [&case["counts"], &case["samples"][2]["counts"]] {
            let found = counts[field].as_f64().expect(field);
            assert!((found / expected - 1.0).abs() < 1e-9, "{field}: {counts}");
        }
    }
    assert!(case["counts"].get("counted_share").is_none());
    let csv = exported(Export::Csv, &comparison);
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let column = rows[0]
        .iter()
        .position(|name| *name == "involuntary_switches");
    assert_eq!(rows[2][column.expect("a column")], "1.5");
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{csv}");
    // The same columns where nothing is known.
    let unknown = exported(Export::Csv, &compared(&[(1, ONE)]));
    assert_eq!(unknown.lines().next(), csv.lines().next());
}

/// A baseline of these sessions, each as `counted` has it.
fn baseline_of(sessions: &[Comparison]) -> Baseline {
    let mut baseline = None;
    for session in sessions {
        let file = Baseline::render(session, baseline.as_ref()).expect("it can be written");
        let text = String::from_utf8(file).expect("UTF-8");
        baseline = Some(Baseline::parse(&text).expect("a baseline"));
    }
    baseline.expect("sessions")
}

/// What the closing sentence adds, once it is compared with a baseline.
fn cause_of(mut comparison: Comparison, baseline: &Baseline) -> (Comparison, String) {
    comparison.regressions = regressions(&comparison, baseline);
    let sentence = conclusion(&comparison, &figures(&comparison)).expect("a sentence");
    let cause = sentence
        .split("; ")
        .find(|part| part.contains(" × its time "));
    // Both cases have changed alike, and rounding decides which is told of.
    let cause = cause.unwrap_or_default();
    let cause = cause
        .split_once(" took ")
        .map_or(cause, |(_, took)| took)
        .to_owned();
    (comparison, cause)
}

#[test]
fn the_closing_sentence_tells_the_program_from_the_machine() {
    let baseline = baseline_of(&[
        counted(1.02, 6e9, 2.9),
        counted(1.0, 6.01e9, 3.0),
        counted(0.98, 5.99e9, 3.1),
    ]);
    let (comparison, cause) = cause_of(counted(1.5, 6e9, 2.0), &baseline);
    assert_eq!(
        cause,
        "1.50 × its time in the baseline with the same instructions: that was the \
         machine, not the program (3.00 GHz then, 2.00 GHz now)"
    );
    let json: Value = serde_json::from_str(&exported(Export::Json, &comparison)).expect("JSON");
    let wire = &json["baseline"][1];
    assert_eq!(wire["cause"], "machine");
    assert_eq!(wire["instructions_ratio"], 1.0);
    let hz = |field: &str| wire[field].as_f64().expect(field).round();
    assert_eq!(
        (hz("frequency_then_hz"), hz("frequency_now_hz")),
        (3e9, 2e9)
    );
    let (_, cause) = cause_of(counted(2.0, 12e9, 3.0), &baseline);
    assert_eq!(
        cause,
        "2.00 × its time in the baseline with 2.00 × the instructions: that was the \
         program"
    );
    // As fast as ever, whatever was executed for it.
    assert_eq!(cause_of(counted(1.0, 6e9, 2.0), &baseline).1, "");
    // The session that confirms it counts as much.
    let mut confirmed = counted(1.5, 6e9, 2.0);
    confirmed.confirmation = Some(Confirmation {
        cases: counted(1.6, 6e9, 1.9).cases,
        evidence: Evidence::default(),
    });
    let (_, cause) = cause_of(confirmed, &baseline);
    assert!(cause.ends_with("(3.00 GHz then, 1.95 GHz now)"), "{cause}");
}

#[test]
fn without_counts_of_the_same_kind_there_is_no_cause() {
    let none = compared(&[(1, ONE), (2, TWO)]);
    let slow = || counted(1.5, 6e9, 2.0);
    // A file from before anything was counted, and a session without.
    assert_eq!(
        cause_of(slow(), &baseline_of(std::slice::from_ref(&none))).1,
        ""
    );
    let baseline = baseline_of(&[counted(1.0, 6e9, 3.0)]);
    let mut without = slow();
    for sample in without.cases.iter_mut().flat_map(|case| &mut case.samples) {
        sample.counts = Counts::default();
    }
    assert_eq!(cause_of(without, &baseline).1, "");
    // The instructions of the system are among the ones, and not among the others.
    let mut user = slow();
    user.counting = Counting::UserOnly;
    assert_eq!(cause_of(user, &baseline).1, "");
    let mut user = counted(1.0, 5e9, 3.0);
    user.counting = Counting::UserOnly;
    let baseline = baseline_of(&[counted(1.0, 6e9, 3.0), counted(1.0, 6e9, 3.0), user]);
    assert_eq!(baseline.sessions(), 3);
    let mut user = counted(1.5, 5e9, 2.0);
    user.counting = Counting::UserOnly;
    let cause = cause_of(user, &baseline).1;
    assert!(cause.contains("that was the machine"), "{cause}");
    assert_eq!(cause_of(slow(), &baseline).1, "");
}
