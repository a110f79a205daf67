//! The command line as a whole: its subcommands. Their options stand in a file each.

use super::compare::{self, CompareArgs};
use super::compute::{self, ComputeArgs};
use super::eval::{self, EvalArgs};
use super::map::{self, MapArgs};
use super::merge::{self, MergeArgs};
use super::run::{self, RunArgs};
use clap::{Parser, Subcommand};

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
    #[command(visible_alias = "square", after_help = compute::SQUARES_EXAMPLES)]
    Squares(ComputeArgs),
    /// Cube every number; the total is the sum of the cubes
    #[command(visible_alias = "cube", after_help = compute::CUBES_EXAMPLES)]
    Cubes(ComputeArgs),
    /// Add up the squares of all numbers
    #[command(visible_alias = "sum-squares", after_help = compute::SUM_EXAMPLES)]
    SumOfSquares(ComputeArgs),
    /// Compute a function of your own at every number: exact, checked, any reduction
    #[command(after_help = eval::EXAMPLES)]
    Eval(Box<EvalArgs>),
    /// Time one job at several worker counts: speedup, efficiency, and what was lost
    #[command(after_help = compare::EXAMPLES)]
    Compare(Box<CompareArgs>),
    /// Run a program over many inputs, each task in its own process
    #[command(after_help = run::EXAMPLES)]
    Run(Box<RunArgs>),
    /// Join the parts that shards of a job have left into one result
    #[command(after_help = merge::EXAMPLES)]
    Merge(MergeArgs),
    /// Feed items to long-lived workers: a line in, a line out, in order
    #[command(after_help = map::EXAMPLES)]
    Map(Box<MapArgs>),
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
  partask eval 'n^2 + 3n + 1' 1..1e6
  partask compare sum-of-squares 1..1e8 --runs 5
  partask run echo \"this is process {}\" ::: 1 2 3 4
  seq 10 | partask map awk '{print $1*$1; fflush()}'
  partask help squares";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  partask completions bash > partask.bash
  partask completions fish > partask.fish";
