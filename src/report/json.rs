//! The report for programs: the versioned wire form, and the same fields flat for CSV.

use super::table::Table;
use super::{Check, ComputeReport, Outcome};
use crate::part::Shard;
use crate::reduction::Answer;
use serde::Serialize;
use std::io::{self, Write};

/// The name and version of the JSON report's form; it changes when a field changes its meaning or
/// goes away, not when one is added.
pub const SCHEMA: &str = "partask.report/1";

/// One report as it is written; the crate's documentation has the table of its fields.
#[derive(Serialize)]
struct Wire {
    schema: &'static str,
    partask_version: &'static str,
    status: &'static str,
    job: &'static str,
    expression: Option<String>,
    reduction: &'static str,
    input: String,
    step: Option<String>,
    input_read_as: String,
    numbers: Option<u128>,
    numbers_done: u128,
    resumed_from: u128,
    first: Option<String>,
    last: Option<String>,
    total: Option<String>,
    total_so_far: Option<String>,
    total_of_shard: Option<String>,
    shard: Option<u64>,
    shards: Option<u64>,
    at: Option<String>,
    decimal: Option<String>,
    verified: bool,
    verified_by: Vec<&'static str>,
    checked_numbers: u128,
    elapsed_s: f64,
    numbers_per_s: f64,
    cpu_s: f64,
    cpus_busy: f64,
    cpus: usize,
    verify_s: f64,
    time_limit_s: Option<f64>,
    workers: usize,
    workers_started: usize,
    chunks: u64,
    chunk_size: Option<u64>,
    kernel: &'static str,
    instruction_set: String,
    vector_share: f64,
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    histogram: Option<Vec<WireCount>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<WireValues>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<Vec<WireTiming>>,
}

#[derive(Serialize)]
pub(super) struct WireCount {
    value: String,
    count: u128,
}

#[derive(Serialize)]
struct WireValues {
    complete: bool,
    head: Vec<String>,
    tail: Vec<String>,
}

#[derive(Serialize)]
struct WireTiming {
    worker: usize,
    chunks: u64,
    numbers: u128,
    busy_s: f64,
    idle_s: f64,
    share: f64,
}

impl Wire {
    fn new(report: &ComputeReport, timings: bool) -> Wire {
        let (status, [total, total_so_far, total_of_shard]) = match &report.outcome {
            Outcome::Complete(total) => ("complete", [Some(total), None, None]),
            Outcome::TimeLimit { total_so_far, .. } => {
                ("time-limit", [None, total_so_far.as_ref(), None])
            }
            Outcome::Shard { answer, .. } => ("shard", [None, None, answer.as_ref()]),
        };
        let answer = total.or(total_so_far).or(total_of_shard);
        Wire {
            schema: SCHEMA,
            partask_version: env!("CARGO_PKG_VERSION"),
            status,
            job: report.job.name(),
            expression: report.job.expression().map(|e| e.text().to_owned()),
            reduction: report.job.reduction().name(),
            input: report.input.clone(),
            step: report.step.map(|step| step.to_string()),
            input_read_as: report.input_read_as.clone(),
            numbers: report.numbers,
            numbers_done: report.numbers_done(),
            resumed_from: report.resumed_from,
            first: report.first.map(|x| x.to_string()),
            last: report.last.map(|x| x.to_string()),
            total: total.and_then(text_of),
            total_so_far: total_so_far.and_then(text_of),
            total_of_shard: total_of_shard.and_then(text_of),
            shard: report.shard.map(Shard::index),
            shards: report.shard.map(Shard::of),
            at: answer.and_then(|answer| Some(answer.number()?.to_string())),
            decimal: answer.and_then(|answer| Some(answer.decimal()?.0)),
            verified: report.checks.iter().any(|check| check.is_whole()),
            verified_by: report.checks.iter().map(|check| check.name()).collect(),
            checked_numbers: Check::numbers(&report.checks, report.numbers_done()),
            elapsed_s: report.elapsed.as_secs_f64(),
            numbers_per_s: report.numbers_per_s(),
            cpu_s: report.cpu.as_secs_f64(),
            cpus_busy: report.cpus_busy(),
            cpus: report.cpus,
            verify_s: report.verify.as_secs_f64(),
            time_limit_s: report.time_limit.map(|limit| limit.as_secs_f64()),
            workers: report.workers,
            workers_started: report.workers_started,
            chunks: report.chunks,
            chunk_size: report.chunk_size,
            kernel: report.kernel.name(),
            instruction_set: report.instruction_set(),
            vector_share: report.vector_share(),
            warnings: report.warnings(),
            histogram: answer.and_then(wire_histogram),
            values: report.values.as_ref().map(|values| WireValues {
                complete: values.tail.is_empty() && status == "complete",
                head: values.head.iter().map(ToString::to_string).collect(),
                tail: values.tail.iter().map(ToString::to_string).collect(),
            }),
            timings: timings.then(|| wire_timings(report)),
        }
    }

    /// The fields that are one value each, as texts; an absent one is empty.
    fn scalars(&self) -> Vec<(&'static str, String)> {
        fn or_empty<T: ToString>(value: Option<&T>) -> String {
            value.map_or(String::new(), ToString::to_string)
        }
        vec![
            ("schema", self.schema.to_owned()),
            ("partask_version", self.partask_version.to_owned()),
            ("status", self.status.to_owned()),
            ("job", self.job.to_owned()),
            ("expression", or_empty(self.expression.as_ref())),
            ("reduction", self.reduction.to_owned()),
            ("input", self.input.clone()),
            ("step", or_empty(self.step.as_ref())),
            ("input_read_as", self.input_read_as.clone()),
            ("numbers", or_empty(self.numbers.as_ref())),
            ("numbers_done", self.numbers_done.to_string()),
            ("resumed_from", self.resumed_from.to_string()),
            ("first", or_empty(self.first.as_ref())),
            ("last", or_empty(self.last.as_ref())),
            ("total", or_empty(self.total.as_ref())),
            ("total_so_far", or_empty(self.total_so_far.as_ref())),
            ("total_of_shard", or_empty(self.total_of_shard.as_ref())),
            ("shard", or_empty(self.shard.as_ref())),
            ("shards", or_empty(self.shards.as_ref())),
            ("at", or_empty(self.at.as_ref())),
            ("decimal", or_empty(self.decimal.as_ref())),
            ("verified", self.verified.to_string()),
            ("verified_by", self.verified_by.join("; ")),
            ("checked_numbers", self.checked_numbers.to_string()),
            ("elapsed_s", self.elapsed_s.to_string()),
            ("numbers_per_s", self.numbers_per_s.to_string()),
            ("cpu_s", self.cpu_s.to_string()),
            ("cpus_busy", self.cpus_busy.to_string()),
            ("cpus", self.cpus.to_string()),
            ("verify_s", self.verify_s.to_string()),
            ("time_limit_s", or_empty(self.time_limit_s.as_ref())),
            ("workers", self.workers.to_string()),
            ("workers_started", self.workers_started.to_string()),
            ("chunks", self.chunks.to_string()),
            ("chunk_size", or_empty(self.chunk_size.as_ref())),
            ("kernel", self.kernel.to_owned()),
            ("instruction_set", self.instruction_set.clone()),
            ("vector_share", self.vector_share.to_string()),
            ("warnings", self.warnings.join("; ")),
        ]
    }
}

/// An answer as one text, which a histogram is not.
pub(super) fn text_of(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Histogram(_) => None,
        answer => Some(answer.to_string()),
    }
}

pub(super) fn wire_histogram(answer: &Answer) -> Option<Vec<WireCount>> {
    let Answer::Histogram(counts) = answer else {
        return None;
    };
    let counts = counts.iter().map(|(value, count)| WireCount {
        value: value.to_string(),
        count: *count,
    });
    Some(counts.collect())
}

fn wire_timings(report: &ComputeReport) -> Vec<WireTiming> {
    let done = report.numbers_here().max(1) as f64;
    let tallies = report.worker_tallies.iter().enumerate();
    tallies
        .map(|(worker, tally)| WireTiming {
            worker,
            chunks: tally.chunks,
            numbers: tally.numbers,
            busy_s: tally.busy.as_secs_f64(),
            idle_s: report.elapsed.saturating_sub(tally.busy).as_secs_f64(),
            share: tally.numbers as f64 / done,
        })
        .collect()
}

/// Writes one JSON object and a line feed.
pub(super) fn write(report: &ComputeReport, timings: bool, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Wire::new(report, timings))?;
    writeln!(out)
}

/// The report as one record, or with timings one record a worker that repeats it.
pub(super) fn rows(report: &ComputeReport, timings: bool) -> Table {
    let wire = Wire::new(report, timings);
    let scalars = wire.scalars();
    if let (Some(counts), None) = (&wire.histogram, &wire.timings) {
        let records = counts.iter().map(|count| {
            let mut record = scalars.clone();
            record.extend([
                ("value", count.value.clone()),
                ("count", count.count.to_string()),
            ]);
            record
        });
        return Table::from_records(records.collect());
    }
    let Some(timings) = &wire.timings else {
        return Table::from_records(vec![scalars]);
    };
    let records = timings.iter().map(|timing| {
        let mut record = scalars.clone();
        record.extend([
            ("worker", timing.worker.to_string()),
            ("worker_chunks", timing.chunks.to_string()),
            ("worker_numbers", timing.numbers.to_string()),
            ("worker_busy_s", timing.busy_s.to_string()),
            ("worker_idle_s", timing.idle_s.to_string()),
            ("worker_share", timing.share.to_string()),
        ]);
        record
    });
    Table::from_records(records.collect())
}
