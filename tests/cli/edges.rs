//! Faults at the edges: idle inputs, lost connections, limits of the system, odd names and links.

use crate::harness::{Run, partask, run_line, run_shell, wait_within};
use crate::piped::{
    Live, PATIENCE, await_until, command_in, complaint, feed, folder, names, run_in, status_of,
};
use serde_json::Value;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A wrong word is told when it is read, not when the producer ends.
#[test]
fn bad_input_is_told_while_the_producer_idles() {
    for workers in [1, 2, 8] {
        for option in ["--values", "-q", "--output x.npy"] {
            let folder = folder();
            let line = format!("squares - --workers {workers} {option}");
            let mut live = Live::of(command_in(folder.path(), &line));
            let mut stdin = live.stdin.take().expect("a pipe");
            stdin.write_all(b"3\nx\n").unwrap();
            let ended = wait_within(&mut live.child, PATIENCE);
            let ended = ended.unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(ended.code(), Some(2), "{line}");
            assert!(
                live.stderr().starts_with("error: standard input:2:1: 'x'"),
                "{line}"
            );
        }
    }
}

/// A reader that goes away ends the run at the next write, not when the producer says more.
///
/// A process that another test starts has the pipe's other end, too, between its fork and its exec,
/// and a write in that moment finds a reader; so that is waited for first.
#[test]
fn a_reader_that_went_away_ends_the_run_while_the_producer_idles() {
    let mut live = Live::start("squares - --values --workers 2");
    let mut stdin = live.stdin.take().expect("a pipe");
    drop(live.child.stdout.take());
    let pid = live.child.id();
    let pipe = fs::read_link(format!("/proc/{pid}/fd/1")).expect("a pipe");
    await_until("nobody else has the pipe", || holders(&pipe) == [pid]);
    stdin.write_all(b"3\n").unwrap();
    let ended = wait_within(&mut live.child, PATIENCE);
    assert_eq!(ended.expect("it ends with its reader").code(), Some(0));
    assert_eq!(live.stderr(), "");
}

/// The processes that have a file open which `/proc` knows by this name.
fn holders(file: &Path) -> Vec<u32> {
    let has_it = |pid: &u32| {
        let files = fs::read_dir(format!("/proc/{pid}/fd"));
        let files = files.into_iter().flatten().flatten();
        let mut files = files.filter_map(|entry| fs::read_link(entry.path()).ok());
        files.any(|open| open == file)
    };
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(has_it).collect()
}

#[test]
fn a_full_disk_ends_the_run_while_the_producer_idles() {
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let mut command = partask("squares - --values --workers 2".split_whitespace());
    command
        .stdin(Stdio::piped())
        .stdout(full)
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"3\n").unwrap();
    let ended = wait_within(&mut child, PATIENCE);
    assert_eq!(ended.expect("it ends with the disk").code(), Some(1));
}

/// Input that breaks off is a failure, never a smaller result.
#[test]
fn a_connection_that_is_reset_is_no_end_of_input() {
    for option in ["--values", "-q"] {
        let (ours, mut theirs) = UnixStream::pair().expect("two sockets");
        (&ours).write_all(b"unread").unwrap();
        theirs.write_all(b"3\n4\n").unwrap();
        drop(theirs);
        let mut command = partask(["squares", "-", option]);
        let output = command
            .stdin(OwnedFd::from(ours))
            .output()
            .expect("the binary starts");
        let run = Run::from(output);
        assert!(
            complaint(&run, 1).starts_with("cannot read standard input"),
            "{run:?}"
        );
    }
}

/// `-` may come first, as any item may.
#[test]
fn standard_input_may_be_the_first_item() {
    for line in [
        "squares -,1..4 -q",
        "squares -q -,1..4",
        "squares --workers 2 -,1..=3 -q",
    ] {
        assert_eq!(feed(line, "5\n").succeeded(), "39\n", "{line}");
    }
}

/// Ctrl-C twice, a terminal that is closed, a limit on the size of files.
#[test]
fn no_way_to_end_a_run_leaves_a_stray_file() {
    let mut strays = Vec::new();
    for signals in [&["INT", "INT", "INT"][..], &["TERM", "TERM"], &["HUP"]] {
        for _ in 0..4 {
            let folder = folder();
            let mut live = Live::of(command_in(folder.path(), "squares 1..3e9 -w 8 -o x.npy"));
            await_until("a file is in the making", || {
                !names(folder.path()).is_empty()
            });
            std::thread::sleep(Duration::from_millis(50));
            let pid = live.child.id();
            let all: Vec<String> = signals
                .iter()
                .map(|name| format!("kill -{name} {pid}"))
                .collect();
            let _ = Command::new("sh")
                .args(["-c", &all.join(";")])
                .stderr(Stdio::null())
                .status();
            wait_within(&mut live.child, PATIENCE).expect("it ends");
            if !names(folder.path()).is_empty() {
                strays.push(signals.join(" "));
            }
        }
    }
    strays.dedup();
    assert_eq!(strays, Vec::<String>::new());
}

#[test]
fn a_limit_on_the_size_of_files_is_a_failure_with_its_reason() {
    for target in ["x.txt", "x.npy"] {
        let folder = folder();
        let line = format!("ulimit -f 1000; partask squares 1..1e7 -o {target}");
        let run = run_shell(&line, folder.path());
        assert_eq!(names(folder.path()), Vec::<String>::new(), "no stray");
        assert!(complaint(&run, 1).starts_with(&format!("cannot write {target}: File too large")));
    }
}

/// Also in the middle of a chunk, which for a slow function may take many times as long.
#[test]
fn a_time_limit_is_kept_whatever_a_chunk_takes() {
    let folder = folder();
    for option in ["-o x.npy", "--values -q"] {
        let slow = "divisors(n) 9e18..=9000000000001000000";
        let line = format!("eval {slow} -w 1 --chunk-size 32768 --time-limit 100ms {option}");
        let run = run_in(folder.path(), &line);
        assert_eq!(run.code, Some(5), "{run:?}");
        let (_, told) = run.stderr.split_once("reached after ").expect("how far");
        let done: String = told.chars().take_while(|c| *c != ' ').collect();
        let done: u64 = done.replace(',', "").parse().expect("a count");
        assert!(done < 32_768, "{option}: a whole chunk, {done} numbers");
        assert_eq!(names(folder.path()), Vec::<String>::new(), "{option}");
    }
}

/// Whatever the umask of whoever runs it.
#[test]
fn a_replaced_file_keeps_its_permissions() {
    for mode in [0o666, 0o664, 0o600, 0o640] {
        let folder = folder();
        let file = folder.path().join("x.txt");
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let run = run_shell("umask 077; partask squares 1..4 -q -o x.txt", folder.path());
        assert_eq!(run.code, Some(0));
        let kept = fs::metadata(&file).unwrap().permissions().mode() & 0o7777;
        assert_eq!(format!("{kept:o}"), format!("{mode:o}"));
    }
}

#[test]
fn a_link_to_a_file_to_be_is_followed() {
    let folder = folder();
    symlink("later.txt", folder.path().join("link.txt")).unwrap();
    assert_eq!(
        run_in(folder.path(), "squares 1..4 -q -o link.txt").code,
        Some(0)
    );
    assert_eq!(names(folder.path()), ["later.txt", "link.txt"]);
    assert!(
        fs::symlink_metadata(folder.path().join("link.txt"))
            .unwrap()
            .is_symlink()
    );
}

#[test]
fn a_target_that_fails_is_named_without_what_lies_behind_it() {
    let run = run_line("squares 1..4 --output /none/x.txt");
    let told = complaint(&run, 1);
    assert_eq!(
        told,
        "cannot write /none/x.txt: No such file or directory (os error 2)"
    );
}

/// What a report says was done is what was written.
#[test]
fn a_run_cut_short_counts_what_it_has_written() {
    let mut live = Live::start("squares 1..1e9 --values --time-limit 300ms --format json");
    let ended = wait_within(&mut live.child, PATIENCE).expect("it ends at its limit");
    assert_eq!(ended.code(), Some(5));
    let mut written = String::new();
    live.child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut written)
        .unwrap();
    let told = live.stderr();
    let report = told.rsplit_once("partask: ").expect("a last word").0;
    let report: Value = serde_json::from_str(report).expect("one JSON document");
    let lines = written.lines().count();
    assert_eq!(report["numbers_done"], lines, "{lines} lines were written");
}

/// Text whose results are twelve times as long as itself.
#[test]
fn long_results_of_short_numbers_cost_no_memory() {
    if cfg!(debug_assertions) {
        eprintln!("skipped: the limit is that of the release binary, this one is larger by itself");
        return;
    }
    let folder = folder();
    fs::write(folder.path().join("n"), "9e18\n".repeat(4 << 20)).unwrap();
    let peaks = [8, 64].map(|workers| {
        let line = format!("cubes @n --values --workers {workers}");
        let live = Live::of(command_in(folder.path(), &line));
        let (mut peak, mut same) = (0, 0);
        await_until("memory has settled", || {
            std::thread::sleep(Duration::from_millis(100));
            let status = status_of(&live.child, "VmHWM").expect("a running process");
            let next: u64 = status.trim_end_matches(" kB").parse().expect("a number");
            same = if next == peak { same + 1 } else { 0 };
            peak = next;
            same > 9
        });
        (workers, peak)
    });
    let most = peaks.iter().map(|(_, peak)| *peak).max();
    assert!(most <= Some(64 << 10), "KiB by workers: {peaks:?}");
}

#[test]
fn names_that_are_not_utf_8_are_opened() {
    let folder = folder();
    let name = OsString::from_vec(b"caf\xe9.txt".to_vec());
    fs::write(folder.path().join(&name), "3\n").unwrap();
    let mut input = OsString::from("@");
    input.push(&name);
    let mut command = partask([OsString::from("squares"), input, "-q".into()]);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert_eq!(Run::from(output).succeeded(), "9\n");
}

/// Names come from others: a line feed in one makes no second line of an error.
#[test]
fn names_with_control_characters_are_escaped() {
    let folder = folder();
    fs::write(folder.path().join("a\n\u{1b}[31mb"), "1 x").unwrap();
    for input in ["@a\n\u{1b}[31mb", "@none\n\u{1b}[31mb"] {
        let mut command = partask(["squares", input]);
        let run = Run::from(command.current_dir(folder.path()).output().unwrap());
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
        assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
    }
}

/// Of a stream the chunks are blocks of text; the size asked for is not what they have.
#[test]
fn a_report_of_a_stream_claims_no_chunk_size() {
    let text = "1\n".repeat(1000);
    let run = feed("squares - --chunk-size 7 --format json", text);
    let report: Value = serde_json::from_str(&run.stdout).expect("one JSON document");
    let (chunks, size) = (report["chunks"].as_u64(), report["chunk_size"].as_u64());
    let most = chunks.zip(size).map(|(chunks, size)| chunks * size);
    assert!(
        most.is_none_or(|most| most >= 1000),
        "1,000 numbers in {chunks:?} of {size:?}"
    );
}

/// A terminal that takes no more is waited for, but not longer than until a signal comes.
#[test]
fn a_terminal_that_is_stuck_delays_no_signal() {
    let script = "import os, pty, signal, subprocess, sys, time\n\
        master, slave = pty.openpty()\n\
        p = subprocess.Popen([sys.argv[1], 'squares', '1..1e9', '--values'], stdout=slave, stderr=subprocess.PIPE)\n\
        caught = lambda: int(open(f'/proc/{p.pid}/status').read().split('SigCgt:')[1].split()[0], 16)\n\
        while not caught() & 2: time.sleep(0.01)\n\
        time.sleep(0.5); p.send_signal(signal.SIGINT)\n\
        try: print(p.wait(60))\n\
        except subprocess.TimeoutExpired: p.kill(); print('hangs')";
    if !crate::harness::installed("python3") {
        return;
    }
    let output = Command::new("python3")
        .args(["-c", script, crate::harness::PARTASK])
        .output();
    assert_eq!(Run::from(output.unwrap()).stdout, "130\n");
}

/// Somebody else's switch to non-blocking writes, which a whole pipe shares, is no failure.
#[test]
fn a_pipe_that_does_not_block_is_waited_for() {
    let script = "import os, subprocess, sys, time\n\
        r, w = os.pipe(); os.set_blocking(w, False)\n\
        ps = [subprocess.Popen([sys.argv[1], 'squares', '1..300001', '--values', '-q'], stdout=w, stderr=subprocess.PIPE) for _ in range(4)]\n\
        os.close(w); time.sleep(0.3); lines = 0\n\
        for line in os.fdopen(r, 'rb'): lines += 1\n\
        print(lines, *[p.wait() for p in ps])";
    if !crate::harness::installed("python3") {
        return;
    }
    let output = Command::new("python3")
        .args(["-c", script, crate::harness::PARTASK])
        .output();
    assert_eq!(Run::from(output.unwrap()).stdout, "1200000 0 0 0 0\n");
}
