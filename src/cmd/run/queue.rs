//! Which task is next, and when: taken from the inputs when a worker is free for it.

use super::halting::{Halting, LOOK};
use super::messages::{Message, Outbox};
use super::slots::{Slot, Slots};
use super::{RunError, Spec};
use crate::clock;
use crate::event::task::{About, TaskEvent};
use crate::report::run::Done;
use crate::task::{Next, Task, Tasks, Template};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A task and where it is to run.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) task: Task,
    pub(super) slot: Slot<'a>,
}

/// What is left when no task is started any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    /// The number of the first task that was not started.
    pub(super) first: u64,
    /// How many there are from there on, when it is known.
    pub(super) count: Option<u128>,
}

#[derive(Debug)]
pub(super) struct Queue<'a> {
    spec: &'a Spec,
    halting: &'a Halting<'a>,
    template: &'a Template,
    outbox: &'a Outbox,
    slots: Slots,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tasks: Tasks,
    /// What was read of them before it was needed.
    ahead: VecDeque<Task>,
    done: Option<Done>,
    /// Whether it was told how many tasks there are.
    counted: bool,
    last_start: Option<Instant>,
    /// How many tasks were started or skipped.
    passed: u64,
}

impl<'a> Queue<'a> {
    pub(super) fn new(
        spec: &'a Spec,
        tasks: Tasks,
        done: Option<Done>,
        halting: &'a Halting<'a>,
        template: &'a Template,
        slots: Slots,
        outbox: &'a Outbox,
    ) -> Queue<'a> {
        Queue {
            spec,
            halting,
            template,
            outbox,
            slots,
            state: Mutex::new(State {
                counted: false,
                tasks,
                ahead: VecDeque::new(),
                done,
                last_start: None,
                passed: 0,
            }),
        }
    }

    /// The next task, once it may start. Waits for its inputs; one worker at a time does, as the
    /// others could only come after it.
    pub(super) fn next(&self) -> Option<Job<'_>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let task = self.read(&mut state)?;
            if self.skip(&mut state, &task) {
                continue;
            }
            let throttled = self.spec.throttle.wait(state.last_start, self.halting);
            if let Err(error) = throttled {
                self.halting.abandon(RunError::Wait(error));
            }
            if !self.halting.goes_on() {
                return None;
            }
            state.passed = task.seq;
            state.last_start = Some(clock::now());
            let slot = self.slots.take();
            return Some(Job { task, slot });
        }
    }

    /// The next task of the inputs; `None` when there are no more or none is to be started.
    fn read(&self, state: &mut State) -> Option<Task> {
        while self.halting.wants_number() && !state.counted {
            match self.read_on(state) {
                Some(task) => state.ahead.push_back(task),
                None => break,
            }
        }
        let is_wanted = self.halting.goes_on();
        let ahead = state.ahead.pop_front().filter(|_| is_wanted);
        ahead.or_else(|| self.read_on(state))
    }

    fn read_on(&self, state: &mut State) -> Option<Task> {
        while self.halting.goes_on() {
            let next = state.tasks.next_within(LOOK);
            self.count(state);
            match next {
                Ok(Next::Task(task)) => return Some(task),
                Ok(Next::NotYet) => (),
                Ok(Next::End) => return None,
                Err(error) => self.halting.close(error.into()),
            }
        }
        None
    }

    /// Tells how many tasks there are, when that has become known.
    fn count(&self, state: &mut State) {
        if !state.counted
            && let Some(count) = state.tasks.count()
        {
            state.counted = true;
            self.halting.expect(count);
            self.outbox.send(Message::Count(count));
        }
    }

    /// Whether an earlier run has done it, which is told.
    fn skip(&self, state: &mut State, task: &Task) -> bool {
        let Some(done) = &mut state.done else {
            return false;
        };
        let key = self.template.key(task);
        if !done.take(&key) {
            return false;
        }
        let about = About {
            seq: task.seq,
            inputs: task.inputs.clone(),
            argv: self.template.argv(task, 1),
            key,
        };
        let event = TaskEvent::Skipped {
            task: Arc::new(about),
        };
        state.passed = task.seq;
        self.outbox.send(Message::Event(Box::new(event)));
        true
    }

    /// What was not started.
    pub(super) fn into_rest(self) -> Rest {
        let state = self.state.into_inner();
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let passed = state.passed;
        if state.tasks.count().is_none() {
            // What is there by now tells whether there is more.
            let _ = state.tasks.next_within(Duration::ZERO);
        }
        let count = state.tasks.count();
        Rest {
            first: passed + 1,
            count: count.map(|count| count.saturating_sub(u128::from(passed))),
        }
    }
}
