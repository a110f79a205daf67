//! How a part stands in its file.

use super::wire_reduced::WireReduced;
use super::wire_whole::WireWhole;
use super::{Part, Run, Shard, Values, Whole};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A part as it is written; the digest stands behind it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WirePart {
    schema: String,
    partask_version: String,
    #[serde(flatten)]
    whole: WireWhole,
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
        WirePart {
            schema: schema.to_owned(),
            partask_version: env!("CARGO_PKG_VERSION").to_owned(),
            whole: WireWhole::from(whole),
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

    /// What it says it is a part of.
    pub(super) fn whole(&self) -> &WireWhole {
        &self.whole
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
