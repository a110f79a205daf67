//! What can be wrong with a command line's tasks, in sentences that name the item and say the mend.

use crate::input::InputError;
use std::io;

/// Why the tasks of a command line can't be had.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// Nothing before the first `:::`, or nothing at all.
    #[error(
        "there is no command: write it before the inputs, as in `gzip ::: a b`; to run each input as a command of its own, write `sh -c {{}}`"
    )]
    NoCommand,
    /// A command that is an empty text.
    #[error("the command is empty: name a program, as in `gzip ::: a b`")]
    EmptyCommand,
    /// A link with nothing to link to.
    #[error(
        "'{separator}' links with the input source before it, and there is none: write {instead} for the first one"
    )]
    NothingToLink {
        /// `:::+` or `::::+`.
        separator: &'static str,
        /// The separator without its `+`.
        instead: &'static str,
    },
    /// A `::::` or `::::+` without a file after it.
    #[error(
        "'{separator}' names no file: write {separator} FILE, or {separator} - for standard input"
    )]
    NoFile {
        /// `::::` or `::::+`.
        separator: &'static str,
    },
    /// Standard input as more than one source.
    #[error("'-' is named as an input source twice, but standard input can be read only once")]
    StandardInputTwice,
    /// A placeholder for an input that no task has.
    #[error(
        "'{placeholder}' names no input: {positions}; to have the text itself, give it as an input"
    )]
    NoSuchInput {
        /// The placeholder.
        placeholder: String,
        /// Which positions there are.
        positions: String,
    },
    /// A placeholder for a column of no known name.
    #[error("'{{{name}}}' names no column: there are {names}")]
    NoSuchColumn {
        /// The name.
        name: String,
        /// The names that there are.
        names: String,
    },
    /// A header was asked for and there is none.
    #[error("--header: the input is empty, so that no line names the columns")]
    NoHeader,
    /// A range from a larger number to a smaller one.
    #[error(
        "'{item}' is a range that runs backwards: did you mean {guess}? --no-ranges takes it as text"
    )]
    BackwardRange {
        /// The range.
        item: String,
        /// The range turned round.
        guess: String,
    },
    /// A range with an end beyond 64 bits.
    #[error("{reason}; --no-ranges takes it as text")]
    Range {
        /// What is wrong with it.
        reason: InputError,
    },
    /// A column separator that can't be one.
    #[error("'{text}' can't separate columns: {reason}")]
    ColumnSeparator {
        /// The separator as it was given.
        text: String,
        /// What is wrong with it and what is expected.
        reason: &'static str,
    },
    /// A source that can't be opened or read.
    #[error("cannot read {name}")]
    Unreadable {
        /// The source's name.
        name: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A NUL byte in a line, which no argument can hold.
    #[error(
        "line {line} of {name} holds a NUL byte, which no argument can: give -0 if NUL ends each input"
    )]
    Nul {
        /// The source's name.
        name: String,
        /// Which line, counted from 1.
        line: u128,
    },
    /// An item that would be two for whoever reads it.
    #[error("item {position} ('{item}') holds what ends an item: {mend}")]
    CutItem {
        /// Which item, counted from 1.
        position: u64,
        /// The item.
        item: String,
        /// How items are separated, and how else they could be.
        mend: &'static str,
    },
    /// An item that goes on for longer than is kept of one.
    #[error(
        "item {position} of {name} goes on for more than {} MiB, the most that an item may have: {mend}",
        len >> 20
    )]
    LongItem {
        /// The source's name.
        name: String,
        /// Which item of that source, counted from 1.
        position: u128,
        /// How much of it was read, in bytes.
        len: usize,
        /// How the items are separated, and how else they could be.
        mend: &'static str,
    },
    /// An input that goes on for longer than any system takes as arguments.
    #[error(
        "input {position} of {name} goes on for more than {len} bytes, longer than the arguments of any program can be: {mend}"
    )]
    TooLong {
        /// The source's name.
        name: String,
        /// Which input of that source, counted from 1.
        position: u128,
        /// How much of it was read, in bytes.
        len: usize,
        /// How the inputs are separated, and how else they could be.
        mend: &'static str,
    },
}

/// How much of an offending text is quoted, in characters.
const QUOTE_LEN: usize = 48;

/// An offending text as it is quoted: escaped, and cut when it is long.
pub(super) fn quote(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let cut: String = text.chars().take(QUOTE_LEN).collect();
    let ellipsis = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{ellipsis}", cut.escape_debug())
}
