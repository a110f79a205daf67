//! Numbers in: standard input, files, named pipes, in every mixture and notation.

use crate::harness::{Run, run_line, run_shell};
use crate::piped::{PATIENCE, command_in, feed, folder, results, run_in, total, values_of};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;

/// How much text is read at a time.
const BLOCK_LEN: usize = 1 << 18;

#[track_caller]
fn assert_total(run: Run, expected: impl ToString) {
    assert_eq!(run.succeeded(), format!("{}\n", expected.to_string()));
}

#[test]
fn files_and_standard_input_stand_among_other_items() {
    let folder = folder();
    fs::write(folder.path().join("more.txt"), "10\n11\n").unwrap();
    fs::write(folder.path().join("none.txt"), "").unwrap();
    for (input, numbers) in [
        ("1..4,@more.txt,-", vec![1, 2, 3, 10, 11, 20, -21]),
        ("7,-,1..4,@more.txt", vec![7, 20, -21, 1, 2, 3, 10, 11]),
        (
            "@more.txt,-,@more.txt,@more.txt",
            vec![10, 11, 20, -21, 10, 11, 10, 11],
        ),
        ("@none.txt,1,@none.txt,-,@none.txt", vec![1, 20, -21]),
        ("4..1,@more.txt,9..=9 --step -1", vec![4, 3, 2, 10, 11, 9]),
        ("-2..0,5..5,-,-3", vec![-2, -1, 20, -21, -3]),
        ("@./more.txt", vec![10, 11]),
        ("-", vec![20, -21]),
    ] {
        for workers in [1, 2, 8] {
            let line = format!("cubes {input} --values -q --workers {workers}");
            let mut command = assert_cmd::Command::from_std(command_in(folder.path(), &line));
            let output = command
                .write_stdin("20 -21")
                .timeout(PATIENCE)
                .output()
                .unwrap();
            assert_eq!(
                values_of(output.into()),
                results(3, numbers.clone()),
                "{line}"
            );
        }
    }
    let same: Run = run_in(folder.path(), "squares @more.txt,@more.txt -q");
    assert_total(same, 2 * (100 + 121));
}

#[test]
fn standard_input_can_be_read_only_once() {
    for input in ["1,-,2,-", "5,-,-"] {
        let run = feed(&format!("squares {input}"), "1");
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains("twice"), "{run:?}");
    }
}

#[test]
fn anything_white_and_commas_separate() {
    for text in [
        "1 2 3",
        "1\n2\n3\n",
        "1,2,3",
        "1, 2,\n3,\n",
        "\r\n1\r\n2\r\n3\r\n",
        "1\t2\x0b3\x0c",
        "\u{feff}1\n2\n3",
        "\u{feff}1,2,3\r\n",
        "\n\n,, 1 ,,2,\n , 3 ,\n\n",
        "+1 02 3e0",
        "1\r2\r3\r",
    ] {
        assert_eq!(
            values_of(feed("squares - --values", text)),
            "1\n4\n9\n",
            "{text:?}"
        );
    }
    for text in [
        "",
        "\n",
        " \t\r\n , ,\n",
        "\u{feff}",
        &" ".repeat(3 * BLOCK_LEN),
    ] {
        let run = feed("cubes - --format json", text);
        let report: Value = serde_json::from_str(&run.stdout).expect("one JSON document");
        assert_eq!(
            (run.code, &report["numbers"]),
            (Some(0), &Value::from(0)),
            "{run:?}"
        );
        assert_eq!(report["total"], "0");
        assert_eq!(report["first"], Value::Null);
        assert_eq!(values_of(feed("cubes - --values", text)), "");
    }
}

#[test]
fn every_notation_is_read() {
    let text = "100000000 100_000_000 1e8 1E+8 1.0e8 1.5e9 2^32 2**32 -5 +5 -2^63 \
        9223372036854775807 -9223372036854775808 9.223372036854775807e18 100e-2 1.0 0 -0 \
        000000000000000000000000000000000012 -1_0 123456789012345678 1234567890123456789";
    let numbers = [
        100_000_000,
        100_000_000,
        100_000_000,
        100_000_000,
        100_000_000,
        1_500_000_000,
        1 << 32,
        1 << 32,
        -5,
        5,
        i64::MIN,
        i64::MAX,
        i64::MIN,
        i64::MAX,
        1,
        1,
        0,
        0,
        12,
        -10,
        123_456_789_012_345_678,
        1_234_567_890_123_456_789,
    ];
    for separator in ["\n", " ", ",", "\r\n"] {
        let words: Vec<&str> = text.split_whitespace().collect();
        let run = feed("cubes - --values", words.join(separator));
        assert_eq!(values_of(run), results(3, numbers), "{separator:?}");
    }
}

#[test]
fn lines_of_a_megabyte_are_read() {
    let mut text = String::new();
    for x in 0..170_000 {
        write!(text, "{x} ").unwrap();
    }
    assert!(text.len() > 1 << 20);
    for end in ["", "\n"] {
        let run = feed("sum-of-squares - -q --workers 2", format!("{text}{end}"));
        assert_total(run, total(2, 0..170_000));
    }
}

/// Numbers of every length, cut at every place by the end of the block they begin in.
#[test]
fn a_number_across_two_blocks_is_one_number() {
    let folder = folder();
    let file = folder.path().join("n.txt");
    for number in [
        "7",
        "-7",
        "12345678",
        "123456789",
        "-1234567890123456",
        "12345678901234567",
        "123456789012345678",
        "-9223372036854775808",
        "1_000_000",
        "1.25e10",
        "2^62",
        "2**40",
    ] {
        let value = values_of(feed("squares - --values -q", number));
        for cut in 0..=number.len() + 1 {
            let mut text = vec![b' '; BLOCK_LEN - cut];
            text[..2].copy_from_slice(b"3\n");
            text.extend(format!("{number}\n4\n").bytes());
            fs::write(&file, &text).unwrap();
            let run = run_in(folder.path(), "squares @n.txt --values -q --workers 2");
            assert_eq!(
                values_of(run),
                format!("9\n{value}16\n"),
                "{number}, {cut} before the end"
            );
        }
    }
}

/// Without blanks between: where the blocks end follows from the lengths of the numbers.
#[test]
fn dense_text_of_any_length_of_number_is_read_whole() {
    for (first, workers) in [(0, 1), (990, 2), (99_999_000, 8), (i64::MAX - 60_000, 3)] {
        let mut text = String::new();
        for x in first..first + 60_000 {
            writeln!(text, "{x}").unwrap();
        }
        let line = format!("squares - --values -q --workers {workers}");
        for text in [
            text.clone(),
            text.replace('\n', ",\r\n"),
            text.trim_end().to_owned(),
        ] {
            let values = values_of(feed(&line, text));
            assert!(values == results(2, first..first + 60_000), "from {first}");
        }
    }
}

#[test]
fn named_pipes_and_device_files_are_read() {
    for line in [
        "mkfifo a; (seq 1 3 > a &); partask squares @a,7 --values -q",
        "mkfifo b; (sleep 0.2; seq 1 3 > b) & partask squares @b,7 --values -q; wait",
        "mkfifo c d; (seq 3 3 > d & seq 1 2 > c) & partask squares @c,@d,7 --values -q; wait",
        "seq 1 3 | partask squares @/dev/stdin,7 --values -q",
        "seq 1 3 > f; partask squares @/dev/stdin,7 --values -q < f",
        "seq 1 3 > f; partask squares @/dev/null,@/dev/fd/5,7 --values -q 5< f",
        "seq 0 3 > f; { read first; partask squares 5..5,-,7 --values -q; } < f",
        "seq 1 3 > f; ln -s f g; partask squares @g,7 --values -q",
        "mkdir -p d/e; seq 1 3 > 'd/e/a b.txt'; partask squares '@d/e/a b.txt, 7' --values -q",
    ] {
        let folder = folder();
        let run = run_shell(line, folder.path());
        assert_eq!(
            (run.stdout.as_str(), run.code),
            ("1\n4\n9\n49\n", Some(0)),
            "{line}: {run:?}"
        );
    }
}

#[test]
fn the_report_says_how_the_input_was_read() {
    for (text, echo, values) in [
        ("7", "1 number, 7", "49"),
        ("3 4 5 -6", "4 numbers, first 3, last -6", "9, 16, 25, 36"),
    ] {
        let run = feed("squares -", text);
        assert!(
            run.stdout
                .starts_with(&format!("squares of -      {echo}\n")),
            "{run:?}"
        );
        assert_eq!(run.row("values"), values);
    }
    let run = feed("squares -", "");
    assert!(
        run.stdout.starts_with("squares of -      0 numbers\n"),
        "{run:?}"
    );
    let numbers = |count: i64| (1..=count).map(|x| format!("{x}\n")).collect::<String>();
    assert_eq!(
        feed("squares -", numbers(20))
            .row("values")
            .split(", ")
            .count(),
        20
    );
    assert_eq!(
        feed("squares 5,-", numbers(20)).row("values"),
        "25, 1, 4, 9, …, 361, 400"
    );
    let long = feed("cubes - --format json", numbers(200_000));
    let report: Value = serde_json::from_str(&long.stdout).expect("one JSON document");
    assert_eq!(
        report["input_read_as"],
        "200,000 numbers, first 1, last 200,000"
    );
    assert_eq!(report["numbers"], 200_000);
    assert_eq!(
        (&report["first"], &report["last"]),
        (&"1".into(), &"200000".into())
    );
    assert_eq!(
        report["values"]["head"],
        Value::from(vec!["1", "8", "27", "64"])
    );
    let tail = ["7999880000599999", "8000000000000000"];
    assert_eq!(report["values"]["tail"], Value::from(tail.to_vec()));
}

#[test]
fn verify_computes_once_more_what_has_no_closed_form() {
    let json = |line: &str| -> Value {
        serde_json::from_str(&feed(line, "3 4 -5").stdout).expect("one JSON document")
    };
    for job in ["squares", "cubes", "sum-of-squares"] {
        for input in ["-", "1..5,-", "3,4,-5", "7..1000"] {
            let report = json(&format!("{job} {input} --verify --format json"));
            assert_eq!(report["verified"], true, "{job} {input}");
            let by = report["verified_by"].as_array().expect("checks");
            assert!(
                by.contains(&"reference path".into()),
                "{job} {input}: {by:?}"
            );
        }
        let report = json(&format!("{job} 1..5,- --format json"));
        assert_eq!(report["verified"], false);
        assert_eq!(report["verified_by"], Value::from(Vec::<String>::new()));
    }
    let run = feed("squares - --verify", "3 4");
    assert_eq!(run.row("total"), "25  (verified by reference path)");
    assert!(
        feed("squares -", "3 4")
            .row("total")
            .starts_with("25  (not verified")
    );
    let values = feed("cubes - --verify --values", "3 4");
    assert_eq!(values.stdout, "27\n64\n");
    assert!(values.stderr.contains("reference path"), "{values:?}");
}

#[test]
fn a_stream_has_the_total_of_its_range() {
    let mut text = String::new();
    for x in 1..1_000_000 {
        writeln!(text, "{x}").unwrap();
    }
    let range = run_line("cubes 1..1000000 -q").succeeded();
    for line in [
        "cubes - -q",
        "cubes - -q --verify --workers 1",
        "cubes - -q --workers 8 --kernel scalar",
    ] {
        assert_eq!(feed(line, &text).succeeded(), range, "{line}");
    }
}
