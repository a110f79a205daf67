//! `partask merge` as the command line asks for it.

use super::{merge, values};
use crate::cmd::Exit;
use crate::lines::WholeLines;
use crate::output::Form;
use crate::part::{Collection, Shard};
use crate::report::merge::{self as report, MergeReport};
use crate::report::{Format, Style};
use crate::{task, units};
use anyhow::Context;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

/// How many commands are shown of those that compute what is missing.
const COMMANDS_SHOWN: usize = 10;

/// What is to be merged, and how it is shown.
#[derive(Clone, Debug)]
pub struct Command {
    /// The folder that has the parts.
    pub folder: PathBuf,
    /// Where the results of all parts are joined to.
    pub output: Option<(PathBuf, Form)>,
    /// Whether only the commands that compute what is missing are written.
    pub missing: bool,
    /// The report's form.
    pub style: Style,
    /// Whether only the bare total is written.
    pub quiet: bool,
}

/// Merges the parts of a folder and writes the report to `out`; says to `err` what is missing.
///
/// # Errors
/// A [`ComputeError`](crate::cmd::compute::ComputeError), or a report that can't be written.
pub fn main(command: &Command, out: &mut WholeLines, err: &mut dyn Write) -> anyhow::Result<Exit> {
    let parts =
        Collection::read(&command.folder).map_err(crate::cmd::compute::ComputeError::from)?;
    let merged = merge(&parts)?;
    let commands = merged
        .missing
        .iter()
        .map(|shard| rerun(command, &parts, *shard));
    let mut text = Vec::new();
    if command.missing {
        commands.for_each(|line| text.extend(line));
    } else if merged.missing.is_empty() {
        if let Some((target, form)) = &command.output {
            values::join(&parts, &command.folder, target, *form)?;
        }
        present(command, &merged, &mut text)?;
    } else {
        let shown: Vec<u8> = commands.take(COMMANDS_SHOWN).flatten().collect();
        if command.style.format != Format::Human && !command.quiet {
            present(command, &merged, &mut text)?;
        }
        say_missing(&merged, &shown, err);
    }
    out.write_all(&text)
        .and_then(|()| out.flush())
        .context("cannot write to standard output")?;
    Ok(match merged.missing.is_empty() {
        true => Exit::Success,
        false => Exit::Incomplete,
    })
}

fn present(command: &Command, merged: &MergeReport, text: &mut Vec<u8>) -> std::io::Result<()> {
    match (&merged.answer, command.quiet) {
        (Some(answer), true) => writeln!(text, "{answer}"),
        _ => report::write(merged, command.style, text),
    }
}

fn say_missing(merged: &MergeReport, commands: &[u8], err: &mut dyn Write) {
    let missing = merged.missing.len();
    let mut text = format!(
        "partask: {} of {} missing; {} computed by\n",
        units::count(missing as u128),
        units::count_of(u128::from(merged.shards), "part"),
        if missing == 1 { "it is" } else { "they are" },
    );
    text += &String::from_utf8_lossy(commands);
    if let Some(more) = missing.checked_sub(COMMANDS_SHOWN).filter(|more| *more > 0) {
        text += &format!(
            "and {} more, which --missing writes all\n",
            units::count(more as u128)
        );
    }
    // With standard error gone there is nobody to tell; the exit code says it, too.
    let _ = err.write_all(text.as_bytes());
}

/// The line of shell that computes a shard.
fn rerun(command: &Command, parts: &Collection, shard: Shard) -> Vec<u8> {
    let whole = parts.whole();
    let (job, input) = (whole.job(), whole.input());
    let mut words: Vec<OsString> = vec!["partask".into(), job.name().into()];
    if let Some(expression) = job.expression() {
        words.push(expression.text().into());
    }
    words.push(input.text().into());
    let mut option = |name: &str, value: OsString| words.extend([name.into(), value]);
    if let Some(step) = input.step() {
        option("--step", step.to_string().into());
    }
    if job.expression().is_some() {
        option("--reduce", job.reduction().name().into());
    }
    if let Some(values) = parts.parts().find_map(|part| part.values.as_ref()) {
        option("--output", values.name.clone().into());
    }
    option("--shard", shard.to_string().into());
    option("--partial", command.folder.clone().into());
    let mut line = task::shell_line(words.iter().map(OsString::as_os_str));
    line.push(b'\n');
    line
}
