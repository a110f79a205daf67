//! What crosses the channel from the workers to the aggregator.

use std::time::Duration;

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
