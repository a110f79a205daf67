//! From events to exact totals, and to outputs in input order.

use crate::event::{Event, Panic};
use crate::exact::{self, BigInt, Partial};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often a caller hears of progress while no event arrives.
const TICK: Duration = Duration::from_millis(100);

/// What has been computed so far, or in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The sum of all results.
    pub total: BigInt,
    /// How many numbers were computed.
    pub numbers: u128,
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

/// Adds up the events of a run of `workers` workers until their channel ends. `progress` hears of
/// the state after each event, and every 100 ms without one.
///
/// # Errors
/// The first panic of a worker, once the other workers have ended.
pub fn tally(
    events: &Receiver<Event<Partial>>,
    workers: usize,
    mut progress: impl FnMut(&Tally),
) -> Result<Tally, Panic> {
    let mut tally = Tally {
        workers: vec![WorkerTally::default(); workers],
        ..Tally::default()
    };
    let mut panicked = None;
    loop {
        match events.recv_timeout(TICK) {
            Ok(Event::Done(done)) => tally.add(done.worker, done.busy, done.output),
            Ok(Event::Panicked(panic)) => panicked = panicked.or(Some(panic)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        progress(&tally);
    }
    panicked.map_or(Ok(tally), Err)
}

impl Tally {
    fn add(&mut self, worker: usize, busy: Duration, partial: Partial) {
        let numbers = u128::from(partial.numbers);
        self.total += exact::unbounded(partial.sum);
        self.numbers += numbers;
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
/// wait for ever.
#[derive(Debug)]
pub struct Window {
    permits: Receiver<()>,
    give_back: Sender<()>,
}

impl Window {
    /// A window of `outputs` outputs, at least 1.
    #[must_use]
    pub fn new(outputs: usize) -> Window {
        let (give_back, permits) = crossbeam_channel::bounded(outputs.max(1));
        while give_back.try_send(()).is_ok() {}
        Window { permits, give_back }
    }

    /// Makes a source of chunks wait for a permit, and the ordered outputs that return them.
    pub fn split<C>(
        self,
        next: impl Fn() -> Option<(u64, C)> + Sync,
    ) -> (impl Fn() -> Option<(u64, C)> + Sync, Turns) {
        let Window { permits, give_back } = self;
        let admitted = move || {
            permits.recv().ok()?;
            next()
        };
        (admitted, Turns { give_back })
    }
}

/// The other side of a [`Window`]: puts outputs in order and gives permits back.
#[derive(Debug)]
pub struct Turns {
    give_back: Sender<()>,
}

impl Turns {
    /// The outputs in input order, each as soon as those before it are there.
    ///
    /// Ends with the first panic of a worker, after the outputs that came before it in order.
    pub fn in_order<T>(self, events: Receiver<Event<T>>) -> impl Iterator<Item = Result<T, Panic>> {
        let mut early = BTreeMap::new();
        let mut turn = 0u64;
        let mut failed = false;
        std::iter::from_fn(move || {
            if failed {
                return None;
            }
            loop {
                if let Some(output) = early.remove(&turn) {
                    turn += 1;
                    // No worker is waiting any more when this fails.
                    let _ = self.give_back.try_send(());
                    return Some(Ok(output));
                }
                match events.recv().ok()? {
                    Event::Done(done) => {
                        early.insert(done.index, done.output);
                    }
                    Event::Panicked(panic) => {
                        failed = true;
                        return Some(Err(panic));
                    }
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Done;
    use crate::exact::I256;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn events<T>(outputs: Vec<(u64, T)>) -> Receiver<Event<T>> {
        let (sender, receiver) = crossbeam_channel::unbounded();
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

    fn counter() -> impl Fn() -> Option<(u64, ())> + Sync {
        let next = AtomicU64::new(0);
        move || Some((next.fetch_add(1, Ordering::Relaxed), ()))
    }

    fn shuffled(len: u64) -> impl Strategy<Value = Vec<u64>> {
        Just((0..len).collect::<Vec<_>>()).prop_shuffle()
    }

    proptest! {
        #[test]
        fn the_order_of_events_does_not_matter_to_the_total(order in shuffled(40)) {
            let partial = |i: u64| Partial { numbers: i, sum: I256::from(i * i) };
            let events = events(order.into_iter().map(|i| (i, partial(i))).collect());
            let tally = tally(&events, 2, |_| ()).unwrap();
            prop_assert_eq!(tally.total, BigInt::from((0..40u64).map(|i| i * i).sum::<u64>()));
            prop_assert_eq!((tally.numbers, tally.chunks), (780, 40));
            prop_assert_eq!(tally.workers.iter().map(|w| w.chunks).collect::<Vec<_>>(), [20, 20]);
            prop_assert_eq!(tally.workers[1].numbers, 400);
            prop_assert_eq!(tally.workers[0].busy, Duration::from_micros(20));
        }

        #[test]
        fn outputs_come_in_order_however_they_arrive(order in shuffled(40)) {
            let (_, turns) = Window::new(40).split(|| None::<(u64, ())>);
            let events = events(order.into_iter().map(|i| (i, i)).collect());
            let outputs: Vec<u64> = turns.in_order(events).map(Result::unwrap).collect();
            prop_assert_eq!(outputs, (0..40).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_more_chunks_are_handed_out_than_the_window_holds() {
        let (next, turns) = Window::new(3).split(counter());
        assert_eq!(
            [next(), next(), next()].map(Option::unwrap).map(|c| c.0),
            [0, 1, 2]
        );
        let mut ordered = turns.in_order(events(vec![(0, ())]));
        assert_eq!(ordered.next(), Some(Ok(())));
        assert_eq!(next().unwrap().0, 3);
        drop(ordered);
        assert_eq!(next(), None);
    }

    #[test]
    fn a_panic_is_the_result_even_among_many_events() {
        let (sender, receiver) = crossbeam_channel::unbounded();
        let panic = Panic {
            index: 7,
            worker: 1,
            message: "broken".to_owned(),
        };
        sender.send(Event::Panicked(panic.clone())).unwrap();
        drop(sender);
        assert_eq!(tally(&receiver, 2, |_| ()), Err(panic));
    }
}
