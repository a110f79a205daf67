//! Who gives workers their items: what crosses between them and a conversation.

use super::Portion;
use crate::task::Delimiter;
use std::time::Duration;

/// Answers to items that follow one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The number of the first item.
    pub first: u64,
    /// How many there are.
    pub count: usize,
    /// The answers, each with its delimiter.
    pub bytes: Vec<u8>,
}

/// What a worker is to do next.
#[derive(Debug)]
pub enum Supply {
    /// Items.
    Portion(Portion),
    /// To wait until its [`Wake`](crate::machine::wake::Wake) is rung.
    Nothing,
    /// To end: there are no more.
    End,
}

/// Who gives a worker its items, and takes its answers.
pub trait Partner {
    /// What the worker is to do, which has nothing to do.
    fn next(&mut self) -> Supply;

    /// Takes answers. They come in the order of the items.
    fn answered(&mut self, answers: Answers);

    /// The items of the last portion took so long.
    fn took(&mut self, items: usize, answer_bytes: usize, elapsed: Duration);

    /// Takes what the worker wrote on its standard error.
    fn complain(&mut self, bytes: &[u8]);

    /// Whether more answers may come now, to items from that one on. If not, the worker's [`Wake`](crate::machine::wake::Wake) is
    /// rung when they may.
    fn has_room(&mut self, first: u64) -> bool;

    /// The worker has answered nothing yet, for long.
    fn is_silent(&mut self);
}

/// What all conversations of a run have in common.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// What ends an item and an answer.
    pub delimiter: Delimiter,
    /// How long an answer may take.
    pub timeout: Option<Duration>,
    /// How long a worker may take to end once its input has ended and all is answered.
    pub linger: Duration,
}

/// Why items are left that a worker was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It has ended before it had answered.
    Died,
    /// An answer has taken too long.
    Hung,
    /// It reads no more.
    ClosedInput,
    /// An answer was longer than 6 MiB.
    LongAnswer,
    /// More lines have come than there were items: so many at least.
    Extra(usize),
    /// Fewer lines have come than there were items: so many.
    Missing(usize),
    /// A line has come that nothing was asked for.
    Unasked,
}

/// Items that a worker has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The items that are not answered.
    pub portion: Portion,
    /// Why.
    pub fault: Fault,
    /// Whether the worker had answered any item, of any portion.
    pub has_answered: bool,
    /// Whether it had answered some of this one.
    pub has_progressed: bool,
    /// The begin of what had come for them, which is not to be trusted.
    pub shown: Vec<u8>,
}

/// What a conversation came to.
#[derive(Debug)]
pub struct Ending {
    /// Items that were not answered.
    pub leftover: Option<Leftover>,
    /// A line that came when nothing had been asked for.
    pub is_unasked: bool,
    /// Whether answers came only once the input was closed.
    pub is_buffered: bool,
}
