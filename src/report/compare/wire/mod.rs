//! The comparison for programs: the versioned wire form, and the same flat for CSV.

mod case;
mod counts;

pub(super) use case::{WireCase, WireFigures, WireSubject};
pub(super) use counts::{WireCounters, WireCounts};

use super::{
    Comparison, Ended, Gate, Law, Regression, ShellStart, conclusion, figures, law, warnings,
};
use crate::stats;
use crate::stop::StopReason;
use serde::{Deserialize, Serialize};

/// The name and version of the comparison's form; it changes when a field changes its meaning or goes
/// away, not when one is added.
pub const SCHEMA: &str = "partask.compare/1";

/// A comparison as it is written; the crate's documentation has the table of its fields.
#[derive(Serialize)]
pub(super) struct Wire {
    schema: &'static str,
    partask_version: &'static str,
    status: &'static str,
    taken_unix_s: u64,
    title: String,
    job: WireJob,
    input_read_as: String,
    numbers: Option<u128>,
    total: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shell_start: Option<WireShellStart>,
    verified_by: Vec<&'static str>,
    output: Option<String>,
    machine: WireMachine,
    settings: WireSettings,
    rounds: u32,
    ended_by: Option<&'static str>,
    precision_reached: bool,
    reference: String,
    pub(super) cases: Vec<WireCase>,
    scaling: WireScaling,
    evidence: WireEvidence,
    pub(super) counters: WireCounters,
    drift: Option<WireDrift>,
    warnings: Vec<String>,
    conclusion: Option<String>,
    gates: Vec<WireGate>,
    command_line: Option<String>,
    baseline: Vec<WireRegression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    confirmation: Vec<WireCase>,
    /// Only in a baseline.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) sessions: Vec<WireSession>,
}

/// What is subtracted from the times of the programs that a shell runs.
#[derive(Serialize)]
struct WireShellStart {
    shell: String,
    elapsed_s: f64,
    cpu_s: f64,
    system_cpu_s: f64,
}

impl From<&ShellStart> for WireShellStart {
    fn from(start: &ShellStart) -> WireShellStart {
        WireShellStart {
            shell: start.shell.clone(),
            elapsed_s: start.elapsed_s,
            cpu_s: start.cpu_s,
            system_cpu_s: start.system_cpu_s,
        }
    }
}

/// An earlier session of a baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct WireSession {
    /// When it was begun, in seconds since 1970.
    #[serde(default)]
    pub(super) taken_unix_s: Option<u64>,
    /// How many CPUs others kept busy or took.
    #[serde(default)]
    pub(super) others_cpus: Option<f64>,
    pub(super) cases: Vec<WireSessionCase>,
}

/// What is kept of a case in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct WireSessionCase {
    pub(super) subject: WireSubject,
    pub(super) runs: usize,
    pub(super) median_s: f64,
    /// The median of the instructions of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) instructions: Option<f64>,
    /// The median of the frequencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) frequency_hz: Option<f64>,
}

/// What decides whether two comparisons are of the same work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WireJob {
    pub(super) name: String,
    pub(super) input: String,
    pub(super) step: Option<String>,
    pub(super) values: bool,
}

impl WireJob {
    pub(super) fn of(comparison: &Comparison) -> WireJob {
        let work = &comparison.work;
        WireJob {
            name: work.job.clone(),
            input: work.input.clone(),
            step: work.step.map(|step| step.to_string()),
            values: work.values,
        }
    }
}

/// What decides whether two comparisons were made on the same machine, and what else is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WireMachine {
    pub(super) cpu_model: String,
    pub(super) cpus: usize,
    pub(super) architecture: String,
    system: String,
    memory_bytes: Option<u64>,
    instruction_set: Option<String>,
}

impl WireMachine {
    pub(super) fn of(comparison: &Comparison) -> WireMachine {
        let fingerprint = &comparison.fingerprint;
        WireMachine {
            cpu_model: fingerprint.cpu_model.clone(),
            cpus: fingerprint.cpus,
            architecture: fingerprint.architecture.clone(),
            system: fingerprint.system.clone(),
            memory_bytes: fingerprint.memory_bytes,
            instruction_set: comparison.work.instruction_set.clone(),
        }
    }
}

#[derive(Serialize)]
struct WireSettings {
    warmup: u32,
    min_runs: u32,
    max_runs: Option<u32>,
    runs: Option<u32>,
    precision: f64,
    max_time_s: f64,
    seed: u64,
    confidence: f64,
    weak: bool,
}

#[derive(Serialize)]
struct WireScaling {
    amdahl_serial_fraction: Option<f64>,
    amdahl_refused: Option<String>,
    usl_contention: Option<f64>,
    usl_coherency: Option<f64>,
    usl_best_workers: Option<f64>,
    usl_refused: Option<String>,
    gustafson_serial_fraction: Option<f64>,
    gustafson_refused: Option<String>,
}

#[derive(Serialize)]
struct WireEvidence {
    elapsed_s: f64,
    others_cpus: Option<f64>,
    steal_s: Option<f64>,
    throttled_periods: Option<u64>,
    throttled_s: Option<f64>,
    load_before: Option<f64>,
    load_after: Option<f64>,
    governor: Option<String>,
    own_peak_memory_bytes: Option<u64>,
}

#[derive(Serialize)]
struct WireDrift {
    ratio: f64,
    p_value: f64,
}

#[derive(Serialize)]
struct WireGate {
    gate: &'static str,
    limit: f64,
    case: String,
    measured: f64,
    low: Option<f64>,
    high: Option<f64>,
    verdict: &'static str,
    settle: Option<String>,
}

#[derive(Serialize)]
struct WireRegression {
    case: String,
    ratio: f64,
    low: Option<f64>,
    high: Option<f64>,
    sessions: usize,
    spread: Option<f64>,
    each: Vec<f64>,
    others_cpus: Option<f64>,
    p_value: f64,
    cause: Option<&'static str>,
    instructions_ratio: Option<f64>,
    frequency_then_hz: Option<f64>,
    frequency_now_hz: Option<f64>,
}

impl Wire {
    pub(super) fn new(comparison: &Comparison) -> Wire {
        let figures = figures(comparison);
        let work = &comparison.work;
        let (status, ended_by) = status(comparison.ended);
        let cases = comparison.cases.iter().zip(&figures);
        Wire {
            schema: SCHEMA,
            partask_version: env!("CARGO_PKG_VERSION"),
            status,
            taken_unix_s: comparison.taken_unix_s,
            title: work.title.clone(),
            job: WireJob::of(comparison),
            input_read_as: work.read_as.clone(),
            numbers: work.items,
            total: work.answer.clone(),
            shell_start: work.shell_start.as_ref().map(WireShellStart::from),
            verified_by: work.answer_checked_by.clone(),
            output: work.output.clone(),
            machine: WireMachine::of(comparison),
            settings: settings(comparison),
            rounds: comparison.rounds,
            ended_by,
            precision_reached: comparison.is_precise(),
            reference: comparison.name(comparison.reference()),
            cases: cases
                .map(|(case, figures)| case::wire(comparison, case, figures.as_ref()))
                .collect(),
            scaling: scaling(&law(comparison, &figures)),
            evidence: evidence(comparison),
            counters: (&comparison.counting).into(),
            drift: comparison.drift().map(|drift| WireDrift {
                ratio: drift.ratio,
                p_value: drift.p_value,
            }),
            warnings: warnings(comparison, &figures),
            conclusion: conclusion(comparison, &figures),
            command_line: Some(comparison.command_line.clone()).filter(|line| !line.is_empty()),
            gates: comparison.gated.iter().map(gate).collect(),
            baseline: comparison.regressions.iter().map(regression).collect(),
            confirmation: (comparison.confirmation.iter())
                .flat_map(|session| &session.cases)
                .map(|case| case::wire(comparison, case, None))
                .collect(),
            sessions: Vec::new(),
        }
    }
}

/// Whether a comparison is over, and what ended it.
fn status(ended: Option<Ended>) -> (&'static str, Option<&'static str>) {
    match ended {
        None => ("running", None),
        Some(Ended::Precise) => ("complete", Some("precision")),
        Some(Ended::Runs) => ("complete", Some("runs")),
        Some(Ended::MaxTime) => ("complete", Some("max-time")),
        Some(Ended::Stopped(StopReason::Terminated)) => ("interrupted", Some("SIGTERM")),
        Some(Ended::Stopped(_)) => ("interrupted", Some("SIGINT")),
    }
}

fn settings(comparison: &Comparison) -> WireSettings {
    let settings = &comparison.settings;
    WireSettings {
        warmup: settings.warmup,
        min_runs: settings.min_runs,
        max_runs: settings.max_runs,
        runs: settings.runs,
        precision: settings.precision,
        max_time_s: settings.max_time.as_secs_f64(),
        seed: settings.seed,
        confidence: stats::CONFIDENCE,
        weak: settings.weak,
    }
}

fn scaling(law: &Law) -> WireScaling {
    let (amdahl, usl) = (law.amdahl.as_ref(), law.usl.as_ref());
    let gustafson = law.gustafson.as_ref().map(Result::as_ref);
    WireScaling {
        amdahl_serial_fraction: amdahl.ok().map(|law| law.serial_fraction()),
        amdahl_refused: amdahl.err().map(ToString::to_string),
        usl_contention: usl.ok().map(|law| law.contention()),
        usl_coherency: usl.ok().map(|law| law.coherency()),
        usl_best_workers: usl.ok().and_then(|law| law.best_workers()),
        usl_refused: usl.err().map(ToString::to_string),
        gustafson_serial_fraction: gustafson
            .and_then(Result::ok)
            .map(|law| law.serial_fraction()),
        gustafson_refused: gustafson.and_then(Result::err).map(ToString::to_string),
    }
}

fn evidence(comparison: &Comparison) -> WireEvidence {
    let evidence = comparison.evidence.clone();
    WireEvidence {
        elapsed_s: evidence.elapsed_s,
        others_cpus: evidence.others_cpus,
        steal_s: evidence.steal_s,
        throttled_periods: evidence.throttled_periods,
        throttled_s: evidence.throttled_s,
        load_before: evidence.load_before,
        load_after: evidence.load_after,
        governor: evidence.governor,
        own_peak_memory_bytes: evidence.own_peak_memory_bytes,
    }
}

fn gate(gated: &super::Gated) -> WireGate {
    let (low, high) = case::bounds(gated.measured.interval);
    let (Gate::MinSpeedup(limit) | Gate::MinEfficiency(limit) | Gate::MaxRegression(limit)) =
        gated.gate;
    WireGate {
        gate: gated.gate.option().trim_start_matches("--"),
        limit,
        case: gated.case.clone(),
        measured: gated.measured.value,
        low,
        high,
        verdict: gated.verdict.name(),
        settle: gated.settle.clone(),
    }
}

fn regression(regression: &Regression) -> WireRegression {
    let (low, high) = case::bounds(regression.ratio.interval);
    let frequency_hz = regression.cause.and_then(|cause| cause.frequency_hz);
    WireRegression {
        case: regression.case.clone(),
        ratio: regression.ratio.value,
        low,
        high,
        sessions: regression.sessions,
        spread: regression.spread,
        each: regression.each.clone(),
        others_cpus: regression.others_cpus,
        p_value: regression.p_value,
        cause: regression.cause.map(|cause| cause.culprit.name()),
        instructions_ratio: regression.cause.map(|cause| cause.instructions),
        frequency_then_hz: frequency_hz.map(|(then, _)| then),
        frequency_now_hz: frequency_hz.map(|(_, now)| now),
    }
}
