//! How the cases of a comparison compare with the sessions of a baseline, and what can be said of a
//! limit by that.

use super::cause::{Cause, cause};
use super::{Baseline, Case, Comparison, Gate, Ratio, Verdict};
use crate::machine::Evidence;
use crate::stats::{self, Interval, PLAUSIBLE_DRIFT, SESSIONS_MIN, SessionRatio};
use crate::units;

/// From how many sessions on more of them hardly say more of how much they differ.
const SESSIONS_ENOUGH: usize = 10;

/// Which share of the CPUs others have to take beyond what they took in the baseline's sessions, to be a
/// likely cause of a slowdown.
const OTHERS_SHARE: f64 = 0.1;

/// Where others take a larger share of the CPUs than this, a session says little of a program, whatever
/// they took before: how the system shares out what is left changes from one moment to the next.
const CROWDED_SHARE: f64 = 0.5;

/// Sessions within this time hardly say how much those of different hours differ.
const SPAN_MIN_S: u64 = 600;

/// A second session of a comparison.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The same cases, with its samples.
    pub cases: Vec<Case>,
    /// What the machine did meanwhile.
    pub evidence: Evidence,
}

/// How a case's time compares with the baseline's.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// The case's name.
    pub case: String,
    /// The median time over that of the baseline's sessions, with the interval that knows of what
    /// changes between sessions.
    pub ratio: Ratio,
    /// How many sessions the baseline has of the case.
    pub sessions: usize,
    /// The time from the first of them to the latest, in seconds, where it is known.
    pub span_s: Option<u64>,
    /// By which factor they differ, see [`SessionRatio::spread`].
    pub spread: Option<f64>,
    /// The ratio in each new session: the comparison, and the one that was to confirm it.
    pub each: Vec<f64>,
    /// How well the medians of the new sessions are known, see [`SessionRatio::noise`].
    pub noise: f64,
    /// How many CPUs others kept busy or took, when that is more than in any session of the baseline, or
    /// most of them.
    pub others_cpus: Option<f64>,
    /// How likely samples as unlike those of the latest session as these are when nothing has changed,
    /// not even the machine (Mann–Whitney).
    pub p_value: f64,
    /// Whether it was the program or the machine, when the times differ and that can be told.
    pub cause: Option<Cause>,
}

/// How every case that the baseline has, too, compares with it.
#[must_use]
pub fn regressions(comparison: &Comparison, baseline: &Baseline) -> Vec<Regression> {
    let new = |i: usize| {
        let again = comparison.confirmation.as_ref();
        let again = again.and_then(|session| session.cases.get(i));
        let sessions = comparison.cases.get(i).into_iter().chain(again);
        sessions.map(|case| case.elapsed_s()).collect::<Vec<_>>()
    };
    compared(comparison, baseline, new)
}

/// Whether a second session is worth its time: a case looks slower than the limit, a share, allows, and
/// could be told to be.
#[must_use]
pub fn needs_confirmation(comparison: &Comparison, baseline: &Baseline, limit: f64) -> bool {
    let gated = Gate::MaxRegression(limit).cases(comparison);
    let names: Vec<String> = (gated.iter())
        .map(|i| comparison.name(&comparison.cases[*i]))
        .collect();
    let first = |i: usize| vec![comparison.cases[i].elapsed_s()];
    compared(comparison, baseline, first)
        .iter()
        .any(|regression| names.contains(&regression.case) && regression.is_suspicious(limit))
}

/// The cases of a comparison with these samples in each of their new sessions.
fn compared(
    comparison: &Comparison,
    baseline: &Baseline,
    new: impl Fn(usize) -> Vec<Vec<f64>>,
) -> Vec<Regression> {
    let both: Vec<(usize, Vec<f64>)> = (0..comparison.cases.len())
        .filter_map(|i| Some((i, baseline.medians_s(&comparison.cases[i].subject)?)))
        .collect();
    let tests = both
        .iter()
        .filter(|(i, _)| comparison.cases[*i].variant().is_some());
    let tests = tests.count();
    let others_cpus = others_cpus(comparison, baseline);
    let regression = |(i, before): &(usize, Vec<f64>)| {
        let case = &comparison.cases[*i];
        let ratio = stats::session_ratio(&new(*i), before, tests)?;
        let latest = baseline.elapsed_s(&case.subject)?;
        let p_value = stats::mann_whitney(&case.elapsed_s(), &latest)?.p_value;
        let mut regression = Regression::new(comparison.name(case), before.len(), ratio, p_value);
        if let Some(cpus) = others_cpus {
            regression.disturb(cpus, cpus / comparison.fingerprint.cpus.max(1) as f64);
        }
        regression.span_s = baseline.span_s();
        regression.cause = cause(comparison, baseline, *i, &regression);
        Some(regression)
    };
    both.iter().filter_map(regression).collect()
}

/// How many CPUs others took of this machine, when that is notably more than in any session of the
/// baseline, or most of them.
fn others_cpus(comparison: &Comparison, baseline: &Baseline) -> Option<f64> {
    let again = comparison.confirmation.as_ref();
    let sessions = [
        Some(&comparison.evidence),
        again.map(|session| &session.evidence),
    ];
    let taken = sessions.into_iter().flatten().filter_map(|evidence| {
        let stolen = evidence.steal_s.unwrap_or(0.0) / evidence.elapsed_s.max(1e-9);
        Some(evidence.others_cpus? + stolen)
    });
    let cpus = comparison.fingerprint.cpus as f64;
    let usual = baseline.others_cpus().unwrap_or(0.0);
    let notable = (usual + OTHERS_SHARE * cpus).min(CROWDED_SHARE * cpus);
    taken.reduce(f64::max).filter(|taken| *taken > notable)
}

impl Regression {
    pub(super) fn new(
        case: String,
        sessions: usize,
        ratio: SessionRatio,
        p_value: f64,
    ) -> Regression {
        Regression {
            case,
            ratio: Ratio {
                value: ratio.value,
                interval: ratio.interval,
            },
            sessions,
            span_s: None,
            spread: ratio.spread,
            each: ratio.each,
            noise: ratio.noise,
            others_cpus: None,
            p_value,
            cause: None,
        }
    }

    /// Others took this many CPUs, this share of all, more than ever in the baseline: what its sessions say
    /// of drift does not hold for that, and only what no drift explains, nor the CPUs that were left, is
    /// the program's.
    fn disturb(&mut self, others_cpus: f64, share: f64) {
        self.others_cpus = Some(others_cpus);
        let left = (1.0 - share).max(0.01);
        if let Some(interval) = &mut self.ratio.interval {
            let explained = PLAUSIBLE_DRIFT.max(1.0 / left);
            interval.low = interval.low.min(self.ratio.value / explained);
        }
    }

    /// Whether the case takes at most `limit`, a share, longer than in the baseline.
    ///
    /// Only two sessions can break a limit, and both have to lie beyond it.
    #[must_use]
    pub fn verdict(&self, limit: f64) -> Verdict {
        let most = 1.0 + limit;
        let confirmed = self.each.len() >= 2 && self.each.iter().all(|ratio| *ratio > most);
        match Verdict::at_most(self.ratio.interval, most) {
            Verdict::Failed if !confirmed => Verdict::Inconclusive,
            verdict => verdict,
        }
    }

    /// Whether a first session looks like a regression that a second one may confirm. While too few
    /// sessions are known, none but a very large one could be confirmed.
    #[must_use]
    pub fn is_suspicious(&self, limit: f64) -> bool {
        let most = 1.0 + limit;
        match Verdict::at_most(self.ratio.interval, most) {
            Verdict::Failed => true,
            Verdict::Passed => false,
            Verdict::Inconclusive => self.sessions >= SESSIONS_MIN && self.ratio.value > most,
        }
    }

    /// What would settle a limit, a share, that can't be told to be kept or broken.
    #[must_use]
    pub fn settle(&self, limit: f64) -> String {
        let most = 1.0 + limit;
        let Some(interval) = self.ratio.interval else {
            return "a single run has no interval: take --runs 5 or more".to_owned();
        };
        if self.sessions < SESSIONS_MIN {
            return format!(
                "the baseline has {}, and how much sessions differ is known from {SESSIONS_MIN} on: add {} by --save-baseline, minutes apart",
                units::count_of(self.sessions as u128, "session"),
                SESSIONS_MIN - self.sessions
            );
        }
        let hasty = self.span_s.filter(|span_s| *span_s < SPAN_MIN_S);
        let settle = self.settle_between_sessions(most, interval);
        match hasty {
            Some(span_s) => format!(
                "{settle}; the baseline's sessions were taken within {}, and some of another hour know more of the machine",
                units::seconds(span_s as f64)
            ),
            None => settle,
        }
    }

    fn settle_between_sessions(&self, most: f64, interval: Interval) -> String {
        if let Some(cpus) = self.others_cpus.filter(|_| self.ratio.value > most) {
            return format!(
                "other programs kept {cpus:.2} CPUs busy: measure again when the machine is quiet, or old and new in the same rounds"
            );
        }
        let beyond = self.each.iter().filter(|ratio| **ratio > most).count();
        if beyond > 0 && beyond < self.each.len() {
            return "one of two sessions says so, the other does not: measure again when the machine is quiet".to_owned();
        }
        if beyond > 0 {
            let alarm = most * self.ratio.value / interval.low;
            return match alarm < self.ratio.value {
                true => "a second session has to confirm it".to_owned(),
                false => format!(
                    "slower, but what changes between sessions can do that up to {}: measure old and new in the same rounds (--against)",
                    units::percent(alarm - 1.0)
                ),
            };
        }
        self.settle_kept(most)
    }

    /// What would settle that a case which looks faster than `most` times the baseline is.
    fn settle_kept(&self, most: f64) -> String {
        // As a factor.
        let room = most / self.ratio.value;
        let spread = self.spread.unwrap_or(1.0);
        if self.noise >= room {
            let noise = units::percent(self.noise - 1.0);
            return format!(
                "the runs of a session leave its median open by {noise}: take more (--runs, --max-time)"
            );
        }
        if self.sessions < SESSIONS_ENOUGH && stats::factor_told(SESSIONS_ENOUGH, spread) < room {
            return format!(
                "the baseline has {} sessions: with {SESSIONS_ENOUGH} it could be told (--save-baseline adds one)",
                self.sessions
            );
        }
        let told = stats::factor_told(self.sessions, spread) - 1.0;
        format!(
            "sessions of one and the same program differ by {} here, so {} can't be told from none: measure old and new in the same rounds (--against), or raise the limit",
            units::percent(spread - 1.0),
            units::percent(told)
        )
    }
}
