//! `partask run`: which tasks are run, what they are given, and in which order what they write is
//! shown.

use crate::harness::{Run, partask, run, run_line, run_shell, run_to_end};
use crate::piped::{Live, feed, folder, names};
use std::collections::BTreeSet;
use std::fs;

/// `partask run` with these words.
fn run_words(words: &[&str]) -> Run {
    run([&["run"], words].concat())
}

#[test]
fn every_task_is_run_once_and_shown_in_order() {
    let out = run_words(&["echo", "this is process {}", ":::", "1", "2", "3", "4"]).succeeded();
    let expected: String = (1..=4).map(|i| format!("this is process {i}\n")).collect();
    assert_eq!(out, expected);
}

#[test]
fn two_workers_take_what_comes_next() {
    // A lasts until C is known to be done, D until A is.
    let done = |seq: u8| format!("until grep -q ^{seq} jobs; do sleep 0.01; done");
    let script = format!(
        "echo {{}}; case {{}} in A) {};; D) {};; esac",
        done(3),
        done(1)
    );
    let folder = folder();
    let words = [
        "run",
        "-w2",
        "--order",
        "completion",
        "--joblog",
        "jobs",
        "--shell",
        &script,
        ":::",
    ];
    let words = words.into_iter().chain(["A", "B", "C", "D", "--timeline"]);
    let mut command = partask(words);
    command.current_dir(folder.path());
    let run = run_to_end(command);
    // A and B start at once, C when B ends, D when C ends.
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "B\nC\nA\nD\n"),
        "{run:?}"
    );
    let rows = run.stderr.lines().filter(|line| line.starts_with("slot "));
    assert_eq!(rows.count(), 2, "{run:?}");
}

#[test]
fn arguments_reach_the_program_as_they_are() {
    let inputs = [
        "a b",
        "$(echo x)",
        "it's",
        "\"",
        "a\nb",
        "",
        "-n",
        "{}",
        "\\",
    ];
    let words = ["printf", "<%s>\\n", "{}", ":::"];
    let out = run_words(&[&words[..], &inputs].concat()).succeeded();
    let expected: String = inputs.iter().map(|input| format!("<{input}>\n")).collect();
    assert_eq!(out, expected);
    let words = ["--shell", "printf '<%s>\\n' {}", ":::"];
    let out = run_words(&[&words[..], &inputs].concat()).succeeded();
    assert_eq!(out, expected);
}

#[test]
fn placeholders_stand_for_the_parts_of_an_input() {
    for (line, expected) in [
        ("echo {.} {/} {//} {/.} ::: a/b.c", "a/b b.c a b\n"),
        ("echo {2}-{1} ::: a b ::: 1", "1-a\n1-b\n"),
        ("echo {1} {2} ::: a b :::+ 1 2", "a 1\nb 2\n"),
        ("echo {#} {} ::: x y", "1 x\n2 y\n"),
        ("-w1 echo {%} {} ::: x y", "1 x\n1 y\n"),
        ("echo ::: 8..=10", "8\n9\n10\n"),
        ("--no-ranges echo ::: 1..3", "1..3\n"),
        ("echo --help {} --workers ::: a", "--help a --workers\n"),
        ("-- echo -- ::: a", "-- a\n"),
        ("-j2 echo ::: a", "a\n"),
        ("echo ::: --quiet --tag", "--quiet\n--tag\n"),
    ] {
        assert_eq!(
            run_line(&format!("run {line}")).succeeded(),
            expected,
            "{line}"
        );
    }
}

#[test]
fn the_environment_tells_a_task_what_it_is() {
    let script = "echo $PARTASK_SEQ $PARTASK_SLOT $PARTASK_ATTEMPT; : {}";
    let out = run_words(&["-w1", "--shell", script, ":::", "a", "b"]).succeeded();
    assert_eq!(out, "1 1 1\n2 1 1\n");
}

#[test]
fn lines_of_standard_input_are_inputs() {
    assert_eq!(feed("run echo", "a b\n\nc").succeeded(), "a b\n\nc\n");
    assert_eq!(feed("run -0 echo", "a\nb\0c\0").succeeded(), "a\nb\nc\n");
    assert_eq!(
        feed("run --colsep , echo {2} {1}", "a,b\nc\n").succeeded(),
        "b a\n c\n"
    );
    assert_eq!(feed("run -a - echo", "a\n").succeeded(), "a\n");
    assert_eq!(feed("run echo :::: -", "a\n").succeeded(), "a\n");
    assert_eq!(feed("run echo", "").succeeded(), "");
    // The tasks themselves have nothing to read.
    assert_eq!(
        feed("run cat - ::: /dev/null", "not for the task").succeeded(),
        ""
    );
    let folder = folder();
    fs::write(folder.path().join("list"), "1..3\nb\n").unwrap();
    let run = run_shell("partask run -a list echo {2} {1} ::: 1..3", folder.path());
    assert_eq!(run.succeeded(), "1 1..3\n2 1..3\n1 b\n2 b\n");
}

#[test]
fn inputs_that_come_late_are_run_as_they_come() {
    let mut live = Live::start("run -w3 echo got");
    let mut stdin = live.stdin.take().expect("a pipe");
    for i in 0..5 {
        use std::io::Write;
        writeln!(stdin, "{i}").unwrap();
        assert_eq!(live.line(), format!("got {i}"));
    }
}

#[test]
fn the_task_whose_turn_it_is_is_seen_while_it_runs() {
    // The second one ends first and has to wait; the first one shows each line when it comes.
    let folder = folder();
    let gate = folder.path().join("gate");
    let script = "if [ {} = 1 ]; then echo a; until [ -e \"$GATE\" ]; do sleep 0.01; done; echo b; else echo c; fi";
    let mut command = partask(["run", "-w2", "--shell", script, ":::", "1", "2"]);
    command.env("GATE", &gate);
    let mut live = Live::of(command);
    assert_eq!(live.line(), "a");
    fs::write(&gate, "").unwrap();
    assert_eq!([live.line(), live.line()], ["b", "c"]);
}

#[test]
fn what_follows_tasks_without_output_is_seen_at_once() {
    let folder = folder();
    let script = "[ {} = 4 ] || exit 0; echo a; until [ -e gate ]; do sleep 0.01; done";
    for order in ["input", "line"] {
        let mut command = partask(["run", "-w1", "--order", order, "--shell", script]);
        command.args([":::", "1..=4"]).current_dir(folder.path());
        let mut live = Live::of(command);
        assert_eq!(live.line(), "a");
        let gate = folder.path().join("gate");
        fs::write(&gate, "").unwrap();
        assert!(live.child.wait().unwrap().success());
        fs::remove_file(gate).unwrap();
    }
}

#[test]
fn what_was_written_before_its_turn_is_not_lost_when_it_comes() {
    // The second task has written half of what it writes when the first one ends.
    let folder = folder();
    let script = "if [ {} = 1 ]; then until [ -e half ]; do sleep 0.01; done; sleep 0.2; else \
        yes abcdefg | head -n 100000; printf half; touch half; sleep 0.5; echo line; printf end; fi";
    let mut command = partask(["run", "-w2", "--shell", script, ":::", "1", "2"]);
    command.current_dir(folder.path());
    let out = run_to_end(command).succeeded();
    let expected = "abcdefg\n".repeat(100_000) + "halfline\nend";
    assert!(out == expected, "{} bytes of {}", out.len(), expected.len());
}

#[test]
fn grouped_output_is_exact_and_each_stream_stays_itself() {
    let script = "printf 'out {}'; printf 'err {}' >&2; printf '\\nmore'";
    for order in ["input", "completion"] {
        let words = [
            "run", "-w1", "--order", order, "--shell", script, ":::", "1", "2",
        ];
        let run = run(words);
        assert_eq!(run.stdout, "out 1\nmoreout 2\nmore");
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), "err 1err 2"));
    }
}

#[test]
fn a_tag_stands_before_every_line() {
    let script = "printf 'one\\ntwo'; echo err >&2; : {}";
    for order in ["input", "completion", "line"] {
        let words = [
            "run", "-w1", "--tag", "--order", order, "--shell", script, ":::",
        ];
        let run = run(words.into_iter().chain(["a b", "c\td"]));
        // Line by line, the last line is not ended, as none follows it.
        let end = if order == "line" { "" } else { "\n" };
        let expected = "a b\tone\na b\ttwo\nc\\td\tone\nc\\td\ttwo";
        assert_eq!(run.stdout, format!("{expected}{end}"), "{order}");
        assert_eq!(run.stderr, "a b\terr\nc\\td\terr\n", "{order}");
    }
}

#[test]
fn lines_as_they_come_are_never_torn() {
    // Each line is written in two pieces with a pause, by four tasks at once.
    let script =
        "for i in 1 2 3 4 5 6 7 8; do printf '{}{}{}'; sleep 0.0{}; echo '{}{}'; done; printf {}";
    let words = [
        "run", "-w4", "--order", "line", "--shell", script, ":::", "1", "2", "3", "4",
    ];
    let out = run(words).succeeded();
    let whole: BTreeSet<String> = (1..=4).map(|i| i.to_string().repeat(5)).collect();
    let half: BTreeSet<String> = (1..=4).map(|i| i.to_string()).collect();
    let lines: BTreeSet<String> = out.lines().map(str::to_owned).collect();
    assert_eq!(lines, &whole | &half, "{out}");
    assert_eq!(out.lines().count(), 4 * 9);
    let first: BTreeSet<&str> = out.lines().take(16).collect();
    assert!(first.len() > 1, "they come among one another: {out}");
}

#[test]
fn ten_thousand_short_tasks_are_shown_in_order() {
    let out = run_line("run -w4 echo ::: 0..10000").succeeded();
    let expected: String = (0..10_000).map(|i| format!("{i}\n")).collect();
    assert_eq!(out, expected);
}

#[test]
fn many_that_wait_for_the_first_are_kept_without_a_trace() {
    let folder = folder();
    let script = "if [ {} = 1 ]; then until [ -e last ]; do sleep 0.01; done; else \
        yes line {} | head -n 9000; [ {} = 400 ] && touch last; true; fi";
    let mut command = partask(["run", "-w3", "--shell", script, ":::", "1..=400"]);
    command
        .current_dir(folder.path())
        .env("TMPDIR", folder.path());
    let run = run_to_end(command);
    let lines = run.succeeded();
    let expected: String = (2..=400)
        .map(|i| format!("line {i}\n").repeat(9000))
        .collect();
    assert!(
        lines == expected,
        "{} bytes of {}",
        lines.len(),
        expected.len()
    );
    assert_eq!(names(folder.path()), ["last"], "the temporary file is gone");
}

#[test]
fn a_dry_run_shows_what_would_be_executed() {
    let folder = folder();
    let line = "partask run --dry-run touch {} ::: 'a b' c \"d'e\"";
    let run = run_shell(line, folder.path());
    assert_eq!(run.succeeded(), "touch 'a b'\ntouch c\ntouch 'd'\\''e'\n");
    assert!(names(folder.path()).is_empty(), "nothing was executed");
    let pasted = run_shell(&format!("{line} | sh"), folder.path());
    assert_eq!(pasted.succeeded(), "");
    assert_eq!(names(folder.path()), ["a b", "c", "d'e"]);
    let run = run_line("run --dry-run echo ::: 1..=300000");
    assert_eq!(run.succeeded().lines().count(), 300_000);
}
