//! Whether a session drifted: whether its first half and its second were measured on the same machine, so
//! to say.

use super::{mann_whitney, median};

/// From which chance on a drift is none: one session in 100 without any is said to have drifted.
const CHANCE_MAX: f64 = 0.01;

/// The smallest change that is worth a word, as a share.
const CHANGE_MIN: f64 = 0.02;

/// How the second half of a session compares with the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// The time in the second half over that in the first.
    pub ratio: f64,
    /// How likely halves as unlike as these are when nothing drifts (Mann–Whitney).
    pub p_value: f64,
}

impl Drift {
    /// Whether it is more than chance makes, and large enough to matter.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.p_value < CHANCE_MAX && self.ratio.ln().abs() >= (1.0 + CHANGE_MIN).ln()
    }
}

/// Compares the halves of a session; `cases` are the times of what was timed in turns, in the order of the
/// rounds. The middle one of an odd number of rounds counts for neither.
///
/// What moves the machine moves all cases, and what moves them within one round is not independent: so
/// a round counts once, by the mean of its times over their cases' medians, on a logarithmic scale.
///
/// `None` without two rounds. Under 10 no drift can be told from chance.
#[must_use]
pub fn drift(cases: &[Vec<f64>]) -> Option<Drift> {
    let medians: Option<Vec<f64>> = cases.iter().map(|times| median(times)).collect();
    let medians = medians?;
    let rounds = cases.iter().map(Vec::len).min()?;
    let of_round = |round: usize| {
        let over = cases.iter().zip(&medians);
        let logarithms = over.map(|(times, median)| (times[round] / median).ln());
        logarithms.sum::<f64>() / cases.len() as f64
    };
    let rounds: Vec<f64> = (0..rounds).map(of_round).collect();
    let half = rounds.len() / 2;
    let (first, second) = (&rounds[..half], &rounds[rounds.len() - half..]);
    Some(Drift {
        ratio: (median(second)? - median(first)?).exp(),
        p_value: mann_whitney(first, second)?.p_value,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::simulation::{SHAPES, Shape};
    use super::*;
    use fastrand::Rng;

    const SESSIONS: usize = 1_000;

    /// In how many sessions a drift is told, when the times of each case are as `change` makes them,
    /// which is handed a time and how far the session is.
    fn told(shape: Shape, rounds: usize, change: impl Fn(f64, f64) -> f64) -> f64 {
        let mut rng = Rng::with_seed(21);
        let case = |rng: &mut Rng| -> Vec<f64> {
            let times = shape.samples(rounds, rng).into_iter().enumerate();
            times
                .map(|(round, time)| change(time, round as f64 / rounds as f64))
                .collect()
        };
        let told = (0..SESSIONS).filter(|_| {
            let cases = [case(&mut rng), case(&mut rng)];
            drift(&cases).is_some_and(|drift| drift.is_told())
        });
        told.count() as f64 / SESSIONS as f64
    }

    #[test]
    fn a_steady_session_is_seldom_said_to_drift() {
        for shape in SHAPES {
            for rounds in [5, 10, 20, 51] {
                let told = told(shape, rounds, |time, _| time);
                assert!(told <= 0.02, "{shape:?}, {rounds}: {told}");
            }
        }
    }

    #[test]
    fn a_step_and_a_slope_are_told() {
        // The normal times vary by 10%.
        let step = |time: f64, far: f64| if far < 0.5 { time } else { time * 1.3 };
        let slope = |time: f64, far: f64| time * (1.0 - 0.3 * far);
        assert!(told(Shape::Normal, 10, step) > 0.9);
        assert!(told(Shape::Normal, 50, step) > 0.99);
        assert!(told(Shape::Normal, 50, slope) > 0.95);
        assert!(told(Shape::HeavyTailed, 50, step) > 0.95);
    }

    #[test]
    fn the_change_is_that_of_the_halves_and_a_small_one_is_not_told() {
        let times: Vec<f64> = (0..21)
            .map(|i| if i < 10 { 1.0 } else { 1.5 } + f64::from(i) * 1e-6)
            .collect();
        let found = drift(&[times.clone(), times]).expect("rounds");
        assert!((found.ratio - 1.5).abs() < 1e-3, "{found:?}");
        assert!(found.is_told());
        let times: Vec<f64> = (0..20).map(|i| 1.0 + f64::from(i) * 1e-3).collect();
        let found = drift(&[times]).expect("rounds");
        assert!(found.p_value < 1e-3 && !found.is_told(), "{found:?}");
    }

    #[test]
    fn what_is_too_little_says_nothing() {
        assert_eq!(drift(&[]), None);
        assert_eq!(drift(&[vec![]]), None);
        assert_eq!(drift(&[vec![1.0]]), None);
        assert!(!drift(&[vec![1.0, 2.0]]).expect("two").is_told());
        assert!(drift(&[vec![f64::NAN; 12]]).is_some());
    }
}
