//! A comparison as the command line asks for it: files, limits, exit code.

use super::{CompareError, Observer, Spec, run, sessions};
use crate::cmd::{Exit, Usage, signals};
use crate::lines::{self, WholeLines};
use crate::output;
use crate::process;
use crate::report::Style;
use crate::report::compare::{self, Baseline, Comparison, Ended, Export, Gate, Verdict};
use crate::report::progress::{Mode, Rounds};
use crate::stop::{Stop, StopReason};
use crate::units;
use anyhow::Context;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A comparison as the command line asks for it.
#[derive(Clone, Debug)]
pub struct Command {
    /// What to compare.
    pub spec: Spec,
    /// The report's form on standard output.
    pub style: Style,
    /// How much is written on standard output.
    pub said: Said,
    /// The files that are written after every round.
    pub exports: Vec<(Export, PathBuf)>,
    /// The baseline that the comparison is added to as a session, once it is whole, unless it has broken
    /// its limits.
    pub save_baseline: Option<PathBuf>,
    /// The stored comparison to compare with.
    pub baseline: Option<PathBuf>,
    /// Whether a baseline of something else is compared with all the same.
    pub allow_mismatch: bool,
    /// The limits to keep.
    pub gates: Vec<Gate>,
    /// How long to wait before a second session, which has to confirm a regression.
    pub confirm_after: Duration,
    /// When progress is shown.
    pub progress: Mode,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
}

/// How much of a comparison is written on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Said {
    /// The report.
    #[default]
    Report,
    /// Only the result, in one sentence.
    Result,
    /// Nothing.
    Nothing,
}

/// How long a reader of the report that takes nothing is waited for once the comparison is
/// interrupted: longer than one that reads has to wait for a CPU where all are taken.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes a comparison, writes its files and its report, and decides the limits.
///
/// # Errors
/// A [`Usage`] when a file can't be written to or the baseline can't be used, found out before
/// anything is measured; a [`CompareError`]; a report that can't be written.
pub fn main(
    command: &Command,
    stop: &Stop,
    out: &mut WholeLines,
    err: &mut dyn Write,
) -> anyhow::Result<Exit> {
    out.be_patient(PATIENCE);
    check_gates(command)?;
    check_files(command)?;
    let baseline = command
        .baseline
        .as_deref()
        .map(|path| read_baseline(path, command));
    let baseline = baseline.transpose()?;
    let mut _guard = None;
    if command.spec.starts_processes() {
        signals::relay(stop)?;
        _guard = Some(process::protect());
    }
    let mut files = Files {
        command,
        baseline: baseline.as_ref(),
        progress: Rounds::new(command.progress, command.stderr_is_terminal),
    };
    let mut comparison = run(&command.spec, stop, &mut files)?;
    drop(files.progress);
    if let Some(baseline) = &baseline {
        sessions::confirm(command, baseline, &mut comparison, stop, err)?;
        comparison.regressions = compare::regressions(&comparison, baseline);
    }
    if !is_stopped(&comparison) {
        comparison.gated = command
            .gates
            .iter()
            .flat_map(|gate| gate.judge(&comparison, baseline.as_ref()))
            .collect();
    }
    write_exports(&command.exports, &comparison)?;
    let exit = decide(&comparison, err);
    save_baseline(command, &comparison, exit, err)?;
    let mut text = Vec::new();
    match command.said {
        Said::Report => compare::write(&comparison, command.style, &mut text)?,
        Said::Result => write_result(&comparison, &mut text)?,
        Said::Nothing => (),
    }
    match out.write_all(&text).and_then(|()| out.flush()) {
        // Nobody reads the report, but how the comparison ended is known all the same.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe || lines::is_stopped(&error) => {
            Ok(exit)
        }
        written => {
            written.context("cannot write to standard output")?;
            Ok(exit)
        }
    }
}

/// A limit that no case has to keep would always pass.
fn check_gates(command: &Command) -> Result<(), Usage> {
    let comparison = command.spec.comparison();
    for gate in &command.gates {
        if gate.cases(&comparison).is_empty() {
            return Err(Usage(format!(
                "{} has no case to hold for, as none has more workers than the reference, which has {}: give fewer first, such as --workers 1,2",
                gate.option(),
                units::count(comparison.reference_workers() as u128)
            )));
        }
    }
    Ok(())
}

/// Writes only what the comparison comes to; nothing before anything has been measured.
fn write_result(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let figures = compare::figures(comparison);
    match compare::conclusion(comparison, &figures) {
        Some(sentence) => writeln!(out, "{sentence}"),
        None => Ok(()),
    }
}

/// Writes the files after every round, and shows how far it is.
struct Files<'a> {
    command: &'a Command,
    baseline: Option<&'a Baseline>,
    progress: Rounds,
}

impl Observer for Files<'_> {
    fn finding_answer(&mut self) {
        self.progress.finding_answer();
    }

    fn answered(&mut self, comparison: &Comparison) -> Result<(), CompareError> {
        let differences = |baseline: &Baseline| baseline.differences(comparison);
        let differences = self.baseline.map(differences).unwrap_or_default();
        let path = self.command.baseline.as_deref();
        match path.filter(|_| !differences.is_empty() && !self.command.allow_mismatch) {
            Some(path) => Err(CompareError::Baseline {
                path: shown(path),
                cause: something_else(&differences),
            }),
            None => Ok(()),
        }
    }

    fn about_to_run(&mut self, comparison: &Comparison, case: usize) {
        self.progress.update(comparison, case);
    }

    fn round_done(&mut self, comparison: &Comparison) -> Result<(), CompareError> {
        write_exports(&self.command.exports, comparison)
    }
}

fn write_exports(
    exports: &[(Export, PathBuf)],
    comparison: &Comparison,
) -> Result<(), CompareError> {
    for (export, path) in exports {
        let written = export
            .render(comparison)
            .and_then(|content| output::replace(path, &content));
        written.map_err(|source| CompareError::Export {
            path: shown(path),
            source,
        })?;
    }
    Ok(())
}

/// Whether a comparison was ended before it was whole.
fn is_stopped(comparison: &Comparison) -> bool {
    matches!(comparison.ended, Some(Ended::Stopped(_)))
}

/// The exit code, with a line for each limit that was not kept.
fn decide(comparison: &Comparison, err: &mut dyn Write) -> Exit {
    // What standard error can't take is lost; the exit code still tells.
    let mut say = |text: String| drop(writeln!(err, "partask: {text}"));
    if let Some(Ended::Stopped(reason)) = comparison.ended {
        let (word, exit) = match reason {
            StopReason::Terminated => ("terminated", Exit::Terminated),
            StopReason::Interrupted | StopReason::TimeLimit => ("interrupted", Exit::Interrupted),
        };
        say(format!(
            "{word} after {}",
            units::count_of(u128::from(comparison.rounds), "round")
        ));
        return exit;
    }
    for gated in comparison
        .gated
        .iter()
        .filter(|gated| gated.verdict != Verdict::Passed)
    {
        let settle = gated.settle.iter().map(|settle| format!(": {settle}"));
        say(format!(
            "{} {}: {}{}",
            gated.gate.option(),
            gated.verdict.name(),
            gated.case,
            settle.collect::<String>()
        ));
    }
    match comparison.gated.iter().map(|gated| gated.verdict).max() {
        Some(Verdict::Failed) => Exit::GateFailed,
        Some(Verdict::Inconclusive) => Exit::Inconclusive,
        Some(Verdict::Passed) | None => Exit::Success,
    }
}

/// Adds the comparison to a baseline, unless it is not whole or broke a limit: the next would be
/// compared with what is known to be bad.
fn save_baseline(
    command: &Command,
    comparison: &Comparison,
    exit: Exit,
    err: &mut dyn Write,
) -> Result<(), CompareError> {
    let Some(path) = &command.save_baseline else {
        return Ok(());
    };
    if is_stopped(comparison) || exit == Exit::GateFailed {
        let _ = writeln!(err, "partask: '{}' is left as it is", shown(path));
        return Ok(());
    }
    sessions::save(path, comparison, err)
}

/// Finds out whether every file can be written, and loses nothing that is read, before time is spent
/// on measuring.
fn check_files(command: &Command) -> Result<(), Usage> {
    let read = files_read(command);
    let exports = command.exports.iter().map(|(_, path)| (path, &read[..]));
    // A baseline may be put in the place of the one it was compared with.
    let saved = command.save_baseline.iter().map(|path| (path, &read[1..]));
    let mut written: Vec<PathBuf> = Vec::new();
    if let Some(path) = command.spec.workload.output() {
        written.push(free_place(&path, &read, &written)?);
    }
    for (path, read) in exports.chain(saved) {
        let place = free_place(path, read, &written)?;
        output::try_replace(path)
            .map_err(|error| Usage(format!("cannot write '{}': {error}", shown(path))))?;
        written.push(place);
    }
    command
        .save_baseline
        .as_deref()
        .map_or(Ok(()), sessions::check_saved)
}

/// Where a path leads, when nothing that is read or written stands there.
fn free_place(
    path: &Path,
    read: &[Option<PathBuf>],
    written: &[PathBuf],
) -> Result<PathBuf, Usage> {
    let place = place(path);
    if written.contains(&place) {
        return Err(Usage(format!(
            "'{}' is to hold two things: give each a file of its own",
            shown(path)
        )));
    }
    match read.contains(&Some(place.clone())) {
        true => Err(Usage(format!(
            "'{}' is read, and would be lost: give another file to write to",
            shown(path)
        ))),
        false => Ok(place),
    }
}

/// The baseline, if there is one, and the files of the input.
fn files_read(command: &Command) -> Vec<Option<PathBuf>> {
    let of_input = command.spec.workload.files();
    std::iter::once(command.baseline.as_deref().map(place))
        .chain(of_input.iter().map(|path| Some(place(path))))
        .collect()
}

/// Where a path leads, the same however it is written.
fn place(path: &Path) -> PathBuf {
    let folder = |path: &Path| {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(path.file_name()?))
    };
    fs::canonicalize(path)
        .ok()
        .or_else(|| folder(path))
        .unwrap_or_else(|| path.to_owned())
}

/// Reads a baseline that the comparison can be compared with.
fn read_baseline(path: &Path, command: &Command) -> Result<Baseline, Usage> {
    let usage =
        |error: &dyn std::fmt::Display| Usage(format!("--baseline '{}': {error}", shown(path)));
    // Waiting for a pipe could not be interrupted, and a device may have no end.
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return Err(usage(&"it is no regular file"));
    }
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => {
            usage(&"it is no comparison of partask's: make one with --save-baseline")
        }
        _ => usage(&error),
    })?;
    let baseline = Baseline::parse(&text).map_err(|error| usage(&error))?;
    let comparison = command.spec.comparison();
    let differences = baseline.differences(&comparison);
    if !differences.is_empty() && !command.allow_mismatch {
        return Err(usage(&something_else(&differences)));
    }
    if !comparison
        .cases
        .iter()
        .any(|case| baseline.elapsed_s(&case.subject).is_some())
    {
        return Err(usage(&"it has none of the cases that are to be compared"));
    }
    Ok(baseline)
}

fn something_else(differences: &[String]) -> String {
    format!(
        "it is of something else ({}): make a new one with --save-baseline, or say --allow-mismatch",
        differences.join("; ")
    )
}

fn shown(path: &Path) -> String {
    units::printable(&path.to_string_lossy())
}
