//! The channel from the workers to the aggregator, which need not wake it for every event, and lets
//! it work while it waits.

use super::Event;
use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError, TrySendError};
use std::fmt;
use std::time::{Duration, Instant};

/// How long the others' last chunks are waited for without sleep.
const SOON: Duration = Duration::from_micros(200);

/// A bounded channel that holds up to `capacity` events, at least one.
#[must_use]
pub fn channel<'a, T>(capacity: usize) -> (Sender<T>, Events<'a, T>) {
    let (events_in, events) = crossbeam_channel::bounded(capacity.max(1));
    let (nudge, nudges) = crossbeam_channel::bounded(1);
    let sender = Sender {
        events: events_in,
        nudge,
    };
    let events = Events {
        events,
        nudges,
        help: None,
        own: Vec::new(),
        has_helped: false,
    };
    (sender, events)
}

/// The end of a worker.
#[derive(Debug)]
pub struct Sender<T> {
    events: crossbeam_channel::Sender<Event<T>>,
    /// Rung when the channel is full; that it ends tells that this worker has.
    nudge: crossbeam_channel::Sender<()>,
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        Sender {
            events: self.events.clone(),
            nudge: self.nudge.clone(),
        }
    }
}

/// Nobody takes events any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody takes the events any more")]
pub struct Closed;

impl<T> Sender<T> {
    /// Sends an event, once there is room for it.
    ///
    /// # Errors
    /// When the other end is gone.
    pub fn send(&self, event: Event<T>) -> Result<(), Closed> {
        match self.events.try_send(event) {
            Ok(()) => Ok(()),
            Err(TrySendError::Disconnected(_)) => Err(Closed),
            Err(TrySendError::Full(event)) => {
                // One that is already there serves as well.
                let _ = self.nudge.try_send(());
                self.events.send(event).map_err(|_| Closed)
            }
        }
    }
}

/// Computes one chunk on the thread that calls it; `None` when there are no more.
type Help<'a, T> = Box<dyn FnMut() -> Option<Event<T>> + 'a>;

/// The end of the aggregator.
pub struct Events<'a, T> {
    events: Receiver<Event<T>>,
    nudges: Receiver<()>,
    help: Option<Help<'a, T>>,
    /// The events of the chunks that this thread has computed.
    own: Vec<Event<T>>,
    /// Whether it has computed since it last slept.
    has_helped: bool,
}

impl<T> fmt::Debug for Events<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Events");
        shown.field("waiting", &self.events.len());
        shown.field("helps", &self.help.is_some()).finish()
    }
}

impl<'a, T> Events<'a, T> {
    /// The same, with the thread that takes the events as a worker: it computes a chunk by `help`
    /// whenever it would wait.
    #[must_use]
    pub fn with_help(mut self, help: impl FnMut() -> Option<Event<T>> + 'a) -> Events<'a, T> {
        self.help = Some(Box::new(help));
        self
    }

    /// Waits until all workers have ended, until there is no more room, or for so long; says whether
    /// they have ended. A worker that sends an event does not wake this thread, which on a machine
    /// with all CPUs at work would take one from a worker each time.
    #[must_use]
    pub fn wait(&mut self, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        while let Some(help) = &mut self.help {
            match help() {
                Some(event) => self.own.push(event),
                None => self.help = None,
            }
            self.has_helped = true;
            if self.help.is_some() && (self.events.is_full() || Instant::now() >= end) {
                return false;
            }
        }
        let has_helped = std::mem::take(&mut self.has_helped);
        let soon = has_helped.then(|| self.linger()).flatten();
        soon.unwrap_or_else(|| {
            self.nudges.recv_deadline(end) == Err(RecvTimeoutError::Disconnected)
        })
    }

    /// Waits a little without sleep: where this thread has just worked itself the others are at their
    /// last chunks, and to be woken takes longer than those. Says whether they have ended, or `None`
    /// when there is nothing to say yet.
    fn linger(&self) -> Option<bool> {
        let end = Instant::now() + SOON;
        loop {
            match self.nudges.try_recv() {
                Ok(()) => return Some(false),
                Err(TryRecvError::Disconnected) => return Some(true),
                Err(TryRecvError::Empty) if Instant::now() >= end => return None,
                Err(TryRecvError::Empty) => std::thread::yield_now(),
            }
        }
    }

    /// The events that are there, not those that come while they are taken: many workers can send
    /// faster than this thread takes.
    pub fn ready(&mut self) -> impl Iterator<Item = Event<T>> {
        let count = self.events.len();
        let others = self.events.try_iter().take(count);
        self.own.drain(..).chain(others)
    }
}

/// The events as they come, until all workers have ended.
impl<T> Iterator for Events<'_, T> {
    type Item = Event<T>;

    fn next(&mut self) -> Option<Event<T>> {
        if let Ok(event) = self.events.try_recv() {
            return Some(event);
        }
        let own = self.help.as_mut().and_then(|help| help());
        own.or_else(|| {
            self.help = None;
            self.events.recv().ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Panic;
    use super::*;
    use std::thread;

    const LONG: Duration = Duration::from_secs(60);

    fn event(index: u64) -> Event<()> {
        Event::Panicked(Panic {
            index,
            worker: 0,
            message: String::new(),
        })
    }

    #[test]
    fn the_end_of_the_last_worker_ends_the_wait() {
        let (sender, mut events) = channel(4);
        let other = sender.clone();
        sender.send(event(0)).unwrap();
        drop(sender);
        assert!(!events.wait(Duration::ZERO));
        other.send(event(1)).unwrap();
        drop(other);
        assert!(events.wait(LONG));
        assert_eq!(events.ready().count(), 2);
        assert!(events.next().is_none());
    }

    #[test]
    fn a_full_channel_ends_the_wait() {
        let (sender, mut events) = channel(2);
        thread::scope(|scope| {
            scope.spawn(move || (0..50).for_each(|index| sender.send(event(index)).unwrap()));
            let mut taken = 0;
            while !events.wait(LONG) {
                taken += events.ready().count();
            }
            assert_eq!(taken + events.ready().count(), 50);
        });
    }

    #[test]
    fn what_comes_while_events_are_taken_is_left_for_later() {
        let (sender, mut events) = channel(4);
        sender.send(event(0)).unwrap();
        sender.send(event(1)).unwrap();
        let ready = events.ready();
        assert_eq!(ready.inspect(|_| sender.send(event(2)).unwrap()).count(), 2);
        assert_eq!(events.ready().count(), 2);
    }

    #[test]
    fn who_waits_may_work_meanwhile() {
        let work = || {
            let mut chunks = 0..3;
            move || chunks.next().map(event)
        };
        let (sender, events) = channel(4);
        let mut events = events.with_help(work());
        assert!(!events.wait(Duration::ZERO));
        sender.send(event(7)).unwrap();
        drop(sender);
        assert_eq!(events.ready().count(), 2);
        assert!(events.wait(LONG));
        assert_eq!(events.ready().count(), 2);

        let (sender, events) = channel(4);
        sender.send(event(7)).unwrap();
        drop(sender);
        assert_eq!(events.with_help(work()).count(), 4);
    }

    #[test]
    fn who_sends_to_nobody_is_told() {
        let (sender, events) = channel(1);
        drop(events);
        assert_eq!(sender.send(event(0)), Err(Closed));
    }
}
