//! Watches one process to its end: passes on what it writes, ends it when its time is over or the
//! run is stopped, and leaves nothing of its group behind.

use crate::clock;
use crate::event::task::{EndedBy, Exit, Status, Stream};
use crate::machine::child::{Awaited, Descendants, GroupLeader, Readiness, Ready, Signal};
use crate::machine::descendants;
use crate::process::dialogue::Hearer;
use crate::process::{Dialogue, Limits, LostError, ReadBuffer, Running, Step, Wanted};
use crate::stop::{Stop, StopReason, Urgency};
use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// How long after the end of a process something that it has started may hold its output open: long
/// enough for a pipeline's last lines, short enough not to be taken for a hang.
const LEAK_WAIT: Duration = Duration::from_millis(200);

/// And after which an output that none of the task's processes holds is taken for held all the same. It
/// may be a process that is just being started: the system lets go of whoever started it before it
/// closes the files that the new program is not to have, and others may have the CPU in between.
const HOLDER_WAIT: Duration = Duration::from_secs(2);

/// How often what is left of a group is looked at once its leader has ended.
const LEFT_LOOK: Duration = Duration::from_millis(20);

/// How often those that were killed are looked for anew, in case they were starting others.
const KILLS_MAX: usize = 50;

/// How long they take to go, most of the time.
const KILL_LOOK: Duration = Duration::from_millis(2);

/// How far a process was urged to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    /// Told to end with its group, and killed at that time; `None` is never.
    Told(Option<Instant>),
    /// There is nothing to do to it any more.
    Over,
}

struct Supervision<'a> {
    running: Running,
    limits: &'a Limits,
    stop: &'a Stop,
    stage: Stage,
    /// When the process was seen to have ended; once it was told to, when the last of its group was,
    /// so that whoever holds the output open after that has left the group.
    exited_at: Option<Instant>,
    /// When its streams were last looked at with nothing else that could hold them.
    asked: Option<Instant>,
    ended_by: EndedBy,
    killed: bool,
    /// Whether what the process left behind when it ended by itself was looked for, and is told.
    is_searched: bool,
    /// Whether that had kept its output open.
    held_output: bool,
    /// When something was seen that it has left behind, which may be about to end.
    seen_at: Option<Instant>,
    /// What has left the group or outlived the process, and was told to end for it.
    background: BTreeSet<u32>,
    output_bytes: [u64; 2],
}

impl Running {
    /// Watches the process to its end. Each piece of output is handed to `on_output` as it comes, in
    /// order for each stream, and no piece is empty.
    ///
    /// A process that is told to end gets SIGTERM with its whole group, or SIGINT when the run was
    /// stopped by an interrupt; whatever has not ended after the grace is killed, and at once when
    /// `stop` says so. When the process has ended by itself, what it has left running is ended in
    /// the same way, unless it is to be kept. Something that is not found and still holds the output
    /// open is left alone after a short wait, and [told](Exit::leaked).
    ///
    /// # Errors
    /// When the process may not be killed, as it belongs to somebody else by now, or the operating
    /// system fails.
    pub fn supervise(
        self,
        limits: &Limits,
        stop: &Stop,
        buffer: &mut ReadBuffer,
        on_output: &mut dyn FnMut(Stream, &[u8]),
    ) -> Result<Exit, LostError> {
        self.converse(limits, stop, buffer, &mut Hearer(on_output))
    }

    /// As [`supervise`](Running::supervise), with somebody who may also write to the process, and have
    /// it end.
    ///
    /// # Errors
    /// As [`supervise`](Running::supervise), and those of the dialogue.
    pub fn converse(
        self,
        limits: &Limits,
        stop: &Stop,
        buffer: &mut ReadBuffer,
        dialogue: &mut dyn Dialogue,
    ) -> Result<Exit, LostError> {
        let pid = self.pid();
        let lost = |what| move |source| LostError { pid, what, source };
        let mut supervision = Supervision {
            running: self,
            limits,
            stop,
            stage: Stage::Free,
            exited_at: None,
            asked: None,
            ended_by: EndedBy::Itself,
            killed: false,
            is_searched: false,
            held_output: false,
            seen_at: None,
            background: BTreeSet::new(),
            output_bytes: [0; 2],
        };
        let mut now = clock::now();
        while !supervision.is_over() {
            supervision.ask(now);
            let step = supervision.step(dialogue, now);
            let step = step.map_err(lost("cannot write to it"))?;
            let ready = supervision.wait(step, dialogue, now);
            let ready = ready.map_err(lost("cannot wait for it"))?;
            let read = supervision.read(&ready, buffer, dialogue);
            read.map_err(lost("cannot read what it writes"))?;
            now = clock::now();
            if ready.exited {
                supervision.exited_at = Some(now);
            }
            supervision.urge(now).map_err(lost("cannot kill it"))?;
        }
        supervision.end().map_err(lost("cannot reap it"))
    }
}

impl Supervision<'_> {
    fn is_over(&self) -> bool {
        let is_cleared = match self.stage {
            Stage::Free => self.is_searched || self.limits.keep_background,
            Stage::Told(_) => false,
            Stage::Over => true,
        };
        self.is_settled() && is_cleared
    }

    /// Whether the process has ended and its output is complete, or does not come to an end.
    ///
    /// What was seen of the streams was seen no earlier than it was asked for, and perhaps not much later,
    /// when other programs had the CPU since. So that is the moment that counts, not the present one.
    fn is_settled(&self) -> bool {
        let Some(exited_at) = self.exited_at else {
            return false;
        };
        let is_silent = self.running.streams.iter().all(Option::is_none);
        is_silent || self.asked.is_some_and(|at| at >= exited_at + LEAK_WAIT)
    }

    /// Notes when the streams are looked at, unless others may hold them that are just being started.
    fn ask(&mut self, now: Instant) {
        let is_due = self.exited_at.is_some_and(|at| now >= at + LEAK_WAIT);
        self.asked = (is_due && !self.running.overlap.lasts()).then_some(now);
    }

    fn timeout_at(&self) -> Option<Instant> {
        let timeout = self.limits.timeout?;
        self.running.started.checked_add(timeout)
    }

    /// What the time between now and the next thing to do is; `None` when only events bring it.
    fn limit(&self, now: Instant) -> Option<Duration> {
        let at = match (self.exited_at, self.stage) {
            (Some(_), Stage::Told(_)) => Some(now + LEFT_LOOK),
            (Some(_), _) if self.seen_at.is_some() => Some(now + LEFT_LOOK),
            (Some(exited_at), _) => Some((exited_at + LEAK_WAIT).max(now + LEFT_LOOK)),
            (None, Stage::Free) => {
                let deadlines = [self.timeout_at(), self.stop.deadline()];
                deadlines.into_iter().flatten().min()
            }
            (None, Stage::Told(kill_at)) => kill_at,
            (None, Stage::Over) => None,
        };
        at.map(|at| at.saturating_duration_since(now))
    }

    /// Lets the dialogue do what there is to do, while the process is at work.
    fn step(&mut self, dialogue: &mut dyn Dialogue, now: Instant) -> io::Result<Step> {
        if self.exited_at.is_some() || self.stage != Stage::Free {
            return Ok(Step::default());
        }
        let step = dialogue.step(now)?;
        if let Some(reason) = step.end {
            self.tell(Signal::Terminate, reason, now);
            return Ok(Step::default());
        }
        thread::sleep(step.rest);
        Ok(step)
    }

    fn wait(&self, step: Step, dialogue: &dyn Dialogue, now: Instant) -> io::Result<Ready> {
        let wanted = match self.exited_at.is_none() && self.stage == Stage::Free {
            true => dialogue.wanted(),
            false => Wanted::default(),
        };
        let again = step.again_at.map(|at| at.saturating_duration_since(now));
        let bell = match self.stage {
            Stage::Free if self.exited_at.is_none() => Some(self.stop.bell(Urgency::Gently)?),
            Stage::Told(_) => Some(self.stop.bell(Urgency::AtOnce)?),
            // A bell that was heard once is not to be waited for again: it never falls silent.
            Stage::Free | Stage::Over => None,
        };
        let streams = self.running.streams.each_ref();
        let [output, errors] = streams.map(|stream| stream.as_ref().map(AsFd::as_fd));
        let awaited = Awaited {
            streams: [output.filter(|_| !wanted.mutes_output), errors],
            exit: self.exited_at.is_none(),
            bell,
            input: wanted.input.map(|input| (input, wanted.has_input)),
            wake: wanted.wake,
        };
        let limit = [self.limit(now), again].into_iter().flatten().min();
        self.running.leader.wait(&awaited, limit)
    }

    fn read(
        &mut self,
        ready: &Ready,
        buffer: &mut ReadBuffer,
        dialogue: &mut dyn Dialogue,
    ) -> io::Result<()> {
        for stream in Stream::BOTH {
            let index = stream.index();
            let pipe = &mut self.running.streams[index];
            match (ready.streams[index], &mut *pipe) {
                (Readiness::Readable, Some(reader)) => match reader.read(&mut buffer.0) {
                    Ok(0) => *pipe = None,
                    Ok(len) => {
                        self.output_bytes[index] += len as u64;
                        dialogue.hear(stream, &buffer.0[..len]);
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => (),
                    Err(error) => return Err(error),
                },
                (Readiness::Ended, _) => *pipe = None,
                (Readiness::Quiet, _) | (Readiness::Readable, None) => (),
            }
        }
        Ok(())
    }

    /// Takes the next step to the end of the process, if it is time for one.
    fn urge(&mut self, now: Instant) -> io::Result<()> {
        let is_reached = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        match (self.stage, self.stop.urgency()) {
            (Stage::Over, _) => (),
            (Stage::Free, _) if self.exited_at.is_some() => self.clear_up(now),
            (Stage::Told(_), _) if self.is_all_gone() => {
                self.stage = Stage::Over;
                self.exited_at = Some(now);
            }
            (_, Some(Urgency::AtOnce)) => self.kill(EndedBy::Stop, now)?,
            (Stage::Told(kill_at), _) if is_reached(kill_at) => self.kill(self.ended_by, now)?,
            (Stage::Told(_), _) => (),
            (Stage::Free, Some(Urgency::Gently)) => {
                self.tell(stop_signal(self.stop), EndedBy::Stop, now);
            }
            (Stage::Free, None) if is_reached(self.timeout_at()) => {
                self.tell(Signal::Terminate, EndedBy::Timeout, now);
            }
            (Stage::Free, None) => (),
        }
        Ok(())
    }

    /// Tells what the process has left running to end, once its output has settled.
    fn clear_up(&mut self, now: Instant) {
        if self.is_searched || self.limits.keep_background || !self.is_settled() {
            return;
        }
        let is_left = GroupLeader::may_have_left_something();
        let found = is_left.then(|| self.descendants());
        let Some(found) = found.filter(|found| !found.is_empty()) else {
            let is_silent = self.running.streams.iter().all(Option::is_none);
            let waited_until = self.exited_at.map(|at| at + HOLDER_WAIT);
            self.is_searched = is_silent || waited_until.is_some_and(|until| now >= until);
            return;
        };
        // The last of a pipeline ends a moment after the first.
        let seen_at = *self.seen_at.get_or_insert(now);
        if now >= seen_at + LEFT_LOOK {
            self.is_searched = true;
            self.background.extend(found.ids());
            self.held_output = self.running.streams.iter().any(Option::is_some);
            self.signal(&found, Signal::Terminate);
            self.stage = Stage::Told(now.checked_add(self.limits.grace));
        }
    }

    /// Whether the process and all that it has started have ended.
    fn is_all_gone(&self) -> bool {
        // To a reaper the orphans have come by now: without one nothing is left.
        let may_be_left = || !descendants::is_reaper() || GroupLeader::may_have_left_something();
        self.exited_at.is_some() && (!may_be_left() || self.descendants().is_empty())
    }

    fn descendants(&self) -> Descendants {
        self.running.leader.descendants()
    }

    /// Signals the group and the others; whoever is stopped hears nothing until it goes on.
    fn signal(&self, descendants: &Descendants, signal: Signal) {
        // Whoever may not be told may not be killed either, and that is where it counts.
        for signal in [signal, Signal::Continue] {
            let _ = self.running.leader.signal_group(signal);
            descendants.signal_outside(signal);
        }
    }

    fn tell(&mut self, signal: Signal, reason: EndedBy, now: Instant) {
        let found = self.descendants();
        self.background.extend(found.ids_outside());
        self.signal(&found, signal);
        self.stage = Stage::Told(now.checked_add(self.limits.grace));
        self.ended_by = reason;
    }

    fn kill(&mut self, reason: EndedBy, now: Instant) -> io::Result<()> {
        self.stage = Stage::Over;
        if self.ended_by == EndedBy::Itself {
            self.ended_by = reason;
        }
        self.killed = true;
        for _ in 0..KILLS_MAX {
            match self.exited_at {
                None => self.running.leader.kill()?,
                Some(_) => self.running.leader.signal_group(Signal::Kill)?,
            }
            let found = self.descendants();
            if found.is_empty() {
                break;
            }
            self.background.extend(found.ids_outside());
            found.signal_outside(Signal::Kill);
            thread::sleep(KILL_LOOK);
        }
        self.exited_at = self.exited_at.map(|_| now);
        Ok(())
    }

    /// Kills what is left of the group, while its id can't be another's yet, and reaps the process.
    fn end(self) -> io::Result<Exit> {
        let Running {
            leader,
            streams,
            started,
            started_at,
            ..
        } = self.running;
        let leaked = self.held_output || streams.iter().any(Option::is_some);
        if !descendants::is_reaper() && !self.limits.keep_background {
            // What belongs to another user by now can't be killed, and the process itself has ended.
            let _ = leader.signal_group(Signal::Kill);
        }
        let ended_by = match self.ended_by {
            EndedBy::Itself if leader.wanted_terminal() => EndedBy::Terminal,
            ended_by => ended_by,
        };
        let (status, usage) = leader.reap()?;
        Ok(Exit {
            status: Status::from(status),
            ended_by,
            killed: self.killed,
            leaked,
            started,
            started_at,
            ended: clock::now(),
            ended_at: SystemTime::now(),
            background: u32::try_from(self.background.len()).unwrap_or(u32::MAX),
            usage,
            output_bytes: self.output_bytes,
        })
    }
}

/// What a process is told when the run is stopped: what the run was told.
fn stop_signal(stop: &Stop) -> Signal {
    match stop.reason() {
        Some(StopReason::Interrupted) => Signal::Interrupt,
        Some(StopReason::Terminated | StopReason::TimeLimit) | None => Signal::Terminate,
    }
}

#[cfg(test)]
mod tests;
