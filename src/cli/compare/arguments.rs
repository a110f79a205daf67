//! What the command line of `partask compare` looks like: options, help and examples.

use super::super::eval::reductions;
use super::super::values::named;
use super::execution::ExecutionArgs;
use super::lists::ListArgs;
use super::measuring::MeasuringArgs;
use super::output::OutputArgs;
use crate::reduction::Reduction;
use clap::Args;
use clap::builder::TypedValueParser;
use std::ffi::OsString;
use std::path::PathBuf;

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  partask compare sum-of-squares 1..1e8 --workers 1,2 --runs 5
  partask compare squares 1..1e7 --workers 2 --kernel scalar,auto --runs 5
  partask compare sum-of-squares 1..1e7 --against 'echo 333333283333335000000' --runs 5
  partask compare cubes 1..1e7 --runs 5 --export-json cubes.json --export-svg cubes.svg
  partask compare squares 1..1e7 --runs 5 --export-html squares.html
  partask compare sum-of-squares 1..1e7 --weak --workers 1,2,4 --runs 5
  partask compare squares 1..1e7 --runs 5 --save-baseline squares.json
  partask compare squares 1..1e7 --runs 5 --quiet
  partask compare --workers 1,2 --runs 3 run sleep 0.0{} ::: 1 2 3
  partask compare -w 1,2 --runs 3 --command 'seq 9 | xargs -P {workers} -n 9 echo'";

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub(super) enum Compared {
    /// Squares.
    Squares,
    /// Cubes.
    Cubes,
    /// The sum of squares.
    SumOfSquares,
    /// An expression.
    Eval,
    /// External commands.
    Run,
}

/// The jobs that have an INPUT.
const NUMERIC: [(&str, &str); 4] = [
    ("job", "squares"),
    ("job", "cubes"),
    ("job", "sum-of-squares"),
    ("job", "eval"),
];

fn compared() -> impl TypedValueParser<Value = Compared> {
    named(&[
        ("squares", Compared::Squares),
        ("cubes", Compared::Cubes),
        ("sum-of-squares", Compared::SumOfSquares),
        ("eval", Compared::Eval),
        ("run", Compared::Run),
    ])
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CompareArgs {
    /// The job: squares, cubes, sum-of-squares, eval, or run
    #[arg(value_name = "JOB", value_parser = compared())]
    pub(super) job: Option<Compared>,

    /// What it is done to, as for the job itself: A..B, A..=B, N, @FILE. After `eval` the expression comes
    /// first. After `run`: its options, the command and its inputs
    #[arg(value_name = "INPUT", required_if_eq_any = NUMERIC)]
    pub(super) input: Vec<OsString>,

    #[command(flatten)]
    pub(super) commands: CommandArgs,

    #[command(flatten)]
    pub(super) lists: ListArgs,

    #[command(flatten)]
    pub(super) execution: ExecutionArgs,

    #[command(flatten)]
    pub(super) dimensions: DimensionArgs,

    #[command(flatten)]
    pub(super) measuring: MeasuringArgs,

    #[command(flatten)]
    pub(super) rivals: RivalArgs,

    #[command(flatten)]
    pub(super) files: FileArgs,

    #[command(flatten)]
    pub(super) gates: GateArgs,

    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// Programs whose own speedup is measured.
#[derive(Debug, Args)]
#[command(next_help_heading = "Any program")]
pub(super) struct CommandArgs {
    /// Measure this command instead of a job: {workers} stands for each worker count; without it, it is
    /// measured once. May be repeated
    #[arg(long, value_name = "COMMAND")]
    pub(super) command: Vec<String>,

    /// What to call it; once for each --command, in the same order
    #[arg(
        short,
        long,
        value_name = "NAME",
        requires = "command",
        alias = "command-name"
    )]
    pub(super) name: Vec<String>,

    /// Leave OMP_NUM_THREADS and its like as they are; else they are set to the worker count
    #[arg(long, requires = "command")]
    pub(super) no_thread_variables: bool,

    /// What every run must print, or @FILE that holds it, but for white space at the end; by default what
    /// the first run prints
    #[arg(
        long,
        value_name = "TEXT",
        requires = "command",
        allow_hyphen_values = true
    )]
    pub(super) expect: Option<String>,

    /// Do not check what the commands print, such as times
    #[arg(long, requires = "command", conflicts_with = "expect")]
    pub(super) unchecked: bool,
}

/// What is done, and in which ways.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is compared")]
pub(super) struct DimensionArgs {
    /// Worker counts, such as 1,2,4 or 1..=8; by default 1, 2, 4, … up to the CPUs this process may use
    #[arg(short, long, value_name = "LIST", allow_hyphen_values = true,
        short_alias = 'j', aliases = ["jobs", "threads"])]
    pub(super) workers: Option<String>,

    /// Kernels, such as auto,scalar or avx2,avx512
    #[arg(long, value_name = "LIST", default_value = "auto")]
    pub(super) kernel: String,

    /// Numbers in a chunk, such as 65536,1e6; by default planned
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub(super) chunk_size: Option<String>,

    /// The worker count, or the command, that the others are compared with; by default the first
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(super) reference: Option<String>,

    /// Take every K-th number of the ranges; negative to run down
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub(super) step: Option<String>,

    /// Let the work grow: N workers do N times the range, and speedups are scaled (Gustafson)
    #[arg(long, conflicts_with = "against")]
    pub(super) weak: bool,

    /// What is made of the values of eval: sum, count, min, max, product, xor, mean, first, last,
    /// histogram
    #[arg(long, value_name = "HOW", default_value = "sum", value_parser = reductions(),
        hide_possible_values = true)]
    pub(super) reduce: Reduction,

    /// Render every result as text, too, which goes nowhere
    #[arg(long)]
    pub(super) values: bool,

    /// Check the answer by the reference path, too, before anything is timed
    #[arg(long)]
    pub(super) verify: bool,
}

/// Other programs beside it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Other programs")]
pub(super) struct RivalArgs {
    /// Time this command, too, with its start; the last number it prints must be the answer. May be
    /// repeated
    #[arg(long, value_name = "COMMAND")]
    pub(super) against: Vec<String>,

    /// What to call it; once for each --against, in the same order
    #[arg(long, value_name = "NAME", requires = "against")]
    pub(super) against_name: Vec<String>,

    /// Do not check what the other commands print
    #[arg(long, requires = "against")]
    pub(super) against_unchecked: bool,
}

/// Files, written after every round.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files, written after every round")]
pub(super) struct FileArgs {
    /// Everything, with every sample
    #[arg(long, value_name = "FILE")]
    pub(super) export_json: Option<PathBuf>,

    /// A row a case
    #[arg(long, value_name = "FILE")]
    pub(super) export_csv: Option<PathBuf>,

    /// Tables
    #[arg(long, value_name = "FILE")]
    pub(super) export_markdown: Option<PathBuf>,

    /// The form of hyperfine's --export-json
    #[arg(long, value_name = "FILE")]
    pub(super) export_hyperfine: Option<PathBuf>,

    /// The same of two cases, for its welch_ttest: the fastest and the fastest other program, or the
    /// reference and the fastest
    #[arg(long, value_name = "FILE")]
    pub(super) export_hyperfine_pair: Option<PathBuf>,

    /// The times, for github-action-benchmark's customSmallerIsBetter
    #[arg(long, value_name = "FILE")]
    pub(super) export_github_action: Option<PathBuf>,

    /// The speedups, for its customBiggerIsBetter
    #[arg(long, value_name = "FILE")]
    pub(super) export_github_action_speedup: Option<PathBuf>,

    /// The Bencher Metric Format
    #[arg(long, value_name = "FILE")]
    pub(super) export_bencher: Option<PathBuf>,

    /// A chart of the speedups
    #[arg(long, value_name = "FILE")]
    pub(super) export_svg: Option<PathBuf>,

    /// A web page of its own: the result, the chart, the tables, every run, the machine
    #[arg(long, value_name = "FILE")]
    pub(super) export_html: Option<PathBuf>,
}

/// Limits that decide the exit code.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits: exit code 4 when one is broken, 7 when that can't be told")]
pub(super) struct GateArgs {
    /// The most workers must be at least this many times faster than the reference
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub(super) min_speedup: Option<String>,

    /// Every worker count must be at least this efficient
    #[arg(long, value_name = "P%", allow_hyphen_values = true)]
    pub(super) min_efficiency: Option<String>,

    /// Add this session to a stored baseline, or make it, unless a limit is broken; the last 10 are kept
    #[arg(long, value_name = "FILE")]
    pub(super) save_baseline: Option<PathBuf>,

    /// Compare with a stored baseline
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// No case may take this much longer than in the baseline, which has to have 3 sessions to tell a
    /// change under 2.5 × from the machine's own; without one, no --command than the reference's, and the
    /// job's fastest case not than a program by --against
    #[arg(long, value_name = "P%", allow_hyphen_values = true)]
    pub(super) max_regression: Option<String>,

    /// Measure again after this time before a regression is called one
    #[arg(
        long,
        value_name = "D",
        requires = "max_regression",
        default_value = "30s",
        allow_hyphen_values = true
    )]
    pub(super) confirm_after: String,

    /// Compare also with a baseline of another machine, job, version or worker count
    #[arg(long, requires = "baseline")]
    pub(super) allow_mismatch: bool,
}
