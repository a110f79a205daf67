//! Whether the programs that are compared print what they must: every run of one the same.

use super::execution::{shell_start, without};
use super::printed::Printed;
use super::program::{Step, environment_of, run_program, shell_of};
use super::{CompareError, Spec};
use crate::machine::counters::Meter;
use crate::report::compare::{Destination, Program, Sample, ShellStart};
use crate::stop::{Stop, Urgency};
use crate::units;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// What each program must print, and which worker count printed it first.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    firsts: Vec<First>,
    /// The programs whose setup was begun, and that are to be cleaned up after.
    set_up: Vec<Arc<Program>>,
    shell_start: Option<ShellStart>,
}

#[derive(Debug)]
struct First {
    program: Arc<Program>,
    workers: usize,
    printed: Printed,
}

impl Outputs {
    /// Sets each program up and runs it once before anything counts; what `stop` ended is not known.
    ///
    /// # Errors
    /// When one fails, has nothing to check, or prints something else than it is expected to.
    pub(super) fn find(
        &mut self,
        spec: &Spec,
        meter: &Meter,
        stop: &Stop,
    ) -> Result<(), CompareError> {
        for variant in &spec.variants {
            let Some(program) = &variant.program else {
                continue;
            };
            if self.of(program, variant.workers).is_some() {
                continue;
            }
            let is_new = !self.set_up.contains(program);
            let is_whole = (!is_new || self.set_up(program, &counts(spec, program), stop)?)
                && self.time_shell(program, variant.workers, stop)?
                && self.find_first(program, variant.workers, meter, stop)?;
            if !is_whole {
                break;
            }
        }
        Ok(())
    }

    fn set_up(
        &mut self,
        program: &Arc<Program>,
        counts: &[usize],
        stop: &Stop,
    ) -> Result<bool, CompareError> {
        self.set_up.push(Arc::clone(program));
        for workers in Step::Setup.counts(program, counts) {
            if !Step::Setup.run(program, workers, stop)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Finds out what the shell takes to start, which is the same for all programs that have one.
    fn time_shell(
        &mut self,
        program: &Program,
        workers: usize,
        stop: &Stop,
    ) -> Result<bool, CompareError> {
        let Some(shell) = shell_of(program, workers).filter(|_| self.shell_start.is_none()) else {
            return Ok(true);
        };
        let failed = |cause: String| CompareError::Command {
            name: units::printable(&program.name),
            cause: format!(
                "the shell '{}': {cause}",
                units::printable(&shell.join(" "))
            ),
        };
        let environment =
            environment_of(program, workers).map_err(|error| failed(error.to_string()))?;
        self.shell_start = shell_start(&shell, &environment, stop).map_err(failed)?;
        Ok(self.shell_start.is_some())
    }

    fn find_first(
        &mut self,
        program: &Arc<Program>,
        workers: usize,
        meter: &Meter,
        stop: &Stop,
    ) -> Result<bool, CompareError> {
        let Some((_, printed)) = run_between_steps(program, workers, meter, stop)? else {
            return Ok(false);
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
        self.firsts.push(First {
            program: Arc::clone(program),
            workers,
            printed: expected.unwrap_or_else(|| printed.clone()),
        });
        self.check(program, workers, &printed)?;
        Ok(true)
    }

    /// Runs a program once, and holds it to what it must print; `None` when `stop` ended it.
    pub(super) fn run(
        &self,
        program: &Arc<Program>,
        workers: usize,
        meter: &Meter,
        stop: &Stop,
    ) -> Result<Option<Sample>, CompareError> {
        let Some((sample, printed)) = run_between_steps(program, workers, meter, stop)? else {
            return Ok(None);
        };
        self.check(program, workers, &printed)?;
        let start = self.shell_start.as_ref();
        Ok(Some(
            match start.filter(|_| shell_of(program, workers).is_some()) {
                Some(start) => without(start, sample),
                None => sample,
            },
        ))
    }

    /// Runs what is to be run after the last run of each program that was set up, also after the run was
    /// stopped; a second request to stop ends it.
    ///
    /// # Errors
    /// The first that fails, once all have been run.
    pub(super) fn clean_up(&self, spec: &Spec, stop: &Stop) -> Result<(), CompareError> {
        let is_wanted = |program: &Arc<Program>| program.execution.steps.cleanup.is_some();
        if !self.set_up.iter().any(is_wanted) {
            return Ok(());
        }
        let own = Stop::new();
        let mut first_error = Ok(());
        insisting(stop, &own, || {
            for program in &self.set_up {
                for workers in Step::Cleanup.counts(program, &counts(spec, program)) {
                    let cleaned = Step::Cleanup.run(program, workers, &own).map(drop);
                    first_error = std::mem::replace(&mut first_error, Ok(())).and(cleaned);
                }
            }
        });
        first_error
    }

    /// What is subtracted from the times of the programs that a shell runs.
    pub(super) fn shell_start(&self) -> Option<&ShellStart> {
        self.shell_start.as_ref()
    }

    /// What a program must print with so many workers: where its work grows with them, each count has an
    /// output of its own.
    fn of(&self, program: &Arc<Program>, workers: usize) -> Option<&First> {
        let is_it = |first: &&First| {
            first.program == *program && (!program.grows || first.workers == workers)
        };
        self.firsts.iter().find(is_it)
    }

    fn check(
        &self,
        program: &Arc<Program>,
        workers: usize,
        printed: &Printed,
    ) -> Result<(), CompareError> {
        let first = self.of(program, workers).filter(|_| program.checked);
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
        let [first, others @ ..] = &self.firsts[..] else {
            return None;
        };
        let all = || self.firsts.iter();
        Some(match (first.program.checked, &first.program.expected) {
            (false, _) if first.program.execution.output == Destination::Nowhere => {
                "not checked, as it goes nowhere (--output null)".to_owned()
            }
            (false, _) => "not checked".to_owned(),
            (true, Some(_)) => "as expected in every run".to_owned(),
            (true, None) if first.program.grows => {
                "the same in every run of a worker count, each of which has work of its own"
                    .to_owned()
            }
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

/// Runs a program between what is to be run before and after it; `None` when `stop` ended one of them.
fn run_between_steps(
    program: &Program,
    workers: usize,
    meter: &Meter,
    stop: &Stop,
) -> Result<Option<(Sample, Printed)>, CompareError> {
    if !Step::Prepare.run(program, workers, stop)? {
        return Ok(None);
    }
    let Some(run) = run_program(program, workers, meter, stop)? else {
        return Ok(None);
    };
    let is_concluded = Step::Conclude.run(program, workers, stop)?;
    Ok(is_concluded.then_some(run))
}

/// The worker counts at which a program is measured.
fn counts(spec: &Spec, program: &Arc<Program>) -> Vec<usize> {
    let variants = spec.variants.iter();
    let own = variants.filter(|variant| variant.program.as_ref() == Some(program));
    own.map(|variant| variant.workers).collect()
}

/// How often it is looked whether a second request has come.
const LOOK: Duration = Duration::from_millis(50);

/// Does something that only the second request to `stop` ends, by way of `own`.
fn insisting(stop: &Stop, own: &Stop, work: impl FnOnce()) {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !is_done.load(Ordering::SeqCst) {
                if stop.urgency() == Some(Urgency::AtOnce) {
                    own.interrupt();
                    own.ring();
                    return;
                }
                thread::park_timeout(LOOK);
            }
        });
        work();
        is_done.store(true, Ordering::SeqCst);
        watcher.thread().unpark();
    });
}
