//! Samples that stand apart from the others of their set.

use super::median::{mad, median};

/// From which distance a sample stands apart, as a modified z-score.
pub const OUTLIER_Z: f64 = 3.5;

/// The median absolute deviation of the standard normal distribution.
const NORMAL_MAD: f64 = 0.6745;

/// One over the mean absolute deviation of the standard normal distribution: √(π/2).
const INVERSE_NORMAL_MEAN_AD: f64 = 1.253314;

/// A sample that stands apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// Its place in the set, from 0.
    pub index: usize,
    /// How far from the median it lies, as a modified z-score: in standard deviations, were the
    /// rest of the set normal. Above 0 when it is larger than the median.
    pub z: f64,
}

/// The samples whose modified z-score lies farther from 0 than [`OUTLIER_Z`], in their order.
///
/// When half of the samples equal the median, their median distance from it is 0, and the mean
/// distance is used instead. When that is 0 too, all are equal and none stands apart.
///
/// Source: B. Iglewicz and D. C. Hoaglin, *How to Detect and Handle Outliers*, ASQC Quality Press
/// 1993; the NIST/SEMATECH *e-Handbook of Statistical Methods*, section 1.3.5.17, has it too. The
/// mean distance in its stead is that of IBM SPSS.
#[must_use]
pub fn outliers(samples: &[f64]) -> Vec<Outlier> {
    let Some((centre, deviation)) = centre_and_deviation(samples) else {
        return Vec::new();
    };
    let scores = samples.iter().map(|x| (x - centre) / deviation);
    let scored = scores.enumerate().map(|(index, z)| Outlier { index, z });
    scored.filter(|sample| sample.z.abs() > OUTLIER_Z).collect()
}

/// The median, and an estimate of the standard deviation that outliers don't move.
fn centre_and_deviation(samples: &[f64]) -> Option<(f64, f64)> {
    let (centre, mad) = (median(samples)?, mad(samples)?);
    if mad > 0.0 {
        return Some((centre, mad / NORMAL_MAD));
    }
    let distances: f64 = samples.iter().map(|x| (x - centre).abs()).sum();
    let mean_ad = distances / samples.len() as f64;
    (mean_ad > 0.0).then_some((centre, mean_ad * INVERSE_NORMAL_MEAN_AD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of Iglewicz and Hoaglin, in which the two largest hide one another from a plain
    /// z-score: its MAD is 0.15, its median 2.45.
    #[test]
    fn the_example_of_the_book_comes_out() {
        let samples = [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3];
        let found = outliers(&samples);
        let places: Vec<usize> = found.iter().map(|outlier| outlier.index).collect();
        assert_eq!(places, [8, 9]);
        assert!((found[0].z - 25.8558).abs() < 1e-4, "{found:?}");
        assert!((found[1].z - 26.3055).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn the_mean_distance_stands_in_for_a_median_distance_of_0() {
        let mut samples = [1.0; 10];
        assert_eq!(outliers(&samples), []);
        samples[3] = 0.5;
        let [outlier] = outliers(&samples)[..] else {
            panic!("one outlier")
        };
        assert_eq!(outlier.index, 3);
        assert!((outlier.z - -10.0 / 1.253314).abs() < 1e-9, "{outlier:?}");
    }

    #[test]
    fn few_samples_have_none() {
        assert_eq!(outliers(&[]), []);
        assert_eq!(outliers(&[1.0]), []);
        assert_eq!(outliers(&[1.0, 100.0]), []);
        assert_eq!(outliers(&[f64::NAN, 1.0, f64::INFINITY]), []);
    }

    proptest! {
        #[test]
        fn they_are_the_same_in_every_unit(
            samples in prop::collection::vec(1u32..1_000, 1..40),
            far in 5_000u32..9_000,
        ) {
            let mut samples: Vec<f64> = samples.into_iter().map(f64::from).collect();
            samples.push(f64::from(far));
            let found = outliers(&samples);
            let halved: Vec<f64> = samples.iter().map(|x| x / 2.0).collect();
            prop_assert_eq!(&outliers(&halved), &found);
            let shifted: Vec<f64> = samples.iter().map(|x| x + 4_096.0).collect();
            prop_assert_eq!(outliers(&shifted), found);
        }

        #[test]
        fn at_most_half_of_the_samples_stand_apart(samples in prop::collection::vec(-1e3f64..1e3, 1..40)) {
            prop_assert!(outliers(&samples).len() <= samples.len() / 2);
        }
    }
}
