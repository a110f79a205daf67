//! Where the command line's run reports to: the streams of this process, the log, and what is said at
//! the end.

use super::{Command, Listener, Progress};
use crate::event::map::MapEvent;
use crate::event::task::Stream;
use crate::lines::WholeLines;
use crate::report::map::{Log, Summary, Totals};
use crate::report::progress::ItemProgress;
use crate::report::run::RecordError;
use crate::units;
use std::io::{self, Write};

/// What is said of workers that answer only at the end of their input.
const BUFFERED: &str = "! nothing comes back while the input is open: its output is buffered: python3 -u, \
    fflush(), stdbuf -oL (and mawk -W interactive); until then a process is started for each batch, as by \
    --whole";

/// What is said when nothing comes back.
const SILENT: &str = "! no answer yet: a worker that is at work is waited for (--timeout ends it); if its \
    output is buffered: python3 -u, fflush(), stdbuf -oL, or give --whole";

pub(super) struct Reporter<'a> {
    command: &'a Command,
    out: &'a mut WholeLines,
    err: &'a mut WholeLines,
    log: Option<Log>,
    summary: Summary,
    /// Until the run is over.
    progress: Option<ItemProgress>,
    is_silent_told: bool,
}

impl<'a> Reporter<'a> {
    /// Starts the log.
    ///
    /// # Errors
    /// When it can't be written.
    pub(super) fn new(
        command: &'a Command,
        out: &'a mut WholeLines,
        err: &'a mut WholeLines,
    ) -> Result<Reporter<'a>, RecordError> {
        let log = command.log.as_deref().map(|path| {
            let spec = &command.spec;
            Log::create(path, &spec.items.words, spec.workers)
        });
        Ok(Reporter {
            out,
            err,
            log: log.transpose()?,
            summary: Summary::new(),
            progress: Some(ItemProgress::new(command.progress, command.on_terminal[1])),
            is_silent_told: false,
            command,
        })
    }

    fn note(&mut self, text: &str) {
        // With standard error gone there is nobody to tell.
        let _ = self.write(Stream::Stderr, format!("{text}\n").as_bytes());
    }

    /// Ends the log, and says what there is to say at the end.
    ///
    /// # Errors
    /// When the log can't be written.
    pub(super) fn conclude(&mut self, totals: &Totals) -> Result<(), RecordError> {
        self.progress = None;
        let ended = self.log.as_mut().map_or(Ok(()), |log| log.end(totals));
        let (colour, mut text) = (self.command.colour, Vec::new());
        let written = self
            .summary
            .write_failed(totals, colour, &mut text)
            .and_then(|()| match self.command.quiet {
                true => Ok(()),
                false => self.summary.write(totals, colour, &mut text),
            });
        // With standard error gone there is nobody left to tell; the exit code still tells.
        let _ = written.and_then(|()| self.err.write_all(&text));
        ended
    }
}

impl Listener for Reporter<'_> {
    fn write(&mut self, stream: Stream, text: &[u8]) -> io::Result<()> {
        let to: &mut WholeLines = match stream {
            Stream::Stdout => self.out,
            Stream::Stderr => self.err,
        };
        match &mut self.progress {
            Some(progress) if self.command.on_terminal[stream.index()] => {
                progress.suspend(|| to.write_all(text))
            }
            _ => to.write_all(text),
        }
    }

    fn hear(&mut self, event: &MapEvent) -> Result<(), RecordError> {
        self.summary.hear(event);
        match event {
            MapEvent::Buffered => self.note(BUFFERED),
            MapEvent::Silent if !self.is_silent_told => {
                self.is_silent_told = true;
                self.note(SILENT);
            }
            MapEvent::Limited(workers) => {
                let workers = units::count_of(*workers as u128, "worker");
                self.note(&format!("! room for {workers} only (ulimit -n, ulimit -u)"));
            }
            _ => (),
        }
        self.log.as_mut().map_or(Ok(()), |log| log.hear(event))
    }

    fn tick(&mut self, progress: &Progress) {
        if let Some(bar) = &mut self.progress {
            bar.update(
                progress.answered,
                progress.failed,
                progress.items,
                &progress.by_worker,
            );
        }
    }
}
