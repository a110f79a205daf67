//! The options of a job that writes down how far it has come.

use crate::cmd::Usage;
use crate::cmd::compute::{Beginning, Checkpoints, Destination, Spec};
use crate::part::{Shard, Whole};
use crate::units;
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

const HEADING: &str = "Runs that may be cut short";

#[derive(Debug, Args)]
pub(super) struct CheckpointArgs {
    /// Write down how far the job has come in this file, from which --resume goes on, however the run ends
    #[arg(long, value_name = "FILE", help_heading = HEADING, conflicts_with_all = ["values", "output"])]
    checkpoint: Option<PathBuf>,

    /// How long it is from one checkpoint to the next at the most
    #[arg(long, value_name = "D", help_heading = HEADING, requires = "checkpoint",
        default_value = "10s", allow_hyphen_values = true)]
    checkpoint_every: String,

    /// Go on from the checkpoint, when there is one
    #[arg(long, help_heading = HEADING, requires = "checkpoint")]
    resume: bool,

    /// Begin anew although there is a checkpoint, which is replaced
    #[arg(long, help_heading = HEADING, requires = "checkpoint", conflicts_with = "resume")]
    overwrite: bool,
}

/// Where checkpoints of a job are written, which is not yet cut to its shard.
pub(super) fn checkpoints(
    arguments: &CheckpointArgs,
    spec: &Spec,
    shard: Option<Shard>,
    destination: &Destination,
) -> Result<Option<Checkpoints>, Usage> {
    let Some(path) = &arguments.checkpoint else {
        return Ok(None);
    };
    if spec.input.known().is_none() {
        let why = match spec.input.reads_standard_input() {
            true => "standard input can't be read again from where a run was cut short",
            false => "it is of ranges and numbers, not of files",
        };
        return Err(Usage(format!("--checkpoint: {why}")));
    }
    if *destination != Destination::Nowhere {
        return Err(Usage(
            "--checkpoint keeps what results come to, not the results: leave out --values and --output"
                .to_owned(),
        ));
    }
    let every = units::parse_duration(&arguments.checkpoint_every)
        .map_err(|error| Usage(format!("--checkpoint-every: {error}")))?;
    if every < EVERY_MIN {
        return Err(Usage(format!(
            "--checkpoint-every {}: give {} or more",
            arguments.checkpoint_every,
            units::seconds(EVERY_MIN.as_secs_f64())
        )));
    }
    let whole_of_it = Shard::new(1, 1).map_err(|error| Usage(error.to_string()))?;
    Ok(Some(Checkpoints {
        path: path.clone(),
        whole: Whole::new(spec.job.clone(), spec.input.clone()),
        shard: shard.unwrap_or(whole_of_it),
        every,
        beginning: match (arguments.resume, arguments.overwrite) {
            (true, _) => Beginning::Resumed,
            (false, true) => Beginning::Overwriting,
            (false, false) => Beginning::Anew,
        },
    }))
}

/// More often, writing them would be most of the work.
const EVERY_MIN: Duration = Duration::from_millis(10);
