//! `--resume`: which tasks a log says are done.

use super::wire::LOG_SCHEMA;
use memchr::memmem::Finder;
use serde::Deserialize;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// How every log begins, of whatever version.
const HEAD: &[u8] = br#"{"schema":"partask.run/"#;

/// How a line begins that says nothing of what is done, and makes up half of a log.
const START: &[u8] = br#"{"event":"start","#;

/// How the line of a task that is over begins, up to its key, and how it ends when it succeeded.
const EXIT: &[u8] = br#"{"event":"exit","key":""#;
const SUCCESS: &[u8] = br#","success":true}"#;

/// How all lines of a run begin but its first.
const EVENT: &[u8] = br#"{"event":"#;

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

/// The number that the 32 digits of a task's key are.
fn parse_key(text: &str) -> Option<u128> {
    let is_key = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(text, 16).ok().filter(|_| is_key)
}

/// The tasks that succeeded in the runs that a log tells of, each as often as it did.
///
/// A task is what its key says, wherever it stood among the others. It takes 20 bytes of memory,
/// whatever its inputs are.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// In order, each once: to sort millions is faster than to hash them, and takes less room.
    keys: Vec<u128>,
    /// How often each was done and is not taken yet.
    times: Vec<u32>,
    torn_lines: u64,
    /// Those that failed and were not done later; when these are the only ones that are not done.
    only_failed: Option<Vec<u128>>,
}

impl Done {
    /// Reads a log, to which several runs may have been appended, and any of them may have been
    /// killed: a line that is not whole tells nothing.
    ///
    /// # Errors
    /// When it can't be read, or is no log of the form that is written now. An empty file is a log.
    pub fn read(path: &Path) -> Result<Done, ResumeError> {
        let (keys, _, torn_lines) = read_keys(path)?;
        Ok(Done::new(keys, torn_lines))
    }

    /// The same, where everything is done but what the log says has failed.
    ///
    /// # Errors
    /// As [`read`](Done::read).
    pub fn read_for_failed(path: &Path) -> Result<Done, ResumeError> {
        let (keys, mut failed, torn_lines) = read_keys(path)?;
        let done = Done::new(keys, torn_lines);
        failed.sort_unstable();
        failed.dedup();
        failed.retain(|key| done.keys.binary_search(key).is_err());
        Ok(Done {
            only_failed: Some(failed),
            ..done
        })
    }

    /// From the key of each success, in any order.
    fn new(mut keys: Vec<u128>, torn_lines: u64) -> Done {
        keys.sort_unstable();
        let same = keys.chunk_by(|a, b| a == b);
        let times = same.map(|same| u32::try_from(same.len()).unwrap_or(u32::MAX));
        let times = times.collect();
        keys.dedup();
        keys.shrink_to_fit();
        Done {
            keys,
            times,
            torn_lines,
            only_failed: None,
        }
    }

    /// Whether this task is done; which says so once for each time it was.
    pub fn take(&mut self, key: &str) -> bool {
        if let Some(failed) = &self.only_failed {
            return parse_key(key).is_none_or(|key| failed.binary_search(&key).is_err());
        }
        let at = parse_key(key).and_then(|key| self.keys.binary_search(&key).ok());
        let times = at.map(|at| &mut self.times[at]);
        let Some(times) = times.filter(|times| **times > 0) else {
            return false;
        };
        *times -= 1;
        true
    }

    /// How many tasks are done and not taken yet, each counted as often as it was done.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.times.iter().map(|times| u64::from(*times)).sum()
    }

    /// How many lines of the log were not whole.
    #[must_use]
    pub fn torn_lines(&self) -> u64 {
        self.torn_lines
    }
}

/// What a file says, which must be a log.
fn read_keys(path: &Path) -> Result<(Vec<u128>, Vec<u128>, u64), ResumeError> {
    let read = |source| ResumeError::Read {
        path: path.to_owned(),
        source,
    };
    let mut reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(read)?);
    check_head(reader.fill_buf().map_err(read)?, path)?;
    done_keys(&mut reader, path)
}

/// The keys of all that the lines of a log say is done, of all that failed, and how many lines are torn.
fn done_keys(
    reader: &mut impl BufRead,
    path: &Path,
) -> Result<(Vec<u128>, Vec<u128>, u64), ResumeError> {
    let event = Finder::new(EVENT);
    let (mut keys, mut failed, mut torn_lines) = (Vec::new(), Vec::new(), 0);
    // Whether a task that is skipped counts: not where the line that says it is done stands above.
    let mut skips_count = false;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = reader.read_until(b'\n', &mut line);
        let read = read.map_err(|source| ResumeError::Read {
            path: path.to_owned(),
            source,
        });
        if read? == 0 {
            break;
        }
        if line.starts_with(START) {
            continue;
        }
        if let Some(key) = succeeded(&line, &event) {
            keys.push(key);
            continue;
        }
        let Ok(parsed) = serde_json::from_slice::<Line<'_>>(&line) else {
            torn_lines += 1;
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
        let has_failed = parsed.event == "exit" && !parsed.success;
        keys.extend(parse_key(&parsed.key).filter(|_| is_done));
        failed.extend(parse_key(&parsed.key).filter(|_| has_failed));
    }
    Ok((keys, failed, torn_lines))
}

/// The key in a whole line that says that a task succeeded, if it is seen at a glance: these are the
/// most, and to parse them takes several times as long.
///
/// Quotes within JSON strings stand behind backslashes, so that the end of such a line is nowhere
/// else in it, and neither is a beginning, unless a torn line stands before it on the same one.
fn succeeded(line: &[u8], event: &Finder<'_>) -> Option<u128> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let rest = line.strip_prefix(EXIT)?.strip_suffix(SUCCESS)?;
    let (key, rest) = rest.split_at_checked(32)?;
    let is_one = rest.starts_with(b"\",") && event.find(rest).is_none();
    parse_key(std::str::from_utf8(key).ok().filter(|_| is_one)?)
}

/// Checks what a file begins with: all of it when it was torn that early, and more than once if the
/// run after that was torn that early too.
fn check_head(beginning: &[u8], path: &Path) -> Result<(), ResumeError> {
    let mut lines = beginning.split(|byte| *byte == b'\n').peekable();
    let is_log = loop {
        let Some(line) = lines.next() else {
            break false;
        };
        let is_last = lines.peek().is_none();
        match HEAD.starts_with(line) {
            true if is_last => break true,
            true if line.len() < HEAD.len() && !line.is_empty() => (),
            _ => break line.starts_with(HEAD),
        }
    };
    match is_log {
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
