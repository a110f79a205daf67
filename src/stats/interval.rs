//! Confidence intervals between samples: of a median, and of the ratio of two medians.
//!
//! They rest on ranks alone, so they hold whatever the samples are distributed like. A bootstrap of
//! the median does not: of 7 samples its 95% interval holds the true median in 87% of all sessions.

use super::median::{middle, sorted};
use super::{CONFIDENCE, Interval};

/// From how many samples in each set the interval of a ratio takes into account that both medians
/// are seldom off in opposite directions at once.
const COMBINED_FROM: usize = 10;

/// The fewest samples in each set of which the interval of a ratio has [`CONFIDENCE`].
const RATIO_SAMPLES_MIN: usize = 5;

/// Up to how many samples the chances are counted out; past it the normal approximation is off by
/// less than one rank.
const EXACT_SAMPLES_MAX: usize = 1_000;

/// The 97.5th percentile of the standard normal distribution.
const NORMAL_97_5: f64 = 1.959_964;

/// The interval of the median of what the samples were drawn from, around their
/// [`median`](super::median): the narrowest pair of samples, as far from either end, that holds it
/// with [`CONFIDENCE`] at least; [`median_confidence`] says with how much.
///
/// `None` under 2 samples. Under 6 no interval between samples can be that sure, and this is the
/// whole range.
///
/// Source: H. A. David and H. N. Nagaraja, *Order Statistics*, Wiley 2003, section 7.1.
#[must_use]
pub fn median_interval(samples: &[f64]) -> Option<Interval> {
    at_least_two(samples).map(|samples| of_sorted(&samples))
}

/// How often [`median_interval`] holds the median, when it has this many samples: 93.75% of 5. At
/// least that: it is more where samples can be equal.
///
/// `None` under 2 samples.
#[must_use]
pub fn median_confidence(samples: usize) -> Option<f64> {
    (samples >= 2).then(|| match samples {
        0..=EXACT_SAMPLES_MAX => exact_rank(samples).1,
        _ => CONFIDENCE,
    })
}

/// The interval of the ratio of two medians, such as a speedup, from two sets that were sampled
/// independently and lie above 0.
///
/// Of few samples it spans every ratio of what the intervals of the two medians hold; of 10 or more
/// in each set, the distances of their ends from the medians are added as independent errors are, on
/// a logarithmic scale. [`ratio_confidence`] says how sure it is.
///
/// `None` when either set has under 2 samples.
///
/// Source: G. Y. Zou and A. Donner, *Construction of confidence limits about effect measures*,
/// Statistics in Medicine 27 (2008), which calls it the method of variance estimates recovery.
#[must_use]
pub fn ratio_interval(numerator: &[f64], denominator: &[f64]) -> Option<Interval> {
    let (numerator, denominator) = (at_least_two(numerator)?, at_least_two(denominator)?);
    let (over, under) = (of_sorted(&numerator), of_sorted(&denominator));
    let widest = Interval {
        low: over.low / under.high,
        high: over.high / under.low,
    };
    if numerator.len().min(denominator.len()) < COMBINED_FROM {
        return Some(widest);
    }
    let (over_median, under_median) = (middle(&numerator), middle(&denominator));
    let off = |a: f64, b: f64| a.ln().hypot(b.ln()).exp();
    let ratio = over_median / under_median;
    let combined = Interval {
        low: ratio / off(over_median / over.low, under.high / under_median),
        high: ratio * off(over.high / over_median, under_median / under.low),
    };
    // What is 0 or infinite has no logarithm to add.
    let known = combined.low.is_finite() && combined.high.is_finite();
    Some(if known { combined } else { widest })
}

/// How sure [`ratio_interval`] is, when it has this many samples in each set: [`CONFIDENCE`] of 5 and
/// more, as the simulations in this file show, and that of a median of fewer.
///
/// `None` when either set has under 2 samples.
#[must_use]
pub fn ratio_confidence(numerator: usize, denominator: usize) -> Option<f64> {
    let fewest = numerator.min(denominator);
    match fewest >= RATIO_SAMPLES_MIN {
        true => Some(CONFIDENCE),
        false => median_confidence(fewest),
    }
}

/// The interval that a decision may rest on, whatever the number of samples: under 5 samples the one
/// around `centre` is too unsure, and is widened to what holds the median of normal and log-normal times
/// with [`CONFIDENCE`].
///
/// Source: E. Lord, *The use of range in place of standard deviation in the t-test*, Biometrika 34
/// (1947), whose factors of the range are here those of half the range.
#[must_use]
pub fn wary(interval: Interval, centre: f64, samples: usize) -> Interval {
    let factor = match samples {
        0..=2 => 12.7,
        3 => 2.61,
        4 => 1.43,
        _ => return interval,
    };
    let farther = (interval.high / centre).max(centre / interval.low);
    let off = farther.powf(factor);
    Interval {
        low: centre / off,
        high: centre * off,
    }
}

fn at_least_two(samples: &[f64]) -> Option<Vec<f64>> {
    (samples.len() >= 2).then(|| sorted(samples))
}

fn of_sorted(sorted: &[f64]) -> Interval {
    let rank = rank(sorted.len());
    Interval {
        low: sorted[rank - 1],
        high: sorted[sorted.len() - rank],
    }
}

/// How far from either end the interval begins, counted from 1.
fn rank(samples: usize) -> usize {
    if samples <= EXACT_SAMPLES_MAX {
        return exact_rank(samples).0;
    }
    let half = samples as f64 / 2.0;
    (half - NORMAL_97_5 * (half / 2.0).sqrt()).floor() as usize
}

/// The largest rank that gives [`CONFIDENCE`], or else 1, with the confidence it gives.
///
/// The median lies below the k-th smallest of n samples when fewer than k of them are below the
/// median, each of which is as likely as heads: so it lies outside with twice the chance of fewer
/// than k heads in n throws.
fn exact_rank(samples: usize) -> (usize, f64) {
    let mut chance = 0.5_f64.powi(samples as i32);
    let mut fewer = chance;
    let mut rank = 1;
    loop {
        chance *= (samples + 1 - rank) as f64 / rank as f64;
        if 1.0 - 2.0 * (fewer + chance) < CONFIDENCE {
            return (rank, 1.0 - 2.0 * fewer);
        }
        fewer += chance;
        rank += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::median;
    use super::super::tests::simulation::{SHAPES, Shape};
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::*;

    fn samples() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(1e-3f64..1e3, 2..40)
    }

    /// Expected values by `1 - 2 * sum(comb(n, k) for k in range(rank)) / 2**n` of Python, which counts
    /// in whole numbers.
    #[test]
    fn ranks_and_confidences_are_those_of_whole_numbers() {
        for (samples, rank, confidence) in [
            (2, 1, 0.5),
            (3, 1, 0.75),
            (4, 1, 0.875),
            (5, 1, 0.9375),
            (6, 1, 0.968_75),
            (8, 1, 0.992_187_5),
            (9, 2, 0.960_937_5),
            (10, 2, 0.978_515_6),
            (20, 6, 0.958_611),
            (50, 18, 0.967_161),
        ] {
            let (found, sure) = exact_rank(samples);
            assert_eq!(found, rank, "{samples}");
            assert!((sure - confidence).abs() < 1e-6, "{samples}: {sure}");
            assert_eq!(median_confidence(samples), Some(sure));
        }
        assert_eq!(median_confidence(1), None);
        assert_eq!(median_confidence(1_001), Some(CONFIDENCE));
        assert_eq!(ratio_confidence(5, 50), Some(CONFIDENCE));
        assert_eq!(ratio_confidence(3, 50), Some(0.75));
        assert_eq!(ratio_confidence(1, 50), None);
    }

    #[test]
    fn the_approximation_goes_on_where_the_counting_ends() {
        for samples in [999, 1_000] {
            let half = samples as f64 / 2.0;
            let approximate = (half - NORMAL_97_5 * (half / 2.0).sqrt()).floor();
            let exact = exact_rank(samples).0 as f64;
            assert!((approximate - exact).abs() <= 1.0, "{approximate} {exact}");
        }
        // 470 by counting.
        assert_eq!(rank(1_001), 469);
    }

    const RUNS: [usize; 5] = [5, 7, 10, 20, 50];
    const SESSIONS: usize = 3_000;

    /// In how many sessions of all `held` says yes.
    fn coverage(rng: &mut Rng, mut held: impl FnMut(&mut Rng) -> bool) -> f64 {
        let held = (0..SESSIONS).filter(|_| held(rng)).count();
        held as f64 / SESSIONS as f64
    }

    #[test]
    fn a_median_is_held_as_often_as_is_said() {
        let mut rng = Rng::with_seed(11);
        for shape in SHAPES {
            for runs in RUNS {
                let held = coverage(&mut rng, |rng| {
                    let interval = median_interval(&shape.samples(runs, rng)).unwrap();
                    interval.contains(shape.median())
                });
                // Five standard errors of a share of 3,000 that is 93.75%.
                let said = median_confidence(runs).unwrap().min(0.96);
                assert!(held > said - 0.02, "{shape:?}, {runs}: {held}");
                if runs > 5 {
                    assert!(held >= 0.94, "{shape:?}, {runs}: {held}");
                }
            }
        }
    }

    #[test]
    fn a_ratio_is_held_as_often_as_is_said() {
        let mut rng = Rng::with_seed(12);
        let same = SHAPES.map(|shape| (shape, shape));
        let unlike = [
            (Shape::Normal, Shape::HeavyTailed),
            (Shape::LopsidedBimodal, Shape::Bimodal),
        ];
        for (over, under) in same.into_iter().chain(unlike) {
            for (runs, others) in RUNS.map(|runs| (runs, runs)).into_iter().chain([(5, 50)]) {
                let held = coverage(&mut rng, |rng| {
                    let (a, b) = (over.samples(runs, rng), under.samples(others, rng));
                    let truth = over.median() / under.median();
                    ratio_interval(&a, &b).unwrap().contains(truth)
                });
                assert!(held >= 0.94, "{over:?}, {under:?}, {runs}: {held}");
            }
        }
    }

    #[test]
    fn few_samples_decide_as_surely_as_many() {
        let mut rng = Rng::with_seed(14);
        for shape in [Shape::Normal, Shape::LogNormal, Shape::HeavyTailed] {
            for runs in 2..=5 {
                let (mut of_medians, mut of_ratios) = (0, 0);
                for _ in 0..SESSIONS {
                    let (a, b) = (shape.samples(runs, &mut rng), shape.samples(runs, &mut rng));
                    let centre = median(&a).unwrap();
                    let interval = wary(median_interval(&a).unwrap(), centre, runs);
                    of_medians += usize::from(interval.contains(shape.median()));
                    let ratio = centre / median(&b).unwrap();
                    let interval = wary(ratio_interval(&a, &b).unwrap(), ratio, runs);
                    of_ratios += usize::from(interval.contains(1.0));
                }
                let [of_medians, of_ratios] =
                    [of_medians, of_ratios].map(|held| held as f64 / SESSIONS as f64);
                // Half of a Cauchy distribution is held by two samples in 93.9% of all sessions.
                assert!(of_medians >= 0.925, "{shape:?}, {runs}: {of_medians}");
                assert!(of_ratios >= 0.94, "{shape:?}, {runs}: {of_ratios}");
            }
        }
    }

    #[test]
    fn a_decision_rests_on_the_farther_end_of_few_samples() {
        let interval = Interval {
            low: 1.9,
            high: 2.2,
        };
        let wider = wary(interval, 2.0, 3);
        assert!((wider.high - 2.0 * 1.1_f64.powf(2.61)).abs() < 1e-12);
        assert!((wider.low - 2.0 / 1.1_f64.powf(2.61)).abs() < 1e-12);
        assert_eq!(wary(interval, 2.0, 5), interval);
    }

    /// The bootstrap that stood here before would not have passed.
    #[test]
    fn a_range_that_is_too_narrow_is_found_out() {
        let mut rng = Rng::with_seed(13);
        let held = coverage(&mut rng, |rng| {
            let samples = sorted(&Shape::LogNormal.samples(7, rng));
            (samples[1]..=samples[5]).contains(&1.0)
        });
        assert!((0.85..0.90).contains(&held), "{held}");
    }

    #[test]
    fn more_samples_make_it_narrower() {
        let mut rng = Rng::with_seed(3);
        let all = Shape::LogNormal.samples(10_000, &mut rng);
        let width = |len: usize| {
            let interval = median_interval(&all[..len]).unwrap();
            interval.relative_half_width(1.0)
        };
        assert!(width(10_000) < width(1_000) / 2.0);
        assert!(width(1_000) < width(100) / 2.0);
    }

    #[test]
    fn too_few_samples_have_no_interval() {
        let (none, one, two) = (&[][..], &[1.0][..], &[1.0, 2.0][..]);
        assert_eq!(median_interval(none), None);
        assert_eq!(median_interval(one), None);
        assert_eq!(ratio_interval(one, two), None);
        assert_eq!(ratio_interval(two, one), None);
        let range = Interval {
            low: 1.0,
            high: 2.0,
        };
        assert_eq!(median_interval(two), Some(range));
    }

    #[test]
    fn what_is_not_finite_panics_nowhere() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0];
        assert!(median_interval(&odd).is_some());
        assert!(ratio_interval(&odd, &[0.0, 0.0]).is_some());
        let odd = odd.repeat(5);
        assert!(ratio_interval(&odd, &odd).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_lies_within_the_samples_around_their_median(samples in samples()) {
            let interval = median_interval(&samples).unwrap();
            prop_assert!(interval.contains(median(&samples).unwrap()));
            let sorted = sorted(&samples);
            prop_assert!(sorted[0] <= interval.low && interval.high <= sorted[sorted.len() - 1]);
        }

        #[test]
        fn the_order_makes_no_difference_but_that_of_the_sets_does(samples in samples(), other in samples()) {
            let reversed: Vec<f64> = samples.iter().rev().copied().collect();
            prop_assert_eq!(median_interval(&samples), median_interval(&reversed));
            let (there, back) = (ratio_interval(&samples, &other).unwrap(), ratio_interval(&other, &reversed).unwrap());
            prop_assert!((there.low * back.high - 1.0).abs() < 1e-9);
            prop_assert!((there.high * back.low - 1.0).abs() < 1e-9);
        }

        #[test]
        fn a_ratio_scales_with_its_numerator_and_holds_1_for_equal_sets(samples in samples(), other in samples()) {
            prop_assert!(ratio_interval(&samples, &samples).unwrap().contains(1.0));
            let doubled: Vec<f64> = samples.iter().map(|x| 2.0 * x).collect();
            let (once, twice) = (ratio_interval(&samples, &other).unwrap(), ratio_interval(&doubled, &other).unwrap());
            prop_assert!((twice.low / once.low - 2.0).abs() < 1e-9);
            prop_assert!((twice.high / once.high - 2.0).abs() < 1e-9);
            let ratio = median(&samples).unwrap() / median(&other).unwrap();
            prop_assert!(once.low <= ratio * (1.0 + 1e-12) && ratio <= once.high * (1.0 + 1e-12));
        }
    }
}
