//! Processes that are told to end, and what they leave behind.

use super::*;

#[test]
fn so_have_those_it_started_when_it_is_gone_itself() {
    let cleaning =
        "trap 'sleep 0.5; echo bye; exit' TERM; echo ready; while :; do sleep 0.05; done";
    for closing in ["", "exec >/dev/null; "] {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().display();
        let script = cleaning.replace(
            "sleep 0.5",
            &format!("{closing}sleep 0.5; echo done >{path}"),
        );
        let ran = stopped(&format!("({script}) & wait"), LONG, 1);
        assert!(ran.exit.status == signal(15) && !ran.exit.killed && !ran.exit.leaked);
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "done\n");
        assert_soon("all are gone", || group_at_work(ran.pid).is_empty());
    }
}

#[test]
fn those_it_started_are_killed_after_the_grace_when_it_is_gone_itself() {
    let deaf = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
    let ran = stopped(&format!("({deaf}) & wait"), Duration::from_millis(300), 1);
    assert!(ran.exit.status == signal(15) && ran.exit.killed && !ran.exit.leaked);
    assert_soon("it is killed", || group_at_work(ran.pid).is_empty());
}

#[test]
fn an_interrupt_is_passed_on_as_one() {
    if crate::machine::is_signal_ignored(2) {
        skip("SIGINT is ignored here, and no shell can change that");
        return;
    }
    let script = "trap 'echo bye; exit 4' INT; echo ready; while :; do sleep 0.05; done";
    let (stop, limits) = (
        Stop::new(),
        Limits {
            grace: LONG,
            ..Limits::default()
        },
    );
    let ran = watch(start(script), &limits, &stop, |said| {
        if said == "ready\n" {
            stop.flag().store(Stop::INTERRUPTED, Ordering::Relaxed);
            stop.ring();
        }
    });
    assert_eq!(ran.exit.status, Status::Code(4));
}

#[test]
fn a_silent_process_is_woken_for_by_the_bell() {
    let stop = Stop::new();
    let ran = thread::scope(|scope| {
        let waiting = scope.spawn(|| watch(start("sleep 100"), &Limits::default(), &stop, |_| ()));
        thread::sleep(Duration::from_millis(100));
        stop.abandon();
        waiting.join().unwrap()
    });
    assert!(ran.exit.status == signal(15) && ran.exit.ended_by == EndedBy::Stop);
    let late = watch(start("sleep 100"), &Limits::default(), &stop, |_| ());
    assert!(late.exit.status == signal(15), "started after the stop");
}

#[test]
fn a_time_limit_of_the_run_ends_it() {
    let stop = Stop::new().with_time_limit(Duration::from_millis(200));
    let ran = watch(start("sleep 100"), &Limits::default(), &stop, |_| ());
    assert!(ran.exit.status == signal(15) && ran.exit.ended_by == EndedBy::Stop);
}

#[test]
fn what_a_thread_starts_gives_way_as_the_thread_does() {
    let nice = || run("nice").out.trim().parse::<i32>().unwrap();
    let before = nice();
    let after = thread::spawn(move || {
        crate::machine::priority::lower_priority(5).unwrap();
        nice()
    });
    assert_eq!(after.join().unwrap(), (before + 5).min(19));
    assert_eq!(nice(), before);
}

#[test]
fn one_left_behind_in_the_group_is_told_and_killed() {
    let ran = run("sleep 100 & echo $!");
    assert!(ran.exit.is_success() && ran.exit.leaked && !ran.exit.killed);
    let left: u32 = ran.out.trim().parse().unwrap();
    assert_soon("it is killed", || !is_at_work(left));
}

#[test]
fn one_left_behind_that_writes_without_end_is_no_hang() {
    let folder = tempfile::tempdir().unwrap();
    let gate = folder.path().join("gate");
    let script = format!("yes & until [ -e {} ]; do sleep 0.01; done", gate.display());
    let ran = watch(start(&script), &Limits::default(), &Stop::new(), |said| {
        if said.starts_with("y\ny\n") && !gate.exists() {
            fs::write(&gate, "").unwrap();
        }
    });
    assert!(ran.exit.is_success() && ran.exit.leaked && ran.out.starts_with("y\ny\n"));
    assert_soon("it is killed", || group_at_work(ran.pid).is_empty());
}

#[test]
fn one_left_behind_with_streams_of_its_own_is_killed_without_a_word() {
    let ran = run("sleep 100 >/dev/null 2>&1 & echo $!");
    assert!(ran.exit.is_success() && !ran.exit.leaked);
    let left: u32 = ran.out.trim().parse().unwrap();
    assert_soon("it is killed", || !is_at_work(left));
}

#[test]
fn one_that_has_left_the_group_is_told_and_no_hang() {
    if !Path::new("/usr/bin/setsid").exists() {
        skip("there is no setsid here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let fifo = fifo.display();
    let ran = run(&format!(
        "mkfifo {fifo}; setsid sh -c 'echo $$; echo >{fifo}; exec sleep 100' & read x <{fifo}"
    ));
    let left: i32 = ran.out.trim().parse().unwrap();
    assert!(ran.exit.is_success() && ran.exit.leaked);
    assert!(is_at_work(left.unsigned_abs()), "it was never in the group");
    let left = rustix::process::Pid::from_raw(left).unwrap();
    rustix::process::kill_process(left, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn a_process_that_nobody_watches_is_killed() {
    let running = start("sleep 100 & sleep 100");
    let pid = running.pid();
    drop(running);
    assert!(!is_child(pid));
    assert_soon("it is killed", || group_at_work(pid).is_empty());

    let running = start("echo; sleep 100");
    let pid = running.pid();
    let panicked = std::panic::catch_unwind(|| {
        watch(running, &Limits::default(), &Stop::new(), |_| {
            panic!("on purpose")
        })
    });
    assert!(panicked.is_err() && !is_child(pid));
}

#[test]
fn a_system_that_does_not_tell_of_ends_is_asked() {
    let blind = |script| {
        let mut running = start(script);
        running.leader.forget_exit_file();
        running
    };
    for (script, status, leaked) in [
        ("exit 7", Status::Code(7), false),
        ("exec >&- 2>&-; sleep 0.2; exit 3", Status::Code(3), false),
        ("kill -9 $$", signal(9), false),
        ("sleep 100 & exit 1", Status::Code(1), true),
    ] {
        let ran = watch(blind(script), &Limits::default(), &Stop::new(), |_| ());
        assert_eq!(
            (ran.exit.status, ran.exit.leaked),
            (status, leaked),
            "{script}"
        );
    }
    let limits = Limits {
        timeout: Some(Duration::from_millis(100)),
        grace: LONG,
        ..Limits::default()
    };
    let ran = watch(blind("sleep 100"), &limits, &Stop::new(), |_| ());
    assert_eq!(ran.exit.status, signal(15));
}

#[test]
fn many_short_ones_in_two_threads_leave_no_zombie() {
    let many = || {
        let (argv, stop) = ([OsString::from("true")], Stop::new());
        let (limits, mut buffer) = (Limits::default(), ReadBuffer::new());
        let pids = (0..1000).map(|_| {
            let running = spawn(&argv);
            let pid = running.pid();
            let exit = running.supervise(&limits, &stop, &mut buffer, &mut |_, _| ());
            assert!(exit.unwrap().is_success());
            pid
        });
        pids.collect::<Vec<u32>>()
    };
    let pids = thread::scope(|scope| {
        let threads = [scope.spawn(many), scope.spawn(many)];
        threads.map(|thread| thread.join().unwrap())
    });
    let zombies = pids.concat().into_iter().filter(|pid| {
        stat(*pid).is_some_and(|(state, parent, _)| state == "Z" && parent == std::process::id())
    });
    // An id may have been given to another test's process by now, which will be waited for.
    for pid in zombies {
        assert_soon("it is no zombie", || {
            stat(pid).is_none_or(|(state, ..)| state != "Z")
        });
    }
}
