//! Whether the programs that are compared print what they must: every run of one the same.

use super::printed::Printed;
use super::{CompareError, Spec, rival};
use crate::machine::counters::Meter;
use crate::report::compare::{Program, Sample, Variant};
use crate::stop::Stop;
use crate::units;
use std::sync::Arc;

/// What each program must print, and which worker count printed it first.
#[derive(Debug, Default)]
pub(super) struct Outputs(Vec<First>);

#[derive(Debug)]
struct First {
    program: Arc<Program>,
    workers: usize,
    printed: Printed,
}

impl Outputs {
    /// Runs each program once before anything counts; what `stop` ended is not known.
    ///
    /// # Errors
    /// When one fails, has nothing to check, or prints something else than it is expected to.
    pub(super) fn first(spec: &Spec, meter: &Meter, stop: &Stop) -> Result<Outputs, CompareError> {
        let mut outputs = Outputs::default();
        for variant in &spec.variants {
            let Some(program) = &variant.program else {
                continue;
            };
            if outputs.of(program).is_some() {
                continue;
            }
            let workers = variant.workers;
            let Some((_, printed)) = rival::run_program(program, workers, meter, stop)? else {
                break;
            };
            let is_silent = printed.len() == 0 && program.expected.is_none();
            if program.checked && program.scales && is_silent {
                return Err(CompareError::Command {
                    name: units::printable(&program.name),
                    cause: "it prints nothing that could be checked: give --unchecked to time it all the same"
                        .to_owned(),
                });
            }
            let expected = program.expected.as_deref().map(Printed::of);
            outputs.0.push(First {
                program: Arc::clone(program),
                workers,
                printed: expected.unwrap_or_else(|| printed.clone()),
            });
            outputs.check(program, workers, &printed)?;
        }
        Ok(outputs)
    }

    /// Runs a program once, and holds it to what it must print; `None` when `stop` ended it.
    pub(super) fn run(
        &self,
        program: &Arc<Program>,
        variant: &Variant,
        meter: &Meter,
        stop: &Stop,
    ) -> Result<Option<Sample>, CompareError> {
        let ran = rival::run_program(program, variant.workers, meter, stop)?;
        let Some((sample, printed)) = ran else {
            return Ok(None);
        };
        self.check(program, variant.workers, &printed)?;
        Ok(Some(sample))
    }

    fn of(&self, program: &Arc<Program>) -> Option<&First> {
        self.0.iter().find(|first| first.program == *program)
    }

    fn check(
        &self,
        program: &Arc<Program>,
        workers: usize,
        printed: &Printed,
    ) -> Result<(), CompareError> {
        let first = self.of(program).filter(|_| program.checked);
        let Some(first) = first.filter(|first| !first.printed.is_same(printed)) else {
            return Ok(());
        };
        let with = |workers: usize| format!("with {}", units::count_of(workers as u128, "worker"));
        let whose = match program.expected {
            Some(_) => "what --expect says".to_owned(),
            None if first.workers == workers => "in its first run".to_owned(),
            None => with(first.workers),
        };
        let case = program.scales.then(|| format!(" {}", with(workers)));
        Err(CompareError::CommandDiffers {
            name: units::printable(&program.name),
            case: case.unwrap_or_default(),
            difference: format!("{whose}: {}", first.printed.difference(printed)),
        })
    }

    /// What is known of them all, in words; `None` of none.
    pub(super) fn describe(&self) -> Option<String> {
        let [first, others @ ..] = &self.0[..] else {
            return None;
        };
        let all = || self.0.iter();
        Some(match (first.program.checked, &first.program.expected) {
            (false, _) => "not checked".to_owned(),
            (true, Some(_)) => "as expected in every run".to_owned(),
            (true, None) if others.is_empty() => {
                let bytes = units::count_of(u128::from(first.printed.len()), "byte");
                format!("{bytes}, the same in every run")
            }
            (true, None) if all().all(|other| other.printed.is_same(&first.printed)) => {
                "the same in every run of every command".to_owned()
            }
            (true, None) => "of each command the same in every run; the commands differ".to_owned(),
        })
    }
}
