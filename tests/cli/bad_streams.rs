//! Input that is not what it should be: one clear line with the place, and whole results before it.

use crate::harness::{Run, run_line};
use crate::piped::{complaint, feed, folder, is_root, results, run_in};
use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Text before and after it, the numbers before it, and its line and column.
struct Place {
    before: String,
    numbers: Vec<i64>,
    line: u64,
    column: u64,
}

fn places() -> Vec<Place> {
    let place = |before: &str, numbers: &[i64], line, column| Place {
        before: before.to_owned(),
        numbers: numbers.to_vec(),
        line,
        column,
    };
    let numbered = |end: &str| {
        (0..100_000)
            .map(|x| format!("{x}{end}"))
            .collect::<String>()
    };
    let many: Vec<i64> = (0..100_000).collect();
    vec![
        place("", &[], 1, 1),
        place("1\n2\n3 456 ", &[1, 2, 3, 456], 3, 7),
        place("1\r\n2\r\n\r\n  3,", &[1, 2, 3], 4, 5),
        place("\u{feff}1 ", &[1], 1, 3),
        place("\n\n\n", &[], 4, 1),
        place("\t,,", &[], 1, 4),
        place("1e3 2^4\n-5 ", &[1000, 16, -5], 2, 4),
        place(&numbered("\n"), &many, 100_001, 1),
        place(
            &(numbered("\r\n") + "7, "),
            &[&many[..], &[7]].concat(),
            100_001,
            4,
        ),
        place(&numbered(" "), &many, 1, 588_891),
        place(
            &(numbered("\n") + &" ".repeat(1 << 19)),
            &many,
            100_001,
            (1 << 19) + 1,
        ),
        place(&("\n".repeat(300_000) + "5 "), &[5], 300_001, 3),
    ]
}

#[test]
fn a_word_among_numbers_is_placed_exactly() {
    let folder = folder();
    for place in places() {
        for (word, after) in [
            ("x12", "\n6\n"),
            ("x12", ""),
            ("1..4", " 7 8 9"),
            ("1.5", ",x13"),
        ] {
            let text = format!("{}{word}{after}", place.before);
            fs::write(folder.path().join("numbers.txt"), &text).unwrap();
            let expected = format!(
                "numbers.txt:{}:{}: '{word}' is not a",
                place.line, place.column
            );
            let run = run_in(folder.path(), "squares @numbers.txt --values");
            let told = complaint(&run, 2);
            assert!(told.starts_with(&expected), "{told}, not {expected}");
            let before = results(2, place.numbers.iter().copied());
            assert!(
                run.stdout == before,
                "{expected}: the results before it, no more, no less"
            );
            let silent = run_in(folder.path(), "cubes @numbers.txt --workers 1");
            assert!(complaint(&silent, 2).starts_with(&expected), "{silent:?}");
            assert_eq!(silent.stdout, "");
        }
    }
}

#[test]
fn standard_input_is_named_and_placed_too() {
    let text: String = (0..100_000).map(|x| format!("{x}\n")).collect();
    for workers in [1, 8] {
        let line = format!("squares - --values --workers {workers}");
        let run = feed(&line, format!("{text}1 2 x12\n"));
        let told = complaint(&run, 2);
        assert!(
            told.starts_with("standard input:100001:5: 'x12' is not an integer: "),
            "{told}"
        );
        assert!(run.stdout == results(2, (0..100_000).chain([1, 2])));
    }
}

/// Of several wrong words in several files the first is named, in its own file.
#[test]
fn the_first_wrong_word_is_named() {
    let folder = folder();
    let numbers: String = (0..200_000).map(|x| format!("{x}\n")).collect();
    fs::write(folder.path().join("good.txt"), &numbers).unwrap();
    fs::write(
        folder.path().join("bad.txt"),
        format!("1\n2 {numbers}y\nz\n{numbers}w"),
    )
    .unwrap();
    for _ in 0..5 {
        let run = run_in(
            folder.path(),
            "squares 1..4,@good.txt,@bad.txt --values --workers 8",
        );
        let told = complaint(&run, 2);
        assert!(
            told.starts_with("bad.txt:200002:1: 'y' is not an integer: "),
            "{told}"
        );
        let before = (1..4).chain(0..200_000).chain([1, 2]).chain(0..200_000);
        assert!(run.stdout == results(2, before));
    }
}

fn run_on_file(bytes: &[u8]) -> Run {
    let folder = folder();
    fs::write(folder.path().join("n.txt"), bytes).unwrap();
    run_in(folder.path(), "squares @n.txt --values")
}

#[test]
fn bytes_that_are_no_text_are_one_clear_line() {
    for (bad, quoted) in [
        (&b"\xff\xfe"[..], "'\u{fffd}\u{fffd}' is not an integer"),
        (b"1\x802", "'1\u{fffd}2' is not an integer"),
        (b"\xef\xbb\xbf7", r"'\u{feff}7' is not an integer"),
        (b"1\0", r"'1\0' is not an integer"),
        (b"\0\0\0", r"'\0\0\0' is not an integer"),
        (b"\x1b[31m", r"'\u{1b}[31m' is not an integer"),
        ("١٢".as_bytes(), "'١٢' is not an integer"),
        ("1\u{a0}2".as_bytes(), r"'1\u{a0}2' is not an integer"),
        (b"'1'", r"'\'1\'' is not an integer"),
        (b"0x10", "did you mean 16?"),
        (
            b"9223372036854775808",
            "'9223372036854775808' is beyond 64 bits",
        ),
        (
            b"-9223372036854775809",
            "'-9223372036854775809' is beyond 64 bits",
        ),
        (b"99999999999999999999999", "is beyond 64 bits"),
        (b"1e19", "'1e19' is beyond 64 bits"),
        (b"2^63", "'2^63' is beyond 64 bits"),
        (b"1e-1", "'1e-1' is not a whole number"),
        (b"-", "'-' is not an integer"),
        (b"@n.txt", "'@n.txt' is not an integer"),
        (b"--5", "'--5' is not an integer"),
        (b"1;2", "'1;2' is not an integer"),
        (b"nan", "'nan' is not an integer"),
    ] {
        for after in [&b""[..], b"\n5\n", b",5,6,7,8,9,10\n"] {
            let run = run_on_file(&[b"5\n6 ", bad, after].concat());
            let told = complaint(&run, 2);
            assert!(
                told.starts_with("n.txt:2:3: ") && told.contains(quoted),
                "{told}: {quoted}"
            );
            assert_eq!(run.stdout, "25\n36\n");
        }
    }
}

#[test]
fn endless_words_are_quoted_short() {
    for (word, reason) in [
        ("9".repeat(10_000), "is beyond 64 bits"),
        (format!("-{}", "7".repeat(10_000)), "is beyond 64 bits"),
        (format!("{}.5", "7".repeat(10_000)), "is not a whole number"),
        ("9".repeat(250_000), "is beyond 64 bits"),
        ("x".repeat(1 << 20), "characters"),
        ("9".repeat(1 << 20), "characters"),
        ("\0".repeat(3 << 20), "characters"),
        ("é".repeat(1 << 19), "characters"),
    ] {
        for before in ["5\n6 ", "5 6\n\n"] {
            let run = run_on_file(format!("{before}{word}\n7\n").as_bytes());
            let told = complaint(&run, 2);
            let place = if before.ends_with(' ') {
                "n.txt:2:3: '"
            } else {
                "n.txt:3:1: '"
            };
            assert!(told.starts_with(place) && told.contains(reason), "{told}");
            assert!(told.len() < 600, "{} bytes", told.len());
            assert_eq!(run.stdout, "25\n36\n");
        }
    }
    let zeros = "0".repeat(200_000) + "12";
    assert_eq!(run_on_file(zeros.as_bytes()).stdout, "144\n");
}

#[test]
fn sources_that_cannot_be_read_are_one_clear_line() {
    let folder = folder();
    fs::create_dir(folder.path().join("folder")).unwrap();
    fs::write(folder.path().join("file"), "1\n").unwrap();
    for (input, reasons) in [
        (
            "@missing.txt",
            ["cannot read missing.txt: ", "No such file"],
        ),
        ("@folder", ["cannot read folder: ", "is a directory"]),
        ("@folder/", ["cannot read folder/: ", "is a directory"]),
        ("@file/x", ["cannot read file/x: ", "Not a directory"]),
        ("@/proc/self/mem", ["cannot read /proc/self/mem: ", "error"]),
        (
            "1..4,@file,@missing.txt",
            ["cannot read missing.txt: ", "No such file"],
        ),
    ] {
        for option in ["--values", "-q", "--output x.npy", "--output x.txt"] {
            let run = run_in(folder.path(), &format!("squares {input} {option}"));
            let told = complaint(&run, 1);
            let clear = told.starts_with(reasons[0]) && told.contains(reasons[1]);
            assert!(clear, "{input} {option}: {told}");
            assert_eq!(run.stdout, "", "{input} {option}");
        }
    }
    let line = "squares - --values";
    let mut command = crate::piped::command_in(folder.path(), line);
    command.stdin(fs::File::open(folder.path()).unwrap());
    let run: Run = command.output().unwrap().into();
    let told = complaint(&run, 1).to_lowercase();
    assert!(
        told.starts_with("cannot read standard input: is a directory"),
        "{told}"
    );
    assert_eq!(run_line("squares @").code, Some(2));
}

#[test]
fn an_unreadable_file_is_one_clear_line() {
    if is_root() {
        return;
    }
    let folder = folder();
    let file = folder.path().join("n.txt");
    fs::write(&file, "1\n").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    let run = run_in(folder.path(), "squares @n.txt --values");
    assert!(
        complaint(&run, 1).starts_with("cannot read n.txt: Permission denied"),
        "{run:?}"
    );
}

/// Files are opened at the start: one that is deleted, or replaced, later on is read all the same.
#[test]
fn a_file_that_goes_away_is_still_read() {
    let folder = folder();
    let line = "printf '3\\n' > a.txt; mkfifo f; partask squares @f,@a.txt --values -q & \
        exec 3>f; until ls -l /proc/$!/fd | grep -q a.txt; do sleep 0.01; done; \
        rm a.txt; echo 2 >&3; exec 3>&-; wait";
    let run = crate::harness::run_shell(line, folder.path());
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("4\n9\n", "13\n"),
        "{run:?}"
    );
}

/// A file cut short while it is read ends there, perhaps inside a number.
#[test]
fn a_file_cut_short_while_it_is_read_does_no_harm() {
    let folder = folder();
    let file = folder.path().join("n.txt");
    let mut text = String::new();
    for x in 0..500_000 {
        writeln!(text, "{x}").unwrap();
    }
    fs::write(&file, &text).unwrap();
    let run = cut_short(folder.path(), &file);
    assert_eq!(run.code, Some(0), "{run:?}");
    let (whole, _last) = run.stdout.trim_end().rsplit_once('\n').expect("lines");
    assert!(
        results(2, 0..500_000).starts_with(&format!("{whole}\n")),
        "results in order"
    );
    assert!(run.stdout.ends_with('\n'));
}

/// A run that is held by a reader who waits until the file has been cut.
fn cut_short(folder: &Path, file: &Path) -> Run {
    let line = "squares @n.txt --values -q --workers 1";
    let mut live = crate::piped::Live::of(crate::piped::command_in(folder, line));
    // The pipe is full.
    crate::piped::await_idle(&live.child);
    let cut = fs::OpenOptions::new().write(true).open(file).unwrap();
    cut.set_len(4_890).unwrap();
    let stdout = std::io::read_to_string(live.child.stdout.take().unwrap()).unwrap();
    let code = live.child.wait().unwrap().code();
    Run {
        stdout,
        stderr: live.stderr(),
        code,
    }
}
