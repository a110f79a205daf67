//! What the parts of a job come to together, and the forms it is written in.

use super::styled::{Row, Tone};
use super::table::{self, Table};
use super::{Check, Format, Style, human, seconds};
use crate::job::Job;
use crate::part::Shard;
use crate::reduction::Answer;
use crate::units;
use serde::Serialize;
use std::io::{self, Write};
use std::time::Duration;

/// The name and version of the JSON form.
pub const SCHEMA: &str = "partask.merge/1";

/// What the parts of a job come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeReport {
    /// The job.
    pub job: Job,
    /// The whole input as it was written.
    pub input: String,
    /// The step given for its ranges.
    pub step: Option<i64>,
    /// How it was read, in words.
    pub input_read_as: String,
    /// How many numbers it has.
    pub numbers: u128,
    /// What all results come to; `None` while parts are missing.
    pub answer: Option<Answer>,
    /// What that was checked against.
    pub checks: Vec<Check>,
    /// How many parts there are to be.
    pub shards: u64,
    /// Those that are missing.
    pub missing: Vec<Shard>,
    /// From the start of the first part to the end of the last, by the clocks of their machines.
    pub elapsed: Duration,
    /// The CPU time of all parts.
    pub cpu: Duration,
    /// What each machine did.
    pub hosts: Vec<HostTally>,
    /// The part that took longest: which, where and how long.
    pub slowest: Option<(Shard, String, Duration)>,
}

/// What one machine did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostTally {
    /// Its name.
    pub host: String,
    /// How many parts it computed.
    pub parts: u64,
    /// How many numbers those have.
    pub numbers: u128,
    /// How long they took, one after the other.
    pub busy: Duration,
    /// Their CPU time.
    pub cpu: Duration,
}

/// The report as it is written in JSON; the crate's documentation has the table of its fields.
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
    numbers: u128,
    total: Option<String>,
    at: Option<String>,
    decimal: Option<String>,
    verified: bool,
    verified_by: Vec<&'static str>,
    checked_numbers: u128,
    shards: u64,
    missing: Vec<String>,
    elapsed_s: f64,
    cpu_s: f64,
    slowest_shard: Option<String>,
    slowest_host: Option<String>,
    slowest_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    histogram: Option<Vec<super::json::WireCount>>,
    hosts: Vec<WireHost>,
}

#[derive(Serialize)]
struct WireHost {
    host: String,
    parts: u64,
    numbers: u128,
    busy_s: f64,
    cpu_s: f64,
}

/// Writes `report` to `out`.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &MergeReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match style.format {
        Format::Human => write_human(report, style, out),
        Format::Markdown => write_markdown(report, out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &Wire::new(report))?;
            writeln!(out)
        }
        Format::Csv => table::csv(&records(&Wire::new(report)), out),
    }
}

fn write_human(report: &MergeReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}      {}", title(report, ""), report.input_read_as)?;
    for row in rows(report) {
        row.write(style.colour, out)?;
    }
    if let Some(Answer::Histogram(counts)) = &report.answer {
        super::histogram::write(counts, out)?;
    }
    writeln!(out)?;
    table::human(&host_table(report), out)
}

fn write_markdown(report: &MergeReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**{}**\n", title(report, "`"))?;
    writeln!(out, "| | |\n| --- | --- |")?;
    writeln!(out, "| input | {} |", report.input_read_as)?;
    for row in rows(report) {
        writeln!(
            out,
            "| {} | {} |",
            row.label,
            row.text().replace('|', r"\|")
        )?;
    }
    writeln!(out)?;
    if let Some(Answer::Histogram(counts)) = &report.answer {
        table::markdown(&super::histogram::table(counts), out)?;
        writeln!(out)?;
    }
    table::markdown(&host_table(report), out)
}

fn title(report: &MergeReport, quotes: &str) -> String {
    human::title_of(&report.job, &report.input, quotes)
}

fn rows(report: &MergeReport) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(answer) = &report.answer {
        let mut parts = human::shown(answer);
        parts.push(human::verdict_of(&report.checks, report.numbers));
        let label = human::label(report.job.reduction());
        rows.push(Row { label, parts });
    }
    let done = report.hosts.iter().map(|host| u128::from(host.parts)).sum();
    let hosts = units::count_of(report.hosts.len() as u128, "host");
    let parts = match report.missing.len() {
        0 => format!("{} on {hosts}", units::count_of(done, "part")),
        missing => format!(
            "{} of {} on {hosts}; {} missing",
            units::count(done),
            units::count(u128::from(report.shards)),
            units::count(missing as u128)
        ),
    };
    let slowest = report.slowest.as_ref().map(|(shard, host, took)| {
        format!(", the slowest {shard} on {host} in {}", seconds(*took))
    });
    let tone = if report.missing.is_empty() {
        Tone::Plain
    } else {
        Tone::Warning
    };
    rows.push(Row::toned(
        "parts",
        tone,
        parts + &slowest.unwrap_or_default(),
    ));
    rows.push(Row::plain(
        "elapsed",
        format!(
            "{} from the first start to the last end",
            seconds(report.elapsed)
        ),
    ));
    rows.push(Row::plain("cpu", seconds(report.cpu)));
    rows
}

fn host_table(report: &MergeReport) -> Table {
    let records = report.hosts.iter().map(|host| {
        vec![
            ("host", units::printable(&host.host)),
            ("parts", units::count(u128::from(host.parts))),
            ("numbers", units::count(host.numbers)),
            ("busy", seconds(host.busy)),
            ("cpu", seconds(host.cpu)),
        ]
    });
    Table::from_records(records.collect())
}

impl Wire {
    fn new(report: &MergeReport) -> Wire {
        let answer = report.answer.as_ref();
        let slowest = report.slowest.as_ref();
        Wire {
            schema: SCHEMA,
            partask_version: env!("CARGO_PKG_VERSION"),
            status: match answer {
                Some(_) => "complete",
                None => "incomplete",
            },
            job: report.job.name(),
            expression: report.job.expression().map(|e| e.text().to_owned()),
            reduction: report.job.reduction().name(),
            input: report.input.clone(),
            step: report.step.map(|step| step.to_string()),
            input_read_as: report.input_read_as.clone(),
            numbers: report.numbers,
            total: answer.and_then(super::json::text_of),
            at: answer.and_then(|answer| Some(answer.number()?.to_string())),
            decimal: answer.and_then(|answer| Some(answer.decimal()?.0)),
            verified: answer.is_some() && report.checks.iter().any(|check| check.is_whole()),
            verified_by: report.checks.iter().map(|check| check.name()).collect(),
            checked_numbers: Check::numbers(&report.checks, report.numbers),
            shards: report.shards,
            missing: report.missing.iter().map(ToString::to_string).collect(),
            elapsed_s: report.elapsed.as_secs_f64(),
            cpu_s: report.cpu.as_secs_f64(),
            slowest_shard: slowest.map(|(shard, ..)| shard.to_string()),
            slowest_host: slowest.map(|(_, host, _)| host.clone()),
            slowest_s: slowest.map(|(.., took)| took.as_secs_f64()),
            histogram: answer.and_then(super::json::wire_histogram),
            hosts: report.hosts.iter().map(WireHost::new).collect(),
        }
    }
}

impl WireHost {
    fn new(host: &HostTally) -> WireHost {
        WireHost {
            host: host.host.clone(),
            parts: host.parts,
            numbers: host.numbers,
            busy_s: host.busy.as_secs_f64(),
            cpu_s: host.cpu.as_secs_f64(),
        }
    }
}

/// One record a machine, which repeats what is of all.
fn records(wire: &Wire) -> Table {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let scalars = vec![
        ("schema", wire.schema.to_owned()),
        ("status", wire.status.to_owned()),
        ("job", wire.job.to_owned()),
        ("expression", text(&wire.expression)),
        ("reduction", wire.reduction.to_owned()),
        ("input", wire.input.clone()),
        ("step", text(&wire.step)),
        ("numbers", wire.numbers.to_string()),
        ("total", text(&wire.total)),
        ("at", text(&wire.at)),
        ("decimal", text(&wire.decimal)),
        ("verified", wire.verified.to_string()),
        ("verified_by", wire.verified_by.join("; ")),
        ("checked_numbers", wire.checked_numbers.to_string()),
        ("shards", wire.shards.to_string()),
        ("missing", wire.missing.join("; ")),
        ("elapsed_s", wire.elapsed_s.to_string()),
        ("cpu_s", wire.cpu_s.to_string()),
    ];
    let records = wire.hosts.iter().map(|host| {
        let mut record = scalars.clone();
        record.extend([
            ("host", host.host.clone()),
            ("host_parts", host.parts.to_string()),
            ("host_numbers", host.numbers.to_string()),
            ("host_busy_s", host.busy_s.to_string()),
            ("host_cpu_s", host.cpu_s.to_string()),
        ]);
        record
    });
    Table::from_records(records.collect())
}
