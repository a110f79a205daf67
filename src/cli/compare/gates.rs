//! The limits of a comparison, from their options.

use super::arguments::GateArgs;
use super::values;
use crate::cmd::Usage;
use crate::cmd::compare::{Spec, Workload};
use crate::report::compare::Gate;
use crate::units;
use std::time::Duration;

impl GateArgs {
    /// A regression is one over something: a baseline, the first of several commands, or another program
    /// beside the job.
    pub(super) fn check_regression(&self, spec: &Spec) -> Result<(), Usage> {
        let others = match &spec.workload {
            Workload::Commands(programs) => programs.len() > 1,
            Workload::Numbers { .. } | Workload::Tasks(_) => !spec.rivals.is_empty(),
        };
        match self.max_regression.is_some() && self.baseline.is_none() && !others {
            true => Err(Usage(
                "--max-regression: give --baseline FILE to compare with, two programs side by side: --command ./old --command ./new, or beside a job the old one: --against './old …'"
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
