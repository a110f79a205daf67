//! The command line: its conversion to validated commands.
//!
//! The environment is read here and nowhere else.

mod checkpoints;
mod compare;
mod compute;
mod definition;
mod eval;
mod map;
mod merge;
mod run;
mod shards;
mod values;

use crate::cmd::{self, Exit};
use crate::job::Job;
use crate::machine::terminal;
use crate::task;
use anyhow::Context;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches};
use definition::{Cli, Sub};
use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal, Write};
use std::os::fd::AsFd;

/// What a command line asks for.
#[derive(Debug)]
pub enum Command {
    /// A numeric job.
    Compute(Box<cmd::compute::Command>),
    /// What is said of how an expression would be computed.
    Explain(Box<cmd::explain::Command>),
    /// A comparison.
    Compare(Box<cmd::compare::Command>),
    /// External commands.
    Run(Box<cmd::run::Command>),
    /// The parts of a job, joined.
    Merge(Box<cmd::merge::Command>),
    /// Items through long-lived workers.
    Map(Box<cmd::map::Command>),
    /// The completion script for a shell.
    Completions(clap_complete::Shell),
}

/// What the process was started with, beside its arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Whether standard input is a terminal.
    pub stdin: bool,
    /// Whether standard output is a terminal.
    pub stdout: bool,
    /// Whether standard error is a terminal.
    pub stderr: bool,
    /// How many columns standard output has, where it is a terminal that says so.
    pub columns: Option<usize>,
}

impl Terminal {
    /// What these streams are.
    #[must_use]
    pub fn of(
        stdin: &impl IsTerminal,
        stdout: &(impl IsTerminal + AsFd),
        stderr: &impl IsTerminal,
    ) -> Terminal {
        Terminal {
            stdin: stdin.is_terminal(),
            stdout: stdout.is_terminal(),
            stderr: stderr.is_terminal(),
            columns: terminal::columns_of(stdout),
        }
    }
}

/// Reads the arguments, the program's own name first.
///
/// # Errors
/// A [`clap::Error`], which also carries `--help` and `--version`, or a [`Usage`](cmd::Usage).
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    terminal: Terminal,
) -> anyhow::Result<Command> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command_line = command_line(&arguments);
    let mut arguments = shield_minus(arguments);
    if arguments.get(1).is_some_and(|name| name == "run") {
        let words = arguments.split_off(2);
        arguments.extend(translated(words)?);
    }
    let run_part = match run_at(&arguments) {
        Some(at) => {
            let words = arguments.split_off(at + 1);
            Some(run_part(&arguments[0], words, terminal)?)
        }
        None => None,
    };
    let matches = matches_of(arguments)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let workers_source = matches
        .subcommand()
        .filter(|(name, _)| ["run", "map"].contains(name) || is_numeric(name))
        .and_then(|(_, matches)| matches.value_source("workers"));
    let from_environment = workers_source == Some(ValueSource::EnvVariable);
    let (job, arguments) = match cli.command {
        Sub::Eval(arguments) => {
            let asked = eval::command(&arguments, from_environment, terminal)?;
            return Ok(match asked {
                eval::Asked::Compute(command) => Command::Compute(command),
                eval::Asked::Explain(command) => Command::Explain(command),
            });
        }
        Sub::Squares(arguments) => (Job::squares(), arguments),
        Sub::Cubes(arguments) => (Job::cubes(), arguments),
        Sub::SumOfSquares(arguments) => (Job::sum_of_squares(), arguments),
        Sub::Compare(arguments) => {
            let mut command = arguments.command(run_part, terminal)?;
            command.spec.command_line = command_line;
            return Ok(Command::Compare(Box::new(command)));
        }
        Sub::Run(arguments) => {
            let command = arguments.command(from_environment, terminal)?;
            return Ok(Command::Run(Box::new(command)));
        }
        Sub::Merge(arguments) => {
            let command = merge::command(&arguments, terminal)?;
            return Ok(Command::Merge(Box::new(command)));
        }
        Sub::Map(arguments) => {
            let command = arguments.command(from_environment, terminal)?;
            return Ok(Command::Map(Box::new(command)));
        }
        Sub::Completions { shell } => return Ok(Command::Completions(shell)),
    };
    let input = &arguments.input;
    let command = compute::command(job, input, &arguments, from_environment, terminal)?;
    Ok(Command::Compute(Box::new(command)))
}

/// The command line as a shell reads it, whatever the path to the program.
fn command_line(arguments: &[OsString]) -> String {
    let words = arguments.iter().skip(1).map(OsString::as_os_str);
    let line = task::shell_line(std::iter::once(OsStr::new("partask")).chain(words));
    String::from_utf8_lossy(&line).into_owned()
}

/// The words after `run` as clap reads them.
fn translated(words: Vec<OsString>) -> Result<Vec<OsString>, cmd::Usage> {
    let command = Cli::command();
    match command.find_subcommand("run") {
        Some(run) => run::translate(words, run),
        None => Ok(words),
    }
}

/// What clap makes of a command line. An option that is nobody's is told in a line of our own: what clap
/// suggests, to write `--` before it, would make it a part of what is run or read.
fn matches_of(arguments: impl IntoIterator<Item = OsString>) -> anyhow::Result<clap::ArgMatches> {
    let error = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => return Ok(matches),
        Err(error) => error,
    };
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    };
    if error.kind() == ErrorKind::InvalidValue
        && text(ContextKind::InvalidArg).is_some_and(|argument| argument == "[JOB]")
        && text(ContextKind::SuggestedValue).is_none()
        && let Some(word) = text(ContextKind::InvalidValue)
    {
        return Err(no_job(&word).into());
    }
    if error.kind() != ErrorKind::UnknownArgument {
        return Err(error.into());
    }
    let Some(word) = text(ContextKind::InvalidArg) else {
        return Err(error.into());
    };
    if !word.starts_with('-') {
        return Err(error.into());
    }
    let guess = text(ContextKind::SuggestedArg);
    let mend = guess.map_or("--help lists those there are".to_owned(), |guess| {
        format!("did you mean {guess}? --help lists those there are")
    });
    Err(cmd::Usage(format!("unknown option '{word}': {mend}")).into())
}

/// What is said of a word that is no job of a comparison: it may be a program, as other tools take them.
fn no_job(word: &str) -> cmd::Usage {
    let quoted = String::from_utf8_lossy(&crate::task::shell_quote(word.as_bytes())).into_owned();
    cmd::Usage(format!(
        "'{}' is no job: there are squares, cubes, sum-of-squares, eval and run, and programs stand after an option of their own each: --command {}",
        crate::units::printable(word),
        crate::units::printable(&quoted)
    ))
}

/// Keeps the INPUT of a job, when it starts with a minus and a digit or comma, from being taken for
/// an option, by a space in front: no option starts so, and an input is read without the spaces around
/// it. What follows an option is left alone, as it may be the option's value.
fn shield_minus(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = Cli::command();
    let reads_input = |name: &str| name == "compare" || is_numeric(name);
    let job = arguments
        .get(1)
        .and_then(|name| command.find_subcommand(name))
        .filter(|found| reads_input(found.get_name()));
    let Some(job) = job else { return arguments };
    for i in 2..arguments.len() {
        let bytes = arguments[i].as_encoded_bytes();
        let is_input = matches!(bytes, [b'-', b'0'..=b'9' | b',', ..])
            || (job.get_name() == "eval" && is_expression(bytes));
        if is_input && !takes_value(job, &arguments[i - 1]) {
            let mut shielded = OsString::from(" ");
            shielded.push(&arguments[i]);
            arguments[i] = shielded;
        }
    }
    arguments
}

/// Whether a word begins as an expression with a minus does, and no option of `eval`: `-n^2`, `-(n + 1)`,
/// `-gcd(n, 3)`.
fn is_expression(word: &[u8]) -> bool {
    match word {
        [b'-', b'(' | b'~', ..] => true,
        [b'-', b'a'..=b'z', rest @ ..] => {
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let name_len = 1 + rest.iter().take_while(|byte| is_name(byte)).count();
            let behind = word.get(1 + name_len);
            match &word[1..=name_len] {
                b"n" | b"x" | b"i" => behind.is_none_or(|byte| b" ^*+-/%<>&|?!)".contains(byte)),
                _ => behind == Some(&b'('),
            }
        }
        _ => false,
    }
}

/// Whether a subcommand runs a numeric job.
fn is_numeric(name: &str) -> bool {
    name == "eval" || Job::named().iter().any(|job| job.name() == name)
}

/// Where the word `run` stands as the job of a comparison: what follows it is a command line of its
/// own.
fn run_at(arguments: &[OsString]) -> Option<usize> {
    let command = Cli::command();
    let compare = command.find_subcommand("compare")?;
    if arguments.get(1)? != "compare" {
        return None;
    }
    let is_job = |at: &usize| {
        !arguments[*at].as_encoded_bytes().starts_with(b"-")
            && !takes_value(compare, &arguments[*at - 1])
    };
    let job = (2..arguments.len()).find(is_job)?;
    (arguments[job] == "run").then_some(job)
}

/// Reads what follows `compare … run` as `partask run` does.
fn run_part(
    program: &OsStr,
    words: Vec<OsString>,
    terminal: Terminal,
) -> anyhow::Result<compare::RunPart> {
    let words = translated(words)?;
    let line = [program.to_owned(), "run".into()].into_iter().chain(words);
    let matches = matches_of(line)?;
    let workers = matches
        .subcommand()
        .filter(|(_, matches)| matches.value_source("workers") == Some(ValueSource::CommandLine))
        .and_then(|(_, matches)| matches.get_one::<String>("workers").cloned());
    let Sub::Run(mut arguments) = Cli::from_arg_matches(&matches)?.command else {
        unreachable!("its subcommand is run");
    };
    // They are a list here, and not that of the environment.
    arguments.workers = None;
    let command = arguments.command(false, terminal)?;
    if let Some(option) = single_run_option(&command) {
        let message = format!("{option} is for a single run: leave it out of a comparison");
        return Err(cmd::Usage(message).into());
    }
    Ok(compare::RunPart {
        tasks: command.spec,
        workers,
    })
}

/// An option that makes no sense when the tasks are run again and again.
fn single_run_option(command: &cmd::run::Command) -> Option<&'static str> {
    let given = [
        ("--dry-run", command.dry_run),
        ("--log", command.log.is_some()),
        ("--joblog", command.joblog.is_some()),
        ("--results", command.results.is_some()),
        ("--junit", command.junit.is_some()),
        ("--trace", command.trace.is_some()),
        ("--timeline", command.timeline),
        ("--verbose", command.verbose),
        ("--tty", command.spec.tty),
    ];
    given
        .into_iter()
        .find_map(|(option, given)| given.then_some(option))
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

    fn spec(line: &str) -> cmd::compute::Spec {
        let arguments = line.split_whitespace().map(OsString::from);
        match parse(arguments, Terminal::default()).unwrap() {
            Command::Compute(command) => command.spec,
            _ => panic!("no job"),
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
            (Job::sum_of_squares(), 3, Some(1_000_000))
        );
        assert_eq!(spec.kernel, Kernel::Scalar);
        assert_eq!(spec.time_limit, Some(std::time::Duration::from_secs(90)));
        assert!(spec.verify);
    }
}
