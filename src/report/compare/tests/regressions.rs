//! How often the gate for regressions cries wolf, and how often it sees one, by simulation: what decides
//! is a pure function of the sessions' times.

use super::super::*;
use crate::stats;
use fastrand::Rng;
use std::f64::consts::TAU;

fn normal(rng: &mut Rng) -> f64 {
    (-2.0 * (1.0 - rng.f64()).ln()).sqrt() * (TAU * rng.f64()).cos()
}

/// A machine and what is measured on it.
#[derive(Clone, Copy, Debug)]
struct World {
    /// The standard deviation of the logarithm of a session's median.
    drift: f64,
    /// How much of the drift lasts from a session to the one that confirms it.
    lasting: f64,
    /// How many earlier sessions there are.
    sessions: usize,
    /// How many cases are compared at once; half of the drift is common to them.
    cases: usize,
    /// How many times longer it takes now.
    slowdown: f64,
}

const RUNS: usize = 10;

const LIMIT: f64 = 0.1;

impl World {
    /// The times of every case in a session, when `lasting` is what moves it and the next alike.
    fn session(self, slowdown: f64, lasting: f64, rng: &mut Rng) -> Vec<Vec<f64>> {
        let passing = normal(rng);
        let common = self.lasting.sqrt() * lasting + (1.0 - self.lasting).sqrt() * passing;
        let case = |rng: &mut Rng| {
            let drift = self.drift * (common + normal(rng)) / 2.0_f64.sqrt();
            (0..RUNS)
                .map(|_| {
                    let spike = if rng.f64() < 0.05 { 1.5 } else { 1.0 };
                    slowdown * spike * (drift + 0.03 * normal(rng)).exp()
                })
                .collect()
        };
        (0..self.cases).map(|_| case(rng)).collect()
    }

    /// What the gate says of 10%: the worst of all cases.
    fn verdict(self, rng: &mut Rng) -> Verdict {
        let before: Vec<_> = (0..self.sessions)
            .map(|_| {
                let lasting = normal(rng);
                self.session(1.0, lasting, rng)
            })
            .collect();
        let lasting = normal(rng);
        let first = self.session(self.slowdown, lasting, rng);
        let second = self.session(self.slowdown, lasting, rng);
        let regression = |case: usize, now: &[Vec<f64>]| {
            let before: Vec<f64> = before
                .iter()
                .map(|session| stats::median(&session[case]).expect("runs"))
                .collect();
            let ratio = stats::session_ratio(now, &before, self.cases).expect("sessions");
            Regression::new(String::new(), before.len(), ratio, 1.0)
        };
        let once = (0..self.cases).map(|case| regression(case, &first[case..=case]));
        let once: Vec<Regression> = once.collect();
        if !once
            .iter()
            .any(|regression| regression.is_suspicious(LIMIT))
        {
            return once
                .iter()
                .map(|regression| regression.verdict(LIMIT))
                .max()
                .expect("cases");
        }
        let both = |case: usize| [first[case].clone(), second[case].clone()];
        let verdicts = (0..self.cases).map(|case| regression(case, &both(case)).verdict(LIMIT));
        verdicts.max().expect("cases")
    }

    /// The shares of passed, inconclusive and failed.
    fn shares(self, trials: usize) -> [f64; 3] {
        let mut rng = Rng::with_seed(5);
        let mut shares = [0.0; 3];
        for _ in 0..trials {
            shares[self.verdict(&mut rng) as usize] += 1.0 / trials as f64;
        }
        shares
    }
}

/// Sessions minutes apart, on machines from quiet to such as are shared with busy neighbours.
const MACHINES: [(f64, f64); 6] = [
    (0.02, 0.5),
    (0.05, 0.5),
    (0.1, 0.5),
    (0.15, 0.5),
    (0.2, 0.0),
    (0.2, 0.8),
];

const TRIALS: usize = 2_000;

fn worlds(sessions: &[usize]) -> Vec<World> {
    let mut worlds = Vec::new();
    for (drift, lasting) in MACHINES {
        for cases in [1, 2] {
            worlds.extend(sessions.iter().map(|&sessions| World {
                drift,
                lasting,
                sessions,
                cases,
                slowdown: 1.0,
            }));
        }
    }
    worlds
}

#[test]
fn the_same_program_is_called_slower_in_one_of_40_at_most() {
    for world in worlds(&[1, 3, 5, 10]) {
        let [_, _, failed] = world.shares(TRIALS);
        assert!(failed <= 0.025, "{world:?}: {failed}");
    }
}

#[test]
fn a_program_half_as_fast_is_called_slower_in_9_of_10() {
    for world in worlds(&[5, 10]) {
        let world = World {
            slowdown: 2.0,
            ..world
        };
        let [passed, _, failed] = world.shares(TRIALS / 2);
        assert!(failed >= 0.9 && passed == 0.0, "{world:?}: {failed}");
    }
}

#[test]
fn what_is_beyond_any_drift_needs_no_memory() {
    for (slowdown, verdict) in [
        (2.0, Verdict::Inconclusive),
        (4.0, Verdict::Failed),
        (0.2, Verdict::Passed),
    ] {
        let world = World {
            drift: 0.05,
            lasting: 0.5,
            sessions: 1,
            cases: 2,
            slowdown,
        };
        assert!(world.shares(200)[verdict as usize] >= 0.99, "{slowdown}");
    }
}

#[test]
fn a_quiet_machine_can_tell_that_nothing_has_changed() {
    for (sessions, least) in [(3, 0.65), (5, 0.75), (10, 0.75)] {
        let world = World {
            drift: 0.01,
            lasting: 0.5,
            sessions,
            cases: 2,
            slowdown: 1.0,
        };
        let [passed, ..] = world.shares(500);
        assert!(passed > least, "{sessions}: {passed}");
    }
}

/// The gate of before, the interval of the ratio to one session's median, fails half of the innocent.
#[test]
fn an_interval_that_knows_one_session_only_would_not_pass() {
    let world = World {
        drift: 0.2,
        lasting: 0.5,
        sessions: 1,
        cases: 2,
        slowdown: 1.0,
    };
    let mut rng = Rng::with_seed(6);
    let mut alarms = 0;
    for _ in 0..500 {
        let (before, now) = (
            world.session(1.0, 0.0, &mut rng),
            world.session(1.0, 0.0, &mut rng),
        );
        let slower = |i: usize| {
            let interval = stats::ratio_interval(&now[i], &before[i]).expect("runs");
            interval.low > 1.0 + LIMIT
        };
        alarms += usize::from((0..2).any(slower));
    }
    assert!(alarms > 100, "{alarms}");
}
