//! What would be executed, without executing it.

use super::{Opened, RunError};
use crate::machine;
use crate::report::run::Done;
use crate::stop::StopReason;
use crate::task::{self, Next};
use std::io::{self, Write};
use std::time::Duration;

/// How much is written at a time, in bytes.
const PIECE_LEN: usize = 64 * 1024;

/// How long an input is waited for before a look at the stop.
const LOOK: Duration = Duration::from_millis(20);

impl Opened<'_> {
    /// Writes the command of each task as a line to paste into a shell, in the order of the inputs
    /// and as the first worker would run it; those that `done` has are left out. Returns why it was
    /// stopped, if it was.
    ///
    /// # Errors
    /// When an input can't be had, or `out` can't be written to.
    pub fn dry_run(
        mut self,
        mut done: Option<Done>,
        out: &mut dyn Write,
    ) -> Result<Option<StopReason>, RunError> {
        let mut text = Vec::new();
        let mut flush = |text: &mut Vec<u8>| {
            let written = out.write_all(text);
            text.clear();
            written.map_err(cannot_write)
        };
        let ended = loop {
            if let Some(reason) = self.stop.reason() {
                break Ok(Some(reason));
            }
            match self.tasks.next_within(Duration::ZERO) {
                Ok(Next::End) => break Ok(None),
                Ok(Next::NotYet) => {
                    flush(&mut text)?;
                    if let Some(file) = self.tasks.awaited() {
                        machine::wait_readable(file, LOOK).map_err(RunError::Wait)?;
                    }
                }
                Ok(Next::Task(task)) => {
                    let key = || self.template.key(&task);
                    if done.as_mut().is_some_and(|done| done.take(&key())) {
                        continue;
                    }
                    text.extend(task::shell_line(self.template.argv(&task, 1).iter()));
                    text.push(b'\n');
                    if text.len() >= PIECE_LEN {
                        flush(&mut text)?;
                    }
                }
                Err(error) => break Err(error.into()),
            }
        };
        flush(&mut text)?;
        ended
    }
}

fn cannot_write(source: io::Error) -> RunError {
    RunError::Write {
        target: "standard output",
        source,
    }
}
