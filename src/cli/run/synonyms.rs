//! Words that users of GNU parallel and xargs type: what they mean here, each in one line.

use clap::Args;

/// What is the default anyway, or has another name here.
#[derive(Debug, Args)]
#[command(next_help_heading = "Words from GNU parallel and xargs")]
pub(super) struct SynonymArgs {
    /// (--group) Outputs in the order of the inputs, each as one: the default
    #[arg(short = 'k', long, alias = "group")]
    pub(super) keep_order: bool,

    /// (--lb, -u, --ungroup) The same as --order line; lines stay whole
    #[arg(short = 'u', long, aliases = ["lb", "ungroup"], conflicts_with = "keep_order")]
    pub(super) line_buffer: bool,

    /// (--eta) The same as --progress always, or --progress alone
    #[arg(long, alias = "eta")]
    pub(super) bar: bool,

    /// Nothing is run for no inputs: the default
    #[arg(short = 'r', long)]
    pub(super) no_run_if_empty: bool,

    /// (--verbose) Print each command on standard error when it is started
    #[arg(short = 't', long = "verbose", short_alias = 'v')]
    pub(super) verbose: bool,

    /// The same as --resume, which runs failed tasks again
    #[arg(long, requires = "log", conflicts_with = "overwrite")]
    pub(super) resume_failed: bool,

    /// Run only those tasks again that failed by the log
    #[arg(long, requires = "log", conflicts_with_all = ["overwrite", "resume", "resume_failed"])]
    pub(super) retry_failed: bool,
}
