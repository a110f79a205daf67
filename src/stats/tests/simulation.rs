//! Made-up times for the tests of this folder: shapes that timings come in, and their true medians.

use fastrand::Rng;
use std::f64::consts::{PI, TAU};

/// What the times of a session are distributed like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stats) enum Shape {
    /// As errors of measurement are; 10% around 1.
    Normal,
    /// A floor and a tail, as most timings have.
    LogNormal,
    /// Two speeds, as with two frequencies, each half of the time; the median lies between them.
    Bimodal,
    /// Two speeds, the faster one 7 times of 10.
    LopsidedBimodal,
    /// Half a Cauchy distribution on a floor, which has no mean.
    HeavyTailed,
}

/// All of them.
pub(in crate::stats) const SHAPES: [Shape; 5] = [
    Shape::Normal,
    Shape::LogNormal,
    Shape::Bimodal,
    Shape::LopsidedBimodal,
    Shape::HeavyTailed,
];

/// How much each of the two speeds varies.
const MODE_SD: f64 = 0.02;

impl Shape {
    fn sample(self, rng: &mut Rng) -> f64 {
        let mut mode = |faster: f64| if rng.f64() < faster { 1.0 } else { 2.0 };
        match self {
            Shape::Bimodal => mode(0.5) + MODE_SD * normal(rng),
            Shape::LopsidedBimodal => mode(0.7) + MODE_SD * normal(rng),
            Shape::Normal => 1.0 + 0.1 * normal(rng),
            Shape::LogNormal => (0.5 * normal(rng)).exp(),
            Shape::HeavyTailed => 1.0 + 0.05 * (PI / 2.0 * rng.f64()).tan(),
        }
    }

    pub(in crate::stats) fn samples(self, count: usize, rng: &mut Rng) -> Vec<f64> {
        (0..count).map(|_| self.sample(rng)).collect()
    }

    pub(in crate::stats) fn median(self) -> f64 {
        match self {
            Shape::Normal | Shape::LogNormal => 1.0,
            Shape::Bimodal => 1.5,
            // Where five sevenths of the faster ones lie below: `scipy.stats.norm.ppf(5 / 7)`.
            Shape::LopsidedBimodal => 1.0 + MODE_SD * 0.565_948_821_932_863,
            Shape::HeavyTailed => 1.05,
        }
    }
}

/// Source: G. E. P. Box and M. E. Muller, Annals of Mathematical Statistics 29 (1958).
pub(in crate::stats) fn normal(rng: &mut Rng) -> f64 {
    (-2.0 * (1.0 - rng.f64()).ln()).sqrt() * (TAU * rng.f64()).cos()
}
