//! What the command line looks like: subcommands, options, help and examples.

use super::WORKERS_VARIABLE;
use crate::kernel::Kernel;
use crate::report::Format;
use crate::report::progress::Mode;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// Run a numeric job on every core: exact totals, real work, every answer checked.
#[derive(Debug, Parser)]
#[command(
    name = "partask",
    version,
    propagate_version = true,
    args_override_self = true,
    arg_required_else_help = true,
    after_help = EXAMPLES
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Sub,
}

#[derive(Debug, Subcommand)]
pub(super) enum Sub {
    /// Square every number; the total is the sum of the squares
    #[command(after_help = SQUARES_EXAMPLES)]
    Squares(ComputeArgs),
    /// Cube every number; the total is the sum of the cubes
    #[command(after_help = CUBES_EXAMPLES)]
    Cubes(ComputeArgs),
    /// Add up the squares of all numbers
    #[command(after_help = SUM_EXAMPLES)]
    SumOfSquares(ComputeArgs),
    /// Print the completion script for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell to complete in
        shell: clap_complete::Shell,
    },
}

const EXAMPLES: &str = "\
Examples:
  partask squares 1..100000000 --workers 4
  partask sum-of-squares 1..=1e9 --format json
  partask help squares";

const SQUARES_EXAMPLES: &str = "\
Examples:
  partask squares 1..100000000 --workers 4    the total and the timings
  partask squares 3,4,5,6,6,7,87,8,8          a list, duplicates kept
  partask squares -1000000..1000000 --quiet   the bare total, for scripts
  partask squares 1..100 --step 2 --timings   every second number, and what each worker did
  partask squares 1..10 --values              every result, one a line
  seq 1 1000 | partask squares - --verify     numbers from standard input
  partask squares 1..1e6 -o squares.npy       a NumPy array";

const CUBES_EXAMPLES: &str = "\
Examples:
  partask cubes 1..=100000
  partask cubes 10..0 --step -1
  partask cubes 1..1e8 --kernel scalar        what vector code buys
  partask cubes 1..1e7 --verify               computed once more by the plain loop";

const SUM_EXAMPLES: &str = "\
Examples:
  partask sum-of-squares 1..100000000 --workers 1
  partask sum-of-squares 1..1e8 --format json
  partask sum-of-squares 1..1e15 --time-limit 1s   stops with exit code 5";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  partask completions bash > partask.bash
  partask completions fish > partask.fish";

#[derive(Debug, Args)]
pub(super) struct ComputeArgs {
    /// Ranges and numbers, comma-separated: A..B (without B), A..=B (with B), N, @FILE, - (standard
    /// input)
    ///
    /// A number is a signed 64-bit integer, written 100000000, 100_000_000, 1e8, 1.5e9, 2^32,
    /// 2**32 or -5. Items are kept in order, duplicates too: 1..4,10,-2.
    /// A file holds integers separated by white space or commas.
    #[arg(value_name = "INPUT")]
    pub(super) input: OsString,

    /// Take every K-th number of the ranges; negative to run down
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub(super) step: Option<String>,

    /// Worker threads; by default the CPUs this process may use
    #[arg(short, long, value_name = "N", env = WORKERS_VARIABLE, allow_hyphen_values = true)]
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

    /// Print only the total
    #[arg(short, long, conflicts_with_all = ["format", "timings"])]
    pub(super) quiet: bool,

    /// Add the per-worker table: chunks, numbers, busy, idle, share
    #[arg(long)]
    pub(super) timings: bool,

    /// Compute everything once more by the reference path, and compare
    #[arg(long)]
    pub(super) verify: bool,

    /// Vector code for this CPU, or the plain reference loop
    #[arg(long, default_value = "auto", value_parser = kernels())]
    pub(super) kernel: Kernel,

    /// Stop after this time with exit code 5: 500ms, 30s, 5m, 2h
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub(super) time_limit: Option<String>,

    /// When to show a progress bar on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = modes())]
    pub(super) progress: Mode,
}

pub(super) fn named<T: Copy + Send + Sync + 'static>(
    choices: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(choices.iter().map(|(name, _)| *name)).try_map(|chosen| {
        choices
            .iter()
            .find(|(name, _)| *name == chosen)
            .map(|(_, value)| *value)
            .ok_or("not one of the names")
    })
}

pub(super) fn formats() -> impl TypedValueParser<Value = Format> {
    named(&[
        ("human", Format::Human),
        ("json", Format::Json),
        ("csv", Format::Csv),
        ("markdown", Format::Markdown),
    ])
}

pub(super) fn kernels() -> impl TypedValueParser<Value = Kernel> {
    named(&[("auto", Kernel::Auto), ("scalar", Kernel::Scalar)])
}

pub(super) fn modes() -> impl TypedValueParser<Value = Mode> {
    named(&[
        ("auto", Mode::Auto),
        ("always", Mode::Always),
        ("never", Mode::Never),
    ])
}
