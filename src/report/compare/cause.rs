//! Whether it was the program or the machine, when a case takes another time than in a baseline: a
//! program that does the same executes as many instructions, however long they take.

use super::conclusion::times;
use super::{Baseline, Case, Comparison, Regression};
use crate::machine::counters::Counts;
use crate::stats;

/// By how much the instructions of one and the same program may differ.
const SAME_INSTRUCTIONS: f64 = 1.01;

/// By how much a time has to differ to be worth a cause, and a frequency to be one.
const WORTH_A_WORD: f64 = 1.02;

/// How much of a change of the time, on logarithms, the change of the instructions has to be.
const EXPLAINED: f64 = 0.5;

/// What made the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// The same instructions took another time.
    Machine,
    /// Other instructions were executed.
    Program,
}

impl Culprit {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Culprit::Machine => "machine",
            Culprit::Program => "program",
        }
    }
}

/// Why a case takes another time than in a baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cause {
    /// What made the difference.
    pub culprit: Culprit,
    /// The instructions of a run over those in the baseline.
    pub instructions: f64,
    /// The frequency of the CPUs then and now, in hertz.
    pub frequency_hz: Option<(f64, f64)>,
}

/// The median instructions and frequency of a case in a session, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pace {
    pub(super) instructions: Option<f64>,
    pub(super) frequency_hz: Option<f64>,
}

impl Pace {
    /// The medians over runs.
    pub(super) fn of<'a>(runs: impl Iterator<Item = &'a Counts> + Clone) -> Pace {
        Pace::medians(runs.map(|counts| Pace {
            instructions: counts.instructions,
            frequency_hz: counts.frequency_hz(),
        }))
    }

    /// The medians over runs or sessions, of what can be true.
    pub(super) fn medians(all: impl Iterator<Item = Pace> + Clone) -> Pace {
        let median = |get: fn(Pace) -> Option<f64>| {
            let known = all.clone().filter_map(get);
            let known: Vec<f64> = known.filter(|x| *x > 0.0 && x.is_finite()).collect();
            stats::median(&known)
        };
        Pace {
            instructions: median(|pace| pace.instructions),
            frequency_hz: median(|pace| pace.frequency_hz),
        }
    }
}

/// Why a case, which takes `regression.ratio` times the time of the baseline, does so; `None` when that is
/// no difference, when it can't be told, and where instructions were not counted.
pub(super) fn cause(
    comparison: &Comparison,
    baseline: &Baseline,
    case: usize,
    regression: &Regression,
) -> Option<Cause> {
    let again = comparison.confirmation.as_ref();
    let again = again.and_then(|session| session.cases.get(case));
    let cases = comparison.cases.get(case).into_iter().chain(again);
    let samples = cases.flat_map(|case: &Case| &case.samples);
    let now = Pace::of(samples.map(|sample| &sample.counts));
    let then = baseline.pace(&comparison.cases.get(case)?.subject, &comparison.counting);
    told(regression.ratio.value, regression.noise, then, now)
}

/// The same of a ratio of the times, and by which factor chance alone may move that.
fn told(ratio: f64, noise: f64, then: Pace, now: Pace) -> Option<Cause> {
    let differs = |ratio: f64, limit: f64| ratio.ln().abs() > limit.ln();
    if !differs(ratio, noise.max(WORTH_A_WORD)) {
        return None;
    }
    let instructions = now.instructions? / then.instructions?;
    let culprit = if !differs(instructions, SAME_INSTRUCTIONS) {
        Culprit::Machine
    } else if instructions.ln() / ratio.ln() >= EXPLAINED {
        Culprit::Program
    } else {
        return None;
    };
    Some(Cause {
        culprit,
        instructions,
        frequency_hz: then.frequency_hz.zip(now.frequency_hz),
    })
}

/// What a reader asks first when a time has changed; of several cases, for the one that changed most.
pub(super) fn sentence(comparison: &Comparison) -> Option<String> {
    let changed = comparison.regressions.iter();
    let changed = changed.filter_map(|regression| Some((regression, regression.cause?)));
    let change = |(regression, _): &(&Regression, Cause)| regression.ratio.value.ln().abs();
    let (regression, cause) = changed.max_by(|a, b| change(a).total_cmp(&change(b)))?;
    let took = format!(
        "{} took {} × its time in the baseline",
        regression.case,
        times(regression.ratio.value)
    );
    Some(match cause.culprit {
        Culprit::Program => format!(
            "{took} with {} × the instructions: that was the program",
            times(cause.instructions)
        ),
        Culprit::Machine => format!(
            "{took} with the same instructions: that was the machine, not the program{}",
            frequencies(cause.frequency_hz)
        ),
    })
}

fn frequencies(then_and_now_hz: Option<(f64, f64)>) -> String {
    let Some((then_hz, now_hz)) = then_and_now_hz else {
        return String::new();
    };
    let (then, now) = (then_hz / 1e9, now_hz / 1e9);
    match (now / then).ln().abs() > WORTH_A_WORD.ln() {
        true => format!(" ({then:.2} GHz then, {now:.2} GHz now)"),
        false => format!(" ({now:.2} GHz as then)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(instructions: f64, ghz: f64) -> Pace {
        Pace {
            instructions: Some(instructions),
            frequency_hz: Some(ghz * 1e9),
        }
    }

    #[test]
    fn the_instructions_tell_the_program_from_the_machine() {
        let then = pace(1e9, 3.0);
        let culprit = |ratio, noise, instructions| {
            told(ratio, noise, then, pace(instructions, 2.0)).map(|cause| cause.culprit)
        };
        let (machine, program) = (Some(Culprit::Machine), Some(Culprit::Program));
        for (ratio, noise, instructions, expected) in [
            (1.5, 1.1, 1.005e9, machine),
            (0.5, 1.1, 0.995e9, machine),
            (1.5, 1.1, 1.5e9, program),
            (0.5, 1.1, 0.6e9, program),
            // More of both: more instructions in a cycle are no excuse.
            (1.5, 1.1, 3e9, program),
            // A little more to do, and much more time.
            (3.0, 1.1, 1.1e9, None),
            // More to do in less time.
            (0.5, 1.1, 1.5e9, None),
            // The times do not differ, or may not.
            (1.015, 1.0, 1e9, None),
            (1.3, 1.4, 1e9, None),
            (1.3, f64::INFINITY, 1e9, None),
        ] {
            let told = culprit(ratio, noise, instructions);
            assert_eq!(told, expected, "{ratio} {noise} {instructions}");
        }
    }

    #[test]
    fn nothing_is_told_without_instructions() {
        let unknown = Pace::default();
        assert_eq!(told(2.0, 1.1, unknown, pace(1e9, 3.0)), None);
        assert_eq!(told(2.0, 1.1, pace(1e9, 3.0), unknown), None);
        let without_frequency = Pace {
            frequency_hz: None,
            ..pace(1e9, 3.0)
        };
        let cause = told(2.0, 1.1, without_frequency, pace(1e9, 3.0)).expect("a cause");
        assert_eq!((cause.instructions, cause.frequency_hz), (1.0, None));
    }

    #[test]
    fn what_can_not_be_true_is_not_counted() {
        let odd = [f64::NAN, 0.0, -1.0, f64::INFINITY, 7.0].map(|x| pace(x, x));
        assert_eq!(Pace::medians(odd.into_iter()), pace(7.0, 7.0));
        assert_eq!(Pace::medians([].into_iter()), Pace::default());
    }

    #[test]
    fn the_frequency_is_told_when_it_changed() {
        assert_eq!(frequencies(None), "");
        assert_eq!(
            frequencies(Some((3e9, 2.1e9))),
            " (3.00 GHz then, 2.10 GHz now)"
        );
        assert_eq!(frequencies(Some((3e9, 2.98e9))), " (2.98 GHz as then)");
    }
}
