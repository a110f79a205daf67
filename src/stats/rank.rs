//! Whether one set of samples tends to be larger than another, by ranks alone.

use statrs::distribution::{ContinuousCDF, Normal};

/// Up to how many pairs of samples, one of each set, the distribution is counted out: two sets of
/// 50, past which the normal approximation errs by less than 0.002.
const EXACT_PAIRS_MAX: usize = 2_500;

/// What the rank test of two sets came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankTest {
    /// In how many pairs of a sample of each set that of the first is the larger; equal ones count
    /// one half. From 0 to the number of pairs.
    pub u: f64,
    /// How often two sets from one and the same distribution would lie as far apart or farther, in
    /// either direction. From 0 to 1.
    pub p_value: f64,
}

/// The two-sided Mann–Whitney U test, also called Wilcoxon rank-sum test; `None` when a set is
/// empty.
///
/// Exact for sets without equal samples whose sizes multiply to 2,500 at most; else by the normal
/// approximation, corrected for ties and for continuity.
///
/// Source: H. B. Mann and D. R. Whitney, *On a test of whether one of two random variables is
/// stochastically larger than the other*, Annals of Mathematical Statistics 18 (1947); for ties
/// E. L. Lehmann, *Nonparametrics*, Holden-Day 1975, chapter 1.
//
// Not statrs' own test: 0.19, which has it, needs a newer compiler than this crate asks for, answers
// 1 for small sets unless the first is the larger, and counts by walking every combination.
#[must_use]
pub fn mann_whitney(a: &[f64], b: &[f64]) -> Option<RankTest> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let Ranking { u, ties } = rank(a, b);
    let pairs = a.len() * b.len();
    let p_value = if ties == 0.0 && pairs <= EXACT_PAIRS_MAX {
        exact_p_value(u, a.len(), b.len())
    } else {
        approximate_p_value(u, ties, a.len() as f64, b.len() as f64)
    };
    Some(RankTest { u, p_value })
}

/// Two sets ranked as one.
struct Ranking {
    u: f64,
    /// The sum of t³ − t over the groups of t equal samples.
    ties: f64,
}

fn rank(a: &[f64], b: &[f64]) -> Ranking {
    let in_a = a.iter().map(|x| (*x, true));
    let mut pooled: Vec<(f64, bool)> = in_a.chain(b.iter().map(|x| (*x, false))).collect();
    pooled.sort_unstable_by(|(x, _), (y, _)| x.total_cmp(y));
    let (mut ranked, mut rank_sum, mut ties) = (0.0, 0.0, 0.0);
    for equal in pooled.chunk_by(|(x, _), (y, _)| x == y) {
        let size = equal.len() as f64;
        let of_a = equal.iter().filter(|(_, in_a)| *in_a).count() as f64;
        rank_sum += of_a * (ranked + (size + 1.0) / 2.0);
        ties += size.powi(3) - size;
        ranked += size;
    }
    let rank_sum_min = (a.len() * (a.len() + 1) / 2) as f64;
    Ranking {
        u: rank_sum - rank_sum_min,
        ties,
    }
}

fn exact_p_value(u: f64, a_len: usize, b_len: usize) -> f64 {
    let nearer_end = u.min((a_len * b_len) as f64 - u) as usize;
    let tail: f64 = distribution(a_len, b_len)[..=nearer_end].iter().sum();
    (2.0 * tail).min(1.0)
}

/// The chance of each U from 0 to `a_len` · `b_len` when every order of the samples is as likely.
///
/// The largest sample is one of the first set with a chance of a / (a + b), and is then larger than
/// all b of the other; without it there are a − 1 and b. So says the recurrence of the paper, here
/// in chances, which unlike counts can't overflow.
fn distribution(a_len: usize, b_len: usize) -> Vec<f64> {
    let mut of_b_len = vec![vec![1.0]; b_len + 1];
    for a in 1..=a_len {
        for b in 1..=b_len {
            let share_of_a = a as f64 / (a + b) as f64;
            let mut chances = vec![0.0; a * b + 1];
            for (chance, without) in chances[b..].iter_mut().zip(&of_b_len[b]) {
                *chance += share_of_a * without;
            }
            for (chance, without) in chances.iter_mut().zip(&of_b_len[b - 1]) {
                *chance += (1.0 - share_of_a) * without;
            }
            of_b_len[b] = chances;
        }
    }
    of_b_len.swap_remove(b_len)
}

fn approximate_p_value(u: f64, ties: f64, a_len: f64, b_len: f64) -> f64 {
    let (pairs, len) = (a_len * b_len, a_len + b_len);
    let variance = pairs / 12.0 * (len + 1.0 - ties / (len * (len - 1.0)));
    // U moves in steps, so half of one is taken off its distance from the mean.
    let distance = (u - pairs / 2.0).abs() - 0.5;
    // Also when all samples are equal, where the variance is 0.
    if distance <= 0.0 {
        return 1.0;
    }
    (2.0 * Normal::standard().sf(distance / variance.sqrt())).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn assert_test(a: &[f64], b: &[f64], u: f64, p_value: f64) {
        let test = mann_whitney(a, b).unwrap();
        assert_eq!(test.u, u);
        assert!((test.p_value - p_value).abs() < 1e-10, "{test:?}");
    }

    /// The ages at which diabetes was found in men and women, in the documentation of
    /// `scipy.stats.mannwhitneyu`.
    #[test]
    fn the_example_of_scipy_comes_out() {
        let men = [19.0, 22.0, 16.0, 29.0, 24.0];
        let women = [20.0, 11.0, 17.0, 12.0];
        assert_test(&men, &women, 17.0, 1.0 / 9.0);
        assert_test(&women, &men, 3.0, 1.0 / 9.0);
    }

    /// M. Hollander and D. A. Wolfe, *Nonparametric Statistical Methods*, Wiley 1973, page 69, the
    /// permeability of the chorioamnion at term and before: one-sided 0.1272 in R's
    /// `help(wilcox.test)`.
    #[test]
    fn the_example_of_hollander_and_wolfe_comes_out() {
        let term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        let before = [1.15, 0.88, 0.90, 0.74, 1.21];
        assert_test(&term, &before, 35.0, 0.2544122544122544);
        assert!((0.2544122544122544f64 / 2.0 - 0.1272).abs() < 5e-5);
    }

    /// Expected values by `scipy.stats.mannwhitneyu`, SciPy 1.17.
    #[test]
    fn ties_and_large_sets_agree_with_scipy() {
        let a = [1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 5.0, 7.0, 8.0];
        let b = [2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 6.0, 7.0, 9.0];
        assert_test(&a, &b, 29.0, 0.20106159232371645);

        let steps = |len: u32, by: u32, round: u32| {
            let step = move |i| f64::from(i * by % round);
            (0..len).map(step).collect::<Vec<f64>>()
        };
        let moved = |set: Vec<f64>, by: f64| set.iter().map(|x| x + by).collect::<Vec<f64>>();
        let exact = (steps(30, 7, 31), moved(steps(40, 11, 41), 4.75));
        assert_test(&exact.0, &exact.1, 331.0, 0.0011877838426054125);
        let approximate = (steps(60, 7, 61), moved(steps(60, 11, 67), 9.25));
        assert_test(
            &approximate.0,
            &approximate.1,
            1145.0,
            0.0005920421458944252,
        );
    }

    #[test]
    fn the_smallest_sets_say_nothing() {
        assert_eq!(mann_whitney(&[], &[1.0]), None);
        assert_eq!(mann_whitney(&[1.0], &[]), None);
        assert_test(&[1.0], &[2.0], 0.0, 1.0);
        assert_test(&[5.0; 3], &[5.0; 4], 6.0, 1.0);
    }

    #[test]
    fn what_is_not_finite_panics_nowhere() {
        let odd = [f64::NAN, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        assert!(mann_whitney(&odd, &odd).is_some());
    }

    #[test]
    fn at_the_border_both_ways_agree() {
        for u in [0, 700, 900, 1_000, 1_100, 1_200, 1_249] {
            let u = f64::from(u);
            let apart = exact_p_value(u, 50, 50) - approximate_p_value(u, 0.0, 50.0, 50.0);
            assert!(apart.abs() < 2e-3, "{u}: {apart}");
        }
    }

    proptest! {
        #[test]
        fn every_u_has_its_chance_from_both_ends(a in 1usize..20, b in 1usize..20) {
            let chances = distribution(a, b);
            prop_assert_eq!(chances.len(), a * b + 1);
            prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for (low, high) in chances.iter().zip(chances.iter().rev()) {
                prop_assert!((low - high).abs() < 1e-15);
            }
        }

        #[test]
        fn neither_the_order_of_the_sets_nor_of_their_samples_matters(
            a in prop::collection::vec(0u8..50, 1..30),
            b in prop::collection::vec(0u8..50, 1..30),
        ) {
            let set = |samples: &[u8]| samples.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
            let reversed = |samples: &[u8]| samples.iter().rev().map(|x| f64::from(*x)).collect::<Vec<f64>>();
            let test = mann_whitney(&set(&a), &set(&b)).unwrap();
            prop_assert!((0.0..=1.0).contains(&test.p_value));
            prop_assert_eq!(Some(test), mann_whitney(&reversed(&a), &reversed(&b)));
            let swapped = mann_whitney(&set(&b), &set(&a)).unwrap();
            prop_assert_eq!(swapped.u, (a.len() * b.len()) as f64 - test.u);
            prop_assert!((swapped.p_value - test.p_value).abs() < 1e-12);
            let cubed = |samples: &[u8]| set(samples).iter().map(|x| x.powi(3)).collect::<Vec<f64>>();
            prop_assert_eq!(Some(test), mann_whitney(&cubed(&a), &cubed(&b)));
        }
    }
}
