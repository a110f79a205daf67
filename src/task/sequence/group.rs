//! Sources that are linked with one another, gone through side by side.

use crate::task::error::TaskError;
use crate::task::records::Look;
use crate::task::source::Source;
use std::time::Duration;

/// Sources linked with one another: as many inputs as the shortest has.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) sources: Vec<Source>,
    /// The first position that makes a task: the one before it may have named the columns.
    pub(super) first: u128,
    /// The position that `inputs` are at.
    pub(super) position: u128,
    /// One of each source, once the first ones have been read.
    pub(super) inputs: Vec<Vec<u8>>,
    /// How many positions there are, once the end was met.
    pub(super) end: Option<u128>,
    /// The source that an input is waited for from.
    pub(super) awaited: Option<usize>,
}

impl Group {
    pub(super) fn new(sources: Vec<Source>) -> Group {
        Group {
            sources,
            first: 0,
            position: 0,
            inputs: Vec::new(),
            end: None,
            awaited: None,
        }
    }

    /// Goes to a position; stays where it is when there is no such position or not yet.
    pub(super) fn go(&mut self, position: u128, limit: Duration) -> Result<Look<()>, TaskError> {
        self.awaited = None;
        let mut inputs = Vec::with_capacity(self.sources.len());
        for (i, source) in self.sources.iter_mut().enumerate() {
            match source.get(position, limit)? {
                Look::Found(input) => inputs.push(input),
                Look::NotYet => {
                    self.awaited = Some(i);
                    return Ok(Look::NotYet);
                }
                Look::End => {
                    self.end = Some(position);
                    return Ok(Look::End);
                }
            }
        }
        self.position = position;
        self.inputs = inputs;
        Ok(Look::Found(()))
    }

    /// How many positions there are, as soon as it is known.
    pub(super) fn count(&self) -> Option<u128> {
        let counts = || self.sources.iter().map(Source::count);
        // Whatever the others have, nothing is linked with nothing.
        let empty = counts().any(|count| count == Some(0)).then_some(0);
        let shortest = || counts().try_fold(u128::MAX, |min, count| Some(min.min(count?)));
        let all = self.end.or(empty).or_else(shortest);
        all.map(|all| all.saturating_sub(self.first))
    }
}
