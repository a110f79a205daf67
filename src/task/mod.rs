//! The tasks of `run`: from the words of its command line to exact arguments, one task at a time.
//!
//! Nothing is executed here. All is bytes: neither words nor inputs need be UTF-8.
//!
//! # Input sources
//! | given | inputs |
//! | --- | --- |
//! | `::: a b 1..4` | the items; a range stands for its numbers, unless ranges are taken as text |
//! | `:::: FILE…` | the lines of each file, each a source of its own; `-` is standard input |
//! | `-a FILE` | the same, before all other sources |
//! | `:::+`, `::::+` | linked with the source before: first with first; ends with the shortest |
//! | nothing of these | the lines of standard input |
//!
//! Sources that are not linked make a product, in which the last varies fastest. A source without
//! inputs makes it empty. These words are separators wherever they stand; an input that is the text
//! `:::` can come from a file.
//!
//! A line is an input as it stands, also an empty one, as in GNU parallel (xargs leaves empty lines
//! out): what a program is told should not depend on what a line holds. For the same reason spaces
//! are never trimmed, quotes and backslashes mean nothing, and a carriage return before the newline
//! is kept. The last line needs no newline. Lines that look like ranges are text: files hold data,
//! and a range is something a person types.
//!
//! # Ranges
//! An item is a range when it is `A..B` (without B) or `A..=B` (with B) and both ends are numbers in
//! a notation of [`Input`](crate::input::Input). It runs upwards; its numbers are written in plain
//! decimal, without leading zeros.
//!
//! ```
//! use partask::stop::Stop;
//! use partask::task::Spec;
//!
//! let words = ["convert", "{1}", "{1.}-{2}.png", ":::", "a/b.jpg", ":::", "1..1000000000"];
//! let (template, mut tasks) = Spec::new(words).open(&Stop::new())?;
//! assert_eq!(tasks.count(), Some(999_999_999));
//! let task = tasks.next_task().expect("a first one")?;
//! assert_eq!(template.render(&task, 1), ["convert", "a/b.jpg", "a/b-1.png"]);
//! # Ok::<(), partask::task::TaskError>(())
//! ```

mod batch;
mod error;
mod items;
mod key;
mod pathname;
mod quote;
mod range;
mod records;
mod sequence;
mod source;
mod template;
mod words;

pub use batch::Batch;
pub use error::TaskError;
pub use items::{Block, Items, More};
pub use quote::{shell_line, shell_quote};
pub use records::Delimiter;
pub use sequence::{Next, Tasks};
pub use template::{Notation, Template};

use crate::stop::Stop;
use source::Source;
use std::ffi::OsString;
use std::path::PathBuf;

/// One task: what its command is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number, from 1, in the order of the inputs.
    pub seq: u64,
    /// One of each source, or each column of these; at least one.
    pub inputs: Vec<Vec<u8>>,
}

/// What `run` is to do, as its command line says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The command and its sources: `COMMAND [ARG]… [::: INPUT…]…`.
    pub words: Vec<OsString>,
    /// Files of inputs that come before the sources among the words; `-` is standard input.
    pub arg_files: Vec<PathBuf>,
    /// What ends each input of files and of standard input.
    pub delimiter: Delimiter,
    /// Splits every input into columns, from [`column_separator`]; not empty.
    pub column_separator: Option<Vec<u8>>,
    /// Whether items in the notation of ranges stand for their numbers.
    pub ranges: bool,
    /// The shell that the command is one text for, rather than a program and its arguments; it is
    /// given with `-c`, and inputs are quoted for a POSIX shell.
    pub shell: Option<OsString>,
    /// How many inputs a task has; `None` for one of each source.
    pub batch: Option<Batch>,
    /// Whether a word with a placeholder among text stands once for each input of a task.
    pub repeats: bool,
    /// The text that stands for the input instead of `{}`; not empty.
    pub replacement: Option<Vec<u8>>,
    /// Whether the first input of each source names its columns, for `{name}`.
    pub header: bool,
    /// Whether inputs are CSV records, of which each field is a column; the first byte of
    /// `column_separator` is between them then, a comma without one.
    pub csv: bool,
}

impl Spec {
    /// Words whose ranges count, run without a shell, from lines, which are not split.
    pub fn new<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Spec {
        Spec {
            words: words.into_iter().map(Into::into).collect(),
            arg_files: Vec::new(),
            delimiter: Delimiter::default(),
            column_separator: None,
            ranges: true,
            shell: None,
            batch: None,
            repeats: false,
            replacement: None,
            header: false,
            csv: false,
        }
    }

    /// The files that inputs are read from; `-` is standard input.
    ///
    /// # Errors
    /// When the words make no command line.
    pub fn files(&self) -> Result<Vec<PathBuf>, TaskError> {
        let line = words::split(&self.words, &self.arg_files)?;
        let given = line.groups.into_iter().flatten();
        Ok(given.filter_map(words::Given::file).collect())
    }

    /// Reads the command and opens every source; no input is read yet. Waiting for input ends when
    /// `stop` is requested.
    ///
    /// # Errors
    /// When the words make no command line, name an input that no task has or a range that can't
    /// be, or when a source can't be opened.
    pub fn open(&self, stop: &Stop) -> Result<(Template, Tasks), TaskError> {
        let line = words::split(&self.words, &self.arg_files)?;
        let separator = self.column_separator.as_deref();
        if separator == Some(b"") {
            return Err(no_separator());
        }
        let sources = line.groups.iter().flatten().count();
        let delimiter = if self.csv {
            Delimiter::Csv
        } else {
            self.delimiter
        };
        // What is wrong with the command itself is said before any source is opened.
        let notation = Notation {
            replacement: self.replacement.clone(),
            names: None,
        };
        let unnamed = self.template(&line.command, &notation)?;
        let mut tasks = self.sources(line.groups, delimiter, stop)?;
        if self.csv {
            let separator = separator.and_then(|text| text.first().copied());
            tasks = tasks.in_csv(separator.unwrap_or(b','));
        }
        let mut template = unnamed;
        if self.header {
            let names = Some(tasks.take_header()?.ok_or(TaskError::NoHeader)?);
            template = self.template(&line.command, &Notation { names, ..notation })?;
        }
        template.check_positions(self.positions(sources))?;
        if let Some(batch) = self.batch {
            tasks = tasks.in_batches(batch, &template);
        }
        Ok((template, tasks))
    }

    /// Opens every source.
    fn sources(
        &self,
        groups: Vec<Vec<words::Given>>,
        delimiter: Delimiter,
        stop: &Stop,
    ) -> Result<Tasks, TaskError> {
        let groups = groups.into_iter().enumerate().map(|(i, group)| {
            // The first group of a product is gone through once, the others again and again.
            let open = |given| Source::open(given, self.ranges, delimiter, i > 0);
            group.into_iter().map(open).collect::<Result<Vec<_>, _>>()
        });
        let groups = groups.collect::<Result<Vec<_>, _>>()?;
        Ok(Tasks::new(groups, self.column_separator.as_deref(), stop))
    }

    fn template(&self, command: &[OsString], notation: &Notation) -> Result<Template, TaskError> {
        let template = match &self.shell {
            Some(shell) => Template::shell(shell.clone(), command, notation)?,
            None => Template::direct(command, notation)?,
        };
        Ok(match self.repeats {
            true => template.repeating(),
            false => template,
        })
    }

    /// How many inputs each task has, if that is known: not where lines are split into columns, or
    /// lengths have a say.
    fn positions(&self, sources: usize) -> Option<usize> {
        if self.column_separator.is_some() || self.csv {
            return None;
        }
        match self.batch {
            None => Some(sources),
            Some(batch) => batch
                .max_inputs
                .map(|max| sources.saturating_mul(max.get())),
        }
    }
}

/// Reads a column separator: a literal text, of any length, in which `\t` is a tab and `\\` a
/// backslash. Not a regular expression as in GNU parallel; and columns are not trimmed.
///
/// # Errors
/// When it is empty, or has a backslash before anything else, as regular expressions have.
pub fn column_separator(text: &std::ffi::OsStr) -> Result<Vec<u8>, TaskError> {
    use std::os::unix::ffi::OsStrExt;
    let mut bytes = text.as_bytes().iter();
    let mut separator = Vec::new();
    while let Some(byte) = bytes.next() {
        separator.push(match byte {
            b'\\' => match bytes.next() {
                Some(b't') => b'\t',
                Some(b'\\') => b'\\',
                _ => {
                    return Err(TaskError::ColumnSeparator {
                        text: error::quote(text.as_bytes()),
                        reason: r"it is a literal text, not a regular expression: write \t for a tab and \\ for a backslash",
                    });
                }
            },
            byte => *byte,
        });
    }
    match separator.is_empty() {
        true => Err(no_separator()),
        false => Ok(separator),
    }
}

fn no_separator() -> TaskError {
    TaskError::ColumnSeparator {
        text: String::new(),
        reason: r"it is empty: give a text such as , or \t",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStringExt;
    use std::path::Path;

    fn spec(line: &str) -> Spec {
        Spec::new(line.split(' '))
    }

    /// The commands of all tasks in slot 1, as they are pasted.
    fn lines(spec: &Spec) -> Vec<String> {
        let (template, mut tasks) = spec.open(&Stop::new()).expect("a command line");
        let tasks = std::iter::from_fn(|| tasks.next_task());
        let argv = tasks.map(|task| template.render(&task.expect("a task"), 1));
        argv.map(|argv| String::from_utf8(shell_line(&argv)).expect("UTF-8"))
            .collect()
    }

    fn message(spec: &Spec) -> String {
        spec.open(&Stop::new()).expect_err("an error").to_string()
    }

    fn written(folder: &Path, name: &str, text: &[u8]) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    #[test]
    fn a_command_line_becomes_its_tasks() {
        for (line, expected) in [
            ("echo ::: a b", &["echo a", "echo b"][..]),
            ("echo {2}-{1} ::: 1..3 ::: x", &["echo x-1", "echo x-2"]),
            (
                "echo ::: ../x a..b .. 1..",
                &["echo ../x", "echo a..b", "echo ..", "echo 1.."],
            ),
            ("echo -n {#}{%} ::: a b", &["echo -n 11", "echo -n 21"]),
            ("echo :::", &[]),
            ("echo {} ::: -1..1 :::+ a b c", &["echo -1 a", "echo 0 b"]),
        ] {
            assert_eq!(lines(&spec(line)), expected, "{line}");
        }
        let text = Spec {
            ranges: false,
            ..spec("echo ::: 1..3 5..1")
        };
        assert_eq!(lines(&text), ["echo 1..3", "echo 5..1"]);
        let shell = Spec {
            shell: Some("sh".into()),
            ..Spec::new(["echo {} | cat", ":::", "a b"])
        };
        assert_eq!(lines(&shell), [r"sh -c 'echo '\''a b'\'' | cat'"]);
    }

    #[test]
    fn files_come_in_their_order_and_hold_text() {
        let folder = tempfile::tempdir().unwrap();
        let ab = written(folder.path(), "ab", b"a\n1..3");
        let table = written(folder.path(), "table", b"1\tx y\n2\n");
        let nul = written(folder.path(), "nul", b"a\nb\0c");
        let with_files = Spec {
            arg_files: vec![ab.clone()],
            ..spec("echo ::: 8..=9")
        };
        assert_eq!(
            lines(&with_files),
            ["echo a 8", "echo a 9", "echo 1..3 8", "echo 1..3 9"]
        );
        let files = [
            OsStr::new("echo"),
            OsStr::new("::::"),
            ab.as_os_str(),
            ab.as_os_str(),
        ];
        assert_eq!(lines(&Spec::new(files)).len(), 4);
        let columns = Spec {
            arg_files: vec![table],
            column_separator: Some(column_separator(OsStr::new(r"\t")).unwrap()),
            ..spec("echo {2} {1} {3}")
        };
        assert_eq!(lines(&columns), ["echo 'x y' 1 ''", "echo '' 2 ''"]);
        let separated = Spec {
            arg_files: vec![nul],
            delimiter: Delimiter::Nul,
            ..spec("echo")
        };
        assert_eq!(lines(&separated), ["echo 'a\nb'", "echo c"]);
    }

    #[test]
    fn bytes_need_not_be_utf8() {
        let words = [&b"p\xff"[..], b"{1}\xfe", b":::", b"\xc3(", b"1..\xff"];
        let spec = Spec::new(words.map(|word| OsString::from_vec(word.to_vec())));
        let (template, mut tasks) = spec.open(&Stop::new()).unwrap();
        let argv = template.render(&tasks.next_task().unwrap().unwrap(), 1);
        let bytes: Vec<Vec<u8>> = argv.into_iter().map(OsString::into_vec).collect();
        assert_eq!(bytes, [&b"p\xff"[..], b"\xc3(\xfe"]);
        assert_eq!(tasks.next_task().unwrap().unwrap().inputs, [b"1..\xff"]);
    }

    #[test]
    fn what_cannot_be_run_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let missing = Spec {
            arg_files: vec![folder.path().join("no\nfile")],
            ..spec("echo")
        };
        let name = folder.path().display();
        assert_eq!(message(&missing), format!(r"cannot read {name}/no\nfile"));
        let error = missing.open(&Stop::new()).unwrap_err();
        let cause = std::error::Error::source(&error).expect("a cause");
        assert!(cause.to_string().starts_with("No such file"), "{cause}");
        let directory = Spec {
            arg_files: vec![folder.path().into()],
            ..spec("echo")
        };
        assert_eq!(message(&directory), format!("cannot read {name}"));
        assert!(message(&spec("echo {3} ::: a ::: b")).starts_with("'{3}' names no input"));
        assert!(
            message(&spec("echo ::: 5..1")).starts_with("'5..1' is a range that runs backwards")
        );
        assert!(message(&spec("::: a")).starts_with("there is no command"));
        let split = Spec {
            column_separator: Some(Vec::new()),
            ..spec("echo ::: a")
        };
        assert_eq!(
            message(&split),
            r"'' can't separate columns: it is empty: give a text such as , or \t"
        );
    }

    #[test]
    fn a_column_separator_is_a_literal_text() {
        for (text, separator) in [
            (",", ","),
            (r"\t", "\t"),
            (r"a\\\t|", "a\\\t|"),
            (".*", ".*"),
        ] {
            let read = column_separator(OsStr::new(text)).expect(text);
            assert_eq!(read, separator.as_bytes());
        }
        for text in [r"\s+", r"\|", "\\"] {
            let error = column_separator(OsStr::new(text))
                .expect_err(text)
                .to_string();
            assert!(
                error.contains("it is a literal text, not a regular expression"),
                "{error}"
            );
        }
        assert!(column_separator(OsStr::new("")).is_err());
    }
}
