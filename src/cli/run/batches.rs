//! Options for several inputs a task, and for what inputs are called.

use crate::cmd::Usage;
use crate::machine::limits;
use crate::task::{Batch, Delimiter, Notation, TaskError, Template};
use crate::units;
use clap::Args;
use std::ffi::{OsStr, OsString};
use std::num::NonZero;
use std::os::unix::ffi::OsStrExt;

/// How many inputs make a task, and how they are told apart.
#[derive(Debug, Args)]
#[command(next_help_heading = "Several inputs a task, and their names")]
pub(super) struct BatchArgs {
    /// Give N inputs to each task, fewer to the last: a {} alone becomes N words, {1} to {N} are single ones
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        short_alias = 'N',
        aliases = ["maxargs", "max-replace-args", "maxreplaceargs"],
        allow_hyphen_values = true
    )]
    max_args: Option<String>,

    /// The same for lines: a line is one input, whatever it holds
    #[arg(
        short = 'L',
        long,
        alias = "maxlines",
        value_name = "N",
        allow_hyphen_values = true,
        conflicts_with = "max_args"
    )]
    max_lines: Option<String>,

    /// Give each task as many inputs as a command line holds, and every worker its share; a word such as
    /// pre-{} is repeated for each input
    #[arg(short = 'X', long)]
    xargs: bool,

    /// The same, with all inputs put where {} stands within a word
    #[arg(short = 'm', conflicts_with = "xargs")]
    many: bool,

    /// The same as -m with no command line longer: bytes, or with k, M (of 1024); also beside -n and -X
    #[arg(
        short = 's',
        long,
        alias = "maxchars",
        value_name = "SIZE",
        allow_hyphen_values = true
    )]
    max_chars: Option<String>,

    /// Inputs of files and of standard input end with this character: one byte, or \n, \t, \0, \x41
    #[arg(
        short = 'd',
        long,
        value_name = "C",
        allow_hyphen_values = true,
        conflicts_with = "null"
    )]
    delimiter: Option<OsString>,

    /// Let this text stand for the input instead of {}
    #[arg(short = 'I', long, value_name = "TEXT", allow_hyphen_values = true)]
    replace: Option<OsString>,

    /// Take columns' names from the first line of each source (the first item after :::), for {name}; the
    /// value is :
    #[arg(long, value_name = ":")]
    header: Option<String>,

    /// Read inputs as CSV: fields that may be quoted, and hold commas and newlines, are {1}, {2}…
    #[arg(long, conflicts_with_all = ["null", "delimiter"])]
    csv: bool,

    /// Put this text and a tab before each line, with placeholders
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        alias = "tag-string"
    )]
    tagstring: Option<OsString>,

    /// Run tasks in this folder, in which placeholders may stand
    #[arg(long, value_name = "DIR", aliases = ["workdir", "work-dir"])]
    wd: Option<OsString>,
}

/// From here on a limit is near that of the system, in bytes.
const MANY: usize = 100 << 10;

impl BatchArgs {
    /// How many inputs a task has, if not one of each source; `workers` share what there is.
    pub(super) fn batch(&self, workers: usize, shell: bool) -> Result<Option<Batch>, Usage> {
        let max_inputs = match (&self.max_args, &self.max_lines) {
            (Some(text), _) => Some(count("-n, --max-args", text)?),
            (None, Some(text)) => Some(count("-L, --max-lines", text)?),
            (None, None) => None,
        };
        // A limit on the length alone is xargs' way to ask for as many as fit.
        let is_limited = self.max_chars.is_some() && max_inputs.is_none();
        let is_many = self.xargs || self.many || is_limited;
        let max_len = self.max_len(is_many, shell)?;
        if max_inputs.is_none() && !is_many {
            return Ok(None);
        }
        Ok(Some(Batch {
            max_inputs,
            max_len,
            // What people ask for is in characters; the system counts more.
            counts_addresses: max_len.is_some_and(|max| max.get() > MANY),
            spread: NonZero::new(workers).filter(|_| is_many),
        }))
    }

    fn max_len(&self, is_many: bool, shell: bool) -> Result<Option<NonZero<usize>>, Usage> {
        // With -m a single word may hold all inputs.
        let most = limits::command_line_len(shell || self.many);
        let Some(text) = &self.max_chars else {
            return Ok(NonZero::new(most).filter(|_| is_many));
        };
        let wrong = |why: String| Usage(format!("--max-chars: {why}"));
        let bytes = units::parse_bytes(text).map_err(wrong)?;
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX).min(most);
        NonZero::new(bytes)
            .map(Some)
            .ok_or_else(|| wrong("give at least 1 byte".to_owned()))
    }

    pub(super) fn repeats(&self) -> bool {
        self.xargs
    }

    pub(super) fn replacement(&self) -> Result<Option<Vec<u8>>, Usage> {
        match self.replace.as_deref().map(OsStr::as_bytes) {
            Some(b"") => Err(Usage(
                "--replace: the text that stands for the input can't be empty".to_owned(),
            )),
            // The same as without the option.
            Some(b"{}") | None => Ok(None),
            Some(text) => Ok(Some(text.to_vec())),
        }
    }

    pub(super) fn header(&self) -> Result<bool, Usage> {
        match self.header.as_deref() {
            None => Ok(false),
            Some(":") => Ok(true),
            Some(other) => Err(Usage(format!(
                "--header '{}': write --header : to take columns' names from the first line; lines to skip can be cut off by tail -n +2",
                other.escape_debug()
            ))),
        }
    }

    pub(super) fn csv(&self) -> bool {
        self.csv
    }

    /// What ends each input, unless that is the default.
    pub(super) fn delimiter(&self) -> Result<Option<Delimiter>, Usage> {
        self.delimiter.as_deref().map(delimiter).transpose()
    }

    pub(super) fn tag_text(&self) -> Result<Option<Template>, Usage> {
        self.tagstring
            .as_deref()
            .map(|text| text_template("--tagstring", text))
            .transpose()
    }

    pub(super) fn folder(&self) -> Result<Option<Template>, Usage> {
        let Some(folder) = self.wd.as_deref() else {
            return Ok(None);
        };
        if folder == "..." {
            return Err(Usage(
                "--wd ...: there is no folder made for each task; have the task make one, as in --shell 'cd \"$(mktemp -d)\" && …'"
                    .to_owned(),
            ));
        }
        let template = text_template("--wd", folder)?;
        if template.is_plain() && !std::path::Path::new(folder).is_dir() {
            return Err(Usage(format!(
                "--wd '{}': there is no such folder",
                units::printable(&folder.to_string_lossy())
            )));
        }
        Ok(Some(template))
    }
}

fn text_template(option: &str, text: &OsStr) -> Result<Template, Usage> {
    let wrong = |error: TaskError| Usage(format!("{option}: {error}"));
    Template::text(text, &Notation::default()).map_err(wrong)
}

fn count(option: &str, text: &str) -> Result<NonZero<usize>, Usage> {
    text.trim().parse().map_err(|_| {
        Usage(format!(
            "{option} '{}': give how many inputs a task has, a whole number from 1 up",
            text.escape_debug()
        ))
    })
}

/// Reads a delimiter as xargs does: a character, or an escape of C.
fn delimiter(text: &OsStr) -> Result<Delimiter, Usage> {
    let byte = match text.as_bytes() {
        [byte] => Some(*byte),
        [b'\\', escaped] => match escaped {
            b'n' => Some(b'\n'),
            b't' => Some(b'\t'),
            b'r' => Some(b'\r'),
            b'0' => Some(0),
            b'a' => Some(7),
            b'b' => Some(8),
            b'f' => Some(12),
            b'v' => Some(11),
            b'\\' => Some(b'\\'),
            _ => None,
        },
        [b'\\', b'x', hex @ ..] => number(hex, 16),
        [b'\\', octal @ ..] => number(octal, 8),
        _ => None,
    };
    match byte {
        Some(b'\n') => Ok(Delimiter::Newline),
        Some(0) => Ok(Delimiter::Nul),
        Some(byte) => Ok(Delimiter::Byte(byte)),
        None => Err(Usage(format!(
            r"--delimiter '{}': give one character of one byte, or \n, \t, \0, \x41",
            units::printable(&text.to_string_lossy())
        ))),
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_a_byte_however_it_is_written() {
        for (text, expected) in [
            (",", Delimiter::Byte(b',')),
            (r"\t", Delimiter::Byte(b'\t')),
            (r"\x2c", Delimiter::Byte(b',')),
            (r"\054", Delimiter::Byte(b',')),
            (r"\0", Delimiter::Nul),
            (r"\n", Delimiter::Newline),
            ("\\", Delimiter::Byte(b'\\')),
        ] {
            assert_eq!(delimiter(OsStr::new(text)), Ok(expected), "{text}");
        }
        for text in ["", "ab", "é", r"\q", r"\x100", r"\999"] {
            assert!(delimiter(OsStr::new(text)).is_err(), "{text}");
        }
    }
}
