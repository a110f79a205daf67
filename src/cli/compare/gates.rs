//! The limits of a comparison, from their options.

use super::arguments::GateArgs;
use super::values;
use crate::cmd::Usage;
use crate::report::compare::Gate;
use crate::units;
use std::time::Duration;

impl GateArgs {
    /// A regression is one over something: a baseline, or the first of several commands.
    pub(super) fn check_regression(&self, commands: usize) -> Result<(), Usage> {
        match self.max_regression.is_some() && self.baseline.is_none() && commands < 2 {
            true => Err(Usage(
                "--max-regression: give --baseline FILE to compare with, or two programs side by side: --command ./old --command ./new"
                    .to_owned(),
            )),
            false => Ok(()),
        }
    }

    pub(super) fn confirm_after(&self) -> Result<Duration, Usage> {
        units::parse_duration(&self.confirm_after)
            .map_err(|error| Usage(format!("--confirm-after: {error}")))
    }

    pub(super) fn gates(&self) -> Result<Vec<Gate>, Usage> {
        let mut gates = Vec::new();
        if let Some(text) = &self.min_speedup {
            let factor = text.trim().trim_end_matches(['x', '×']).trim_end();
            let factor = factor
                .parse()
                .ok()
                .filter(|factor: &f64| factor.is_finite() && *factor > 0.0);
            gates.push(Gate::MinSpeedup(factor.ok_or_else(|| {
                Usage(format!(
                    "--min-speedup '{}': give a factor above 0, such as 1.8",
                    text.escape_debug()
                ))
            })?));
        }
        if let Some(text) = &self.min_efficiency {
            gates.push(Gate::MinEfficiency(values::share(
                "--min-efficiency",
                text,
            )?));
        }
        if let Some(text) = &self.max_regression {
            gates.push(Gate::MaxRegression(values::share(
                "--max-regression",
                text,
            )?));
        }
        Ok(gates)
    }
}
