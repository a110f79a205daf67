//! `partask compare … run …`: a comparison of external commands.

use super::arguments::CompareArgs;
use super::worker_counts;
use crate::cmd::compare::{self, Spec};
use crate::cmd::{Usage, run};
use crate::{task, units};
use std::fs;

/// What follows `run` on the command line of a comparison.
#[derive(Debug)]
pub(in crate::cli) struct RunPart {
    /// The tasks.
    pub(in crate::cli) tasks: run::Spec,
    /// The worker counts, when they were given there.
    pub(in crate::cli) workers: Option<String>,
}

/// Every run reads the inputs anew.
fn check_tasks_rereadable(tasks: &task::Spec) -> Result<(), Usage> {
    let files = tasks.files().map_err(|error| Usage(error.to_string()))?;
    for file in files {
        let standard_input = file.as_os_str() == "-";
        if standard_input || fs::metadata(&file).is_ok_and(|meta| !meta.is_file()) {
            let name = match standard_input {
                true => "standard input".to_owned(),
                false => units::printable(&file.to_string_lossy()),
            };
            return Err(Usage(format!(
                "{name} can be read only once, but every run needs it: save it to a file and give ':::: FILE'"
            )));
        }
    }
    Ok(())
}

impl CompareArgs {
    pub(super) fn spec_of_tasks(&self, run: RunPart) -> Result<Spec, Usage> {
        let dimensions = &self.dimensions;
        if let Some(option) = self.numeric_option() {
            return Err(Usage(format!(
                "{option} is for the numeric jobs: leave it out with run"
            )));
        }
        if dimensions.weak {
            return Err(Usage(
                "--weak is for the numeric jobs and --command: leave it out with run".to_owned(),
            ));
        }
        let workers = match (&dimensions.workers, &run.workers) {
            (Some(_), Some(_)) => {
                return Err(Usage(
                    "--workers is there twice: give the list once".to_owned(),
                ));
            }
            (Some(text), None) | (None, Some(text)) => worker_counts(text)?,
            (None, None) => compare::default_workers(),
        };
        check_tasks_rereadable(&run.tasks.tasks)?;
        Ok(Spec::of_tasks(run.tasks, &workers))
    }
}
