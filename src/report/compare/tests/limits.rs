//! Which cases a limit holds for, and what decides it.

use super::super::*;
use super::{ONE, TWO, compared, rival};

#[test]
fn limits_hold_for_the_cases_they_are_meant_for() {
    let mut comparison = compared(&[(1, ONE), (2, TWO), (4, TWO)]);
    comparison.cases.push(rival("c", ONE));
    let judged = |gate: Gate| {
        let gated = gate.judge(&comparison, None);
        gated
            .into_iter()
            .map(|gated| (gated.case, gated.verdict))
            .collect::<Vec<_>>()
    };
    let four = "4 workers".to_owned();
    assert_eq!(
        judged(Gate::MinSpeedup(1.9)),
        [(four.clone(), Verdict::Passed)]
    );
    assert_eq!(
        judged(Gate::MinSpeedup(2.0)),
        [(four.clone(), Verdict::Inconclusive)]
    );
    assert_eq!(
        judged(Gate::MinSpeedup(3.0)),
        [(four.clone(), Verdict::Failed)]
    );
    let efficient = [
        ("2 workers".to_owned(), Verdict::Passed),
        (four, Verdict::Failed),
    ];
    assert_eq!(judged(Gate::MinEfficiency(0.9)), efficient);
}

/// Of two runs, the range of each holds its median half of the time; a limit is not decided by that.
#[test]
fn few_runs_decide_nothing_that_is_close() {
    let verdict = |runs: usize, limit: f64| {
        let comparison = compared(&[(1, &ONE[..runs]), (2, &TWO[..runs])]);
        Gate::MinSpeedup(limit).judge(&comparison, None)[0].verdict
    };
    for (runs, limit, expected) in [
        (5, 2.1, Verdict::Failed),
        (2, 2.1, Verdict::Inconclusive),
        (3, 2.04, Verdict::Inconclusive),
        (4, 2.04, Verdict::Inconclusive),
        (4, 2.1, Verdict::Failed),
        (2, 3.0, Verdict::Failed),
        (2, 1.0, Verdict::Passed),
    ] {
        assert_eq!(verdict(runs, limit), expected, "{runs} {limit}");
    }
}

#[test]
fn a_limit_may_have_no_case_to_hold_for() {
    let mut alone = compared(&[(2, TWO)]);
    alone.cases.push(rival("c", ONE));
    let descending = compared(&[(4, ONE), (1, TWO)]);
    assert_eq!(Gate::MinSpeedup(1.0).cases(&alone), [0; 0]);
    assert_eq!(Gate::MinEfficiency(0.5).cases(&alone), [0; 0]);
    assert_eq!(Gate::MaxRegression(0.1).cases(&alone), [0]);
    assert_eq!(Gate::MinSpeedup(1.0).cases(&descending), [0; 0]);
    assert_eq!(Gate::MinEfficiency(0.5).cases(&descending), [1]);
}
