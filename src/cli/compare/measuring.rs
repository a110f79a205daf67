//! How a comparison is measured, from its options.

use super::values;
use crate::cmd::Usage;
use crate::report::compare::Settings;
use crate::units;
use clap::Args;

/// How many rounds there are at least, when nothing else is said.
const MIN_RUNS: u32 = 5;

/// How it is measured.
#[derive(Debug, Args)]
#[command(next_help_heading = "Measuring")]
pub(in crate::cli) struct MeasuringArgs {
    /// Runs of each case before those that count
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        allow_hyphen_values = true
    )]
    pub(super) warmup: String,

    /// Rounds to measure at least, each with one run of every case in random order; by default 5
    #[arg(short, long, value_name = "N", allow_hyphen_values = true)]
    pub(super) min_runs: Option<String>,

    /// Rounds to measure at most
    #[arg(short = 'M', long, value_name = "N", allow_hyphen_values = true)]
    pub(super) max_runs: Option<String>,

    /// Rounds to measure, whatever the precision and the time
    #[arg(short, long, value_name = "N", allow_hyphen_values = true,
        conflicts_with_all = ["min_runs", "max_runs", "precision", "max_time"])]
    pub(super) runs: Option<String>,

    /// Measure until every median is known to this: half its 95% interval
    #[arg(
        long,
        value_name = "P%",
        default_value = "1%",
        allow_hyphen_values = true
    )]
    pub(super) precision: String,

    /// Stop measuring after this time, once there are enough runs
    #[arg(
        long,
        value_name = "D",
        default_value = "30s",
        allow_hyphen_values = true
    )]
    pub(super) max_time: String,

    /// What the random order is drawn from
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_hyphen_values = true
    )]
    pub(super) seed: String,
}

impl MeasuringArgs {
    pub(super) fn settings(&self) -> Result<Settings, Usage> {
        let precision = values::share("--precision", &self.precision)?;
        if precision <= 0.0 {
            return Err(Usage(
                "--precision 0%: no median is known that well: give a share above 0, such as 1%"
                    .to_owned(),
            ));
        }
        let max_time = units::parse_duration(&self.max_time)
            .map_err(|error| Usage(format!("--max-time: {error}")))?;
        let given = |option, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| count(option, text, 1)).transpose()
        };
        let max_runs = given("--max-runs", &self.max_runs)?;
        let min_runs = given("--min-runs", &self.min_runs)?;
        let min_runs = min_runs.unwrap_or(MIN_RUNS.min(max_runs.unwrap_or(MIN_RUNS)));
        if let Some(max_runs) = max_runs.filter(|max_runs| *max_runs < min_runs) {
            return Err(Usage(format!(
                "--max-runs {max_runs}: --min-runs asks for {min_runs} at least: give one of them only, or as many"
            )));
        }
        Ok(Settings {
            warmup: count("--warmup", &self.warmup, 0)?,
            min_runs,
            max_runs,
            runs: given("--runs", &self.runs)?,
            precision,
            max_time,
            weak: false,
            seed: self.seed.trim().parse().map_err(|_| {
                Usage(format!(
                    "--seed '{}': give a whole number from 0 up",
                    self.seed.escape_debug()
                ))
            })?,
        })
    }
}

fn count(option: &str, text: &str, min: u32) -> Result<u32, Usage> {
    text.trim()
        .parse()
        .ok()
        .filter(|count| *count >= min)
        .ok_or_else(|| {
            Usage(format!(
                "{option} '{}': give a whole number from {min} up",
                text.escape_debug()
            ))
        })
}
