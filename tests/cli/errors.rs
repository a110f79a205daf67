//! Bad input: one line that quotes the offending piece and says the mend, exit code 2, nothing on
//! standard output, and never a panic.

use crate::harness::{Run, partask, run, run_line, run_to_end};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// Inputs, and what the error must hold: the offending piece in quotes, where there is a piece.
const INPUTS: [(&str, &str); 32] = [
    ("1...5", "'1...5'"),
    ("..", "'..'"),
    ("1..=", "'1..='"),
    ("..=5", "'..=5'"),
    ("..5", "'..5'"),
    ("1..", "'1..'"),
    ("1e400", "'1e400'"),
    ("2^64", "'2^64'"),
    ("2^99999999999999999999", "'2^99999999999999999999'"),
    ("9223372036854775808", "'9223372036854775808'"),
    ("-9223372036854775809", "'-9223372036854775809'"),
    ("0..2^63", "'2^63'"),
    ("", "input is empty"),
    ("   ", "input is empty"),
    ("1..10,", "'1..10,'"),
    (",1", "',1'"),
    ("1,,2", "'1,,2'"),
    ("١..٣", "'١'"),
    ("١", "'١'"),
    ("10..1", "'10..1'"),
    ("5..=4", "'5..=4'"),
    ("3,9,10..1,4", "'10..1'"),
    ("1.5", "'1.5'"),
    ("1..2.5", "'2.5'"),
    ("1e-3", "'1e-3'"),
    ("x", "'x'"),
    ("0x10", "'0x10'"),
    ("1..2..3", "'1..2..3'"),
    ("1 2", "'1 2'"),
    ("1\n2", r"'1\n2'"),
    ("1__0", "'1__0'"),
    ("\u{1b}[31m5", r"'\u{1b}[31m5'"),
];

/// Options of a run over an input, and what the error must hold.
const OPTIONS: [(&[&str], &str); 28] = [
    (&["1..9", "--step", "0"], "--step"),
    (&["1..9", "--step", "x"], "'x'"),
    (&["1..9", "--step", "1.5"], "'1.5'"),
    (&["1..9", "--step", "2^63"], "'2^63'"),
    (&["1..9", "--step", "-1"], "'1..9'"),
    (&["3,4", "--step", "2"], "'3,4'"),
    (&["1..9", "--workers", "0"], "--workers '0'"),
    (&["1..9", "--workers", "x"], "--workers 'x'"),
    (&["1..9", "--workers", "100000"], "--workers '100000'"),
    (&["1..9", "--workers", "+2000"], "--workers '+2000'"),
    (&["1..9", "--workers", "0%"], "--workers '0%'"),
    (&["1..9", "--workers", "1.5"], "--workers '1.5'"),
    (&["1..9", "--workers", ""], "--workers ''"),
    (&["1..9", "-w0"], "--workers '0'"),
    (&["1..9", "--chunk-size", "0"], "--chunk-size '0'"),
    (&["1..9", "--chunk-size", "x"], "--chunk-size 'x'"),
    (&["1..9", "--chunk-size", "-1"], "--chunk-size '-1'"),
    (&["1..9", "--chunk-size", "1.5"], "--chunk-size '1.5'"),
    (&["1..9", "--chunk-size", ""], "--chunk-size ''"),
    (&["1..9", "--chunk-size", "2^64"], "--chunk-size '2^64'"),
    (
        &["-2^63..=9223372036854775807", "--chunk-size", "1"],
        "--chunk-size",
    ),
    (&["1..9", "--time-limit", "0s"], "'0s'"),
    (&["1..9", "--time-limit", "x"], "'x'"),
    (&["1..9", "--time-limit", "10"], "'10'"),
    (&["1..9", "--time-limit", ""], "''"),
    (&["1..9", "--time-limit", "-5s"], "'-5s'"),
    (&["1..9", "--time-limit", "5y"], "'5y'"),
    (&["1..9", "--time-limit", "1..2s"], "'1..2s'"),
];

/// Command lines that clap refuses in words of its own, of several lines.
const CLAP: [&str; 10] = [
    "squares 1..9 --stepp 2",
    "squares 1..9 --value 3",
    "squire 1..9",
    "squares 1..9 --quiet --format json",
    "squares 1..9 --quiet --timings",
    "squares 1..9 --format xml",
    "squares 1..9 --kernel gpu",
    "squares 1..9 --progress sometimes",
    "squares 1..9 --workers",
    "completions tcsh",
];

/// What is wrong with how an error is told, if anything.
fn fault(run: &Run, needle: &str) -> Option<&'static str> {
    let lines = run.stderr.lines().count();
    let faults = [
        (run.code != Some(2), "the exit code is not 2"),
        (!run.stdout.is_empty(), "something is on standard output"),
        (lines != 1, "it is not one line"),
        (!run.stderr.starts_with("error: "), "no 'error: ' in front"),
        (run.stderr.len() > 500, "nobody reads so long a line"),
        (run.stderr.contains("panicked"), "a panic is shown"),
        (repeats_itself(&run.stderr), "it says a thing twice"),
        (
            !run.stderr.contains(needle),
            "the offending piece is not quoted",
        ),
    ];
    faults
        .into_iter()
        .find_map(|(wrong, words)| wrong.then_some(words))
}

/// Whether a cause is told a second time, as by an error that is its own source.
fn repeats_itself(message: &str) -> bool {
    let clauses: Vec<&str> = message.trim_end().split(": ").collect();
    clauses.windows(2).any(|pair| pair[0] == pair[1])
}

/// Every row is tried before the test fails, and all that are wrong are named.
#[track_caller]
fn assert_told_well(runs: impl IntoIterator<Item = (Run, String)>) {
    let faults: Vec<String> = runs
        .into_iter()
        .filter_map(|(run, needle)| {
            fault(&run, &needle).map(|fault| format!("{fault} ({needle}): {run:?}"))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_bad_input_is_quoted_and_mended_in_one_line() {
    let runs = INPUTS.into_iter().flat_map(|(input, needle)| {
        ["squares", "cubes", "sum-of-squares"].map(|job| (run([job, input]), needle.to_owned()))
    });
    assert_told_well(runs);
}

#[test]
fn each_bad_option_is_quoted_and_mended_in_one_line() {
    assert_told_well(OPTIONS.into_iter().map(|(arguments, needle)| {
        let arguments = ["squares"].iter().chain(arguments);
        (run(arguments), needle.to_owned())
    }));
}

#[test]
fn a_range_against_its_step_is_told_what_was_meant() {
    let run = run_line("squares 10..1");
    assert!(
        run.stderr.contains("did you mean 1..10, or --step -1?"),
        "{run:?}"
    );
}

#[test]
fn a_huge_argument_is_quoted_short() {
    let needle = |piece: &str| format!("'{}", &piece[..10]);
    assert_told_well(["x", "9", "1,x,", "1..", "1e"].map(|piece| {
        let huge = piece.repeat(100_000 / piece.len());
        let needle = match piece {
            "1,x," => "'x'".to_owned(),
            _ => needle(&huge),
        };
        (run(["squares", &huge]), needle)
    }));
}

#[test]
fn bytes_that_are_no_text_are_an_error_not_a_panic() {
    let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    assert_told_well(
        [b"\xff\xfe".as_slice(), b"1..\xff", b"-5\xc3"].map(|input| {
            let run = run([bytes(b"squares"), bytes(input)]);
            (run, "\u{fffd}'".to_owned())
        }),
    );
    for option in [
        "--step",
        "--workers",
        "--chunk-size",
        "--time-limit",
        "--format",
    ] {
        let arguments = [b"squares".as_slice(), b"1..9", option.as_bytes(), b"\xff"];
        let run = run(arguments.map(bytes));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.starts_with("error: "), "{run:?}");
    }
}

#[test]
fn a_bad_environment_variable_is_named() {
    let mut command = partask(["squares", "1..9"]);
    command.env("PARTASK_WORKERS", "many");
    let run = run_to_end(command);
    assert_told_well([(run, "PARTASK_WORKERS".to_owned())]);
}

#[test]
fn what_clap_refuses_is_a_usage_error() {
    for line in CLAP {
        let run = run_line(line);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(2), ""),
            "{line}: {run:?}"
        );
        assert!(run.stderr.starts_with("error: "), "{line}: {run:?}");
    }
}

/// An argument that starts with a minus and a digit is shielded from clap; its errors must not show.
#[test]
fn clap_quotes_what_was_typed() {
    for (line, piece) in [
        ("squares 1..9 --format -1", "'-1'"),
        ("completions -1", "'-1'"),
        ("-5", "'-5'"),
    ] {
        let run = run_line(line);
        assert_eq!(run.code, Some(2), "{line}: {run:?}");
        assert!(run.stderr.contains(piece), "{line}: {run:?}");
    }
}

#[test]
fn an_error_told_badly_is_noticed() {
    let told = |stderr: &str| Run {
        stdout: String::new(),
        stderr: stderr.to_owned(),
        code: Some(2),
    };
    assert_eq!(fault(&told("error: 'x' is no number: mend\n"), "'x'"), None);
    for bad in [
        "'x' is wrong\n",
        "error: wrong\n",
        "error: 'x'\nmore\n",
        "error: 'x': bad: bad\n",
        "error: 'x' panicked\n",
    ] {
        assert!(fault(&told(bad), "'x'").is_some(), "{bad}");
    }
}
