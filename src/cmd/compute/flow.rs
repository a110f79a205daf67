//! Jobs whose chunks must be taken in order: results written one by one, numbers read from files
//! and pipes.

use super::chunk::{Buffers, Fault, Output, Pieces, Rendering, Spare, run_chunk};
use super::sample::Kept;
use super::{Clock, ComputeError, Ran, Seen, Spec};
use crate::aggregate::{self, Permits, Tally, Window};
use crate::engine::Engine;
use crate::event::{Done, Events};
use crate::input::{BLOCK_LEN, Feed, Part, TextEnd, TextError};
use crate::lines;
use crate::output::OutputFile;
use crate::plan::PlanError;
use crate::reduction::Reduced;
use crate::stop::Stop;
use std::io::{self, ErrorKind, Write};

/// How many numbers a chunk has when its results are written: their text stays in a core's cache.
const CHUNK_SIZE: u64 = 1 << 14;

/// The most numbers a chunk may have then, whatever is asked for: results are held until their
/// turn, and memory is to stay bounded.
const CHUNK_SIZE_MAX: u64 = 1 << 15;

/// The most numbers a chunk has when its results go into an array: they are not held.
const CHUNK_SIZE_ARRAY_MAX: u64 = 1 << 20;

/// How many bytes of an array are written at a time. A file takes one writer at a time and finds room
/// for each anew, so that it takes far longer over eight pieces of an eighth.
const PIECE_LEN: usize = 1 << 20;

/// The most bytes of an array that all workers together hold.
const PIECES_LEN_MAX: usize = 32 << 20;

/// How many numbers a chunk of a range has when nothing is written: there is nothing to hold.
const CHUNK_SIZE_UNWRITTEN: u64 = 1 << 20;

/// The fewest and the most outputs that are held at a time; in between, two a worker.
const WINDOW_MIN: usize = 4;
const WINDOW_MAX: usize = 64;

/// How many outputs of full size are held at the most; more of them are smaller, so that memory is
/// bounded whatever the number of workers.
const FULL_SIZE_MAX: usize = 16;

/// Where the results of a job are written.
pub enum Sink<'a> {
    /// Nowhere: only the total counts.
    Nothing,
    /// In decimal, one a line, in input order.
    Lines(&'a mut dyn Write),
    /// Into a file's array of 64-bit integers, each at its place.
    Array(&'a OutputFile),
}

/// How much is worked on at a time.
struct Sizes {
    /// How many outputs are held at the most.
    permits: usize,
    /// How many known numbers a chunk has.
    chunk_size: u64,
    /// How many bytes of text a chunk has.
    block_len: usize,
    /// How many bytes of an array are written at a time.
    piece_len: usize,
}

impl Sizes {
    fn of(spec: &Spec, sink: &Sink<'_>) -> Result<Sizes, PlanError> {
        let permits = (2 * spec.workers).clamp(WINDOW_MIN, WINDOW_MAX);
        // Many workers need memory for themselves, too: a share of it is theirs.
        let shares = permits.div_ceil(FULL_SIZE_MAX);
        let divisor = shares + usize::from(shares > 1);
        let held_max = CHUNK_SIZE_MAX / divisor as u64;
        let (planned, max) = match (sink, spec.input.known()) {
            (Sink::Nothing, _) => (CHUNK_SIZE_UNWRITTEN, u64::MAX),
            (Sink::Array(_), Some(numbers)) => {
                let planned = array_chunk_size(numbers.count(), spec.workers);
                (planned, CHUNK_SIZE_ARRAY_MAX)
            }
            (Sink::Lines(_) | Sink::Array(_), _) => (CHUNK_SIZE, held_max),
        };
        match spec.chunk_size.unwrap_or(planned).min(max) {
            0 => Err(PlanError::EmptyChunk),
            chunk_size => Ok(Sizes {
                permits,
                chunk_size,
                block_len: BLOCK_LEN / divisor,
                piece_len: PIECE_LEN.min(PIECES_LEN_MAX / permits.min(spec.workers.max(1))),
            }),
        }
    }

    /// The form that workers give to results, and where those of an array go.
    fn rendering<'s, 'a: 's>(
        &self,
        spec: &Spec,
        sink: &Sink<'a>,
        spare: &'s Spare,
    ) -> Rendering<'s> {
        match sink {
            Sink::Nothing => Rendering::Nothing,
            Sink::Lines(_) => Rendering::Lines,
            Sink::Array(file) => Rendering::Array(spec.input.known().map(|_| Pieces {
                file,
                len: self.piece_len,
                spare,
            })),
        }
    }
}

/// How many numbers a chunk has whose results go into an array: large enough for whole pieces, small
/// enough that every worker has several.
fn array_chunk_size(count: u128, workers: usize) -> u64 {
    const CHUNKS_PER_WORKER: u128 = 8;
    let share = count / (CHUNKS_PER_WORKER * workers.max(1) as u128);
    let share = u64::try_from(share).unwrap_or(u64::MAX);
    share.clamp(CHUNK_SIZE, CHUNK_SIZE_ARRAY_MAX)
}

/// Runs a job, writes its results to `sink` in input order, and adds up its total.
pub(super) fn run(
    spec: &Spec,
    limited: Stop,
    progress: impl FnMut(u128),
    sink: &mut Sink<'_>,
) -> Result<Ran, ComputeError> {
    let sizes = Sizes::of(spec, sink)?;
    let feed = Feed::open(&spec.input, sizes.chunk_size, sizes.block_len, &limited)?;
    let clock = Clock::start();
    let engine = Engine::new(spec.workers)?;
    let window = Window::new((0..sizes.permits).map(|_| Buffers::default()));
    let (next, permits) =
        window.split(
            |mut buffers| match feed.next(std::mem::take(&mut buffers.text)) {
                Some((index, chunk)) => Ok((index, (chunk, buffers))),
                None => Err(buffers),
            },
        );
    let spare = Spare::default();
    let rendering = sizes.rendering(spec, sink, &spare);
    let collector = Collector::new(spec, sink, progress);
    let run = limited.clone();
    let finished = engine.run(
        next,
        |(chunk, buffers)| run_chunk(spec, rendering, chunk, buffers, &limited),
        &limited,
        // The permits go with the outputs' taker: without it no worker waits for one. And none is to
        // wait for input that is of no use any more.
        move |events| {
            let collected = collector.collect(events, &permits);
            if !matches!(&collected, Ok(collector) if !collector.cut_short) {
                run.abandon();
            }
            collected
        },
    )?;
    let timing = clock.read(&finished);
    let collector = finished.result?;
    let known = spec.input.known();
    let exhausted = match known {
        Some(numbers) => collector.tally.numbers == numbers.count(),
        None => feed.is_exhausted(),
    };
    let ran = Ran {
        complete: exhausted && !collector.cut_short,
        start: 0,
        whole_chunks: !collector.cut_short,
        seen: known.map_or(collector.seen, Seen::of),
        reference: spec.verify.then_some(collector.reference),
        timing,
        chunk_size: sizes.chunk_size,
        tally: collector.tally,
        kept: collector.kept,
        limited: limited.clone(),
    };
    Ok(ran)
}

/// Takes outputs in order: writes results, adds up, and knows the place of an error.
struct Collector<'a, 'b, F> {
    spec: &'a Spec,
    sink: &'a mut Sink<'b>,
    progress: F,
    tally: Tally,
    reference: Reduced,
    seen: Seen,
    kept: Kept,
    /// The part of the input that is being taken, and where its text has ended so far.
    part: usize,
    end: TextEnd,
    /// Whether the run was stopped within a chunk: while it was computed, or while a slow reader was
    /// waited for.
    cut_short: bool,
}

impl<'a, 'b, F: FnMut(u128)> Collector<'a, 'b, F> {
    fn new(spec: &'a Spec, sink: &'a mut Sink<'b>, progress: F) -> Self {
        Collector {
            spec,
            sink,
            progress,
            tally: Tally::new(spec.workers, spec.job.reduction()),
            reference: Reduced::of_none(spec.job.reduction()),
            seen: Seen::default(),
            kept: Kept::default(),
            part: 0,
            end: TextEnd::default(),
            cut_short: false,
        }
    }

    fn collect(
        mut self,
        events: Events<'_, Output>,
        permits: &Permits<Buffers>,
    ) -> Result<Self, ComputeError> {
        for done in aggregate::in_order(events) {
            let done = done.map_err(|panic| ComputeError::Panicked {
                panic,
                place: String::new(),
            })?;
            if let Some(buffers) = self.take(done)? {
                permits.give_back(buffers);
            }
            if self.cut_short {
                break;
            }
            (self.progress)(self.tally.numbers);
        }
        Ok(self)
    }

    /// Takes the output whose turn it is; returns its buffers.
    fn take(&mut self, done: Done<Output>) -> Result<Option<Buffers>, ComputeError> {
        let output = done.output;
        if output.part != self.part {
            self.part = output.part;
            self.end = TextEnd::default();
        }
        if let Err((written, source)) = self.write(&output) {
            if !lines::is_stopped(&source) {
                return Err(write_error(source));
            }
            // What has been written counts, though nobody knows what it adds up to.
            let written = &output.buffers.results[..written];
            self.tally.numbers += written.iter().filter(|byte| **byte == b'\n').count() as u128;
            self.cut_short = true;
            return Ok(None);
        }
        self.cut_short = output.cut_short;
        let position = self.tally.numbers;
        let partial = output.partial.moved_by(position);
        self.tally.add(done.worker, done.busy, partial);
        self.reference.merge(output.reference.moved_by(position));
        self.seen.append(&output.seen);
        self.kept.append(&output.kept);
        match output.end {
            Ok(end) => self.end = self.end.then(end),
            Err(fault) => return Err(self.error(fault)),
        }
        Ok(Some(output.buffers))
    }

    /// Writes the results of a chunk; a failure comes with how many of their bytes were written.
    fn write(&mut self, output: &Output) -> Result<(), (usize, io::Error)> {
        let results = output.buffers.results.as_slice();
        match self.sink {
            Sink::Nothing => Ok(()),
            Sink::Lines(out) => write_counted(*out, results),
            Sink::Array(_) if self.spec.input.known().is_some() => Ok(()),
            Sink::Array(file) => file
                .write_at(self.tally.numbers, results)
                .map_err(|error| (0, error)),
        }
    }

    fn error(&self, fault: Fault) -> ComputeError {
        match fault {
            Fault::Text(TextError { before, error }) => {
                let end = self.end.then(before);
                ComputeError::BadText {
                    name: self.part_name(),
                    line: end.lines + 1,
                    column: end.columns + 1,
                    error,
                }
            }
            Fault::Unreadable(source) => ComputeError::Unreadable {
                name: self.part_name(),
                source,
            },
            Fault::NotInt64 { number, result } => ComputeError::NotInt64 { number, result },
            Fault::NoValue(error) => ComputeError::no_value(&self.spec.job, error),
            Fault::Write(source) => write_error(source),
        }
    }

    fn part_name(&self) -> String {
        match &self.spec.input.parts()[self.part] {
            Part::Stream(source) => source.name(),
            Part::Known(_) => self.spec.input.text().to_owned(),
        }
    }
}

/// Writes all of `text`; a failure comes with how much of it was written.
fn write_counted(out: &mut dyn Write, text: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut written = 0;
    while written < text.len() {
        match out.write(&text[written..]) {
            Ok(0) => return Err((written, ErrorKind::WriteZero.into())),
            Ok(more) => written += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err((written, error)),
        }
    }
    out.flush().map_err(|error| (written, error))
}

fn write_error(source: io::Error) -> ComputeError {
    ComputeError::Write {
        target: "the results".to_owned(),
        source,
    }
}
