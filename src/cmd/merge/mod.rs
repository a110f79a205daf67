//! `partask merge`: the parts that shards have left, joined into one result, which is checked as a whole.
//!
//! ```no_run
//! use partask::cmd::merge;
//! use std::path::Path;
//!
//! let report = merge::merge(&partask::part::Collection::read(Path::new("parts"))?)?;
//! println!("{:?} of {} parts are missing", report.missing, report.shards);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod command;
mod values;

pub use command::{Command, main};

use super::compute::ComputeError;
use crate::closed_form;
use crate::part::{Collection, Part};
use crate::reduction::Reduced;
use crate::report::Check;
use crate::report::merge::{HostTally, MergeReport};
use std::collections::BTreeMap;
use std::time::Duration;

/// What the parts of a folder come to; while some are missing, without an answer.
///
/// # Errors
/// When what they come to is not what the closed form of the whole input says, or can't be shown.
pub fn merge(parts: &Collection) -> Result<MergeReport, ComputeError> {
    let whole = parts.whole();
    let missing: Vec<_> = parts.missing().shards().collect();
    let (answer, checks) = match missing.is_empty() {
        true => {
            let reduced = parts.reduced();
            let checks = check(parts, &reduced)?;
            (Some(reduced.conclude()?), checks)
        }
        false => (None, Vec::new()),
    };
    let slowest = parts.parts().max_by_key(|part| part.run.elapsed);
    Ok(MergeReport {
        job: whole.job().clone(),
        input: whole.input().text().to_owned(),
        step: whole.input().step(),
        input_read_as: whole.numbers().to_string(),
        numbers: whole.numbers().count(),
        answer,
        checks,
        shards: parts.of(),
        missing,
        elapsed: elapsed(parts),
        cpu: parts.parts().map(|part| part.run.cpu).sum(),
        hosts: hosts(parts),
        slowest: slowest.map(|part| (part.shard, part.run.host.clone(), part.run.elapsed)),
    })
}

/// Compares what all parts come to with the closed form, where there is one; else it is as checked as they are.
fn check(parts: &Collection, reduced: &Reduced) -> Result<Vec<Check>, ComputeError> {
    let whole = parts.whole();
    let count = whole.numbers().count();
    let mut checks = Vec::new();
    if let Some(expected) = closed_form::total(whole.job(), whole.numbers(), 0..count) {
        let check = Check::ClosedForm;
        if expected != *reduced {
            return Err(ComputeError::WrongTotal {
                computed: reduced.conclude()?.to_string(),
                expected: expected.conclude()?.to_string(),
                check,
            });
        }
        checks.push(check);
    }
    let name = Check::Reference.name();
    let is_computed_twice =
        |part: &Part| part.positions.is_empty() || part.verified_by.iter().any(|by| by == name);
    if count > 0 && parts.parts().all(is_computed_twice) {
        checks.push(Check::Reference);
    }
    let numbers = parts.parts().map(|part| part.checked_numbers).sum();
    if checks.is_empty() && numbers > 0 {
        checks.push(Check::Sample { numbers });
    }
    Ok(checks)
}

/// From the first start to the last end. A part ends when it was begun and how long it took say, so that a
/// clock that was set back meanwhile does no harm.
fn elapsed(parts: &Collection) -> Duration {
    let first = parts.parts().map(|part| part.run.started).min();
    let last = parts
        .parts()
        .map(|part| part.run.started.saturating_add(part.run.elapsed))
        .max();
    last.unwrap_or_default()
        .saturating_sub(first.unwrap_or_default())
}

/// What each machine did, by name.
fn hosts(parts: &Collection) -> Vec<HostTally> {
    let mut hosts: BTreeMap<&str, HostTally> = BTreeMap::new();
    for part in parts.parts() {
        let tally = hosts.entry(&part.run.host).or_default();
        tally.host.clone_from(&part.run.host);
        tally.parts += 1;
        tally.numbers += part.positions.end - part.positions.start;
        tally.busy += part.run.elapsed;
        tally.cpu += part.run.cpu;
    }
    hosts.into_values().collect()
}
