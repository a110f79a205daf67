//! How a part stands in its file.

use super::{Part, Run, Shard, Values, Whole};
use crate::exact::BigInt;
use crate::reduction::{Found, Place, Product, Reduced};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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

/// What is known before the form of the rest is.
#[derive(Debug, Deserialize)]
pub(super) struct WireSchema {
    pub(super) schema: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireReduced {
    Sum(String),
    Count(u128),
    Min(Option<WireFound>),
    Max(Option<WireFound>),
    /// `null` when it has too many digits.
    Product(Option<String>),
    Xor(String),
    Mean {
        sum: String,
        count: u128,
    },
    First(Option<WireFound>),
    Last(Option<WireFound>),
    /// `null` when there are too many distinct values.
    Histogram(Option<Vec<(String, u128)>>),
}

#[derive(Debug, Serialize, Deserialize)]
struct WireFound {
    value: String,
    number: i64,
    position: u128,
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

impl From<&Reduced> for WireReduced {
    fn from(reduced: &Reduced) -> WireReduced {
        let found = |found: &Option<Found>| {
            found.as_ref().map(|found| WireFound {
                value: found.value.to_string(),
                number: found.place.number,
                position: found.place.position,
            })
        };
        match reduced {
            Reduced::Sum(sum) => WireReduced::Sum(sum.value().to_string()),
            Reduced::Count(count) => WireReduced::Count(*count),
            Reduced::Min(smallest) => WireReduced::Min(found(smallest)),
            Reduced::Max(largest) => WireReduced::Max(found(largest)),
            Reduced::Product(product) => WireReduced::Product(match product {
                Product::Zero => Some("0".to_owned()),
                Product::Of(product) => Some(product.to_string()),
                Product::TooLarge => None,
            }),
            Reduced::Xor(value) => WireReduced::Xor(value.to_string()),
            Reduced::Mean(sum, count) => WireReduced::Mean {
                sum: sum.value().to_string(),
                count: *count,
            },
            Reduced::First(first) => WireReduced::First(found(first)),
            Reduced::Last(last) => WireReduced::Last(found(last)),
            Reduced::Histogram(counts) => WireReduced::Histogram(counts.as_ref().map(|counts| {
                let counts = counts.iter();
                counts
                    .map(|(value, count)| (value.to_string(), *count))
                    .collect()
            })),
        }
    }
}

impl WireReduced {
    /// `None` where a number is none.
    fn reduced(&self) -> Option<Reduced> {
        Some(match self {
            WireReduced::Sum(sum) => Reduced::Sum(integer(sum)?.into()),
            WireReduced::Count(count) => Reduced::Count(*count),
            WireReduced::Min(found) => Reduced::Min(WireFound::found(found.as_ref())?),
            WireReduced::Max(found) => Reduced::Max(WireFound::found(found.as_ref())?),
            WireReduced::Product(None) => Reduced::Product(Product::TooLarge),
            WireReduced::Product(Some(product)) => match integer(product)? {
                zero if zero == BigInt::ZERO => Reduced::Product(Product::Zero),
                product => Reduced::Product(Product::Of(product)),
            },
            WireReduced::Xor(value) => Reduced::Xor(integer(value)?),
            WireReduced::Mean { sum, count } => Reduced::Mean(integer(sum)?.into(), *count),
            WireReduced::First(found) => Reduced::First(WireFound::found(found.as_ref())?),
            WireReduced::Last(found) => Reduced::Last(WireFound::found(found.as_ref())?),
            WireReduced::Histogram(None) => Reduced::Histogram(None),
            WireReduced::Histogram(Some(counts)) => {
                let counts = counts.iter();
                let counts = counts.map(|(value, count)| Some((integer(value)?, *count)));
                Reduced::Histogram(Some(counts.collect::<Option<BTreeMap<_, _>>>()?))
            }
        })
    }
}

impl WireFound {
    /// The inner `None` is none found, the outer one is a number that is none.
    #[allow(clippy::option_option)]
    fn found(wire: Option<&WireFound>) -> Option<Option<Found>> {
        let Some(wire) = wire else {
            return Some(None);
        };
        let place = Place {
            number: wire.number,
            position: wire.position,
        };
        let value = integer(&wire.value)?;
        Some(Some(Found { value, place }))
    }
}

fn integer(text: &str) -> Option<BigInt> {
    text.parse().ok()
}
