//! How far a run has come: the part of its first numbers, from which another run goes on.

use super::seal::{self, damaged};
use super::wire_reduced::WireReduced;
use super::wire_whole::WireWhole;
use super::{PartError, Shard, Whole};
use crate::reduction::Reduced;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use std::time::Duration;

/// The name and version of the form of a checkpoint; it changes when a field changes its meaning or goes away.
pub const CHECKPOINT_SCHEMA: &str = "partask.checkpoint/1";

/// How far a run has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many of the first numbers have been computed.
    pub done: u128,
    /// What they come to, with places counted from the first of them.
    pub reduced: Reduced,
    /// How long all runs so far took together.
    pub elapsed: Duration,
    /// Their CPU time.
    pub cpu: Duration,
    /// Whether that is all, and has been checked.
    pub is_complete: bool,
}

/// A checkpoint as it is written; the digest stands behind it.
#[derive(Debug, Serialize, Deserialize)]
struct Wire {
    schema: String,
    partask_version: String,
    status: String,
    #[serde(flatten)]
    whole: WireWhole,
    shard: u64,
    shards: u64,
    numbers: u128,
    numbers_done: u128,
    result: WireReduced,
    elapsed_s: f64,
    cpu_s: f64,
}

const COMPLETE: &str = "complete";
const RUNNING: &str = "running";

impl Checkpoint {
    /// Writes it to `path`, of a shard of `whole`: whole or not at all, and on the disk when this returns.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn write(&self, path: &Path, whole: &Whole, shard: Shard) -> Result<(), PartError> {
        let positions = whole.positions(shard);
        let status = if self.is_complete { COMPLETE } else { RUNNING };
        let wire = Wire {
            schema: CHECKPOINT_SCHEMA.to_owned(),
            partask_version: env!("CARGO_PKG_VERSION").to_owned(),
            status: status.to_owned(),
            whole: WireWhole::from(whole),
            shard: shard.index(),
            shards: shard.of(),
            numbers: positions.end - positions.start,
            numbers_done: self.done,
            result: WireReduced::from(&self.reduced),
            elapsed_s: self.elapsed.as_secs_f64(),
            cpu_s: self.cpu.as_secs_f64(),
        };
        seal::write(path, &wire)
    }

    /// Reads the one of a shard of `whole`; `None` when there is no such file.
    ///
    /// # Errors
    /// When it can't be read, was changed, is of another version, or of another job or shard.
    pub fn read(path: &Path, whole: &Whole, shard: Shard) -> Result<Option<Checkpoint>, PartError> {
        let wire: Wire = match seal::read(path, CHECKPOINT_SCHEMA) {
            Err(PartError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(None);
            }
            wire => wire?,
        };
        let of = Shard::new(wire.shard, wire.shards).ok();
        if !wire.whole.is(whole) || of != Some(shard) {
            return Err(PartError::OtherRun {
                path: path.to_owned(),
                other: wire.whole.title_of_shard(of),
                expected: WireWhole::from(whole).title_of_shard(Some(shard)),
            });
        }
        let checkpoint = wire.checkpoint();
        checkpoint
            .map(Some)
            .ok_or_else(|| damaged(path, "a value makes no sense"))
    }
}

impl Wire {
    fn checkpoint(&self) -> Option<Checkpoint> {
        let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).ok();
        (self.numbers_done <= self.numbers).then_some(())?;
        Some(Checkpoint {
            done: self.numbers_done,
            reduced: self.result.reduced()?,
            elapsed: seconds(self.elapsed_s)?,
            cpu: seconds(self.cpu_s)?,
            is_complete: self.status == COMPLETE,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Job;
    use std::fs;

    #[test]
    fn a_checkpoint_is_read_as_it_was_written_and_only_by_its_own_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        let whole = |input: &str| Whole::new(Job::squares(), input.parse().unwrap());
        let (first, second) = (Shard::new(1, 2).unwrap(), Shard::new(2, 2).unwrap());
        let read = |whole: &Whole, shard| Checkpoint::read(&path, whole, shard);
        assert_eq!(read(&whole("1..9"), first).unwrap(), None);
        let checkpoint = Checkpoint {
            done: 3,
            reduced: Reduced::Sum(crate::exact::BigInt::from(14).into()),
            elapsed: Duration::from_millis(1_500),
            cpu: Duration::from_millis(2_500),
            is_complete: false,
        };
        checkpoint.write(&path, &whole("1..9"), first).unwrap();
        assert_eq!(read(&whole("1..9"), first).unwrap(), Some(checkpoint));
        for (whole, shard) in [(whole("1..9"), second), (whole("1..8"), first)] {
            let error = read(&whole, shard).unwrap_err().to_string();
            let said = "of squares 1..9 --shard 1/2, and not of squares 1..";
            assert!(error.contains(said), "{error}");
        }
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("14", "15")).unwrap();
        assert!(read(&whole("1..9"), first).is_err());
        fs::write(&path, "{}").unwrap();
        assert!(read(&whole("1..9"), first).is_err());
    }
}
