//! How a job and its input stand in the files of their parts.

use super::{Shard, Whole};
use serde::{Deserialize, Serialize};

/// What a file is of.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireWhole {
    fingerprint: String,
    job: String,
    expression: Option<String>,
    reduction: String,
    input: String,
    step: Option<i64>,
}

impl From<&Whole> for WireWhole {
    fn from(whole: &Whole) -> WireWhole {
        let job = whole.job();
        WireWhole {
            fingerprint: whole.fingerprint().to_owned(),
            job: job.name().to_owned(),
            expression: job.expression().map(|e| e.text().to_owned()),
            reduction: job.reduction().name().to_owned(),
            input: whole.input().text().to_owned(),
            step: whole.input().step(),
        }
    }
}

impl WireWhole {
    /// Whether it says that it is of `whole`.
    pub(super) fn is(&self, whole: &Whole) -> bool {
        self.fingerprint == whole.fingerprint()
    }

    /// The job and the input; `None` where they are none, or not those of the fingerprint.
    pub(super) fn whole(&self) -> Option<Whole> {
        let whole = Whole::parse(
            &self.job,
            self.expression.as_deref(),
            &self.reduction,
            &self.input,
            self.step,
        )?;
        self.is(&whole).then_some(whole)
    }

    /// What it says, as it would be typed.
    pub(super) fn title(&self) -> String {
        let job = match &self.expression {
            Some(expression) => format!("{} '{expression}' --reduce {}", self.job, self.reduction),
            None => self.job.clone(),
        };
        let step = self.step;
        let step = step.map_or(String::new(), |step| format!(" --step {step}"));
        format!("{job} {}{step}", self.input)
    }

    /// The same with the shard, where there are several.
    pub(super) fn title_of_shard(&self, shard: Option<Shard>) -> String {
        let several = shard.filter(|shard| shard.of() > 1);
        let shard = several.map_or(String::new(), |shard| format!(" --shard {shard}"));
        self.title() + &shard
    }
}
