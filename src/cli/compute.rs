//! The numeric jobs: their options, and their conversion to a validated command.

use super::checkpoints::{self, CheckpointArgs};
use super::shards::{self, ShardArgs};
use super::values::{self, chunk_size, formats, kernels, modes};
use super::{Terminal, colour_wanted};
use crate::cmd::Usage;
use crate::cmd::compute::{Command, Destination, Spec};
use crate::job::Job;
use crate::kernel::Kernel;
use crate::output::Form;
use crate::report::progress::Mode;
use crate::report::{Format, Style};
use crate::units;
use clap::Args;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(super) const SQUARES_EXAMPLES: &str = "\
Examples:
  partask squares 1..100000000 --workers 4    the total and the timings
  partask squares 3,4,5,6,6,7,87,8,8          a list, duplicates kept
  partask squares -1000000..1000000 --quiet   the bare total, for scripts
  partask squares 1..100 --step 2 --timings   every second number, and what each worker did
  partask squares 1..10 --values              every result, one a line
  seq 1 1000 | partask squares - --verify     numbers from standard input
  partask squares 1..1e6 -o squares.npy       a NumPy array
  partask squares 1..1e7 --shard 2/4 --partial parts   one of four parts, for partask merge";

pub(super) const CUBES_EXAMPLES: &str = "\
Examples:
  partask cubes 1..=100000
  partask cubes 10..0 --step -1
  partask cubes 1..1e8 --kernel scalar        what vector code buys
  partask cubes 1..1e7 --verify               computed once more by the plain loop";

pub(super) const SUM_EXAMPLES: &str = "\
Examples:
  partask sum-of-squares 1..100000000 --workers 1
  partask sum-of-squares 1..1e8 --format json
  partask sum-of-squares 1..1e15 --time-limit 1s   stops with exit code 5
  partask sum-of-squares 1..1e15 --time-limit 1s --checkpoint s.json   exit code 5";

#[derive(Debug, Args)]
pub(super) struct ComputeArgs {
    /// Ranges and numbers, comma-separated: A..B (without B), A..=B (with B), N, @FILE, - (standard
    /// input)
    ///
    /// A number is a signed 64-bit integer, written 100000000, 100_000_000, 1e8, 1.5e9, 2^32,
    /// 2**32 or -5. Items are kept in order, duplicates too: 1..4,10,-2.
    /// A file holds integers separated by white space or commas. Several words are as one with commas
    /// between; without any, standard input is read, unless it is a terminal.
    #[arg(value_name = "INPUT")]
    pub(super) input: Vec<OsString>,

    /// Take every K-th number of the ranges; negative to run down
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub(super) step: Option<String>,

    /// Worker threads: N, 50% of the CPUs this process may use, +2 or -1 of them; by default as many as
    /// CPUs
    #[arg(short, long, value_name = "N", env = values::WORKERS_VARIABLE, allow_hyphen_values = true,
        short_alias = 'j', visible_aliases = ["jobs", "threads"])]
    pub(super) workers: Option<String>,

    /// Numbers in a chunk; by default planned (at most 32,768 with --values or --output)
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(super) chunk_size: Option<String>,

    /// Print every result in input order, one a line; the report goes to standard error
    #[arg(long)]
    pub(super) values: bool,

    /// Write the results to a .txt, .csv or .npy file, replaced only when all is done
    #[arg(short, long, value_name = "FILE", conflicts_with = "values")]
    pub(super) output: Option<PathBuf>,

    /// The report's form
    #[arg(long, value_name = "FORM", default_value = "human", value_parser = formats())]
    pub(super) format: Format,

    /// The same as --format json
    #[arg(long, conflicts_with_all = ["format", "quiet"])]
    pub(super) json: bool,

    /// Print only the total
    #[arg(short, long, conflicts_with_all = ["format", "timings"])]
    pub(super) quiet: bool,

    /// Add the per-worker table: chunks, numbers, busy, idle, share
    #[arg(long)]
    pub(super) timings: bool,

    /// Compute everything once more by the reference path, and compare
    #[arg(long)]
    pub(super) verify: bool,

    /// Vector code for the best instruction set of this CPU or for the one named, or the plain
    /// reference loop
    #[arg(long, default_value = "auto", value_parser = kernels())]
    pub(super) kernel: Kernel,

    /// Stop after this time with exit code 5: 500ms, 30s, 5m, 2h
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub(super) time_limit: Option<String>,

    /// When to show a progress bar on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = modes())]
    pub(super) progress: Mode,

    #[command(flatten)]
    pub(super) shards: ShardArgs,

    #[command(flatten)]
    pub(super) checkpoints: CheckpointArgs,
}

/// The validated command.
pub(super) fn command(
    job: Job,
    input: &[OsString],
    arguments: &ComputeArgs,
    workers_from_environment: bool,
    terminal: Terminal,
) -> Result<Command, Usage> {
    let workers = values::workers(arguments.workers.as_deref(), workers_from_environment)?;
    let input = values::input(&words(input, terminal)?, arguments.step.as_deref())?;
    let destination = destination(&job, arguments)?;
    let time_limit = arguments.time_limit.as_deref().map(units::parse_duration);
    let spec = Spec {
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
        ..Spec::new(job, input)
    };
    let shard = shards::shard(&arguments.shards)?;
    let checkpoints = checkpoints::checkpoints(&arguments.checkpoints, &spec, shard, &destination)?;
    let (spec, destination, part_folder) =
        shards::apply(&arguments.shards, shard, spec, destination)?;
    // With results on standard output the report goes to standard error, and a bar there would run
    // into results that a terminal shows.
    let report_on_terminal = if arguments.values {
        terminal.stderr
    } else {
        terminal.stdout
    };
    let no_bar = arguments.quiet || (arguments.values && terminal.stdout);
    Ok(Command {
        destination,
        spec,
        part_folder,
        checkpoints,
        style: Style {
            format: match arguments.json {
                true => Format::Json,
                false => arguments.format,
            },
            timings: arguments.timings,
            colour: report_on_terminal && colour_wanted(),
            columns: terminal.columns,
        },
        quiet: arguments.quiet,
        progress: match arguments.progress {
            Mode::Auto if no_bar => Mode::Never,
            mode => mode,
        },
        stderr_is_terminal: terminal.stderr,
        stdin_is_terminal: terminal.stdin,
    })
}

/// The words of the input as one; standard input when there are none.
fn words(words: &[OsString], terminal: Terminal) -> Result<OsString, Usage> {
    match words {
        [] if terminal.stdin => Err(Usage(
            "there is no INPUT: give a range such as 1..100, numbers, or @FILE; - reads numbers from the terminal"
                .to_owned(),
        )),
        [] => Ok("-".into()),
        words => Ok(values::one_input(words)),
    }
}

/// Where the results are to go.
fn destination(job: &Job, arguments: &ComputeArgs) -> Result<Destination, Usage> {
    if !job.has_values() && (arguments.values || arguments.output.is_some()) {
        let verb = if arguments.values { "print" } else { "write" };
        return Err(values::no_values(job, verb));
    }
    let Some(path) = &arguments.output else {
        return Ok(match arguments.values {
            true => Destination::StandardOutput,
            false => Destination::Nowhere,
        });
    };
    Ok(Destination::File(path.clone(), form_of(path)?))
}

/// The form of the file that `--output` names.
pub(super) fn form_of(path: &Path) -> Result<Form, Usage> {
    Form::of(path).ok_or_else(|| {
        Usage(format!(
            "--output '{}': end the name in .txt or .csv (one result a line) or .npy (a NumPy array)",
            path.display()
        ))
    })
}
