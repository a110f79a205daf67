//! Limits that a comparison must keep: passed, failed, or too noisy to tell.

use super::figures::ratio;
use super::{Baseline, Case, Comparison, Figures, Ratio, Regression, figures, regressions};
use crate::stats::{self, Interval};

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gate {
    /// The most workers must be at least this many times faster than the reference.
    MinSpeedup(f64),
    /// Every worker count must be at least this efficient, as a share.
    MinEfficiency(f64),
    /// No case may take more than this share longer than in the baseline or, without one, no program than
    /// that of the reference.
    MaxRegression(f64),
}

/// What was decided of a limit for one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Gated {
    /// The limit.
    pub gate: Gate,
    /// The case's name.
    pub case: String,
    /// What was measured: a speedup, an efficiency, or the time over that of the baseline.
    pub measured: Ratio,
    /// The decision.
    pub verdict: Verdict,
    /// What would settle it, when it can't be told.
    pub settle: Option<String>,
}

/// What can be said of a limit. The order is that of how bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The whole interval keeps the limit.
    Passed,
    /// The limit lies within the interval, or there is none.
    Inconclusive,
    /// The whole interval lies beyond the limit.
    Failed,
}

impl Verdict {
    /// Whether something measured to lie in `interval` is at least `limit`.
    #[must_use]
    pub fn at_least(interval: Option<Interval>, limit: f64) -> Verdict {
        match interval {
            Some(interval) if interval.low >= limit => Verdict::Passed,
            Some(interval) if interval.high < limit => Verdict::Failed,
            _ => Verdict::Inconclusive,
        }
    }

    /// Whether something measured to lie in `interval` is at most `limit`.
    #[must_use]
    pub fn at_most(interval: Option<Interval>, limit: f64) -> Verdict {
        match interval {
            Some(interval) if interval.high <= limit => Verdict::Passed,
            Some(interval) if interval.low > limit => Verdict::Failed,
            _ => Verdict::Inconclusive,
        }
    }

    /// The verdict's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Failed => "failed",
        }
    }
}

impl Gate {
    /// The option that sets it.
    #[must_use]
    pub fn option(self) -> &'static str {
        match self {
            Gate::MinSpeedup(_) => "--min-speedup",
            Gate::MinEfficiency(_) => "--min-efficiency",
            Gate::MaxRegression(_) => "--max-regression",
        }
    }

    /// Decides it for every case that it holds for.
    #[must_use]
    pub fn judge(self, comparison: &Comparison, baseline: Option<&Baseline>) -> Vec<Gated> {
        if let Gate::MaxRegression(share) = self {
            let Some(baseline) = baseline else {
                let mut gated = self.side_by_side(comparison, share);
                gated.extend(self.against(comparison, share));
                return gated;
            };
            let regressions = regressions(comparison, baseline);
            let names = self.cases(comparison).into_iter();
            let names: Vec<String> = names
                .map(|i| comparison.name(&comparison.cases[i]))
                .collect();
            let gated = |regression: Regression| {
                let verdict = regression.verdict(share);
                let open = verdict == Verdict::Inconclusive;
                Gated {
                    gate: self,
                    settle: open.then(|| regression.settle(share)),
                    case: regression.case,
                    measured: regression.ratio,
                    verdict,
                }
            };
            return regressions
                .into_iter()
                .filter(|regression| names.contains(&regression.case))
                .map(gated)
                .collect();
        }
        let figures = figures(comparison);
        let gated = |i: usize| {
            let (measured, limit) = self.of_figures(figures[i].as_ref()?)?;
            let measured = wary([&comparison.cases[i], comparison.reference()], measured);
            let verdict = Verdict::at_least(measured.interval, limit);
            let settle = match measured.interval {
                Some(_) => "take more runs (--runs, --max-time)",
                None => "a single run has no interval: take --runs 5 or more",
            };
            Some(Gated {
                gate: self,
                case: comparison.name(&comparison.cases[i]),
                measured,
                verdict,
                settle: (verdict == Verdict::Inconclusive).then(|| settle.to_owned()),
            })
        };
        self.cases(comparison)
            .into_iter()
            .filter_map(gated)
            .collect()
    }

    /// Without a baseline: every program beside that of the reference, both measured in the same rounds, so
    /// that what the machine did meanwhile was done to both.
    fn side_by_side(self, comparison: &Comparison, share: f64) -> Vec<Gated> {
        let own = comparison.reference().variant();
        let own = own.and_then(|variant| variant.program.as_ref());
        let gated = |i: usize| {
            let case = &comparison.cases[i];
            let variant = case.variant()?;
            if variant.program.as_ref() == own {
                return None;
            }
            let is_like = |other: &&Case| {
                let other = other.variant();
                other.is_some_and(|other| {
                    other.workers == variant.workers && other.program.as_ref() == own
                })
            };
            let like = comparison.cases.iter().find(is_like);
            let like = like.unwrap_or(comparison.reference());
            let ratio = ratio(&case.elapsed_s(), &like.elapsed_s())?;
            let measured = wary([case, like], ratio);
            let verdict = Verdict::at_most(measured.interval, 1.0 + share);
            let settle = "take more runs (--runs, --max-time)".to_owned();
            Some(Gated {
                gate: self,
                case: comparison.name(case),
                measured,
                verdict,
                settle: (verdict == Verdict::Inconclusive).then_some(settle),
            })
        };
        self.cases(comparison)
            .into_iter()
            .filter_map(gated)
            .collect()
    }

    /// Without a baseline: the fastest case of the job beside every program of somebody else's, which may be
    /// the same job of an older version, measured in the same rounds.
    fn against(self, comparison: &Comparison, share: f64) -> Vec<Gated> {
        let median_s = |case: &&Case| stats::median(&case.elapsed_s());
        let jobs = comparison.cases.iter();
        let jobs = jobs.filter(|case| case.variant().is_some() && median_s(case).is_some());
        let fastest = jobs.min_by(|a, b| {
            let (a, b) = (median_s(a), median_s(b));
            a.unwrap_or(f64::INFINITY)
                .total_cmp(&b.unwrap_or(f64::INFINITY))
        });
        let Some(fastest) = fastest else {
            return Vec::new();
        };
        let rivals = comparison.cases.iter();
        let rivals = rivals.filter(|case| case.variant().is_none());
        let gated = |rival: &Case| {
            let ratio = ratio(&fastest.elapsed_s(), &rival.elapsed_s())?;
            let measured = wary([fastest, rival], ratio);
            let verdict = Verdict::at_most(measured.interval, 1.0 + share);
            let settle = "take more runs (--runs, --max-time)".to_owned();
            Some(Gated {
                gate: self,
                case: format!(
                    "{} beside {}",
                    comparison.name(fastest),
                    comparison.name(rival)
                ),
                measured,
                verdict,
                settle: (verdict == Verdict::Inconclusive).then_some(settle),
            })
        };
        rivals.filter_map(gated).collect()
    }

    /// The cases that have to keep it, as indices, whether they have been measured or not.
    #[must_use]
    pub fn cases(self, comparison: &Comparison) -> Vec<usize> {
        let workers = |i: usize| Some(comparison.cases[i].variant()?.workers);
        let all = 0..comparison.cases.len();
        let most = all.clone().filter_map(workers).max();
        let has_to = |i: &usize| match self {
            Gate::MinSpeedup(_) => *i != comparison.reference && workers(*i) == most,
            Gate::MinEfficiency(_) => {
                workers(*i).is_some_and(|workers| workers != comparison.reference_workers())
            }
            // What became of somebody else's program is told, but is not for partask to keep.
            Gate::MaxRegression(_) => workers(*i).is_some(),
        };
        all.filter(has_to).collect()
    }

    /// What a case's figures have to be judged by, and the limit.
    fn of_figures(self, figures: &Figures) -> Option<(Ratio, f64)> {
        match self {
            Gate::MinSpeedup(limit) => Some((figures.speedup?, limit)),
            Gate::MinEfficiency(limit) => Some((figures.efficiency?, limit)),
            Gate::MaxRegression(_) => None,
        }
    }
}

/// A ratio of two cases with the interval that a decision may rest on, however few runs there are.
fn wary(cases: [&Case; 2], ratio: Ratio) -> Ratio {
    let fewest = cases.map(|case| case.samples.len()).into_iter().min();
    let fewest = fewest.unwrap_or(0);
    Ratio {
        interval: (ratio.interval).map(|interval| stats::wary(interval, ratio.value, fewest)),
        ..ratio
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_interval_beyond_the_limit_fails() {
        let at = |low, high| Some(Interval { low, high });
        for (interval, at_least, at_most) in [
            (at(1.9, 2.1), Verdict::Inconclusive, Verdict::Inconclusive),
            (at(2.0, 2.1), Verdict::Passed, Verdict::Inconclusive),
            (at(2.1, 2.2), Verdict::Passed, Verdict::Failed),
            (at(1.8, 1.9), Verdict::Failed, Verdict::Passed),
            (at(1.8, 2.0), Verdict::Inconclusive, Verdict::Passed),
            (None, Verdict::Inconclusive, Verdict::Inconclusive),
        ] {
            assert_eq!(Verdict::at_least(interval, 2.0), at_least, "{interval:?}");
            assert_eq!(Verdict::at_most(interval, 2.0), at_most, "{interval:?}");
        }
        assert!(Verdict::Failed > Verdict::Inconclusive && Verdict::Inconclusive > Verdict::Passed);
    }
}
