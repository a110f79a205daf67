//! How a process is watched to its end, with awkward ones.

mod ending;

use super::*;
use crate::process::{Command, Environment};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;

const LONG: Duration = Duration::from_secs(3600);

struct Ran {
    pid: u32,
    exit: Exit,
    out: String,
    err: String,
}

fn spawn(argv: &[OsString]) -> Running {
    let argv = argv.iter().collect();
    let environment = Environment::inherited().unwrap();
    Command::new(&argv, &environment).spawn().unwrap()
}

fn start(script: &str) -> Running {
    let argv = ["sh", "-c", script].map(OsString::from);
    spawn(&argv)
}

/// Watches a process, and lets the run be stopped by `on_output` when it says something.
fn watch(running: Running, limits: &Limits, stop: &Stop, on_output: impl Fn(&str)) -> Ran {
    let (mut said, pid) = ([Vec::new(), Vec::new()], running.pid());
    let exit = running.supervise(
        limits,
        stop,
        &mut ReadBuffer::new(),
        &mut |stream, bytes| {
            assert!(!bytes.is_empty());
            said[stream.index()].extend_from_slice(bytes);
            on_output(&String::from_utf8_lossy(&said[stream.index()]));
        },
    );
    let exit = exit.expect("a process to be watched to its end");
    assert!(!is_child(pid), "{pid} is left as a zombie");
    let lens = said.each_ref().map(|bytes| bytes.len() as u64);
    assert_eq!(exit.output_bytes, lens);
    let [out, err] = said.map(|bytes| String::from_utf8(bytes).expect("text"));
    Ran {
        pid,
        exit,
        out,
        err,
    }
}

fn run(script: &str) -> Ran {
    watch(start(script), &Limits::default(), &Stop::new(), |_| ())
}

fn timed_out(script: &str, timeout_ms: u64, grace: Duration) -> Ran {
    let timeout = Some(Duration::from_millis(timeout_ms));
    let ran = watch(
        start(script),
        &Limits {
            timeout,
            grace,
            ..Limits::default()
        },
        &Stop::new(),
        |_| (),
    );
    assert_eq!(ran.exit.ended_by, EndedBy::Timeout, "{:?}", ran.exit);
    ran
}

/// Stops the run by a signal once the script has said `ready`.
fn stopped(script: &str, grace: Duration, rings: usize) -> Ran {
    let (stop, limits) = (
        Stop::new(),
        Limits {
            grace,
            ..Limits::default()
        },
    );
    let ran = watch(start(script), &limits, &stop, |said| {
        if said == "ready\n" {
            stop.flag().store(Stop::TERMINATED, Ordering::Relaxed);
            (0..rings).for_each(|_| stop.ring());
        }
    });
    assert_eq!(ran.exit.ended_by, EndedBy::Stop, "{:?}", ran.exit);
    ran
}

#[allow(clippy::print_stderr)]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

fn signal(number: i32) -> Status {
    Status::Signal {
        number,
        core_dumped: false,
    }
}

/// State, parent and group of a process that has not been reaped.
fn stat(pid: u32) -> Option<(String, u32, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let (state, parent, group) = (fields.next()?, fields.next()?, fields.next()?);
    Some((state.to_owned(), parent.parse().ok()?, group.parse().ok()?))
}

fn is_child(pid: u32) -> bool {
    stat(pid).is_some_and(|(_, parent, _)| parent == std::process::id())
}

fn is_at_work(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, ..)| state != "Z" && state != "X")
}

/// Processes end soon after they were sent SIGKILL, not at once.
#[track_caller]
fn assert_soon(what: &str, is_so: impl Fn() -> bool) {
    let given_up = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < given_up, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn group_at_work(group: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let of_group = |pid: &u32| is_at_work(*pid) && stat(*pid).is_some_and(|(.., g)| g == group);
    pids.filter(of_group).collect()
}

#[test]
fn every_exit_code_is_told() {
    for code in 0..=255 {
        let ran = run(&format!("exit {code}"));
        assert_eq!(ran.exit.status, Status::Code(code));
        assert_eq!(ran.exit.is_success(), code == 0);
        assert_eq!(ran.exit.ended_by, EndedBy::Itself);
        assert!(!ran.exit.killed && !ran.exit.leaked && ran.exit.ended >= ran.exit.started);
    }
}

#[test]
fn a_signal_from_elsewhere_is_no_end_of_ours() {
    for number in [9, 15] {
        let ran = run(&format!("kill -{number} $$; sleep 100"));
        assert_eq!(ran.exit.status, signal(number));
        assert!(ran.exit.ended_by == EndedBy::Itself && !ran.exit.killed);
    }
}

#[test]
fn both_streams_come_as_they_are_written_and_standard_input_is_empty() {
    let ran = run("cat; printf 'half'; printf 'other half' >&2");
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("half", "other half"));
    assert!(ran.exit.is_success());
}

#[test]
fn arguments_and_variables_reach_the_program_as_they_are() {
    let script = "printf '%s|' \"$@\"; printf '%s' \"$PARTASK_SEQ\"";
    let odd = ["a b", "$(id)", "'\"\\", "line\nline", "", "*"];
    let argv = ["sh", "-c", script, "sh"].into_iter().chain(odd);
    let argv = argv.map(OsString::from).collect();
    let mut environment = Environment::inherited().unwrap();
    environment.set("PARTASK_SEQ", "7").unwrap();
    let ran = watch(
        Command::new(&argv, &environment).spawn().unwrap(),
        &Limits::default(),
        &Stop::new(),
        |_| (),
    );
    assert_eq!(ran.out, format!("{}|7", odd.join("|")));
}

#[test]
fn much_output_comes_in_small_pieces() {
    let argv = ["head", "-c", "50000000", "/dev/zero"].map(OsString::from);
    let (mut pieces, mut longest) = (0u64, 0);
    let exit = spawn(&argv).supervise(
        &Limits::default(),
        &Stop::new(),
        &mut ReadBuffer::new(),
        &mut |stream, bytes| {
            assert_eq!(stream, Stream::Stdout);
            pieces += 1;
            longest = longest.max(bytes.len());
        },
    );
    assert_eq!(exit.unwrap().output_bytes, [50_000_000, 0]);
    assert!(longest <= ReadBuffer::LEN && pieces > 500);
}

#[test]
fn one_that_closes_its_streams_is_waited_for_without_work() {
    let used = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let before = used();
    let ran = run("exec >&- 2>&-; sleep 0.5; exit 3");
    let used = used() - before;
    assert_eq!(ran.exit.status, Status::Code(3));
    assert!(
        used.tv_sec == 0 && used.tv_nsec < 100_000_000,
        "{used:?} of CPU time"
    );
}

#[test]
fn its_use_of_cpu_and_memory_is_told() {
    let ran = run("i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done");
    assert!(ran.exit.usage.user > Duration::ZERO);
    assert!(ran.exit.usage.user + ran.exit.usage.system <= ran.exit.elapsed() * 2);
    let (mib, peak) = (1 << 20, ran.exit.usage.peak_memory_bytes);
    assert!(peak > mib / 4 && peak < 1024 * mib, "{peak}");
}

#[test]
fn a_timeout_ends_the_whole_tree() {
    let ran = timed_out(
        "sleep 100 & sleep 100 & (sleep 100; true) & wait",
        300,
        LONG,
    );
    assert_eq!(ran.exit.status, signal(15));
    assert!(!ran.exit.killed && !ran.exit.leaked, "{:?}", ran.exit);
    assert_soon("all are gone", || group_at_work(ran.pid).is_empty());
}

#[test]
fn one_that_has_stopped_itself_hears_of_its_timeout() {
    let ran = timed_out("kill -STOP $$; sleep 100", 300, LONG);
    assert!(ran.exit.status == signal(15) && !ran.exit.killed);
}

#[test]
fn one_that_does_not_listen_is_killed_after_the_grace() {
    let deaf = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
    let grace = Duration::from_millis(300);
    let ran = stopped(deaf, grace, 1);
    assert!(
        ran.exit.status == signal(9) && ran.exit.killed,
        "{:?}",
        ran.exit
    );
    assert!(ran.exit.elapsed() >= grace && !ran.exit.leaked);
    assert_soon("it is killed", || group_at_work(ran.pid).is_empty());
}

#[test]
fn a_second_request_kills_at_once() {
    let deaf = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
    let ran = stopped(deaf, LONG, 2);
    assert!(
        ran.exit.status == signal(9) && ran.exit.killed,
        "{:?}",
        ran.exit
    );
}

#[test]
fn one_that_cleans_up_has_the_time_to() {
    let script = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    let ran = stopped(script, LONG, 1);
    assert_eq!(
        (ran.exit.status, ran.out.as_str()),
        (Status::Code(3), "ready\nbye\n")
    );
    assert!(!ran.exit.killed);
}
