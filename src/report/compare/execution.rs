//! How a program of a comparison is executed.

use super::variant::filled;
use std::path::PathBuf;

/// How a program is executed, beside its command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// What reads the command line.
    pub shell: Shell,
    /// What it reads as its standard input; nothing by default.
    pub input: Option<PathBuf>,
    /// Where its standard output goes.
    pub output: Destination,
    /// Which failures are taken for a success.
    pub accepted: Accepted,
    /// What is run before and after, and not timed.
    pub steps: Steps,
    /// Whether it may use as many CPUs as it has workers, and no more.
    pub is_pinned: bool,
}

impl Execution {
    /// The same with values in the places of their names.
    #[must_use]
    pub fn filled(&self, values: &[(String, String)]) -> Execution {
        let fill = |line: &Option<String>| line.as_ref().map(|line| filled(line, values));
        let steps = &self.steps;
        Execution {
            steps: Steps {
                setup: fill(&steps.setup),
                prepare: fill(&steps.prepare),
                conclude: fill(&steps.conclude),
                cleanup: fill(&steps.cleanup),
            },
            ..self.clone()
        }
    }

    /// The options that ask for it; none by default.
    #[must_use]
    pub fn options(&self) -> Vec<String> {
        let option = |name: &str, value: &dyn std::fmt::Display| format!("{name} {value}");
        let shell = match &self.shell {
            Shell::Needed => None,
            Shell::None => Some(option("--shell", &"none")),
            Shell::Always(words) => Some(option("--shell", &words.join(" "))),
        };
        let output = match &self.output {
            Destination::Checked => None,
            Destination::Shown => Some("--show-output".to_owned()),
            Destination::Nowhere => Some(option("--output", &"null")),
            Destination::Inherited => Some(option("--output", &"inherit")),
            Destination::File(path) => Some(option("--output", &path.display())),
        };
        let accepted = match &self.accepted {
            Accepted::None => None,
            Accepted::All => Some("--ignore-failure".to_owned()),
            Accepted::Codes(codes) => Some(option("--ignore-failure", &format!("{codes:?}"))),
        };
        let step = |name, line: &Option<String>| line.as_ref().map(|line| option(name, line));
        let input = self.input.as_ref();
        let options = [
            self.is_pinned.then(|| "--pin".to_owned()),
            shell,
            input.map(|path| option("--input", &path.display())),
            output,
            accepted,
            step("--prepare", &self.steps.prepare),
            step("--conclude", &self.steps.conclude),
        ];
        options.into_iter().flatten().collect()
    }
}

/// What reads a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shell {
    /// `sh` where the line has a shell's syntax, and nothing where it has none.
    #[default]
    Needed,
    /// Nothing: the words of the line are the program and its arguments.
    None,
    /// This program with these arguments, then `-c` and the line.
    Always(Vec<String>),
}

/// Where the standard output of a program goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    /// It is read, and checked.
    #[default]
    Checked,
    /// It is read and checked, and shown on standard error.
    Shown,
    /// Nowhere: `/dev/null`.
    Nowhere,
    /// To the standard error of this process, so that the report stays alone on standard output.
    Inherited,
    /// To a file, which is emptied before each run and checked after it.
    File(PathBuf),
}

impl Destination {
    /// Whether it is known what was written.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Destination::Nowhere | Destination::Inherited)
    }
}

/// Which failures of a program are taken for a success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Accepted {
    /// None.
    #[default]
    None,
    /// All, also an end by a signal.
    All,
    /// These exit codes.
    Codes(Vec<i32>),
}

impl Accepted {
    /// Whether an exit code other than 0 is accepted; `None` is an end by a signal.
    #[must_use]
    pub fn has(&self, code: Option<i32>) -> bool {
        match self {
            Accepted::None => false,
            Accepted::All => true,
            Accepted::Codes(codes) => code.is_some_and(|code| codes.contains(&code)),
        }
    }
}

/// Command lines that are run beside those that are timed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Before the first run.
    pub setup: Option<String>,
    /// Before each run.
    pub prepare: Option<String>,
    /// After each run.
    pub conclude: Option<String>,
    /// After the last run, however that ended.
    pub cleanup: Option<String>,
}

/// What a shell takes to start, which is no time of the program that it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ShellStart {
    /// The shell, as it is called.
    pub shell: String,
    /// The median of some starts with nothing to do, in seconds.
    pub elapsed_s: f64,
    /// The CPU time, user and system, of the same.
    pub cpu_s: f64,
    /// How much of that was spent in the operating system.
    pub system_cpu_s: f64,
}
