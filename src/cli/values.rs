//! The values of options: how they are read, and what is said of those that can't be.

use crate::cluster;
use crate::cmd::Usage;
use crate::engine::WORKERS_MAX;
use crate::input::Input;
use crate::job::Job;
use crate::kernel::{InstructionSet, Kernel};
use crate::machine;
use crate::report::Format;
use crate::report::progress::Mode;
use crate::units;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The environment variable that sets the workers when the command line does not.
pub(super) const WORKERS_VARIABLE: &str = "PARTASK_WORKERS";

/// What a variable of the environment says.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Several words as one input, with commas between.
pub(super) fn one_input(words: &[OsString]) -> OsString {
    let mut input = OsString::new();
    for (i, word) in words.iter().enumerate() {
        if i > 0 && !input.as_bytes().ends_with(b",") {
            input.push(",");
        }
        // A space in front has kept a minus from being taken for an option.
        let bytes = word.as_encoded_bytes();
        match (words.len(), bytes) {
            (2.., b",") => (),
            (2.., [b' ', rest @ ..]) => input.push(OsStr::from_bytes(rest)),
            _ => input.push(word),
        }
    }
    input
}

/// Reads an input with the step for its ranges.
pub(super) fn input(text: &OsStr, step: Option<&str>) -> Result<Input, Usage> {
    let step = step.map(Input::parse_step).transpose();
    let step = step.map_err(|error| Usage(format!("--step: {error}")))?;
    Input::parse_os(text, step).map_err(|error| Usage(error.to_string()))
}

/// What is said when a job has no results of its own.
pub(super) fn no_values(job: &Job, verb: &str) -> Usage {
    Usage(format!(
        "{} adds up as it goes and has no results of its own to {verb}: use 'partask squares'",
        job.name(),
    ))
}

/// Reads a share: `80%`, or `0.8`.
pub(super) fn share(option: &str, text: &str) -> Result<f64, Usage> {
    units::parse_share(text).map_err(|error| Usage(format!("{option}: {error}")))
}

/// Reads a count of workers; none, or an empty one from the environment, is the CPUs there are.
pub(super) fn workers(text: Option<&str>, from_environment: bool) -> Result<usize, Usage> {
    match workers_or_all(text, from_environment) {
        Ok(_) if text.is_some_and(|text| text.trim() == "0") => Err(Usage(format!(
            "{} '0': more workers than CPUs bring nothing here; leave it out for the {} this process may use",
            workers_option(from_environment),
            units::count_of(machine::cpus_available() as u128, "CPU"),
        ))),
        workers => workers,
    }
}

/// The same where 0 is as many as there is room for.
pub(super) fn workers_or_all(text: Option<&str>, from_environment: bool) -> Result<usize, Usage> {
    let cpus = machine::cpus_available();
    let Some(text) = text.filter(|text| !(from_environment && text.is_empty())) else {
        let given = cluster::workers(&environment).unwrap_or(cpus);
        return Ok(cpus.min(given).min(WORKERS_MAX));
    };
    parse_workers(text.trim(), cpus).ok_or_else(|| {
        let cpus = units::count_of(cpus as u128, "CPU");
        Usage(format!(
            "{} '{}': give a whole number from 1 to {WORKERS_MAX}, a share such as 50% of the {cpus} this process may use, or +1 or -1 of them",
            workers_option(from_environment),
            text.escape_debug()
        ))
    })
}

fn workers_option(from_environment: bool) -> &'static str {
    match from_environment {
        true => WORKERS_VARIABLE,
        false => "--workers",
    }
}

/// `3`, `50%`, `+2`, `-1`, and `0` for all that there can be.
fn parse_workers(text: &str, cpus: usize) -> Option<usize> {
    let is_within = |workers: &usize| (1..=WORKERS_MAX).contains(workers);
    if let Some(percent) = text.strip_suffix('%') {
        let percent: f64 = percent.parse().ok()?;
        let share = (cpus as f64 * percent / 100.0).round();
        let is_share = percent.is_finite() && percent > 0.0;
        return is_share
            .then_some((share as usize).max(1))
            .filter(is_within);
    }
    if text.starts_with(['+', '-']) {
        let difference: isize = text.parse().ok()?;
        return Some(cpus.saturating_add_signed(difference).max(1)).filter(is_within);
    }
    match text.parse().ok()? {
        0 => Some(WORKERS_MAX),
        workers => Some(workers).filter(is_within),
    }
}

/// Reads the numbers in a chunk, in any notation of a number.
pub(super) fn chunk_size(text: &str) -> Result<u64, Usage> {
    Input::parse_number(text)
        .ok()
        .and_then(|size| u64::try_from(size).ok())
        .filter(|size| *size > 0)
        .ok_or_else(|| {
            Usage(format!(
                "--chunk-size '{}': give a whole number from 1 up, such as 65536 or 1e6",
                text.trim().escape_debug()
            ))
        })
}

/// A value that is one of some names.
pub(super) fn named<T: Copy + Send + Sync + 'static>(
    choices: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(choices.iter().map(|(name, _)| *name)).try_map(|chosen| {
        choices
            .iter()
            .find(|(name, _)| *name == chosen)
            .map(|(_, value)| *value)
            .ok_or("not one of the names")
    })
}

pub(super) fn formats() -> impl TypedValueParser<Value = Format> {
    named(&[
        ("human", Format::Human),
        ("json", Format::Json),
        ("csv", Format::Csv),
        ("markdown", Format::Markdown),
    ])
}

pub(super) fn kernels() -> impl TypedValueParser<Value = Kernel> {
    PossibleValuesParser::new(Kernel::names()).try_map(|name| kernel_named(&name))
}

/// The kernel of this name.
pub(super) fn kernel_named(name: &str) -> Result<Kernel, Usage> {
    Kernel::named(name).ok_or_else(|| {
        let here: Vec<_> = InstructionSet::available()
            .map(InstructionSet::name)
            .collect();
        let here = here.join(", ");
        let name = name.escape_debug();
        Usage(
            match Kernel::names().any(|known| known == name.to_string()) {
                true => format!("this CPU has no {name}; it has {here}"),
                false => format!("'{name}': give auto, scalar, or what this CPU has: {here}"),
            },
        )
    })
}

pub(super) fn modes() -> impl TypedValueParser<Value = Mode> {
    named(&[
        ("auto", Mode::Auto),
        ("always", Mode::Always),
        ("never", Mode::Never),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_are_counted_or_measured_by_the_cpus() {
        for (text, workers) in [
            ("3", Some(3)),
            ("50%", Some(4)),
            ("1%", Some(1)),
            ("200%", Some(16)),
            ("+2", Some(10)),
            ("-1", Some(7)),
            ("-99", Some(1)),
            ("0", Some(WORKERS_MAX)),
            ("0%", None),
            ("-5%", None),
            ("1025", None),
            ("99999%", None),
            ("+", None),
            ("x", None),
            ("1.5", None),
        ] {
            assert_eq!(parse_workers(text, 8), workers, "{text}");
        }
    }
}
