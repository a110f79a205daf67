//! Running the real binary and its rivals as processes: how long they take, how much memory.

use anyhow::{Context, bail, ensure};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A command that runs partask with `arguments`, separated by spaces.
pub fn partask(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partask"));
    command.args(arguments.split_whitespace());
    command
}

/// How long a command took from start to end in seconds, and what it printed.
///
/// Exit code 5 is a success: a run that was asked to end at its time limit.
pub fn run(command: &mut Command) -> anyhow::Result<(f64, String)> {
    let started = Instant::now();
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    let elapsed_s = started.elapsed().as_secs_f64();
    ensure!(
        matches!(output.status.code(), Some(0 | 5)),
        "{command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok((
        elapsed_s,
        String::from_utf8(output.stdout)?.trim().to_owned(),
    ))
}

/// How long a command took, in seconds, when it printed what it should.
pub fn seconds(command: &mut Command, expected: Option<&str>) -> anyhow::Result<f64> {
    let (elapsed_s, printed) = run(command)?;
    if let Some(expected) = expected {
        ensure!(printed == expected, "{command:?} printed {printed}");
    }
    Ok(elapsed_s)
}

/// The peak of resident memory in bytes of a partask that is done computing after `settle`, or
/// `None` where the system does not tell.
///
/// A process that has ended has no figures left to read. So its standard output is full before it
/// starts: it waits with its report in hand, its peak behind it, for as long as it takes to look.
pub fn peak_memory(arguments: &str, stdin: Stdio, settle: Duration) -> anyhow::Result<Option<u64>> {
    let (mut reader, writer) = UnixStream::pair()?;
    fill(&writer)?;
    let mut child = partask(arguments)
        .stdin(stdin)
        .stdout(OwnedFd::from(writer))
        .stderr(Stdio::null())
        .spawn()?;
    thread::sleep(settle);
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
    io::copy(&mut reader, &mut io::sink())?;
    child.wait()?;
    let Ok(status) = status else { return Ok(None) };
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .with_context(|| format!("partask {arguments} had ended before it was looked at"))?;
    let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    Ok(Some(kibibytes * 1024))
}

/// Writes until there is no more room.
fn fill(mut writer: &UnixStream) -> anyhow::Result<()> {
    writer.set_nonblocking(true)?;
    loop {
        match writer.write(&[0]) {
            Ok(_) => (),
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => bail!(error),
        }
    }
    writer.set_nonblocking(false)?;
    Ok(())
}
