//! A program whose own speedup is measured: run once at a worker count, with what is to be run before
//! and after it.

use super::CompareError;
use super::execution::{Setting, execute, sample, shell_for};
use super::printed::Printed;
use crate::machine::counters::Meter;
use crate::process::Environment;
use crate::report::compare::{Destination, Execution, Program, SIZE, Sample, WORKERS};
use crate::stop::Stop;
use crate::units;
use std::io;

/// The variables that thread libraries take their worker count from, and one of our own.
const THREAD_VARIABLES: [&str; 7] = [
    "PARTASK_WORKERS",
    "OMP_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "GOMAXPROCS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
];

/// Runs a program once with this worker count; `None` when `stop` ended it.
pub(super) fn run_program(
    program: &Program,
    workers: usize,
    meter: &Meter,
    stop: &Stop,
) -> Result<Option<(Sample, Printed)>, CompareError> {
    let failed = |cause| failed(program, cause);
    let environment =
        environment_of(program, workers).map_err(|error| failed(error.to_string()))?;
    let setting = Setting {
        execution: &program.execution,
        environment: &environment,
        cpus: program.execution.is_pinned.then_some(workers),
        meter,
    };
    let line = program.filled(&program.line, workers);
    let mut printed = Printed::default();
    let read = &mut |bytes: &[u8]| printed.read(bytes);
    let ran = execute(&line, &setting, stop, read).map_err(failed)?;
    Ok(ran.map(|(exit, counts)| (sample(&exit, counts), printed)))
}

/// Whether a shell runs a program, and so its start-up is part of what is measured.
pub(super) fn shell_of(program: &Program, workers: usize) -> Option<Vec<String>> {
    let line = program.filled(&program.line, workers);
    shell_for(&line, &program.execution.shell)
}

/// A command line that is run beside a program: its option, and what it says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Setup,
    Prepare,
    Conclude,
    Cleanup,
}

impl Step {
    fn option(self) -> &'static str {
        match self {
            Step::Setup => "--setup",
            Step::Prepare => "--prepare",
            Step::Conclude => "--conclude",
            Step::Cleanup => "--cleanup",
        }
    }

    fn line(self, program: &Program) -> Option<&str> {
        let steps = &program.execution.steps;
        let line = match self {
            Step::Setup => &steps.setup,
            Step::Prepare => &steps.prepare,
            Step::Conclude => &steps.conclude,
            Step::Cleanup => &steps.cleanup,
        };
        line.as_deref()
    }

    /// Runs it, if there is one; whether it was run to its end, and not ended by `stop`.
    pub(super) fn run(
        self,
        program: &Program,
        workers: usize,
        stop: &Stop,
    ) -> Result<bool, CompareError> {
        let Some(line) = self.line(program) else {
            return Ok(true);
        };
        let line = program.filled(line, workers);
        let failed = |cause| CompareError::Step {
            option: self.option(),
            line: units::printable(&line),
            cause,
        };
        let environment =
            environment_of(program, workers).map_err(|error| failed(error.to_string()))?;
        // What it writes is of no use to anybody, unless it fails.
        let execution = Execution {
            output: Destination::Checked,
            ..Execution::default()
        };
        let setting = Setting {
            execution: &execution,
            environment: &environment,
            cpus: None,
            meter: &Meter::without_hardware(),
        };
        let ran = execute(&line, &setting, stop, &mut |_| ()).map_err(failed)?;
        Ok(ran.is_some())
    }

    /// The worker counts, of those of a program, at which it is run: once, unless it depends on them.
    pub(super) fn counts(self, program: &Program, workers: &[usize]) -> Vec<usize> {
        match self.line(program) {
            Some(line) if line.contains(WORKERS) || line.contains(SIZE) && program.grows => {
                workers.to_vec()
            }
            Some(_) => workers[..1].to_vec(),
            None => Vec::new(),
        }
    }
}

fn failed(program: &Program, cause: String) -> CompareError {
    CompareError::Command {
        name: units::printable(&program.name),
        cause,
    }
}

pub(super) fn environment_of(program: &Program, workers: usize) -> io::Result<Environment> {
    let mut environment = Environment::inherited()?;
    // One that is measured once is to be found as it is.
    if program.scales && program.thread_variables {
        for name in THREAD_VARIABLES {
            environment.set(name, &workers.to_string())?;
        }
    }
    Ok(environment)
}
