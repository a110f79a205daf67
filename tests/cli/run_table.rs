//! Runs the tables of commands: what `partask run` writes for each, byte for byte, and the exit code.
//!
//! A table is a transcript. Each row is
//! ```text
//! # what it shows
//! $ a line for sh
//! > more of it
//! | a line of standard output
//! ! a line of standard error
//! = the exit code, when it is not 0
//! ```
//! A line of output that ends in `\c` has no newline there. A row runs in an empty folder of its own.
//! When it names no standard error, it must be silent if it succeeds, and says what it likes if it
//! does not.
//!
//! `[GNU]` before what a row shows: GNU parallel writes the same to standard output when it takes the
//! place of `partask run`, with its options `-k -j1`, and `-q` where partask has no `--shell`.

use crate::harness::{Run, run_shell};
use crate::piped::folder;
use crate::{
    run_table_failures, run_table_habits, run_table_inputs, run_table_output, run_table_words,
    table_numbers,
};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const TABLES: [(&str, &str); 6] = [
    ("numbers", table_numbers::TABLE),
    ("habits", run_table_habits::TABLE),
    ("inputs", run_table_inputs::TABLE),
    ("words", run_table_words::TABLE),
    ("output", run_table_output::TABLE),
    ("failures", run_table_failures::TABLE),
];

/// What stands at the end of a line of output that ends without a newline.
const NO_NEWLINE: &str = r"\c";

/// What comes before what a row shows when GNU parallel does the same.
const AS_GNU: &str = "[GNU] ";

/// A command and what it must do.
#[derive(Debug, Default)]
struct Row {
    shows: &'static str,
    as_gnu: bool,
    line: String,
    stdout: String,
    stderr: Option<String>,
    code: i32,
}

/// The rows of a table.
fn rows(table: &'static str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty()) {
        let (mark, rest) = line.split_at(1);
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        if mark == "#" {
            rows.push(Row {
                as_gnu: rest.starts_with(AS_GNU),
                shows: rest.strip_prefix(AS_GNU).unwrap_or(rest),
                ..Row::default()
            });
            continue;
        }
        let row = rows.last_mut().expect("a row starts with what it shows");
        match mark {
            "$" => row.line = rest.to_owned(),
            ">" => row.line = format!("{}\n{rest}", row.line),
            "|" => push_line(&mut row.stdout, rest),
            "!" => push_line(row.stderr.get_or_insert_default(), rest),
            "=" => row.code = rest.parse().expect("an exit code"),
            _ => panic!("a line starts with one of # $ > | ! =: {line}"),
        }
    }
    rows
}

fn push_line(text: &mut String, line: &str) {
    match line.strip_suffix(NO_NEWLINE) {
        Some(half) => text.push_str(half),
        None => text.extend([line, "\n"]),
    }
}

/// Output in the form it has in a table.
fn transcript(mark: &str, text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let end = if line.ends_with('\n') { "" } else { NO_NEWLINE };
        format!("{mark} {}{end}\n", line.trim_end_matches('\n'))
    });
    lines.collect()
}

impl Row {
    /// What is wrong with what a row's line did, as a row and the difference.
    fn fault(&self, who: &str, line: &str, run: &Run) -> Option<String> {
        let stderr = match (&self.stderr, self.code) {
            (Some(stderr), _) => stderr,
            (None, 0) => "",
            (None, _) => &run.stderr,
        };
        let expected = (Some(self.code), self.stdout.as_str(), stderr);
        if (run.code, run.stdout.as_str(), run.stderr.as_str()) == expected {
            return None;
        }
        let code = |code: Option<i32>| code.map_or("= killed, or it hung\n".to_owned(), code_line);
        Some(format!(
            "# {}\n$ {}\n--- expected\n{}{}{}--- {who} gave\n{}{}{}",
            self.shows,
            line.replace('\n', "\n> "),
            transcript("|", &self.stdout),
            transcript("!", stderr),
            code_line(self.code),
            transcript("|", &run.stdout),
            transcript("!", &run.stderr),
            code(run.code),
        ))
    }

    fn fault_of_partask(&self) -> Option<String> {
        let folder = folder();
        let run = run_shell(&self.line, folder.path());
        self.fault("partask", &self.line, &run)
    }

    /// GNU parallel's standard output must be the same; whether it succeeds too, but not its code.
    fn fault_of_gnu_parallel(&self, home: &Path) -> Option<String> {
        let gnu = format!(
            "env -u PARALLEL PARALLEL_SHELL=/bin/sh PARALLEL_HOME='{}' parallel -k -j1",
            home.display()
        );
        let line = self.line.replace("partask run --shell", &gnu);
        let line = line.replace("partask run", &format!("{gnu} -q"));
        let folder = folder();
        let run = run_shell(&line, folder.path());
        let has_failed = run.code != Some(0);
        let run = Run {
            code: match has_failed == (self.code != 0) {
                true => Some(self.code),
                false => run.code,
            },
            stderr: self.stderr.clone().unwrap_or_default(),
            ..run
        };
        self.fault("GNU parallel", &line, &run)
    }
}

fn code_line(code: i32) -> String {
    format!("= {code}\n")
}

#[track_caller]
fn assert_none(faults: &[String], rows: usize) {
    let all = faults.join("\n");
    assert!(
        faults.is_empty(),
        "{} of {rows} rows\n\n{all}",
        faults.len()
    );
}

/// Runs the rows of one table.
#[track_caller]
fn assert_table(table: &'static str) {
    let rows = rows(table);
    let faults: Vec<String> = rows.iter().filter_map(Row::fault_of_partask).collect();
    assert_none(&faults, rows.len());
}

#[test]
fn habits_are_as_the_table_says() {
    assert_table(run_table_habits::TABLE);
}

#[test]
fn numbers_are_as_the_table_says() {
    assert_table(table_numbers::TABLE);
}

#[test]
fn inputs_are_as_the_table_says() {
    assert_table(run_table_inputs::TABLE);
}

#[test]
fn words_are_as_the_table_says() {
    assert_table(run_table_words::TABLE);
}

#[test]
fn output_is_as_the_table_says() {
    assert_table(run_table_output::TABLE);
}

#[test]
fn failures_are_as_the_table_says() {
    assert_table(run_table_failures::TABLE);
}

/// Whether there is a GNU parallel; another program has the same name.
fn has_gnu_parallel() -> bool {
    let version = Command::new("parallel")
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    let is_gnu = version.is_ok_and(|said| said.stdout.starts_with(b"GNU parallel "));
    if !is_gnu {
        eprintln!("skipped: GNU parallel is not installed");
    }
    is_gnu
}

#[test]
fn gnu_parallel_does_the_same_where_a_row_says_so() {
    if !has_gnu_parallel() {
        return;
    }
    let home = folder();
    let rows = TABLES.into_iter().flat_map(|(_, table)| rows(table));
    let rows: Vec<Row> = rows.filter(|row| row.as_gnu).collect();
    let fault = |row: &Row| row.fault_of_gnu_parallel(home.path());
    let faults: Vec<String> = rows.iter().filter_map(fault).collect();
    assert_none(&faults, rows.len());
}

#[test]
fn the_tables_are_tables() {
    let mut shown = std::collections::HashSet::new();
    for (name, table) in TABLES {
        let rows = rows(table);
        assert!(rows.len() >= 20, "{name} has {} rows", rows.len());
        for row in &rows {
            assert!(!row.shows.is_empty() && !row.line.is_empty(), "{row:?}");
            assert!(shown.insert(row.shows), "twice: {}", row.shows);
        }
    }
    assert!(shown.len() >= 100, "{} rows", shown.len());
}

#[test]
fn a_row_that_is_wrong_is_found_out() {
    let table = "# one\n$ echo a; printf b; echo c >&2; exit 3\n| a\n| b\\c\n! c\n= 3\n";
    let row = |from, to: &str| rows(String::leak(table.replace(from, to))).remove(0);
    let folder = folder();
    let fault = |row: Row| row.fault("sh", &row.line, &run_shell(&row.line, folder.path()));
    assert_eq!(fault(row("", "")), None);
    assert_eq!(
        fault(row("! c\n", "")),
        None,
        "it has failed, and may say so"
    );
    let all_wrong = [
        ("| a", "| A"),
        ("| b\\c", "| b"),
        ("! c", "! C"),
        ("= 3", "= 4"),
    ];
    for (from, to) in all_wrong {
        let said = fault(row(from, to)).expect(to);
        assert!(said.contains(&format!("\n{to}\n")), "{said}");
        assert!(
            said.ends_with("--- sh gave\n| a\n| b\\c\n! c\n= 3\n"),
            "{said}"
        );
    }
    fs::remove_dir(folder.path()).expect("still empty");
}
