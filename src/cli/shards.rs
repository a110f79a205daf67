//! The options of a job that is computed in parts: which part this process computes, and where it leaves it.

use super::values::environment;
use crate::cluster::{self, Launcher};
use crate::cmd::Usage;
use crate::cmd::compute::{Destination, PartFolder, Spec};
use crate::part::{SHARDS_MAX, Shard, Whole};
use clap::Args;
use std::path::PathBuf;

const HEADING: &str = "One of several parts";

#[derive(Debug, Args)]
pub(super) struct ShardArgs {
    /// Compute only the K-th of N parts, counted from 1; auto: which one the launcher says, that is Slurm, MPI,
    /// Kubernetes or a CI
    ///
    /// auto reads the variables that a launcher tells its processes apart by, and refuses what could be
    /// meant in two ways; auto:NAME reads those of one: openmpi, pmi, slurm-step, slurm-array, k8s, gitlab,
    /// circleci, buildkite.
    #[arg(long, value_name = "K/N|auto", help_heading = HEADING, conflicts_with = "values", allow_hyphen_values = true)]
    shard: Option<String>,

    /// How many parts there are, where the launcher does not say
    #[arg(long, value_name = "N", help_heading = HEADING, requires = "shard", allow_hyphen_values = true)]
    shards: Option<String>,

    /// Leave the part as a file in this folder, for partask merge; a part that is there is not computed again
    #[arg(long, value_name = "DIR", help_heading = HEADING)]
    partial: Option<PathBuf>,
}

/// What a job is that is computed in parts: the spec of the part, where its results go, and its folder.
pub(super) fn apply(
    arguments: &ShardArgs,
    shard: Option<Shard>,
    spec: Spec,
    destination: Destination,
) -> Result<(Spec, Destination, Option<PartFolder>), Usage> {
    let Some(shard) = shard else {
        return match &arguments.partial {
            Some(_) => Err(Usage(
                "--partial: say which part this is by --shard K/N, or --shard auto on a cluster"
                    .to_owned(),
            )),
            None => Ok((spec, destination, None)),
        };
    };
    if spec.input.known().is_none() {
        return Err(Usage(
            "--shard: the parts are of ranges and numbers; files and standard input are read by one process"
                .to_owned(),
        ));
    }
    let form = match &destination {
        Destination::File(_, form) => Some(*form),
        Destination::Nowhere | Destination::StandardOutput => None,
    };
    let sharded = spec.of_shard(shard);
    let Some(path) = &arguments.partial else {
        return match form {
            Some(_) => Err(Usage(
                "--output of a shard needs --partial DIR: the parts of the file are kept there until partask merge DIR --output joins them"
                    .to_owned(),
            )),
            None => Ok((sharded, destination, None)),
        };
    };
    let whole = Whole::new(spec.job, spec.input);
    let mut folder = PartFolder::new(path.clone(), whole, shard, form);
    if let Some(host) = cluster::host(&environment) {
        folder = folder.on_host(host);
    }
    let destination = match folder.values_file() {
        Some((path, form)) => Destination::File(path, form),
        None => destination,
    };
    Ok((sharded, destination, Some(folder)))
}

/// Which shard is asked for.
pub(super) fn shard(arguments: &ShardArgs) -> Result<Option<Shard>, Usage> {
    let Some(text) = arguments.shard.as_deref().map(str::trim) else {
        return Ok(None);
    };
    let shards = arguments.shards.as_deref().map(count).transpose()?;
    let named = match text.strip_prefix("auto") {
        Some("") => None,
        Some(name) if name.starts_with(':') => Some(launcher(&name[1..])?),
        _ => return explicit(text, shards).map(Some),
    };
    let told = cluster::shard(&environment, named, shards);
    let (shard, _) = told.map_err(|error| Usage(format!("--shard {text}: {error}")))?;
    Ok(Some(shard))
}

fn explicit(text: &str, shards: Option<u64>) -> Result<Shard, Usage> {
    let shard: Shard = text
        .parse()
        .map_err(|error| Usage(format!("--shard {error}")))?;
    match shards {
        Some(shards) if shards != shard.of() => Err(Usage(format!(
            "--shard {shard} is one of {}, and --shards says {shards}",
            shard.of()
        ))),
        _ => Ok(shard),
    }
}

fn launcher(name: &str) -> Result<Launcher, Usage> {
    let known = Launcher::ALL.into_iter().find(|known| known.name() == name);
    known.ok_or_else(|| {
        let names = Launcher::ALL.map(Launcher::name).join(", ");
        Usage(format!(
            "--shard auto:{}: give one of {names}",
            name.escape_debug()
        ))
    })
}

fn count(text: &str) -> Result<u64, Usage> {
    let count = text.trim().parse().ok();
    count
        .filter(|count| (1..=SHARDS_MAX).contains(count))
        .ok_or_else(|| {
            Usage(format!(
                "--shards '{}': give a whole number from 1 to {SHARDS_MAX}",
                text.escape_debug()
            ))
        })
}
