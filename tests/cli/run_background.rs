//! What tasks leave behind, however it has got away from them: it ends with its task, or with the run,
//! or when partask itself is killed.

use crate::harness::{Run, run_shell, signal, wait_within};
use crate::piped::{Live, PATIENCE, await_until, folder};
use crate::run_signals::{code, command, is_alive, pids};
use std::fs;
use std::path::Path;

/// Ways to leave something running: each writes the id of what runs on to `pids`.
const WAYS: [(&str, &str); 5] = [
    (
        "in its group",
        "sleep 1000 >/dev/null 2>&1 & echo $! >> pids",
    ),
    (
        "in a session of its own",
        "setsid sh -c 'echo $$ >> pids; exec sleep 1000' >/dev/null 2>&1 &",
    ),
    (
        "an orphan in a session of its own",
        "(setsid sh -c 'echo $$ >> pids; exec sleep 1000' >/dev/null 2>&1 &)",
    ),
    (
        "with its output open",
        "(setsid sh -c 'echo $$ >> pids; exec sleep 1000' &)",
    ),
    (
        "without its environment",
        "(env -i setsid sh -c 'echo $$ >> pids; exec /bin/sleep 1000' >/dev/null 2>&1 &)",
    ),
];

/// A line of shell that ends once `pids` has a line more.
fn until_noted(script: &str) -> String {
    format!(
        "touch pids; n=$(wc -l < pids); {script}\nuntil [ $(wc -l < pids) -gt $n ]; do sleep 0.01; done"
    )
}

#[track_caller]
fn assert_gone(folder: &Path, expected: usize) {
    let pids = pids(&folder.join("pids"));
    assert_eq!(pids.len(), expected, "{pids:?}");
    for pid in pids {
        await_until("it ends", || !is_alive(pid));
    }
}

fn run_way(options: &[&str], script: &str, folder: &Path) -> Run {
    let script = format!("{script}; : {{}}");
    let words = [options, &["--shell", &script, ":::", "1"]].concat();
    let output = command(folder, &words).output();
    output.expect("the binary starts").into()
}

#[test]
fn what_a_task_leaves_behind_ends_with_it_and_is_counted() {
    for (way, script) in WAYS {
        let folder = folder();
        let run = run_way(
            &[],
            &format!("{}; echo {{}}", until_noted(script)),
            folder.path(),
        );
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(0), "1\n"),
            "{way}: {run:?}"
        );
        let said = "1 background process that a task had started was ended";
        assert!(run.stderr.contains(said), "{way}: {run:?}");
        assert_gone(folder.path(), 1);
    }
}

#[test]
fn so_does_what_one_that_takes_too_long_has_started() {
    // All at once: each lasts as long as a busy machine may need to start it.
    std::thread::scope(|scope| {
        for (way, script) in WAYS {
            scope.spawn(move || {
                let folder = folder();
                let script = format!("{}; exec sleep 1000", until_noted(script));
                let options = ["--timeout", "10s", "--grace", "200ms"];
                let run = run_way(&options, &script, folder.path());
                assert_eq!(run.code, Some(6), "{way}: {run:?}");
                assert!(run.stderr.contains("timed out"), "{way}: {run:?}");
                assert_gone(folder.path(), 1);
            });
        }
    });
}

#[test]
fn what_does_not_listen_is_killed_after_the_grace() {
    let folder = folder();
    let deaf = "(setsid sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 0.02; done' >/dev/null 2>&1 &)";
    let run = run_way(&["--grace", "300ms"], &until_noted(deaf), folder.path());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_gone(folder.path(), 1);
}

#[test]
fn the_background_of_one_task_is_not_that_of_another() {
    let folder = folder();
    let script = format!(
        "if [ {{}} = 1 ]; then {}; until [ -e other ]; do sleep 0.01; done; tail -n 1 pids | xargs kill -0 && echo lives; else touch other; fi",
        until_noted(WAYS[2].1)
    );
    let words = ["-w2", "--shell", &script, ":::", "1", "2"];
    let run: Run = command(folder.path(), &words).output().unwrap().into();
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "lives\n"),
        "{run:?}"
    );
    assert_gone(folder.path(), 1);
}

#[test]
fn daemons_are_kept_when_that_is_asked_for() {
    for (way, script) in WAYS
        .into_iter()
        .filter(|(way, _)| *way != "with its output open")
    {
        let folder = folder();
        let run = run_way(&["--keep-background"], &until_noted(script), folder.path());
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (Some(0), ""),
            "{way}: {run:?}"
        );
        for pid in pids(&folder.path().join("pids")) {
            assert!(is_alive(pid), "{way}");
            run_shell(&format!("kill {pid}"), Path::new("/")).succeeded();
        }
    }
}

#[test]
fn however_a_run_ends_it_leaves_nothing() {
    for (way, script) in WAYS {
        for (signals, exit) in [
            (&["INT"][..], 130),
            (&["TERM"], 143),
            (&["INT", "INT"], 130),
        ] {
            let folder = folder();
            let script = format!(
                "{}; echo ready; : {{}}; exec sleep 1000",
                until_noted(script)
            );
            let words = ["--order", "line", "--shell", &script, ":::", "1"];
            let mut live = Live::of(command(folder.path(), &words));
            assert_eq!(live.line(), "ready");
            signals.iter().for_each(|name| signal(&live.child, name));
            assert_eq!(code(&mut live), Some(exit), "{way}");
            assert_gone(folder.path(), 1);
        }
    }
    let folder = folder();
    let line = format!(
        "partask run --order line --shell '{}; yes {{}}' ::: 1 | head -n 1",
        until_noted(WAYS[2].1).replace('\'', r"'\''")
    );
    assert_eq!(run_shell(&line, folder.path()).stdout, "1\n");
    assert_gone(folder.path(), 1);
}

/// What partask was running hears SIGTERM though nobody is left to send it.
#[test]
fn a_killed_partask_has_its_tasks_told_to_end() {
    let folder = folder();
    let task = "exec 2>/dev/null; trap 'echo {} >> told; exit' TERM; echo $$ >> pids; touch up{}; while :; do sleep 0.02; done";
    let stray = "if [ {} = 3 ]; then (setsid sh -c 'echo $$ >> pids; exec sleep 1000' &); fi; ";
    let script = format!("{stray}{task}");
    let words = ["-w3", "--shell", &script, ":::", "1", "2", "3"];
    let mut live = Live::of(command(folder.path(), &words));
    await_until("all are up", || {
        let up = ["up1", "up2", "up3"].iter();
        up.filter(|name| folder.path().join(name).exists()).count() == 3
            && pids(&folder.path().join("pids")).len() == 4
    });
    signal(&live.child, "KILL");
    let ended = wait_within(&mut live.child, PATIENCE);
    assert_eq!(ended.expect("it was killed").code(), None);
    assert_gone(folder.path(), 4);
    let told = fs::read_to_string(folder.path().join("told")).expect("they were told");
    let mut told: Vec<&str> = told.lines().collect();
    told.sort_unstable();
    assert_eq!(told, ["1", "2", "3"]);
}

/// A run within a run ends its own tasks, also when it is killed.
#[test]
fn a_run_within_a_run_leaves_nothing_either() {
    let folder = folder();
    fs::write(
        folder.path().join("inner"),
        "echo $$ >> pids; exec sleep 1000",
    )
    .unwrap();
    let outer = "partask run -w2 sh inner ::: 1 2 & \
        until [ -e pids ] && [ $(wc -l < pids) = 2 ]; do sleep 0.02; done; kill -9 $!";
    fs::write(folder.path().join("outer"), outer).unwrap();
    let run = run_shell("partask run sh outer ::: 1", folder.path());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_gone(folder.path(), 2);
}
