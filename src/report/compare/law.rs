//! The laws of scaling, fitted to what was measured.

use super::{Comparison, Figures};
use crate::scaling::{Amdahl, FitError, Gustafson, Point, Usl};
use crate::units;

/// What the laws make of the reference's case and those that differ from it in their workers only, as
/// far as each worker had a CPU of its own.
#[derive(Clone, Debug)]
pub struct Law {
    /// Amdahl's law, or why it can't be fitted.
    pub amdahl: Result<Amdahl, FitError>,
    /// The Universal Scalability Law, or why it can't be fitted.
    pub usl: Result<Usl, FitError>,
    /// Gustafson's law, or why it can't be fitted; only of work that grows with the workers, of which
    /// the other two know nothing.
    pub gustafson: Option<Result<Gustafson, FitError>>,
}

impl Law {
    /// The law that says more of those that could be fitted.
    #[must_use]
    pub fn fitted(&self) -> Option<Fitted> {
        let usl = self.usl.as_ref().ok().copied().map(Fitted::Usl);
        let amdahl = self.amdahl.as_ref().ok().copied().map(Fitted::Amdahl);
        let gustafson = self.gustafson.and_then(Result::ok).map(Fitted::Gustafson);
        usl.or(amdahl).or(gustafson)
    }
}

/// A law with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fitted {
    /// Amdahl's law.
    Amdahl(Amdahl),
    /// The Universal Scalability Law.
    Usl(Usl),
    /// Gustafson's law.
    Gustafson(Gustafson),
}

impl Fitted {
    /// Its name and parameters in a few words.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Fitted::Amdahl(law) => {
                format!("Amdahl, {} serial", units::percent(law.serial_fraction()))
            }
            Fitted::Gustafson(law) => {
                let serial = units::percent(law.serial_fraction());
                format!("Gustafson, {serial} serial")
            }
            Fitted::Usl(law) => format!(
                "USL, contention {}, coherency {}",
                units::percent(law.contention()),
                units::percent(law.coherency())
            ),
        }
    }

    /// The speedup of this many workers over as many as the reference has, which took that long.
    #[must_use]
    pub fn speedup(&self, workers: f64, reference: (usize, f64)) -> f64 {
        let (reference_workers, reference_s) = reference;
        match self {
            Fitted::Amdahl(law) => reference_s / law.elapsed_s(workers),
            Fitted::Usl(law) => reference_s / law.elapsed_s(workers),
            Fitted::Gustafson(law) => {
                law.scaled_speedup(workers) / law.scaled_speedup(reference_workers as f64)
            }
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
    if comparison.settings.weak {
        let refused = |law| FitError::GrowingWork { law };
        return Law {
            amdahl: Err(refused("Amdahl's law")),
            usl: Err(refused("the Universal Scalability Law")),
            gustafson: Some(Gustafson::fit(&points)),
        };
    }
    Law {
        amdahl: Amdahl::fit(&points),
        usl: Usl::fit(&points),
        gustafson: None,
    }
}
