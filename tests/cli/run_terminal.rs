//! In a terminal: tasks that want it, tasks that are given it, and input that somebody has to type.

use crate::harness::PARTASK;
use crate::piped::folder;
use std::path::Path;
use std::process::Command;

/// Runs a line of shell in a terminal of its own, in which `typed` is typed; everything that it shows.
fn in_terminal(line: &str, typed: &str, folder: &Path) -> Option<String> {
    let line = line.replace("partask", &format!("'{PARTASK}'"));
    let mut command = Command::new("script");
    command
        .args(["-qec", &format!("{line}; echo \"code $?\""), "/dev/null"])
        .env("SHELL", "/bin/sh")
        .env("NO_COLOR", "1")
        .current_dir(folder);
    let version = Command::new("script").arg("--version").output();
    if !version.is_ok_and(|said| said.stdout.starts_with(b"script from util-linux")) {
        eprintln!("skipped: there is no script of util-linux to make a terminal with");
        return None;
    }
    let mut command = assert_cmd::Command::from_std(command);
    let output = command
        .write_stdin(typed)
        .timeout(std::time::Duration::from_secs(120))
        .output();
    let shown = output.expect("script runs").stdout;
    Some(String::from_utf8_lossy(&shown).replace('\r', ""))
}

#[test]
fn a_task_that_wants_the_terminal_is_ended_and_says_so() {
    let folder = folder();
    let line = "partask run --log log cat ::: /dev/tty; echo \"code $?\"; grep -o '\"ended_by\":\"terminal\"' log";
    let Some(shown) = in_terminal(line, "", folder.path()) else {
        return;
    };
    let said = "1: /dev/tty  it wants the terminal; --tty gives it one, killed by SIGTERM";
    assert!(shown.contains(said), "{shown}");
    assert!(
        shown.contains("code 6") && shown.contains("\"ended_by\":\"terminal\""),
        "{shown}"
    );
}

#[test]
fn one_that_does_not_listen_is_ended_too() {
    let folder = folder();
    let script = "trap \"\" TERM; while :; do read x </dev/tty; done; : {}";
    let line = format!("partask run --shell '{script}' ::: 1");
    let Some(shown) = in_terminal(&line, "", folder.path()) else {
        return;
    };
    assert!(
        shown.contains("it wants the terminal") && shown.contains("code 6"),
        "{shown}"
    );
}

#[test]
fn tasks_are_given_the_terminal_one_at_a_time() {
    let folder = folder();
    let line =
        "partask run -w4 --tty --shell 'read x; echo got $x {}; [ -t 1 ] && echo seen' ::: 1 2";
    let Some(shown) = in_terminal(line, "a\nb\n", folder.path()) else {
        return;
    };
    for part in ["got a 1\nseen", "got b 2\nseen", "code 0"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let line = "partask run --open-tty --shell 'echo $(tty | cut -c1-5) {}' ::: 1";
    let shown = in_terminal(line, "", folder.path()).expect("a terminal");
    assert!(shown.contains("/dev/ 1"), "{shown}");
}

#[test]
fn without_a_terminal_there_is_none_to_give() {
    let folder = folder();
    let line = format!("setsid -w '{PARTASK}' run --tty true ::: 1");
    let run = crate::harness::run_shell(&line, folder.path());
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr
            .contains("there is no terminal to give to the tasks"),
        "{run:?}"
    );
}

#[test]
fn who_types_the_input_is_told_so() {
    let folder = folder();
    for (line, typed, parts) in [
        (
            "partask run echo",
            "x\n\u{4}",
            &[
                "reading inputs, one a line, from the terminal, until Ctrl-D",
                "write ::: before them",
                "\nx\n",
            ][..],
        ),
        ("partask run -a - echo", "x\n\u{4}", &["reading inputs"]),
        (
            "partask squares - -q",
            "2\n3\n\u{4}",
            &["reading numbers from the terminal, until Ctrl-D", "13"],
        ),
        (
            "partask squares @/dev/stdin -q",
            "4\n\u{4}",
            &["reading numbers", "16"],
        ),
    ] {
        let Some(shown) = in_terminal(line, typed, folder.path()) else {
            return;
        };
        for part in parts {
            assert!(shown.contains(part), "{line}: {part}: {shown}");
        }
        assert!(
            shown.contains("code 0") && !shown.contains("0 done"),
            "{line}: {shown}"
        );
    }
    let shown = in_terminal("partask squares", "", folder.path()).expect("a terminal");
    assert!(
        shown.contains("error: there is no INPUT") && shown.contains("code 2"),
        "{shown}"
    );
}
