//! A part of a numeric job's result: what it covers and what that comes to, as a small file with a digest;
//! and how parts make a whole.
//!
//! It is the one form in which work crosses a process, a kill or a machine. Nothing is computed here.
//!
//! ```
//! use partask::job::Job;
//! use partask::part::{Shard, Whole};
//!
//! let whole = Whole::new(Job::squares(), "1..11".parse()?);
//! assert_eq!(whole.positions(Shard::new(1, 3)?), 0..4);
//! assert_eq!(whole.positions(Shard::new(2, 3)?), 4..7);
//! assert_eq!(whole.positions("3/3".parse()?), 7..10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checkpoint;
mod collection;
mod error;
mod file;
mod seal;
mod shard;
mod whole;
mod wire;
mod wire_reduced;
mod wire_whole;

pub use checkpoint::{CHECKPOINT_SCHEMA, Checkpoint};
pub use collection::{Collection, Missing};
pub use error::{PartError, ShardError};
pub use file::{SCHEMA, file_name, read, values_name, write};
pub use shard::{SHARDS_MAX, Shard};
pub use whole::Whole;

use crate::reduction::Reduced;
use std::ops::Range;
use std::time::Duration;

/// What the numbers of one shard came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which shard it is.
    pub shard: Shard,
    /// The positions in the whole input that it covers.
    pub positions: Range<u128>,
    /// What their results come to, with places counted in the whole input.
    pub reduced: Reduced,
    /// What it was checked by before it was written, as reports name it.
    pub verified_by: Vec<String>,
    /// How many numbers that covers.
    pub checked_numbers: u128,
    /// The file beside it that has the results one by one, when there is one.
    pub values: Option<Values>,
    /// How it was computed.
    pub run: Run,
}

/// A file of results, beside the file of the part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    /// Its name.
    pub name: String,
    /// The digest of its content, 32 hexadecimal digits.
    pub digest: String,
}

/// Where and when a part was computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The machine's name.
    pub host: String,
    /// When it was begun, since 1970, by that machine's clock.
    pub started: Duration,
    /// How long it took.
    pub elapsed: Duration,
    /// The CPU time, user and system, used meanwhile.
    pub cpu: Duration,
    /// How many workers there were.
    pub workers: usize,
}

impl Part {
    /// Whether `other` says the same of the same numbers, whoever computed it and when.
    #[must_use]
    pub fn is_same_result(&self, other: &Part) -> bool {
        self.shard == other.shard
            && self.positions == other.positions
            && self.reduced == other.reduced
    }
}
