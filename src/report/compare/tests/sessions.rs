//! Baselines of several sessions, and what they decide.

use super::super::*;
use super::files::exported;
use super::{ONE, TWO, compared};

/// The times of [`compared`], all so many times as long.
fn scaled(factor: f64) -> Comparison {
    let times = |times: &[f64]| times.iter().map(|time| time * factor).collect::<Vec<_>>();
    compared(&[(1, &times(ONE)), (2, &times(TWO))])
}

/// A baseline of sessions with these factors.
fn baseline_of(factors: &[f64]) -> Baseline {
    let mut baseline = None;
    for factor in factors {
        let file =
            Baseline::render(&scaled(*factor), baseline.as_ref()).expect("it can be written");
        let text = String::from_utf8(file).expect("UTF-8");
        baseline = Some(Baseline::parse(&text).expect("a baseline"));
    }
    baseline.expect("sessions")
}

#[test]
fn a_baseline_keeps_the_medians_of_its_last_sessions() {
    let factors: Vec<f64> = (1..=13).map(f64::from).collect();
    let baseline = baseline_of(&factors);
    assert_eq!(baseline.sessions(), SESSIONS_KEPT);
    let subject = &scaled(1.0).cases[1].subject;
    let medians_s = baseline.medians_s(subject).expect("the case");
    assert_eq!(medians_s, factors[3..]);
    let latest = baseline.elapsed_s(subject).expect("the case");
    assert_eq!(latest.len(), TWO.len());
    assert_eq!(latest[3], 13.0);
    // A file of one session, as was written before there were several, has no such field.
    let text = exported(Export::Json, &scaled(1.0));
    assert!(!text.contains("\"sessions\""));
    let baseline = Baseline::parse(&text).expect("a baseline");
    assert_eq!(
        (baseline.sessions(), baseline.medians_s(subject)),
        (1, Some(vec![1.0]))
    );
}

#[test]
fn sessions_tell_what_one_session_can_not() {
    let quiet = baseline_of(&[1.0, 1.01, 0.99, 1.0, 1.005]);
    let noisy = baseline_of(&[1.0, 1.3, 0.8, 1.1, 0.9]);
    let judged = |baseline: &Baseline, first: f64, again: Option<f64>| {
        let mut now = scaled(first);
        assert_eq!(
            needs_confirmation(&now, baseline, 0.1),
            first > 1.1,
            "{first}"
        );
        now.confirmation = again.map(|again| Confirmation {
            cases: scaled(again).cases,
            evidence: Evidence::default(),
        });
        let gated = Gate::MaxRegression(0.1).judge(&now, Some(baseline));
        let (settle, verdict) = (gated[1].settle.clone(), gated[1].verdict);
        assert_eq!(settle.is_some(), verdict == Verdict::Inconclusive);
        (verdict, settle.unwrap_or_default())
    };
    assert_eq!(judged(&quiet, 1.0, None).0, Verdict::Passed);
    assert_eq!(judged(&quiet, 0.5, None).0, Verdict::Passed);
    assert_eq!(judged(&quiet, 2.0, Some(2.0)).0, Verdict::Failed);
    for (baseline, first, again, says) in [
        (&quiet, 2.0, None, "to confirm"),
        (&quiet, 2.0, Some(1.0), "one of two sessions says so"),
        (&quiet, 1.2, Some(1.2), "can do that up to 43.4%"),
        (&noisy, 1.0, None, "differ by 20"),
        (&noisy, 1.3, Some(1.3), "can do that up to "),
    ] {
        let (verdict, settle) = judged(baseline, first, again);
        assert_eq!(verdict, Verdict::Inconclusive, "{first} {again:?}");
        assert!(settle.contains(says), "{first} {again:?}: {settle}");
    }
    let three = baseline_of(&[1.0, 1.06, 0.97]);
    let (_, settle) = judged(&three, 0.99, None);
    assert!(settle.contains("with 10 it could be told"), "{settle}");
    let one = baseline_of(&[1.0]);
    let mut single = scaled(1.0);
    for case in &mut single.cases {
        case.samples.truncate(1);
    }
    let gated = Gate::MaxRegression(0.1).judge(&single, Some(&one));
    let settle = gated[0].settle.clone().expect("a word");
    assert!(settle.contains("--runs 5"), "{settle}");
}

#[test]
fn others_may_have_done_it_unless_they_did_the_same_then() {
    let quiet = baseline_of(&[1.0, 1.01, 0.99, 1.0, 1.005]);
    let mut disturbed = scaled(2.0);
    disturbed.confirmation = Some(Confirmation {
        cases: scaled(2.0).cases,
        evidence: Evidence {
            elapsed_s: 10.0,
            others_cpus: Some(0.5),
            steal_s: Some(5.0),
            ..Evidence::default()
        },
    });
    let judged_at = |baseline: &Baseline| {
        let gated = Gate::MaxRegression(0.1).judge(&disturbed, Some(baseline));
        (
            gated[1].verdict,
            gated[1].settle.clone().unwrap_or_default(),
        )
    };
    let (verdict, settle) = judged_at(&quiet);
    assert_eq!(verdict, Verdict::Inconclusive, "{settle}");
    assert!(
        settle.starts_with("other programs kept 1.00 CPUs busy"),
        "{settle}"
    );
    let mut as_busy = scaled(1.0);
    as_busy.evidence.others_cpus = Some(0.95);
    let file = Baseline::render(&as_busy, Some(&quiet)).expect("it can be written");
    let file = String::from_utf8(file).expect("UTF-8");
    assert_eq!(
        judged_at(&Baseline::parse(&file).expect("a baseline")).0,
        Verdict::Failed
    );
    let later = Baseline::parse(&file).expect("a baseline");
    let file = Baseline::render(&scaled(1.0), Some(&later)).expect("it can be written");
    let file = String::from_utf8(file).expect("UTF-8");
    assert_eq!(
        judged_at(&Baseline::parse(&file).expect("a baseline")).0,
        Verdict::Failed
    );
}

#[test]
fn a_crowded_machine_tells_nothing_whatever_it_was_before() {
    let mut crowded = scaled(3.0);
    let cpus = crowded.fingerprint.cpus as f64;
    crowded.evidence.others_cpus = Some(0.9 * cpus);
    crowded.confirmation = Some(Confirmation {
        cases: crowded.cases.clone(),
        evidence: crowded.evidence.clone(),
    });
    let mut before = scaled(1.0);
    before.evidence.others_cpus = Some(0.9 * cpus);
    let quiet = baseline_of(&[1.0, 1.01, 0.99, 1.0, 1.005]);
    let file = Baseline::render(&before, Some(&quiet)).expect("it can be written");
    let file = String::from_utf8(file).expect("UTF-8");
    let baseline = Baseline::parse(&file).expect("a baseline");
    let judged = |comparison: &Comparison| {
        Gate::MaxRegression(0.1).judge(comparison, Some(&baseline))[1].verdict
    };
    assert_eq!(judged(&crowded), Verdict::Inconclusive);
    for session in [
        &mut crowded.evidence,
        &mut crowded.confirmation.as_mut().expect("one").evidence,
    ] {
        session.others_cpus = Some(0.4 * cpus);
    }
    assert_eq!(judged(&crowded), Verdict::Failed);
}

/// Sessions of one moment know one state of the machine.
#[test]
fn sessions_of_one_moment_are_told() {
    let settle = |at: &[u64]| {
        let mut baseline: Option<Baseline> = None;
        for (i, &taken_unix_s) in at.iter().enumerate() {
            let mut session = scaled(1.0 + 0.2 * i as f64);
            session.taken_unix_s = taken_unix_s;
            let file = Baseline::render(&session, baseline.as_ref()).expect("it can be written");
            let file = String::from_utf8(file).expect("UTF-8");
            baseline = Some(Baseline::parse(&file).expect("a baseline"));
        }
        let gated = Gate::MaxRegression(0.1).judge(&scaled(1.2), baseline.as_ref());
        gated[1].settle.clone().expect("it can't be told")
    };
    let told = settle(&[1_000, 1_040, 1_020]);
    assert!(told.contains("sessions were taken within 40.0 s"), "{told}");
    let told = settle(&[1_000, 90_000, 5_000]);
    assert!(!told.contains("were taken within"), "{told}");
}
