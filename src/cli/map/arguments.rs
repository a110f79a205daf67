//! What the command line of `partask map` looks like: options, help and examples.

use super::super::values::{self, modes};
use crate::report::progress::Mode;
use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

pub(in crate::cli) const EXAMPLES: &str = "\
A worker reads lines and writes exactly one line for each, at once when it has no more to read:
  awk '{print $1*$1; fflush()}'    sed -u …    jq --unbuffered -c …    python3 -u worker.py
It is started once and lives until there are no more items, or until it ends by itself.

Items, after the command:
  ::: a b 1..4        these; A..B (without B) and A..=B stand for their numbers
  :::: FILE…          the lines of each file; - is standard input
  none of these       the lines of standard input
  Of several of these an item is one of each, with tabs between.

When something goes wrong:
  A worker that dies, hangs or miscounts is replaced, and its items are given out again in smaller
  portions until it is known which one fails; that item ends the run, unless --on-error says otherwise.

Examples:
  seq 10 | partask map awk '{print $1*$1; fflush()}'
  partask map -w 2 sed -u 's/^/number /' ::: 1..=5
  seq 100000 | partask map --whole awk '{print $1*$1}' | tail -n 1
  printf 'a\\nb\\n' | partask map --on-error NA --retries 1 sed -u 's/a/A/'
  partask map false ::: 1   exit code 6";

#[derive(Debug, Args)]
pub(in crate::cli) struct MapArgs {
    /// A program and its arguments, then its items; executed as it stands, without a shell
    ///
    /// Options of partask come before it: from the first word on, everything is the command's own.
    #[arg(
        value_name = "COMMAND",
        required = true,
        num_args = 1..,
        trailing_var_arg = true
    )]
    pub(super) words: Vec<OsString>,

    /// How many workers there are: N, 50% of the CPUs that this process may use, +2 or -1 of them; by
    /// default as many as CPUs
    #[arg(short, long, value_name = "N", env = values::WORKERS_VARIABLE, allow_hyphen_values = true,
        short_aliases = ['j', 'P'], visible_alias = "jobs", aliases = ["max-procs", "processes"])]
    pub(in crate::cli) workers: Option<String>,

    /// Take the command as one text for sh -c. --shell=bash is another shell, and so is PARTASK_SHELL
    #[arg(long, value_name = "SHELL", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(super) shell: Option<OsString>,

    /// Read items from the lines of a file, before all other sources; - is standard input
    #[arg(short, long, value_name = "FILE")]
    pub(super) arg_file: Vec<PathBuf>,

    /// Items and answers end with a NUL byte instead of a newline
    #[arg(short = '0', long)]
    pub(super) null: bool,

    /// Items and answers are CSV records, which may hold newlines between quotes
    #[arg(long, conflicts_with = "null")]
    pub(super) csv: bool,

    /// Take items such as 1..4 as text
    #[arg(long)]
    pub(super) no_ranges: bool,

    /// Give a worker at most N items at a time; by default so many as take it 20 ms
    #[arg(
        long,
        value_name = "N",
        allow_hyphen_values = true,
        alias = "chunksize"
    )]
    pub(super) window: Option<String>,

    /// Close a worker's input after a batch and start another process for the next, for programs that
    /// buffer what they read or write; a batch is what takes 200 ms
    #[arg(long)]
    pub(super) whole: bool,

    /// The same with N items a batch, of 1 MiB together
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(super) batch: Option<String>,

    /// Give an item that a worker has failed at to another up to N times more
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_hyphen_values = true
    )]
    pub(super) retries: String,

    /// Replace a worker that answers nothing for so long: 10 or 10s, 5m
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub(super) timeout: Option<String>,

    /// Kill a worker that has not ended so long after it was told to (SIGKILL)
    #[arg(
        long,
        value_name = "D",
        default_value = "5s",
        allow_hyphen_values = true
    )]
    pub(super) grace: String,

    /// What becomes of an item that fails: stop ends the run once the items before it are answered, skip
    /// leaves it out, any other text is its answer
    #[arg(long, value_name = "stop|skip|TEXT", default_value = "stop")]
    pub(super) on_error: OsString,

    /// Put the number of the worker and a tab before each line of standard error
    #[arg(long)]
    pub(super) tag: bool,

    /// Run the workers in this folder
    #[arg(long, value_name = "DIR", aliases = ["workdir", "work-dir"])]
    pub(super) wd: Option<OsString>,

    /// Give the workers a variable, besides those of partask itself
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) env: Vec<OsString>,

    /// Let other programs go first: the nice value of the workers, up to 19
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_hyphen_values = true
    )]
    pub(super) nice: String,

    /// No summary; items that fail are told all the same
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// When to show the progress on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = modes())]
    pub(super) progress: Mode,

    /// Write what happens to a file as it happens, one JSON object a line; one that is there already is
    /// not replaced
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,

    /// Replace the log that is there already
    #[arg(long)]
    pub(super) overwrite: bool,
}
