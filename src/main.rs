//! Parse, dispatch, exit code: the one place that knows the real streams.

use anyhow::Context;
use partask::cli::{self, Command, Terminal};
use partask::cmd::{Exit, compute, signals};
use partask::lines::WholeLines;
use partask::machine;
use partask::stop::Stop;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

fn main() -> ExitCode {
    // A panic in a worker is reported by the engine, with its chunk; any other by `internal`.
    panic::set_hook(Box::new(|_| ()));
    let outcome = panic::catch_unwind(AssertUnwindSafe(dispatch)).unwrap_or_else(|_| internal());
    let exit = outcome.unwrap_or_else(|error| report(&error));
    ExitCode::from(exit.code())
}

fn dispatch() -> anyhow::Result<Exit> {
    let terminal = Terminal {
        stdout: io::stdout().is_terminal(),
        stderr: io::stderr().is_terminal(),
    };
    let command = cli::parse(std::env::args_os(), terminal)?;
    let mut out = machine::standard_output()
        .and_then(WholeLines::new)
        .context("cannot write to standard output")?;
    let stop = Stop::new();
    signals::watch(&stop)?;
    match command {
        Command::Compute(command) => compute::main(&command, &stop, &mut out, &mut io::stderr()),
        Command::Completions(shell) => {
            cli::write_completions(shell, &mut out).map(|()| Exit::Success)
        }
    }
}

/// Says what went wrong, unless the reader of standard output has gone away, which ends a run
/// quietly.
fn report(error: &anyhow::Error) -> Exit {
    if let Some(error) = error.downcast_ref::<clap::Error>() {
        let printed = error.print().is_ok();
        return match error.use_stderr() {
            true => Exit::Usage,
            false if printed => Exit::Success,
            false => Exit::Failure,
        };
    }
    let closed_pipe = |cause: &(dyn std::error::Error + 'static)| {
        let io_error = cause.downcast_ref::<io::Error>();
        io_error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed_pipe) {
        return Exit::Success;
    }
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    Exit::of(error)
}

fn internal() -> anyhow::Result<Exit> {
    anyhow::bail!("internal error; nothing is reported as a result, please report it")
}
