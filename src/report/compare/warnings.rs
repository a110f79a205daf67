//! What a reader should know before trusting a comparison.

use super::conclusion::{LISTED_MAX, listed};
use super::drift::sentence;
use super::{Case, Comparison, Ended, Figures, Subject};
use crate::event::task::Status;
use crate::units;

/// A run shorter than this is timed badly, whatever is done: clocks, interrupts and the start of
/// threads are as long.
const RUN_MIN_S: f64 = 5e-3;

/// How many CPUs of other programs are worth a warning.
const OTHERS_CPUS: f64 = 0.1;

/// The warnings, each a sentence with the likely causes or the mend.
#[must_use]
pub fn warnings(comparison: &Comparison, figures: &[Option<Figures>]) -> Vec<String> {
    let mut warnings = crowded(comparison);
    let cases = || {
        comparison
            .cases
            .iter()
            .zip(figures)
            .filter_map(|(c, f)| Some((c, f.as_ref()?)))
    };
    let unlike = cases().filter(|(_, figures)| !figures.outliers.is_empty());
    let unlike: Vec<String> = unlike
        .map(|(case, figures)| {
            let (name, outliers) = (comparison.name(case), figures.outliers.len());
            format!("{name} ({outliers} of {})", case.samples.len())
        })
        .collect();
    if !unlike.is_empty() {
        warnings.push(format!(
            "runs unlike the others of {}: another program, a change of the CPU's frequency, or too short a warm-up",
            listed(&unlike)
        ));
    }
    warnings.extend(failures(comparison));
    let short =
        cases().filter(|(case, figures)| figures.median_s * f64::from(case.repeats) < RUN_MIN_S);
    let short: Vec<String> = short.map(|(case, _)| comparison.name(case)).collect();
    if !short.is_empty() {
        let mend = match comparison.settings.warmup {
            _ if comparison.work.items_are == "commands" => "give it more to do",
            0 => "enlarge the range, or let there be a warm-up",
            _ => "enlarge the range",
        };
        warnings.push(format!(
            "{}: too short to time ({} at least): {mend}",
            listed(&short),
            units::seconds(RUN_MIN_S)
        ));
    }
    let repeated: Vec<String> = comparison
        .cases
        .iter()
        .filter(|case| case.repeats > 1 && !case.samples.is_empty())
        .map(|case| format!("{} ({} times)", comparison.name(case), case.repeats))
        .collect();
    if !repeated.is_empty() {
        warnings.push(format!(
            "too short to time once, repeated in every run: {}",
            listed(&repeated)
        ));
    }
    warnings.extend(sentence(comparison));
    warnings.extend(outside(comparison));
    if comparison.ended == Some(Ended::MaxTime) && !comparison.is_precise() {
        warnings.push("the intervals are wider than asked for: raise --max-time, or accept a lower --precision".to_owned());
    }
    warnings
}

/// Workers that have no CPU of their own.
fn crowded(comparison: &Comparison) -> Vec<String> {
    let cpus = comparison.fingerprint.cpus;
    let mut crowded: Vec<usize> = comparison
        .cases
        .iter()
        .filter_map(|case| Some(case.variant()?.workers))
        .filter(|workers| *workers > cpus)
        .collect();
    crowded.sort_unstable();
    crowded.dedup();
    if crowded.is_empty() || comparison.work.is_tasks() {
        return Vec::new();
    }
    let counts: Vec<String> = crowded.iter().map(ToString::to_string).collect();
    let counts = match crowded.last() {
        Some(most) if crowded.len() > LISTED_MAX => format!("up to {most}"),
        _ => listed(&counts),
    };
    vec![format!(
        "{counts} workers on {}: they take turns",
        units::count_of(cpus as u128, "CPU")
    )]
}

/// What the machine and the rivals add.
fn outside(comparison: &Comparison) -> Vec<String> {
    let evidence = &comparison.evidence;
    let mut warnings = Vec::new();
    if let Some(cpus) = evidence.others_cpus.filter(|cpus| *cpus >= OTHERS_CPUS) {
        warnings.push(format!("other programs kept {cpus:.2} CPUs busy meanwhile"));
    }
    if let Some(throttled_s) = evidence.throttled_s.filter(|s| *s > 0.0) {
        warnings.push(format!(
            "a CPU quota held this process back for {}",
            units::seconds(throttled_s)
        ));
    }
    let unchecked = comparison
        .cases
        .iter()
        .filter_map(|case| match &case.subject {
            Subject::Rival(rival) if !rival.checked => Some(comparison.name(case)),
            _ => None,
        });
    let unchecked: Vec<String> = unchecked.collect();
    if comparison.is_unchecked() {
        warnings
            .push("what the commands print is not checked, so an answer may be wrong".to_owned());
    }
    if !unchecked.is_empty() {
        warnings.push(format!(
            "not checked, so its answer may be wrong: {}",
            listed(&unchecked)
        ));
    }
    if comparison
        .cases
        .iter()
        .any(|case| matches!(case.subject, Subject::Rival(_)))
    {
        warnings.push(
            "the time of another program includes the start of its process, partask's own does not"
                .to_owned(),
        );
    }
    warnings
}

/// The runs that failed, where that was to be accepted.
fn failures(comparison: &Comparison) -> Option<String> {
    let of_case = |case: &Case| {
        let failed = case.samples.iter().filter_map(|sample| sample.failed_with);
        let mut how: Vec<String> = Vec::new();
        for status in failed.clone() {
            let words = match status {
                Status::Code(code) => format!("code {code}"),
                Status::Signal { number, .. } => format!("signal {number}"),
            };
            if !how.contains(&words) {
                how.push(words);
            }
        }
        let name = comparison.name(case);
        let (failed, runs) = (failed.count(), case.samples.len());
        (failed > 0).then(|| format!("{name} ({failed} of {runs} with {})", listed(&how)))
    };
    let failed: Vec<String> = comparison.cases.iter().filter_map(of_case).collect();
    (!failed.is_empty()).then(|| format!("failures that count as successes: {}", listed(&failed)))
}
