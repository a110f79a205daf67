//! `partask compare`: its options, and their conversion to a validated comparison.

use super::values::{self, chunk_size, formats, job_names, kernel_named, modes};
use super::{Terminal, colour_wanted};
use crate::cmd::Usage;
use crate::cmd::compare::{self, Command, Spec};
use crate::cmd::compute;
use crate::engine::WORKERS_MAX;
use crate::input::{Input, Part, Source};
use crate::job::Job;
use crate::report::compare::{Export, Gate, Rival, Settings, Variant};
use crate::report::progress::Mode;
use crate::report::{Format, Style};
use crate::units;
use clap::Args;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  partask compare sum-of-squares 1..1e8 --workers 1,2 --runs 5
  partask compare squares 1..1e7 --workers 2 --kernel scalar,auto --runs 5
  partask compare sum-of-squares 1..1e7 --against 'echo 333333283333335000000' --runs 5
  partask compare cubes 1..1e7 --runs 5 --export-json cubes.json --export-svg cubes.svg
  partask compare squares 1..1e7 --runs 5 --save-baseline squares.json
  partask compare squares 1..1e7 --runs 5 --quiet";

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The job: squares, cubes or sum-of-squares
    #[arg(value_name = "JOB", value_parser = job_names())]
    job: Job,

    /// What it is done to, as for the job itself: A..B, A..=B, N, @FILE
    #[arg(value_name = "INPUT")]
    input: OsString,

    #[command(flatten)]
    dimensions: DimensionArgs,

    #[command(flatten)]
    measuring: MeasuringArgs,

    #[command(flatten)]
    rivals: RivalArgs,

    #[command(flatten)]
    files: FileArgs,

    #[command(flatten)]
    gates: GateArgs,

    /// The report's form
    #[arg(long, value_name = "FORM", default_value = "human", value_parser = formats())]
    format: Format,

    /// Print only the result, in one sentence
    #[arg(short, long, conflicts_with = "format")]
    quiet: bool,

    /// When to show the progress on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = modes())]
    progress: Mode,
}

/// What is done, and in which ways.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is compared")]
struct DimensionArgs {
    /// Worker counts, such as 1,2,4 or 1..=8; by default 1, 2, 4, … up to the CPUs this process may use
    #[arg(short, long, value_name = "LIST", allow_hyphen_values = true)]
    workers: Option<String>,

    /// Kernels: auto, scalar, or both
    #[arg(long, value_name = "LIST", default_value = "auto")]
    kernel: String,

    /// Numbers in a chunk, such as 65536,1e6; by default planned
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    chunk_size: Option<String>,

    /// The worker count that the others are compared with; by default the first
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    reference: Option<String>,

    /// Take every K-th number of the ranges; negative to run down
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    step: Option<String>,

    /// Render every result as text, too, which goes nowhere
    #[arg(long)]
    values: bool,

    /// Check the answer by the reference path, too, before anything is timed
    #[arg(long)]
    verify: bool,
}

/// How it is measured.
#[derive(Debug, Args)]
#[command(next_help_heading = "Measuring")]
struct MeasuringArgs {
    /// Runs of each case before those that count
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        allow_hyphen_values = true
    )]
    warmup: String,

    /// Rounds to measure at least, each with one run of every case in random order
    #[arg(
        long,
        value_name = "N",
        default_value = "5",
        allow_hyphen_values = true
    )]
    min_runs: String,

    /// Rounds to measure, whatever the precision and the time
    #[arg(long, value_name = "N", conflicts_with_all = ["min_runs", "precision", "max_time"], allow_hyphen_values = true)]
    runs: Option<String>,

    /// Measure until every median is known to this: half its 95% interval
    #[arg(
        long,
        value_name = "P%",
        default_value = "1%",
        allow_hyphen_values = true
    )]
    precision: String,

    /// Stop measuring after this time, once there are enough runs
    #[arg(
        long,
        value_name = "D",
        default_value = "30s",
        allow_hyphen_values = true
    )]
    max_time: String,

    /// What the random order and the intervals are drawn from
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_hyphen_values = true
    )]
    seed: String,
}

/// Other programs beside it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Other programs")]
struct RivalArgs {
    /// Time this command, too; the last number it prints must be the answer. May be repeated
    #[arg(long, value_name = "COMMAND")]
    against: Vec<String>,

    /// What to call it; once for each --against, in the same order
    #[arg(long, value_name = "NAME", requires = "against")]
    against_name: Vec<String>,

    /// Do not check what the other commands print
    #[arg(long, requires = "against")]
    against_unchecked: bool,
}

/// Files, written after every round.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files, written after every round")]
struct FileArgs {
    /// Everything, with every sample
    #[arg(long, value_name = "FILE")]
    export_json: Option<PathBuf>,

    /// A row a case
    #[arg(long, value_name = "FILE")]
    export_csv: Option<PathBuf>,

    /// Tables
    #[arg(long, value_name = "FILE")]
    export_markdown: Option<PathBuf>,

    /// The form of hyperfine's --export-json
    #[arg(long, value_name = "FILE")]
    export_hyperfine: Option<PathBuf>,

    /// The times, for github-action-benchmark's customSmallerIsBetter
    #[arg(long, value_name = "FILE")]
    export_github_action: Option<PathBuf>,

    /// The speedups, for its customBiggerIsBetter
    #[arg(long, value_name = "FILE")]
    export_github_action_speedup: Option<PathBuf>,

    /// The Bencher Metric Format
    #[arg(long, value_name = "FILE")]
    export_bencher: Option<PathBuf>,

    /// A chart of the speedups
    #[arg(long, value_name = "FILE")]
    export_svg: Option<PathBuf>,
}

/// Limits that decide the exit code.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits: exit code 4 when one is broken, 7 when that can't be told")]
struct GateArgs {
    /// The most workers must be at least this many times faster than the reference
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    min_speedup: Option<String>,

    /// Every worker count must be at least this efficient
    #[arg(long, value_name = "P%", allow_hyphen_values = true)]
    min_efficiency: Option<String>,

    /// Store the comparison for later ones, unless a limit is broken
    #[arg(long, value_name = "FILE")]
    save_baseline: Option<PathBuf>,

    /// Compare with a stored comparison
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// No case may take this much longer than in the baseline
    #[arg(
        long,
        value_name = "P%",
        requires = "baseline",
        allow_hyphen_values = true
    )]
    max_regression: Option<String>,

    /// Compare also with a baseline of another machine, job, version or worker count
    #[arg(long, requires = "baseline")]
    allow_mismatch: bool,
}

impl CompareArgs {
    /// The validated command.
    pub(super) fn command(self, terminal: Terminal) -> Result<Command, Usage> {
        let spec = self.spec()?;
        Ok(Command {
            spec,
            style: Style {
                format: self.format,
                timings: false,
                colour: terminal.stdout && colour_wanted(),
            },
            quiet: self.quiet,
            gates: self.gates.gates()?,
            exports: self.files.exports(),
            save_baseline: self.gates.save_baseline,
            baseline: self.gates.baseline,
            allow_mismatch: self.gates.allow_mismatch,
            progress: self.progress,
            stderr_is_terminal: terminal.stderr,
        })
    }

    fn spec(&self) -> Result<Spec, Usage> {
        let dimensions = &self.dimensions;
        if !self.job.has_values() && dimensions.values {
            return Err(values::no_values(self.job, "print"));
        }
        let input = values::input(&self.input, dimensions.step.as_deref())?;
        check_rereadable(&input)?;
        let variants = dimensions.variants()?;
        Ok(Spec {
            values: dimensions.values,
            reference: dimensions.reference(&variants)?,
            variants,
            rivals: self.rivals.rivals()?,
            settings: self.measuring.settings()?,
            ..Spec::new(
                compute::Spec {
                    verify: dimensions.verify,
                    ..compute::Spec::new(self.job, input)
                },
                &[],
            )
        })
    }
}

/// Every run reads the input anew.
fn check_rereadable(input: &Input) -> Result<(), Usage> {
    for part in input.parts() {
        let once = match part {
            Part::Known(_) => false,
            Part::Stream(Source::StandardInput) => true,
            // A file that can't be read is found out when it is opened.
            Part::Stream(Source::File(path)) => {
                fs::metadata(path).is_ok_and(|meta| !meta.is_file())
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
            kernel_named(item).ok_or_else(|| {
                Usage(format!(
                    "--kernel '{}': give auto, scalar, or both: auto,scalar",
                    item.escape_debug()
                ))
            })
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
            .position(|variant| text.trim().parse() == Ok(variant.workers));
        found.ok_or_else(|| {
            let mut counts: Vec<String> = Vec::new();
            for variant in variants {
                let count = variant.workers.to_string();
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

/// Reads the worker counts, in the notation of an input: `1,2,4`, `1..=8`.
fn worker_counts(text: &str) -> Result<Vec<usize>, Usage> {
    let wrong = |why: &str| {
        Usage(format!(
            "--workers '{}': {why}: give whole numbers from 1 to {WORKERS_MAX}, such as 1,2,4",
            text.escape_debug()
        ))
    };
    let input = Input::parse(text, None).map_err(|error| Usage(format!("--workers: {error}")))?;
    let numbers = input.known().ok_or_else(|| wrong("it is no list"))?;
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

impl MeasuringArgs {
    fn settings(&self) -> Result<Settings, Usage> {
        let precision = values::share("--precision", &self.precision)?;
        if precision <= 0.0 {
            return Err(Usage(
                "--precision 0%: no median is known that well: give a share above 0, such as 1%"
                    .to_owned(),
            ));
        }
        let max_time = units::parse_duration(&self.max_time)
            .map_err(|error| Usage(format!("--max-time: {error}")))?;
        Ok(Settings {
            warmup: count("--warmup", &self.warmup, 0)?,
            min_runs: count("--min-runs", &self.min_runs, 1)?,
            runs: self
                .runs
                .as_deref()
                .map(|text| count("--runs", text, 1))
                .transpose()?,
            precision,
            max_time,
            seed: self.seed.trim().parse().map_err(|_| {
                Usage(format!(
                    "--seed '{}': give a whole number from 0 up",
                    self.seed.escape_debug()
                ))
            })?,
        })
    }
}

fn count(option: &str, text: &str, min: u32) -> Result<u32, Usage> {
    text.trim()
        .parse()
        .ok()
        .filter(|count| *count >= min)
        .ok_or_else(|| {
            Usage(format!(
                "{option} '{}': give a whole number from {min} up",
                text.escape_debug()
            ))
        })
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
            if rivals.iter().any(|rival| rival.name == name) {
                return Err(Usage(format!(
                    "--against '{}' is there twice: tell the two apart by --against-name",
                    name.escape_debug()
                )));
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
            (Export::GithubAction, self.export_github_action),
            (
                Export::GithubActionSpeedup,
                self.export_github_action_speedup,
            ),
            (Export::Bencher, self.export_bencher),
            (Export::Svg, self.export_svg),
        ];
        files
            .into_iter()
            .filter_map(|(export, path)| Some((export, path?)))
            .collect()
    }
}

impl GateArgs {
    fn gates(&self) -> Result<Vec<Gate>, Usage> {
        let mut gates = Vec::new();
        if let Some(text) = &self.min_speedup {
            let factor = text.trim().trim_end_matches(['x', '×']).trim_end();
            let factor = factor
                .parse()
                .ok()
                .filter(|factor: &f64| factor.is_finite() && *factor > 0.0);
            gates.push(Gate::MinSpeedup(factor.ok_or_else(|| {
                Usage(format!(
                    "--min-speedup '{}': give a factor above 0, such as 1.8",
                    text.escape_debug()
                ))
            })?));
        }
        if let Some(text) = &self.min_efficiency {
            gates.push(Gate::MinEfficiency(values::share(
                "--min-efficiency",
                text,
            )?));
        }
        if let Some(text) = &self.max_regression {
            gates.push(Gate::MaxRegression(values::share(
                "--max-regression",
                text,
            )?));
        }
        Ok(gates)
    }
}
