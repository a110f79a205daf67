//! Checkpoints of a run that may be killed: when they are written, and how a run goes on from one.

use super::ComputeError;
use crate::aggregate::{Prefix, Tally, Watch};
use crate::machine;
use crate::part::{Checkpoint, PartError, Shard, Whole};
use crate::plan::Plan;
use crate::reduction::{Partial, Reduced, Reduction};
use crate::report::{ComputeReport, Outcome};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How a run begins when there may be a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// At the first number; where there is a checkpoint, not at all.
    Anew,
    /// Where the checkpoint is, or at the first number when there is none.
    Resumed,
    /// At the first number; a checkpoint that is there is replaced.
    Overwriting,
}

/// The file of checkpoints of a run.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    /// The file, which is replaced by each.
    pub path: PathBuf,
    /// What is computed.
    pub whole: Whole,
    /// Which shard of it; the only one of the whole.
    pub shard: Shard,
    /// How long it is from one to the next at the most.
    pub every: Duration,
    /// How the run begins.
    pub beginning: Beginning,
}

impl Checkpoints {
    /// How far earlier runs have come. It is written at once, so that what can't be is known before
    /// anything is computed.
    pub(super) fn begin(&self, reduction: Reduction) -> Result<Checkpoint, PartError> {
        let found = match self.beginning {
            Beginning::Overwriting => None,
            Beginning::Anew if self.path.exists() => {
                return Err(PartError::Exists(self.path.clone()));
            }
            Beginning::Anew => None,
            Beginning::Resumed => Checkpoint::read(&self.path, &self.whole, self.shard)?,
        };
        match found {
            Some(checkpoint) if checkpoint.is_complete => Ok(checkpoint),
            Some(checkpoint) => self.written(checkpoint),
            None => self.written(Checkpoint {
                done: 0,
                reduced: Reduced::of_none(reduction),
                elapsed: Duration::ZERO,
                cpu: Duration::ZERO,
                is_complete: false,
            }),
        }
    }

    fn written(&self, checkpoint: Checkpoint) -> Result<Checkpoint, PartError> {
        checkpoint.write(&self.path, &self.whole, self.shard)?;
        Ok(checkpoint)
    }
}

/// Watches a run and writes its checkpoints.
pub(super) struct Keeper<'a, F> {
    file: &'a Checkpoints,
    /// What earlier runs took.
    before: (Duration, Duration),
    plan: Plan,
    prefix: Prefix,
    progress: F,
    started: Instant,
    cpu_before: Duration,
    written: Instant,
}

impl<'a, F: FnMut(u128)> Keeper<'a, F> {
    pub(super) fn new(
        file: &'a Checkpoints,
        before: Checkpoint,
        plan: Plan,
        progress: F,
    ) -> Keeper<'a, F> {
        let now = Instant::now();
        Keeper {
            file,
            before: (before.elapsed, before.cpu),
            plan,
            prefix: Prefix::behind(before.done, before.reduced),
            progress,
            started: now,
            cpu_before: machine::cpu_time(),
            written: now,
        }
    }

    fn write(&mut self, is_complete: bool) -> Result<(), PartError> {
        self.written = Instant::now();
        let (elapsed, cpu) = self.before;
        let checkpoint = Checkpoint {
            done: self.prefix.numbers(),
            reduced: self.prefix.reduced().clone(),
            elapsed: elapsed + self.started.elapsed(),
            cpu: cpu + machine::cpu_time().saturating_sub(self.cpu_before),
            is_complete,
        };
        checkpoint.write(&self.file.path, &self.file.whole, self.file.shard)
    }

    /// Writes how far the run has come in the end, and gives `tally` what all chunks came to.
    pub(super) fn finish(&mut self, tally: &mut Tally) -> Result<(), ComputeError> {
        tally.reduced = self.prefix.clone().into_all();
        Ok(self.write(false)?)
    }

    /// Writes that all is done, when it is.
    pub(super) fn complete(&mut self, report: &ComputeReport) -> Result<(), PartError> {
        match report.outcome {
            Outcome::Complete(_) | Outcome::Shard { .. } => self.write(true),
            Outcome::TimeLimit { .. } => Ok(()),
        }
    }
}

impl<F: FnMut(u128)> Watch for Keeper<'_, F> {
    fn take(&mut self, index: u64, partial: &mut Partial) {
        let positions = self.plan.positions(index);
        let is_whole = positions.end - positions.start == u128::from(partial.numbers);
        self.prefix.take(index, partial, is_whole);
    }

    fn hear(&mut self, tally: &Tally) {
        if self.written.elapsed() >= self.file.every {
            // One that can't be written is tried again after a while: the run may still come to its end, and
            // where it does not, the last one says so.
            let _ = self.write(false);
        }
        (self.progress)(tally.numbers);
    }
}
