//! Values out: every result in input order, exact, never torn, with the report out of the way.

use crate::harness::{installed, run, run_line, run_shell};
use crate::piped::{folder, results, total, values_of};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::Path;

const JOBS: [(&str, u32); 2] = [("squares", 2), ("cubes", 3)];

/// Inputs, and their numbers as Rust's own ranges give them.
fn inputs() -> Vec<(&'static str, Vec<i64>)> {
    let mixed = [-5, 0, 7].into_iter().chain(1..50);
    let ends = [1 << 62].into_iter().chain(i64::MIN..=i64::MIN + 9);
    vec![
        ("1..1500", (1..1500).collect()),
        (
            "700..-700 --step -3",
            (-699..=700).rev().step_by(3).collect(),
        ),
        ("-5,0,7,1..50,7,7", mixed.chain([7, 7]).collect()),
        (
            "2^62,-2^63..=-9223372036854775799,3,9223372036854775800..=9223372036854775807",
            ends.chain([3]).chain(i64::MAX - 7..=i64::MAX).collect(),
        ),
        ("5..5", Vec::new()),
    ]
}

#[test]
fn every_result_comes_in_order_whatever_the_workers_and_the_chunks() {
    for (input, numbers) in inputs() {
        for (job, power) in JOBS {
            let expected = results(power, numbers.iter().copied());
            for workers in [1, 2, 8, 64] {
                for chunk_size in ["1", "7", "1000", "9e18"] {
                    let line = format!(
                        "{job} {input} --values -q --workers {workers} --chunk-size {chunk_size}"
                    );
                    let run = run_line(&line);
                    let sum = total(power, numbers.iter().copied());
                    assert_eq!(run.stderr, format!("{sum}\n"), "{line}");
                    assert!(values_of(run) == expected, "{line}");
                }
            }
        }
    }
}

#[test]
fn a_long_range_comes_in_order() {
    let expected: String = (-150_000i128..150_001)
        .map(|x| format!("{}\n", x * x * x))
        .collect();
    for workers in [1, 8] {
        let line = format!("cubes -150_000..150_001 --values --workers {workers}");
        assert!(values_of(run_line(&line)) == expected, "{line}");
    }
}

/// From Python: `print(*(x**3 for x in […]), sep='\n')`.
#[test]
fn results_beyond_64_and_128_bits_are_exact() {
    let cubes =
        "cubes -2^63,9223372036854775807,5_000_000_000_001,2097152,2097151,-2097153 --values";
    assert_eq!(
        values_of(run_line(cubes)),
        "-784637716923335095479473677900958302012794430558004314112\n\
         784637716923335095224261902710254454442933591094742482943\n\
         125000000000075000000000015000000000001\n\
         9223372036854775808\n\
         9223358842721533951\n\
         -9223385231000600577\n"
    );
    let squares = "squares -2^63,9223372036854775807,3037000500,3037000499,-4294967296 --values";
    assert_eq!(
        values_of(run_line(squares)),
        "85070591730234615865843651857942052864\n\
         85070591730234615847396907784232501249\n\
         9223372037000250000\n\
         9223372030926249001\n\
         18446744073709551616\n"
    );
}

#[test]
fn the_report_goes_to_standard_error() {
    let run = run_line("squares 1..10 --values");
    assert_eq!(run.stdout, results(2, 1..10));
    assert!(
        run.stderr
            .starts_with("squares of 1..10      9 numbers, 1 to 9\n"),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("\ntotal      285  (verified)\n"),
        "{run:?}"
    );
    let timed = run_line("squares 1..10 --values --timings");
    assert_eq!(timed.stdout, results(2, 1..10));
    assert!(timed.stderr.contains("\nworker "), "{timed:?}");
}

#[test]
fn every_form_of_report_goes_to_standard_error() {
    let run = run_line("squares 1..10 --values --format json");
    assert_eq!(run.stdout, results(2, 1..10));
    let report: Value = serde_json::from_str(&run.stderr).expect("one JSON document");
    assert_eq!(report["total"], "285");
    assert_eq!(report["values"]["head"].as_array().map(Vec::len), Some(9));
    let run = run_line("squares 1..10 --values --format csv");
    assert_eq!(
        (run.stdout, run.stderr.lines().count()),
        (results(2, 1..10), 2)
    );
    let run = run_line("squares 1..10 --values --format markdown");
    assert!(run.stderr.contains("| total | 285"), "{run:?}");
    assert_eq!(run.stdout, results(2, 1..10));
}

#[test]
fn quiet_leaves_only_the_total_on_standard_error() {
    for line in [
        "squares 1..10 --quiet --values",
        "squares 1..10 --values -q --verify",
    ] {
        let run = run_line(line);
        assert_eq!(
            (run.stdout.as_str(), run.stderr.as_str()),
            (&*results(2, 1..10), "285\n")
        );
    }
}

#[test]
fn a_fold_has_no_values_and_says_so() {
    for option in ["--values", "--output x.npy", "--output x.txt -q"] {
        let run = run_line(&format!("sum-of-squares 1..10 {option}"));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains("no results of its own"), "{run:?}");
        assert!(
            run.stderr.contains("partask squares"),
            "what to do instead: {run:?}"
        );
    }
}

/// Rows of `reference-programs.md`: what Python programs print, printed here.
#[test]
fn reference_programs_have_their_results() {
    let words = |line: &str| {
        let values = values_of(run_line(line));
        values.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        words("squares 3,4,5,6,6,7,87,8,8 --workers 5 --values"),
        "9 16 25 36 36 49 7569 64 64"
    );
    assert_eq!(
        words("squares 4,6,2,5,9 --workers 4 --values"),
        "16 36 4 25 81"
    );
    assert_eq!(words("squares 1..10 --values"), "1 4 9 16 25 36 49 64 81");
    assert_eq!(
        words("cubes 1..10 --values"),
        "1 8 27 64 125 216 343 512 729"
    );
    assert_eq!(
        words("squares 2,3,6,7,8,8,9,3,3,3 --values"),
        "4 9 36 49 64 64 81 9 9 9"
    );
    for (job, total) in [("squares", "100"), ("cubes", "1000")] {
        let run = run_line(&format!("{job} 10"));
        assert!(run.row("total").starts_with(total), "{run:?}");
        assert_eq!(
            run_line(&format!("{job} 10 -q")).succeeded(),
            format!("{total}\n")
        );
    }
}

#[test]
fn two_runs_in_a_pipe_and_a_reader_that_goes_away() {
    let here = Path::new("/");
    let line =
        "partask squares 1..10 --values 2>/dev/null | partask cubes - --values -q 2>/dev/null";
    let sixths: String = (1i64..10).map(|x| format!("{}\n", x.pow(6))).collect();
    assert_eq!(run_shell(line, here).succeeded(), sixths);
    let line = "{ partask squares 1..1e9 --values; echo \"exit $?\" >&2; } | partask cubes - --values | head -2";
    let run = run_shell(line, here);
    assert_eq!(run.stdout, "1\n64\n");
    assert!(run.stderr.ends_with("exit 0\n"), "{run:?}");
}

/// Every line belongs to one of the runs, and none is missing.
#[track_caller]
fn assert_untorn(place: &str, written: &str, numbers: i64) {
    let ends_whole = written.ends_with('\n');
    assert!(ends_whole, "{place}: a torn end");
    let mut lines: Vec<&str> = written.lines().collect();
    let (squares, cubes) = (results(2, 1..numbers), results(3, 1..numbers));
    let mut expected: Vec<&str> = squares.lines().chain(cubes.lines()).collect();
    lines.sort_unstable();
    expected.sort_unstable();
    let torn = lines
        .iter()
        .find(|line| expected.binary_search(line).is_err());
    assert_eq!(torn, None, "{place}: not a result of either");
    assert!(
        lines == expected,
        "{place}: {} lines, not {}",
        lines.len(),
        expected.len()
    );
}

#[test]
fn two_runs_at_once_never_tear_a_line() {
    let folder = folder();
    let both = |to: &str| {
        let job = |job: &str| format!("partask {job} 1..200_001 --values -q 2>/dev/null {to}");
        format!("{} & {} & wait", job("squares"), job("cubes"))
    };
    let piped = run_shell(&format!("( {} ) | cat", both("")), folder.path());
    assert_untorn("one pipe", &piped.succeeded(), 200_001);
    let slow = format!("( {} ) | {{ sleep 0.3; cat; }}", both(""));
    assert_untorn(
        "a slow pipe",
        &run_shell(&slow, folder.path()).succeeded(),
        200_001,
    );
    let odd = format!("( {} ) | dd bs=777 status=none", both(""));
    assert_untorn(
        "a pipe read in odd pieces",
        &run_shell(&odd, folder.path()).succeeded(),
        200_001,
    );
    let named = format!("mkfifo f; ( {} ) > f & cat f; wait", both(""));
    for (place, line) in [
        ("a named pipe", named),
        (
            "one file",
            format!("( {} ) > one.txt; cat one.txt", both("")),
        ),
        (
            "one file to append to",
            format!("{}; cat two.txt", both(">> two.txt")),
        ),
    ] {
        let run = run_shell(&line, folder.path());
        assert_untorn(place, &run.succeeded(), 200_001);
    }
}

#[test]
fn two_runs_at_once_on_a_terminal_never_tear_a_line() {
    if !installed("script") {
        return;
    }
    let folder = folder();
    let job = |job: &str| format!("partask {job} 1..20_001 --values -q 2>/dev/null");
    let both = format!("{} & {} & wait", job("squares"), job("cubes"));
    let line = format!("script -qec '{both}' typescript > shown < /dev/null");
    let run = run_shell(&line, folder.path());
    assert_eq!(run.code, Some(0), "{run:?}");
    let shown = fs::read_to_string(folder.path().join("shown")).expect("what was shown");
    assert_untorn("a terminal", &shown.replace("\r\n", "\n"), 20_001);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_list_goes_through_in_order(
        numbers in proptest::collection::vec((0u32..64, any::<i64>()).prop_map(|(shift, x)| x >> shift), 0..2_000),
        separator in "[ ,\n\t]{1,2}|\r\n",
        workers in 1usize..9,
    ) {
        let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let text = words.join(&separator);
        let line = format!("squares - --values -q --workers {workers}");
        let fed = crate::piped::feed(&line, &text);
        prop_assert_eq!(&fed.stderr, &format!("{}\n", total(2, numbers.iter().copied())));
        prop_assert_eq!(values_of(fed), results(2, numbers.iter().copied()));
        if !numbers.is_empty() {
            let listed = run(["cubes", &words.join(","), "--values", "-q"]);
            prop_assert_eq!(values_of(listed), results(3, numbers));
        }
    }
}
