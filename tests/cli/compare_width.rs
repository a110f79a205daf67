//! `partask compare`: no line of the report is wider than the terminal, whatever it is to hold.

use crate::harness::{installed, run, run_shell, unfolded};
use unicode_width::UnicodeWidthStr;

const JAPANESE: &str = "日本語の名前、日本語の名前";

/// The words of a comparison whose every part is wide.
fn wide() -> Vec<&'static str> {
    let line = "compare sum-of-squares 1..1001 --workers 1,2,12 --kernel scalar,auto \
        --chunk-size 5,65536 --runs 1 --warmup 0 --timings --min-efficiency 1e-28% --against-unchecked";
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let long = "true /a/path/without/any/blank/at/which/a/line/could/be/folded/and/longer/than/one";
    words.extend(["--against", "true", "--against-name", JAPANESE]);
    words.extend(["--against", long]);
    words
}

#[test]
fn no_line_is_wider_than_80_columns_off_a_terminal() {
    let run = run(wide());
    assert_eq!(run.code, Some(7), "{run:?}");
    for line in run.stdout.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
        assert_eq!(line.trim_end(), line);
    }
    let whole = unfolded(&run.stdout);
    let note = "\nnote       ! the time of another program includes the start of its process, partask's own does not\n";
    assert!(whole.contains(note), "{whole}");
    assert!(
        whole
            .lines()
            .any(|line| line.starts_with("result ") && line.len() > 80)
    );
}

#[test]
fn wide_characters_stand_in_their_columns() {
    let line = "compare squares 1..1001 -w 1 --runs 2 --against true --against-unchecked --against-name 日本語";
    let report = run(line.split_whitespace()).stdout;
    let table: Vec<&str> = report
        .lines()
        .skip_while(|line| !line.starts_with("workers "))
        .collect();
    let end = |line: &str| line.width();
    assert_eq!(end(table[0]), end(table[1]), "{report}");
    assert_eq!(end(table[0]), end(table[2]), "{report}");
    assert!(table[2].starts_with("日本語 "), "{report}");
}

#[test]
fn a_terminal_is_as_wide_as_it_says() {
    if !installed("script") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for columns in [50, 120] {
        let line = format!(
            "NO_COLOR=1 script -qec 'stty cols {columns}; partask compare sum-of-squares 1..1001 \
             -w 1,2,12 --runs 2 --progress never' typescript </dev/null"
        );
        let shown = run_shell(&line, folder.path()).stdout.replace('\r', "");
        let widest = shown.lines().map(UnicodeWidthStr::width).max();
        assert!(widest <= Some(columns), "{columns}: {shown}");
        assert!(widest > Some(columns * 3 / 4), "{columns}: {shown}");
        assert!(
            shown.contains("throughput") && shown.contains("result "),
            "{shown}"
        );
    }
}
