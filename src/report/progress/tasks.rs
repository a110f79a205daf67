//! The progress of tasks: a bar, and under it those that run the longest.

use super::Mode;
use super::block::{Block, MARGIN};
use crate::clock;
use crate::event::task::TaskEvent;
use crate::machine::terminal;
use crate::report::run::outcome::label;
use crate::units;
use console::Term;
use std::collections::HashMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How often it is drawn at most: for what has changed in it, and after something was written where
/// it stands.
const REFRESH: Duration = Duration::from_millis(100);
const REFRESH_AFTER_OUTPUT: Duration = Duration::from_millis(20);

/// How many tasks are shown, and how long they run before they are.
const LONGEST_MAX: usize = 4;
const LONGEST_MIN: Duration = Duration::from_secs(1);

/// How many columns the bar itself has at most; one of fewer than the least shows nothing.
const BAR_COLUMNS_MAX: usize = 30;
const BAR_COLUMNS_MIN: usize = 6;

/// The rows and columns of a terminal that does not say.
const SIZE: (u16, u16) = (24, 80);

/// A bar on standard error with how many tasks are done, have failed and run, and the time left;
/// under it, on a terminal, the tasks that run the longest.
///
/// Gone from the terminal when it is dropped; elsewhere its last state stays. What else is written
/// to the same terminal is written by [`suspend`](TaskProgress::suspend).
#[derive(Debug)]
pub struct TaskProgress {
    mode: Mode,
    on_terminal: bool,
    state: State,
    block: Block,
    drawn: Option<Instant>,
    /// Something was written that has not come to a line's end.
    line_is_open: bool,
}

/// What there is to show.
#[derive(Debug)]
struct State {
    count: Option<u128>,
    started: Instant,
    succeeded: u64,
    failed: u64,
    skipped: u64,
    /// By the task's number.
    running: HashMap<u64, Running>,
}

#[derive(Debug)]
struct Running {
    label: String,
    since: Instant,
    pid: u32,
    is_stopped: bool,
}

impl TaskProgress {
    /// The progress of `count` tasks, when that is known, starting now.
    #[must_use]
    pub fn new(mode: Mode, on_terminal: bool, count: Option<u128>) -> TaskProgress {
        TaskProgress {
            mode,
            on_terminal,
            state: State {
                count,
                started: clock::now(),
                succeeded: 0,
                failed: 0,
                skipped: 0,
                running: HashMap::new(),
            },
            block: Block::default(),
            drawn: None,
            line_is_open: false,
        }
    }

    /// How many tasks there are, now that it is known.
    pub fn set_count(&mut self, count: u128) {
        self.state.count = Some(count);
    }

    /// Takes note of what happened, and shows it when it is time to show anything.
    pub fn hear<O>(&mut self, event: &TaskEvent<O>) {
        if self.mode == Mode::Never {
            return;
        }
        self.state.hear(event);
        self.tick();
    }

    /// Shows how far it is by now, when it is time to; to be called several times a second, also
    /// when nothing happens.
    pub fn tick(&mut self) {
        self.draw_when_last_before(REFRESH);
    }

    /// Takes the lines away while `write` writes to the same terminal.
    pub fn suspend<R>(&mut self, write: impl FnOnce() -> R) -> R {
        if !self.block.is_shown() || !self.on_terminal {
            return write();
        }
        self.erase();
        let written = write();
        self.draw_when_last_before(REFRESH_AFTER_OUTPUT);
        written
    }

    /// Whether what is about to be written to the same terminal does not come to a line's end. Until
    /// something does nothing is shown, because it could not be taken away again without that line.
    pub fn leave_line_open(&mut self, is_open: bool) {
        self.line_is_open = is_open;
        if is_open {
            self.erase();
        }
    }

    /// Forgets what is shown: something else was written since, as by a shell that had stopped this
    /// process.
    pub fn begin_anew(&mut self) {
        self.block = Block::default();
        self.drawn = None;
    }

    fn draw_when_last_before(&mut self, refresh: Duration) {
        let is_wanted = self.mode.is_due(self.on_terminal, self.state.started);
        let now = clock::now();
        let is_early = self
            .drawn
            .is_some_and(|drawn| now.saturating_duration_since(drawn) < refresh);
        if !is_wanted || is_early || self.line_is_open {
            return;
        }
        // What is drawn from the background runs into what others write to the terminal.
        if self.on_terminal && !terminal::is_in_foreground(io::stderr()) {
            return;
        }
        let text = match self.on_terminal {
            true => self.draw_block(now),
            false => self
                .block
                .overwrite(&self.state.status(now, usize::from(SIZE.1))),
        };
        self.drawn = Some(now);
        write(&text);
    }

    fn draw_block(&mut self, now: Instant) -> String {
        let size = size();
        let lines = self.state.lines(now, size.1.saturating_sub(MARGIN));
        self.block.draw(&lines, size)
    }

    fn erase(&mut self) {
        if self.on_terminal {
            write(&self.block.erase(size().1));
        }
    }
}

impl Drop for TaskProgress {
    fn drop(&mut self) {
        match self.on_terminal {
            true => self.erase(),
            false if self.block.is_shown() => write("\n"),
            false => (),
        }
    }
}

/// The rows and columns of the terminal, which may change at any time.
fn size() -> (usize, usize) {
    let (rows, columns) = Term::stderr().size_checked().unwrap_or(SIZE);
    (usize::from(rows), usize::from(columns))
}

/// Writes in one piece. Standard error gone is no reason to fail.
fn write(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

impl State {
    fn hear<O>(&mut self, event: &TaskEvent<O>) {
        match event {
            TaskEvent::Started {
                task, started, pid, ..
            } => {
                let running = Running {
                    label: label(task),
                    since: *started,
                    pid: *pid,
                    is_stopped: false,
                };
                self.running.insert(task.seq, running);
            }
            TaskEvent::AttemptEnded { task, .. } => {
                self.running.remove(&task.seq);
            }
            TaskEvent::Finished(finished) => match &finished.attempted {
                attempted if attempted.is_success() => self.succeeded += 1,
                // The run is about to end: it is neither done nor failed.
                attempted if attempted.is_stopped() => (),
                _ => self.failed += 1,
            },
            TaskEvent::Skipped { .. } => self.skipped += 1,
            TaskEvent::Paused { pid, is_stopped } => {
                let its = self.running.values_mut().find(|task| task.pid == *pid);
                if let Some(task) = its {
                    task.is_stopped = *is_stopped;
                }
            }
            TaskEvent::Lines { .. } | TaskEvent::NotStarted { .. } => (),
        }
    }

    fn lines(&self, now: Instant, columns: usize) -> Vec<String> {
        let mut longest: Vec<&Running> = self.running.values().collect();
        longest.retain(|task| now.saturating_duration_since(task.since) >= LONGEST_MIN);
        longest.sort_by_key(|task| task.since);
        let line = |task: &&Running| {
            let elapsed = now.saturating_duration_since(task.since);
            let stopped = if task.is_stopped { "stopped: " } else { "" };
            format!("{:>12}  {stopped}{}", whole_seconds(elapsed), task.label)
        };
        let lines = longest.iter().take(LONGEST_MAX).map(line);
        std::iter::once(self.status(now, columns))
            .chain(lines)
            .collect()
    }

    /// `[=====>      ] 12 of 100 done, 1 failed, 4 running, 5.20 s left`, where the bar is as long as
    /// there is room for.
    fn status(&self, now: Instant, columns: usize) -> String {
        let finished = u128::from(self.succeeded + self.failed);
        let done = finished + u128::from(self.skipped);
        let elapsed_s = now.saturating_duration_since(self.started).as_secs_f64();
        let running = self.running.len();
        let stopped = match self.running.values().filter(|task| task.is_stopped).count() {
            0 => String::new(),
            stopped => format!(", {stopped} stopped"),
        };
        let counts = format!(
            "{} failed, {running} running{stopped}",
            units::count(u128::from(self.failed))
        );
        let done_text = units::count(done);
        let Some(count) = self.count else {
            let rate = units::rate(finished as f64 / elapsed_s.max(1e-9), "tasks");
            return format!("{done_text} done, {counts}, {rate}");
        };
        let left = match (finished, count.saturating_sub(done)) {
            (_, 0) => "0 s".to_owned(),
            (0, _) => "?".to_owned(),
            (finished, left) => units::seconds(elapsed_s / finished as f64 * left as f64),
        };
        let text = format!(
            "{done_text} of {} done, {counts}, {left} left",
            units::count(count)
        );
        // Its brackets and the space behind it.
        let room = columns.saturating_sub(text.len() + 3);
        match room.min(BAR_COLUMNS_MAX) {
            0..BAR_COLUMNS_MIN => text,
            room => {
                let share = done as f64 / (count as f64).max(1.0);
                format!("[{}] {text}", bar(share, room))
            }
        }
    }
}

/// Without fractions, which would flicker.
fn whole_seconds(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => units::seconds(seconds as f64),
    }
}

/// `=====>    `, for a share of 0 to 1.
fn bar(share: f64, columns: usize) -> String {
    let full = (share * columns as f64) as usize;
    let head = if full < columns { ">" } else { "" };
    let filled = "=".repeat(full.min(columns)) + head;
    format!("{filled:<columns$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::task::{About, Attempted, Finished};
    use std::sync::Arc;
    use std::time::SystemTime;

    fn about(seq: u64, input: &str) -> Arc<About> {
        Arc::new(About {
            seq,
            inputs: vec![input.as_bytes().to_vec()],
            ..About::default()
        })
    }

    fn started(task: &Arc<About>, started: Instant) -> TaskEvent<()> {
        TaskEvent::Started {
            task: Arc::clone(task),
            slot: 1,
            attempt: 1,
            pid: 1,
            started,
            started_at: SystemTime::now(),
        }
    }

    fn failed(task: &Arc<About>) -> [TaskEvent<()>; 2] {
        let attempted = Attempted::Failed {
            why: String::new(),
            code: 127,
        };
        let ended = TaskEvent::AttemptEnded {
            task: Arc::clone(task),
            slot: 1,
            attempt: 1,
            attempted: attempted.clone(),
            retry_after: None,
        };
        let finished = TaskEvent::Finished(Finished {
            task: Arc::clone(task),
            slot: 1,
            attempts: 1,
            attempted,
            output: (),
            tail: Vec::new(),
        });
        [ended, finished]
    }

    #[test]
    fn it_shows_counts_and_the_longest_running() {
        let mut progress = TaskProgress::new(Mode::Never, false, Some(20));
        let state = &mut progress.state;
        let (start, at) = (state.started, |s| state.started + Duration::from_secs(s));
        let now = at(100);
        let tasks: Vec<_> = [(1, 40), (2, 5), (3, 99), (4, 60), (5, 70), (6, 80), (7, 0)]
            .map(|(seq, s)| (about(seq, &format!("in\n{seq}")), at(s)))
            .into();
        for (task, started_at) in &tasks {
            state.hear(&started(task, *started_at));
        }
        assert_eq!(state.started, start);
        failed(&tasks[6].0)
            .iter()
            .for_each(|event| state.hear(event));
        let task = about(8, "x");
        state.hear::<()>(&TaskEvent::Skipped { task });
        let expected = [
            "[===>                          ] 2 of 20 done, 1 failed, 6 running, 30 min left",
            "  1 min 35 s  in\\n2",
            "       1 min  in\\n1",
            "        40 s  in\\n4",
            "        30 s  in\\n5",
        ];
        assert_eq!(state.lines(now, 120), expected);
        let counts = "2 of 20 done, 1 failed, 6 running, 30 min left";
        assert_eq!(state.lines(now, 60)[0], format!("[=>         ] {counts}"));
        assert_eq!(state.lines(now, 50)[0], counts);
        state.count = None;
        let open = "2 done, 1 failed, 6 running, 0.01 tasks/s";
        assert_eq!(state.lines(now, 120)[0], open);
    }

    #[test]
    fn the_bar_goes_from_empty_to_full() {
        assert_eq!(bar(0.0, 30), format!(">{}", " ".repeat(29)));
        assert_eq!(bar(1.0, 30), "=".repeat(30));
        let progress = TaskProgress::new(Mode::Never, false, Some(0));
        let status = progress.state.status(progress.state.started, 80);
        assert!(status.ends_with("0 of 0 done, 0 failed, 0 running, 0 s left"));
        let progress = TaskProgress::new(Mode::Never, false, Some(3));
        let status = progress.state.status(progress.state.started, 80);
        assert!(status.ends_with("0 of 3 done, 0 failed, 0 running, ? left"));
    }

    #[test]
    fn nothing_is_shown_without_a_terminal_or_before_its_time() {
        for (mode, on_terminal) in [(Mode::Auto, false), (Mode::Auto, true), (Mode::Never, true)] {
            let mut progress = TaskProgress::new(mode, on_terminal, Some(10));
            progress.tick();
            assert!(!progress.block.is_shown());
        }
    }
}
