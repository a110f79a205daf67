//! A program whose own speedup is measured: run once at a worker count.

use super::CompareError;
use super::execution::{execute, sample};
use super::printed::Printed;
use crate::process::Environment;
use crate::report::compare::{Program, Sample};
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
    stop: &Stop,
) -> Result<Option<(Sample, Printed)>, CompareError> {
    let failed = |cause: String| CompareError::Command {
        name: units::printable(&program.name),
        cause,
    };
    let environment =
        environment_of(program, workers).map_err(|error| failed(error.to_string()))?;
    let line = program.line.replace(WORKERS, &workers.to_string());
    let mut printed = Printed::default();
    let read = &mut |bytes: &[u8]| printed.read(bytes);
    let exit = execute(&line, &environment, stop, read).map_err(failed)?;
    Ok(exit.map(|exit| (sample(&exit), printed)))
}

/// What stands for the worker count in a command line.
pub const WORKERS: &str = "{workers}";

fn environment_of(program: &Program, workers: usize) -> io::Result<Environment> {
    let mut environment = Environment::inherited()?;
    // One that is measured once is to be found as it is.
    if program.scales && program.thread_variables {
        for name in THREAD_VARIABLES {
            environment.set(name, &workers.to_string())?;
        }
    }
    Ok(environment)
}
