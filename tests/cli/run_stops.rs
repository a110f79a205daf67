//! `partask run` that is stopped and continued, as by Ctrl-Z and `fg`, and tasks that are.

use crate::harness::{partask, signal, wait_within};
use crate::piped::{Live, PATIENCE, await_until, folder};
use crate::run_signals::{code, command, pids};
use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The state of a process: `T` when it is stopped.
fn state(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Stops a run by Ctrl-Z's signal, and returns once it is stopped.
fn stop(child: &Child) -> Instant {
    signal(child, "TSTP");
    await_until("it is stopped", || state(child.id()) == Some('T'));
    Instant::now()
}

#[test]
fn tasks_are_stopped_and_continued_with_the_run_and_the_span_does_not_count() {
    let folder = folder();
    let script = "echo $$ >> pids; until [ -e go ]; do sleep 0.01; done; echo {}";
    let words = [
        "-w2",
        "--timeout",
        "15s",
        "--log",
        "log",
        "--shell",
        script,
        ":::",
        "1",
        "2",
    ];
    let began = Instant::now();
    let mut live = Live::of(command(folder.path(), &words));
    let file = folder.path().join("pids");
    await_until("both run", || file.exists() && pids(&file).len() == 2);
    let stopped = stop(&live.child);
    for pid in pids(&file) {
        // A shell whose child was stopped before its exec waits for it where no signal reaches it.
        await_until("so are they", || matches!(state(pid), Some('T' | 'D')));
    }
    // Longer than the tasks may run.
    std::thread::sleep(Duration::from_secs(16));
    fs::write(folder.path().join("go"), "").unwrap();
    let span = stopped.elapsed();
    signal(&live.child, "CONT");
    assert_eq!([live.line(), live.line()], ["1", "2"]);
    assert_eq!(code(&mut live), Some(0));
    let passed_s = began.elapsed().as_secs_f64();
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    let records = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let elapsed = records.filter_map(|record| record["elapsed_s"].as_f64());
    let elapsed: Vec<f64> = elapsed.collect();
    assert_eq!(elapsed.len(), 3, "{log}");
    for elapsed_s in elapsed {
        assert!(
            elapsed_s + span.as_secs_f64() <= passed_s,
            "{elapsed_s} s of {passed_s} s"
        );
    }
}

/// The signal comes to the whole group of partask, as from a terminal, and so to children that are
/// just being started: none may stay stopped before its start, as its starter would with it.
#[test]
fn a_stop_while_tasks_are_started_hangs_nothing() {
    let mut child = partask(["run", "-w4", "true", ":::", "1..=3000"])
        .process_group(0)
        .stdin(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let send = |name: &str| {
        let group = format!("-{}", child.id());
        let sent = Command::new("kill")
            .args([name, "--", &group])
            .stderr(Stdio::null())
            .status();
        assert!(sent.is_ok());
    };
    await_until("it has begun", || {
        fs::read_to_string(format!("/proc/{}/task/{}/children", child.id(), child.id()))
            .is_ok_and(|children| !children.is_empty())
    });
    for _ in 0..20 {
        send("-TSTP");
        await_until("it is stopped or done", || {
            matches!(state(child.id()), Some('T' | 'Z') | None)
        });
        send("-CONT");
        std::thread::sleep(Duration::from_millis(5));
    }
    let ended = wait_within(&mut child, 4 * PATIENCE);
    assert_eq!(ended.expect("it ends").code(), Some(0));
}

#[test]
fn a_task_that_somebody_stops_may_go_on() {
    let folder = folder();
    // A shell that is stopped while it starts another program looks as if it were waiting for a disk.
    let script = "mkfifo go; echo $$ > pids; read line < go; echo {}";
    let words = ["--progress", "always", "--shell", script, ":::", "1"];
    let mut child = command(folder.path(), &words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let file = folder.path().join("pids");
    await_until("it runs", || file.exists() && !pids(&file).is_empty());
    let pid = pids(&file)[0];
    let send = |name: &str| {
        let sent = Command::new("kill")
            .args([name, "--", &format!("-{pid}")])
            .status();
        assert!(sent.expect("kill is everywhere").success());
    };
    send("-STOP");
    await_until("it is stopped", || state(pid) == Some('T'));
    // So it is shown; who does not read on meanwhile waits in vain.
    let mut stderr = child.stderr.take().expect("a pipe");
    let (mut shown, mut piece) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&shown).contains("1 running, 1 stopped") {
        let len = stderr.read(&mut piece).expect("the progress");
        let text = String::from_utf8_lossy(&shown);
        assert!(len > 0 && shown.len() < 1 << 20, "{text}");
        shown.extend_from_slice(&piece[..len]);
    }
    assert!(child.try_wait().unwrap().is_none());
    send("-CONT");
    fs::write(folder.path().join("go"), "").unwrap();
    std::io::copy(&mut stderr, &mut std::io::sink()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), &*output.stdout),
        (Some(0), &b"1\n"[..])
    );
}
