//! Cuts the words of a command line at `:::`, `:::+`, `::::` and `::::+`; what the words say is
//! read elsewhere.

use super::error::TaskError;
use std::ffi::OsString;
use std::path::PathBuf;

/// An input source as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// The items after `:::`.
    Items(Vec<OsString>),
    /// A file of inputs; `-` is standard input.
    File(PathBuf),
}

impl Given {
    /// The file, unless it is items.
    pub(super) fn file(self) -> Option<PathBuf> {
        match self {
            Given::Items(_) => None,
            Given::File(path) => Some(path),
        }
    }
}

/// A command line, cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommandLine {
    /// The words before the first separator.
    pub(super) command: Vec<OsString>,
    /// The sources: linked ones in one group, the groups in the order of the product.
    pub(super) groups: Vec<Vec<Given>>,
}

/// A separator between the command and its sources.
struct Separator {
    text: &'static str,
    /// Whether files follow rather than items.
    files: bool,
    /// The separator without its `+`, when it links.
    unlinked: Option<&'static str>,
}

const SEPARATORS: [Separator; 4] = [
    Separator {
        text: ":::",
        files: false,
        unlinked: None,
    },
    Separator {
        text: ":::+",
        files: false,
        unlinked: Some(":::"),
    },
    Separator {
        text: "::::",
        files: true,
        unlinked: None,
    },
    Separator {
        text: "::::+",
        files: true,
        unlinked: Some("::::"),
    },
];

/// Cuts `words`; the files of `-a` come first, each a group of its own. Standard input is the
/// source when there is no other.
pub(super) fn split(words: &[OsString], arg_files: &[PathBuf]) -> Result<CommandLine, TaskError> {
    let at = |word: &OsString| SEPARATORS.iter().find(|separator| word == separator.text);
    let mut sections = words.iter().position(|word| at(word).is_some());
    let command = words[..sections.unwrap_or(words.len())].to_vec();
    let mut groups: Vec<Vec<Given>> = arg_files
        .iter()
        .map(|path| vec![Given::File(path.clone())])
        .collect();
    while let Some(start) = sections {
        let rest = &words[start + 1..];
        let len = rest.iter().position(|word| at(word).is_some());
        if let Some(separator) = at(&words[start]) {
            add(&mut groups, separator, &rest[..len.unwrap_or(rest.len())])?;
        }
        sections = len.map(|len| start + 1 + len);
    }
    if groups.is_empty() {
        groups.push(vec![Given::File("-".into())]);
    }
    let given = groups.iter().flatten();
    let standard_inputs = given.filter(|given| **given == Given::File("-".into()));
    if standard_inputs.count() > 1 {
        return Err(TaskError::StandardInputTwice);
    }
    Ok(CommandLine { command, groups })
}

/// Adds what stands after one separator: its items are one source, its files one each.
fn add(
    groups: &mut Vec<Vec<Given>>,
    separator: &Separator,
    words: &[OsString],
) -> Result<(), TaskError> {
    let text = separator.text;
    if separator.files && words.is_empty() {
        return Err(TaskError::NoFile { separator: text });
    }
    let sources: Vec<Given> = match separator.files {
        true => words.iter().map(|word| Given::File(word.into())).collect(),
        false => vec![Given::Items(words.to_vec())],
    };
    match (separator.unlinked, groups.last_mut()) {
        (None, _) => groups.extend(sources.into_iter().map(|source| vec![source])),
        (Some(_), Some(before)) => before.extend(sources),
        (Some(instead), None) => {
            return Err(TaskError::NothingToLink {
                separator: text,
                instead,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str, arg_files: &[&str]) -> Result<CommandLine, TaskError> {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        let files: Vec<PathBuf> = arg_files.iter().map(PathBuf::from).collect();
        split(&words, &files)
    }

    fn print(line: &CommandLine) -> String {
        let source = |given: &Given| match given {
            Given::Items(items) => format!("{items:?}").replace('"', ""),
            Given::File(path) => format!("<{}", path.display()),
        };
        let groups = line.groups.iter().map(|group| {
            let sources: Vec<String> = group.iter().map(source).collect();
            sources.join("+")
        });
        format!(
            "{:?} {}",
            line.command,
            groups.collect::<Vec<_>>().join(" x ")
        )
        .replace('"', "")
    }

    #[test]
    fn separators_cut_and_link() {
        for (line, arg_files, cut_up) in [
            ("echo", &[][..], "[echo] <-"),
            ("echo -n {} ::: a b", &[], "[echo, -n, {}] [a, b]"),
            ("echo ::: a b ::: c", &[], "[echo] [a, b] x [c]"),
            (
                "echo ::: a b :::+ 1 2 ::: X :::+ 11",
                &[],
                "[echo] [a, b]+[1, 2] x [X]+[11]",
            ),
            ("echo :::: f g", &[], "[echo] <f x <g"),
            ("echo :::: f ::::+ g h", &[], "[echo] <f+<g+<h"),
            ("echo ::: a ::::+ - ::: b", &[], "[echo] [a]+<- x [b]"),
            ("echo ::: a", &["f", "-"], "[echo] <f x <- x [a]"),
            ("echo :::+ a", &["f"], "[echo] <f+[a]"),
            ("echo :::", &[], "[echo] []"),
            ("echo ::: ::: a", &[], "[echo] [] x [a]"),
            ("::: a", &[], "[] [a]"),
            ("echo ::::: :::++ ::", &[], "[echo, :::::, :::++, ::] <-"),
        ] {
            assert_eq!(print(&cut(line, arg_files).expect(line)), cut_up, "{line}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (line, arg_files, message) in [
            (
                "echo :::+ a",
                &[][..],
                "':::+' links with the input source before it, and there is none: write ::: for the first one",
            ),
            (
                "echo ::::+ f",
                &[],
                "'::::+' links with the input source before it, and there is none: write :::: for the first one",
            ),
            (
                "echo ::::",
                &[],
                "'::::' names no file: write :::: FILE, or :::: - for standard input",
            ),
            (
                "echo :::: - -",
                &[],
                "'-' is named as an input source twice, but standard input can be read only once",
            ),
            (
                "echo :::: -",
                &["-"],
                "'-' is named as an input source twice, but standard input can be read only once",
            ),
        ] {
            let error = cut(line, arg_files).expect_err(line);
            assert_eq!(error.to_string(), message, "{line}");
        }
    }
}
