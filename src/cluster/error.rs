//! Why it can't be told which shard a process is.

use super::Launcher;
use crate::part::ShardError;

/// Why it can't be told which shard a process is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Nobody says.
    #[error("nothing says which shard this is: {}; give --shard K/N", looked_for(*.0))]
    Unknown(Option<Launcher>),
    /// Two do, on two levels.
    #[error(
        "two launchers say which shard this is: {} says {}, {} says {}; name one, as in --shard auto:{}",
        .0.name(), .1, .2.name(), .3, .0.name()
    )]
    Both(Launcher, String, Launcher, String),
    /// A variable is not a number.
    #[error("{variable}='{text}' is no number")]
    NoNumber {
        /// The variable.
        variable: &'static str,
        /// What it says.
        text: String,
    },
    /// There is an index, but nothing says of how many.
    #[error("{variable} says which shard this is, but nothing says of how many; add --shards N")]
    NoTotal {
        /// The variable with the index.
        variable: &'static str,
    },
    /// The total that was given is not the launcher's.
    #[error("--shards {asked}, but {} says that there are {told}", launcher.name())]
    OtherTotal {
        /// Who says.
        launcher: Launcher,
        /// How many `--shards` says there are.
        asked: u64,
        /// How many there are.
        told: u64,
    },
    /// An array of Slurm with a single task, which may be one of many that is run again.
    #[error(
        "this is the only task of its array (SLURM_ARRAY_TASK_ID={id}), which may be one of more that is run again; say of how many by --shards N, where task 1 is the first"
    )]
    Lone {
        /// Its number.
        id: u64,
    },
    /// An array of Slurm with gaps.
    #[error(
        "the array has {count} tasks from {min} to {max}, with gaps: say how many shards there are by --shards N, where task 1 is the first"
    )]
    Gaps {
        /// How many tasks it has.
        count: u64,
        /// The first.
        min: u64,
        /// The last.
        max: u64,
    },
    /// The index and the total make no shard.
    #[error("{variable}: {error}")]
    Shard {
        /// The variable with the index.
        variable: &'static str,
        /// What is wrong.
        error: ShardError,
    },
}

/// The variables that were looked for.
fn looked_for(launcher: Option<Launcher>) -> String {
    let missing = |launcher: Launcher| launcher.variables().0;
    match launcher {
        Some(Launcher::SlurmStep) => {
            "SLURM_STEP_ID and SLURM_PROCID are not set, as in a step that srun starts".to_owned()
        }
        Some(launcher) => format!("{} is not set", missing(launcher)),
        None => {
            let names: Vec<&str> = Launcher::ALL.into_iter().map(missing).collect();
            format!("none of {} is set", names.join(", "))
        }
    }
}
