//! `partask map`: from its options to a validated run.

mod arguments;

pub(super) use arguments::{EXAMPLES, MapArgs};

use super::run::{duration, nice, shell, span};
use super::{Terminal, colour_wanted, values};
use crate::cmd::Usage;
use crate::cmd::map::{Batch, Command, OnError, Spec};
use crate::task::{self, Delimiter};
use crate::units;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

impl MapArgs {
    /// The validated command.
    pub(super) fn command(
        self,
        workers_from_environment: bool,
        terminal: Terminal,
    ) -> Result<Command, Usage> {
        let workers = values::workers_or_all(self.workers.as_deref(), workers_from_environment)?;
        let shell = self.shell.map(shell).transpose()?;
        if shell.is_none() {
            refuse_placeholders(&self.words)?;
        }
        let timeout = self.timeout.as_deref().map(|text| duration(text.trim()));
        let batch = self.batch.as_deref().map(|text| count("--batch", text));
        let window = self.window.as_deref().map(|text| count("--window", text));
        let items = task::Spec {
            arg_files: self.arg_file,
            delimiter: delimiter(self.null, self.csv),
            ranges: !self.no_ranges,
            shell,
            ..task::Spec::new(self.words)
        };
        let spec = Spec {
            workers,
            window: window.transpose()?,
            batch: batch
                .transpose()?
                .map(Batch::Count)
                .or(self.whole.then_some(Batch::Planned)),
            retries: retries(&self.retries)?,
            timeout: timeout
                .transpose()
                .map_err(|error| Usage(format!("--timeout: {error}")))?,
            grace: span("--grace", Some(&self.grace))?,
            on_error: match self.on_error.as_bytes() {
                b"stop" => OnError::Stop,
                b"skip" => OnError::Skip,
                _ => OnError::Text(self.on_error.into_vec()),
            },
            tag: self.tag,
            folder: self.wd.map(folder).transpose()?,
            variables: self
                .env
                .iter()
                .map(|text| variable(text))
                .collect::<Result<_, _>>()?,
            nice: nice(&self.nice)?,
            raise_limits: true,
            ..Spec::new(items)
        };
        Ok(Command {
            spec,
            log: self.log,
            overwrite: self.overwrite,
            quiet: self.quiet,
            progress: self.progress,
            colour: terminal.stderr && colour_wanted(),
            stdin_is_terminal: terminal.stdin,
            on_terminal: [terminal.stdout, terminal.stderr],
        })
    }
}

fn delimiter(null: bool, csv: bool) -> Delimiter {
    match (null, csv) {
        (true, _) => Delimiter::Nul,
        (false, true) => Delimiter::Csv,
        (false, false) => Delimiter::Newline,
    }
}

/// A word such as `{}` or `out-{}.txt` is meant for the item, which does not come there.
fn refuse_placeholders(words: &[OsString]) -> Result<(), Usage> {
    let mut command = words
        .iter()
        .take_while(|word| !word.as_bytes().starts_with(b":::"));
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-/{}".contains(byte);
    let has_placeholder = |word: &&OsString| {
        let bytes = word.as_bytes();
        let has_any = ["{}", "{1}", "{.}", "{/}"]
            .iter()
            .any(|placeholder| word.to_string_lossy().contains(placeholder));
        has_any && bytes.iter().all(is_name)
    };
    match command.find(has_placeholder) {
        None => Ok(()),
        Some(word) => Err(Usage(format!(
            "'{}': a worker has no item among its words: items come on its standard input, one a line; for a process an item use partask run, for the text itself --shell",
            units::printable(&word.to_string_lossy())
        ))),
    }
}

fn count(option: &str, text: &str) -> Result<usize, Usage> {
    let count = text.trim().replace('_', "").parse().ok();
    count.filter(|count| *count > 0).ok_or_else(|| {
        Usage(format!(
            "{option} '{}': give a whole number of items, from 1 up",
            text.escape_debug()
        ))
    })
}

fn retries(text: &str) -> Result<u32, Usage> {
    text.trim().parse().map_err(|_| {
        Usage(format!(
            "--retries '{}': give a whole number from 0 up",
            text.escape_debug()
        ))
    })
}

fn folder(folder: OsString) -> Result<OsString, Usage> {
    match std::path::Path::new(&folder).is_dir() {
        true => Ok(folder),
        false => Err(Usage(format!(
            "--wd '{}': there is no such folder",
            units::printable(&folder.to_string_lossy())
        ))),
    }
}

fn variable(text: &OsStr) -> Result<(String, String), Usage> {
    let known = text.to_str().and_then(|text| text.split_once('='));
    match known {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Usage(format!(
            "--env '{}': give NAME=VALUE; the variables of partask itself are passed on anyway",
            units::printable(&text.to_string_lossy())
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Command as Parsed, parse};
    use std::time::Duration;

    fn parsed(line: &str) -> anyhow::Result<Parsed> {
        let words = format!("partask map {line}");
        let words: Vec<OsString> = words.split_whitespace().map(OsString::from).collect();
        parse(words, Terminal::default())
    }

    fn command(line: &str) -> Command {
        match parsed(line).expect(line) {
            Parsed::Map(command) => *command,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn options_are_read_into_the_spec() {
        let spec = command(
            "-w3 --window 7 --retries 2 --timeout 2 --grace 0 --on-error NA --tag --nice 3 --env A=b=c --null cat -w 9",
        )
        .spec;
        assert_eq!((spec.workers, spec.window, spec.retries), (3, Some(7), 2));
        assert_eq!(spec.timeout, Some(Duration::from_secs(2)));
        assert_eq!(spec.on_error, OnError::Text(b"NA".to_vec()));
        assert_eq!(spec.variables, [("A".to_owned(), "b=c".to_owned())]);
        assert!(spec.tag && spec.nice == 3 && spec.batch.is_none());
        assert_eq!(spec.items.words, ["cat", "-w", "9"]);
        assert_eq!(spec.items.delimiter, Delimiter::Nul);
        assert_eq!(command("--whole cat").spec.batch, Some(Batch::Planned));
        assert_eq!(
            command("--batch 1_000 cat").spec.batch,
            Some(Batch::Count(1000))
        );
        assert_eq!(command("--csv cat").spec.items.delimiter, Delimiter::Csv);
        assert_eq!(command("--on-error skip cat").spec.on_error, OnError::Skip);
    }

    #[test]
    fn what_makes_no_sense_is_answered() {
        for (line, words) in [
            ("convert {} out-{}.png", "items come on its standard input"),
            (
                "--window 0 cat",
                "--window '0': give a whole number of items",
            ),
            ("--batch x cat", "--batch 'x'"),
            ("--env A cat", "give NAME=VALUE"),
            ("--wd /no/such cat", "there is no such folder"),
            ("--retries -1 cat", "--retries '-1'"),
        ] {
            let error = parsed(line).expect_err(line).to_string();
            assert!(error.contains(words), "{line}: {error}");
        }
        assert!(parsed("jq {a:1}").is_ok() && parsed("--shell echo {}").is_ok());
    }
}
