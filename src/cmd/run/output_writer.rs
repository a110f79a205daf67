//! What a task writes, on its way from its worker: kept for the records, tagged, and either passed
//! on as it comes or held until the task's turn.

use super::halting::Halting;
use super::messages::{Message, Outbox};
use super::{Order, RunError, Spec};
use crate::event::task::{About, Stream, TaskEvent};
use crate::process::line_assembler::LineAssembler;
use crate::process::tail::Tail;
use crate::process::{Captured, Spool, Store, StoreError};
use crate::report::run::Output;
use std::sync::Arc;

/// How many of the last lines of a task that failed are told.
const TAIL_LINES: usize = 10;

/// The buffers of a slot, for one task after the other.
#[derive(Debug)]
pub(super) struct OutputWriter {
    /// What was written, as it was, for the records.
    kept: [Spool; 2],
    /// What is to be shown when it is the task's turn.
    held: [Spool; 2],
    lines: [LineAssembler; 2],
    tail: Tail,
    tagger: Tagger,
    tagged: Vec<u8>,
}

/// Where the output of one task goes.
#[derive(Debug)]
pub(super) struct Route<'a> {
    pub(super) spec: &'a Spec,
    pub(super) task: &'a Arc<About>,
    pub(super) outbox: &'a Outbox,
    /// Whether the attempt is the last one, so that what it writes is what the task writes.
    pub(super) is_last: bool,
    pub(super) halting: &'a Halting<'a>,
}

impl Route<'_> {
    /// Whether what the task writes may be shown at once.
    fn is_open(&self) -> bool {
        self.is_last && self.outbox.is_turn_of(self.task.seq)
    }

    /// Ends the run when some output could not be kept whole.
    pub(super) fn tell_loss(&self, output: &Captured) {
        if let Some(loss) = RunError::lost(self.task.seq, output) {
            self.halting.abandon(loss);
        }
    }

    fn send(&self, stream: Stream, bytes: Vec<u8>) {
        let task = Arc::clone(self.task);
        let lines = TaskEvent::Lines {
            task,
            stream,
            bytes,
        };
        self.outbox.send(Message::Event(Box::new(lines)));
    }
}

impl OutputWriter {
    pub(super) fn new(store: &Store) -> OutputWriter {
        let spools = || [Spool::new(store), Spool::new(store)];
        OutputWriter {
            kept: spools(),
            held: spools(),
            lines: Default::default(),
            tail: Tail::new(),
            tagger: Tagger::default(),
            tagged: Vec::new(),
        }
    }

    /// Makes ready for an attempt at a task, and forgets the one before.
    pub(super) fn begin(&mut self, spec: &Spec, task: &About, tag: Option<Vec<u8>>) {
        for spool in self.kept.iter_mut().chain(&mut self.held) {
            drop(spool.take());
        }
        self.tail.clear();
        if spec.tag {
            self.tagger = tag.map_or_else(|| Tagger::new(&task.inputs), Tagger::of);
        }
    }

    /// Takes what the task wrote next.
    pub(super) fn push(&mut self, route: &Route<'_>, stream: Stream, bytes: &[u8]) {
        let index = stream.index();
        self.tail.push(bytes);
        if route.spec.keep_output {
            self.kept[index].push(bytes);
        }
        match (route.spec.order, route.spec.tag) {
            (Order::Line, _) => {
                let OutputWriter { lines, tagger, .. } = self;
                lines[index].push(bytes, |whole| {
                    route.send(stream, tagger.tagged_lines(route.spec, stream, whole));
                });
            }
            (_, false) => hold(&mut self.held[index], route, stream, bytes),
            (_, true) => {
                self.tagged.clear();
                self.tagger.push(stream, bytes, &mut self.tagged);
                hold(&mut self.held[index], route, stream, &self.tagged);
            }
        }
    }

    /// The attempt is over: passes a line on that it has not ended, or ends it after a tag.
    pub(super) fn finish(&mut self, route: &Route<'_>) {
        for stream in Stream::BOTH {
            let index = stream.index();
            let OutputWriter { lines, tagger, .. } = self;
            lines[index].finish(|whole| {
                route.send(stream, tagger.tagged_lines(route.spec, stream, whole));
            });
            if self.tagger.end_line(stream) && route.spec.order != Order::Line {
                self.held[index].push(b"\n");
            }
        }
    }

    /// What is still to be shown.
    pub(super) fn take_held(&mut self) -> Output {
        self.held.each_mut().map(Spool::take)
    }

    /// What was written, if it is kept.
    pub(super) fn take_kept(&mut self) -> Output {
        self.kept.each_mut().map(Spool::take)
    }

    /// The last lines, of both streams.
    pub(super) fn tail(&self) -> Vec<u8> {
        self.tail.lines(TAIL_LINES).to_vec()
    }
}

/// Holds text until the task's turn; on its turn passes on whole lines, and what was held before.
fn hold(held: &mut Spool, route: &Route<'_>, stream: Stream, text: &[u8]) {
    let end = match route.spec.order {
        Order::Input if route.is_open() => memchr::memrchr(b'\n', text),
        _ => None,
    };
    let Some(end) = end else {
        return held.push(text);
    };
    let (whole, rest) = text.split_at(end + 1);
    let before = held.take();
    route.tell_loss(&before);
    let last = send_all_but_last(&before, route, stream);
    let mut last = last.unwrap_or_else(|error| {
        route.halting.abandon(error.into());
        Vec::new()
    });
    last.extend_from_slice(whole);
    route.send(stream, last);
    held.push(rest);
}

/// Sends what was held, but for a last piece that fits in a message with what follows.
fn send_all_but_last(
    held: &Captured,
    route: &Route<'_>,
    stream: Stream,
) -> Result<Vec<u8>, StoreError> {
    let mut last = Vec::new();
    held.read(|piece| {
        let before = std::mem::replace(&mut last, piece.to_vec());
        if !before.is_empty() {
            route.send(stream, before);
        }
        Ok::<(), StoreError>(())
    })?;
    Ok(last)
}

/// How many inputs stand in a tag, before only the first and the last do.
const INPUTS_MAX: usize = 10;

/// Puts the inputs of a task and a tab before each of its lines, as GNU parallel's `--tag` does.
#[derive(Debug, Default)]
struct Tagger {
    tag: Vec<u8>,
    /// By stream, whether a line was begun.
    is_within: [bool; 2],
}

impl Tagger {
    /// Inputs that hold a line feed or a tab show it as `\n` or `\t`, so that a line stays one and the
    /// tag ends at its first tab.
    fn new(inputs: &[Vec<u8>]) -> Tagger {
        Tagger::of(match inputs {
            [first, .., last] if inputs.len() > INPUTS_MAX => {
                let count = format!(" ({} inputs)", inputs.len());
                [first, " … ".as_bytes(), last, count.as_bytes()].concat()
            }
            inputs => inputs.join(&b' '),
        })
    }

    fn of(text: Vec<u8>) -> Tagger {
        let mut tag = Vec::new();
        for byte in text {
            match byte {
                b'\n' => tag.extend_from_slice(br"\n"),
                b'\t' => tag.extend_from_slice(br"\t"),
                byte => tag.push(byte),
            }
        }
        tag.push(b'\t');
        Tagger {
            tag,
            is_within: [false; 2],
        }
    }

    fn push(&mut self, stream: Stream, bytes: &[u8], out: &mut Vec<u8>) {
        let is_within = &mut self.is_within[stream.index()];
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if !*is_within {
                out.extend_from_slice(&self.tag);
            }
            out.extend_from_slice(line);
            *is_within = !line.ends_with(b"\n");
        }
    }

    /// Lines as they are shown when they are not to wait.
    fn tagged_lines(&mut self, spec: &Spec, stream: Stream, whole: &[u8]) -> Vec<u8> {
        if !spec.tag {
            return whole.to_vec();
        }
        let mut tagged = Vec::with_capacity(whole.len() + self.tag.len());
        self.push(stream, whole, &mut tagged);
        tagged
    }

    /// Whether a line was begun, which is over now.
    fn end_line(&mut self, stream: Stream) -> bool {
        std::mem::take(&mut self.is_within[stream.index()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tagged(inputs: &[&str], pieces: &[&[u8]]) -> Vec<u8> {
        let inputs: Vec<Vec<u8>> = inputs
            .iter()
            .map(|input| input.as_bytes().to_vec())
            .collect();
        let mut tagger = Tagger::new(&inputs);
        let mut out = Vec::new();
        for piece in pieces {
            tagger.push(Stream::Stderr, piece, &mut out);
        }
        assert!(!tagger.end_line(Stream::Stdout));
        if tagger.end_line(Stream::Stderr) {
            out.push(b'\n');
        }
        out
    }

    #[test]
    fn every_line_has_its_tag() {
        let text = tagged(&["a", "b\nc\t"], &[b"1\n2", b"2\n", b"\n3"]);
        let tag = r"a b\nc\t";
        let expected = format!("{tag}\t1\n{tag}\t22\n{tag}\t\n{tag}\t3\n");
        assert_eq!(String::from_utf8_lossy(&text), expected);
        assert!(tagged(&["a"], &[]).is_empty());
    }

    proptest! {
        #[test]
        fn where_pieces_are_cut_makes_no_difference(
            text in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..60),
            len in 1usize..9,
        ) {
            let pieces: Vec<&[u8]> = text.chunks(len).collect();
            prop_assert_eq!(tagged(&["x"], &pieces), tagged(&["x"], &[&text]));
        }
    }
}
