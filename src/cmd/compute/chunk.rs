//! What a worker does with a chunk of a job whose results are taken in order.

use super::sample::Kept;
use super::{Seen, Spec};
use crate::exact::BigInt;
use crate::expression::EvaluationError;
use crate::input::{Block, Chunk, Numbers, Part, TextEnd, TextError, parse_block};
use crate::kernel::{self, Form, Lists, Unfit};
use crate::output::OutputFile;
use crate::reduction::{Partial, Reduced};
use crate::stop::Stop;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The form a worker gives to results.
#[derive(Clone, Copy)]
pub(super) enum Rendering<'a> {
    Nothing,
    Lines,
    /// Binary, written by the worker itself when it knows the place.
    Array(Option<Pieces<'a>>),
}

/// Where workers write results, and how many bytes of them at a time.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'a> {
    pub(super) file: &'a OutputFile,
    pub(super) len: usize,
    pub(super) spare: &'a Spare,
}

/// Buffers for pieces that are used by nobody: whoever needs one gets the one used last, which may
/// still be in a core's cache.
#[derive(Default)]
pub(super) struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    fn take(&self) -> Vec<u8> {
        self.lock().pop().unwrap_or_default()
    }

    fn give_back(&self, buffer: Vec<u8>) {
        self.lock().push(buffer);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a chunk that is computed number by number may last once the run is to stop: all but those
/// of slow functions end whole.
const LAST_CHUNK_MAX: Duration = Duration::from_millis(20);

/// What a chunk is read into and written from, used again and again.
#[derive(Default)]
pub(super) struct Buffers {
    pub(super) text: Vec<u8>,
    pub(super) results: Vec<u8>,
}

/// What became of a chunk.
pub(super) struct Output {
    pub(super) part: usize,
    pub(super) partial: Partial,
    pub(super) reference: Reduced,
    pub(super) seen: Seen,
    pub(super) kept: Kept,
    /// Whether it was left half done because the run was stopped.
    pub(super) cut_short: bool,
    /// Where its text ended, or what was wrong with it after the results above.
    pub(super) end: Result<TextEnd, Fault>,
    pub(super) buffers: Buffers,
}

/// What keeps a chunk from being computed whole.
pub(super) enum Fault {
    Text(TextError),
    Unreadable(io::Error),
    NotInt64 { number: i64, result: BigInt },
    NoValue(EvaluationError),
    Write(io::Error),
}

impl From<Unfit> for Fault {
    fn from(unfit: Unfit) -> Fault {
        match unfit {
            Unfit::Int64 { number, result } => Fault::NotInt64 { number, result },
            Unfit::NoValue(error) => Fault::NoValue(error),
        }
    }
}

/// What a worker does with a chunk.
pub(super) fn run_chunk(
    spec: &Spec,
    rendering: Rendering<'_>,
    chunk: Chunk,
    buffers: Buffers,
    stop: &Stop,
) -> Output {
    let mut output = Output::new(spec, buffers);
    match chunk {
        Chunk::Known { part, positions } => {
            output.part = part;
            let Part::Known(numbers) = &spec.input.parts()[part] else {
                unreachable!("positions are handed out of known numbers only");
            };
            let ended = match rendering {
                Rendering::Nothing if !spec.verify => {
                    output.total_up(spec, numbers, positions, stop)
                }
                Rendering::Array(Some(pieces)) => {
                    output.write_known(spec, pieces, numbers, positions, stop)
                }
                _ => output.take_known(spec, rendering, numbers, positions, stop, |_| Ok(())),
            };
            output.end = ended.map(|()| TextEnd::default());
        }
        Chunk::Text { part, block } => {
            output.part = part;
            output.end = output.take_text(spec, rendering, &block);
            output.buffers.text = block.into_buffer();
        }
        Chunk::Region { part, region } => {
            output.part = part;
            match region.read() {
                Ok(block) => {
                    output.end = output.take_text(spec, rendering, &block);
                    output.buffers.text = block.into_buffer();
                }
                Err(error) => output.end = Err(Fault::Unreadable(error)),
            }
        }
        Chunk::Unreadable { part, error } => {
            output.part = part;
            output.end = Err(Fault::Unreadable(error));
        }
    }
    output
}

impl Output {
    fn new(spec: &Spec, mut buffers: Buffers) -> Output {
        buffers.results.clear();
        Output {
            part: 0,
            partial: Partial::of_none(spec.job.reduction()),
            reference: Reduced::of_none(spec.job.reduction()),
            seen: Seen::default(),
            kept: Kept::default(),
            cut_short: false,
            end: Ok(TextEnd::default()),
            buffers,
        }
    }

    /// Reduces known numbers, of which nothing else is wanted.
    fn total_up(
        &mut self,
        spec: &Spec,
        numbers: &Numbers,
        positions: Range<u128>,
        stop: &Stop,
    ) -> Result<(), Fault> {
        let Range { start, end } = positions;
        let partial = kernel::compute(&spec.job, spec.kernel, numbers, positions, stop);
        self.partial = partial.map_err(Fault::NoValue)?;
        let done = start + u128::from(self.partial.numbers);
        self.seen = Seen::at(numbers, start..done);
        self.cut_short = done < end;
        Ok(())
    }

    /// Takes known numbers, up to one without a result. `taken` hears of every batch that was.
    fn take_known(
        &mut self,
        spec: &Spec,
        rendering: Rendering<'_>,
        numbers: &Numbers,
        positions: Range<u128>,
        stop: &Stop,
        mut taken: impl FnMut(&mut Vec<u8>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let started = Instant::now();
        let mut lists = Lists::new(&spec.job, spec.kernel);
        let mut so_far = Ok(());
        numbers.for_each_batch(positions, |batch| {
            self.cut_short |= stop.is_requested() && started.elapsed() > LAST_CHUNK_MAX;
            if so_far.is_ok() && !self.cut_short {
                so_far = self.take(spec, rendering, &mut lists, batch);
                if so_far.is_ok() {
                    so_far = taken(&mut self.buffers.results);
                }
            }
        });
        so_far
    }

    /// Takes known numbers and writes their results to an array, a piece at a time.
    fn write_known(
        &mut self,
        spec: &Spec,
        pieces: Pieces<'_>,
        numbers: &Numbers,
        positions: Range<u128>,
        stop: &Stop,
    ) -> Result<(), Fault> {
        let mut position = positions.start;
        let mut write = |results: &mut Vec<u8>| {
            let written = pieces.file.write_at(position, results);
            position += (results.len() / size_of::<i64>()) as u128;
            results.clear();
            written.map_err(Fault::Write)
        };
        self.buffers.results = pieces.spare.take();
        let rendering = Rendering::Array(Some(pieces));
        let taken =
            self.take_known(
                spec,
                rendering,
                numbers,
                positions,
                stop,
                |results| match results.len() >= pieces.len {
                    true => write(results),
                    false => Ok(()),
                },
            );
        let last = write(&mut self.buffers.results);
        pieces
            .spare
            .give_back(std::mem::take(&mut self.buffers.results));
        taken.and(last)
    }

    /// Takes the numbers of a text, up to one without a result.
    fn take_text(
        &mut self,
        spec: &Spec,
        rendering: Rendering<'_>,
        block: &Block,
    ) -> Result<TextEnd, Fault> {
        let mut lists = Lists::new(&spec.job, spec.kernel);
        let mut taken = Ok(());
        let end = parse_block(block, |batch| {
            if taken.is_ok() {
                taken = self.take(spec, rendering, &mut lists, batch);
            }
        });
        taken.and_then(|()| end.map_err(Fault::Text))
    }

    /// Computes and renders the next numbers of the chunk, up to one without a result.
    fn take(
        &mut self,
        spec: &Spec,
        rendering: Rendering<'_>,
        lists: &mut Lists<'_>,
        batch: &[i64],
    ) -> Result<(), Fault> {
        let job = &spec.job;
        let results = &mut self.buffers.results;
        let partial = match rendering {
            Rendering::Nothing => lists.compute(batch).map_err(Fault::NoValue),
            Rendering::Lines => lists
                .append(batch, Form::Lines, results)
                .map_err(Fault::from),
            Rendering::Array(_) => lists
                .append(batch, Form::Int64, results)
                .map_err(Fault::from),
        };
        let position = u128::from(self.partial.numbers);
        self.partial.merge(partial?.moved_by(position));
        if spec.verify {
            let reference = kernel::reference_list(job, batch).map_err(Fault::NoValue)?;
            self.reference.merge(reference.moved_by(position));
        }
        self.seen.extend(batch);
        if job.expression().is_some() && spec.input.known().is_none() {
            self.kept.extend(batch);
        }
        Ok(())
    }
}
