//! `partask compare`: from its options to a validated comparison.

mod arguments;
mod commands;
mod execution;
mod gates;
mod lists;
mod measuring;
mod output;
mod tasks;

pub(super) use arguments::{CompareArgs, EXAMPLES};
pub(super) use tasks::RunPart;

use super::Terminal;
use super::eval;
use super::values::{self, chunk_size, kernel_named};
use crate::cmd::Usage;
use crate::cmd::compare::{self, Command, Spec, Workload};
use crate::cmd::compute;
use crate::engine::WORKERS_MAX;
use crate::input::{Input, Part, Source};
use crate::job::Job;
use crate::report::compare::{Export, Rival, Settings, Variant};
use crate::units;
use arguments::{Compared, DimensionArgs, FileArgs, RivalArgs};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

impl CompareArgs {
    /// The validated command; `run` has what follows that word, when it is what is compared.
    pub(super) fn command(
        self,
        run: Option<RunPart>,
        terminal: Terminal,
    ) -> Result<Command, Usage> {
        let spec = self.spec(run)?;
        self.gates.check_regression(&spec)?;
        Ok(Command {
            spec,
            style: self.output.style(terminal),
            said: self.output.said()?,
            gates: self.gates.gates()?,
            confirm_after: self.gates.confirm_after()?,
            exports: self.files.exports(),
            save_baseline: self.gates.save_baseline,
            baseline: self.gates.baseline,
            allow_mismatch: self.gates.allow_mismatch,
            progress: self.output.progress(self.execution.shows_output()),
            stderr_is_terminal: terminal.stderr,
        })
    }

    fn spec(&self, run: Option<RunPart>) -> Result<Spec, Usage> {
        let dimensions = &self.dimensions;
        let has_command = !self.commands.command.is_empty();
        let spec = match (self.job, run) {
            (Some(_), _) if has_command => {
                return Err(Usage(
                    "--command takes the place of a job: leave one of them out, or time the command beside the job by --against"
                        .to_owned(),
                ));
            }
            (None, _) if has_command => self.spec_of_commands()?,
            (None, _) => {
                return Err(Usage(
                    "compare: give a job (squares, cubes, sum-of-squares, eval or run), or any program by --command"
                        .to_owned(),
                ));
            }
            (Some(Compared::Squares), _) => self.spec_of_numbers(Job::squares(), &self.input)?,
            (Some(Compared::Cubes), _) => self.spec_of_numbers(Job::cubes(), &self.input)?,
            (Some(Compared::SumOfSquares), _) => {
                self.spec_of_numbers(Job::sum_of_squares(), &self.input)?
            }
            (Some(Compared::Eval), _) => {
                let (function, input) = eval::split(&self.input)?;
                let job = eval::job(function, dimensions.reduce)?;
                self.spec_of_numbers(job, input)?
            }
            (Some(Compared::Run), Some(run)) => self.spec_of_tasks(run)?,
            (Some(Compared::Run), None) => {
                return Err(Usage(
                    "compare run: give a command, such as 'partask compare run sleep 1 ::: 1..=4'"
                        .to_owned(),
                ));
            }
        };
        let spec = Spec {
            reference: dimensions.reference(&spec.variants)?,
            presentation: self.output.presentation(dimensions.reference.is_some()),
            settings: Settings {
                weak: dimensions.weak,
                ..self.measuring.settings()?
            },
            ..spec
        };
        check_names(&spec)?;
        Ok(spec)
    }

    fn spec_of_numbers(&self, job: Job, input: &[OsString]) -> Result<Spec, Usage> {
        let dimensions = &self.dimensions;
        if !job.has_values() && dimensions.values {
            return Err(values::no_values(&job, "print"));
        }
        let input = &values::one_input(input);
        let input = values::input(input, dimensions.step.as_deref())?;
        check_rereadable(&input)?;
        let variants = dimensions.variants()?;
        if dimensions.weak {
            check_growth(&input, &variants)?;
        }
        let job = compute::Spec {
            verify: dimensions.verify,
            ..compute::Spec::new(job, input)
        };
        let values = dimensions.values;
        Ok(Spec {
            rivals: self.rivals.rivals()?,
            ..Spec::of(Workload::Numbers { job, values }, variants)
        })
    }
}

/// In the report and its files cases are told apart by their names.
fn check_names(spec: &Spec) -> Result<(), Usage> {
    let comparison = spec.comparison();
    let option = match spec.workload {
        Workload::Commands(_) => "--name",
        Workload::Numbers { .. } | Workload::Tasks(_) => "--against-name",
    };
    let mut names: Vec<String> = Vec::new();
    for case in &comparison.cases {
        let name = comparison.name(case);
        if names.contains(&name) {
            return Err(Usage(format!(
                "two cases are called '{name}': give the command another name by {option}"
            )));
        }
        names.push(name);
    }
    Ok(())
}

/// Every worker count has to have its share of a range that goes on.
fn check_growth(input: &Input, variants: &[Variant]) -> Result<(), Usage> {
    let most = variants.iter().map(|variant| variant.workers).max();
    let grown = input.grown(most.unwrap_or(1));
    grown.map(drop).map_err(|error| {
        let text = input.text().escape_debug();
        Usage(format!(
            "--weak: the work grows with the workers, and '{text}' can't: {error}"
        ))
    })
}

/// Every run reads the input anew.
fn check_rereadable(input: &Input) -> Result<(), Usage> {
    for part in input.parts() {
        let once = match part {
            Part::Known(_) => false,
            Part::Stream(Source::StandardInput) => true,
            // What can't be read at all is found out when it is opened.
            Part::Stream(Source::File(path)) => {
                fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir())
            }
        };
        if once && let Part::Stream(source) = part {
            return Err(Usage(format!(
                "{} can be read only once, but every run needs it: save it to a file and give '@FILE'",
                source.name()
            )));
        }
    }
    Ok(())
}

impl DimensionArgs {
    fn variants(&self) -> Result<Vec<Variant>, Usage> {
        let workers = match &self.workers {
            Some(text) => worker_counts(text)?,
            None => compare::default_workers(),
        };
        let kernels = list("--kernel", &self.kernel, |item| {
            kernel_named(item).map_err(|error| Usage(format!("--kernel: {error}")))
        })?;
        let chunk_sizes = match &self.chunk_size {
            Some(text) => list("--chunk-size", text, |item| chunk_size(item).map(Some))?,
            None => vec![None],
        };
        let variants = compare::product(&workers, &kernels, &chunk_sizes);
        match variants.len() {
            0..=WORKERS_MAX => Ok(variants),
            many => Err(Usage(format!(
                "{} cases are too many: {WORKERS_MAX} at most",
                units::count(many as u128)
            ))),
        }
    }

    /// Which variant the others are compared with.
    fn reference(&self, variants: &[Variant]) -> Result<usize, Usage> {
        let Some(text) = &self.reference else {
            return Ok(0);
        };
        let found = variants
            .iter()
            .position(|variant| is_called(variant, text.trim()));
        found.ok_or_else(|| {
            let mut counts: Vec<String> = Vec::new();
            for variant in variants {
                let count = match variant.single() {
                    Some(program) => program.name.clone(),
                    None => variant.workers.to_string(),
                };
                if !counts.contains(&count) {
                    counts.push(count);
                }
            }
            Usage(format!(
                "--reference '{}': give one of the worker counts: {}",
                text.escape_debug(),
                counts.join(", ")
            ))
        })
    }
}

/// Whether a variant has this worker count, or this command or its name.
fn is_called(variant: &Variant, text: &str) -> bool {
    let is_count = variant.single().is_none() && text.parse() == Ok(variant.workers);
    let program = variant.program.as_ref();
    is_count || program.is_some_and(|program| text == program.name || text == program.line)
}

/// Reads the worker counts, in the notation of an input: `1,2,4`, `1..=8`.
fn worker_counts(text: &str) -> Result<Vec<usize>, Usage> {
    let wrong = |why: &str| {
        Usage(format!(
            "--workers '{}': {why}: give whole numbers from 1 to {WORKERS_MAX}, such as 1,2,4 or 1..=8",
            text.escape_debug()
        ))
    };
    if text.ends_with('%') || text.len() > 1 && text.starts_with(['+', '-']) {
        return values::workers(Some(text), false).map(|workers| vec![workers]);
    }
    // What the notation of an input says beside that, of files and steps, has no place here.
    let input = Input::parse(text, None).map_err(|_| wrong("no list of worker counts"))?;
    let numbers = input
        .known()
        .ok_or_else(|| wrong("no list of worker counts"))?;
    if numbers.count() > WORKERS_MAX as u128 {
        return Err(wrong("it is too long"));
    }
    let mut counts = Vec::new();
    for number in numbers.iter() {
        let count = usize::try_from(number)
            .ok()
            .filter(|count| (1..=WORKERS_MAX).contains(count));
        let count = count.ok_or_else(|| wrong(&format!("{number} workers are not possible")))?;
        if counts.contains(&count) {
            return Err(wrong(&format!("{count} is there twice")));
        }
        counts.push(count);
    }
    match counts.is_empty() {
        true => Err(wrong("it is empty")),
        false => Ok(counts),
    }
}

/// Reads a comma-separated list without repetitions.
fn list<T: PartialEq>(
    option: &str,
    text: &str,
    read: impl Fn(&str) -> Result<T, Usage>,
) -> Result<Vec<T>, Usage> {
    let mut items = Vec::new();
    for word in text.split(',') {
        let item = read(word.trim())?;
        if items.contains(&item) {
            return Err(Usage(format!(
                "{option} '{}': '{}' is there twice",
                text.escape_debug(),
                word.trim().escape_debug()
            )));
        }
        items.push(item);
    }
    Ok(items)
}

impl RivalArgs {
    fn rivals(&self) -> Result<Vec<Rival>, Usage> {
        if self.against_name.len() > self.against.len() {
            return Err(Usage(format!(
                "--against-name '{}' has no --against of its own: give one name for each command",
                self.against_name[self.against.len()].escape_debug()
            )));
        }
        let mut rivals: Vec<Rival> = Vec::new();
        for (i, line) in self.against.iter().enumerate() {
            if line.trim().is_empty() {
                return Err(Usage(
                    "--against '': give a command, such as --against 'python3 pool.py'".to_owned(),
                ));
            }
            let name = self.against_name.get(i).unwrap_or(line).clone();
            if name.trim().is_empty() {
                return Err(Usage(
                    "--against-name '': give a name, such as --against-name python".to_owned(),
                ));
            }
            rivals.push(Rival {
                name,
                line: line.clone(),
                checked: !self.against_unchecked,
            });
        }
        Ok(rivals)
    }
}

impl FileArgs {
    fn exports(self) -> Vec<(Export, PathBuf)> {
        let files = [
            (Export::Json, self.export_json),
            (Export::Csv, self.export_csv),
            (Export::Markdown, self.export_markdown),
            (Export::Hyperfine, self.export_hyperfine),
            (Export::HyperfinePair, self.export_hyperfine_pair),
            (Export::GithubAction, self.export_github_action),
            (
                Export::GithubActionSpeedup,
                self.export_github_action_speedup,
            ),
            (Export::Bencher, self.export_bencher),
            (Export::Svg, self.export_svg),
            (Export::Html, self.export_html),
        ];
        files
            .into_iter()
            .filter_map(|(export, path)| Some((export, path?)))
            .collect()
    }
}
