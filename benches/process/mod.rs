//! Running the real binary and its rivals as processes: how long they take.

use anyhow::{Context, ensure};
use std::process::Command;
use std::time::Instant;

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
