//! The command with its placeholders: parsed once, then filled in for each task.

mod length;
mod notation;

pub use notation::Notation;

use super::error::{TaskError, quote};
use super::key::KeyStart;
use super::quote::push_quoted;
use super::{Task, pathname};
use crate::machine::argv::Argv;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Which of a task's inputs a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// All of them.
    All,
    /// One, counted from 1; from the last one back when negative.
    At(i64),
}

/// What of an input is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    NoExtension,
    BaseName,
    DirName,
    BaseNameNoExtension,
}

impl Part {
    /// Every part, with what a placeholder says for it.
    const ALL: [(Part, &'static str); 5] = [
        (Part::Whole, ""),
        (Part::NoExtension, "."),
        (Part::BaseName, "/"),
        (Part::DirName, "//"),
        (Part::BaseNameNoExtension, "/."),
    ];

    fn of(self, input: &[u8]) -> &[u8] {
        match self {
            Part::Whole => input,
            Part::NoExtension => pathname::without_extension(input),
            Part::BaseName => pathname::base_name(input),
            Part::DirName => pathname::dir_name(input),
            Part::BaseNameNoExtension => pathname::without_extension(pathname::base_name(input)),
        }
    }
}

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Vec<u8>),
    Input(Which, Part),
    TaskNumber,
    Slot,
}

/// A command with its placeholders.
///
/// | placeholder | stands for |
/// | --- | --- |
/// | `{}` | the input |
/// | `{.}` | the input without its extension |
/// | `{/}` | what follows its last slash |
/// | `{//}` | its folder, as dirname(1) says |
/// | `{/.}` | what follows its last slash, without the extension |
/// | `{1}` `{1.}` `{1/}` `{1//}` `{1/.}` | the same of the first input, or of any other; `{-1}` is the last one |
/// | `{#}` | the number of the task, from 1 |
/// | `{%}` | the slot that runs it, from 1 |
///
/// A command without any has `{}` added. Every other text in braces stays as it is, and so does an
/// input that looks like a placeholder. A position that no task has an input at is refused; when
/// inputs are split into columns, a column that a line has not is an empty argument.
///
/// With several inputs, a word that is only `{}` becomes that many arguments; within a word they
/// are joined by spaces. The same holds for `{.}`, `{/}`, `{//}` and `{/.}`.
///
/// For a shell, the words are joined by spaces to one text, and every input put into it is quoted
/// as [`shell_quote`](super::shell_quote) does. So a placeholder needs no quotes, and within quotes
/// of the command's own it is quoted twice: `echo "{}"` prints `'a b'` with its quotes. GNU parallel
/// does the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The shell that runs it, if one does.
    shell: Option<OsString>,
    /// Whether a word with a placeholder among text stands once for each input.
    repeats: bool,
    /// One when it is for a shell.
    words: Vec<Vec<Piece>>,
    key: KeyStart,
}

impl Template {
    /// Reads the words of a command whose words become the arguments of a program.
    ///
    /// # Errors
    /// When there is no command, an empty one, or a placeholder of no known name.
    pub fn direct(command: &[OsString], notation: &Notation) -> Result<Template, TaskError> {
        let name = command.first().ok_or(TaskError::NoCommand)?;
        if name.is_empty() {
            return Err(TaskError::EmptyCommand);
        }
        let words = command.iter().map(|word| notation.parse(word.as_bytes()));
        let mut words = words.collect::<Result<Vec<Vec<Piece>>, _>>()?;
        if !has_placeholder(&words) {
            words.push(vec![Piece::Input(Which::All, Part::Whole)]);
        }
        Ok(Template::new(None, words))
    }

    /// Reads the words of a command that a shell runs as one text, by its option `-c`.
    ///
    /// # Errors
    /// When there is no command, only white space, or a placeholder of no known name.
    pub fn shell(
        shell: OsString,
        command: &[OsString],
        notation: &Notation,
    ) -> Result<Template, TaskError> {
        if command.is_empty() {
            return Err(TaskError::NoCommand);
        }
        let words: Vec<&[u8]> = command.iter().map(|word| word.as_bytes()).collect();
        let text = words.join(&b' ');
        if text.trim_ascii().is_empty() {
            return Err(TaskError::EmptyCommand);
        }
        let mut words = vec![notation.parse(&text)?];
        if !has_placeholder(&words) {
            words[0].push(Piece::Text(b" ".to_vec()));
            words[0].push(Piece::Input(Which::All, Part::Whole));
        }
        Ok(Template::new(Some(shell), words))
    }

    /// Reads a text with placeholders, which becomes one text for each task.
    ///
    /// # Errors
    /// A placeholder of no known name.
    pub fn text(text: &OsStr, notation: &Notation) -> Result<Template, TaskError> {
        Ok(Template::new(None, vec![notation.parse(text.as_bytes())?]))
    }

    fn new(shell: Option<OsString>, words: Vec<Vec<Piece>>) -> Template {
        let mut printed: Vec<Vec<u8>> = words.iter().map(|word| print(word)).collect();
        // The keys of what sh runs are older than the choice of a shell.
        if let Some(other) = shell.as_ref().filter(|shell| *shell != "sh") {
            printed.push(other.as_bytes().to_vec());
        }
        Template {
            key: KeyStart::new(shell.is_some(), printed.iter().map(Vec::as_slice)),
            shell,
            repeats: false,
            words,
        }
    }

    /// The same with words that stand once for each input when they have a placeholder for it among
    /// text: `pre-{}` of two inputs becomes two arguments.
    #[must_use]
    pub(super) fn repeating(self) -> Template {
        Template {
            repeats: true,
            ..self
        }
    }

    /// Whether a shell runs the command.
    #[must_use]
    pub fn is_shell(&self) -> bool {
        self.shell.is_some()
    }

    /// Whether there is no placeholder in it.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !has_placeholder(&self.words)
    }

    /// The command with its placeholders, the added one included; for a shell it is one word.
    #[must_use]
    pub fn words(&self) -> Vec<OsString> {
        let printed = self.words.iter().map(|word| print(word));
        printed.map(OsString::from_vec).collect()
    }

    /// Whether every task has the same program, whatever its inputs.
    #[must_use]
    pub fn has_fixed_program(&self) -> bool {
        let is_text = |piece: &Piece| matches!(piece, Piece::Text(_));
        self.is_shell() || self.words[0].iter().all(is_text)
    }

    /// Whether the command says in which slot it runs.
    #[must_use]
    pub fn uses_slot(&self) -> bool {
        self.words
            .iter()
            .flatten()
            .any(|piece| *piece == Piece::Slot)
    }

    /// Refuses a position that no task has an input at. `sources` is how many inputs each task has,
    /// or `None` when lines are split into columns, of which each line may have another number: a
    /// column that a line has not is empty then.
    ///
    /// # Errors
    /// The first such placeholder.
    pub(super) fn check_positions(&self, sources: Option<usize>) -> Result<(), TaskError> {
        let known = sources.and_then(|sources| i64::try_from(sources).ok());
        let max = known.unwrap_or(i64::MAX);
        for piece in self.words.iter().flatten() {
            if let Piece::Input(Which::At(position), _) = piece
                && (*position == 0 || position.saturating_abs() > max)
            {
                return Err(TaskError::NoSuchInput {
                    placeholder: quote(&print(std::slice::from_ref(piece))),
                    positions: match known {
                        None => "positions count from {1}".to_owned(),
                        Some(1) => "there is one input source, {1}".to_owned(),
                        Some(sources) => {
                            format!("there are {sources} input sources, {{1}} to {{{sources}}}")
                        }
                    },
                });
            }
        }
        Ok(())
    }

    /// The arguments that run `task` in `slot` (from 1), the program's name first.
    #[must_use]
    pub fn render(&self, task: &Task, slot: usize) -> Vec<OsString> {
        Vec::from(&self.argv(task, slot))
    }

    /// The same in the form that is executed.
    #[must_use]
    pub fn argv(&self, task: &Task, slot: usize) -> Argv {
        let mut argv = Argv::default();
        if let Some(shell) = &self.shell {
            let mut text = Vec::new();
            for piece in &self.words[0] {
                push(&mut text, piece, task, slot, push_quoted);
            }
            // `sh -c` takes what starts like this for an option of its own.
            if matches!(text.first(), Some(b'-' | b'+')) {
                text.insert(0, b' ');
            }
            [
                shell.as_os_str(),
                OsStr::new("-c"),
                OsStr::from_bytes(&text),
            ]
            .into_iter()
            .for_each(|word| argv.push(word));
            return argv;
        }
        for word in &self.words {
            if let [Piece::Input(Which::All, part)] = word[..] {
                let parts = task.inputs.iter().map(|input| part.of(input));
                parts.for_each(|part| argv.push(OsStr::from_bytes(part)));
            } else if self.repeats && word.iter().any(is_all) {
                for input in &task.inputs {
                    let one = Task {
                        seq: task.seq,
                        inputs: vec![input.clone()],
                    };
                    argv.push(one_word(word, &one, slot));
                }
            } else {
                argv.push(one_word(word, task, slot));
            }
        }
        argv
    }

    /// The text that `task` has in `slot`, where this was read by [`text`](Template::text).
    #[must_use]
    pub fn render_text(&self, task: &Task, slot: usize) -> Vec<u8> {
        one_word(&self.words[0], task, slot).into_vec()
    }

    /// What `task` is, whatever its number: the command and the inputs, as 32 hexadecimal digits.
    ///
    /// The same in every run and every version of partask. Tasks of the same command with the same
    /// inputs have the same key, so `::: a a` has one key twice. `echo` and `echo {}` are the same
    /// command.
    #[must_use]
    pub fn key(&self, task: &Task) -> String {
        self.key.key(&task.inputs)
    }
}

fn is_all(piece: &Piece) -> bool {
    matches!(piece, Piece::Input(Which::All, _))
}

fn one_word(word: &[Piece], task: &Task, slot: usize) -> OsString {
    let mut text = Vec::new();
    for piece in word {
        push(&mut text, piece, task, slot, Vec::extend_from_slice);
    }
    OsString::from_vec(text)
}

/// Adds what `piece` stands for; `push_input` writes each input.
fn push(
    text: &mut Vec<u8>,
    piece: &Piece,
    task: &Task,
    slot: usize,
    push_input: fn(&mut Vec<u8>, &[u8]),
) {
    match piece {
        Piece::Text(bytes) => text.extend_from_slice(bytes),
        Piece::TaskNumber => text.extend_from_slice(task.seq.to_string().as_bytes()),
        Piece::Slot => text.extend_from_slice(slot.to_string().as_bytes()),
        Piece::Input(Which::All, part) => {
            for (i, input) in task.inputs.iter().enumerate() {
                if i > 0 {
                    text.push(b' ');
                }
                push_input(text, part.of(input));
            }
        }
        // A line without that column: nothing at all, not the folder of nothing, which is `.`.
        Piece::Input(Which::At(position), part) => {
            push_input(
                text,
                input_at(task, *position).map_or(b"", |input| part.of(input)),
            );
        }
    }
}

fn input_at(task: &Task, position: i64) -> Option<&[u8]> {
    let back_or_forth = usize::try_from(position.unsigned_abs()).ok()?;
    let index = match position > 0 {
        true => back_or_forth.checked_sub(1)?,
        false => task.inputs.len().checked_sub(back_or_forth)?,
    };
    task.inputs.get(index).map(Vec::as_slice)
}

fn has_placeholder(words: &[Vec<Piece>]) -> bool {
    let mut pieces = words.iter().flatten();
    pieces.any(|piece| !matches!(piece, Piece::Text(_)))
}

/// A word as it was written, but for zeros before a position.
fn print(pieces: &[Piece]) -> Vec<u8> {
    let mut text = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(bytes) => text.extend_from_slice(bytes),
            Piece::TaskNumber => text.extend_from_slice(b"{#}"),
            Piece::Slot => text.extend_from_slice(b"{%}"),
            Piece::Input(which, part) => {
                let position = match which {
                    Which::All => String::new(),
                    Which::At(position) => position.to_string(),
                };
                let suffix = Part::ALL.iter().find(|(other, _)| other == part);
                let suffix = suffix.map_or("", |(_, text)| text);
                text.extend_from_slice(format!("{{{position}{suffix}}}").as_bytes());
            }
        }
    }
    text
}

#[cfg(test)]
mod tests;
