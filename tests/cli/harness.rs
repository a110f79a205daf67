//! Runs the real binary and the library's jobs; what is expected of them stands in the tests.

use partask::cmd::compute::Spec;
use partask::job::Job;
use serde_json::Value;
use std::ffi::OsStr;
use std::fmt::Debug;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// The binary under test.
pub const PARTASK: &str = env!("CARGO_BIN_EXE_partask");

/// Long enough for every run of a test on a busy machine; a longer one hangs.
const RUN_LIMIT: Duration = Duration::from_secs(600);

/// What a process left behind.
#[derive(Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    /// The exit code, unless a signal killed the process.
    pub code: Option<i32>,
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        Run {
            stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
            code: output.status.code(),
        }
    }
}

impl Run {
    /// Standard output of a run that must have gone well and in silence.
    #[track_caller]
    pub fn succeeded(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self.stdout
    }

    /// The rest of the human report's line that starts with `label`, wherever it was folded.
    #[track_caller]
    pub fn row(&self, label: &str) -> String {
        let unfolded = unfolded(&self.stdout);
        let row = unfolded
            .lines()
            .find_map(|line| line.strip_prefix(label))
            .unwrap_or_else(|| panic!("no line starts with '{label}': {self:?}"));
        row.trim_start().to_owned()
    }
}

/// A human report in which lines that were folded, and go on below their text, are whole.
pub fn unfolded(report: &str) -> String {
    let mut whole = String::new();
    for line in report.lines() {
        match line.strip_prefix("           ") {
            Some(rest) if rest.starts_with(|c: char| c != ' ') && !whole.is_empty() => {
                whole.pop();
                whole.push(' ');
                whole.push_str(rest);
            }
            _ => whole.push_str(line),
        }
        whole.push('\n');
    }
    whole
}

/// The binary with the settings of whoever runs the tests taken away.
pub fn partask<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(PARTASK);
    command
        .args(arguments)
        .env_remove("PARTASK_WORKERS")
        .env_remove("NO_COLOR");
    command
}

/// Runs the binary to its end; one that hangs is killed, and has no exit code.
pub fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    run_to_end(partask(arguments))
}

/// Runs the words of a line, which no shell has seen.
pub fn run_line(line: &str) -> Run {
    run(line.split_whitespace())
}

/// What comes of the first try that tells something. Where others take the CPUs, two times may be too
/// uncertain to be told apart, though not every time.
#[track_caller]
pub fn until_told<T: Debug>(attempt: impl Fn() -> T, is_told: impl Fn(&T) -> bool) -> T {
    let mut last = None;
    for _ in 0..20 {
        let tried = attempt();
        if is_told(&tried) {
            return tried;
        }
        last = Some(tried);
    }
    panic!("not once in 20 tries, at last: {last:?}")
}

/// Runs a command to its end; one that hangs is killed, and has no exit code.
pub fn run_to_end(command: Command) -> Run {
    let output = assert_cmd::Command::from_std(command)
        .timeout(RUN_LIMIT)
        .output();
    output.expect("the command starts").into()
}

/// Runs a line of shell in `folder`, with the binary's own folder first on the path.
pub fn run_shell(line: &str, folder: &Path) -> Run {
    let binaries = PathBuf::from(PARTASK)
        .parent()
        .expect("a folder")
        .to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([binaries].into_iter().chain(std::env::split_paths(&path)));
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", path.expect("a path"))
        .env_remove("PARTASK_WORKERS")
        .env_remove("NO_COLOR");
    run_to_end(command)
}

/// What the comparison of a line came to, as JSON; it must have gone well and in silence.
#[track_caller]
pub fn compared(line: &str) -> Value {
    let text = run_line(&format!("compare {line} --format json")).succeeded();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The cases of a comparison.
#[track_caller]
pub fn cases(comparison: &Value) -> &[Value] {
    comparison["cases"].as_array().expect("an array of cases")
}

/// The names of a comparison's cases.
#[track_caller]
pub fn case_names(comparison: &Value) -> Vec<&str> {
    cases(comparison)
        .iter()
        .map(|case| case["name"].as_str().expect("a name"))
        .collect()
}

/// Whether a program is installed; says out loud what is skipped when it is not.
pub fn installed(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .is_ok();
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// The binary at work, with its output in pipes, from the moment it has something to say on
/// standard error: it listens to signals by then.
pub fn start_busy(line: &str) -> Child {
    eprintln!("started: partask {line}");
    let mut child = partask(line.split_whitespace())
        .args(["--progress", "always"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let stderr = child.stderr.as_mut().expect("a pipe");
    let first = stderr.read_exact(&mut [0]);
    first.expect("a progress bar on standard error");
    child
}

/// Sends the signal of this name, such as `INT`.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.expect("kill is everywhere").success());
}

/// Waits for the end of a process, which is killed when it takes longer than `limit`.
pub fn wait_within(child: &mut Child, limit: Duration) -> io::Result<ExitStatus> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other(format!("still running after {limit:?}")));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The library's job of this name over an input.
pub fn spec(job: &str, input: &str, step: Option<&str>) -> Spec {
    let job = Job::named()
        .into_iter()
        .find(|known| known.name() == job)
        .unwrap_or_else(|| panic!("no job is called {job}"));
    let step = step.map(|step| partask::input::Input::parse_step(step).expect(step));
    let input = partask::input::Input::parse(input, step).unwrap_or_else(|e| panic!("{e}"));
    Spec::new(job, input)
}
