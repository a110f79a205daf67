//! What the command line of `partask run` looks like: options, help and examples.

use super::super::values::{self, modes};
use super::batches::BatchArgs;
use super::orders;
use super::synonyms::SynonymArgs;
use crate::cmd::run::Order;
use crate::report::progress::Mode;
use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

pub(in crate::cli) const EXAMPLES: &str = "\
Inputs, after the command:
  ::: a b 1..4        these items; A..B (without B) and A..=B stand for their numbers
  :::: FILE…          the lines of each file; - is standard input
  several of these    every combination; :::+ and ::::+ go along with the one before
  none of these       the lines of standard input

Placeholders, in any word of the command; without one, the input is added at its end:
  {}    the input                     {1} {2} {-1}   the input of that source, or column
  {.}   without its extension         {#}            the number of the task
  {/}   what follows its last slash   {%}            the slot that runs it
  {//}  its folder                    {/.}           its last part without the extension

More words from GNU parallel and xargs, and what they are here:
  -j, -P, --max-procs, --threads   --workers      -C, --col-sep          --colsep
  -N, --max-replace-args           -n             --workdir              --wd
  -i, -iTEXT                       -I {}, -I TEXT --memfree, --load      --min-free-memory, --max-load
  --halt-on-error, 0, 1, 2, 10%    --halt         --dryrun               --dry-run
  --jl, --res, --result            --joblog, --results
  --progress without a value       --progress always
  Any other option of theirs is answered with what there is instead.

Examples:
  partask run echo \"this is process {}\" ::: 1 2 3 4
  partask run --workers 2 --shell 'sleep 0.{}; echo {}' ::: 5 2 1 3 --timeline
  printf 'a b\\n' | partask run --colsep ' ' echo '{2} {1}'
  partask run --dry-run convert {} {.}.png ::: 'a b.jpg' c.jpg
  partask run --tag --order line sh -c 'echo one; echo two' ::: x y
  partask run --retries 2 --timeout 10s --log run.json true ::: 1..=5
  partask run --log run.json --resume true ::: 1..=8
  partask run --halt now false ::: 1   exit code 6";

#[derive(Debug, Args)]
pub(in crate::cli) struct RunArgs {
    /// A program and its arguments, then its inputs; executed as it stands, without a shell
    ///
    /// Options of partask come before it: from the first word on, everything is the command's own.
    #[arg(
        value_name = "COMMAND",
        required = true,
        num_args = 1..,
        trailing_var_arg = true
    )]
    pub(super) words: Vec<OsString>,

    /// How many tasks run at a time: N, 50% of the CPUs that this process may use, +2 or -1 of them, or 0
    /// for as many as there is room for; by default as many as CPUs
    #[arg(short, long, value_name = "N", env = values::WORKERS_VARIABLE, allow_hyphen_values = true,
        short_aliases = ['j', 'P'], visible_alias = "jobs", aliases = ["max-procs", "maxprocs", "threads"])]
    pub(in crate::cli) workers: Option<String>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    #[command(flatten)]
    pub(super) batches: BatchArgs,

    #[command(flatten)]
    pub(super) outputs: OutputArgs,

    #[command(flatten)]
    pub(super) failures: FailureArgs,

    #[command(flatten)]
    pub(super) throttles: ThrottleArgs,

    #[command(flatten)]
    pub(super) records: RecordArgs,

    #[command(flatten)]
    pub(super) synonyms: SynonymArgs,
}

/// What is run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Command and inputs")]
pub(super) struct InputArgs {
    /// Take the command as one text for sh -c; inputs are quoted for it. --shell=bash is another shell, and
    /// so is PARTASK_SHELL
    #[arg(long, value_name = "SHELL", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(super) shell: Option<OsString>,

    /// Read inputs from the lines of a file, before all other sources; - is standard input
    #[arg(short, long, value_name = "FILE", alias = "argfile")]
    pub(super) arg_file: Vec<PathBuf>,

    /// Inputs of files and of standard input end with a NUL byte instead of a newline
    #[arg(short = '0', long)]
    pub(super) null: bool,

    /// Split each input at this text into {1}, {2}…; \t is a tab
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        short_alias = 'C',
        alias = "col-sep"
    )]
    pub(super) colsep: Option<OsString>,

    /// Take items such as 1..4 as text
    #[arg(long)]
    pub(super) no_ranges: bool,

    /// Give each task the terminal, one at a time: for its standard input, and for its output, which is
    /// not captured
    #[arg(short = 'o', long, visible_alias = "open-tty", conflicts_with_all = ["tag", "results", "junit"])]
    pub(super) tty: bool,

    /// Print what would be executed, one command a line, and execute nothing
    #[arg(long, alias = "dryrun")]
    pub(super) dry_run: bool,
}

/// What is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Outputs as one for each task in the order of the inputs; the same in the order in which tasks
    /// end; or line by line as they come
    #[arg(long, value_name = "ORDER", default_value = "input", value_parser = orders())]
    pub(super) order: Order,

    /// Put the input and a tab before each line
    #[arg(long)]
    pub(super) tag: bool,

    /// No summary of what failed
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// When to show the progress on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = modes())]
    pub(super) progress: Mode,

    /// Show at the end which slot did what when; may also be the last word after :::
    #[arg(long)]
    pub(super) timeline: bool,
}

/// What becomes of tasks that fail.
#[derive(Debug, Args)]
#[command(next_help_heading = "Failures")]
pub(super) struct FailureArgs {
    /// Try a task that failed up to N times more
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_hyphen_values = true
    )]
    pub(super) retries: String,

    /// Wait before trying again: 500ms, 30s, 5m
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub(super) retry_delay: Option<String>,

    /// Tell a task that runs for longer to end, with everything that it has started (SIGTERM): 10 or 10s,
    /// 5m, or 200% of the median of those that have succeeded
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub(super) timeout: Option<String>,

    /// Kill what has not ended so long after it was told to (SIGKILL)
    #[arg(
        long,
        value_name = "D",
        default_value = "5s",
        allow_hyphen_values = true
    )]
    pub(super) grace: String,

    /// Leave alone what a task has started and left running when it ends by itself, such as a daemon
    #[arg(long)]
    pub(super) keep_background: bool,

    /// After a task failed: go on (never), start no more (soon), or also end those that run (now); also
    /// now,fail=2, soon,fail=20% of all tasks, now,success=1, now,done=3
    #[arg(
        long,
        value_name = "WHEN",
        allow_hyphen_values = true,
        aliases = ["halt-on-error", "haltonerror"]
    )]
    pub(super) halt: Option<String>,

    /// Halt after N failures instead of the first; soon, unless --halt now is given
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(super) max_failures: Option<String>,
}

/// What holds tasks back.
#[derive(Debug, Args)]
#[command(next_help_heading = "Throttles")]
pub(super) struct ThrottleArgs {
    /// Wait between the starts of two tasks
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub(super) delay: Option<String>,

    /// Start no task while as many processes run on this machine: a number, or a share of its CPUs
    /// such as 100%
    #[arg(long, value_name = "L", allow_hyphen_values = true, alias = "load")]
    pub(super) max_load: Option<String>,

    /// Start no task while less memory is available: bytes, or with k, M, G (of 1024)
    #[arg(
        long,
        value_name = "SIZE",
        allow_hyphen_values = true,
        alias = "memfree"
    )]
    pub(super) min_free_memory: Option<String>,

    /// Let other programs go first: the nice value of the tasks, up to 19
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_hyphen_values = true
    )]
    pub(super) nice: String,
}

/// What is written down.
#[derive(Debug, Args)]
#[command(next_help_heading = "Records")]
pub(super) struct RecordArgs {
    /// Write what happens to a file as it happens, one JSON object a line; one that is there already is
    /// not replaced
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,

    /// Skip the tasks that the log says have succeeded, told by command and input, and add to it
    #[arg(long)]
    pub(super) resume: bool,

    /// Replace the log that is there already
    #[arg(long, conflicts_with = "resume")]
    pub(super) overwrite: bool,

    /// Write a file in the columns of GNU parallel's --joblog, as which it replaces an earlier one, unless
    /// --resume is given
    #[arg(long, value_name = "FILE", alias = "jl")]
    pub(super) joblog: Option<PathBuf>,

    /// Write a folder for each task, with its output and its record; those of the same tasks are replaced
    #[arg(long, value_name = "DIR", aliases = ["res", "result"])]
    pub(super) results: Option<PathBuf>,

    /// Write a JUnit report of this run, in the place of an earlier one
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,

    /// Write a trace of this run, in the place of an earlier one, that Perfetto and chrome://tracing open
    #[arg(long, value_name = "FILE")]
    pub(super) trace: Option<PathBuf>,
}
