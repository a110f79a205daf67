//! Comparisons that were stored, read again to compare with: the latest session whole, and the medians
//! of those before it.

use super::cause::Pace;
use super::wire::{SCHEMA, Wire, WireCounters, WireCounts, WireJob, WireMachine};
use super::wire::{WireSession, WireSessionCase, WireSubject};
use super::{Comparison, Subject};
use crate::input::Input;
use crate::machine::counters::Counting;
use crate::stats;
use crate::units;
use serde::Deserialize;
use std::io;

/// How many sessions a baseline keeps.
pub const SESSIONS_KEPT: usize = 10;

/// A stored comparison, and what is kept of those before it.
#[derive(Clone, Debug, Deserialize)]
pub struct Baseline {
    partask_version: String,
    job: WireJob,
    total: Option<String>,
    machine: WireMachine,
    cases: Vec<BaselineCase>,
    #[serde(default)]
    evidence: BaselineEvidence,
    /// What its instructions are those of.
    #[serde(default)]
    counters: WireCounters,
    /// When its latest session was begun, in seconds since 1970.
    #[serde(default)]
    taken_unix_s: Option<u64>,
    /// The earlier sessions, the oldest first.
    #[serde(default)]
    sessions: Vec<WireSession>,
}

#[derive(Clone, Debug, Deserialize)]
struct BaselineCase {
    subject: WireSubject,
    samples: Vec<BaselineSample>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct BaselineSample {
    elapsed_s: f64,
    #[serde(default)]
    counts: WireCounts,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct BaselineEvidence {
    elapsed_s: f64,
    others_cpus: Option<f64>,
    steal_s: Option<f64>,
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
        let samples = baseline.cases.iter().flat_map(|case| &case.samples);
        let earlier = baseline.sessions.iter().flat_map(|session| &session.cases);
        let mut times_s = samples
            .map(|sample| sample.elapsed_s)
            .chain(earlier.map(|case| case.median_s));
        if let Some(odd_s) = times_s.find(|time_s| !(*time_s > 0.0 && time_s.is_finite())) {
            return Err(BaselineError::Foreign(format!("a time of {odd_s} s")));
        }
        // What was interrupted early may have none of some cases, whose limits nothing would hold.
        match baseline.cases.iter().any(|case| case.samples.is_empty()) || baseline.cases.is_empty()
        {
            true => Err(BaselineError::Foreign(
                "it has no samples of some cases".to_owned(),
            )),
            false => Ok(baseline),
        }
    }

    /// What makes this another thing than `comparison`, each in a few words; nothing when the two
    /// can be compared. What the files of an input hold shows in the total, once `comparison` has
    /// one.
    #[must_use]
    pub fn differences(&self, comparison: &Comparison) -> Vec<String> {
        let (job, machine) = (WireJob::of(comparison), WireMachine::of(comparison));
        let step = |job: &WireJob| job.step.clone().unwrap_or_else(|| "none".to_owned());
        let whether = |values: bool| if values { "yes" } else { "no" }.to_owned();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let mut pairs = vec![
            ("job", self.job.name.clone(), job.name.clone()),
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
            ("partask", self.partask_version.clone(), version),
            ("workers", self.variants(), variants(comparison)),
        ];
        if !same_numbers(&self.job, &job) {
            pairs.insert(1, ("input", self.job.input.clone(), job.input.clone()));
            pairs.insert(2, ("step", step(&self.job), step(&job)));
        }
        let totals = self.total.clone().zip(comparison.work.answer.clone());
        // Another job or input has another total.
        if let Some((there, here)) = totals.filter(|_| self.job == job) {
            pairs.push(("total", there, here));
        }
        let different = pairs.into_iter().filter(|(_, there, here)| there != here);
        different
            .map(|(what, there, here)| {
                format!(
                    "{what}: '{}' there, '{here}' here",
                    units::printable(&there)
                )
            })
            .collect()
    }

    /// The file of a baseline whose latest session is `comparison`, after those of `earlier`, of which
    /// the oldest are dropped beyond [`SESSIONS_KEPT`].
    ///
    /// # Errors
    /// None that a caller could mend: a form that can't be written.
    pub fn render(comparison: &Comparison, earlier: Option<&Baseline>) -> io::Result<Vec<u8>> {
        let mut sessions = earlier.map_or(Vec::new(), Baseline::every_session);
        sessions.drain(..sessions.len().saturating_sub(SESSIONS_KEPT - 1));
        let mut wire = Wire::new(comparison);
        if earlier.is_some_and(|earlier| earlier.counters.hardware != wire.counters.hardware) {
            // Instructions of two kinds can't be compared, and a file has one of them.
            let cases = sessions.iter_mut().flat_map(|session| &mut session.cases);
            cases.for_each(|case| case.instructions = None);
        }
        wire.sessions = sessions;
        let mut out = serde_json::to_vec_pretty(&wire)?;
        out.push(b'\n');
        Ok(out)
    }

    /// How many sessions it has.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.sessions.len() + 1
    }

    fn every_session(&self) -> Vec<WireSession> {
        let latest = self.cases.iter().filter_map(|case| {
            let times_s: Vec<f64> = case.samples.iter().map(|s| s.elapsed_s).collect();
            let pace = Pace::medians(case.samples.iter().map(|sample| Pace {
                instructions: sample.counts.instructions,
                frequency_hz: sample.counts.frequency_hz,
            }));
            Some(WireSessionCase {
                subject: case.subject.clone(),
                runs: times_s.len(),
                median_s: stats::median(&times_s)?,
                instructions: pace.instructions,
                frequency_hz: pace.frequency_hz,
            })
        });
        let latest = WireSession {
            taken_unix_s: self.taken_unix_s,
            others_cpus: self.evidence.others_cpus.map(|cpus| {
                cpus + self.evidence.steal_s.unwrap_or(0.0) / self.evidence.elapsed_s.max(1e-9)
            }),
            cases: latest.collect(),
        };
        self.sessions.iter().cloned().chain([latest]).collect()
    }

    /// How many CPUs others kept busy or took, in the session in which they did most; `None` when that
    /// was never seen.
    #[must_use]
    pub fn others_cpus(&self) -> Option<f64> {
        let seen = self.every_session().into_iter();
        seen.filter_map(|session| session.others_cpus)
            .reduce(f64::max)
    }

    /// The time from the first of its sessions to the latest, in seconds; `None` when that is not known
    /// of all.
    #[must_use]
    pub fn span_s(&self) -> Option<u64> {
        let sessions = self.every_session();
        let times: Option<Vec<u64>> = sessions
            .iter()
            .map(|session| session.taken_unix_s)
            .collect();
        let times = times?;
        Some(times.iter().max()? - times.iter().min()?)
    }

    /// The median of every session that has the case, in seconds, the oldest first; `None` when there
    /// is none.
    #[must_use]
    pub fn medians_s(&self, subject: &Subject) -> Option<Vec<f64>> {
        let wanted = WireSubject::of(subject);
        let medians_s: Vec<f64> = (self.every_session().iter())
            .flat_map(|session| session.cases.iter().find(|case| case.subject == wanted))
            .map(|case| case.median_s)
            .collect();
        (!medians_s.is_empty()).then_some(medians_s)
    }

    /// The instructions and the frequency of a case, as a session usually has them; unknown when they
    /// were counted of something else than they are now.
    pub(super) fn pace(&self, subject: &Subject, counting: &Counting) -> Pace {
        if self.counters.hardware != WireCounters::from(counting).hardware {
            return Pace::default();
        }
        let wanted = WireSubject::of(subject);
        let sessions = self.every_session().into_iter();
        let cases = sessions.flat_map(|session| session.cases);
        let alike = cases.filter(|case| case.subject == wanted);
        Pace::medians(alike.map(|case| Pace {
            instructions: case.instructions,
            frequency_hz: case.frequency_hz,
        }))
    }

    /// The times of the latest session's case that times the same, in seconds; `None` when there are none.
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

/// Whether two inputs are the same numbers, however they are written.
fn same_numbers(a: &WireJob, b: &WireJob) -> bool {
    let numbers = |job: &WireJob| {
        let step = job.step.as_deref().map(str::parse).transpose().ok()?;
        Input::parse(&job.input, step).ok()?.known().cloned()
    };
    a == b || numbers(a).is_some_and(|numbers_a| numbers(b) == Some(numbers_a))
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
