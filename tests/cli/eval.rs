//! `partask eval`: the user's own function, on the real binary.

use crate::harness::{run, run_shell};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

#[track_caller]
fn quiet(arguments: &[&str]) -> String {
    let arguments = ["eval"].iter().chain(arguments).chain(&["--quiet"]);
    run(arguments).succeeded().trim_end().to_owned()
}

#[track_caller]
fn refused(arguments: &[&str], said: &str) {
    let run = run(["eval"].iter().chain(arguments));
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
    assert!(run.stderr.contains(said), "{said}: {run:?}");
}

/// Answers worked out by Python.
#[test]
fn answers_are_python_s() {
    for (arguments, answer) in [
        (&["n^2 + 3n + 1", "1..1e5"][..], "333343333299999"),
        (&["n % 7 == 3", "1..1e5", "--reduce", "count"], "14286"),
        (&["n*(n+1)//2", "1..100"], "166650"),
        (&["if(is_prime(n), n, 0)", "1..1e5"], "454396537"),
        (&["gcd(n, 360)", "1..1e4", "--reduce", "max"], "360"),
        (&["popcount(n)", "1..1e5"], "815024"),
        (&["-n**3 % 10", "-50..50"], "450"),
        (
            &["n", "1..=25", "--reduce", "product"],
            "15511210043330985984000000",
        ),
        (&["n", "1..100", "--reduce", "xor"], "0"),
        (&["n^2", "1..=4", "--reduce", "mean"], "15/2"),
        (&["n*n", "5,3,9,3", "--reduce", "min"], "9"),
        (&["n*n", "5,3,9,3", "--reduce", "first"], "25"),
        (&["n*n", "5,3,9,4", "--reduce", "last"], "16"),
        (
            &["n % 3", "0..10", "--reduce", "histogram"],
            "0 4\n1 3\n2 3",
        ),
        (
            &["2^n", "0..200"],
            "1606938044258990275541962092341162602522202993782792835301375",
        ),
        (
            &["n // 3 * -1", "-9223372036854775808"],
            "3074457345618258603",
        ),
    ] {
        assert_eq!(quiet(arguments), answer, "{arguments:?}");
    }
}

#[test]
fn every_value_is_printed_in_order() {
    let run = run(["eval", "n*(n+1)//2", "1..=5", "--values", "-w", "3"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "1\n3\n6\n10\n15\n")
    );
    let folder = tempfile::tempdir().unwrap();
    let run = run_shell(
        "seq 5 | partask eval 'n^40' -o large.txt -q && cat large.txt; partask eval 'n^64' 1..3 -o x.npy",
        folder.path(),
    );
    assert!(
        run.stdout.contains("\n1208925819614629174706176\n"),
        "{run:?}"
    );
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("beyond the 64-bit integers of a .npy file"),
        "{run:?}"
    );
    assert!(!folder.path().join("x.npy").exists());
}

#[test]
fn the_first_number_without_a_value_is_named_whatever_the_workers() {
    for workers in ["1", "2", "7"] {
        for chunk_size in ["1000", "999999"] {
            refused(
                &[
                    "10 // (n - 70000) // (n - 150000)",
                    "1..2e5",
                    "--workers",
                    workers,
                    "--chunk-size",
                    chunk_size,
                ],
                "at n = 70000: division by zero\n  |\n1 | 10 // (n - 70000) // (n - 150000)\n  | ^^^^^^^^^^^^^^^^^ no value here\n",
            );
        }
    }
    let run = run(["eval", "10 // (n - 3)", "1..5", "--values", "-q"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(2), "-5\n-10\n"),
        "{run:?}"
    );
    refused(
        &["2^(2^n)", "1..40"],
        "at n = 19: a value of more than 100,000 digits",
    );
    refused(
        &["n << (5-n)", "1..10"],
        "at n = 6: a shift by a negative number",
    );
    refused(
        &["isqrt(3 - n)", "1..10"],
        "at n = 4: isqrt of a negative number",
    );
}

#[test]
fn mistakes_are_shown_in_their_place() {
    for (expression, said) in [
        ("n / 2", "1 | n / 2\n  |   ^ write // for floor division"),
        ("n n", "two values stand side by side"),
        ("n && 1", "write and"),
        ("gdc(n, 2)", "gcd"),
        ("", "the expression is empty"),
        ("(n", "1 | (n\n"),
    ] {
        refused(&[expression, "1..5"], said);
    }
    let deep = "(".repeat(60_000);
    refused(&[&deep, "1..5"], "nested");
    let long = "n+".repeat(40_000);
    refused(&[&long, "1..5"], "bytes");
    refused(
        &["n", "5..5", "--reduce", "max"],
        "the input is empty, and no number has a max",
    );
    refused(
        &["n", "1..1e6", "--reduce", "product"],
        "more than 100,000 digits",
    );
    refused(
        &["n", "1..1e5", "--reduce", "histogram"],
        "more than 10,000 distinct values",
    );
}

#[test]
fn an_expression_may_begin_with_a_minus() {
    assert_eq!(quiet(&["-n", "1..=3"]), "-6");
    assert_eq!(quiet(&["-(n+1)", "-w2", "1..=3"]), "-9");
    assert_eq!(quiet(&["-gcd(n, 2)", "-3,4"]), "-3");
    assert_eq!(quiet(&["--reduce", "min", "-n^2", "-4..=3"]), "-16");
}

#[test]
fn an_expression_in_a_file_may_have_names() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f.txt");
    fs::write(
        &file,
        "# triangular numbers\nnext = n + 1\nn * next // 2  # whole\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(quiet(&["-f", file, "1..=4"]), "20");
    assert_eq!(quiet(&["1..=4", "5", "--file", file]), "35");
    let report = run(["eval", "-f", file, "1..=4"]).succeeded();
    let title = "next = n + 1; n*next // 2 over 1..=4      4 numbers, 1 to 4";
    assert_eq!(report.lines().next(), Some(title), "{report}");
    refused(
        &["-f", "/nonexistent", "1..4"],
        "--file /nonexistent: No such file",
    );
    fs::write(folder.path().join("g"), b"n\xff").unwrap();
    let bad = folder.path().join("g");
    refused(&["-f", bad.to_str().unwrap(), "1..4"], "not UTF-8");
}

#[test]
fn ends_of_an_input_may_be_computed() {
    for (input, read_as) in [
        ("1..2^10+10", "1,033 numbers, 1 to 1,033"),
        ("2*3..=10*10", "95 numbers, 6 to 100"),
        ("max(2, 3)..9,(7-2)", "7 numbers, first 3, last 5"),
        ("-2^4..0", "16 numbers, -16 to -1"),
    ] {
        let run = run(["squares", input]).succeeded();
        assert!(
            run.lines().next().unwrap().ends_with(read_as),
            "{input}: {run}"
        );
    }
    for (input, said) in [
        (
            "1..10//0",
            "error: '10//0' has no value (in '1..10//0'): division by zero\n",
        ),
        ("1..2^63+1", "beyond 64 bits (in '1..2^63+1')"),
        ("1..n+1", "'n+1' has no value (in '1..n+1')"),
        ("1-5", "did you mean 1..5"),
        ("1..10*", "'10*' has no value (in '1..10*')"),
    ] {
        let run = run(["squares", input]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(said), "{input}: {run:?}");
    }
}

#[test]
fn what_is_checked_on_a_sample_says_so() {
    let report = run([
        "eval",
        "n % 1000",
        "0..100000",
        "--reduce",
        "histogram",
        "--json",
    ]);
    let report: Value = serde_json::from_str(&report.succeeded()).unwrap();
    assert_eq!(report["verified"], Value::Bool(false));
    assert_eq!(report["verified_by"], serde_json::json!(["sample"]));
    // Of all 4,096 on a machine that is not so slow that the time for it is over.
    let checked = report["checked_numbers"].as_u64().unwrap();
    assert!((1..100_000).contains(&checked), "{report}");
    assert_eq!(report["histogram"].as_array().unwrap().len(), 1000);
    assert_eq!(
        report["histogram"][7],
        serde_json::json!({"value": "7", "count": 100})
    );
    let whole = run(["eval", "n % 1000", "0..100000", "--verify", "--json"]).succeeded();
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["verified_by"], serde_json::json!(["reference path"]));
    let human = run(["eval", "n % 1000", "0..100000"]).succeeded();
    assert!(
        human.contains("total      49950000  (checked on "),
        "{human}"
    );
    let polynomial = run(["eval", "(n+1)^5 - n", "0..100000"]).succeeded();
    assert!(polynomial.contains("  (verified)"), "{polynomial}");
}

#[test]
fn streams_are_reduced_like_ranges() {
    let folder = tempfile::tempdir().unwrap();
    for reduce in ["sum", "count", "min", "max", "xor", "mean", "first", "last"] {
        let line = format!(
            "seq -5000 60000 > all; seq 60001 90000 > rest; \
             partask eval 'n*n % 1009' @all,@rest,90001..100000 --reduce {reduce} --json -w 3; \
             partask eval 'n*n % 1009' -5000..100000 --reduce {reduce} --json"
        );
        let run = run_shell(&line, folder.path());
        let reports: Vec<Value> = serde_json::Deserializer::from_str(&run.stdout)
            .into_iter()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(reports.len(), 2, "{run:?}");
        for field in ["total", "at", "decimal", "numbers"] {
            assert_eq!(reports[0][field], reports[1][field], "{reduce} {field}");
        }
    }
}

#[test]
fn a_comparison_measures_an_expression() {
    let arguments = [
        "compare",
        "eval",
        "popcount(n)",
        "1..1e4",
        "-w",
        "1,2",
        "--runs",
        "2",
    ];
    let report = run(arguments
        .iter()
        .chain(&["--reduce", "max", "--format", "json"]))
    .succeeded();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["total"], "13");
    assert_eq!(report["job"]["name"], "eval 'popcount(n)' --reduce max");
    let human = run([
        "compare",
        "eval",
        "popcount(n)",
        "1..1e5",
        "-w",
        "1,2",
        "--runs",
        "2",
    ]);
    let human = human.succeeded();
    assert!(
        human.contains("(checked on a sample in every run)"),
        "{human}"
    );
    let run = run(["compare", "eval", "n"]);
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[test]
fn an_explanation_computes_nothing() {
    let explained = run(["eval", "--explain", "n^3 // 7", "1..1e15"]).succeeded();
    assert!(explained.contains("n^3 "), "{explained}");
    assert!(explained.contains("128 bits"), "{explained}");
    let polynomial = run(["eval", "--explain", "n^3 + n", "1..1e15"]).succeeded();
    assert!(
        polynomial.contains("closed form of a polynomial of degree 3"),
        "{polynomial}"
    );
}

/// Random expressions, and what Python's integers make of them.
const PYTHON: &str = r#"
import random, sys, math
random.seed(int(sys.argv[1]))
def leaf():
    return random.choice(["n", "n", "n", str(random.randint(0, 12)), str(random.choice([2**31, 2**32, 2**53, 2**63-1, 10**20]))])
def make(depth):
    if depth == 0 or random.random() < 0.15: return leaf()
    a, b, c = make(depth-1), make(depth-1), make(depth-1)
    return random.choice([
        f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"(({a}) // (abs({b}) + 1))", f"(({a}) % (abs({b}) + 3))",
        f"(-{a})", f"(~{a})", f"(({a}) & ({b}))", f"(({a}) | ({b}))", f"(({a}) >> (abs({b}) % 70))",
        f"(({a}) << (abs({b}) % 9))", f"(({a}) ** (abs({b}) % 4))", f"(({a}) < ({b}))", f"(({a}) == ({b}))",
        f"(({a}) and ({b}))", f"(({a}) or ({b}))", f"(not ({a}))", f"abs({a})", f"min({a}, {b})", f"max({a}, {b})",
        f"gcd({a}, {b})", f"if_({a}, {b}, {c})", f"isqrt(abs({a}))"])
names = {"gcd": math.gcd, "isqrt": math.isqrt, "if_": lambda c, a, b: a if c else b}
for _ in range(int(sys.argv[2])):
    text = make(4)
    numbers = [random.choice([0, 1, -1]) * random.choice([1, 10**3, 2**31, 2**32, 2**53, 2**62]) + random.randint(-5, 5) for _ in range(4)]
    total = sum(int(eval(text, dict(names, n=n))) for n in numbers)
    print(text.replace("if_", "if"), ",".join(map(str, numbers)), total, sep="\t")
"#;

#[test]
fn random_expressions_are_python_s() {
    let python = Command::new("python3")
        .args(["-c", PYTHON, "7", "150"])
        .output();
    let Some(output) = python.ok().filter(|output| output.status.success()) else {
        eprintln!("skipped: no python3 here");
        return;
    };
    let cases = String::from_utf8(output.stdout).unwrap();
    assert_eq!(cases.lines().count(), 150);
    for case in cases.lines() {
        let [expression, numbers, total] = case.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{case}");
        };
        assert_eq!(quiet(&[expression, numbers]), total, "{case}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn powers_are_what_eval_makes_of_them(first in -1i64 << 40..1 << 40, numbers in 0i64..3_000, step in 1i64..1_000) {
        let (input, step) = (format!("{first}..{}", first + numbers), step.to_string());
        for (job, expression) in [("squares", "n^2"), ("cubes", "n*n*n")] {
            let arguments = [job, &input, "--step", &step, "--quiet"];
            let own = run(arguments).succeeded();
            prop_assert_eq!(own.trim_end(), quiet(&[expression, &input, "--step", &step]));
        }
    }
}

#[test]
fn a_full_disk_and_a_closed_pipe_are_told() {
    let folder = Path::new("/");
    let run = run_shell("partask eval 'n^9' 1..1e5 --values -q > /dev/full", folder);
    assert_eq!(run.code, Some(1), "{run:?}");
    let run = run_shell("partask eval 'n^9' 1..1e15 --values -q | head -n 2", folder);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "1\n512\n"),
        "{run:?}"
    );
}
