//! The forms in which a comparison is handed to other programs: their own file formats, and partask's.

use super::wire::{Wire, WireCase, WireFigures};
use super::{Case, Comparison, Figures, Sample, chart, figures, html, human};
use crate::event::task::Status;
use crate::report::table::{self, Table};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Export {
    /// partask's own, with every sample ([`super::SCHEMA`]).
    Json,
    /// A header and a row a case.
    Csv,
    /// Markdown tables.
    Markdown,
    /// hyperfine's own JSON; `parameters` holds what the cases differ in.
    Hyperfine,
    /// The same of the two cases that matter: the job's fastest and the fastest rival, or without
    /// rivals the reference and the fastest of the others. hyperfine's Welch test wants two.
    HyperfinePair,
    /// The times for github-action-benchmark's `customSmallerIsBetter`.
    GithubAction,
    /// The speedups for github-action-benchmark's `customBiggerIsBetter`.
    GithubActionSpeedup,
    /// The Bencher Metric Format.
    Bencher,
    /// A chart for a web page.
    Svg,
    /// A web page of its own, which loads nothing.
    Html,
}

impl Export {
    /// The comparison in this form.
    ///
    /// # Errors
    /// None that a caller could mend: a form that can't be written.
    pub fn render(self, comparison: &Comparison) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        match self {
            Export::Json => json(comparison, &mut out)?,
            Export::Csv => csv(comparison, &mut out)?,
            Export::Markdown => human::write_markdown(comparison, &mut out)?,
            Export::Hyperfine => pretty(&hyperfine(comparison, measured(comparison)), &mut out)?,
            Export::HyperfinePair => pretty(&hyperfine(comparison, pair(comparison)), &mut out)?,
            Export::GithubAction => pretty(&github_times(comparison), &mut out)?,
            Export::GithubActionSpeedup => pretty(&github_speedups(comparison), &mut out)?,
            Export::Bencher => pretty(&bencher(comparison), &mut out)?,
            Export::Svg => chart::write_svg(comparison, &mut out)?,
            Export::Html => out.extend(html::page(comparison)?.into_bytes()),
        }
        Ok(out)
    }
}

fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

pub(super) fn json(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    pretty(&Wire::new(comparison), out)
}

pub(super) fn csv(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let wire = Wire::new(comparison);
    table::csv(
        &Table::from_records(wire.cases.iter().map(record).collect()),
        out,
    )
}

/// A case's row of the CSV form.
fn record(case: &WireCase) -> Vec<(&'static str, String)> {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map_or(String::new(), |value| value.to_string())
    }
    let number = |get: fn(&WireFigures) -> Option<f64>| text(case.figures.as_ref().and_then(get));
    let counts = case.counts.unwrap_or_default().columns();
    let counts = counts.map(|(name, count)| (name, text(count)));
    let figures = [
        ("case", case.name.clone()),
        ("workers", text(case.subject.workers)),
        ("kernel", text(case.subject.kernel.as_ref())),
        ("chunk_size", text(case.subject.chunk_size)),
        ("command", text(case.subject.command.as_ref())),
        ("parameters", case.subject.parameters_text()),
        ("runs", case.runs.to_string()),
        ("repeats", case.repeats.to_string()),
        ("median_s", number(|f| Some(f.median_s))),
        ("median_low_s", number(|f| f.median_low_s)),
        ("median_high_s", number(|f| f.median_high_s)),
        ("min_s", number(|f| Some(f.min_s))),
        ("max_s", number(|f| Some(f.max_s))),
        ("mean_s", number(|f| Some(f.mean_s))),
        ("stddev_s", number(|f| f.stddev_s)),
        ("mad_s", number(|f| Some(f.mad_s))),
        ("user_s", number(|f| Some(f.user_s))),
        ("system_s", number(|f| Some(f.system_s))),
        (
            "peak_memory_bytes",
            text(case.figures.as_ref().and_then(|f| f.peak_memory_bytes)),
        ),
        ("numbers_per_s", number(|f| f.numbers_per_s)),
        ("speedup", number(|f| f.speedup)),
        ("speedup_low", number(|f| f.speedup_low)),
        ("speedup_high", number(|f| f.speedup_high)),
        ("efficiency", number(|f| f.efficiency)),
        ("efficiency_low", number(|f| f.efficiency_low)),
        ("efficiency_high", number(|f| f.efficiency_high)),
        ("cpus_busy", number(|f| Some(f.cpus_busy))),
        ("serial_fraction", number(|f| f.serial_fraction)),
    ];
    figures.into_iter().chain(counts).collect()
}

/// The cases that have been measured, with their names and figures.
fn measured(comparison: &Comparison) -> Vec<Measured<'_>> {
    let cases = comparison.cases.iter().zip(figures(comparison));
    cases
        .filter_map(|(case, figures)| Some((long_name(comparison, case), case, figures?)))
        .collect()
}

/// A case's name with the job's, as it stands beside other benchmarks.
fn long_name(comparison: &Comparison, case: &Case) -> String {
    let name = comparison.name(case);
    // The title of plain programs is all of their lines.
    match comparison.is_plain() {
        true => name,
        false => format!("{}, {name}", comparison.work.title),
    }
}

/// A case that has been measured, with its name and figures.
type Measured<'a> = (String, &'a Case, Figures);

/// The two cases that a reader wants to know the difference of; fewer where there are no two.
fn pair(comparison: &Comparison) -> Vec<Measured<'_>> {
    let is_reference = |case: &Case| std::ptr::eq(case, comparison.reference());
    let fastest = |among: &dyn Fn(&Case) -> bool| {
        let cases = measured(comparison).into_iter();
        cases
            .filter(|(_, case, _)| among(case))
            .min_by(|a, b| a.2.median_s.total_cmp(&b.2.median_s))
    };
    let own = |case: &Case| case.variant().is_some();
    let pair = match fastest(&|case| !own(case)) {
        Some(rival) => [fastest(&own), Some(rival)],
        None => [fastest(&is_reference), fastest(&|case| !is_reference(case))],
    };
    pair.into_iter().flatten().collect()
}

/// An exit code as hyperfine has it: none for an end by a signal.
fn exit_code(sample: &Sample) -> Option<i32> {
    match sample.failed_with {
        None => Some(0),
        Some(Status::Code(code)) => Some(code),
        Some(Status::Signal { .. }) => None,
    }
}

/// hyperfine's `--export-json`: <https://github.com/sharkdp/hyperfine>.
fn hyperfine(comparison: &Comparison, cases: Vec<Measured<'_>>) -> Value {
    let results = cases.into_iter().map(|(name, case, figures)| {
        let mut result = json!({
            "command": name,
            "mean": figures.mean_s,
            "stddev": figures.stddev_s,
            "median": figures.median_s,
            "user": figures.user_s,
            "system": figures.system_s,
            "min": figures.min_s,
            "max": figures.max_s,
            "times": case.elapsed_s(),
            "exit_codes": case.samples.iter().map(exit_code).collect::<Vec<_>>(),
        });
        // One a run, or left out.
        let memory = case.samples.iter().map(|sample| sample.peak_memory_bytes);
        if let Some(memory) = memory.collect::<Option<Vec<u64>>>() {
            result["memory_usage_byte"] = memory.into();
        }
        let parameters = parameters(comparison, case, &figures);
        if !parameters.is_empty() {
            result["parameters"] = Value::Object(parameters);
        }
        result
    });
    json!({ "results": results.collect::<Vec<_>>() })
}

/// What a case differs in from the others. hyperfine's script for plotting over a parameter wants each
/// result to have exactly one, a number, and the same in all; so what does not vary is left out, and
/// beside rivals there are the workers only: of a rival, the CPUs that it kept busy.
fn parameters(
    comparison: &Comparison,
    case: &Case,
    figures: &Figures,
) -> serde_json::Map<String, Value> {
    let mut parameters = serde_json::Map::new();
    let mut add =
        |name: &str, value: String| drop(parameters.insert(name.to_owned(), value.into()));
    let variants = || comparison.cases.iter().filter_map(Case::variant);
    let beside_rivals = variants().count() < comparison.cases.len();
    let dimensions = comparison.dimensions();
    let lists = case.variant().and_then(|variant| variant.program.as_ref());
    for (name, value) in lists.iter().flat_map(|program| &program.parameters) {
        add(name, value.clone());
    }
    match case.variant() {
        None => add("workers", format!("{:.2}", figures.cpus_busy.max(0.01))),
        // It is measured once, whatever the workers.
        Some(variant) if variant.single().is_some() => (),
        Some(variant) if beside_rivals => add("workers", variant.workers.to_string()),
        Some(variant) => {
            let named = variant.program.as_ref().filter(|_| dimensions.program);
            if let Some(program) = named.filter(|program| program.parameters.is_empty()) {
                add("command", program.name.clone());
            }
            let fixed = variants().all(|other| other.workers == variant.workers);
            let listed = lists.is_some_and(|program| !program.parameters.is_empty());
            if !fixed || !(listed || dimensions.kernel || dimensions.chunk_size) {
                add("workers", variant.workers.to_string());
            }
            if let Some(kernel) = variant.kernel.filter(|_| dimensions.kernel) {
                add("kernel", kernel.name().to_owned());
            }
            if dimensions.chunk_size {
                let size = variant.chunk_size;
                add(
                    "chunk_size",
                    size.map_or("planned".to_owned(), |size| size.to_string()),
                );
            }
        }
    }
    parameters
}

/// The times, for <https://github.com/benchmark-action/github-action-benchmark>.
fn github_times(comparison: &Comparison) -> Value {
    let entries = measured(comparison)
        .into_iter()
        .map(|(name, case, figures)| {
            let interval = figures.interval_s;
            json!({
                "name": name,
                "unit": "s",
                "value": figures.median_s,
                "range": interval.map(|i| format!("{} to {}", i.low, i.high)).unwrap_or_default(),
                "extra": format!("median of {} runs", case.samples.len()),
            })
        });
    entries.collect()
}

/// The speedups, for the same.
fn github_speedups(comparison: &Comparison) -> Value {
    let reference = comparison.name(comparison.reference());
    let cases = measured(comparison).into_iter();
    let entries = cases.filter_map(|(name, case, figures)| {
        let speedup = figures.speedup.filter(|_| !std::ptr::eq(case, comparison.reference()))?;
        Some(json!({
            "name": name,
            "unit": "x",
            "value": speedup.value,
            "range": speedup.interval.map(|i| format!("{} to {}", i.low, i.high)).unwrap_or_default(),
            "extra": format!("over {reference}, medians of {} runs", case.samples.len()),
        }))
    });
    entries.collect()
}

/// The Bencher Metric Format: latencies in nanoseconds, throughputs in operations a second
/// (<https://bencher.dev/docs/reference/bencher-metric-format/>).
fn bencher(comparison: &Comparison) -> Value {
    const NS_PER_S: f64 = 1e9;
    let entries = measured(comparison).into_iter().map(|(name, _, figures)| {
        let mut latency = json!({ "value": figures.median_s * NS_PER_S });
        let mut speedup = figures
            .speedup
            .map(|speedup| json!({ "value": speedup.value }));
        if let Some(interval) = figures.interval_s {
            latency["lower_value"] = (interval.low * NS_PER_S).into();
            latency["upper_value"] = (interval.high * NS_PER_S).into();
        }
        if let Some((speedup, interval)) = speedup
            .as_mut()
            .zip(figures.speedup.and_then(|speedup| speedup.interval))
        {
            speedup["lower_value"] = interval.low.into();
            speedup["upper_value"] = interval.high.into();
        }
        let mut measures = json!({ "latency": latency });
        if let Some(per_s) = figures.items_per_s {
            measures["throughput"] = json!({ "value": per_s });
        }
        if let Some(speedup) = speedup {
            measures["speedup"] = speedup;
        }
        (name, measures)
    });
    Value::Object(entries.collect())
}
