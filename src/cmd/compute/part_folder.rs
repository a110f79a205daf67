//! Where the part of a shard is kept: looked for before the shard is computed, written when it is done.

use super::ComputeError;
use crate::digest::Digest;
use crate::machine;
use crate::output::{self, Form};
use crate::part::{self, Part, PartError, Run, Shard, Values, Whole};
use crate::reduction::Reduced;
use crate::report::{Check, ComputeReport, Outcome};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A folder for the part of one shard.
#[derive(Clone, Debug)]
pub struct PartFolder {
    path: PathBuf,
    whole: Whole,
    shard: Shard,
    /// The form of the file of results beside it, when there is to be one.
    form: Option<Form>,
    /// This machine's name.
    host: String,
}

impl PartFolder {
    /// The folder at `path`, for one shard of `whole`, with a file of its results when that is to have a
    /// form.
    #[must_use]
    pub fn new(path: PathBuf, whole: Whole, shard: Shard, form: Option<Form>) -> PartFolder {
        PartFolder {
            path,
            whole,
            shard,
            form,
            host: machine::host_name(),
        }
    }

    /// The same, on a machine that is known by this name.
    #[must_use]
    pub fn on_host(self, host: String) -> PartFolder {
        PartFolder { host, ..self }
    }

    /// The file of the part.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.path.join(part::file_name(&self.whole, self.shard))
    }

    /// The file of its results.
    #[must_use]
    pub fn values_file(&self) -> Option<(PathBuf, Form)> {
        let form = self.form?;
        let name = part::values_name(&self.whole, self.shard, form);
        Some((self.path.join(name), form))
    }

    /// Makes the folder, finds out whether it can be written to, and looks for a part that was done before.
    pub(super) fn prepare(&self) -> Result<Option<Part>, ComputeError> {
        let failed = |source| PartError::Io {
            doing: "write",
            path: self.path.clone(),
            source,
        };
        fs::create_dir_all(&self.path).map_err(failed)?;
        let done = part::read(&self.file(), &self.whole)?;
        if let Some(part) = done.filter(|part| self.has_values(part)) {
            return Ok(Some(part));
        }
        output::try_replace(&self.file()).map_err(failed)?;
        Ok(None)
    }

    /// Whether the results that are asked for are there.
    fn has_values(&self, part: &Part) -> bool {
        match (self.values_file(), &part.values) {
            (None, _) => true,
            (Some((file, _)), Some(values)) => {
                file.ends_with(&values.name) && digest(&file).is_ok_and(|now| now == values.digest)
            }
            (Some(_), None) => false,
        }
    }

    /// Writes what the shard came to. Where another run of the same shard was faster, its file is left as it
    /// is: it says the same, or one of the two is wrong.
    pub(super) fn keep(
        &self,
        report: &ComputeReport,
        started: SystemTime,
    ) -> Result<(), ComputeError> {
        let Outcome::Shard { reduced, .. } = &report.outcome else {
            return Ok(());
        };
        let part = self.part(report, reduced.clone(), started)?;
        if let Some(other) = part::read(&self.file(), &self.whole)? {
            if !other.is_same_result(&part) {
                return Err(PartError::Contradiction {
                    path: self.file(),
                    shard: self.shard,
                }
                .into());
            }
            if self.has_values(&other) {
                return Ok(());
            }
        }
        part::write(&self.path, &self.whole, &part)?;
        Ok(())
    }

    /// What the shard came to, and how.
    fn part(
        &self,
        report: &ComputeReport,
        reduced: Reduced,
        started: SystemTime,
    ) -> Result<Part, PartError> {
        let values = match self.values_file() {
            Some((path, _)) => {
                let digest = digest(&path).map_err(|source| {
                    let doing = "read";
                    let path = path.clone();
                    PartError::Io {
                        doing,
                        path,
                        source,
                    }
                })?;
                let name = path.file_name().unwrap_or_default();
                let name = name.to_string_lossy().into_owned();
                Some(Values { name, digest })
            }
            None => None,
        };
        Ok(Part {
            shard: self.shard,
            positions: self.whole.positions(self.shard),
            reduced,
            verified_by: report
                .checks
                .iter()
                .map(|check| check.name().to_owned())
                .collect(),
            checked_numbers: Check::numbers(&report.checks, report.numbers_done()),
            values,
            run: Run {
                host: self.host.clone(),
                started: started
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap_or(Duration::ZERO),
                elapsed: report.elapsed,
                cpu: report.cpu,
                workers: report.workers,
            },
        })
    }
}

/// The digest of a file.
fn digest(path: &Path) -> io::Result<String> {
    let mut digest = Digest::default();
    io::copy(&mut File::open(path)?, &mut digest)?;
    Ok(digest.to_string())
}
