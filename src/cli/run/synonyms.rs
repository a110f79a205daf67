//! Words that users of GNU parallel and xargs type: what they mean here, each in one line.

use clap::Args;

/// What is the default anyway, or has another name here.
#[derive(Debug, Args)]
#[command(next_help_heading = "Words from GNU parallel and xargs")]
pub(super) struct SynonymArgs {
    /// (--group) Outputs in the order of the inputs, each as one: the default
    #[arg(short = 'k', long, aliases = ["group", "keeporder"])]
    pub(super) keep_order: bool,

    /// (--lb, -u, --ungroup) The same as --order line; lines stay whole
    #[arg(short = 'u', long, aliases = ["lb", "ungroup", "line-buffered", "linebuffer", "linebuffered"])]
    pub(super) line_buffer: bool,

    /// (--eta) The same as --progress always, or --progress alone
    #[arg(long, alias = "eta")]
    pub(super) bar: bool,

    /// Nothing is run for no inputs: the default
    #[arg(short = 'r', long, alias = "norunifempty")]
    pub(super) no_run_if_empty: bool,

    /// (-v) Print each command on standard error when it is started
    #[arg(short = 't', long = "verbose", short_alias = 'v')]
    pub(super) verbose: bool,

    /// The same as --resume, which runs failed tasks again
    #[arg(long, conflicts_with = "overwrite", alias = "resumefailed")]
    pub(super) resume_failed: bool,

    /// Run only those tasks again that failed by the log
    #[arg(long, conflicts_with_all = ["overwrite", "resume", "resume_failed"], alias = "retryfailed")]
    pub(super) retry_failed: bool,
}
