//! `--junit`: the tasks as test cases, in the XML that build servers read.

use super::outcome::{command, outcome};
use super::{Output, RecordError, Recorder, RunInfo, Totals};
use crate::event::task::{About, Attempted, EndedBy, Finished, Status, TaskEvent};
use crate::output::{self, Form, OutputFile};
use crate::process::{Captured, Spool, Store};
use crate::units;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What the suite of all cases is called.
const SUITE: &str = "partask run";

/// How much of the end of what a failed task wrote is shown, of each stream, in bytes.
const OUTPUT_LEN: usize = 16 * 1024;

/// A JUnit report: one test case a task, in the order in which they end. The name of a case is its
/// command, so that a build server knows it again in the next run, whatever its number.
///
/// A task that failed has a `failure`, one that could not be started an `error`; both have the last
/// lines it wrote, and a failure the end of either stream. What an earlier run had done is `skipped`,
/// what was told to end because the run was, and all that were not started, as one case. Control characters, which XML can't hold, are
/// shown as their pictures (`␛`).
#[derive(Debug)]
pub struct Junit {
    path: PathBuf,
    /// The cases so far: the counts that stand before them are known at the end.
    cases: Spool,
    counts: Counts,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
}

impl Junit {
    /// Starts a report that is put at `path` at the end of the run.
    ///
    /// # Errors
    /// When no file can be put there.
    pub fn create(path: &Path, _: &RunInfo) -> Result<Junit, RecordError> {
        output::try_replace(path).map_err(|source| RecordError::new(path, source))?;
        Ok(Junit {
            path: path.to_owned(),
            cases: Spool::new(&Store::new(0)),
            counts: Counts::default(),
        })
    }

    /// Keeps what makes up one more case.
    fn push(&mut self, case: io::Result<Vec<u8>>) -> Result<(), RecordError> {
        let case = case.map_err(|source| RecordError::new(&self.path, source))?;
        self.counts.tests += 1;
        self.cases.push(&case);
        Ok(())
    }

    fn write(&mut self, totals: &Totals) -> io::Result<()> {
        let cases = self.cases.take();
        if let Some(error) = cases.error() {
            return Err(io::Error::other(error.to_string()));
        }
        let mut file = OutputFile::create(&self.path, Form::Lines)?;
        let mut out = BufWriter::new(file.lines());
        let Counts {
            tests,
            failures,
            errors,
            skipped,
        } = self.counts;
        let time = totals.elapsed.as_secs_f64();
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            out,
            r#"<testsuites name="{SUITE}" {counts} time="{time:.3}">"#
        )?;
        writeln!(
            out,
            r#"<testsuite name="{SUITE}" {counts} skipped="{skipped}" time="{time:.3}">"#
        )?;
        cases.read(|piece| out.write_all(piece))?;
        writeln!(out, "</testsuite>\n</testsuites>")?;
        out.flush()?;
        drop(out);
        file.finish(0)
    }
}

impl Recorder for Junit {
    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        match event {
            TaskEvent::Finished(finished) => {
                match &finished.attempted {
                    Attempted::Failed { .. } => self.counts.errors += 1,
                    attempted if attempted.is_success() => (),
                    attempted if attempted.is_stopped() => self.counts.skipped += 1,
                    Attempted::Exited(_) => self.counts.failures += 1,
                }
                self.push(finished_case(finished))
            }
            TaskEvent::Skipped { task } => {
                self.counts.skipped += 1;
                let (class, name) = names(task);
                self.push(skipped_case((&class, &name), "done by an earlier run"))
            }
            TaskEvent::NotStarted { first, count } => {
                self.counts.skipped += 1;
                let tasks = count.map_or("all tasks".to_owned(), |count| {
                    units::count_of(count, "task")
                });
                let name = format!("{tasks} from number {first} on");
                self.push(skipped_case((SUITE, &name), "not started"))
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, totals: &Totals) -> Result<(), RecordError> {
        let written = self.write(totals);
        written.map_err(|source| RecordError::new(&self.path, source))
    }
}

/// A case that ran, with the line feed behind it.
fn finished_case(finished: &Finished<Output>) -> io::Result<Vec<u8>> {
    let elapsed = finished.attempted.exit().map(|exit| exit.elapsed());
    let time = format!("{:.3}", elapsed.unwrap_or_default().as_secs_f64());
    let (class, name) = names(&finished.task);
    case((&class, &name), &time, |writer| {
        if finished.attempted.is_success() {
            return Ok(());
        }
        if finished.attempted.is_stopped() {
            let message = text(outcome(&finished.attempted).as_bytes());
            let skipped = writer.create_element("skipped");
            let skipped = skipped.with_attribute(("message", message.as_str()));
            return skipped.write_empty().map(drop);
        }
        let name = match finished.attempted {
            Attempted::Failed { .. } => "error",
            Attempted::Exited(_) => "failure",
        };
        let attempts = match finished.attempts {
            0 | 1 => String::new(),
            attempts => format!(", {attempts} attempts"),
        };
        let message = text(outcome(&finished.attempted).as_bytes()) + &attempts;
        writer
            .create_element(name)
            .with_attribute(("message", message.as_str()))
            .with_attribute(("type", kind(&finished.attempted)))
            .write_text_content(BytesText::new(&text(&finished.tail)))?;
        for (name, output) in ["system-out", "system-err"]
            .into_iter()
            .zip(&finished.output)
        {
            if !output.is_empty() {
                let end = text(&end_of(output)?);
                writer
                    .create_element(name)
                    .write_text_content(BytesText::new(&end))?;
            }
        }
        Ok(())
    })
}

fn skipped_case(names: (&str, &str), why: &str) -> io::Result<Vec<u8>> {
    case(names, "0.000", |writer| {
        let skipped = writer.create_element("skipped");
        skipped.with_attribute(("message", why)).write_empty()?;
        Ok(())
    })
}

/// The class of a task's case, which is its program, and its name, which is its command.
fn names(task: &About) -> (String, String) {
    let program = task.argv.first().map(|program| program.to_string_lossy());
    let class = text(program.unwrap_or_default().as_bytes());
    (class, text(command(task).as_bytes()))
}

fn case(
    (class, name): (&str, &str),
    time: &str,
    content: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer
        .create_element("testcase")
        .with_attribute(("classname", class))
        .with_attribute(("name", name))
        .with_attribute(("time", time))
        .write_inner_content(content)?;
    let mut case = writer.into_inner();
    case.push(b'\n');
    Ok(case)
}

/// What kind of failure it is, in one word.
fn kind(attempted: &Attempted) -> &'static str {
    match attempted {
        Attempted::Failed { .. } => "start",
        Attempted::Exited(exit) => match (exit.ended_by, exit.status) {
            (EndedBy::Timeout, _) => "timeout",
            (EndedBy::Stop, _) => "stop",
            (EndedBy::Terminal, _) => "terminal",
            (EndedBy::Itself, Status::Code(_)) => "exit",
            (EndedBy::Itself, Status::Signal { .. }) => "signal",
        },
    }
}

/// The end of an output that may be much longer.
fn end_of(output: &Captured) -> io::Result<Vec<u8>> {
    let mut end = Vec::new();
    let mut left_out = output.len().saturating_sub(OUTPUT_LEN as u64);
    output.read(|piece| {
        let skip = left_out.min(piece.len() as u64);
        left_out -= skip;
        end.extend_from_slice(&piece[usize::try_from(skip).unwrap_or(piece.len())..]);
        Ok::<(), io::Error>(())
    })?;
    Ok(end)
}

/// Bytes as text of characters that XML 1.0 can hold (<https://www.w3.org/TR/xml/#charsets>).
fn text(bytes: &[u8]) -> String {
    let shown = |c: char| match c {
        '\t' | '\n' | '\r' => c,
        '\0'..' ' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    };
    String::from_utf8_lossy(bytes).chars().map(shown).collect()
}
