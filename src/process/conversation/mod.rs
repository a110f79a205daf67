//! A conversation with a long-lived process: it is given portions of items on its standard input, and
//! answers each item with one line on its standard output.
//!
//! A portion is answered when as many lines have come as it has items; then the worker is given the
//! next. Between two portions nothing is on its way: a line too much is found there, before what came
//! with it is handed on. The process is started, watched and ended as every other is
//! ([`Running::converse`](super::Running::converse)).

mod in_flight;
mod partner;
mod portion;
mod timing;

pub use partner::{Answers, Ending, Fault, Leftover, Manners, Partner, Supply};
pub use portion::Portion;

use crate::clock;
use crate::event::task::{EndedBy, Exit, Status, Stream};
use crate::machine::child_input::{ChildInput, Written};
use crate::machine::wake::Wake;
use crate::process::dialogue::{Dialogue, Step, Wanted};
use in_flight::{InFlight, Wrong};
use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};
use timing::{
    BUSY_MIN, LONG_SILENCE, LOOK_EARLY, LOOK_MAX, QUIET_FIRST, QUIET_MAX, QUIET_MIN, REST_MAX,
    REST_MIN, SILENCE, TOLD_AFTER, UNREAD_WAIT, WIDE,
};

/// A conversation with one process.
#[derive(Debug)]
pub struct Conversation<'a, P> {
    partner: &'a mut P,
    manners: Manners,
    pid: u32,
    wake: &'a Wake,
    /// `None` once it is closed.
    input: Option<ChildInput>,
    is_wide: bool,
    in_flight: Option<InFlight>,
    fault: Option<Fault>,
    has_answered: bool,
    per_item: Option<Duration>,
    /// When its input was closed.
    closed: Option<Instant>,
    /// When it is looked at next whether it waits for more.
    look: Option<(Instant, Duration)>,
    /// Whether its input was closed to get its answers.
    is_probed: bool,
    is_told: bool,
    is_mute: bool,
}

impl<'a, P: Partner> Conversation<'a, P> {
    /// With the process of that id, which is to be [conversed](super::Running::converse) with. An item
    /// takes it about `per_item`, if that is known of another.
    pub fn new(
        partner: &'a mut P,
        manners: Manners,
        pid: u32,
        input: ChildInput,
        wake: &'a Wake,
        per_item: Option<Duration>,
    ) -> Conversation<'a, P> {
        Conversation {
            partner,
            manners,
            pid,
            wake,
            input: Some(input),
            is_wide: false,
            in_flight: None,
            fault: None,
            has_answered: false,
            per_item,
            closed: None,
            look: None,
            is_probed: false,
            is_told: false,
            is_mute: false,
        }
    }

    fn close(&mut self, now: Instant) {
        self.input = None;
        self.closed.get_or_insert(now);
    }

    /// Gives the worker what there is for it; `Some` when it has nothing to do.
    fn begin(&mut self, now: Instant) -> Option<Step> {
        if self.input.is_none() {
            return Some(self.await_end(self.closed.unwrap_or(now), now));
        }
        match self.partner.next() {
            Supply::Portion(portion) => {
                if portion.bytes.len() > WIDE && !self.is_wide {
                    self.is_wide = true;
                    self.input.iter().for_each(ChildInput::widen);
                }
                self.in_flight = Some(InFlight::new(portion, now));
                self.look = None;
                None
            }
            Supply::Nothing => {
                if self.input.as_ref().is_some_and(ChildInput::is_closed) {
                    self.close(now);
                }
                Some(Step::default())
            }
            Supply::End => {
                self.close(now);
                Some(self.await_end(self.closed.unwrap_or(now), now))
            }
        }
    }

    /// A worker with nothing to do since then and no input any more is to end.
    fn await_end(&self, idle_since: Instant, now: Instant) -> Step {
        let since = self.closed.unwrap_or(now).max(idle_since);
        let due = since + self.manners.linger;
        Step {
            again_at: Some(due),
            end: (now >= due).then_some(EndedBy::Timeout),
            ..Step::default()
        }
    }

    fn write(&mut self, now: Instant) -> io::Result<()> {
        let Some((input, in_flight)) = self.input.as_mut().zip(self.in_flight.as_mut()) else {
            return Ok(());
        };
        let mut is_over = false;
        if !in_flight.is_written() {
            match input.write(&in_flight.portion.bytes[in_flight.written..])? {
                Written::Taken(len) => in_flight.written += len,
                Written::Closed => is_over = true,
            }
        }
        if is_over || (in_flight.is_written() && in_flight.portion.closes) {
            self.close(now);
        }
        Ok(())
    }

    /// Hands a portion's answers on once it is sure that no more come; else says when to look again.
    fn accept(&mut self, now: Instant) -> Result<(), Step> {
        let Some(in_flight) = &mut self.in_flight else {
            return Ok(());
        };
        let complete = in_flight.complete.unwrap_or(now);
        if !in_flight.is_quiet {
            let input = self.input.as_ref();
            let awaited = input.and_then(|input| input.is_awaited(self.pid, false));
            in_flight.is_quiet = awaited == Some(true);
            let least = match (self.has_answered, awaited) {
                (false, _) => QUIET_FIRST,
                (true, Some(_)) => BUSY_MIN,
                (true, None) => QUIET_MIN,
            };
            let per_item = self.per_item.unwrap_or_default();
            let due = complete + (2 * per_item).min(QUIET_MAX).max(least);
            // What it wrote before it waited is looked for once more.
            let again_at = match in_flight.is_quiet {
                true => now,
                false => due.min(now + (now - complete).max(QUIET_MIN)),
            };
            if now < due || in_flight.is_quiet {
                return Err(Step {
                    again_at: Some(again_at),
                    ..Step::default()
                });
            }
        }
        let elapsed = complete.saturating_duration_since(in_flight.sent);
        self.hand_on(Some(elapsed));
        self.in_flight = None;
        Ok(())
    }

    /// Hands on the answers that have come.
    fn hand_on(&mut self, elapsed: Option<Duration>) {
        let Some(in_flight) = &mut self.in_flight else {
            return;
        };
        let answers = in_flight.take_answers();
        if let Some(elapsed) = elapsed.filter(|_| answers.count > 0) {
            self.per_item = Some(elapsed / u32::try_from(answers.count).unwrap_or(u32::MAX));
            self.partner
                .took(answers.count, answers.bytes.len(), elapsed);
        }
        if answers.count > 0 {
            self.has_answered = true;
            self.partner.answered(answers);
        }
    }

    /// Waits for answers: finds out whether they can still come.
    fn await_answers(&mut self, now: Instant) -> Step {
        let Some(in_flight) = &self.in_flight else {
            return Step::default();
        };
        let mut dues = Vec::with_capacity(3);
        if let Some(timeout) = self.manners.timeout {
            dues.push((in_flight.heard + timeout, Fault::Hung));
        }
        if self.input.is_none() && !in_flight.portion.closes && !self.is_probed {
            dues.push((in_flight.heard + UNREAD_WAIT, Fault::ClosedInput));
        }
        let is_complete = in_flight.complete.filter(|_| in_flight.portion.closes);
        if let Some(complete) = is_complete {
            return self.await_end(now.min(complete), now);
        }
        if let Some((_, fault)) = dues.iter().find(|(due, _)| now >= *due) {
            self.fault = Some(*fault);
            return Step {
                end: Some(EndedBy::Timeout),
                ..Step::default()
            };
        }
        let rest = match self.per_item.filter(|_| in_flight.is_written()) {
            Some(per_item) => (in_flight.left(per_item) / 2).min(REST_MAX),
            None => Duration::ZERO,
        };
        let look = self.look_for_end(now);
        Step {
            again_at: dues.into_iter().map(|(due, _)| due).chain(look).min(),
            rest: if rest < REST_MIN {
                Duration::ZERO
            } else {
                rest
            },
            end: None,
        }
    }

    /// Closes the input of a worker that waits for more and has not answered what it has read: it holds
    /// its answers back until then, or has none. Says when to look again.
    fn look_for_end(&mut self, now: Instant) -> Option<Instant> {
        let in_flight = self.in_flight.as_ref()?;
        let input = self.input.as_ref()?;
        let heard = in_flight.heard;
        let (mut due, mut wait) = self.look.unwrap_or((heard + SILENCE, SILENCE));
        if due < heard + SILENCE {
            (due, wait) = (heard + SILENCE, SILENCE);
        }
        if now >= due {
            let is_deep = now >= heard + LONG_SILENCE;
            if input.is_closed() || input.is_awaited(self.pid, is_deep) == Some(true) {
                // What was read may still be answered, though it was the last.
                self.is_probed = in_flight.is_written() && !input.has_unread();
                self.close(now);
                return Some(now);
            }
            wait = match is_deep {
                true => (2 * wait).min(LOOK_MAX),
                false => (2 * wait).min(LOOK_EARLY),
            };
            due = now + wait;
        }
        if !self.has_answered && !self.is_told && now >= heard + TOLD_AFTER {
            self.is_told = true;
            self.partner.is_silent();
        }
        self.look = Some((due, wait));
        Some(due)
    }

    /// What there is to say once the process has ended.
    pub fn end(mut self, exit: &Exit) -> Ending {
        let is_clean = exit.status == Status::Code(0) && exit.ended_by == EndedBy::Itself;
        let mut ending = Ending {
            leftover: None,
            is_unasked: self.fault == Some(Fault::Unasked),
            is_buffered: false,
        };
        let Some(in_flight) = &mut self.in_flight else {
            return ending;
        };
        if is_clean {
            in_flight.end_last(self.manners.delimiter);
        }
        let (answered, items) = (in_flight.answered, in_flight.portion.len());
        let had_answers = in_flight.handed_on;
        // All that there could be has come.
        let is_all = in_flight.portion.closes || self.is_probed;
        in_flight.portion.closes = is_all;
        let fault = match self.fault {
            Some(fault) => Some(fault),
            None if answered > items => Some(Fault::Extra(answered)),
            None if answered == items => None,
            None if is_all && is_clean => Some(Fault::Missing(answered)),
            None => Some(Fault::Died),
        };
        let shown = in_flight.shown().to_vec();
        let is_counted = matches!(fault, Some(Fault::Extra(_) | Fault::Missing(_)));
        if !is_counted {
            let elapsed = clock::now().saturating_duration_since(in_flight.sent);
            self.hand_on(fault.is_none().then_some(elapsed));
        }
        ending.is_buffered = fault.is_none() && self.is_probed;
        let in_flight = self.in_flight.take();
        ending.leftover = fault.zip(in_flight).map(|(fault, in_flight)| Leftover {
            portion: in_flight.portion,
            fault,
            has_answered: self.has_answered,
            has_progressed: had_answers || (!is_counted && answered > 0),
            shown,
        });
        ending
    }
}

impl<P: Partner> Dialogue for Conversation<'_, P> {
    fn hear(&mut self, stream: Stream, bytes: &[u8]) {
        if stream == Stream::Stderr {
            return self.partner.complain(bytes);
        }
        // What comes after a fault tells nothing more.
        if self.fault.is_some() {
            return;
        }
        let Some(in_flight) = &mut self.in_flight else {
            self.fault = Some(Fault::Unasked);
            return;
        };
        let wrong = in_flight.take(bytes, self.manners.delimiter, clock::now());
        self.fault = wrong.map(|wrong| match wrong {
            Wrong::Extra => Fault::Extra(in_flight.answered.max(in_flight.portion.len() + 1)),
            Wrong::Long => Fault::LongAnswer,
        });
        if self.fault.is_none() && in_flight.is_large() {
            self.hand_on(None);
        }
    }

    fn step(&mut self, now: Instant) -> io::Result<Step> {
        if self.in_flight.is_none() || self.is_mute {
            self.wake.clear();
        }
        loop {
            if self.fault.is_some() {
                return Ok(Step {
                    end: Some(EndedBy::Timeout),
                    ..Step::default()
                });
            }
            if self.in_flight.is_none()
                && let Some(step) = self.begin(now)
            {
                return Ok(step);
            }
            self.write(now)?;
            let Some(in_flight) = &self.in_flight else {
                return Ok(Step::default());
            };
            let first = in_flight.portion.first;
            let is_last = in_flight.portion.closes || self.is_probed;
            if in_flight.complete.is_some() && !is_last {
                match self.accept(now) {
                    Ok(()) => continue,
                    Err(step) => return Ok(step),
                }
            }
            let was_mute = std::mem::replace(&mut self.is_mute, !self.partner.has_room(first));
            if self.is_mute {
                return Ok(Step::default());
            }
            if was_mute && let Some(in_flight) = &mut self.in_flight {
                // What it wrote meanwhile was not heard.
                in_flight.heard = now;
            }
            return Ok(self.await_answers(now));
        }
    }

    fn wanted(&self) -> Wanted<'_> {
        let has_input = self.in_flight.as_ref().is_some_and(|f| !f.is_written());
        let listens = self.in_flight.is_none() || self.is_mute;
        Wanted {
            input: self.input.as_ref().map(AsFd::as_fd),
            has_input,
            wake: listens.then(|| self.wake.as_fd()),
            mutes_output: self.is_mute,
        }
    }
}
