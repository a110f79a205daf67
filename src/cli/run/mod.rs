//! `partask run`: from its options to a validated run.

mod arguments;
mod batches;
mod foreign;
mod habits;
mod halts;
mod synonyms;

pub(super) use arguments::{EXAMPLES, RunArgs};
pub(super) use habits::translate;

use super::{Terminal, colour_wanted, values};
use crate::cmd::Usage;
use crate::cmd::run::{Command, Halt, Order, Spec, Throttle};
use crate::machine;
use crate::process::Limits;
use crate::report::progress::Mode;
use crate::task::{self, Delimiter};
use crate::units;
use arguments::{FailureArgs, InputArgs, RecordArgs, ThrottleArgs};
use batches::BatchArgs;
use clap::builder::TypedValueParser;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;
use synonyms::SynonymArgs;

fn orders() -> impl TypedValueParser<Value = Order> {
    values::named(&[
        ("input", Order::Input),
        ("completion", Order::Completion),
        ("line", Order::Line),
    ])
}

impl RunArgs {
    /// The validated command.
    pub(super) fn command(
        self,
        workers_from_environment: bool,
        terminal: Terminal,
    ) -> Result<Command, Usage> {
        let workers = values::workers_or_all(self.workers.as_deref(), workers_from_environment)?;
        let mut words = self.words;
        let timeline = take_timeline(&mut words) || self.outputs.timeline;
        let (outputs, failures, records) = (self.outputs, self.failures, self.records);
        let (dry_run, tty, synonyms) = (self.inputs.dry_run, self.inputs.tty, self.synonyms);
        let tag_text = self.batches.tag_text()?;
        records.refuse_without_log(&synonyms)?;
        let spec = Spec {
            workers,
            order: match (synonyms.keep_order, synonyms.line_buffer) {
                // Both together are the default: the task whose turn it is shows its lines as they come.
                (true, true) => Order::Input,
                (false, true) => Order::Line,
                _ => outputs.order,
            },
            tag: outputs.tag || tag_text.is_some(),
            tag_text,
            folder: self.batches.folder()?,
            timeout_of_median: failures.timeout_of_median()?,
            retries: failures.retries()?,
            retry_delay: span("--retry-delay", failures.retry_delay.as_deref())?,
            limits: failures.limits()?,
            halt: failures.halt()?,
            throttle: self.throttles.throttle()?,
            tty,
            raise_limits: true,
            nice: nice(&self.throttles.nice)?,
            keep_output: records.results.is_some() || records.junit.is_some(),
            ..Spec::new(self.inputs.tasks(words, &self.batches, workers)?)
        };
        Ok(Command {
            spec,
            dry_run,
            log: records.log,
            resume: records.resume || synonyms.resume_failed || synonyms.retry_failed,
            only_failed: synonyms.retry_failed,
            verbose: synonyms.verbose,
            overwrite: records.overwrite,
            joblog: records.joblog,
            results: records.results,
            junit: records.junit,
            trace: records.trace,
            timeline,
            quiet: outputs.quiet,
            progress: match tty {
                true => Mode::Never,
                false if synonyms.bar && outputs.progress != Mode::Never => Mode::Always,
                false => outputs.progress,
            },
            colour: terminal.stderr && colour_wanted(),
            stdin_is_terminal: terminal.stdin,
            on_terminal: [terminal.stdout, terminal.stderr],
        })
    }
}

/// The shell that `--shell` names, by itself the one of `PARTASK_SHELL`, or sh.
pub(super) fn shell(named: OsString) -> Result<OsString, Usage> {
    let own = || std::env::var_os("PARTASK_SHELL").filter(|shell| !shell.is_empty());
    let shell = match named.is_empty() {
        true => own().unwrap_or_else(|| "sh".into()),
        false => named,
    };
    let name = Path::new(&shell).file_name().unwrap_or_default();
    match name.to_str() {
        Some("csh" | "tcsh" | "fish" | "nu" | "elvish" | "pwsh") => Err(Usage(format!(
            "--shell={}: inputs are quoted for a POSIX shell, and that one reads quotes in another way: give sh, bash, dash, zsh or ksh",
            units::printable(&shell.to_string_lossy())
        ))),
        _ => Ok(shell),
    }
}

/// Takes `--timeline` off the end of the inputs, the one place after the command where partask has an
/// option: it is asked for when the rest of the line has been typed.
fn take_timeline(words: &mut Vec<OsString>) -> bool {
    let has_inputs = words.iter().any(|word| word == ":::");
    let is_last = words.last().is_some_and(|word| word == "--timeline");
    if has_inputs && is_last {
        words.pop();
    }
    has_inputs && is_last
}

impl InputArgs {
    fn tasks(
        self,
        words: Vec<OsString>,
        batches: &BatchArgs,
        workers: usize,
    ) -> Result<task::Spec, Usage> {
        let separator = self.colsep.as_deref().map(task::column_separator);
        let shell = self.shell.map(shell).transpose()?;
        Ok(task::Spec {
            arg_files: self.arg_file,
            batch: batches.batch(workers, shell.is_some())?,
            repeats: batches.repeats(),
            replacement: batches.replacement()?,
            header: batches.header()?,
            csv: batches.csv(),
            delimiter: match self.null {
                true => Delimiter::Nul,
                false => batches.delimiter()?.unwrap_or_default(),
            },
            column_separator: separator
                .transpose()
                .map_err(|error| Usage(format!("--colsep: {error}")))?,
            ranges: !self.no_ranges,
            shell,
            ..task::Spec::new(words)
        })
    }
}

impl FailureArgs {
    fn retries(&self) -> Result<u32, Usage> {
        self.retries.trim().parse().map_err(|_| {
            Usage(format!(
                "--retries '{}': give a whole number from 0 up",
                self.retries.escape_debug()
            ))
        })
    }

    fn limits(&self) -> Result<Limits, Usage> {
        let timeout = self
            .timeout
            .as_deref()
            .filter(|text| !text.trim().ends_with('%'));
        let timeout = timeout.map(|text| duration(text.trim()));
        Ok(Limits {
            timeout: timeout
                .transpose()
                .map_err(|error| Usage(format!("--timeout: {error}")))?,
            grace: span("--grace", Some(&self.grace))?,
            keep_background: self.keep_background,
        })
    }

    fn halt(&self) -> Result<Halt, Usage> {
        halts::halt(self.halt.as_deref(), self.max_failures.as_deref())
    }

    /// The time-out as a multiple of the median, if it is one.
    fn timeout_of_median(&self) -> Result<Option<f64>, Usage> {
        let share = self
            .timeout
            .as_deref()
            .filter(|text| text.trim().ends_with('%'));
        let share = share.map(|text| {
            let number = text.trim().trim_end_matches('%').parse::<f64>().ok();
            let factor = number.map(|percent| percent / 100.0);
            factor
                .filter(|factor| factor.is_finite() && *factor > 0.0)
                .ok_or_else(|| {
                    Usage(format!(
                        "--timeout '{}': give a share of the median such as 200%",
                        text.escape_debug()
                    ))
                })
        });
        share.transpose()
    }
}

impl RecordArgs {
    /// What goes on from a log is refused where none is named; `--joblog` is what GNU parallel has there.
    fn refuse_without_log(&self, synonyms: &SynonymArgs) -> Result<(), Usage> {
        let needing = [
            (self.resume, "--resume"),
            (self.overwrite, "--overwrite"),
            (synonyms.resume_failed, "--resume-failed"),
            (synonyms.retry_failed, "--retry-failed"),
        ];
        let is_log = self.log.is_some();
        match needing.into_iter().find(|(is_given, _)| *is_given) {
            Some((_, option)) if !is_log => Err(Usage(format!(
                "{option} goes by the file of --log: give --log FILE, to the first run too (a --joblog does not tell inputs apart)"
            ))),
            _ => Ok(()),
        }
    }
}

impl ThrottleArgs {
    fn throttle(&self) -> Result<Throttle, Usage> {
        let memory = self.min_free_memory.as_deref().map(units::parse_bytes);
        Ok(Throttle {
            delay: span("--delay", self.delay.as_deref())?,
            max_load: self.max_load.as_deref().map(load).transpose()?,
            min_free_memory_bytes: memory
                .transpose()
                .map_err(|error| Usage(format!("--min-free-memory: {error}")))?,
        })
    }
}

/// Reads by how much others go first.
pub(super) fn nice(text: &str) -> Result<i32, Usage> {
    let nice = text.trim().parse().ok();
    nice.filter(|nice| (-20..=19).contains(nice))
        .ok_or_else(|| {
            Usage(format!(
                "--nice '{}': give a whole number up to 19",
                text.escape_debug()
            ))
        })
}

/// Reads a duration that may be none.
pub(super) fn span(option: &str, text: Option<&str>) -> Result<Duration, Usage> {
    match text.map(str::trim) {
        None | Some("0" | "0s" | "0ms") => Ok(Duration::ZERO),
        Some(text) => duration(text).map_err(|error| Usage(format!("{option}: {error}"))),
    }
}

/// Reads a duration; one without a unit is in seconds, as GNU parallel has it.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(_) => units::parse_duration(&format!("{text}s")),
        Err(_) => units::parse_duration(text),
    }
}

/// Reads how many processes may run: a number, or a share of the CPUs.
fn load(text: &str) -> Result<f64, Usage> {
    let (digits, unit) = match text.trim().strip_suffix('%') {
        Some(digits) => (digits, machine::cpus_available() as f64 / 100.0),
        None => (text, 1.0),
    };
    let load = digits.trim().parse().map(|number: f64| number * unit).ok();
    load.filter(|load| load.is_finite() && *load > 0.0)
        .ok_or_else(|| {
            Usage(format!(
                "--max-load '{}': give how many processes may run, such as 4, or a share of the CPUs, such as 100%",
                text.escape_debug()
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Command as Parsed, parse};

    fn command(line: &str) -> Command {
        let words = format!("partask run {line}");
        let words: Vec<OsString> = words.split_whitespace().map(OsString::from).collect();
        match parse(words, Terminal::default()).expect(line) {
            Parsed::Run(command) => *command,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn options_end_where_the_command_begins() {
        for (line, words) in [
            (
                "-w3 echo -w 4 ::: --tag",
                &["echo", "-w", "4", ":::", "--tag"][..],
            ),
            ("-- -x -- ::: a", &["-x", "--", ":::", "a"]),
            (
                "-j 3 echo -- ::: a --timeline x",
                &["echo", "--", ":::", "a", "--timeline", "x"],
            ),
            ("ls --timeline", &["ls", "--timeline"]),
        ] {
            let command = command(line);
            assert_eq!(command.spec.tasks.words, words, "{line}");
            assert!(!command.spec.tag && !command.timeline);
        }
        let late = command("echo ::: a --timeline");
        assert!(late.timeline && late.spec.tasks.words == ["echo", ":::", "a"]);
    }

    #[test]
    fn options_are_read_into_the_spec() {
        let line = "-j7 --retries 2 --retry-delay 1s --timeout 2m --grace 0 --delay 5ms --nice 3 \
            --max-load 4 --min-free-memory 1.5k -0 --colsep , --no-ranges --shell --order line cat";
        let spec = command(line).spec;
        assert_eq!((spec.workers, spec.retries, spec.nice), (7, 2, 3));
        assert_eq!(spec.retry_delay, Duration::from_secs(1));
        assert_eq!(spec.limits.timeout, Some(Duration::from_secs(120)));
        assert_eq!(spec.limits.grace, Duration::ZERO);
        assert_eq!(spec.throttle.delay, Duration::from_millis(5));
        assert_eq!(spec.throttle.max_load, Some(4.0));
        assert_eq!(spec.throttle.min_free_memory_bytes, Some(1536));
        assert_eq!(spec.order, Order::Line);
        let tasks = &spec.tasks;
        assert!(
            tasks.shell == Some("sh".into()) && !tasks.ranges && tasks.delimiter == Delimiter::Nul
        );
        assert_eq!(tasks.column_separator.as_deref(), Some(&b","[..]));
        let share = command("--max-load 50% cat").spec.throttle.max_load;
        assert_eq!(share, Some(machine::cpus_available() as f64 / 2.0));
    }
}
