//! What a comparison comes to, in one sentence a person can act on.

use super::{Case, Comparison, Figures, Ratio, Variant, cause, plain};
use crate::stats::Interval;
use crate::units;

/// A share of the workers' time that is worth a word when it is lost.
const LOSS_WORTH_A_WORD: f64 = 0.05;

/// The sentence; `None` before anything has been measured.
///
/// It names the fewest workers that are as fast as any, within the intervals, and what the others
/// came to.
#[must_use]
pub fn conclusion(comparison: &Comparison, figures: &[Option<Figures>]) -> Option<String> {
    if comparison.is_plain() {
        return plain::sentence(comparison, figures);
    }
    let mut parts = vec![of_workers(comparison, figures)?];
    let (own, rivals): (Vec<_>, Vec<_>) = comparison
        .cases
        .iter()
        .zip(figures)
        .filter_map(|(case, figures)| Some((case, figures.as_ref()?)))
        .partition(|(case, _)| case.variant().is_some());
    let fastest_s = own.iter().map(|(_, own)| own.median_s).reduce(f64::min)?;
    let rivals = rivals
        .into_iter()
        .map(|(case, rival)| of_rival(fastest_s, rival, &plain::quoted(comparison, case)));
    parts.extend(rivals);
    parts.extend(cause::sentence(comparison));
    Some(parts.join("; "))
}

/// A job's case with what is known of it.
#[derive(Clone, Copy)]
struct Job<'a> {
    case: &'a Case,
    variant: &'a Variant,
    figures: &'a Figures,
    speedup: Ratio,
}

fn jobs<'a>(comparison: &'a Comparison, figures: &'a [Option<Figures>]) -> Vec<Job<'a>> {
    let cases = comparison.cases.iter().zip(figures);
    cases
        .filter_map(|(case, figures)| {
            let figures = figures.as_ref()?;
            Some(Job {
                case,
                variant: case.variant()?,
                speedup: figures.speedup?,
                figures,
            })
        })
        .collect()
}

fn of_workers(comparison: &Comparison, figures: &[Option<Figures>]) -> Option<String> {
    let jobs = jobs(comparison, figures);
    let reference = comparison.reference();
    let fastest = jobs
        .iter()
        .max_by(|a, b| a.speedup.value.total_cmp(&b.speedup.value))?;
    if jobs.len() == 1 {
        let median = comparison.time(fastest.figures.median_s);
        return Some(format!("{}: {median}", comparison.name(fastest.case)));
    }
    let best = jobs
        .iter()
        .filter(|job| as_fast(job, fastest))
        .min_by_key(|job| job.variant.workers)?;
    let mut parts = vec![of_best(comparison, best)?];
    if std::ptr::eq(best.case, reference) {
        let slower = jobs
            .iter()
            .filter(|job| !as_fast(job, fastest) && !adds_workers(job, best));
        parts.extend(slower.map(|job| {
            let name = short_name(comparison, job.variant, best.variant);
            let speedup = job.speedup.value;
            match comparison.settings.weak {
                true => format!(
                    "{name} {} only {} × that done",
                    gets(job.variant),
                    times(speedup)
                ),
                false => format!(
                    "{name} {} {} × slower",
                    is(job.variant),
                    times(1.0 / speedup)
                ),
            }
        }));
    }
    let more = jobs.iter().filter(|job| adds_workers(job, best));
    parts.extend(nothing_more(comparison, &more.collect::<Vec<_>>()));
    Some(parts.join("; "))
}

/// What the fewest workers that are as fast as any bought.
fn of_best(comparison: &Comparison, best: &Job<'_>) -> Option<String> {
    let reference = comparison.reference();
    let name = comparison.name(best.case);
    if std::ptr::eq(best.case, reference) {
        return Some(match comparison.settings.weak {
            true => format!("{name} {} as much done as any", gets(best.variant)),
            false => format!("{name} {} as fast as any", is(best.variant)),
        });
    }
    let of = short_name(comparison, reference.variant()?, best.variant);
    let speedup = times(best.speedup.value);
    let gain = match comparison.settings.weak {
        true => format!("{name}: {speedup} × the work of {of} in the same time"),
        false => format!("{name}: {speedup} × faster than {of}"),
    };
    Some(
        match best
            .figures
            .loss
            .map(|loss| loss.largest(comparison.work.is_tasks()))
        {
            Some((cause, share)) if share >= LOSS_WORTH_A_WORD => {
                format!("{gain} ({} lost to {cause})", units::percent(share))
            }
            _ => gain,
        },
    )
}

/// That these cases with more workers bring nothing more, and why.
fn nothing_more(comparison: &Comparison, more: &[&Job<'_>]) -> Option<String> {
    let counts: Vec<String> = more
        .iter()
        .map(|job| job.variant.workers.to_string())
        .collect();
    let verb = if more.len() == 1 { "brings" } else { "bring" };
    let sentence = format!("{} {verb} nothing more", listed(&counts));
    let cpus = comparison.fingerprint.cpus;
    let losses = more.iter().filter_map(|job| job.figures.loss);
    let largest = losses
        .map(|loss| loss.largest(comparison.work.is_tasks()))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    match largest {
        _ if more.is_empty() => None,
        _ if !comparison.work.is_tasks() && more.iter().all(|job| job.variant.workers > cpus) => {
            let cpus = units::count_of(cpus as u128, "CPU");
            Some(format!("{sentence}: this machine has {cpus}"))
        }
        Some((cause, share)) if share >= LOSS_WORTH_A_WORD => Some(format!(
            "{sentence} ({} lost to {cause})",
            units::percent(share)
        )),
        _ => Some(sentence),
    }
}

/// Only the workers, where nothing else tells two cases apart.
fn short_name(comparison: &Comparison, variant: &Variant, beside: &Variant) -> String {
    match variant.is_alike(beside) {
        true => variant.workers.to_string(),
        false => comparison.name_of(variant),
    }
}

fn is(variant: &Variant) -> &'static str {
    if variant.workers == 1 { "is" } else { "are" }
}

fn gets(variant: &Variant) -> &'static str {
    if variant.workers == 1 { "gets" } else { "get" }
}

/// Whether a case differs from the best in nothing but more workers.
fn adds_workers(job: &Job<'_>, best: &Job<'_>) -> bool {
    job.variant.workers > best.variant.workers && job.variant.is_alike(best.variant)
}

/// Whether a case can't be told from the fastest: the intervals of their speedups meet.
fn as_fast(job: &Job<'_>, fastest: &Job<'_>) -> bool {
    let interval = |ratio: Ratio| {
        ratio.interval.unwrap_or(Interval {
            low: ratio.value,
            high: ratio.value,
        })
    };
    interval(job.speedup).high >= interval(fastest.speedup).low
}

/// How the fastest of partask's own cases compares with a rival.
fn of_rival(fastest_s: f64, rival: &Figures, name: &str) -> String {
    let ratio = rival.median_s / fastest_s;
    match ratio >= 1.0 {
        true => format!("{} × faster than {name}", times(ratio)),
        false => format!("{} × slower than {name}", times(1.0 / ratio)),
    }
}

/// The most names that a sentence lists.
pub(super) const LISTED_MAX: usize = 4;

/// `a, b and c`; of many the first few, and how many there are beside them.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if names.len() <= LISTED_MAX => {
            format!("{} and {last}", first.join(", "))
        }
        many => {
            let (first, others) = many.split_at(LISTED_MAX - 1);
            format!("{} and {} others", first.join(", "), others.len())
        }
    }
}

/// A factor to three significant digits; those of small ones come after their zeros.
pub(super) fn times(ratio: f64) -> String {
    let digits = match ratio {
        ratio if ratio >= 99.95 => 0,
        ratio if ratio >= 9.995 => 1,
        ratio if ratio >= 0.0995 || ratio <= 0.0 => 2,
        ratio => 2 + (-ratio.log10()).floor() as usize,
    };
    format!("{ratio:.digits$}")
}
