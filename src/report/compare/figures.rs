//! What is worked out of a case's samples: its time, what it gained, and where its workers' time went.

use super::{Case, Comparison, Inside, Sample, WorkerTime};
use crate::scaling;
use crate::stats::{self, Interval, Outlier};

/// The figures of one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The median of the elapsed times, in seconds.
    pub median_s: f64,
    /// Its interval; `None` of a single sample.
    pub interval_s: Option<Interval>,
    /// The shortest time, in seconds.
    pub min_s: f64,
    /// The longest time, in seconds.
    pub max_s: f64,
    /// The mean of the times, in seconds.
    pub mean_s: f64,
    /// Their standard deviation, in seconds; `None` of a single sample.
    pub stddev_s: Option<f64>,
    /// Their median absolute deviation, in seconds.
    pub mad_s: f64,
    /// The mean CPU time in user mode, in seconds.
    pub user_s: f64,
    /// The mean CPU time in the operating system, in seconds.
    pub system_s: f64,
    /// The most memory that was resident at once in any run; `None` where it is not known.
    pub peak_memory_bytes: Option<u64>,
    /// Items in a second, at the median time.
    pub items_per_s: Option<f64>,
    /// How many times faster than the reference: the ratio of the medians, times that of the work, where
    /// that grows with the workers. `None` when the reference has no samples yet.
    pub speedup: Option<Ratio>,
    /// What more workers brought over what as many could have, with the same kernel and chunk size; a
    /// rival has none.
    pub efficiency: Option<Ratio>,
    /// CPU time over elapsed time, the median.
    pub cpus_busy: f64,
    /// The serial fraction by Karp and Flatt, of growing work by Gustafson, where there are more workers than the reference has.
    pub serial_fraction: Option<f64>,
    /// Samples unlike the others.
    pub outliers: Vec<Outlier>,
    /// Where the workers' time went.
    pub loss: Option<Loss>,
    /// What each worker did, the means over the samples; a rival's are not seen.
    pub workers: Vec<WorkerTime>,
}

/// A ratio of medians with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The ratio.
    pub value: f64,
    /// Its interval; `None` of the reference with itself, and where one side has a single sample.
    pub interval: Option<Interval>,
}

impl Ratio {
    fn scaled(self, factor: f64) -> Ratio {
        Ratio {
            value: self.value * factor,
            interval: self.interval.map(|interval| Interval {
                low: interval.low * factor,
                high: interval.high * factor,
            }),
        }
    }
}

/// Where the time of all workers went, in shares of the workers times the elapsed time; the means
/// over the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loss {
    /// Computing, as much as the reference needs for the same work.
    pub computing: f64,
    /// Computing beyond that: the same work took more CPU time.
    pub slower: f64,
    /// Waiting for a CPU, or for the aggregator.
    pub waiting: f64,
    /// Before the first chunk.
    pub start_up: f64,
    /// After a worker's last chunk, while others were at theirs.
    pub last_chunks: f64,
    /// After the last chunk of all.
    pub wrap_up: f64,
    /// How long the aggregator was on a CPU, in seconds a run.
    pub aggregator_s: f64,
}

impl Loss {
    /// The largest share that was lost, with what it was lost to. External commands wait for a CPU or
    /// for anything else, and that is no loss.
    #[must_use]
    pub fn largest(&self, of_tasks: bool) -> (&'static str, f64) {
        let waiting = if of_tasks { 0.0 } else { self.waiting };
        [
            ("the same work taking more CPU time", self.slower),
            ("waiting for a CPU", waiting),
            ("starting the workers", self.start_up),
            ("waiting for the last chunks", self.last_chunks),
            ("collecting the answer", self.wrap_up),
        ]
        .into_iter()
        .fold(
            ("", 0.0),
            |largest, next| if next.1 > largest.1 { next } else { largest },
        )
    }

    fn of(sum: &Inside, reference_computing_s: f64) -> Loss {
        let all_s =
            sum.computing_s + sum.waiting_s + sum.start_up_s + sum.last_chunks_s + sum.wrap_up_s;
        if all_s <= 0.0 {
            return Loss::default();
        }
        let slower_s = (sum.computing_s - reference_computing_s).max(0.0);
        Loss {
            computing: (sum.computing_s - slower_s) / all_s,
            slower: slower_s / all_s,
            waiting: sum.waiting_s / all_s,
            start_up: sum.start_up_s / all_s,
            last_chunks: sum.last_chunks_s / all_s,
            wrap_up: sum.wrap_up_s / all_s,
            aggregator_s: sum.aggregator_s,
        }
    }
}

/// The figures of every case; `None` of one without samples.
#[must_use]
pub fn figures(comparison: &Comparison) -> Vec<Option<Figures>> {
    comparison
        .cases
        .iter()
        .map(|case| of_case(comparison, case))
        .collect()
}

fn of_case(comparison: &Comparison, case: &Case) -> Option<Figures> {
    let elapsed_s = case.elapsed_s();
    let median_s = stats::median(&elapsed_s)?;
    let count = elapsed_s.len() as f64;
    let mean_s = elapsed_s.iter().sum::<f64>() / count;
    let squares = elapsed_s.iter().map(|x| (x - mean_s).powi(2)).sum::<f64>();
    let cpus_busy: Vec<f64> = case.samples.iter().map(|s| s.cpu_s / s.elapsed_s).collect();
    let gain = gain(comparison, case);
    let mean = |figure: fn(&Sample) -> f64| case.samples.iter().map(figure).sum::<f64>() / count;
    Some(Figures {
        median_s,
        interval_s: stats::median_interval(&elapsed_s),
        min_s: elapsed_s.iter().copied().fold(f64::INFINITY, f64::min),
        max_s: elapsed_s.iter().copied().fold(0.0, f64::max),
        mean_s,
        stddev_s: (count > 1.0).then(|| (squares / (count - 1.0)).sqrt()),
        mad_s: stats::mad(&elapsed_s).unwrap_or(0.0),
        user_s: mean(|sample| (sample.cpu_s - sample.system_cpu_s).max(0.0)),
        system_s: mean(|sample| sample.system_cpu_s),
        peak_memory_bytes: case
            .samples
            .iter()
            .filter_map(|s| s.peak_memory_bytes)
            .max(),
        items_per_s: comparison
            .work
            .items
            .map(|items| items as f64 * work(comparison, case) / median_s),
        speedup: speedup(comparison, case, comparison.reference()),
        efficiency: gain.map(|(gain, more)| gain.scaled(1.0 / more)),
        serial_fraction: gain.and_then(|(gain, more)| match comparison.settings.weak {
            true => scaling::gustafson_fraction(gain.value, more),
            false => scaling::karp_flatt(gain.value, more),
        }),
        cpus_busy: stats::median(&cpus_busy).unwrap_or(0.0),
        outliers: stats::outliers(&elapsed_s),
        loss: loss(comparison, case),
        workers: mean_inside(case).map_or(Vec::new(), |mean| mean.workers),
    })
}

/// What more workers brought, and how many times more they are than the reference's: over the case
/// that differs in nothing else, so that a faster kernel is not taken for the workers' merit.
fn gain(comparison: &Comparison, case: &Case) -> Option<(Ratio, f64)> {
    let variant = case
        .variant()
        .filter(|variant| variant.single().is_none())?;
    let workers = comparison.reference_workers();
    let is_like = |other: &&Case| {
        let other = other.variant();
        other.is_some_and(|other| other.workers == workers && other.is_alike(variant))
    };
    let like = comparison.cases.iter().find(is_like)?;
    let gain = speedup(comparison, case, like)?;
    Some((gain, variant.workers as f64 / workers as f64))
}

/// How much work a case does, as a multiple of the job's input.
fn work(comparison: &Comparison, case: &Case) -> f64 {
    match case.variant().filter(|_| comparison.settings.weak) {
        Some(variant) => variant.workers as f64,
        None => 1.0,
    }
}

/// The speedup of a case over another; over itself exactly 1. It is scaled by how much more work the
/// case does, so that it says how much more gets done in the same time.
fn speedup(comparison: &Comparison, case: &Case, reference: &Case) -> Option<Ratio> {
    if std::ptr::eq(case, reference) {
        return Some(Ratio {
            value: 1.0,
            interval: None,
        });
    }
    let ratio = ratio(&reference.elapsed_s(), &case.elapsed_s())?;
    Some(ratio.scaled(work(comparison, case) / work(comparison, reference)))
}

/// The ratio of two medians with its interval; `None` without samples.
pub(super) fn ratio(numerator: &[f64], denominator: &[f64]) -> Option<Ratio> {
    let value = stats::median(numerator)? / stats::median(denominator)?;
    Some(Ratio {
        value,
        interval: stats::ratio_interval(numerator, denominator),
    })
}

fn loss(comparison: &Comparison, case: &Case) -> Option<Loss> {
    let mean = mean_inside(case)?;
    let alike = comparison.cases.iter().filter(|other| {
        case.variant()
            .zip(other.variant())
            .is_some_and(|(a, b)| a.is_alike(b))
    });
    // What the fewest workers need for the same work with the same code.
    let fewest = alike.min_by_key(|case| case.variant().map(|variant| variant.workers))?;
    let more = work(comparison, case) / work(comparison, fewest);
    Some(Loss::of(&mean, mean_inside(fewest)?.computing_s * more))
}

fn mean_inside(case: &Case) -> Option<Inside> {
    Inside::mean(
        case.samples
            .iter()
            .filter_map(|sample| sample.inside.as_ref()),
    )
}
