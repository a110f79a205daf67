//! The file of a part, and its name.

use super::seal::{self, damaged};
use super::wire::WirePart;
use super::wire_whole::WireWhole;
use super::{Part, PartError, Shard, Whole};
use crate::output::Form;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The name and version of the form; it changes when a field changes its meaning or goes away.
pub const SCHEMA: &str = "partask.part/1";

/// The name of the file of a shard: with the start of the fingerprint, so that parts of different jobs do not
/// replace one another, and with numbers that sort as they count.
#[must_use]
pub fn file_name(whole: &Whole, shard: Shard) -> String {
    format!("{}{SUFFIX}", stem(whole, shard))
}

/// The name of the file of a shard's results, beside that.
#[must_use]
pub fn values_name(whole: &Whole, shard: Shard, form: Form) -> String {
    let extension = match form {
        Form::Npy => "npy",
        Form::Lines => "txt",
    };
    format!("{}.{extension}", stem(whole, shard))
}

fn stem(whole: &Whole, shard: Shard) -> String {
    let width = shard.of().to_string().len();
    let (index, of) = (shard.index(), shard.of());
    format!(
        "{PREFIX}{}-{index:0width$}-of-{of}",
        &whole.fingerprint()[..8]
    )
}

const PREFIX: &str = "partask-";
const SUFFIX: &str = ".json";

/// The files of parts in a folder, by their names, in order.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, PartError> {
    let failed = |source| PartError::Io {
        doing: "read",
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Writes a part into `folder`, whole or not at all, and on the disk when this returns; returns the file.
///
/// # Errors
/// Those of the operating system.
pub fn write(folder: &Path, whole: &Whole, part: &Part) -> Result<PathBuf, PartError> {
    let path = folder.join(file_name(whole, part.shard));
    seal::write(&path, &WirePart::new(whole, part, SCHEMA))?;
    Ok(path)
}

/// The part of `whole` that a file has; `None` when there is no such file.
///
/// # Errors
/// When it can't be read, was changed, is of another version, or of another job.
pub fn read(path: &Path, whole: &Whole) -> Result<Option<Part>, PartError> {
    let wire = match read_wire(path) {
        Err(PartError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        wire => wire?,
    };
    if !wire.whole().is(whole) {
        return Err(foreign(path, &wire, whole));
    }
    part_of(path, &wire, whole).map(Some)
}

/// The part that a file has of the job it is known to be of.
pub(super) fn part_of(path: &Path, wire: &WirePart, whole: &Whole) -> Result<Part, PartError> {
    let part = wire
        .part()
        .ok_or_else(|| damaged(path, "a value makes no sense"))?;
    match part.positions == whole.positions(part.shard) {
        true => Ok(part),
        false => Err(PartError::Positions {
            path: path.to_owned(),
            shard: part.shard,
        }),
    }
}

pub(super) fn foreign(path: &Path, wire: &WirePart, whole: &Whole) -> PartError {
    PartError::Foreign {
        path: path.to_owned(),
        other: wire.whole().title(),
        expected: WireWhole::from(whole).title(),
    }
}

/// What stands in a file, as it was written.
pub(super) fn read_wire(path: &Path) -> Result<WirePart, PartError> {
    seal::read(path, SCHEMA)
}
