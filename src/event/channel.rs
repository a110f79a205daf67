//! The channel from the workers to the aggregator, which need not wake it for every event.

use super::Event;
use crossbeam_channel::{Receiver, RecvTimeoutError, TrySendError};
use std::time::Duration;

/// A bounded channel that holds up to `capacity` events, at least one.
#[must_use]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Events<T>) {
    let (events_in, events) = crossbeam_channel::bounded(capacity.max(1));
    let (nudge, nudges) = crossbeam_channel::bounded(1);
    let sender = Sender {
        events: events_in,
        nudge,
    };
    (sender, Events { events, nudges })
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

/// The end of the aggregator.
#[derive(Debug)]
pub struct Events<T> {
    events: Receiver<Event<T>>,
    nudges: Receiver<()>,
}

impl<T> Events<T> {
    /// Waits until all workers have ended, until there is no more room, or for so long; says whether
    /// they have ended. A worker that sends an event does not wake this thread, which on a machine
    /// with all CPUs at work would take one from a worker each time.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> bool {
        self.nudges.recv_timeout(limit) == Err(RecvTimeoutError::Disconnected)
    }

    /// The events that are there.
    pub fn ready(&self) -> impl Iterator<Item = Event<T>> {
        self.events.try_iter()
    }
}

/// The events as they come, until all workers have ended.
impl<T> Iterator for Events<T> {
    type Item = Event<T>;

    fn next(&mut self) -> Option<Event<T>> {
        self.events.recv().ok()
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
        let (sender, events) = channel(2);
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
    fn who_sends_to_nobody_is_told() {
        let (sender, events) = channel(1);
        drop(events);
        assert_eq!(sender.send(event(0)), Err(Closed));
    }
}
