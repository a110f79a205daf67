//! `--resume`: which tasks a log says are done.

use super::wire::LOG_SCHEMA;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// How every log begins, of whatever version.
const HEAD: &[u8] = br#"{"schema":"partask.run/"#;

/// How a line begins that says nothing of what is done, and makes up half of a log.
const START: &[u8] = br#"{"event":"start","#;

/// Why a log can't be resumed from.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// It can't be read.
    #[error("cannot read '{}'", crate::units::printable(&path.to_string_lossy()))]
    Read {
        /// The log.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It is some other file.
    #[error(
        "'{}' is no log of partask run: --resume needs a file that --log has written",
        crate::units::printable(&path.to_string_lossy())
    )]
    NotALog {
        /// The file.
        path: PathBuf,
    },
    /// It is of a form that this version does not know.
    #[error(
        "'{}' line {line}: its form is '{}', and '{LOG_SCHEMA}' is expected: resume with the version of partask that wrote it",
        crate::units::printable(&path.to_string_lossy()), crate::units::printable(schema)
    )]
    Schema {
        /// The log.
        path: PathBuf,
        /// Which line of it, counted from 1.
        line: u64,
        /// The form it names.
        schema: String,
    },
}

impl ResumeError {
    /// Whether there is no such file.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, ResumeError::Read { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// The part of a line that tells what is done.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    schema: Option<Cow<'a, str>>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    key: Cow<'a, str>,
    #[serde(default)]
    success: bool,
    #[serde(default)]
    continues: bool,
}

/// The 32 digits of a task's key as bytes.
type Key = [u8; 16];

fn parse_key(text: &str) -> Option<Key> {
    let is_key = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok().filter(|_| is_key)?;
    Some(number.to_be_bytes())
}

/// The tasks that succeeded in the runs that a log tells of, each as often as it did.
///
/// A task is what its key says, wherever it stood among the others. It takes about 50 bytes of
/// memory, whatever its inputs are.
#[derive(Clone, Debug, Default)]
pub struct Done {
    times: HashMap<Key, u32>,
    torn_lines: u64,
}

impl Done {
    /// Reads a log, to which several runs may have been appended, and any of them may have been
    /// killed: a line that is not whole tells nothing.
    ///
    /// # Errors
    /// When it can't be read, or is no log of the form that is written now. An empty file is a log.
    pub fn read(path: &Path) -> Result<Done, ResumeError> {
        let read = |source| ResumeError::Read {
            path: path.to_owned(),
            source,
        };
        let mut reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(read)?);
        check_head(reader.fill_buf().map_err(read)?, path)?;
        let mut done = Done::default();
        // Whether a task that is skipped counts: not where the line that says it is done stands above.
        let mut skips_count = false;
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if reader.read_until(b'\n', &mut line).map_err(read)? == 0 {
                break;
            }
            if line.starts_with(START) {
                continue;
            }
            let Ok(parsed) = serde_json::from_slice::<Line<'_>>(&line) else {
                done.torn_lines += 1;
                // It may have been the first one of a run.
                skips_count = false;
                continue;
            };
            if let Some(schema) = parsed.schema {
                check_schema(&schema, path, number)?;
                skips_count = !parsed.continues;
            }
            let is_done = match &*parsed.event {
                "exit" => parsed.success,
                "skip" => skips_count,
                _ => false,
            };
            if let Some(key) = parse_key(&parsed.key).filter(|_| is_done) {
                *done.times.entry(key).or_default() += 1;
            }
        }
        Ok(done)
    }

    /// Whether this task is done; which says so once for each time it was.
    pub fn take(&mut self, key: &str) -> bool {
        let times = parse_key(key).and_then(|key| self.times.get_mut(&key));
        let Some(times) = times.filter(|times| **times > 0) else {
            return false;
        };
        *times -= 1;
        true
    }

    /// How many tasks are done and not taken yet, each counted as often as it was done.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.times.values().map(|times| u64::from(*times)).sum()
    }

    /// How many lines of the log were not whole.
    #[must_use]
    pub fn torn_lines(&self) -> u64 {
        self.torn_lines
    }
}

/// Checks what a file begins with, which is all of it when it was torn that early.
fn check_head(beginning: &[u8], path: &Path) -> Result<(), ResumeError> {
    let len = HEAD.len().min(beginning.len());
    match HEAD.starts_with(&beginning[..len]) {
        true => Ok(()),
        false => Err(ResumeError::NotALog {
            path: path.to_owned(),
        }),
    }
}

fn check_schema(schema: &str, path: &Path, line: u64) -> Result<(), ResumeError> {
    match schema == LOG_SCHEMA {
        true => Ok(()),
        false => Err(ResumeError::Schema {
            path: path.to_owned(),
            line,
            schema: schema.to_owned(),
        }),
    }
}
