//! How a part stands in its file.

use super::wire_reduced::WireReduced;
use super::{Part, Run, Shard, Values, Whole};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A part as it is written; the digest stands behind it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WirePart {
    schema: String,
    partask_version: String,
    fingerprint: String,
    job: String,
    expression: Option<String>,
    reduction: String,
    input: String,
    step: Option<i64>,
    shard: u64,
    shards: u64,
    start: u128,
    end: u128,
    numbers: u128,
    result: WireReduced,
    verified_by: Vec<String>,
    checked_numbers: u128,
    values: Option<WireValues>,
    host: String,
    started_unix_s: f64,
    elapsed_s: f64,
    cpu_s: f64,
    workers: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireValues {
    name: String,
    digest: String,
}

impl WirePart {
    pub(super) fn new(whole: &Whole, part: &Part, schema: &str) -> WirePart {
        let job = whole.job();
        WirePart {
            schema: schema.to_owned(),
            partask_version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: whole.fingerprint().to_owned(),
            job: job.name().to_owned(),
            expression: job.expression().map(|e| e.text().to_owned()),
            reduction: job.reduction().name().to_owned(),
            input: whole.input().text().to_owned(),
            step: whole.input().step(),
            shard: part.shard.index(),
            shards: part.shard.of(),
            start: part.positions.start,
            end: part.positions.end,
            numbers: part.positions.end - part.positions.start,
            result: WireReduced::from(&part.reduced),
            verified_by: part.verified_by.clone(),
            checked_numbers: part.checked_numbers,
            values: part.values.as_ref().map(|values| WireValues {
                name: values.name.clone(),
                digest: values.digest.clone(),
            }),
            host: part.run.host.clone(),
            started_unix_s: part.run.started.as_secs_f64(),
            elapsed_s: part.run.elapsed.as_secs_f64(),
            cpu_s: part.run.cpu.as_secs_f64(),
            workers: part.run.workers,
        }
    }

    /// What it is a part of, as it says; `None` where that makes no sense.
    pub(super) fn whole(&self) -> Option<Whole> {
        let expression = self.expression.as_deref();
        let whole = Whole::parse(
            &self.job,
            expression,
            &self.reduction,
            &self.input,
            self.step,
        )?;
        (whole.fingerprint() == self.fingerprint).then_some(whole)
    }

    pub(super) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What it says it is a part of, in words.
    pub(super) fn title(&self) -> String {
        let job = match &self.expression {
            Some(expression) => format!("{} '{expression}' --reduce {}", self.job, self.reduction),
            None => self.job.clone(),
        };
        let step = self
            .step
            .map_or(String::new(), |step| format!(" --step {step}"));
        format!("{job} {}{step}", self.input)
    }

    /// The part; `None` where a value makes no sense.
    pub(super) fn part(&self) -> Option<Part> {
        let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).ok();
        (self.start <= self.end && self.numbers == self.end - self.start).then_some(())?;
        Some(Part {
            shard: Shard::new(self.shard, self.shards).ok()?,
            positions: self.start..self.end,
            reduced: self.result.reduced()?,
            verified_by: self.verified_by.clone(),
            checked_numbers: self.checked_numbers,
            values: self.values.as_ref().map(|values| Values {
                name: values.name.clone(),
                digest: values.digest.clone(),
            }),
            run: Run {
                host: self.host.clone(),
                started: seconds(self.started_unix_s)?,
                elapsed: seconds(self.elapsed_s)?,
                cpu: seconds(self.cpu_s)?,
                workers: self.workers,
            },
        })
    }
}
