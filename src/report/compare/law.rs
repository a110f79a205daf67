//! The laws of scaling, fitted to what was measured.

use super::{Comparison, Figures};
use crate::scaling::{Amdahl, FitError, Point, Usl};
use crate::units;

/// What the laws make of the reference's case and those that differ from it in their workers only, as
/// far as each worker had a CPU of its own.
#[derive(Clone, Debug)]
pub struct Law {
    /// Amdahl's law, or why it can't be fitted.
    pub amdahl: Result<Amdahl, FitError>,
    /// The Universal Scalability Law, or why it can't be fitted.
    pub usl: Result<Usl, FitError>,
}

impl Law {
    /// The law that says more of those that could be fitted.
    #[must_use]
    pub fn fitted(&self) -> Option<Fitted> {
        let usl = self.usl.as_ref().ok().copied().map(Fitted::Usl);
        usl.or(self.amdahl.as_ref().ok().copied().map(Fitted::Amdahl))
    }
}

/// A law with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fitted {
    /// Amdahl's law.
    Amdahl(Amdahl),
    /// The Universal Scalability Law.
    Usl(Usl),
}

impl Fitted {
    /// Its name and parameters in a few words.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Fitted::Amdahl(law) => {
                format!("Amdahl, {} serial", units::percent(law.serial_fraction()))
            }
            Fitted::Usl(law) => format!(
                "USL, contention {}, coherency {}",
                units::percent(law.contention()),
                units::percent(law.coherency())
            ),
        }
    }

    /// The time with this many workers, in seconds.
    #[must_use]
    pub fn elapsed_s(&self, workers: f64) -> f64 {
        match self {
            Fitted::Amdahl(law) => law.elapsed_s(workers),
            Fitted::Usl(law) => law.elapsed_s(workers),
        }
    }
}

/// Fits the laws. Every median counts by its relative error, so that short times are fitted as well
/// as long ones.
#[must_use]
pub fn law(comparison: &Comparison, figures: &[Option<Figures>]) -> Law {
    let reference = comparison.reference().variant();
    let points: Vec<Point> = comparison
        .cases
        .iter()
        .zip(figures)
        .filter_map(|(case, figures)| {
            let variant = case.variant().filter(|variant| {
                reference.is_some_and(|reference| variant.is_alike(reference))
                    && variant.workers <= comparison.fingerprint.cpus
            })?;
            let median_s = figures.as_ref()?.median_s;
            Some(Point {
                workers: variant.workers,
                elapsed_s: median_s,
                weight: 1.0 / (median_s * median_s),
            })
        })
        .collect();
    Law {
        amdahl: Amdahl::fit(&points),
        usl: Usl::fit(&points),
    }
}
