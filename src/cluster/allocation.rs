//! What a scheduler gave this process: how many CPUs, on which machine.

use super::Environment;

/// How many workers what Slurm gave has room for: the CPUs of a task (`--cpus-per-task`), or this task's
/// share of those of the node; `None` outside of a job.
///
/// Slurm does not keep a process from using more than it was given unless its administrator has it do so.
#[must_use]
pub fn workers(environment: &Environment<'_>) -> Option<usize> {
    let number = |name: &str| -> Option<usize> { environment(name)?.trim().parse().ok() };
    number("SLURM_JOB_ID")?;
    if let Some(cpus) = number("SLURM_CPUS_PER_TASK").filter(|cpus| *cpus > 0) {
        return Some(cpus);
    }
    let cpus = number("SLURM_CPUS_ON_NODE").filter(|cpus| *cpus > 0)?;
    let tasks = match environment("SLURM_STEP_ID") {
        Some(_) => environment("SLURM_STEP_TASKS_PER_NODE").map_or(1, |text| most(&text)),
        None => 1,
    };
    Some((cpus / tasks).max(1))
}

/// The name that Slurm has for this machine; `None` outside of a job.
#[must_use]
pub fn host(environment: &Environment<'_>) -> Option<String> {
    environment("SLURMD_NODENAME").filter(|name| !name.is_empty())
}

/// The most tasks on a node, of a list such as `3(x2),1`: which of its nodes this is it does not say.
fn most(text: &str) -> usize {
    let counts = text.split(',').filter_map(|item| {
        let count = item.split('(').next()?;
        count.trim().parse().ok()
    });
    counts.max().unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_has_what_it_was_given() {
        for (words, expected) in [
            ("", None),
            ("SLURM_CPUS_PER_TASK=4", None),
            ("SLURM_JOB_ID=1", None),
            (
                "SLURM_JOB_ID=1 SLURM_CPUS_PER_TASK=4 SLURM_CPUS_ON_NODE=16",
                Some(4),
            ),
            ("SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=16", Some(16)),
            (
                "SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=16 SLURM_STEP_ID=0 SLURM_STEP_TASKS_PER_NODE=4(x2),1",
                Some(4),
            ),
            (
                "SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=2 SLURM_STEP_ID=0 SLURM_STEP_TASKS_PER_NODE=8",
                Some(1),
            ),
            (
                "SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=2 SLURM_STEP_ID=0",
                Some(2),
            ),
        ] {
            let environment = |name: &str| {
                let mut words = words
                    .split_whitespace()
                    .filter_map(|word| word.split_once('='));
                words
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.to_owned())
            };
            assert_eq!(workers(&environment), expected, "{words}");
        }
    }
}
