//! What happens to the workers and items of `map`, as plain data.

use super::task::Exit;
use std::time::SystemTime;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum MapEvent {
    /// A process was started.
    Started {
        /// The worker's number, from 1.
        worker: usize,
        /// The process id.
        pid: u32,
        /// When, by the clock on the wall.
        started_at: SystemTime,
    },
    /// A process has ended.
    Ended {
        /// The worker's number, from 1.
        worker: usize,
        /// The process id.
        pid: u32,
        /// How it ended.
        exit: Exit,
        /// How many items it has answered.
        items: u64,
    },
    /// Items are given to a worker once more.
    Again {
        /// The number of the first, from 1.
        first: u64,
        /// How many.
        items: usize,
        /// Why.
        why: String,
    },
    /// An item has failed.
    Failed {
        /// Its number, from 1.
        seq: u64,
        /// The item, without its delimiter.
        item: Vec<u8>,
        /// Why.
        why: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// Workers answer only once their input has ended.
    Buffered,
    /// No worker has answered anything for long.
    Silent,
    /// There is room for fewer workers: so many.
    Limited(usize),
}
