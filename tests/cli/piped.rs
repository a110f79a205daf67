//! Runs with numbers going in and values coming out: what is fed, what is read, what must be left.

use crate::harness::{Run, partask, run_to_end};
use partask::exact::BigInt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Long enough for anything that does not hang, also where other programs have all CPUs and the disk.
/// How soon something really happens is measured in `benches/`.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The exact results of a job, one a line, worked out without the code under test.
pub fn results(power: u32, numbers: impl IntoIterator<Item = i64>) -> String {
    numbers
        .into_iter()
        .map(|x| format!("{}\n", BigInt::from(x).pow(power)))
        .collect()
}

/// The exact total of a job, worked out without the code under test.
pub fn total(power: u32, numbers: impl IntoIterator<Item = i64>) -> String {
    let sum: BigInt = numbers
        .into_iter()
        .map(|x| BigInt::from(x).pow(power))
        .sum();
    sum.to_string()
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// What a folder holds, in order, hidden files too.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The words of a line as a command in `folder`.
pub fn command_in(folder: &Path, line: &str) -> Command {
    let mut command = partask(line.split_whitespace());
    command.current_dir(folder);
    command
}

pub fn run_in(folder: &Path, line: &str) -> Run {
    run_to_end(command_in(folder, line))
}

/// Runs the words of a line with `text` on standard input.
pub fn feed(line: &str, text: impl AsRef<[u8]>) -> Run {
    let mut command = assert_cmd::Command::from_std(partask(line.split_whitespace()));
    let fed = command.write_stdin(text.as_ref()).timeout(4 * PATIENCE);
    fed.output().expect("the binary starts").into()
}

/// The value of `--values` runs: results on standard output, whatever the report says.
#[track_caller]
pub fn values_of(run: Run) -> String {
    assert_eq!(run.code, Some(0), "{run:?}");
    run.stdout
}

/// The one line of a run that failed with `code`.
#[track_caller]
pub fn complaint(run: &Run, code: i32) -> &str {
    assert_eq!(run.code, Some(code), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "one line: {run:?}");
    assert!(!run.stderr.contains("panic"), "{run:?}");
    let message = run.stderr.strip_prefix("error: ");
    message.unwrap_or_else(|| panic!("{run:?}")).trim_end()
}

/// Whether the tests run as root, for whom nothing is forbidden; says out loud what is skipped.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    let root = id.stdout == b"0\n";
    if root {
        eprintln!("skipped: root may read and write everything");
    }
    root
}

/// A run that is fed and read piece by piece.
pub struct Live {
    pub child: Child,
    pub stdin: Option<ChildStdin>,
    lines: Option<Receiver<String>>,
}

impl Live {
    /// The words of a line, in pipes, once it listens to signals.
    pub fn start(line: &str) -> Live {
        Live::of(partask(line.split_whitespace()))
    }

    pub fn of(mut command: Command) -> Live {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        await_signal_handlers(&mut child);
        Live {
            stdin: child.stdin.take(),
            child,
            lines: None,
        }
    }

    /// The next line of standard output, which must come although the input has not ended.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let lines = self.lines.get_or_insert_with(|| {
            let stdout = self.child.stdout.take().expect("a pipe");
            lines_of(stdout)
        });
        let line = lines.recv_timeout(PATIENCE);
        line.unwrap_or_else(|error| panic!("no line of output: {error}"))
    }

    /// What is left to read on standard error.
    pub fn stderr(&mut self) -> String {
        let stderr = self.child.stderr.take().expect("a pipe");
        std::io::read_to_string(stderr).expect("UTF-8")
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        lines.for_each(|line| drop(sender.send(line)));
    });
    receiver
}

/// A line of `/proc/PID/status`.
pub fn status_of(child: &Child, field: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    Some(line.trim_start_matches(':').trim().to_owned())
}

/// Waits until SIGINT and SIGTERM are caught, or the process has ended.
pub fn await_signal_handlers(child: &mut Child) {
    const INT_AND_TERM: u64 = 1 << 1 | 1 << 14;
    await_until("it listens to signals", || {
        let caught =
            status_of(child, "SigCgt").and_then(|mask| u64::from_str_radix(&mask, 16).ok());
        let ended = child.try_wait().expect("its state").is_some();
        ended || caught.is_some_and(|mask| mask & INT_AND_TERM == INT_AND_TERM)
    });
}

/// Waits until no thread of a process has anything to do: they wait for input, a reader or a signal.
pub fn await_idle(child: &Child) {
    let tasks = format!("/proc/{}/task", child.id());
    // A look at all is no look at once: one may have woken another meanwhile.
    let mut looks = 0;
    await_until("it waits", || {
        let threads = fs::read_dir(&tasks).into_iter().flatten().flatten();
        let mut stats = threads.filter_map(|of| fs::read_to_string(of.path().join("stat")).ok());
        let is_waiting = |stat: &str| {
            stat.rsplit_once(") ")
                .is_some_and(|(_, of)| of.starts_with('S'))
        };
        looks = if stats.all(|stat| is_waiting(&stat)) {
            looks + 1
        } else {
            0
        };
        looks == 5
    });
}

#[track_caller]
pub fn await_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
