//! `partask merge`: its options, and their conversion to a validated command.

use super::values::formats;
use super::{Terminal, colour_wanted};
use crate::cmd::Usage;
use crate::cmd::merge::Command;
use crate::output::Form;
use crate::report::{Format, Style};
use clap::Args;
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  partask squares 1..1e6 --shard 1/2 --partial parts -o x.npy   on one machine
  partask squares 1..1e6 --shard 2/2 --partial parts -o x.npy   on another
  partask merge parts                         the total of both
  partask merge parts --quiet                 the bare total, for scripts
  partask merge parts --missing | sh          compute what is missing
  partask merge parts --output all.npy        the results of both, in one array";

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// The folder in which --partial left the parts
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Join the results that the parts were computed with --output for into a .txt, .csv or .npy file
    #[arg(short, long, value_name = "FILE", conflicts_with = "missing")]
    output: Option<PathBuf>,

    /// Write only the commands that compute the missing parts, one a line
    #[arg(long, conflicts_with_all = ["quiet", "format"])]
    missing: bool,

    /// The report's form
    #[arg(long, value_name = "FORM", default_value = "human", value_parser = formats())]
    format: Format,

    /// The same as --format json
    #[arg(long, conflicts_with_all = ["format", "quiet"])]
    json: bool,

    /// Print only the total
    #[arg(short, long, conflicts_with = "format")]
    quiet: bool,
}

/// The validated command.
pub(super) fn command(arguments: &MergeArgs, terminal: Terminal) -> Result<Command, Usage> {
    let output = arguments.output.as_ref().map(|path| {
        let form = super::compute::form_of(path)?;
        Ok((path.clone(), form))
    });
    let output: Option<(PathBuf, Form)> = output.transpose()?;
    Ok(Command {
        folder: arguments.folder.clone(),
        output,
        missing: arguments.missing,
        style: Style {
            format: match arguments.json {
                true => Format::Json,
                false => arguments.format,
            },
            timings: false,
            colour: terminal.stdout && colour_wanted(),
            columns: terminal.columns,
        },
        quiet: arguments.quiet,
    })
}
