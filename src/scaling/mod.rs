//! What more workers bought, as pure functions of timings: speedup and efficiency, and the laws of
//! Amdahl and Gunther fitted to timings at several worker counts, that of Gustafson to work that grows
//! with them.
//!
//! ```
//! use partask::scaling::{Point, Usl};
//!
//! let timings = [(1, 10.0), (2, 5.6), (4, 3.4), (8, 2.5)];
//! let points = timings.map(|(workers, elapsed_s)| Point { workers, elapsed_s, weight: 1.0 });
//! let law = Usl::fit(&points)?;
//! assert!(law.speedup(16.0) < 5.0, "sixteen workers would not bring much more");
//! # Ok::<(), partask::scaling::FitError>(())
//! ```

mod amdahl;
mod fit;
mod gustafson;
mod least_squares;
mod usl;

pub use amdahl::Amdahl;
pub use fit::{FitError, Point};
pub use gustafson::{Gustafson, gustafson_fraction};
pub use usl::Usl;

/// How many times sooner a run ends than the reference run: above 1 is faster. Both in seconds,
/// above 0.
#[must_use]
pub fn speedup(reference_s: f64, elapsed_s: f64) -> f64 {
    reference_s / elapsed_s
}

/// Which share of its ideal a speedup reaches, when the workers rose from `reference_workers` to
/// `workers`, both above 0: 1 is ideal, more is superlinear.
#[must_use]
pub fn efficiency(speedup: f64, workers: usize, reference_workers: usize) -> f64 {
    speedup * reference_workers as f64 / workers as f64
}

/// The experimentally determined serial fraction: the share of the reference run that the added
/// workers did nothing for, were that Amdahl's law alone. Rising with the workers, it tells of a
/// growing overhead; staying the same, of serial work.
///
/// `speedup` is above 0, and `workers_ratio` how many times more workers it took; `None` unless that
/// is above 1. 0 is ideal, 1 is no speedup, above 1 a slowdown. Below 0 the speedup is superlinear,
/// as when the data of each worker fit into its own cache.
///
/// Source: A. H. Karp and H. P. Flatt, *Measuring parallel processor performance*, Communications
/// of the ACM 33 (1990): e = (1/S − 1/p) / (1 − 1/p).
#[must_use]
pub fn karp_flatt(speedup: f64, workers_ratio: f64) -> Option<f64> {
    let ideal = workers_ratio.recip();
    (workers_ratio > 1.0).then(|| (speedup.recip() - ideal) / (1.0 - ideal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn speedup_and_efficiency_are_relative_to_the_reference() {
        assert_eq!(speedup(3.0, 1.5), 2.0);
        assert_eq!(efficiency(2.0, 4, 1), 0.5);
        assert_eq!(efficiency(1.5, 4, 2), 0.75);
    }

    /// M. J. Quinn, *Parallel Programming in C with MPI and OpenMP*, McGraw-Hill 2003, section 7.5:
    /// two programs of the same speedup on 8 processors, the first with serial work, the second
    /// with a growing overhead. Its speedups have two decimals.
    #[test]
    fn the_examples_of_quinn_come_out() {
        let first = [1.82, 2.50, 3.08, 3.57, 4.00, 4.38, 4.71];
        let second = [1.87, 2.61, 3.23, 3.73, 4.14, 4.46, 4.71];
        let second_fractions = [0.070, 0.075, 0.080, 0.085, 0.090, 0.095, 0.100];
        let fractions = [0.1; 7].into_iter().chain(second_fractions);
        let speedups = first.into_iter().chain(second);
        let processors = (2..=8).chain(2..=8).map(f64::from);
        for ((speedup, fraction), processors) in speedups.zip(fractions).zip(processors) {
            let found = karp_flatt(speedup, processors).unwrap();
            assert!((found - fraction).abs() < 2e-3, "{processors}: {found}");
        }
    }

    #[test]
    fn the_serial_fraction_needs_more_workers_than_the_reference() {
        for ratio in [1.0, 0.5, 0.0, -2.0, f64::NAN] {
            assert_eq!(karp_flatt(1.0, ratio), None, "{ratio}");
        }
        assert_eq!(karp_flatt(1.0, 2.0), Some(1.0));
        assert_eq!(karp_flatt(4.0, 4.0), Some(0.0));
        assert!(karp_flatt(2.2, 2.0).unwrap() < 0.0);
    }

    proptest! {
        #[test]
        fn karp_flatt_undoes_amdahl(serial in 0f64..1.0, ratio in 2f64..1e3) {
            let speedup = 1.0 / (serial + (1.0 - serial) / ratio);
            prop_assert!((karp_flatt(speedup, ratio).unwrap() - serial).abs() < 1e-12);
        }
    }
}
