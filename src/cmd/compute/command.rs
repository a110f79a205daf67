//! A numeric job as the command line asks for it: where results and report go.

use super::{
    Checkpoints, ComputeError, PartFolder, Sink, Spec, run, run_into, run_limited,
    run_with_checkpoints,
};
use crate::cmd::Exit;
use crate::input::{self, Numbers};
use crate::lines::WholeLines;
use crate::output::{Form, OutputFile};
use crate::part::Part;
use crate::reduction::Answer;
use crate::report::progress::{self, Progress};
use crate::report::{self, ComputeReport, Outcome, Style};
use crate::stop::Stop;
use crate::units;
use anyhow::Context;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

/// Where the results of a job go, beside its total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    /// Nowhere.
    #[default]
    Nowhere,
    /// To standard output, one a line; the report goes to standard error then.
    StandardOutput,
    /// To a file.
    File(PathBuf, Form),
}

/// A job as the command line asks for it: what to run, and how to show it.
#[derive(Clone, Debug)]
pub struct Command {
    /// What to run.
    pub spec: Spec,
    /// Where the results go.
    pub destination: Destination,
    /// Where the part of a shard is kept; the results of a shard are kept there, too.
    pub part_folder: Option<PartFolder>,
    /// Where checkpoints are written, when they are.
    pub checkpoints: Option<Checkpoints>,
    /// The report's form.
    pub style: Style,
    /// Whether only the bare total is written.
    pub quiet: bool,
    /// When a progress bar is shown.
    pub progress: progress::Mode,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// Whether standard input is a terminal.
    pub stdin_is_terminal: bool,
}

/// Runs a job until it is done or `stop` is requested, writes its results where they are to go and
/// its report to `out`, or to `err` when `out` has the results.
///
/// # Errors
/// A [`ComputeError`], or a report that can't be written.
pub fn main(
    command: &Command,
    stop: &Stop,
    out: &mut WholeLines,
    err: &mut dyn Write,
) -> anyhow::Result<Exit> {
    if command.stdin_is_terminal && command.spec.input.reads_standard_input() {
        // With standard error gone there is nobody to tell.
        let _ = writeln!(err, "{}", input::from_terminal("numbers", ""));
    }
    if let Some(folder) = &command.part_folder
        && let Some(part) = folder.prepare()?
    {
        return done_before(command, folder, &part, out, err);
    }
    let started = SystemTime::now();
    let report =
        compute(command, stop, out).inspect_err(|error| say_how_to_go_on(command, error, err))?;
    let kept = match &command.part_folder {
        Some(folder) => folder.keep(&report, started),
        None => Ok(()),
    };
    // What can't be kept is shown all the same, unless it is perhaps wrong.
    let kept = match kept {
        Err(error) if error.exit() == Exit::WrongTotal => return Err(error.into()),
        kept => kept,
    };
    // What standard error can't take is lost, but nothing that was asked for on standard output
    // is, and the exit code still tells how the run ended.
    match command.destination {
        Destination::StandardOutput => {
            let _ = present(command, &report, err);
        }
        Destination::Nowhere | Destination::File(..) => {
            present(command, &report, out).context("cannot write to standard output")?;
        }
    }
    kept?;
    let doing = match &report.outcome {
        Outcome::TimeLimit { .. } => "",
        Outcome::Complete(_) | Outcome::Shard { .. } if report.verify_cut_short => {
            "computing, not verifying, "
        }
        Outcome::Complete(_) | Outcome::Shard { .. } => return Ok(Exit::Success),
    };
    let done = units::count_of(report.numbers_done(), "number");
    let of = report
        .numbers
        .map_or(String::new(), |n| format!(" of {}", units::count(n)));
    let _ = writeln!(err, "partask: time limit reached after {doing}{done}{of}");
    if let Some(checkpoints) = &command.checkpoints {
        let _ = writeln!(err, "{}", to_go_on(checkpoints));
    }
    Ok(Exit::Incomplete)
}

/// Says how a run that was stopped may go on.
fn say_how_to_go_on(command: &Command, error: &ComputeError, err: &mut dyn Write) {
    if let (Some(checkpoints), ComputeError::Stopped { .. }) = (&command.checkpoints, error) {
        let _ = writeln!(err, "{}", to_go_on(checkpoints));
    }
}

fn to_go_on(checkpoints: &Checkpoints) -> String {
    let path = units::printable(&checkpoints.path.to_string_lossy());
    format!("partask: the same with --resume goes on from {path}")
}

/// Says that a shard was computed by an earlier run.
fn done_before(
    command: &Command,
    folder: &PartFolder,
    part: &Part,
    out: &mut WholeLines,
    err: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let file = folder.file();
    let file = units::printable(&file.to_string_lossy());
    let (index, of) = (part.shard.index(), part.shard.of());
    let _ = writeln!(
        err,
        "partask: shard {index} of {of} was done before, on {}: {file}",
        part.run.host
    );
    if command.quiet {
        let mut text = Vec::new();
        write_bare(part.reduced.conclude().ok().as_ref(), &mut text)?;
        out.write_all(&text)
            .and_then(|()| out.flush())
            .context("cannot write to standard output")?;
    }
    Ok(Exit::Success)
}

/// The bare answer of a shard, when it has one by itself.
fn write_bare(answer: Option<&Answer>, out: &mut dyn Write) -> io::Result<()> {
    match answer {
        Some(answer) => writeln!(out, "{answer}"),
        None => Ok(()),
    }
}

/// Runs the job with its results going where they are to go.
fn compute(
    command: &Command,
    stop: &Stop,
    out: &mut WholeLines,
) -> Result<ComputeReport, ComputeError> {
    let spec = &command.spec;
    let numbers = spec.input.known().map(Numbers::count);
    let mut progress = Progress::new(command.progress, command.stderr_is_terminal, numbers);
    let progress = |done| progress.update(done);
    match &command.destination {
        Destination::Nowhere => match &command.checkpoints {
            Some(checkpoints) => run_with_checkpoints(spec, checkpoints, stop, progress),
            None => run(spec, stop, progress),
        },
        Destination::StandardOutput => {
            let limited = spec.limited(stop);
            out.give_up_when(&limited);
            let report = run_limited(spec, stop, limited, progress, &mut Sink::Lines(out));
            report.map_err(|error| name_target(error, "to standard output"))
        }
        Destination::File(path, form) => {
            let target = units::printable(&path.to_string_lossy());
            compute_to_file(command, stop, progress, (path, *form))
                .map_err(|error| name_target(error, &target))
        }
    }
}

fn compute_to_file(
    command: &Command,
    stop: &Stop,
    progress: impl FnMut(u128),
    (path, form): (&PathBuf, Form),
) -> Result<ComputeReport, ComputeError> {
    let write_error = |source| ComputeError::Write {
        target: units::printable(&path.to_string_lossy()),
        source,
    };
    let mut file = OutputFile::create(path, form).map_err(write_error)?;
    let report = match form {
        Form::Npy => {
            if let Some(numbers) = command.spec.input.known() {
                file.expect(numbers.count());
            }
            run_into(&command.spec, stop, progress, &mut Sink::Array(&file))?
        }
        Form::Lines => run_into(
            &command.spec,
            stop,
            progress,
            &mut Sink::Lines(file.lines()),
        )?,
    };
    if let Outcome::Complete(_) | Outcome::Shard { .. } = report.outcome {
        file.finish(report.numbers_done()).map_err(write_error)?;
    }
    Ok(report)
}

/// Says in a failure to write where it was written to.
fn name_target(error: ComputeError, target: &str) -> ComputeError {
    match error {
        ComputeError::Write { source, .. } => ComputeError::Write {
            target: target.to_owned(),
            source,
        },
        other => other,
    }
}

/// Writes the report, or only the bare total; of a run cut short no bare total, which would look
/// like the whole one.
fn present(command: &Command, report: &ComputeReport, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    match (&report.outcome, command.quiet) {
        (Outcome::Complete(total), true) => writeln!(text, "{total}")?,
        (Outcome::Shard { answer, .. }, true) => write_bare(answer.as_ref(), &mut text)?,
        (Outcome::TimeLimit { .. }, true) => {}
        (_, false) => report::write(report, command.style, &mut text)?,
    }
    // In one piece, so that nothing another program writes comes in between.
    out.write_all(&text)?;
    out.flush()
}
