//! `partask compare --command …`: a comparison of any programs.

use super::arguments::CompareArgs;
use super::worker_counts;
use crate::cmd::Usage;
use crate::cmd::compare::{self, Spec};
use crate::engine::WORKERS_MAX;
use crate::report::compare::{Program, SIZE, WORKERS, filled};
use crate::units;
use std::fs;

/// The variable that a command line may take the worker count from instead.
const VARIABLE: &str = "PARTASK_WORKERS";

impl CompareArgs {
    pub(super) fn spec_of_commands(&self) -> Result<Spec, Usage> {
        self.refuse_numeric_options()?;
        let workers = self.dimensions.workers.as_deref().map(worker_counts);
        let workers = workers.transpose()?;
        let mut programs = self.programs()?;
        if workers.is_some() && programs.iter().all(|program| !program.scales) {
            match &mut programs[..] {
                // It can hear of the count by the variables alone.
                [only] if only.thread_variables => only.scales = true,
                [_] => return Err(without_workers("--command has no {workers}")),
                _ => return Err(without_workers("none of the commands has {workers}")),
            }
        }
        let workers = workers.unwrap_or_else(compare::default_workers);
        let most = workers.iter().copied().max();
        self.execution.check_pinned(most.unwrap_or(1))?;
        Ok(Spec::of_commands(programs, &workers))
    }

    fn programs(&self) -> Result<Vec<Program>, Usage> {
        let (lines, names) = (&self.commands.command, &self.commands.name);
        if let Some(name) = names.get(lines.len()) {
            return Err(Usage(format!(
                "--name '{}' has no --command of its own: give one name for each command",
                name.escape_debug()
            )));
        }
        let lists = self.lists.lists()?;
        lists.check(lines)?;
        let weak = self.dimensions.weak;
        if weak && lists.size.is_none() {
            return Err(Usage(
                "--weak: say what grows with the workers: --size N, and {size} in the command"
                    .to_owned(),
            ));
        }
        let is_expected = self.commands.expect.is_some();
        let executions = self.execution.executions(lines.len(), is_expected)?;
        let expected = self.commands.expect.as_deref().map(expected).transpose()?;
        let mut programs = Vec::new();
        for ((i, line), execution) in lines.iter().enumerate().zip(executions) {
            let name = names.get(i).unwrap_or(line);
            for (option, text) in [("--command", line), ("--name", name)] {
                if text.trim().is_empty() {
                    return Err(Usage(format!(
                        "{option} '' is empty: give a command, such as --command 'sort --parallel={WORKERS} FILE', and a name with a letter at least"
                    )));
                }
            }
            for parameters in lists.combinations(line) {
                programs.push(Program {
                    name: name_with(name, &parameters),
                    line: filled(line, &parameters),
                    size: lists.size.filter(|_| line.contains(SIZE)),
                    grows: weak && line.contains(SIZE),
                    scales: line.contains(WORKERS)
                        || line.contains(VARIABLE)
                        || execution.is_pinned
                        || weak && line.contains(SIZE),
                    thread_variables: !self.commands.no_thread_variables,
                    checked: !self.commands.unchecked && execution.output.is_known(),
                    expected: expected.clone(),
                    execution: execution.filled(&parameters),
                    parameters,
                });
            }
        }
        if programs.len() > WORKERS_MAX {
            return Err(Usage(format!(
                "-L: these combinations are too many: {WORKERS_MAX} at most"
            )));
        }
        Ok(programs)
    }

    fn refuse_numeric_options(&self) -> Result<(), Usage> {
        match self.numeric_option() {
            Some(option) => Err(Usage(format!(
                "{option} is for the numeric jobs: leave it out with --command"
            ))),
            None => Ok(()),
        }
    }

    /// An option that only the numeric jobs have, when one is given.
    pub(super) fn numeric_option(&self) -> Option<&'static str> {
        let dimensions = &self.dimensions;
        let numeric = [
            ("--kernel", dimensions.kernel != "auto"),
            ("--chunk-size", dimensions.chunk_size.is_some()),
            ("--step", dimensions.step.is_some()),
            ("--values", dimensions.values),
            ("--verify", dimensions.verify),
            ("--against", !self.rivals.against.is_empty()),
        ];
        let given = numeric.into_iter().find(|(_, given)| *given);
        given.map(|(option, _)| option)
    }
}

/// What a command is called with these values of its lists.
fn name_with(name: &str, parameters: &[(String, String)]) -> String {
    let mut filled_name = filled(name, parameters);
    for (list, value) in parameters {
        if !name.contains(&format!("{{{list}}}")) {
            filled_name.push_str(&format!(", {list}={value}"));
        }
    }
    filled_name
}

fn without_workers(what: &str) -> Usage {
    Usage(format!(
        "{what}, so --workers makes no difference: put it where the count belongs, such as --command 'sort --parallel={WORKERS} FILE', or leave --workers out"
    ))
}

/// What must be printed: the text itself, or what the file holds.
fn expected(text: &str) -> Result<Vec<u8>, Usage> {
    match text.strip_prefix('@') {
        None => Ok(text.as_bytes().to_vec()),
        Some(path) => fs::read(path).map_err(|error| {
            Usage(format!(
                "--expect '@{}': cannot read it: {error}",
                units::printable(path)
            ))
        }),
    }
}
