//! The command line: its conversion to validated commands.
//!
//! The environment is read here and nowhere else.

mod definition;

use crate::cmd::compute::{self, Destination};
use crate::cmd::{Exit, Usage};
use crate::engine::WORKERS_MAX;
use crate::input::Input;
use crate::job::Job;
use crate::machine;
use crate::output::Form;
use crate::report::Style;
use crate::report::progress::Mode;
use crate::units;
use anyhow::Context;
use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches};
use definition::{Cli, ComputeArgs, Sub};
use std::ffi::{OsStr, OsString};
use std::io::Write;

/// The environment variable that sets the workers when the command line does not.
const WORKERS_VARIABLE: &str = "PARTASK_WORKERS";

/// What a command line asks for.
#[derive(Debug)]
pub enum Command {
    /// A numeric job.
    Compute(Box<compute::Command>),
    /// The completion script for a shell.
    Completions(clap_complete::Shell),
}

/// What the process was started with, beside its arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Whether standard output is a terminal.
    pub stdout: bool,
    /// Whether standard error is a terminal.
    pub stderr: bool,
}

/// Reads the arguments, the program's own name first.
///
/// # Errors
/// A [`clap::Error`], which also carries `--help` and `--version`, or a [`Usage`].
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    terminal: Terminal,
) -> anyhow::Result<Command> {
    let matches = Cli::command().try_get_matches_from(shield_minus(arguments))?;
    let cli = Cli::from_arg_matches(&matches)?;
    let workers_source = matches
        .subcommand()
        .filter(|(name, _)| Job::ALL.iter().any(|job| job.name() == *name))
        .and_then(|(_, matches)| matches.value_source("workers"));
    let (job, arguments) = match cli.command {
        Sub::Squares(arguments) => (Job::Squares, arguments),
        Sub::Cubes(arguments) => (Job::Cubes, arguments),
        Sub::SumOfSquares(arguments) => (Job::SumOfSquares, arguments),
        Sub::Completions { shell } => return Ok(Command::Completions(shell)),
    };
    let workers = workers(
        arguments.workers.as_deref(),
        workers_source == Some(ValueSource::EnvVariable),
    )?;
    let command = compute_command(job, &arguments, workers, terminal)?;
    Ok(Command::Compute(Box::new(command)))
}

/// Keeps the INPUT of a job, when it starts with a minus and a digit or comma, from being taken for
/// an option, by a space in front: no option starts so, and an input is read without the spaces around
/// it. What follows an option is left alone, as it may be the option's value.
fn shield_minus(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = Cli::command();
    let job = arguments
        .get(1)
        .and_then(|name| command.find_subcommand(name))
        .filter(|found| Job::ALL.iter().any(|job| job.name() == found.get_name()));
    let Some(job) = job else { return arguments };
    for i in 2..arguments.len() {
        let bytes = arguments[i].as_encoded_bytes();
        let is_input = matches!(bytes, [b'-', b'0'..=b'9' | b',', ..]);
        if is_input && !takes_value(job, &arguments[i - 1]) {
            let mut shielded = OsString::from(" ");
            shielded.push(&arguments[i]);
            arguments[i] = shielded;
        }
    }
    arguments
}

/// Whether `argument` is an option of `command` whose value is the argument after it.
fn takes_value(command: &clap::Command, argument: &OsStr) -> bool {
    let Some(argument) = argument.to_str() else {
        return false;
    };
    command.get_arguments().any(|option| {
        let long = option
            .get_long()
            .is_some_and(|long| argument == format!("--{long}"));
        let short = option
            .get_short()
            .is_some_and(|short| argument == format!("-{short}"));
        (long || short) && option.get_action().takes_values()
    })
}

fn compute_command(
    job: Job,
    arguments: &ComputeArgs,
    workers: usize,
    terminal: Terminal,
) -> Result<compute::Command, Usage> {
    let usage = |error: &dyn std::fmt::Display| Usage(error.to_string());
    let step = arguments.step.as_deref().map(Input::parse_step).transpose();
    let step = step.map_err(|error| Usage(format!("--step: {error}")))?;
    let input = Input::parse_os(&arguments.input, step).map_err(|error| usage(&error))?;
    let time_limit = arguments.time_limit.as_deref().map(units::parse_duration);
    let spec = compute::Spec {
        workers,
        chunk_size: arguments
            .chunk_size
            .as_deref()
            .map(chunk_size)
            .transpose()?,
        kernel: arguments.kernel,
        time_limit: time_limit
            .transpose()
            .map_err(|error| Usage(format!("--time-limit: {error}")))?,
        verify: arguments.verify,
        ..compute::Spec::new(job, input)
    };
    // With results on standard output the report goes to standard error, and a bar there would run
    // into results that a terminal shows.
    let report_on_terminal = if arguments.values {
        terminal.stderr
    } else {
        terminal.stdout
    };
    let no_bar = arguments.quiet || (arguments.values && terminal.stdout);
    Ok(compute::Command {
        destination: destination(job, arguments)?,
        spec,
        style: Style {
            format: arguments.format,
            timings: arguments.timings,
            colour: report_on_terminal && colour_wanted(),
        },
        quiet: arguments.quiet,
        progress: match arguments.progress {
            Mode::Auto if no_bar => Mode::Never,
            mode => mode,
        },
        stderr_is_terminal: terminal.stderr,
    })
}

/// Where the results are to go.
fn destination(job: Job, arguments: &ComputeArgs) -> Result<Destination, Usage> {
    if !job.has_values() && (arguments.values || arguments.output.is_some()) {
        return Err(Usage(format!(
            "{} adds up as it goes and has no results of its own to {}: use 'partask squares'",
            job.name(),
            if arguments.values { "print" } else { "write" },
        )));
    }
    let Some(path) = &arguments.output else {
        return Ok(match arguments.values {
            true => Destination::StandardOutput,
            false => Destination::Nowhere,
        });
    };
    let form = Form::of(path).ok_or_else(|| {
        Usage(format!(
            "--output '{}': end the name in .txt or .csv (one result a line) or .npy (a NumPy array)",
            path.display()
        ))
    })?;
    Ok(Destination::File(path.clone(), form))
}

/// Reads a count of workers; none, or an empty one from the environment, is the CPUs there are.
fn workers(text: Option<&str>, from_environment: bool) -> Result<usize, Usage> {
    let cpus = machine::cpus_available();
    let Some(text) = text.filter(|text| !(from_environment && text.is_empty())) else {
        return Ok(cpus.min(WORKERS_MAX));
    };
    let option = if from_environment {
        WORKERS_VARIABLE
    } else {
        "--workers"
    };
    text.trim()
        .parse()
        .ok()
        .filter(|workers| (1..=WORKERS_MAX).contains(workers))
        .ok_or_else(|| {
            let cpus = units::count_of(cpus as u128, "CPU");
            let text = text.escape_debug();
            Usage(format!(
                "{option} '{text}': give a whole number from 1 to {WORKERS_MAX}, or leave it out for the {cpus} this process may use"
            ))
        })
}

/// Reads the numbers in a chunk, in any notation of a number.
fn chunk_size(text: &str) -> Result<u64, Usage> {
    Input::parse_number(text)
        .ok()
        .and_then(|size| u64::try_from(size).ok())
        .filter(|size| *size > 0)
        .ok_or_else(|| {
            Usage(format!(
                "--chunk-size '{}': give a whole number from 1 up, such as 65536 or 1e6",
                text.trim().escape_debug()
            ))
        })
}

/// Whether colour is wanted where it can be shown (see no-color.org).
fn colour_wanted() -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !no_color && !dumb
}

/// Writes the completion script for `shell` to `out`.
///
/// # Errors
/// When `out` can't be written to.
pub fn write_completions(shell: clap_complete::Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "partask", &mut script);
    out.write_all(&script)
        .and_then(|()| out.flush())
        .context("cannot write to standard output")?;
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Numbers;
    use crate::kernel::Kernel;

    #[test]
    fn the_command_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    fn spec(line: &str) -> compute::Spec {
        let arguments = line.split_whitespace().map(OsString::from);
        match parse(arguments, Terminal::default()).unwrap() {
            Command::Compute(command) => command.spec,
            Command::Completions(_) => panic!("no job"),
        }
    }

    fn known(line: &str) -> Numbers {
        spec(line).input.known().unwrap().clone()
    }

    #[test]
    fn a_leading_minus_is_no_option() {
        assert_eq!(known("partask squares -5..5").count(), 10);
        assert_eq!(known("partask cubes -5").first(), Some(-5));
        assert_eq!(known("partask cubes 10..0 --step -1").first(), Some(10));
        assert_eq!(spec("partask cubes --step=-2 -w4 -w 5 -1..-9").workers, 5);
    }

    #[test]
    fn options_are_read_into_the_spec() {
        let spec = spec(
            "partask sum-of-squares 1..9 -w 3 --chunk-size 1e6 --kernel scalar --time-limit 1.5m --verify",
        );
        assert_eq!(
            (spec.job, spec.workers, spec.chunk_size),
            (Job::SumOfSquares, 3, Some(1_000_000))
        );
        assert_eq!(spec.kernel, Kernel::Scalar);
        assert_eq!(spec.time_limit, Some(std::time::Duration::from_secs(90)));
        assert!(spec.verify);
    }
}
