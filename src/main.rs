//! Parse, dispatch, exit code: the one place that knows the real streams.

use anyhow::{Context, anyhow};
use partask::cli::{self, Command, Terminal};
use partask::cmd::{Exit, compare, compute, explain, map, merge, run, signals};
use partask::{engine, lines, machine, stop::Stop};
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = machine::helper::run(std::env::args_os()) {
        return code;
    }
    // A panic in a worker is reported by the engine, with its chunk; any other is a fault of ours.
    panic::set_hook(Box::new(|_| ()));
    let outcome = panic::catch_unwind(AssertUnwindSafe(dispatch)).unwrap_or_else(|payload| {
        let cause = engine::panic_message(payload.as_ref());
        Err(anyhow!("internal error, please report it: {cause}"))
    });
    ExitCode::from(outcome.unwrap_or_else(|error| report(&error)).code())
}

fn dispatch() -> anyhow::Result<Exit> {
    let terminal = Terminal::of(&io::stdin(), &io::stdout(), &io::stderr());
    let command = cli::parse(std::env::args_os(), terminal)?;
    let stop = Stop::new();
    let streams = lines::standard_streams(&stop);
    let [mut out, mut err] = streams.context("cannot write to standard output")?;
    signals::watch(&stop)?;
    match command {
        Command::Compute(command) => compute::main(&command, &stop, &mut out, &mut io::stderr()),
        Command::Explain(command) => explain::main(&command, &mut out),
        Command::Compare(command) => compare::main(&command, &stop, &mut out, &mut io::stderr()),
        Command::Merge(command) => merge::main(&command, &mut out, &mut io::stderr()),
        Command::Run(command) => run::main(&command, &stop, &mut out, &mut err),
        Command::Map(command) => map::main(&command, &stop, &mut out, &mut err),
        Command::Completions(shell) => cli::write_completions(shell, &mut out),
    }
}

/// Says what went wrong; a reader of standard output that has gone away ends a run quietly.
fn report(error: &anyhow::Error) -> Exit {
    if let Some(error) = error.downcast_ref::<clap::Error>() {
        return match error.print() {
            _ if error.use_stderr() => Exit::Usage,
            Ok(()) if machine::closed::was_closed(1) => Exit::Failure,
            Ok(()) => Exit::Success,
            Err(cause) => {
                report(&anyhow::Error::new(cause).context("cannot write to standard output"))
            }
        };
    }
    if lines::is_reader_gone(error.chain()) {
        return Exit::Success;
    }
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    Exit::of(error)
}
