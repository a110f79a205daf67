//! Back-pressure: a reader that is slow, stops or goes away costs no memory, and ends nothing late.

use crate::harness::{partask, run_shell, signal, wait_within};
use crate::piped::{Live, PATIENCE, await_idle, status_of};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const MEMORY_MAX_KIB: u64 = 64 << 10;

/// Runs whose results nobody can wait for.
const LONG: [&str; 4] = [
    "squares 1..1000000000 --values --workers 8",
    "squares 1..1000000000 --values --workers 2 --chunk-size 1e9",
    "cubes 9e18..9.1e18 --values --workers 8",
    "squares 1..1000000000 --values --workers 8 --chunk-size 1 --verify",
];

/// The peak of the resident memory so far, in KiB.
#[track_caller]
fn peak(child: &Child) -> u64 {
    let peak = status_of(child, "VmHWM").expect("a running process");
    peak.trim_end_matches("kB")
        .trim()
        .parse()
        .expect("a number")
}

/// The peak once it has stopped growing, in KiB.
#[track_caller]
fn settled_peak(child: &Child) -> u64 {
    let deadline = Instant::now() + PATIENCE;
    let (mut last, mut same) = (peak(child), 0);
    while same < 8 {
        assert!(
            Instant::now() < deadline && last <= MEMORY_MAX_KIB,
            "{last} KiB"
        );
        sleep(Duration::from_millis(100));
        let next = peak(child);
        same = if next == last { same + 1 } else { 0 };
        last = next;
    }
    last
}

fn first_line(child: &mut Child) -> BufReader<std::process::ChildStdout> {
    let mut stdout = BufReader::with_capacity(1, child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    assert!(line.ends_with('\n'), "{line}");
    stdout
}

#[test]
fn a_reader_that_reads_nothing_costs_no_memory() {
    for line in LONG {
        let live = Live::start(line);
        let peak = settled_peak(&live.child);
        assert!(peak <= MEMORY_MAX_KIB, "{line}: {peak} KiB");
    }
}

#[test]
fn a_reader_that_reads_one_line_costs_no_memory() {
    for line in &LONG[..3] {
        let mut live = Live::start(line);
        let stdout = first_line(&mut live.child);
        let peak = settled_peak(&live.child);
        assert!(peak <= MEMORY_MAX_KIB, "{line}: {peak} KiB");
        drop(stdout);
        let ended = wait_within(&mut live.child, PATIENCE);
        assert_eq!(
            ended.expect("it ends with its reader").code(),
            Some(0),
            "{line}"
        );
        assert_eq!(live.stderr(), "", "{line}");
    }
}

#[test]
fn a_fast_reader_and_a_long_stream_cost_no_memory() {
    let script = "yes 123456789 | partask squares - --values --workers 8 --time-limit 5s 2>err \
        | tail -c 18";
    let folder = crate::piped::folder();
    let run = run_shell(script, folder.path());
    assert_eq!(run.stdout, "15241578750190521\n", "{run:?}");

    let mut source = std::process::Command::new("yes")
        .arg("123456789")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut command = partask("cubes - --values --workers 8".split_whitespace());
    command
        .stdin(source.stdout.take().unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    let read = std::io::copy(&mut (&mut stdout).take(50 << 20), &mut std::io::sink()).unwrap();
    let (peak, running) = (peak(&child), child.try_wait().unwrap().is_none());
    drop(stdout);
    let ended = wait_within(&mut child, PATIENCE);
    source
        .kill()
        .and_then(|()| source.wait())
        .expect("the source ends");
    assert_eq!(ended.expect("it ends with its reader").code(), Some(0));
    assert_eq!((read, running), (50 << 20, true));
    assert!(peak <= MEMORY_MAX_KIB, "{peak} KiB");
}

#[test]
fn the_first_lines_are_there_at_once_and_the_run_ends() {
    for workers in [1, 2, 8, 64] {
        let line = format!("squares 1..1000000000 --values --workers {workers}");
        let mut live = Live::start(&line);
        assert_eq!([live.line(), live.line(), live.line()], ["1", "4", "9"]);
    }
    let script =
        "timeout 100 sh -c '{ partask squares 1..1000000000 --values; echo $? >&2; } | head -3'";
    let run = run_shell(script, Path::new("/"));
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("1\n4\n9\n", "0\n"),
        "{run:?}"
    );
}

/// What waits for a reader who takes nothing is not counted.
#[test]
fn a_limit_that_ends_a_stuck_pipe_tells_how_many_lines_are_in_it() {
    for options in ["-w 1", "-w 2", "-w 2 --chunk-size 7"] {
        let mut live = Live::start(&format!(
            "squares 1..1e9 --values --time-limit 1s {options}"
        ));
        let ended = wait_within(&mut live.child, PATIENCE).expect("it ends at its limit");
        assert_eq!(ended.code(), Some(5), "{options}");
        let mut text = String::new();
        let mut stdout = live.child.stdout.take().expect("a pipe");
        stdout.read_to_string(&mut text).expect("UTF-8");
        let told = live.stderr().replace(',', "");
        let lines = text.lines().count();
        assert!(text.ends_with('\n'), "{options}: a torn end");
        assert!(
            told.contains(&format!("time limit reached after {lines} numbers")),
            "{options}: {lines} lines, {told}"
        );
    }
}

#[test]
fn an_interrupted_stream_ends_with_a_whole_line() {
    for (line, power) in [
        ("squares 1..1e9 --values -w 1", 2),
        ("cubes 1..1e9 --values -w 8", 3),
        ("squares 1..1e9 --values -w 2 --chunk-size 7", 2),
    ] {
        for (name, code) in [("INT", 130), ("TERM", 143)] {
            let mut live = Live::start(line);
            let mut stdout = live.child.stdout.take().expect("a pipe");
            let mut text = vec![0; 2 << 20];
            stdout.read_exact(&mut text).expect("two megabytes");
            signal(&live.child, name);
            stdout.read_to_end(&mut text).expect("the rest");
            let ended = wait_within(&mut live.child, PATIENCE).expect("it ends");
            assert_eq!(ended.code(), Some(code), "{line}");
            let text = String::from_utf8(text).expect("UTF-8");
            assert!(text.ends_with('\n'), "{line}: a torn end");
            let wrong = text
                .lines()
                .zip(1u128..)
                .find(|(line, x)| **line != x.pow(power).to_string());
            assert_eq!(wrong, None, "{line}");
        }
    }
}

#[test]
fn a_reader_that_reads_nothing_delays_no_signal() {
    for line in LONG {
        for (name, code) in [("INT", 130), ("TERM", 143)] {
            let mut live = Live::start(line);
            await_idle(&live.child);
            signal(&live.child, name);
            let ended = wait_within(&mut live.child, PATIENCE);
            let ended = ended.unwrap_or_else(|error| panic!("{line}, SIG{name}: {error}"));
            assert_eq!(ended.code(), Some(code), "{line}");
            let mut left = String::new();
            live.child
                .stdout
                .take()
                .unwrap()
                .read_to_string(&mut left)
                .expect("UTF-8");
            let whole = left.is_empty() || left.ends_with('\n');
            assert!(whole, "{line}: a torn end");
            let told = live.stderr();
            assert!(
                told.lines().count() == 1 && told.contains(" after "),
                "{told}"
            );
        }
    }
}

#[test]
fn a_reader_that_reads_nothing_delays_no_time_limit() {
    let mut live = Live::start("squares 1..1e9 --values -w 8 --time-limit 5s -q");
    let ended = wait_within(&mut live.child, PATIENCE);
    assert_eq!(ended.expect("it ends at its limit").code(), Some(5));
    let mut left = String::new();
    live.child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut left)
        .expect("UTF-8");
    assert!(left.starts_with("1\n4\n9\n") && left.ends_with('\n'));
}

#[test]
fn a_full_disk_ends_the_stream_with_the_reason() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    for line in LONG {
        let mut child = partask(line.split_whitespace())
            .stdout(full.try_clone().unwrap())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let ended = wait_within(&mut child, PATIENCE).expect("it ends at once");
        let told = std::io::read_to_string(child.stderr.take().unwrap()).expect("UTF-8");
        let expected =
            "error: cannot write to standard output: No space left on device (os error 28)\n";
        assert_eq!((ended.code(), told.as_str()), (Some(1), expected), "{line}");
    }
}
