//! A task and how it ended, in the words that people read.

use crate::event::task::{About, Attempted, EndedBy, Status};
use crate::machine;
use crate::task::shell_line;
use crate::units;

/// `exit code 3`, `killed by SIGKILL`, `timed out, killed by SIGTERM`.
pub(super) fn outcome(attempted: &Attempted) -> String {
    let exit = match attempted {
        Attempted::Exited(exit) => exit,
        Attempted::Failed { why, .. } => return why.clone(),
    };
    let status = match exit.status {
        Status::Code(code) => format!("exit code {code}"),
        Status::Signal {
            number,
            core_dumped,
        } => {
            let core = if core_dumped { ", core dumped" } else { "" };
            format!("killed by {}{core}", signal(number))
        }
    };
    match exit.ended_by {
        EndedBy::Itself => status,
        EndedBy::Timeout => format!("timed out, {status}"),
        EndedBy::Stop => format!("stopped, {status}"),
        EndedBy::Terminal => format!("it wants the terminal; --tty gives it one, {status}"),
    }
}

/// `SIGKILL`, or `signal 40` when it has no name.
pub(super) fn signal(number: i32) -> String {
    machine::signal_name(number).map_or_else(|| format!("signal {number}"), str::to_owned)
}

/// How many inputs of a task are shown, before only the first and the last are.
const INPUTS_MAX: usize = 10;

/// What tells a task from the others of its run: its inputs, or its command when it has none.
pub(in crate::report) fn label(about: &About) -> String {
    let text = |input: &Vec<u8>| String::from_utf8_lossy(input).into_owned();
    match &about.inputs[..] {
        [] => command(about),
        [first, .., last] if about.inputs.len() > INPUTS_MAX => {
            let count = units::count(about.inputs.len() as u128);
            units::printable(&format!(
                "{} … {} ({count} inputs)",
                text(first),
                text(last)
            ))
        }
        inputs => units::printable(&inputs.iter().map(text).collect::<Vec<_>>().join(" ")),
    }
}

/// How much of a command is shown, in bytes.
const COMMAND_LEN: usize = 4096;

/// The command as it is pasted, as far as it is text.
pub(super) fn command(about: &About) -> String {
    let mut line = shell_line(about.argv.iter());
    let is_long = line.len() > COMMAND_LEN;
    line.truncate(COMMAND_LEN);
    let end = if is_long { "…" } else { "" };
    units::printable(&String::from_utf8_lossy(&line)) + end
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::*;

    #[test]
    fn an_end_is_told_in_words() {
        let ended = |status, ended_by| {
            let exit = crate::event::task::Exit {
                ended_by,
                ..exit(0, 1, status)
            };
            outcome(&Attempted::Exited(exit))
        };
        let killed = |number, core_dumped| Status::Signal {
            number,
            core_dumped,
        };
        assert_eq!(ended(Status::Code(3), EndedBy::Itself), "exit code 3");
        assert_eq!(
            ended(killed(9, false), EndedBy::Itself),
            "killed by SIGKILL"
        );
        assert_eq!(
            ended(killed(11, true), EndedBy::Itself),
            "killed by SIGSEGV, core dumped"
        );
        assert_eq!(
            ended(killed(15, false), EndedBy::Timeout),
            "timed out, killed by SIGTERM"
        );
        assert_eq!(
            ended(killed(40, false), EndedBy::Stop),
            "stopped, killed by signal 40"
        );
        assert_eq!(outcome(&not_found()), "cannot find 'x'");
    }

    #[test]
    fn a_label_is_one_printable_line() {
        let task = about(1, &[b"a\nb", b"\xff"]);
        assert_eq!(label(&task), "a\\nb \u{fffd}");
        assert_eq!(label(&about(1, &[])), "echo");
    }
}
