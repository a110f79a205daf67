//! Jobs whose chunks must be taken in order: results written one by one, numbers read from files
//! and pipes.

use super::{Clock, ComputeError, Ran, Seen, Spec};
use crate::aggregate::{self, Permits, Tally, Window};
use crate::engine::Engine;
use crate::event::{Done, Event};
use crate::exact::{self, BigInt, I256, Partial};
use crate::input::{Chunk, Feed, Part, TextEnd, TextError, parse_block};
use crate::kernel::{self, NotInt64};
use crate::output::OutputFile;
use crate::stop::Stop;
use crossbeam_channel::Receiver;
use std::io::{self, Write};

/// How many numbers a chunk has when its results are written: their text stays in a core's cache.
const CHUNK_SIZE: u64 = 1 << 14;

/// The most numbers a chunk may have then, whatever is asked for: results are held until their
/// turn, and memory is to stay bounded.
const CHUNK_SIZE_MAX: u64 = 1 << 15;

/// The fewest and the most outputs that are held at a time; in between, two a worker.
const WINDOW_MIN: usize = 4;
const WINDOW_MAX: usize = 64;

/// Where the results of a job are written.
pub enum Sink<'a> {
    /// Nowhere: only the total counts.
    Nothing,
    /// In decimal, one a line, in input order.
    Lines(&'a mut dyn Write),
    /// Into a file's array of 64-bit integers, each at its place.
    Array(&'a OutputFile),
}

/// The form a worker gives to results.
#[derive(Clone, Copy)]
enum Rendering<'a> {
    Nothing,
    Lines,
    /// Binary, written by the worker itself when it knows the place.
    Array(Option<&'a OutputFile>),
}

/// What a chunk is read into and written from, used again and again.
#[derive(Default)]
struct Buffers {
    text: Vec<u8>,
    results: Vec<u8>,
}

/// What became of a chunk.
struct Output {
    part: usize,
    partial: Partial,
    reference: I256,
    seen: Seen,
    /// Where its text ended, or what was wrong with it after the results above.
    end: Result<TextEnd, Fault>,
    buffers: Buffers,
}

/// What keeps a chunk from being computed whole.
enum Fault {
    Text(TextError),
    Unreadable(io::Error),
    NotInt64(NotInt64),
    Write(io::Error),
}

/// Runs a job, writes its results to `sink` in input order, and adds up its total.
pub(super) fn run(
    spec: &Spec,
    limited: Stop,
    progress: impl FnMut(u128),
    sink: &mut Sink<'_>,
) -> Result<(Ran, Engine), ComputeError> {
    let chunk_size = spec.chunk_size.unwrap_or(CHUNK_SIZE).min(CHUNK_SIZE_MAX);
    let feed = Feed::open(&spec.input, chunk_size, &limited)?;
    let clock = Clock::start();
    let engine = Engine::new(spec.workers)?;
    let permits = (2 * spec.workers).clamp(WINDOW_MIN, WINDOW_MAX);
    let window = Window::new((0..permits).map(|_| Buffers::default()));
    let (next, permits) = window.split(|mut buffers| {
        let (index, chunk) = feed.next(std::mem::take(&mut buffers.text))?;
        Some((index, (chunk, buffers)))
    });
    let known = spec.input.known().is_some();
    let rendering = match sink {
        Sink::Nothing => Rendering::Nothing,
        Sink::Lines(_) => Rendering::Lines,
        Sink::Array(file) => Rendering::Array(known.then_some(*file)),
    };
    let collector = Collector::new(spec, &limited, sink, progress);
    let collector = engine.run(
        next,
        |(chunk, buffers)| run_chunk(spec, rendering, chunk, buffers),
        &limited,
        // The permits go with it: without them no worker waits for one.
        move |events| collector.collect(events, &permits),
    )?;
    let (elapsed, cpu) = clock.read();
    let complete = feed.is_exhausted() && !collector.gave_up;
    let ran = Ran {
        complete,
        seen: match spec.input.known() {
            Some(numbers) => Seen::of(numbers),
            None => collector.seen,
        },
        reference: spec.verify.then_some(collector.reference),
        elapsed,
        cpu,
        chunk_size,
        tally: collector.tally,
        limited: limited.clone(),
    };
    Ok((ran, engine))
}

/// What a worker does with a chunk.
fn run_chunk(spec: &Spec, rendering: Rendering<'_>, chunk: Chunk, buffers: Buffers) -> Output {
    let mut output = Output {
        part: 0,
        partial: Partial::EMPTY,
        reference: I256::ZERO,
        seen: Seen::default(),
        end: Ok(TextEnd::default()),
        buffers,
    };
    output.buffers.results.clear();
    let mut unfit = None;
    match chunk {
        Chunk::Known { part, positions } => {
            output.part = part;
            let start = positions.start;
            if let Part::Known(numbers) = &spec.input.parts()[part] {
                numbers.for_each_batch(positions, |batch| {
                    unfit = unfit.or(output.take(spec, rendering, batch));
                });
            }
            if let Rendering::Array(Some(file)) = rendering
                && let Err(error) = file.write_at(start, &output.buffers.results)
            {
                output.end = Err(Fault::Write(error));
            }
        }
        Chunk::Text { part, block } => {
            output.part = part;
            let end = parse_block(&block, |batch| {
                unfit = unfit.or(output.take(spec, rendering, batch));
            });
            output.end = end.map_err(Fault::Text);
            output.buffers.text = block.into_buffer();
        }
        Chunk::Unreadable { part, error } => {
            output.part = part;
            output.end = Err(Fault::Unreadable(error));
        }
    }
    if let Some(unfit) = unfit {
        output.end = Err(Fault::NotInt64(unfit));
    }
    output
}

impl Output {
    /// Computes and renders the next numbers of the chunk; says which result could not be rendered.
    fn take(&mut self, spec: &Spec, rendering: Rendering<'_>, batch: &[i64]) -> Option<NotInt64> {
        self.partial
            .merge(kernel::compute_list(spec.job, spec.kernel, batch));
        if spec.verify {
            self.reference += kernel::reference_list(spec.job, batch);
        }
        self.seen.extend(batch);
        let results = &mut self.buffers.results;
        match rendering {
            Rendering::Nothing => None,
            Rendering::Lines => {
                kernel::append_text(spec.job, batch, results);
                None
            }
            Rendering::Array(_) => kernel::append_int64(spec.job, batch, results).err(),
        }
    }
}

/// Takes outputs in order: writes results, adds up, and knows the place of an error.
struct Collector<'a, 'b, F> {
    spec: &'a Spec,
    limited: &'a Stop,
    sink: &'a mut Sink<'b>,
    progress: F,
    tally: Tally,
    reference: BigInt,
    seen: Seen,
    /// The part of the input that is being taken, and where its text has ended so far.
    part: usize,
    end: TextEnd,
    /// Whether a slow reader was left because the run was stopped.
    gave_up: bool,
}

impl<'a, 'b, F: FnMut(u128)> Collector<'a, 'b, F> {
    fn new(spec: &'a Spec, limited: &'a Stop, sink: &'a mut Sink<'b>, progress: F) -> Self {
        Collector {
            spec,
            limited,
            sink,
            progress,
            tally: Tally::new(spec.workers),
            reference: BigInt::ZERO,
            seen: Seen::default(),
            part: 0,
            end: TextEnd::default(),
            gave_up: false,
        }
    }

    fn collect(
        mut self,
        events: Receiver<Event<Output>>,
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
            if self.gave_up {
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
        if let Err(error) = self.write(&output) {
            if self.limited.reason().is_none() {
                return Err(error);
            }
            self.gave_up = true;
            return Ok(None);
        }
        self.tally.add(done.worker, done.busy, output.partial);
        self.reference += exact::unbounded(output.reference);
        self.seen.append(&output.seen);
        match output.end {
            Ok(end) => self.end = self.end.then(end),
            Err(fault) => return Err(self.error(fault)),
        }
        Ok(Some(output.buffers))
    }

    fn write(&mut self, output: &Output) -> Result<(), ComputeError> {
        let results = output.buffers.results.as_slice();
        let written = match self.sink {
            Sink::Nothing => Ok(()),
            Sink::Lines(out) => out.write_all(results).and_then(|()| out.flush()),
            Sink::Array(_) if self.spec.input.known().is_some() => Ok(()),
            Sink::Array(file) => file.write_at(self.tally.numbers, results),
        };
        written.map_err(write_error)
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
            Fault::NotInt64(NotInt64 { number }) => ComputeError::NotInt64 {
                number,
                result: exact::unbounded(kernel::result(self.spec.job, number)),
            },
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

fn write_error(source: io::Error) -> ComputeError {
    ComputeError::Write {
        target: "the results".to_owned(),
        source,
    }
}
