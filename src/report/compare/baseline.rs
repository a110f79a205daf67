//! A comparison that was stored, read again to compare with.

use super::wire::{SCHEMA, WireJob, WireMachine, WireSubject};
use super::{Comparison, Subject};
use serde::Deserialize;

/// A stored comparison.
#[derive(Clone, Debug, Deserialize)]
pub struct Baseline {
    partask_version: String,
    job: WireJob,
    machine: WireMachine,
    cases: Vec<BaselineCase>,
}

#[derive(Clone, Debug, Deserialize)]
struct BaselineCase {
    subject: WireSubject,
    samples: Vec<BaselineSample>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct BaselineSample {
    elapsed_s: f64,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is none of partask's files.
    #[error("it is no comparison of partask's ({0}): make one with --save-baseline")]
    Foreign(String),
    /// It is one of another time.
    #[error(
        "its form is '{0}', but this partask reads '{SCHEMA}': make it anew with --save-baseline"
    )]
    Schema(String),
}

#[derive(Deserialize)]
struct Head {
    schema: String,
}

impl Baseline {
    /// Reads the text of a stored comparison.
    ///
    /// # Errors
    /// When it is no comparison, or one in another form.
    pub fn parse(text: &str) -> Result<Baseline, BaselineError> {
        let foreign = |error: serde_json::Error| BaselineError::Foreign(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(foreign)?;
        if head.schema != SCHEMA {
            return Err(BaselineError::Schema(head.schema));
        }
        let baseline: Baseline = serde_json::from_str(text).map_err(foreign)?;
        let times = baseline.cases.iter().flat_map(|case| &case.samples);
        match times
            .clone()
            .find(|sample| !(sample.elapsed_s > 0.0 && sample.elapsed_s.is_finite()))
        {
            Some(odd) => Err(BaselineError::Foreign(format!(
                "a time of {} s",
                odd.elapsed_s
            ))),
            None if times.count() == 0 => {
                Err(BaselineError::Foreign("it has no samples".to_owned()))
            }
            None => Ok(baseline),
        }
    }

    /// What makes this another thing than `comparison`, each in a few words; nothing when the two
    /// can be compared.
    #[must_use]
    pub fn differences(&self, comparison: &Comparison) -> Vec<String> {
        let (job, machine) = (WireJob::of(comparison), WireMachine::of(comparison));
        let text = |job: &WireJob| job.step.clone().unwrap_or_else(|| "none".to_owned());
        let whether = |values: bool| if values { "yes" } else { "no" }.to_owned();
        let pairs = [
            ("job", self.job.name.clone(), job.name.clone()),
            ("input", self.job.input.clone(), job.input.clone()),
            ("step", text(&self.job), text(&job)),
            ("values", whether(self.job.values), whether(job.values)),
            ("CPU", self.machine.cpu_model.clone(), machine.cpu_model),
            (
                "CPUs",
                self.machine.cpus.to_string(),
                machine.cpus.to_string(),
            ),
            (
                "architecture",
                self.machine.architecture.clone(),
                machine.architecture,
            ),
            (
                "partask",
                self.partask_version.clone(),
                env!("CARGO_PKG_VERSION").to_owned(),
            ),
            ("workers", self.variants(), variants(comparison)),
        ];
        let different = pairs.into_iter().filter(|(_, there, here)| there != here);
        different
            .map(|(what, there, here)| format!("{what}: '{there}' there, '{here}' here"))
            .collect()
    }

    /// The times of the case that times the same, in seconds; `None` when there are none.
    #[must_use]
    pub fn elapsed_s(&self, subject: &Subject) -> Option<Vec<f64>> {
        let wanted = WireSubject::of(subject);
        let case = self.cases.iter().find(|case| case.subject == wanted)?;
        let times: Vec<f64> = case.samples.iter().map(|sample| sample.elapsed_s).collect();
        (!times.is_empty()).then_some(times)
    }

    fn variants(&self) -> String {
        join(self.cases.iter().map(|case| &case.subject))
    }
}

fn variants(comparison: &Comparison) -> String {
    let subjects: Vec<WireSubject> = comparison
        .cases
        .iter()
        .map(|case| WireSubject::of(&case.subject))
        .collect();
    join(subjects.iter())
}

/// The ways of doing the job in a fixed order: the order in which they were asked for makes no
/// difference, and rivals come and go.
fn join<'a>(subjects: impl Iterator<Item = &'a WireSubject>) -> String {
    let mut names: Vec<String> = subjects
        .filter_map(|subject| {
            let kernel = subject.kernel.as_deref().map(|kernel| format!(" {kernel}"));
            let chunks = subject
                .chunk_size
                .map(|size| format!(" in chunks of {size}"));
            let workers = subject.workers?;
            Some(format!(
                "{workers}{}{}",
                kernel.unwrap_or_default(),
                chunks.unwrap_or_default()
            ))
        })
        .collect();
    names.sort();
    names.join(", ")
}
