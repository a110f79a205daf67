//! The median, and the median distance from it.

/// The middle sample, or the mean of the two middle ones; `None` without samples.
#[must_use]
pub fn median(samples: &[f64]) -> Option<f64> {
    (!samples.is_empty()).then(|| middle(&sorted(samples)))
}

/// The median absolute deviation: the median distance of the samples from their median, in their
/// unit, not scaled to a standard deviation; `None` without samples.
///
/// Source: F. R. Hampel, *The influence curve and its role in robust estimation*, Journal of the
/// American Statistical Association 69 (1974).
#[must_use]
pub fn mad(samples: &[f64]) -> Option<f64> {
    let centre = median(samples)?;
    let distances: Vec<f64> = samples.iter().map(|x| (x - centre).abs()).collect();
    median(&distances)
}

/// The samples in ascending order.
pub(super) fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The median of samples that are in order.
///
/// # Panics
/// Without samples.
pub(super) fn middle(sorted: &[f64]) -> f64 {
    let len = sorted.len();
    f64::midpoint(sorted[(len - 1) / 2], sorted[len / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R's `help(mad)`: `mad(c(1:9))` is 2.9652, which is 2 times R's constant of 1.4826.
    #[test]
    fn the_middle_and_the_distance_from_it_are_right() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[7.0]), Some(7.0));
        let one_to_nine: Vec<f64> = (1..=9).map(f64::from).collect();
        assert_eq!(mad(&one_to_nine), Some(2.0));
        assert_eq!(mad(&[7.0]), Some(0.0));
        assert_eq!((median(&[]), mad(&[])), (None, None));
    }

    #[test]
    fn what_is_not_finite_panics_nowhere() {
        assert_eq!(median(&[f64::NAN, 1.0, 2.0]), Some(2.0));
        assert!(mad(&[f64::INFINITY, f64::INFINITY]).is_some());
    }

    proptest! {
        #[test]
        fn half_of_the_samples_lie_on_either_side(samples in prop::collection::vec(-1e6f64..1e6, 1..40)) {
            let centre = median(&samples).unwrap();
            let count = |far: fn(&f64, &f64) -> bool| samples.iter().filter(|x| far(x, &centre)).count();
            prop_assert!(count(f64::lt) <= samples.len() / 2);
            prop_assert!(count(f64::gt) <= samples.len() / 2);
        }

        #[test]
        fn doubled_and_shifted_samples_double_and_shift_it(samples in prop::collection::vec(0f64..1e6, 1..40)) {
            let doubled: Vec<f64> = samples.iter().map(|x| 2.0 * x).collect();
            prop_assert_eq!(median(&doubled), median(&samples).map(|x| 2.0 * x));
            prop_assert_eq!(mad(&doubled), mad(&samples).map(|x| 2.0 * x));
            let shifted: Vec<f64> = samples.iter().map(|x| x + 1e3).collect();
            prop_assert!((mad(&shifted).unwrap() - mad(&samples).unwrap()).abs() < 1e-8);
        }
    }
}
