//! The way from the workers to the one who listens to all of them.
//!
//! Whoever listens takes a CPU, and on a machine whose CPUs are all at work takes it away from a task,
//! which is then moved about: to wake the listener for each of thousands of `/bin/true` on two CPUs
//! cost a tenth of the time, and a hundred times a second still 3%. So it is called for what is to be
//! seen or written down at once, and finds the rest when it comes.

use super::turn::Turn;
use crate::event::task::TaskEvent;
use crate::report::run::Output;
use crossbeam_channel::{Receiver, Sender};
use std::time::Duration;

/// How many messages may wait: enough for 100 ms of the shortest tasks on two CPUs. A message holds
/// up to two pieces of output of 64 KiB, so a slow reader costs 32 MiB at most.
const MESSAGES: usize = 256;

/// What the workers tell.
#[derive(Debug)]
pub(super) enum Message {
    /// How many tasks there are.
    Count(u128),
    /// Something happened to a task that is not over.
    Event(Box<TaskEvent<Output>>),
    /// A task is over.
    Ended(Box<Ended>),
    /// A worker has told all that it has to tell.
    Left,
}

/// A task that is over.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) seq: u64,
    /// The end of its last attempt, unless that was told when another one was to follow.
    pub(super) last: Option<TaskEvent<Output>>,
    pub(super) finished: TaskEvent<Output>,
    /// What is still to be shown of it.
    pub(super) held: Output,
}

impl Message {
    /// Whether there is something in it to be seen, or somebody waits for it.
    fn is_urgent(&self) -> bool {
        match self {
            Message::Count(_) => false,
            Message::Event(event) => matches!(**event, TaskEvent::Lines { .. }),
            Message::Ended(ended) => ended.held.iter().any(|held| !held.is_empty()),
            Message::Left => true,
        }
    }

    /// The number of the task that is over with it.
    fn ends(&self) -> Option<u64> {
        match self {
            Message::Ended(ended) => Some(ended.seq),
            Message::Event(event) => match &**event {
                TaskEvent::Skipped { task } => Some(task.seq),
                _ => None,
            },
            Message::Count(_) | Message::Left => None,
        }
    }
}

/// Where messages are sent from, by any thread.
#[derive(Debug)]
pub(super) struct Outbox {
    messages: Sender<Message>,
    calls: Sender<()>,
    is_urgent: bool,
    turn: Turn,
}

/// Where they arrive.
#[derive(Debug)]
pub(super) struct Inbox {
    messages: Receiver<Message>,
    /// One, when somebody has called.
    calls: Receiver<()>,
}

/// Both ends of the way; with `is_urgent`, every message is.
pub(super) fn channel(is_urgent: bool) -> (Outbox, Inbox) {
    let (messages_in, messages) = crossbeam_channel::bounded(MESSAGES);
    let (calls_in, calls) = crossbeam_channel::bounded(1);
    let outbox = Outbox {
        messages: messages_in,
        calls: calls_in,
        is_urgent,
        turn: Turn::new(),
    };
    (outbox, Inbox { messages, calls })
}

impl Outbox {
    /// Waits while too many messages wait.
    pub(super) fn send(&self, message: Message) {
        let (is_urgent, ends) = (self.is_urgent || message.is_urgent(), message.ends());
        // The inbox lasts as long as the workers do.
        let _ = self.messages.send(message);
        if let Some(seq) = ends {
            self.turn.end(seq);
        }
        if is_urgent || self.messages.len() >= MESSAGES / 2 {
            // One call that was not answered yet will do.
            let _ = self.calls.try_send(());
        }
    }

    /// Whether what a task tells now comes after the ends of all tasks before it.
    pub(super) fn is_turn_of(&self, seq: u64) -> bool {
        self.turn.is_of(seq)
    }
}

impl Inbox {
    /// Waits for a call, no longer than `limit`; whether there was one.
    pub(super) fn wait(&self, limit: Duration) -> bool {
        self.calls.recv_timeout(limit).is_ok()
    }

    /// The messages that are there. Of those that come meanwhile some may be left; there is a call for
    /// them if there would have been one.
    pub(super) fn take(&self) -> impl Iterator<Item = Message> {
        self.messages.try_iter().take(MESSAGES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::task::{About, Stream};
    use crate::process::Argv;
    use std::sync::Arc;
    use std::thread;
    use std::time::Instant;

    const LONG: Duration = Duration::from_secs(60);

    fn piece() -> Message {
        let about = About {
            seq: 1,
            argv: Argv::default(),
            inputs: Vec::new(),
            key: String::new(),
        };
        Message::Event(Box::new(TaskEvent::Lines {
            task: Arc::new(about),
            stream: Stream::Stdout,
            bytes: vec![0],
        }))
    }

    #[test]
    fn what_is_urgent_calls_and_so_do_many_messages() {
        let is_called = |inbox: &Inbox| inbox.wait(Duration::ZERO);
        let (outbox, inbox) = channel(false);
        for _ in 1..MESSAGES / 2 {
            outbox.send(Message::Count(0));
            assert!(!is_called(&inbox));
        }
        outbox.send(Message::Count(0));
        assert!(is_called(&inbox) && !is_called(&inbox));
        assert_eq!(inbox.take().count(), MESSAGES / 2);
        for urgent in [piece(), Message::Left] {
            outbox.send(urgent);
            assert!(is_called(&inbox) && inbox.take().count() == 1);
        }
        let (outbox, inbox) = channel(true);
        outbox.send(Message::Count(0));
        assert!(is_called(&inbox));
    }

    #[test]
    fn who_sends_too_much_waits_until_it_is_taken() {
        let (outbox, inbox) = channel(false);
        let (total, started) = (10 * MESSAGES, Instant::now());
        thread::scope(|scope| {
            scope.spawn(|| {
                (0..total).for_each(|_| outbox.send(Message::Count(0)));
                outbox.send(Message::Left);
            });
            let mut taken = 0;
            while taken <= total {
                assert!(inbox.wait(LONG));
                assert!(inbox.messages.len() <= MESSAGES);
                taken += inbox.take().count();
            }
        });
        assert!(started.elapsed() < LONG);
    }
}
