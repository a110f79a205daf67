//! The places where tasks run: each with a number, and with the buffers of the task that has it.

use super::output_writer::OutputWriter;
use crate::process::{Environment, ReadBuffer, Store};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a task needs while it runs, for one task after the other.
#[derive(Debug)]
pub(super) struct Buffers {
    pub(super) buffer: ReadBuffer,
    pub(super) output_writer: OutputWriter,
    pub(super) environment: Environment,
}

/// The slots, of which there are as many as tasks have run at a time.
#[derive(Debug)]
pub(super) struct Slots {
    store: Store,
    environment: Environment,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    opened: usize,
    free: BTreeMap<usize, Box<Buffers>>,
}

impl Slots {
    pub(super) fn new(store: &Store, environment: Environment) -> Slots {
        Slots {
            store: store.clone(),
            environment,
            places: Mutex::default(),
        }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lowest free slot.
    pub(super) fn take(&self) -> Slot<'_> {
        let mut places = self.places();
        let (number, buffers) = places.free.pop_first().unwrap_or_else(|| {
            places.opened += 1;
            let buffers = Buffers {
                buffer: ReadBuffer::new(),
                output_writer: OutputWriter::new(&self.store),
                environment: self.environment.clone(),
            };
            (places.opened, Box::new(buffers))
        });
        Slot {
            slots: self,
            number,
            buffers: Some(buffers),
        }
    }
}

/// A slot that is taken, and free again when it is dropped.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    slots: &'a Slots,
    /// From 1.
    pub(super) number: usize,
    /// Until it is dropped.
    buffers: Option<Box<Buffers>>,
}

impl Deref for Slot<'_> {
    type Target = Buffers;

    fn deref(&self) -> &Buffers {
        self.buffers.as_ref().expect("a slot has a buffers")
    }
}

impl DerefMut for Slot<'_> {
    fn deref_mut(&mut self) -> &mut Buffers {
        self.buffers.as_mut().expect("a slot has a buffers")
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some(buffers) = self.buffers.take() {
            self.slots.places().free.insert(self.number, buffers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_free_slot_is_next() {
        let store = Store::new(0);
        let slots = Slots::new(&store, Environment::inherited().unwrap());
        let (first, second, third) = (slots.take(), slots.take(), slots.take());
        assert_eq!([first.number, second.number, third.number], [1, 2, 3]);
        drop(third);
        drop(first);
        let (again, last) = (slots.take(), slots.take());
        assert_eq!([again.number, last.number], [1, 3]);
        drop(again);
        assert_eq!([slots.take().number, second.number], [1, 2]);
    }
}
