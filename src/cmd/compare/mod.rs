//! `partask compare`: one job at several worker counts, each answer checked; what the cores bought,
//! what was lost, and whether it keeps its limits.

mod bench;
mod command;
mod error;
mod execution;
mod measure;
mod outputs;
mod printed;
mod program;
mod rival;
mod sessions;
mod tasks;
mod work;

pub use command::{Command, Said, main};
pub use error::CompareError;
pub use measure::{Bench, measure};

use crate::cmd::{compute, run};
use crate::input::{Part, Source};
use crate::kernel::Kernel;
use crate::machine::counters::Counting;
use crate::machine::{self, Evidence, Fingerprint};
use crate::report::compare::{
    Case, Comparison, Destination, Presentation, Program, Rival, Settings, Subject, Variant, Work,
};
use crate::stop::Stop;
use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use work::{work_of_commands, work_of_numbers, work_of_tasks};

/// What is done in every case.
#[derive(Clone, Debug)]
pub enum Workload {
    /// A numeric job.
    Numbers {
        /// The job; its workers, kernel and chunk size are those of each variant instead.
        job: compute::Spec,
        /// Whether every result is rendered as text, too; the text goes nowhere.
        values: bool,
    },
    /// A list of external commands, all of which must succeed; what they write goes nowhere. The
    /// workers are those of each variant instead.
    Tasks(Box<run::Spec>),
    /// Programs, each at worker counts of its own, whose every run must print the same. The programs are
    /// those of the variants.
    Commands(Vec<Arc<Program>>),
}

impl Workload {
    /// The files that every run reads anew.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        match self {
            Workload::Tasks(tasks) => tasks.tasks.files().unwrap_or_default(),
            Workload::Commands(programs) => {
                let words = programs
                    .iter()
                    .flat_map(|program| program.line.split_whitespace());
                let inputs = programs
                    .iter()
                    .filter_map(|program| program.execution.input.clone());
                words.filter_map(file_of_word).chain(inputs).collect()
            }
            Workload::Numbers { job, .. } => {
                let parts = job.input.parts().iter();
                let files = parts.filter_map(|part| match part {
                    Part::Stream(Source::File(path)) => Some(path.clone()),
                    Part::Stream(Source::StandardInput) | Part::Known(_) => None,
                });
                files.collect()
            }
        }
    }
}

impl Workload {
    /// The file that the programs write to, where they do.
    #[must_use]
    pub fn output(&self) -> Option<PathBuf> {
        let Workload::Commands(programs) = self else {
            return None;
        };
        programs
            .iter()
            .find_map(|program| match &program.execution.output {
                Destination::File(path) => Some(path.clone()),
                _ => None,
            })
    }
}

/// The file that a word of a command line means: one of that name, or a program that is looked up.
fn file_of_word(word: &str) -> Option<PathBuf> {
    let path = PathBuf::from(word);
    if path.is_file() {
        return Some(path);
    }
    let folders = env::var_os("PATH").filter(|_| !word.contains('/'))?;
    let mut places = env::split_paths(&folders).map(|folder| folder.join(word));
    places.find(|place| place.is_file())
}

/// A comparison to make.
#[derive(Clone, Debug)]
pub struct Spec {
    /// What is done.
    pub workload: Workload,
    /// The ways to do it.
    pub variants: Vec<Variant>,
    /// Programs of somebody else's that do the same.
    pub rivals: Vec<Rival>,
    /// Which variant the others are compared with.
    pub reference: usize,
    /// How to measure.
    pub settings: Settings,
    /// The command line that asks for it, as a shell reads it; empty when there is none.
    pub command_line: String,
    /// How people are shown it.
    pub presentation: Presentation,
}

impl Spec {
    /// `job` with each of these worker counts, compared with the first; the rest as the job has it.
    #[must_use]
    pub fn new(job: compute::Spec, workers: &[usize]) -> Spec {
        let variants = product(workers, &[job.kernel], &[job.chunk_size]);
        let values = false;
        Spec::of(Workload::Numbers { job, values }, variants)
    }

    /// `tasks` with each of these worker counts, compared with the first.
    #[must_use]
    pub fn of_tasks(tasks: run::Spec, workers: &[usize]) -> Spec {
        let variants = workers.iter().map(|&workers| Variant {
            workers,
            kernel: None,
            chunk_size: None,
            program: None,
        });
        Spec::of(Workload::Tasks(Box::new(tasks)), variants.collect())
    }

    /// `programs`, each with these worker counts or, when it has no use for them, once; compared with
    /// the first.
    #[must_use]
    pub fn of_commands(programs: Vec<Program>, workers: &[usize]) -> Spec {
        let programs: Vec<Arc<Program>> = programs.into_iter().map(Arc::new).collect();
        let mut variants = Vec::new();
        for program in &programs {
            let counts = if program.scales { workers } else { &[1] };
            variants.extend(counts.iter().map(|&workers| Variant {
                workers,
                kernel: None,
                chunk_size: None,
                program: Some(Arc::clone(program)),
            }));
        }
        Spec::of(Workload::Commands(programs), variants)
    }

    /// A workload in these ways, compared with the first.
    #[must_use]
    pub fn of(workload: Workload, variants: Vec<Variant>) -> Spec {
        Spec {
            workload,
            variants,
            rivals: Vec::new(),
            reference: 0,
            settings: Settings::default(),
            command_line: String::new(),
            presentation: Presentation::default(),
        }
    }

    /// Whether it starts processes, which have to hear of an interrupt.
    #[must_use]
    pub fn starts_processes(&self) -> bool {
        matches!(self.workload, Workload::Tasks(_) | Workload::Commands(_))
            || !self.rivals.is_empty()
    }

    /// The comparison as it is before anything has been measured.
    #[must_use]
    pub fn comparison(&self) -> Comparison {
        let jobs = self.variants.iter().cloned().map(Subject::Job);
        let rivals = self.rivals.iter().cloned().map(Subject::Rival);
        let cases = jobs.chain(rivals).map(|subject| Case {
            subject,
            repeats: 1,
            samples: Vec::new(),
        });
        Comparison {
            work: self.work(),
            cases: cases.collect(),
            reference: self.reference,
            settings: self.settings,
            rounds: 0,
            ended: None,
            fingerprint: Fingerprint::here(),
            evidence: Evidence::default(),
            counting: Counting::default(),
            gated: Vec::new(),
            regressions: Vec::new(),
            taken_unix_s: since_1970_s(),
            command_line: self.command_line.clone(),
            presentation: self.presentation,
            confirmation: None,
        }
    }

    fn work(&self) -> Work {
        match &self.workload {
            Workload::Numbers { job, values } => work_of_numbers(job, *values, self.settings.weak),
            Workload::Tasks(tasks) => work_of_tasks(tasks),
            Workload::Commands(programs) => work_of_commands(programs, self.settings.weak),
        }
    }
}

fn since_1970_s() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Every combination of these workers, kernels and chunk sizes; the workers vary fastest.
#[must_use]
pub fn product(workers: &[usize], kernels: &[Kernel], chunk_sizes: &[Option<u64>]) -> Vec<Variant> {
    let mut variants = Vec::new();
    for &kernel in kernels {
        for &chunk_size in chunk_sizes {
            variants.extend(workers.iter().map(|&workers| Variant {
                workers,
                kernel: Some(kernel),
                chunk_size,
                program: None,
            }));
        }
    }
    variants
}

/// The worker counts that are compared by default: 1, 2, 4, … up to the CPUs this process may use, and
/// these.
#[must_use]
pub fn default_workers() -> Vec<usize> {
    workers_up_to(machine::cpus_available().min(crate::engine::WORKERS_MAX))
}

fn workers_up_to(cpus: usize) -> Vec<usize> {
    let mut workers: Vec<usize> = std::iter::successors(Some(1), |n| Some(n * 2))
        .take_while(|n| *n < cpus)
        .collect();
    workers.push(cpus);
    workers
}

/// Hears of a comparison while it is made.
pub trait Observer {
    /// The answer is being computed and checked; told again and again meanwhile.
    fn finding_answer(&mut self) {}

    /// The answer is known, and nothing has been timed yet.
    ///
    /// # Errors
    /// When the comparison is not worth making.
    fn answered(&mut self, comparison: &Comparison) -> Result<(), CompareError> {
        let _ = comparison;
        Ok(())
    }

    /// A case is about to be run.
    fn about_to_run(&mut self, comparison: &Comparison, case: usize) {
        let _ = (comparison, case);
    }

    /// A round is done.
    ///
    /// # Errors
    /// When what has been measured can't be stored.
    fn round_done(&mut self, comparison: &Comparison) -> Result<(), CompareError> {
        let _ = comparison;
        Ok(())
    }
}

/// An observer that does nothing.
impl Observer for () {}

/// Makes a comparison: measures every case until it is enough or `stop` is requested, and returns what
/// was measured by then.
///
/// # Errors
/// See [`CompareError`]; an answer that fails its check is one.
pub fn run(
    spec: &Spec,
    stop: &Stop,
    observer: &mut dyn Observer,
) -> Result<Comparison, CompareError> {
    bench::run(spec, stop, observer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_workers_double_up_to_the_cpus() {
        assert_eq!(workers_up_to(1), [1]);
        assert_eq!(workers_up_to(2), [1, 2]);
        assert_eq!(workers_up_to(6), [1, 2, 4, 6]);
        assert_eq!(workers_up_to(8), [1, 2, 4, 8]);
    }

    #[test]
    fn the_product_has_every_combination_once() {
        let variants = product(&[1, 2], &[Kernel::Scalar, Kernel::Auto], &[None, Some(5)]);
        assert_eq!(variants.len(), 8);
        assert_eq!((variants[0].workers, variants[1].workers), (1, 2));
        for (i, variant) in variants.iter().enumerate() {
            assert!(!variants[..i].contains(variant));
        }
    }
}
