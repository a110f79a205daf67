//! `partask map` when something goes wrong: workers that die, hang, miscount or close their input, and
//! what becomes of the items.

use crate::harness::{installed, partask, signal};
use crate::map::{BRACKETS, answered, map, numbers};
use crate::piped::{Live, folder};
use crate::run_signals::{code, is_alive, pids};
use std::fs;
use std::io::Write;

/// A worker that does `then` at item 7, and answers the others.
fn at_seven(then: &str) -> String {
    format!(r#"while read -r x; do if [ "$x" = 7 ]; then {then}; fi; echo "<$x>"; done"#)
}

fn brackets(numbers: impl Iterator<Item = u64>) -> String {
    numbers.map(|i| format!("<{i}>\n")).collect()
}

/// Runs 20 items with a fault at the seventh, which is told so.
#[track_caller]
fn assert_told(options: &[&str], script: &str, why: &str) {
    let worker = ["sh", "-c", script];
    let told = format!("failed     item 7 ('7'): {why}");
    let run = map(&[options, &worker].concat(), numbers(20));
    assert_eq!(run.code, Some(6), "{run:?}");
    assert_eq!(run.stdout, brackets(1..7), "{run:?}");
    assert!(run.stderr.contains(&told), "{run:?}");
    let run = map(
        &[options, &["--on-error", "skip"], &worker].concat(),
        numbers(20),
    );
    assert_eq!(run.code, Some(6), "{run:?}");
    assert_eq!(
        run.stdout,
        brackets((1..=20).filter(|i| *i != 7)),
        "{run:?}"
    );
    let run = map(
        &[options, &["--on-error", "NA"], &worker].concat(),
        numbers(20),
    );
    let with_text = brackets(1..7) + "NA\n" + &brackets(8..=20);
    assert_eq!(
        (run.code, run.stdout),
        (Some(6), with_text),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("19 answered, 1 failed"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_worker_that_dies_takes_one_item_with_it() {
    for options in [
        &["-w1"][..],
        &["-w2", "--window", "1"],
        &["-w3", "--batch", "5"],
    ] {
        assert_told(
            options,
            &at_seven("exit 3"),
            "its worker ended with exit code 3",
        );
    }
    assert_told(
        &["-w2"],
        &at_seven("kill -9 $$"),
        "its worker was ended by SIGKILL",
    );
}

#[test]
fn an_item_that_hangs_is_ended_and_its_worker_replaced() {
    let script = at_seven("sleep 1000");
    let options = ["-w2", "--timeout", "2s", "--grace", "1s"];
    let run = map(
        &[&options[..], &["--on-error", "skip", "sh", "-c", &script]].concat(),
        numbers(20),
    );
    assert_eq!(run.code, Some(6), "{run:?}");
    assert_eq!(run.stdout, brackets((1..=20).filter(|i| *i != 7)));
    assert!(
        run.stderr.contains("item 7 ('7'): no answer within 2.00 s"),
        "{run:?}"
    );
}

#[test]
fn a_line_too_many_or_too_few_is_found_and_named() {
    let more = at_seven("echo more");
    assert_told(&["-w1"], &more, "answered 2 lines for 1: ");
    assert_told(&["-w2", "--batch", "5"], &more, "answered 2 lines for 1: ");
    let fewer = at_seven("continue");
    assert_told(&["-w1"], &fewer, "answered 0 lines for 1");
    assert_told(&["-w2", "--batch", "4"], &fewer, "answered 0 lines for 1");
}

#[test]
fn one_of_thousands_is_found() {
    let script = r#"{ if ($1 == 4321) exit 3; print $1 }"#;
    let run = map(
        &["--on-error", "skip", "--whole", "awk", script],
        numbers(9000),
    );
    let expected: String = (1..=9000)
        .filter(|i| *i != 4321)
        .map(|i| format!("{i}\n"))
        .collect();
    assert!(
        run.stdout == expected && run.code == Some(6),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("item 4321 ('4321')"), "{}", run.stderr);
}

#[test]
fn answers_are_exact_when_workers_die_and_miscount_at_random() {
    if !installed("python3") {
        return;
    }
    let dies = "if x < 0.003: os._exit(3)\n    if x < 0.006: os._exit(0)\n    \
        if x < 0.008: os.kill(os.getpid(), 9)";
    let miscounts = "if x < 0.002: print('extra', flush=True)";
    for fault in [dies, miscounts] {
        let code = format!(
            "import os, random, sys\nr = random.Random(os.getpid())\nfor line in sys.stdin:\n    \
             x = r.random()\n    {fault}\n    sys.stdout.write(line)\n    sys.stdout.flush()\n"
        );
        let words = ["-w3", "--retries", "100", "python3", "-c", &code];
        let run = map(&words, numbers(1500));
        assert!(run.stdout == numbers(1500), "{}", run.stderr);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
}

#[test]
fn a_failed_item_is_tried_again() {
    let folder = folder();
    let path = folder.path().to_str().unwrap();
    let script = at_seven("mkdir a 2>/dev/null && exit 1; mkdir b 2>/dev/null && exit 1");
    let words = ["--wd", path, "--retries", "2", "-w2", "sh", "-c", &script];
    assert_eq!(answered(map(&words, numbers(20))), brackets(1..=20));
    let always = at_seven("exit 1");
    let run = map(&["--retries", "2", "sh", "-c", &always], numbers(20));
    assert!(run.stderr.contains("(3 attempts)"), "{run:?}");
}

#[test]
fn a_worker_that_ends_on_purpose_is_restarted() {
    for (script, count) in [
        (
            r#"for i in 1 2 3; do read -r x || exit 0; echo "<$x>"; done"#,
            50,
        ),
        (r#"read -r x && echo "<$x>""#, 20),
    ] {
        let run = map(&["-w2", "sh", "-c", script], numbers(count));
        assert!(run.stderr.contains("processes"), "{}", run.stderr);
        assert_eq!(answered(run), brackets(1..=count), "{script}");
    }
}

#[test]
fn commands_that_are_no_workers_are_told_with_one_line() {
    for (words, code, told) in [
        (&["no-such-program"][..], 2, "error: command not found"),
        (
            &["true"],
            6,
            "item 1 ('1'): its worker ended with exit code 0",
        ),
        (
            &["false"],
            6,
            "item 1 ('1'): its worker ended with exit code 1",
        ),
        (
            &["sh", "-c", "exec <&-; sleep 1000"],
            6,
            "item 1 ('1'): its worker has closed its input",
        ),
        (
            &["sh", "-c", "echo hello; cat"],
            6,
            "item 1 ('1'): answered 2 lines for 1: ",
        ),
        (
            &["convert", "{}", "x.png"],
            2,
            "items come on its standard input",
        ),
    ] {
        let run = map(&[&["-w1", "--grace", "1s"][..], words].concat(), "1\n2\n");
        assert_eq!(run.code, Some(code), "{run:?}");
        assert_eq!(run.stdout, "", "{run:?}");
        let lines = run.stderr.lines().filter(|line| line.contains(told));
        assert_eq!(lines.count(), 1, "{told}: {run:?}");
    }
}

#[test]
fn an_endless_answer_and_an_endless_item_are_refused() {
    let endless = "read -r x; head -c 1000000000 /dev/zero | tr '\\0' x";
    let run = map(&["-w1", "--shell", endless], "1\n");
    assert_eq!(run.code, Some(6), "{run:?}");
    assert!(
        run.stderr.contains("goes on for more than 6 MiB"),
        "{run:?}"
    );
    let long = "x".repeat(100 << 20);
    let run = map(&["-w2", "cat"], format!("1\n{long}\n"));
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let told = "item 2 of standard input goes on for more than 6 MiB";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn a_large_answer_passes_whole() {
    let script = r#"while read -r x; do head -c "$x" /dev/zero | tr '\0' x; echo; done"#;
    let run = map(&["-w2", "sh", "-c", script], "3000000\n5\n4000000\n");
    let lens: Vec<usize> = answered(run).lines().map(str::len).collect();
    assert_eq!(lens, [3_000_000, 5, 4_000_000]);
}

#[test]
fn an_input_that_is_closed_after_it_was_read_is_answered() {
    let script = r#"read -r x; exec <&-; sleep 1.5; echo "<$x>""#;
    let run = map(&["-w2", "--window", "1", "sh", "-c", script], numbers(4));
    assert_eq!(answered(run), brackets(1..=4));
}

#[test]
fn a_line_too_many_that_comes_late_is_told() {
    let script = r#"while read -r x; do echo "<$x>"; done; sleep 0.5; echo late"#;
    let run = map(&["-w1", "sh", "-c", script], "1\n");
    assert_eq!(run.code, Some(6), "{run:?}");
    let told = "worker 1 wrote a line too many after it had answered 1 for 1";
    assert!(run.stderr.contains(told), "{run:?}");
}

#[test]
fn a_closed_output_ends_everything_quietly() {
    let folder = folder();
    let line = "partask map -q sed -u 's/.*/<&>/' ::: 1..1000000000 | head -n 2";
    let run = crate::harness::run_shell(line, folder.path());
    assert_eq!(run.succeeded(), "<1>\n<2>\n");
}

#[test]
fn an_interrupt_ends_the_workers_and_what_they_started() {
    let folder = folder();
    let script = r#"echo $$ >> pids; sleep 1000 & echo $! >> pids
        while read -r x; do [ "$x" = 3 ] && sleep 1000; echo "$x"; done"#;
    let mut command = partask([
        "map", "-w1", "--window", "1", "sh", "-c", script, ":::", "1..10",
    ]);
    command.current_dir(folder.path());
    let mut live = Live::of(command);
    assert_eq!([live.line(), live.line()], ["1", "2"]);
    signal(&live.child, "INT");
    assert_eq!(code(&mut live), Some(130));
    let pids = pids(&folder.path().join("pids"));
    assert!(pids.len() == 2 && !pids.into_iter().any(is_alive));
    assert!(fs::read_dir(folder.path()).is_ok());
}

#[test]
fn lines_are_answered_as_they_come() {
    let mut live = Live::of(partask(["map", "-w2", "sh", "-c", BRACKETS]));
    let mut input = live.stdin.take().expect("a pipe");
    for word in ["a", "b", "c"] {
        writeln!(input, "{word}").unwrap();
        assert_eq!(live.line(), format!("<{word}>"));
    }
    drop(input);
    assert_eq!(code(&mut live), Some(0));
}
