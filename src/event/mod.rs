//! What the workers tell: of a numeric job here, the messages that cross the channel and when each
//! worker began and ended; of external commands in [`task`].

mod channel;
pub mod map;
pub mod task;

pub use channel::{Closed, Events, Sender, channel};

use std::time::{Duration, Instant};

/// One message a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<T> {
    /// A chunk was computed.
    Done(Done<T>),
    /// The chunk function panicked; the engine hands out no more chunks.
    Panicked(Panic),
}

/// A chunk that was computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// Which chunk, counted from 0 in input order.
    pub index: u64,
    /// Which worker computed it, counted from 0.
    pub worker: usize,
    /// How long the chunk function ran.
    pub busy: Duration,
    /// What the chunk function returned.
    pub output: T,
}

/// A chunk whose function panicked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("worker {worker} panicked in chunk {index}: {message}")]
pub struct Panic {
    /// Which chunk, counted from 0 in input order.
    pub index: u64,
    /// Which worker it happened in, counted from 0.
    pub worker: usize,
    /// The panic's own message.
    pub message: String,
}

/// When a worker worked during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it took its first chunk, or found that there was none.
    pub started: Instant,
    /// When it had sent its last event.
    pub ended: Instant,
    /// The CPU time its thread used in between.
    pub cpu: Duration,
}
