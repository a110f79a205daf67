//! From events to exact totals, and to outputs in input order.

use crate::event::{Done, Event, Events, Panic};
use crate::exact::Widths;
use crate::reduction::{Partial, Reduced, Reduction};
use crossbeam_channel::{Receiver, Sender};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How often events are looked for, and a caller hears of progress.
const TICK: Duration = Duration::from_millis(10);

/// What has been computed so far, or in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What all results come to.
    pub reduced: Reduced,
    /// How many numbers were computed.
    pub numbers: u128,
    /// How many of them were computed in which width.
    pub widths: Widths,
    /// How many chunks were computed.
    pub chunks: u64,
    /// What each worker did.
    pub workers: Vec<WorkerTally>,
}

/// What one worker did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerTally {
    /// How many chunks it computed.
    pub chunks: u64,
    /// How many numbers it computed.
    pub numbers: u128,
    /// How long it was computing.
    pub busy: Duration,
}

/// Why a tally is not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure<F> {
    /// A worker panicked.
    Panicked(Panic),
    /// A chunk could not be computed.
    Failed(F),
}

/// Who watches a run go on. A function that hears of the state is one.
pub trait Watch {
    /// A chunk has been computed; what it came to has not been added yet.
    fn take(&mut self, _index: u64, _partial: &mut Partial) {}

    /// The state: every 10 ms, and in the end.
    fn hear(&mut self, tally: &Tally);
}

impl<F: FnMut(&Tally)> Watch for F {
    fn hear(&mut self, tally: &Tally) {
        self(tally);
    }
}

/// What the first chunks of a run come to, which end in any order.
#[derive(Clone, Debug)]
pub struct Prefix {
    reduced: Reduced,
    numbers: u128,
    /// The chunk that is waited for.
    turn: u64,
    /// Whether that one was left half done: what comes behind it does not follow.
    has_ended: bool,
    /// Chunks behind the one that is waited for.
    early: BTreeMap<u64, (u64, bool, Reduced)>,
}

impl Prefix {
    /// Goes on behind this many numbers, which came to this.
    #[must_use]
    pub fn behind(numbers: u128, reduced: Reduced) -> Prefix {
        Prefix {
            reduced,
            numbers,
            turn: 0,
            has_ended: false,
            early: BTreeMap::new(),
        }
    }

    /// How many of the first numbers have been computed.
    #[must_use]
    pub fn numbers(&self) -> u128 {
        self.numbers
    }

    /// What they come to.
    #[must_use]
    pub fn reduced(&self) -> &Reduced {
        &self.reduced
    }

    /// Takes over what a chunk came to; `is_whole` says whether all its numbers were computed.
    pub fn take(&mut self, index: u64, partial: &mut Partial, is_whole: bool) {
        let none = Reduced::of_none(partial.reduced.reduction());
        let reduced = std::mem::replace(&mut partial.reduced, none);
        self.early
            .insert(index, (partial.numbers, is_whole, reduced));
        while !self.has_ended
            && let Some((numbers, is_whole, reduced)) = self.early.remove(&self.turn)
        {
            self.reduced.merge(reduced);
            self.numbers += u128::from(numbers);
            self.turn += 1;
            self.has_ended = !is_whole;
        }
    }

    /// What all chunks come to, those behind a gap, too.
    #[must_use]
    pub fn into_all(self) -> Reduced {
        let mut all = self.reduced;
        for (_, _, reduced) in self.early.into_values() {
            all.merge(reduced);
        }
        all
    }
}

/// Adds the events of a run to `tally` until all workers have ended. `watch` hears of the state
/// every 10 ms, and in the end.
///
/// # Errors
/// The failure in the first chunk of those that failed, once all workers have ended.
pub fn tally<F>(
    events: &mut Events<'_, Result<Partial, F>>,
    mut tally: Tally,
    watch: &mut impl Watch,
) -> Result<Tally, Failure<F>> {
    let mut first: Option<(u64, Failure<F>)> = None;
    let mut fail = |index, failure| {
        if first.as_ref().is_none_or(|(earlier, _)| index < *earlier) {
            first = Some((index, failure));
        }
    };
    loop {
        let have_ended = events.wait(TICK);
        for event in events.ready() {
            match event {
                Event::Done(done) => match done.output {
                    Ok(mut partial) => {
                        watch.take(done.index, &mut partial);
                        tally.add(done.worker, done.busy, partial);
                    }
                    Err(failure) => fail(done.index, Failure::Failed(failure)),
                },
                Event::Panicked(panic) => fail(panic.index, Failure::Panicked(panic)),
            }
        }
        watch.hear(&tally);
        if have_ended {
            break;
        }
    }
    first.map_or(Ok(tally), |(_, failure)| Err(failure))
}

impl Tally {
    /// Nothing done yet by `workers` workers.
    #[must_use]
    pub fn new(workers: usize, reduction: Reduction) -> Tally {
        Tally {
            reduced: Reduced::of_none(reduction),
            numbers: 0,
            widths: Widths::NONE,
            chunks: 0,
            workers: vec![WorkerTally::default(); workers],
        }
    }

    /// Adds what a chunk came to, computed by `worker` in the time `busy`.
    ///
    /// # Panics
    /// When `worker` is none of the workers.
    pub fn add(&mut self, worker: usize, busy: Duration, partial: Partial) {
        let numbers = u128::from(partial.numbers);
        self.reduced.merge(partial.reduced);
        self.numbers += numbers;
        self.widths.merge(&partial.widths);
        self.chunks += 1;
        let worker = &mut self.workers[worker];
        worker.chunks += 1;
        worker.numbers += numbers;
        worker.busy += busy;
    }
}

/// Keeps workers from running too far ahead of the chunk whose turn it is.
///
/// A worker takes one of a fixed number of permits before it takes a chunk, and the permit comes
/// back when that chunk's output has had its turn; so at most that many outputs are held. As
/// chunks are handed out in order, the one whose turn it is always has its permit, and nothing can
/// wait for ever. A permit may carry what a chunk needs for the while, such as its buffers.
#[derive(Debug)]
pub struct Window<P> {
    permits: Receiver<P>,
    returns: Permits<P>,
}

/// Where permits of a [`Window`] come back to; once it is dropped no more chunks are handed out, so
/// whoever takes the outputs must own it.
#[derive(Debug)]
pub struct Permits<P>(Arc<Sender<P>>);

impl<P> Permits<P> {
    /// Gives a permit back.
    pub fn give_back(&self, permit: P) {
        // Neither full, as it was taken from there, nor of interest once the workers have ended.
        let _ = self.0.try_send(permit);
    }
}

impl<P: Send> Window<P> {
    /// A window of as many outputs as there are permits, at least 1.
    pub fn new(permits: impl ExactSizeIterator<Item = P>) -> Window<P> {
        let (returns, receiver) = crossbeam_channel::bounded(permits.len().max(1));
        let window = Window {
            permits: receiver,
            returns: Permits(Arc::new(returns)),
        };
        permits.for_each(|permit| window.returns.give_back(permit));
        window
    }

    /// Makes a source of chunks wait for a permit, which it is handed; without a chunk for it, it
    /// returns the permit, for the next worker to find that there are no more.
    pub fn split<C>(
        self,
        next: impl Fn(P) -> Result<(u64, C), P> + Sync,
    ) -> (impl Fn() -> Option<(u64, C)> + Sync, Permits<P>) {
        let permits = self.permits;
        // Weak: when the outputs' taker has left, nobody is to wait for a permit any more.
        let returns = Arc::downgrade(&self.returns.0);
        let admitted = move || {
            next(permits.recv().ok()?)
                .map_err(|unused| returns.upgrade().map(|returns| returns.try_send(unused)))
                .ok()
        };
        (admitted, self.returns)
    }
}

/// The chunks' outputs in input order, each as soon as those before it are there.
///
/// Ends with the first panic of a worker that is met.
pub fn in_order<T>(mut events: Events<'_, T>) -> impl Iterator<Item = Result<Done<T>, Panic>> {
    let mut early = BTreeMap::new();
    let mut turn = 0u64;
    let mut failed = false;
    std::iter::from_fn(move || {
        if failed {
            return None;
        }
        loop {
            if let Some(done) = early.remove(&turn) {
                turn += 1;
                return Some(Ok(done));
            }
            match events.next()? {
                Event::Done(done) => {
                    early.insert(done.index, done);
                }
                Event::Panicked(panic) => {
                    failed = true;
                    return Some(Err(panic));
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_chunks_are_known_in_whatever_order_they_end(
            sizes in proptest::collection::vec(1u64..9, 1..20),
            keys in proptest::collection::vec(any::<u32>(), 20),
            half_done in 0usize..40,
        ) {
            let mut order: Vec<usize> = (0..sizes.len()).collect();
            order.sort_by_key(|i| keys[*i]);
            let mut prefix = Prefix::behind(7, Reduced::Count(70));
            let mut taken = vec![false; sizes.len()];
            for i in order {
                let mut partial = Partial { numbers: sizes[i], reduced: Reduced::Count(u128::from(sizes[i])), ..Partial::of_none(Reduction::Count) };
                prefix.take(i as u64, &mut partial, i != half_done);
                prop_assert_eq!(partial.reduced, Reduced::Count(0));
                taken[i] = true;
                let first = taken.iter().position(|taken| !taken).unwrap_or(sizes.len()).min(half_done + 1);
                let numbers: u64 = sizes[..first].iter().sum();
                prop_assert_eq!(prefix.numbers(), 7 + u128::from(numbers));
                prop_assert_eq!(prefix.reduced(), &Reduced::Count(70 + u128::from(numbers)));
            }
            let all: u64 = sizes.iter().sum();
            prop_assert_eq!(prefix.into_all(), Reduced::Count(70 + u128::from(all)));
        }
    }

    use crate::event;
    use crate::exact::I256;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn events<T>(outputs: Vec<(u64, T)>) -> Events<'static, T> {
        let (sender, receiver) = event::channel(outputs.len());
        for (index, output) in outputs {
            let busy = Duration::from_micros(1);
            let worker = usize::try_from(index % 2).unwrap();
            sender
                .send(Event::Done(Done {
                    index,
                    worker,
                    busy,
                    output,
                }))
                .unwrap();
        }
        receiver
    }

    fn shuffled(len: u64) -> impl Strategy<Value = Vec<u64>> {
        Just((0..len).collect::<Vec<_>>()).prop_shuffle()
    }

    proptest! {
        #[test]
        fn the_order_of_events_does_not_matter_to_the_total(order in shuffled(40)) {
            let partial = |i: u64| Partial {
                numbers: i,
                widths: Widths::NONE,
                reduced: Reduced::Sum(I256::from(i * i).into()),
            };
            let mut events = events(order.into_iter().map(|i| (i, Ok::<_, Panic>(partial(i)))).collect());
            let tally = tally(&mut events, Tally::new(2, Reduction::Sum), &mut |_: &Tally| ()).unwrap();
            let sum = Reduced::Sum(I256::from((0..40u64).map(|i| i * i).sum::<u64>()).into());
            prop_assert_eq!(tally.reduced, sum);
            prop_assert_eq!((tally.numbers, tally.chunks), (780, 40));
            prop_assert_eq!(tally.workers.iter().map(|w| w.chunks).collect::<Vec<_>>(), [20, 20]);
            prop_assert_eq!(tally.workers[1].numbers, 400);
            prop_assert_eq!(tally.workers[0].busy, Duration::from_micros(20));
        }

        #[test]
        fn the_first_failure_is_told_however_they_arrive(order in shuffled(40), failing in 0u64..40) {
            let partial = |i: u64| match i % 40 >= failing {
                true => Err(i),
                false => Ok(Partial::of_none(Reduction::Sum)),
            };
            let mut events = events(order.into_iter().map(|i| (i, partial(i))).collect());
            let tally = tally(&mut events, Tally::new(2, Reduction::Sum), &mut |_: &Tally| ());
            prop_assert_eq!(tally, Err(Failure::Failed(failing)));
        }

        #[test]
        fn outputs_come_in_order_however_they_arrive(order in shuffled(40)) {
            let events = events(order.into_iter().map(|i| (i, i)).collect());
            let outputs: Vec<u64> = in_order(events).map(|done| done.unwrap().output).collect();
            prop_assert_eq!(outputs, (0..40).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_more_chunks_are_handed_out_than_the_window_holds() {
        let counter = AtomicU64::new(0);
        let next = |permit| Ok((counter.fetch_add(1, Ordering::Relaxed), permit));
        let (next, permits) = Window::new(["a", "b"].into_iter()).split(next);
        assert_eq!([next(), next()], [Some((0, "a")), Some((1, "b"))]);
        permits.give_back("c");
        assert_eq!(next(), Some((2, "c")));
        drop(permits);
        assert_eq!(next(), None);
    }

    #[test]
    fn at_the_end_every_worker_hears_of_it() {
        let (next, permits) = Window::new([(); 2].into_iter()).split(Err::<(u64, ()), ()>);
        assert!((0..100).all(|_| next().is_none()));
        drop(permits);
    }

    #[test]
    fn a_panic_is_the_result_even_among_many_events() {
        let (sender, mut receiver) = event::channel(1);
        let panic = Panic {
            index: 7,
            worker: 1,
            message: "broken".to_owned(),
        };
        sender.send(Event::Panicked(panic.clone())).unwrap();
        drop(sender);
        let tally = tally::<()>(
            &mut receiver,
            Tally::new(2, Reduction::Sum),
            &mut |_: &Tally| (),
        );
        assert_eq!(tally, Err(Failure::Panicked(panic)));
    }
}
