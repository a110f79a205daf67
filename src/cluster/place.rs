//! Which shard a process is, by what its launcher says.

use super::{Environment, Launcher, PlaceError};
use crate::part::Shard;

/// From here on the numbers of Slurm's steps are those of its own (`SLURM_BATCH_SCRIPT` and others): a batch
/// script is not started by srun.
const SLURM_STEPS_OF_ITS_OWN: u64 = 0xffff_fff0;

/// Which shard this process is, and who says so: the one launcher that is named, or the one that there
/// is. `shards` pins how many there are, and must be what the launcher says where it says so.
///
/// # Errors
/// When none says, when two do on two levels, and when it may be meant in another way than it says.
pub fn shard(
    environment: &Environment<'_>,
    named: Option<Launcher>,
    shards: Option<u64>,
) -> Result<(Shard, Launcher), PlaceError> {
    if let Some(launcher) = named {
        let place = place(environment, launcher, shards)?;
        return Ok((place.ok_or(PlaceError::Unknown(named))?, launcher));
    }
    let mut found: Option<(Shard, Launcher)> = None;
    let mut has_ranks = false;
    for launcher in Launcher::ALL {
        if launcher.starts_ranks() && has_ranks {
            continue;
        }
        let Some(shard) = place(environment, launcher, shards)? else {
            continue;
        };
        has_ranks |= launcher.starts_ranks();
        found = match found {
            Some((other, by)) if other.of() > 1 && shard.of() > 1 => {
                let (other, shard) = (other.to_string(), shard.to_string());
                return Err(PlaceError::Both(by, other, launcher, shard));
            }
            Some((other, by)) if other.of() > 1 || shard.of() == 1 => Some((other, by)),
            _ => Some((shard, launcher)),
        };
    }
    found.ok_or(PlaceError::Unknown(None))
}

/// What one launcher says; `None` when it did not start this process.
fn place(
    environment: &Environment<'_>,
    launcher: Launcher,
    shards: Option<u64>,
) -> Result<Option<Shard>, PlaceError> {
    let (variable, total, first) = launcher.variables();
    let Some(index) = number(environment, variable)? else {
        return Ok(None);
    };
    if launcher == Launcher::SlurmStep && !is_step(environment)? {
        return Ok(None);
    }
    if launcher == Launcher::SlurmArray {
        return array(environment, index, shards).map(Some);
    }
    let told = total.map(|total| number(environment, total)).transpose()?;
    let of = match (told.flatten(), shards) {
        (Some(told), Some(asked)) if asked != told && told > 1 => {
            return Err(PlaceError::OtherTotal {
                launcher,
                asked,
                told,
            });
        }
        (Some(told), _) => told,
        (None, Some(asked)) => asked,
        (None, None) => return Err(PlaceError::NoTotal { variable }),
    };
    made(variable, index.saturating_add(1).saturating_sub(first), of).map(Some)
}

/// Whether srun started this process.
fn is_step(environment: &Environment<'_>) -> Result<bool, PlaceError> {
    let step = number(environment, "SLURM_STEP_ID")?;
    Ok(step.is_some_and(|step| step < SLURM_STEPS_OF_ITS_OWN))
}

/// The shard of a task of an array. A whole array without gaps is told by its own numbers, wherever they
/// begin; of any other `shards` must say how many there are, and its numbers are counted from 1.
fn array(environment: &Environment<'_>, id: u64, shards: Option<u64>) -> Result<Shard, PlaceError> {
    let variable = "SLURM_ARRAY_TASK_ID";
    let needed = |name: &'static str| {
        number(environment, name)?.ok_or(PlaceError::NoTotal { variable: name })
    };
    let count = needed("SLURM_ARRAY_TASK_COUNT")?;
    let (min, max) = (
        needed("SLURM_ARRAY_TASK_MIN")?,
        needed("SLURM_ARRAY_TASK_MAX")?,
    );
    let step = number(environment, "SLURM_ARRAY_TASK_STEP")?
        .unwrap_or(1)
        .max(1);
    let is_regular = max >= min && (max - min) / step + 1 == count;
    match shards {
        Some(of) if of != count || !is_regular || count == 1 => made(variable, id, of),
        None if count == 1 => Err(PlaceError::Lone { id }),
        None if !is_regular => Err(PlaceError::Gaps { count, min, max }),
        _ => made(variable, id.saturating_sub(min) / step + 1, count),
    }
}

fn made(variable: &'static str, index: u64, of: u64) -> Result<Shard, PlaceError> {
    Shard::new(index, of).map_err(|error| PlaceError::Shard { variable, error })
}

/// The number that a variable has.
fn number(
    environment: &Environment<'_>,
    variable: &'static str,
) -> Result<Option<u64>, PlaceError> {
    let text = environment(variable).filter(|text| !text.trim().is_empty());
    let number = text.map(|text| {
        let number = text.trim().parse().ok();
        number.ok_or(PlaceError::NoNumber { variable, text })
    });
    number.transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told in an environment of `NAME=value` words.
    fn told(words: &str, named: Option<Launcher>, shards: Option<u64>) -> Result<String, String> {
        let environment = |name: &str| {
            let mut words = words
                .split_whitespace()
                .filter_map(|word| word.split_once('='));
            words
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.to_owned())
        };
        let told = shard(&environment, named, shards);
        told.map(|(shard, by)| format!("{shard} by {}", by.name()))
            .map_err(|error| error.to_string())
    }

    #[track_caller]
    fn is(words: &str, expected: &str) {
        assert_eq!(told(words, None, None).as_deref(), Ok(expected), "{words}");
    }

    #[track_caller]
    fn refused(words: &str, shards: Option<u64>, said: &str) {
        let error = told(words, None, shards).unwrap_err();
        assert!(error.contains(said), "{words}: {error}");
    }

    const ARRAY: &str = "SLURM_JOB_ID=9 SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_ARRAY_TASK_ID=3 \
        SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_STEP=1";

    #[test]
    fn every_launcher_is_understood() {
        is(
            "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2",
            "1/2 by openmpi",
        );
        is("PMI_RANK=7 PMI_SIZE=8", "8/8 by pmi");
        is(
            "SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=4",
            "2/4 by slurm-step",
        );
        is(ARRAY, "3/4 by slurm-array");
        is("CI_NODE_INDEX=1 CI_NODE_TOTAL=5", "1/5 by gitlab");
        is("CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=5", "1/5 by circleci");
        is(
            "BUILDKITE_PARALLEL_JOB=4 BUILDKITE_PARALLEL_JOB_COUNT=5",
            "5/5 by buildkite",
        );
        let indexed = "JOB_COMPLETION_INDEX=2";
        assert_eq!(told(indexed, None, Some(8)), Ok("3/8 by k8s".to_owned()));
        refused(indexed, None, "add --shards N");
        refused(indexed, Some(2), "only 2 shards");
    }

    #[test]
    fn nothing_is_taken_by_accident() {
        refused("", None, "none of OMPI_COMM_WORLD_RANK, PMI_RANK");
        // A batch script has these, and is the only one.
        refused(
            "SLURM_JOB_ID=9 SLURM_PROCID=0 SLURM_NTASKS=4",
            None,
            "none of",
        );
        refused(
            "SLURM_STEP_ID=4294967291 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1",
            None,
            "none of",
        );
        refused("PMI_RANK=x PMI_SIZE=2", None, "PMI_RANK='x' is no number");
        refused(
            "OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=4",
            None,
            "OMPI_COMM_WORLD_RANK: ",
        );
        refused(
            "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4",
            Some(8),
            "openmpi says that there are 4",
        );
        let error = told("", Some(Launcher::SlurmStep), None).unwrap_err();
        assert!(error.contains("as in a step that srun starts"), "{error}");
        let error = told("PMI_RANK=0 PMI_SIZE=2", Some(Launcher::SlurmArray), None).unwrap_err();
        assert!(error.contains("SLURM_ARRAY_TASK_ID is not set"), "{error}");
    }

    #[test]
    fn arrays_are_told_by_their_own_numbers() {
        let array = |id, min, max, step, count| {
            format!(
                "SLURM_ARRAY_TASK_ID={id} SLURM_ARRAY_TASK_MIN={min} SLURM_ARRAY_TASK_MAX={max} SLURM_ARRAY_TASK_STEP={step} SLURM_ARRAY_TASK_COUNT={count}"
            )
        };
        is(&array(0, 0, 3, 1, 4), "1/4 by slurm-array");
        is(&array(6, 0, 6, 2, 4), "4/4 by slurm-array");
        // --array=3, of four that were run before.
        refused(&array(3, 3, 3, 1, 1), None, "which may be one of more");
        assert_eq!(
            told(&array(3, 3, 3, 1, 1), None, Some(4)),
            Ok("3/4 by slurm-array".to_owned())
        );
        // --array=1,3,7
        refused(&array(3, 1, 7, 1, 3), None, "with gaps");
        assert_eq!(
            told(&array(7, 1, 7, 1, 3), None, Some(8)),
            Ok("7/8 by slurm-array".to_owned())
        );
        refused(&array(7, 1, 7, 1, 3), Some(4), "only 4 shards");
        refused(&array(0, 0, 0, 1, 1), Some(4), "counted from 1");
    }

    #[test]
    fn of_two_levels_one_is_named() {
        let both = format!("{ARRAY} SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=2");
        refused(
            &both,
            None,
            "slurm-step says 1/2, slurm-array says 3/4; name one",
        );
        let named = |launcher| told(&both, Some(launcher), None);
        assert_eq!(
            named(Launcher::SlurmArray),
            Ok("3/4 by slurm-array".to_owned())
        );
        assert_eq!(
            named(Launcher::SlurmStep),
            Ok("1/2 by slurm-step".to_owned())
        );
        // A step of one task within an array.
        is(
            &format!("{ARRAY} SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=1"),
            "3/4 by slurm-array",
        );
        // mpirun within sbatch: every rank is in a daemon's step, with the number of that.
        is(
            "SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2 OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4",
            "4/4 by openmpi",
        );
        is(
            "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1 CI_NODE_INDEX=2 CI_NODE_TOTAL=3",
            "2/3 by gitlab",
        );
    }
}
