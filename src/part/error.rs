//! Why a part can't be used.

use super::{SHARDS_MAX, Shard};
use crate::units;
use std::io;
use std::path::PathBuf;

/// Why there is no such shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// It is not two numbers.
    #[error("'{}': give K/N, such as 2/4 for the second of four", units::printable(.0))]
    Form(String),
    /// They are counted from 1.
    #[error("'0/{of}': shards are counted from 1; the first of {of} is 1/{of}")]
    Zero {
        /// How many there are.
        of: u64,
    },
    /// There are not so many.
    #[error("'{index}/{of}': there are only {of} shards")]
    Beyond {
        /// Which one was asked for.
        index: u64,
        /// How many there are.
        of: u64,
    },
    /// A job in no parts.
    #[error("a job has at least 1 shard")]
    None,
    /// Too many.
    #[error("{} shards: {} at most", units::count(u128::from(*of)), units::count(u128::from(SHARDS_MAX)))]
    TooMany {
        /// How many were asked for.
        of: u64,
    },
}

/// Why a file of a part, or a folder of them, can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// It can't be read or written.
    #[error("cannot {doing} {}", shown(path))]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It is not as it was written.
    #[error(
        "{}: the file was changed since it was written ({what}); remove it and compute the part again",
        shown(path)
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What shows it.
        what: &'static str,
    },
    /// It was written by another version.
    #[error(
        "{}: its form is {schema}, and this partask reads {expected} there; use the version that wrote it",
        shown(path)
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says of itself.
        schema: String,
        /// What it should say.
        expected: &'static str,
    },
    /// It belongs to another job than the others, or than the one asked for.
    #[error(
        "{}: it is of another job, {other}, and not of {expected}; keep the parts of each in a folder of their own",
        shown(path)
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Its job.
        other: String,
        /// The job of the others.
        expected: String,
    },
    /// It belongs to the same job, cut otherwise.
    #[error(
        "{}: it is shard {shard}, but others here are of {of}; remove those that are of no use",
        shown(path)
    )]
    OtherCut {
        /// The file.
        path: PathBuf,
        /// Which it is.
        shard: Shard,
        /// Of how many the others are.
        of: u64,
    },
    /// Two files of the same shard.
    #[error(
        "{} and {}: both are shard {shard}; remove one",
        shown(path),
        shown(other)
    )]
    Twice {
        /// The one.
        path: PathBuf,
        /// The other.
        other: PathBuf,
        /// Which both are.
        shard: Shard,
    },
    /// It covers other numbers than its shard has.
    #[error(
        "{}: shard {shard} does not cover the numbers that it should; remove it and compute the part again",
        shown(path)
    )]
    Positions {
        /// The file.
        path: PathBuf,
        /// Which it is.
        shard: Shard,
    },
    /// A checkpoint is of another run.
    #[error(
        "{}: it is the checkpoint of {other}, and not of {expected}",
        shown(path)
    )]
    OtherRun {
        /// The file.
        path: PathBuf,
        /// What it is of.
        other: String,
        /// What was to go on.
        expected: String,
    },
    /// A checkpoint is there already.
    #[error("{}: there is a checkpoint; --resume goes on from it, --overwrite begins anew", shown(.0))]
    Exists(PathBuf),
    /// There are no parts.
    #[error("{}: there are no parts here; --shard K/N --partial {} writes them", shown(.0), shown(.0))]
    Empty(PathBuf),
    /// A part has no file of results of the form that is asked for.
    #[error(
        "{}: shard {shard} has no .{extension} file of its results; compute it with --output x.{extension}",
        shown(folder)
    )]
    NoValues {
        /// The folder.
        folder: PathBuf,
        /// Which it is.
        shard: Shard,
        /// What the name of such a file ends in.
        extension: &'static str,
    },
    /// Two runs of the same shard came to different results.
    #[error(
        "{}: shard {shard} was computed before, and came to something else; nothing is written",
        shown(path)
    )]
    Contradiction {
        /// The file of the earlier one.
        path: PathBuf,
        /// Which it is.
        shard: Shard,
    },
}

fn shown(path: &std::path::Path) -> String {
    units::printable(&path.to_string_lossy())
}
