//! One run of somebody else's program: a command line executed to its end, and timed.

use crate::event::task::{EndedBy, Exit, Status, Stream};
use crate::process::{Command, Environment, Limits, ReadBuffer, tail::Tail};
use crate::report::compare::Sample;
use crate::stop::Stop;
use crate::units;
use std::ffi::OsString;

/// What makes a command line one for the shell; others are executed as they are, which saves the
/// shell's time. So does `make`.
const SHELL_CHARACTERS: &str = "|&;<>()$`\\\"'*?[]#~=%{}!\n";

/// How long it is waited for what holds the output would be timed, too.
const STILL_AT_WORK: &str = "what it had started still held its output after it had ended: let it wait for that, or give that an output of its own";

/// Runs a command line to its end, which must be a success; `None` when `stop` ended it.
pub(super) fn execute(
    line: &str,
    environment: &Environment,
    stop: &Stop,
    read: &mut dyn FnMut(&[u8]),
) -> Result<Option<Exit>, String> {
    let mut complaints = Tail::new();
    let argv = argv(line).iter().collect();
    let running = Command::new(&argv, environment)
        .spawn()
        .map_err(|error| error.to_string())?;
    let exit = running.supervise(
        &Limits::default(),
        stop,
        &mut ReadBuffer::new(),
        &mut |stream, bytes| match stream {
            Stream::Stdout => read(bytes),
            Stream::Stderr => complaints.push(bytes),
        },
    );
    let exit = exit.map_err(|error| error.to_string())?;
    if exit.ended_by == EndedBy::Stop {
        return Ok(None);
    }
    if let Some(how) = failure(exit.status) {
        let said = String::from_utf8_lossy(complaints.lines(1))
            .trim()
            .to_owned();
        return Err(match said.is_empty() {
            true => how,
            false => format!("{how}: {}", units::printable(&said)),
        });
    }
    match exit.leaked {
        true => Err(STILL_AT_WORK.to_owned()),
        false => Ok(Some(exit)),
    }
}

/// How a command line is executed.
fn argv(line: &str) -> Vec<OsString> {
    match line.contains(|c: char| SHELL_CHARACTERS.contains(c)) {
        true => ["sh", "-c", line].map(OsString::from).to_vec(),
        false => line.split_whitespace().map(OsString::from).collect(),
    }
}

/// How it failed, unless it succeeded.
fn failure(status: Status) -> Option<String> {
    match status {
        Status::Code(0) => None,
        Status::Code(code) => Some(format!("exited with code {code}")),
        Status::Signal { number, .. } => Some(format!("was ended by signal {number}")),
    }
}

/// The time from before the process was started until it had ended.
pub(super) fn sample(exit: &Exit) -> Sample {
    let usage = &exit.usage;
    Sample {
        round: 0,
        elapsed_s: exit
            .ended
            .saturating_duration_since(exit.started)
            .as_secs_f64(),
        cpu_s: (usage.user + usage.system).as_secs_f64(),
        system_cpu_s: usage.system.as_secs_f64(),
        peak_memory_bytes: Some(usage.peak_memory_bytes),
        inside: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_commands_need_no_shell() {
        assert_eq!(argv("python3  pool.py"), ["python3", "pool.py"]);
        assert_eq!(argv("seq 9 | tail -n 1"), ["sh", "-c", "seq 9 | tail -n 1"]);
    }
}
