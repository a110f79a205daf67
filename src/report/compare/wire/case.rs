//! One case in the wire form: what it times, its figures, its samples.

use super::counts::WireCounts;
use crate::event::task::Status;
use crate::report::compare::{
    Case, Comparison, Figures, Inside, Program, Ratio, Sample, Subject, WorkerTime, counts,
};
use crate::stats::{self, Interval};
use serde::{Deserialize, Serialize};

/// One case; its way of doing the job is what a baseline is matched by.
#[derive(Serialize)]
pub(in crate::report::compare) struct WireCase {
    pub(in crate::report::compare) name: String,
    pub(in crate::report::compare) subject: WireSubject,
    pub(in crate::report::compare) repeats: u32,
    pub(in crate::report::compare) runs: usize,
    pub(in crate::report::compare) figures: Option<WireFigures>,
    /// The means of what was counted in its runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::report::compare) counts: Option<WireCounts>,
    samples: Vec<WireSample>,
}

/// What a case times: a job's variant has `workers`, a rival has `command`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::report::compare) struct WireSubject {
    pub(in crate::report::compare) workers: Option<usize>,
    pub(in crate::report::compare) kernel: Option<String>,
    pub(in crate::report::compare) chunk_size: Option<u64>,
    pub(in crate::report::compare) command: Option<String>,
    pub(in crate::report::compare) checked: bool,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(in crate::report::compare) parameters: Vec<WireParameter>,
}

/// The value that a list took in a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::report::compare) struct WireParameter {
    name: String,
    value: String,
}

impl WireSubject {
    /// The values that the lists took in it: `level=6 size=2`.
    pub(in crate::report::compare) fn parameters_text(&self) -> String {
        let parameters = self.parameters.iter();
        let words = parameters.map(|one| format!("{}={}", one.name, one.value));
        words.collect::<Vec<_>>().join(" ")
    }

    pub(in crate::report::compare) fn of(subject: &Subject) -> WireSubject {
        match subject {
            Subject::Job(variant) => WireSubject {
                workers: Some(variant.workers),
                kernel: variant.kernel.map(|kernel| kernel.name().to_owned()),
                chunk_size: variant.chunk_size,
                command: variant.program.as_ref().map(|program| program.line.clone()),
                checked: variant.program.is_none(),
                parameters: variant.program.as_deref().map_or(Vec::new(), parameters),
            },
            Subject::Rival(rival) => WireSubject {
                workers: None,
                kernel: None,
                chunk_size: None,
                command: Some(rival.line.clone()),
                checked: rival.checked,
                parameters: Vec::new(),
            },
        }
    }
}

fn parameters(program: &Program) -> Vec<WireParameter> {
    let parameters = program.parameters.iter();
    let wire = |(name, value): &(String, String)| WireParameter {
        name: name.clone(),
        value: value.clone(),
    };
    parameters.map(wire).collect()
}

#[derive(Serialize)]
pub(in crate::report::compare) struct WireFigures {
    pub(in crate::report::compare) median_s: f64,
    pub(in crate::report::compare) median_low_s: Option<f64>,
    pub(in crate::report::compare) median_high_s: Option<f64>,
    median_confidence: Option<f64>,
    pub(in crate::report::compare) min_s: f64,
    pub(in crate::report::compare) max_s: f64,
    pub(in crate::report::compare) mean_s: f64,
    pub(in crate::report::compare) stddev_s: Option<f64>,
    pub(in crate::report::compare) mad_s: f64,
    pub(in crate::report::compare) user_s: f64,
    pub(in crate::report::compare) system_s: f64,
    pub(in crate::report::compare) peak_memory_bytes: Option<u64>,
    pub(in crate::report::compare) numbers_per_s: Option<f64>,
    pub(in crate::report::compare) speedup: Option<f64>,
    pub(in crate::report::compare) speedup_low: Option<f64>,
    pub(in crate::report::compare) speedup_high: Option<f64>,
    pub(in crate::report::compare) efficiency: Option<f64>,
    pub(in crate::report::compare) efficiency_low: Option<f64>,
    pub(in crate::report::compare) efficiency_high: Option<f64>,
    pub(in crate::report::compare) cpus_busy: f64,
    pub(in crate::report::compare) serial_fraction: Option<f64>,
    outliers: Vec<usize>,
    worker_time: Option<WireLoss>,
    per_worker: Vec<WireWorker>,
}

#[derive(Serialize)]
struct WireLoss {
    computing: f64,
    slower: f64,
    waiting: f64,
    start_up: f64,
    last_chunks: f64,
    wrap_up: f64,
    aggregator_s: f64,
}

#[derive(Serialize)]
struct WireWorker {
    busy_s: f64,
    idle_s: f64,
}

impl From<&WorkerTime> for WireWorker {
    fn from(worker: &WorkerTime) -> WireWorker {
        WireWorker {
            busy_s: worker.busy_s,
            idle_s: worker.idle_s,
        }
    }
}

#[derive(Serialize)]
struct WireSample {
    round: u32,
    elapsed_s: f64,
    cpu_s: f64,
    system_cpu_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_memory_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<WireCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inside: Option<WireInside>,
}

#[derive(Serialize)]
struct WireInside {
    computing_s: f64,
    waiting_s: f64,
    start_up_s: f64,
    last_chunks_s: f64,
    wrap_up_s: f64,
    aggregator_s: f64,
    workers: Vec<WireWorker>,
}

pub(super) fn wire(comparison: &Comparison, case: &Case, figures: Option<&Figures>) -> WireCase {
    WireCase {
        name: comparison.name(case),
        subject: WireSubject::of(&case.subject),
        repeats: case.repeats,
        runs: case.samples.len(),
        figures: figures.map(|figures| wire_figures(figures, case.samples.len())),
        counts: WireCounts::of(&counts::mean(case)),
        samples: case.samples.iter().map(wire_sample).collect(),
    }
}

fn wire_figures(figures: &Figures, runs: usize) -> WireFigures {
    let (median_low_s, median_high_s) = bounds(figures.interval_s);
    let ratio = |ratio: Option<Ratio>| {
        let (low, high) = bounds(ratio.and_then(|ratio| ratio.interval));
        (ratio.map(|ratio| ratio.value), low, high)
    };
    let (speedup, speedup_low, speedup_high) = ratio(figures.speedup);
    let (efficiency, efficiency_low, efficiency_high) = ratio(figures.efficiency);
    WireFigures {
        median_s: figures.median_s,
        median_low_s,
        median_high_s,
        median_confidence: stats::median_confidence(runs),
        min_s: figures.min_s,
        max_s: figures.max_s,
        mean_s: figures.mean_s,
        stddev_s: figures.stddev_s,
        mad_s: figures.mad_s,
        user_s: figures.user_s,
        system_s: figures.system_s,
        peak_memory_bytes: figures.peak_memory_bytes,
        numbers_per_s: figures.items_per_s,
        speedup,
        speedup_low,
        speedup_high,
        efficiency,
        efficiency_low,
        efficiency_high,
        cpus_busy: figures.cpus_busy,
        serial_fraction: figures.serial_fraction,
        outliers: figures
            .outliers
            .iter()
            .map(|outlier| outlier.index)
            .collect(),
        worker_time: figures.loss.map(|loss| WireLoss {
            computing: loss.computing,
            slower: loss.slower,
            waiting: loss.waiting,
            start_up: loss.start_up,
            last_chunks: loss.last_chunks,
            wrap_up: loss.wrap_up,
            aggregator_s: loss.aggregator_s,
        }),
        per_worker: figures.workers.iter().map(WireWorker::from).collect(),
    }
}

pub(super) fn bounds(interval: Option<Interval>) -> (Option<f64>, Option<f64>) {
    interval
        .map(|interval| (interval.low, interval.high))
        .unzip()
}

fn wire_sample(sample: &Sample) -> WireSample {
    WireSample {
        round: sample.round,
        elapsed_s: sample.elapsed_s,
        cpu_s: sample.cpu_s,
        system_cpu_s: sample.system_cpu_s,
        peak_memory_bytes: sample.peak_memory_bytes,
        exit_code: match sample.failed_with {
            Some(Status::Code(code)) => Some(code),
            Some(Status::Signal { .. }) | None => None,
        },
        signal: match sample.failed_with {
            Some(Status::Signal { number, .. }) => Some(number),
            Some(Status::Code(_)) | None => None,
        },
        counts: WireCounts::of(&sample.counts),
        inside: sample.inside.as_ref().map(|inside: &Inside| WireInside {
            computing_s: inside.computing_s,
            waiting_s: inside.waiting_s,
            start_up_s: inside.start_up_s,
            last_chunks_s: inside.last_chunks_s,
            wrap_up_s: inside.wrap_up_s,
            aggregator_s: inside.aggregator_s,
            workers: inside.workers.iter().map(WireWorker::from).collect(),
        }),
    }
}
