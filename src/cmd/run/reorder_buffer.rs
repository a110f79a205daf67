//! The outputs of tasks that ended before their turn, in little memory however many there are.
//!
//! Tasks are started in order, so those that have ended form a few runs without a gap, one more than
//! there are workers at most. Of each run only the text is kept, task after task: neighbouring pieces
//! for the same stream are put together, so that a million tasks of a line each are a few pieces.

use super::RunError;
use crate::event::task::Stream;
use crate::process::{Captured, Spool, Store, StoreError};
use crate::report::run::Output;
use std::collections::BTreeMap;

/// Pieces longer than this are not put together any more, in bytes.
const PIECE_MAX: u64 = 1 << 20;

/// A piece of text and where it is to be shown.
pub(super) type Piece = (Stream, Captured);

/// Tasks without a gap that have ended.
#[derive(Debug)]
struct Run {
    /// The number after the last one's.
    end: u64,
    pieces: Vec<Piece>,
}

/// What has ended, and whose turn it is.
#[derive(Debug)]
pub(super) struct ReorderBuffer {
    /// The number of the first task that has not ended.
    turn: u64,
    /// Later ones by their first task.
    runs: BTreeMap<u64, Run>,
    /// Where pieces are put together.
    spool: Spool,
}

impl ReorderBuffer {
    pub(super) fn new(store: &Store) -> ReorderBuffer {
        ReorderBuffer {
            turn: 1,
            runs: BTreeMap::new(),
            spool: Spool::new(store),
        }
    }

    /// Takes the output of a task that has ended, and returns what can be shown now, in order.
    ///
    /// # Errors
    /// When what was kept can't be read back or kept any longer.
    pub(super) fn end(&mut self, seq: u64, output: Output) -> Result<Vec<Piece>, RunError> {
        let pieces = Stream::BOTH.into_iter().zip(output);
        let pieces = pieces.filter(|(_, text)| !text.is_empty());
        if seq == self.turn {
            self.turn += 1;
            let mut shown: Vec<Piece> = pieces.collect();
            if let Some(run) = self.runs.remove(&self.turn) {
                self.turn = run.end;
                shown.extend(run.pieces);
            }
            return Ok(shown);
        }
        let before = self.runs.range(..seq).next_back();
        let start = match before {
            Some((start, run)) if run.end == seq => *start,
            _ => seq,
        };
        let mut run = self.runs.remove(&start).unwrap_or(Run {
            end: seq,
            pieces: Vec::new(),
        });
        run.end += 1;
        for piece in pieces {
            self.push(&mut run.pieces, piece)?;
        }
        if let Some(after) = self.runs.remove(&run.end) {
            run.end = after.end;
            for piece in after.pieces {
                self.push(&mut run.pieces, piece)?;
            }
        }
        self.runs.insert(start, run);
        Ok(Vec::new())
    }

    /// Adds a piece, and puts it together with the last ones that are not much longer than it: so a
    /// byte is moved only as often as its piece grows by half.
    fn push(&mut self, pieces: &mut Vec<Piece>, piece: Piece) -> Result<(), RunError> {
        let (stream, mut text) = piece;
        let (mut rest, mut len) = (pieces.len(), text.len());
        while let Some((last_stream, last)) = rest.checked_sub(1).map(|at| &pieces[at]) {
            let is_near = *last_stream == stream && last.len() <= 2 * len;
            if !is_near || last.len() + len > PIECE_MAX {
                break;
            }
            len += last.len();
            rest -= 1;
        }
        if rest < pieces.len() {
            let parts = pieces.drain(rest..).map(|(_, part)| part);
            for part in parts.chain([text]) {
                part.read(|bytes| {
                    self.spool.push(bytes);
                    Ok::<(), StoreError>(())
                })?;
            }
            text = self.spool.take();
        }
        let lost = RunError::lost(self.turn, &text);
        pieces.push((stream, text));
        lost.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn captured(store: &Store, text: &[u8]) -> Captured {
        let mut spool = Spool::new(store);
        spool.push(text);
        spool.take()
    }

    fn shown(pieces: &[Piece]) -> [Vec<u8>; 2] {
        let mut text = [Vec::new(), Vec::new()];
        for (stream, piece) in pieces {
            let read = piece.read(|bytes| {
                text[stream.index()].extend_from_slice(bytes);
                Ok::<(), StoreError>(())
            });
            read.unwrap();
        }
        text
    }

    proptest! {
        #[test]
        fn whatever_ends_first_the_order_is_that_of_the_inputs(
            // How much each task writes to either stream, and which of the running ones ends next.
            tasks in prop::collection::vec((0usize..60, 0usize..9, any::<prop::sample::Index>()), 0..200),
            workers in 1usize..9,
            memory in 0usize..3000,
        ) {
            let store = Store::new(memory);
            let mut reorder_buffer = ReorderBuffer::new(&store);
            let (mut running, mut started) = (Vec::new(), 0);
            let mut all = [Vec::new(), Vec::new()];
            for (.., pick) in &tasks {
                while running.len() < workers && started < tasks.len() {
                    started += 1;
                    running.push(started);
                }
                let seq = running.remove(pick.index(running.len()));
                let text = |len: usize| format!("{seq} ").repeat(len).into_bytes();
                let output = [text(tasks[seq - 1].0), text(tasks[seq - 1].1)];
                let output = output.map(|text| captured(&store, &text));
                let pieces = reorder_buffer.end(seq as u64, output).unwrap();
                for (all, new) in all.iter_mut().zip(shown(&pieces)) {
                    all.extend(new);
                }
                prop_assert!(reorder_buffer.runs.len() <= workers);
            }
            prop_assert_eq!(reorder_buffer.turn, tasks.len() as u64 + 1);
            for (at, all) in all.iter().enumerate() {
                let expected: String = (1..=tasks.len())
                    .map(|seq| {
                        let (out, err, _) = tasks[seq - 1];
                        format!("{seq} ").repeat([out, err][at])
                    })
                    .collect();
                prop_assert_eq!(String::from_utf8_lossy(all), expected);
            }
        }
    }

    #[test]
    fn many_that_wait_are_few_pieces() {
        let store = Store::new(1 << 16);
        for lens in [|_| 7, |seq: u64| 20_000 - seq, |seq| seq % 50 + 1] {
            let mut reorder_buffer = ReorderBuffer::new(&store);
            for seq in 2..10_000 {
                let text = vec![b'x'; (lens(seq) % 300 + 1) as usize];
                let output = [captured(&store, &text), Captured::default()];
                assert!(reorder_buffer.end(seq, output).unwrap().is_empty());
            }
            let pieces: usize = reorder_buffer
                .runs
                .values()
                .map(|run| run.pieces.len())
                .sum();
            assert!(pieces < 40, "{pieces}");
            let first = [captured(&store, b"first"), Captured::default()];
            assert!(shown(&reorder_buffer.end(1, first).unwrap())[0].starts_with(b"firstx"));
            assert_eq!(reorder_buffer.turn, 10_000);
        }
    }
}
