//! Confidence intervals by resampling: of a median, and of the ratio of two medians.
//!
//! Source: B. Efron and R. J. Tibshirani, *An Introduction to the Bootstrap*, Chapman & Hall 1993,
//! chapter 13, the percentile interval.

use super::median::{middle, sorted};
use super::{CONFIDENCE, Interval};
use fastrand::Rng;
use std::f64::consts::TAU;

/// Enough that either end rests on 50 resamples beyond it; the book asks for 1,000 at least.
const RESAMPLES: usize = 2_000;

/// The [`CONFIDENCE`] interval of the median of what the samples were drawn from: the same for the
/// same samples and seed, and always around their [`median`](super::median).
///
/// `None` under 2 samples. Under 6, no interval between samples can be that sure: the whole range
/// of `n` samples, which this comes to then, holds the true median with a chance of 1 − 2^(1−n),
/// 50% for 2 and 94% for 5.
///
/// Costs a sort of the samples and, however many they are, a fraction of a millisecond.
#[must_use]
pub fn median_interval(samples: &[f64], seed: u64) -> Option<Interval> {
    let samples = at_least_two(samples)?;
    let mut rng = Rng::with_seed(seed);
    let draw = || resampled_median(&samples, &mut rng);
    Some(percentile_interval(middle(&samples), draw))
}

/// The [`CONFIDENCE`] interval of the ratio of two medians, such as a speedup, from two sets that
/// were sampled independently; as [`median_interval`] in all else.
///
/// `None` when either set has under 2 samples. Samples of the denominator are above 0.
#[must_use]
pub fn ratio_interval(numerator: &[f64], denominator: &[f64], seed: u64) -> Option<Interval> {
    let (numerator, denominator) = (at_least_two(numerator)?, at_least_two(denominator)?);
    let mut rng = Rng::with_seed(seed);
    let draw = || resampled_median(&numerator, &mut rng) / resampled_median(&denominator, &mut rng);
    let ratio = middle(&numerator) / middle(&denominator);
    Some(percentile_interval(ratio, draw))
}

fn at_least_two(samples: &[f64]) -> Option<Vec<f64>> {
    (samples.len() >= 2).then(|| sorted(samples))
}

/// The middle share of the estimates from resamples, widened to the estimate from the samples
/// themselves should that lie outside.
fn percentile_interval(estimate: f64, resampled_estimate: impl FnMut() -> f64) -> Interval {
    let mut estimates: Vec<f64> = std::iter::repeat_with(resampled_estimate)
        .take(RESAMPLES)
        .collect();
    estimates.sort_unstable_by(f64::total_cmp);
    let beyond = ((1.0 - CONFIDENCE) / 2.0 * RESAMPLES as f64).round() as usize;
    Interval {
        low: estimates[beyond].min(estimate),
        high: estimates[RESAMPLES - 1 - beyond].max(estimate),
    }
}

/// The median of as many draws from `sorted`, with replacement, as it has samples.
///
/// The median of a resample takes only its one or two middle draws, so only these are drawn, at
/// the same cost for 10,000 samples as for 10: ordered uniform draws fall at the running sums of
/// one more exponential than there are draws, over the sum of them all, and a sum of exponentials
/// is one gamma variate (L. Devroye, *Non-Uniform Random Variate Generation*, Springer 1986,
/// chapter V, section 2).
fn resampled_median(sorted: &[f64], rng: &mut Rng) -> f64 {
    let len = sorted.len();
    let half = len.div_ceil(2) as f64;
    let below = gamma(half, rng);
    let between = if len.is_multiple_of(2) {
        exponential(rng)
    } else {
        0.0
    };
    let sum = below + between + gamma(half, rng);
    let at = |position: f64| sorted[((position / sum * len as f64) as usize).min(len - 1)];
    f64::midpoint(at(below), at(below + between))
}

fn exponential(rng: &mut Rng) -> f64 {
    -(1.0 - rng.f64()).ln()
}

/// Source: G. E. P. Box and M. E. Muller, Annals of Mathematical Statistics 29 (1958).
fn normal(rng: &mut Rng) -> f64 {
    (2.0 * exponential(rng)).sqrt() * (TAU * rng.f64()).cos()
}

/// A gamma variate of scale 1 and a shape from 1 on.
///
/// Source: G. Marsaglia and W. W. Tsang, *A simple method for generating gamma variables*, ACM
/// Transactions on Mathematical Software 26 (2000).
fn gamma(shape: f64, rng: &mut Rng) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(rng);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && -exponential(rng) < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::median;
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn samples() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(1e-3f64..1e3, 2..40)
    }

    fn lognormal(len: usize, rng: &mut Rng) -> Vec<f64> {
        (0..len).map(|_| normal(rng).exp()).collect()
    }

    /// Over every resample there is, each as likely as the others.
    fn distribution_of_medians(len: usize) -> BTreeMap<u64, f64> {
        let resamples = len.pow(len as u32);
        let mut shares = BTreeMap::new();
        for resample in 0..resamples {
            let digit = |place| (resample / len.pow(place) % len) as f64;
            let drawn: Vec<f64> = (0..len as u32).map(digit).collect();
            let doubled = (2.0 * median(&drawn).unwrap()) as u64;
            *shares.entry(doubled).or_insert(0.0) += 1.0 / resamples as f64;
        }
        shares
    }

    #[test]
    fn medians_are_drawn_as_from_whole_resamples() {
        const DRAWS: usize = 40_000;
        for len in 2..=6 {
            let sorted: Vec<f64> = (0..len).map(|i| i as f64).collect();
            let mut rng = Rng::with_seed(7);
            let mut drawn = BTreeMap::new();
            for _ in 0..DRAWS {
                let doubled = (2.0 * resampled_median(&sorted, &mut rng)) as u64;
                *drawn.entry(doubled).or_insert(0.0) += 1.0 / DRAWS as f64;
            }
            for (doubled, share) in distribution_of_medians(len) {
                let seen = drawn.get(&doubled).copied().unwrap_or_default();
                let far = 5.0 * (share * (1.0 - share) / DRAWS as f64).sqrt();
                assert!(
                    (seen - share).abs() < far,
                    "{len}: {doubled}: {seen} {share}"
                );
            }
        }
    }

    /// The treated mice of the book, table 2.1, and two made-up sets. Expected values by
    /// `scipy.stats.bootstrap`, SciPy 1.17, with `method="percentile"` and 200,000 resamples.
    #[test]
    fn intervals_agree_with_scipy() {
        let treated = [94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0];
        let numerator: Vec<f64> = (101..=125).map(f64::from).collect();
        let denominator: Vec<f64> = (51..=74).map(f64::from).collect();
        for seed in 0..20 {
            let interval = median_interval(&treated, seed).unwrap();
            assert_eq!((interval.low, interval.high), (23.0, 141.0));
            let interval = ratio_interval(&numerator, &denominator, seed).unwrap();
            assert!((interval.low - 1.6667).abs() < 0.02, "{interval:?}");
            assert!((interval.high - 1.9661).abs() < 0.02, "{interval:?}");
        }
    }

    #[test]
    fn intervals_hold_the_truth_as_often_as_they_should() {
        const SETS: u64 = 400;
        let mut rng = Rng::with_seed(1);
        let (mut medians_held, mut ratios_held) = (0, 0);
        for seed in 0..SETS {
            let (a, b) = (lognormal(20, &mut rng), lognormal(21, &mut rng));
            medians_held += u64::from(median_interval(&a, seed).unwrap().contains(1.0));
            ratios_held += u64::from(ratio_interval(&a, &b, seed).unwrap().contains(1.0));
        }
        for held in [medians_held, ratios_held] {
            let coverage = held as f64 / SETS as f64;
            assert!((0.90..=0.99).contains(&coverage), "{coverage}");
        }
    }

    #[test]
    fn more_samples_make_it_narrower() {
        let mut rng = Rng::with_seed(3);
        let all = lognormal(10_000, &mut rng);
        let width = |len: usize| {
            let interval = median_interval(&all[..len], 1).unwrap();
            interval.relative_half_width(1.0)
        };
        assert!(width(10_000) < width(1_000) / 2.0);
        assert!(width(1_000) < width(100) / 2.0);
    }

    #[test]
    fn too_few_samples_have_no_interval() {
        let (none, one, two) = (&[][..], &[1.0][..], &[1.0, 2.0][..]);
        assert_eq!(median_interval(none, 1), None);
        assert_eq!(median_interval(one, 1), None);
        assert_eq!(ratio_interval(one, two, 1), None);
        assert_eq!(ratio_interval(two, one, 1), None);
        let range = Interval {
            low: 1.0,
            high: 2.0,
        };
        assert_eq!(median_interval(two, 1), Some(range));
    }

    #[test]
    fn what_is_not_finite_panics_nowhere() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0];
        assert!(median_interval(&odd, 1).is_some());
        assert!(ratio_interval(&odd, &[0.0, 0.0], 1).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_lies_within_the_samples_around_their_median(samples in samples(), seed: u64) {
            let interval = median_interval(&samples, seed).unwrap();
            prop_assert!(interval.contains(median(&samples).unwrap()));
            let sorted = sorted(&samples);
            prop_assert!(sorted[0] <= interval.low && interval.high <= sorted[sorted.len() - 1]);
        }

        #[test]
        fn the_same_samples_and_seed_give_the_same(samples in samples(), seed: u64) {
            let reversed: Vec<f64> = samples.iter().rev().copied().collect();
            prop_assert_eq!(median_interval(&samples, seed), median_interval(&reversed, seed));
            prop_assert_eq!(ratio_interval(&samples, &reversed, seed), ratio_interval(&reversed, &samples, seed));
        }

        #[test]
        fn it_scales_and_shifts_with_the_samples(samples in samples(), seed: u64, k in 0.1f64..10.0) {
            let interval = median_interval(&samples, seed).unwrap();
            let changed: Vec<f64> = samples.iter().map(|x| k * x + 5.0).collect();
            let expected = [interval.low, interval.high].map(|x| k * x + 5.0);
            let interval = median_interval(&changed, seed).unwrap();
            prop_assert!((interval.low - expected[0]).abs() < 1e-9 * expected[0]);
            prop_assert!((interval.high - expected[1]).abs() < 1e-9 * expected[1]);
        }

        #[test]
        fn a_ratio_scales_with_its_numerator_and_holds_1_for_equal_sets(samples in samples(), other in samples(), seed: u64) {
            prop_assert!(ratio_interval(&samples, &samples, seed).unwrap().contains(1.0));
            let doubled: Vec<f64> = samples.iter().map(|x| 2.0 * x).collect();
            let (once, twice) = (ratio_interval(&samples, &other, seed).unwrap(), ratio_interval(&doubled, &other, seed).unwrap());
            prop_assert_eq!((twice.low, twice.high), (2.0 * once.low, 2.0 * once.high));
        }
    }
}
