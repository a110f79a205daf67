//! Where the command line's run reports to: the records it was asked for, the streams of this
//! process, and what is said at the end.

use super::{Command, Listener};
use crate::clock;
use crate::event::task::{EndedBy, Stream, TaskEvent};
use crate::lines::WholeLines;
use crate::report::progress::{Mode, TaskProgress};
use crate::report::run::{
    JobLog, Junit, Log, Output, RecordError, Recorder, Results, RunInfo, Summary, Timeline, Totals,
    Trace,
};
use crate::task::shell_line;
use crate::units;
use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

/// How wide the timeline is, in columns.
const COLUMNS: usize = 80;

pub(super) struct Recorders<'a> {
    command: &'a Command,
    out: &'a mut WholeLines,
    err: &'a mut WholeLines,
    recorders: Vec<Box<dyn Recorder>>,
    log: Option<Log>,
    timeline: Option<Timeline>,
    summary: Summary,
    /// Until the run is over.
    progress: Option<TaskProgress>,
    /// Whether a line that a task has left half written stands on the terminal.
    line_is_open: bool,
    /// Whether any task was told to end because the run had to.
    pub(super) has_ended_any: bool,
}

/// A record of that kind, when a path is given for it.
fn recorder<R: Recorder + 'static>(
    path: Option<&Path>,
    info: &RunInfo,
    create: impl Fn(&Path, &RunInfo) -> Result<R, RecordError>,
) -> Result<Option<Box<dyn Recorder>>, RecordError> {
    let created = path.map(|path| create(path, info)).transpose()?;
    Ok(created.map(|recorder| Box::new(recorder) as Box<dyn Recorder>))
}

impl<'a> Recorders<'a> {
    /// Starts all records.
    ///
    /// # Errors
    /// When one can't be written.
    pub(super) fn new(
        command: &'a Command,
        out: &'a mut WholeLines,
        err: &'a mut WholeLines,
    ) -> Result<Recorders<'a>, RecordError> {
        let info = RunInfo {
            words: command.spec.tasks.words.clone(),
            workers: command.spec.workers,
            started: clock::now(),
            started_at: SystemTime::now(),
        };
        let (job_log, log) = match command.resume {
            true => (
                JobLog::append as fn(&Path, &_) -> _,
                Log::append as fn(&Path, &_) -> _,
            ),
            false => (
                JobLog::create as fn(&Path, &_) -> _,
                Log::create as fn(&Path, &_) -> _,
            ),
        };
        let recorders = [
            recorder(command.results.as_deref(), &info, Results::create)?,
            recorder(command.joblog.as_deref(), &info, job_log)?,
            recorder(command.junit.as_deref(), &info, Junit::create)?,
            recorder(command.trace.as_deref(), &info, Trace::create)?,
        ];
        let log = command.log.as_deref().map(|path| log(path, &info));
        Ok(Recorders {
            command,
            out,
            err,
            recorders: recorders.into_iter().flatten().collect(),
            log: log.transpose()?,
            timeline: command.timeline.then(|| Timeline::new(&info)),
            summary: Summary::new(),
            progress: Some(TaskProgress::new(
                match command.progress {
                    // A bar would run into what is being typed.
                    Mode::Auto if command.reads_terminal() => Mode::Never,
                    mode => mode,
                },
                command.on_terminal[Stream::Stderr.index()],
                None,
            )),
            line_is_open: false,
            has_ended_any: false,
        })
    }

    /// Tells every record but the log; one that fails hears nothing more.
    fn tell(
        &mut self,
        mut tell: impl FnMut(&mut dyn Recorder) -> Result<(), RecordError>,
    ) -> Result<(), RecordError> {
        let mut outcome = Ok(());
        self.recorders.retain_mut(|recorder| {
            let told = tell(recorder.as_mut());
            let is_told = told.is_ok();
            outcome = std::mem::replace(&mut outcome, Ok(())).and(told);
            is_told
        });
        outcome
    }

    fn tell_log(
        &mut self,
        tell: impl FnOnce(&mut Log) -> Result<(), RecordError>,
    ) -> Result<(), RecordError> {
        let told = self.log.as_mut().map_or(Ok(()), tell);
        if told.is_err() {
            self.log = None;
        }
        told
    }

    fn hear_but_log(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        if let TaskEvent::Started { task, .. } = event
            && self.command.verbose
        {
            let line = [shell_line(task.argv.iter()), b"\n".to_vec()].concat();
            // With standard error gone there is nobody left to tell.
            let _ = self.write(Stream::Stderr, &line);
        }
        if let TaskEvent::Finished(finished) = event {
            let exit = finished.attempted.exit();
            self.has_ended_any |= exit.is_some_and(|exit| exit.ended_by == EndedBy::Stop);
        }
        self.summary.hear(event);
        if let Some(progress) = &mut self.progress {
            progress.hear(event);
        }
        if let Some(timeline) = &mut self.timeline {
            timeline.hear(event);
        }
        self.tell(|recorder| recorder.hear(event))
    }

    /// Takes the progress away, to make room for what is said at the end.
    pub(super) fn end_progress(&mut self) {
        self.progress = None;
    }

    /// Writes what there is to say once the run is over. A run in which all went well and that was
    /// whole is silent, as a program is that was run alone.
    ///
    /// # Errors
    /// Those of standard error.
    pub(super) fn conclude(&mut self, totals: &Totals) -> io::Result<()> {
        let mut text = Vec::new();
        let start = if self.line_is_open { "\n" } else { "" };
        let colour = self.command.colour;
        if let Some(timeline) = &self.timeline {
            timeline.write(totals, COLUMNS, colour, &mut text)?;
        }
        let is_plain = totals.failed == 0
            && totals.stopped_tasks == 0
            && totals.skipped == 0
            && totals.leaked == 0
            && totals.background == 0
            && totals.not_started == Some(0)
            && totals.stopped.is_none();
        if !is_plain && !self.command.quiet {
            if !text.is_empty() {
                text.push(b'\n');
            }
            self.summary.write(totals, colour, &mut text)?;
        }
        if text.is_empty() {
            return Ok(());
        }
        self.err.write_all(&[start.as_bytes(), &text].concat())
    }
}

impl Listener for Recorders<'_> {
    fn wants_starts(&self) -> bool {
        let command = self.command;
        let shows_progress = match command.progress {
            Mode::Auto => command.on_terminal[Stream::Stderr.index()],
            Mode::Always => true,
            Mode::Never => false,
        };
        let has_records = self.log.is_some() || !self.recorders.is_empty();
        has_records || shows_progress || command.verbose
    }

    fn limited(&mut self, workers: usize, why: &str) {
        let tasks = units::count_of(workers as u128, "task");
        let line = format!("! room for {tasks} at a time: {why}\n");
        // With standard error gone there is nobody left to tell.
        let _ = self.err.write_all(line.as_bytes());
    }

    fn resumed(&mut self) {
        if let Some(progress) = &mut self.progress {
            progress.begin_anew();
        }
    }

    fn count(&mut self, tasks: u128) {
        if let Some(progress) = &mut self.progress {
            progress.set_count(tasks);
        }
    }

    fn tick(&mut self) {
        if let Some(progress) = &mut self.progress {
            progress.tick();
        }
    }

    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        let told = self.hear_but_log(event);
        told.and(self.tell_log(|log| log.hear(event)))
    }

    /// The log comes last: what it has as done must be so in all other records, however this process
    /// ends.
    fn hear_end(
        &mut self,
        last: &TaskEvent<Output>,
        finished: &TaskEvent<Output>,
    ) -> Result<(), RecordError> {
        let told = self.hear_but_log(last);
        told.and(self.hear_but_log(finished))?;
        self.tell_log(|log| log.hear(last).and_then(|()| log.hear(finished)))
    }

    fn write(&mut self, stream: Stream, text: &[u8]) -> io::Result<()> {
        let to: &mut WholeLines = match stream {
            Stream::Stdout => self.out,
            Stream::Stderr => self.err,
        };
        if !self.command.on_terminal[stream.index()] {
            return to.write_all(text);
        }
        self.line_is_open = !text.ends_with(b"\n");
        match &mut self.progress {
            Some(progress) => {
                progress.leave_line_open(self.line_is_open);
                progress.suspend(|| to.write_all(text))
            }
            None => to.write_all(text),
        }
    }

    fn end(&mut self, totals: &Totals) -> Result<(), RecordError> {
        let told = self.tell(|recorder| recorder.end(totals));
        told.and(self.tell_log(|log| log.end(totals)))
    }
}
