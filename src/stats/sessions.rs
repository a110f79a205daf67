//! How the time of a session compares with that of earlier sessions, which differ among themselves.
//!
//! The interval of a median knows what varies within a session. What changes between sessions
//! (frequency, neighbours, the layout of memory) moves all of a session's times at once, so only other
//! sessions tell how much that is. Everything here is worked out on logarithms, as times differ by
//! factors.

use super::{CONFIDENCE, Interval, median, median_interval, wary};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// How many earlier sessions it takes to know how much they differ.
pub const SESSIONS_MIN: usize = 3;

/// By which factor the median of one and the same program may differ between two sessions, when
/// nothing is known of the machine: on shared machines 1.84 has been seen in one of two dozen.
pub const PLAUSIBLE_DRIFT: f64 = 2.5;

/// The spread of the sessions of one and the same program that is usual on shared machines, as the
/// standard deviation of the logarithms, and as how many sessions' evidence it counts.
///
/// Three sessions may be alike by chance. Both are chosen by simulation with drifts from 2% to 20%, see
/// the tests of the gate that decides by this.
const USUAL_SPREAD: f64 = 0.13;
const USUAL_WEIGHT: f64 = 8.0;

/// How much of what moves a session moves another one that follows within a minute.
const LASTING: f64 = 0.5;

/// How often the lower end of the interval of one and the same program may lie above 1: one time in 40.
const FALSE_ALARMS: f64 = 0.025;

/// How often its upper end may lie below the truth.
const KEPT_WRONGLY: f64 = 1.0 - CONFIDENCE;

/// How new sessions compare with earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRatio {
    /// The median time of the new sessions over that of the earlier ones, means being geometric.
    pub value: f64,
    /// Its interval; `None` when a new session has a single sample.
    pub interval: Option<Interval>,
    /// The ratio of each new session.
    pub each: Vec<f64>,
    /// How much the earlier sessions differ, as a factor from 1 up: two thirds of them lie within it.
    /// `None` of a single one.
    pub spread: Option<f64>,
    /// How well the medians of the new sessions are known, as a factor from 1 up; infinite when that
    /// is not known.
    pub noise: f64,
}

/// Compares new sessions, as the samples of each, with the medians of earlier ones, when as many
/// comparisons as `tests` are made at once.
///
/// The interval is that of Student's t for the difference of the new sessions from the earlier ones,
/// wider by what varies within the new ones. Its lower end, from which an alarm is raised, estimates the
/// spread from the earlier sessions and from what is usual together, and is too high in one of 40 sets
/// of `tests`; its upper end, which only ever keeps quiet, rests on them alone, and is too low in one of
/// 20 tests. With
/// fewer than [`SESSIONS_MIN`] earlier sessions it is [`PLAUSIBLE_DRIFT`] in either direction.
///
/// `None` without samples or without earlier sessions.
///
/// Source: G. K. Smyth, *Linear models and empirical Bayes methods*, Statistical Applications in
/// Genetics and Molecular Biology 3 (2004), for the spread; C. E. Bonferroni for many tests.
#[must_use]
pub fn session_ratio(now: &[Vec<f64>], before: &[f64], tests: usize) -> Option<SessionRatio> {
    let before: Vec<f64> = before.iter().map(|median| median.ln()).collect();
    let medians: Option<Vec<f64>> = now.iter().map(|samples| median(samples)).collect();
    let medians: Vec<f64> = medians?.into_iter().map(f64::ln).collect();
    let centre = mean(&before)?;
    let difference = mean(&medians)? - centre;
    let (noise_down, noise_up) = noise(now);
    let noise = noise_down.max(noise_up);
    let (down, up) = reach(&before, now.len(), tests);
    let interval = noise.is_finite().then(|| Interval {
        low: (difference - down.hypot(noise_down)).exp(),
        high: (difference + up.hypot(noise_up)).exp(),
    });
    Some(SessionRatio {
        value: difference.exp(),
        interval,
        each: medians.iter().map(|now| (now - centre).exp()).collect(),
        spread: (before.len() >= 2).then(|| spread(&before).exp()),
        noise: noise.exp(),
    })
}

/// By which factor a session has to differ from `sessions` earlier ones with this spread, before it can
/// be told from one that does not, by its upper end.
#[must_use]
pub fn factor_told(sessions: usize, spread: f64) -> f64 {
    (student(KEPT_WRONGLY, sessions as f64 - 1.0)
        * spread.ln()
        * (1.0 + 1.0 / sessions as f64).sqrt())
    .exp()
}

/// How far the difference may be off, downwards and upwards.
fn reach(before: &[f64], now: usize, tests: usize) -> (f64, f64) {
    let sessions = before.len();
    if sessions < SESSIONS_MIN {
        return (PLAUSIBLE_DRIFT.ln(), PLAUSIBLE_DRIFT.ln());
    }
    let freedom = sessions as f64 - 1.0;
    let spread = spread(before);
    let weighed = USUAL_WEIGHT * USUAL_SPREAD.powi(2) + freedom * spread.powi(2);
    let together = (weighed / (USUAL_WEIGHT + freedom)).sqrt();
    // New sessions follow one another, and share some of what moves them.
    let now = now as f64;
    let shared = (1.0 + (now - 1.0) * LASTING) / now;
    let error = (shared + 1.0 / sessions as f64).sqrt();
    (
        student(FALSE_ALARMS / tests.max(1) as f64, USUAL_WEIGHT + freedom) * together * error,
        student(KEPT_WRONGLY, freedom) * spread * error,
    )
}

/// What Student's t exceeds with this chance.
fn student(beyond: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |t| t.inverse_cdf(1.0 - beyond))
}

/// How far the mean of the new sessions' medians may be off for what varies within them, downwards and
/// upwards; infinite when one has no interval.
fn noise(now: &[Vec<f64>]) -> (f64, f64) {
    let (mut down, mut up) = (0.0, 0.0);
    for samples in now {
        let off = median(samples).zip(median_interval(samples));
        let (low, high) = off.map_or((f64::INFINITY, f64::INFINITY), |(median, interval)| {
            let interval = wary(interval, median, samples.len());
            ((median / interval.low).ln(), (interval.high / median).ln())
        });
        down += low * low;
        up += high * high;
    }
    let sessions = now.len() as f64;
    (down.sqrt() / sessions, up.sqrt() / sessions)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The standard deviation.
fn spread(values: &[f64]) -> f64 {
    let centre = mean(values).unwrap_or(0.0);
    let squares = values.iter().map(|x| (x - centre).powi(2)).sum::<f64>();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEADY: &[f64] = &[1.0, 1.0, 1.0];

    fn close(a: f64, b: f64) {
        assert!((a / b - 1.0).abs() < 2e-3, "{a} {b}");
    }

    /// Sessions of e^±2% and 1: their standard deviation is 2%, and t is that of the tables,
    /// 2.920 for one in 20 with 2 degrees of freedom, and 2.228 for one in 40 with 10.
    #[test]
    fn the_interval_is_that_of_the_formula() {
        let before = [(-0.02_f64).exp(), 1.0, 0.02_f64.exp()];
        let ratio = session_ratio(&[vec![1.1; 5]], &before, 1).unwrap();
        close(ratio.value, 1.1);
        assert_eq!(ratio.each.len(), 1);
        close(ratio.spread.unwrap(), 0.02_f64.exp());
        close(ratio.noise, 1.0);
        let error = (1.0_f64 + 1.0 / 3.0).sqrt();
        let interval = ratio.interval.unwrap();
        close(interval.high, 1.1 * (2.920 * 0.02 * error).exp());
        let together = ((8.0 * 0.13_f64.powi(2) + 2.0 * 0.02_f64.powi(2)) / 10.0).sqrt();
        close(interval.low, 1.1 / (2.228 * together * error).exp());
        close(factor_told(3, 0.02_f64.exp()), (2.920 * 0.02 * error).exp());
    }

    #[test]
    fn more_sessions_narrow_it_and_more_tests_widen_it() {
        let before = [0.95, 1.0, 1.05, 0.98, 1.02];
        let low = |now: usize, before: &[f64], tests| {
            let now = vec![vec![1.0; 5]; now];
            session_ratio(&now, before, tests)
                .unwrap()
                .interval
                .unwrap()
                .low
        };
        assert!(low(1, &before[..3], 1) < low(1, &before, 1));
        assert!(low(1, &before, 1) < low(2, &before, 1));
        assert!(low(1, &before, 5) < low(1, &before, 1));
    }

    #[test]
    fn few_sessions_know_nothing_of_drift() {
        for before in [&STEADY[..1], &STEADY[..2]] {
            let ratio = session_ratio(&[vec![3.0; 5]], before, 4).unwrap();
            let interval = ratio.interval.unwrap();
            close(interval.low, 3.0 / PLAUSIBLE_DRIFT);
            close(interval.high, 3.0 * PLAUSIBLE_DRIFT);
        }
        assert_eq!(session_ratio(&[vec![3.0; 5]], &[], 1), None);
        assert_eq!(session_ratio(&[], STEADY, 1), None);
        assert_eq!(session_ratio(&[vec![]], STEADY, 1), None);
    }

    #[test]
    fn what_varies_within_a_session_counts_too() {
        let noisy = session_ratio(&[vec![0.5, 0.5, 1.0, 2.0, 2.0]], STEADY, 1).unwrap();
        close(noisy.noise, 2.0);
        close(noisy.interval.unwrap().high, 2.0);
        let single = session_ratio(&[vec![1.0]], STEADY, 1).unwrap();
        assert_eq!((single.interval, single.value), (None, 1.0));
    }
}
