//! How the programs of `partask compare --command …` are executed, from their options.

use crate::cmd::Usage;
use crate::machine;
use crate::report::compare::{Accepted, Destination, Execution, Shell, Steps};
use crate::units;
use clap::Args;
use std::fs;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "How the commands are run")]
pub(in crate::cli) struct ExecutionArgs {
    /// What reads a command: none, or a shell such as sh, bash, 'bash -e'; by default sh where the command
    /// has a shell's syntax. What the shell takes to start is measured and subtracted
    #[arg(short = 'S', long, value_name = "SHELL", requires = "command")]
    pub(super) shell: Option<String>,

    /// The same as --shell none: no shell, whatever the command holds
    #[arg(short = 'N', conflicts_with = "shell", requires = "command")]
    pub(super) no_shell: bool,

    /// What each run reads as its standard input; by default nothing
    #[arg(long = "input", value_name = "FILE", requires = "command")]
    pub(super) reads: Option<PathBuf>,

    /// Where the standard output goes: pipe (read and checked), null, inherit (to standard error), or a
    /// file, which is checked after each run
    #[arg(
        long = "output",
        value_name = "WHERE",
        default_value = "pipe",
        requires = "command"
    )]
    pub(super) writes: PathBuf,

    /// Show what the commands print, on standard error
    #[arg(long, requires = "command")]
    pub(super) show_output: bool,

    /// Take failures for success: all of them, or these exit codes, as in --ignore-failure=1,2
    #[arg(short, long, value_name = "CODES", requires = "command",
        num_args = 0..=1, require_equals = true, default_missing_value = "all-non-zero")]
    pub(super) ignore_failure: Option<String>,

    /// Run this before the first run of a command; once for all commands, or once for each
    #[arg(short, long, value_name = "COMMAND", requires = "command")]
    pub(super) setup: Vec<String>,

    /// Run this before each run
    #[arg(short, long, value_name = "COMMAND", requires = "command")]
    pub(super) prepare: Vec<String>,

    /// Run this after each run
    #[arg(short = 'C', long, value_name = "COMMAND", requires = "command")]
    pub(super) conclude: Vec<String>,

    /// Run this after the last run of a command, also after a failure or Ctrl-C
    #[arg(short, long, value_name = "COMMAND", requires = "command")]
    pub(super) cleanup: Vec<String>,

    /// Let a run use as many CPUs as it has workers: for programs that have no option for it
    #[arg(long, requires = "command")]
    pub(super) pin: bool,
}

impl ExecutionArgs {
    /// How each of so many commands is executed.
    pub(super) fn executions(
        &self,
        commands: usize,
        is_expected: bool,
    ) -> Result<Vec<Execution>, Usage> {
        let all = Execution {
            shell: self.shell()?,
            input: self.input()?,
            output: self.output(is_expected)?,
            accepted: self.accepted()?,
            steps: Steps::default(),
            is_pinned: self.pin,
        };
        let of_each = |i: usize| {
            let step = |option, lines| step(option, lines, i, commands);
            Ok(Execution {
                steps: Steps {
                    setup: step("--setup", &self.setup)?,
                    prepare: step("--prepare", &self.prepare)?,
                    conclude: step("--conclude", &self.conclude)?,
                    cleanup: step("--cleanup", &self.cleanup)?,
                },
                ..all.clone()
            })
        };
        (0..commands).map(of_each).collect()
    }

    /// Whether what the commands print is seen.
    pub(super) fn shows_output(&self) -> bool {
        self.show_output || self.writes.as_os_str() == "inherit"
    }

    fn shell(&self) -> Result<Shell, Usage> {
        let Some(text) = &self.shell else {
            return Ok(match self.no_shell {
                true => Shell::None,
                false => Shell::Needed,
            });
        };
        let words = shell_words::split(text).unwrap_or_default();
        match &words[..] {
            [] => Err(Usage(format!(
                "--shell '{}': give none, or a shell such as sh or 'bash -e'",
                text.escape_debug()
            ))),
            [word] if word == "none" => Ok(Shell::None),
            [word] if word == "default" => Ok(Shell::Needed),
            _ => Ok(Shell::Always(words)),
        }
    }

    fn input(&self) -> Result<Option<PathBuf>, Usage> {
        let Some(path) = &self.reads else {
            return Ok(None);
        };
        if path.as_os_str() == "null" && !path.exists() {
            return Ok(None);
        }
        let shown = units::printable(&path.to_string_lossy());
        match fs::File::open(path).and_then(|file| file.metadata()) {
            Ok(meta) if meta.is_dir() => Err(Usage(format!(
                "--input '{shown}': it is a folder: give a file"
            ))),
            Ok(_) => Ok(Some(path.clone())),
            Err(error) => Err(Usage(format!("--input '{shown}': cannot read it: {error}"))),
        }
    }

    fn output(&self, is_expected: bool) -> Result<Destination, Usage> {
        let word = self.writes.to_str();
        let destination = match word {
            Some("pipe") => Destination::Checked,
            Some("null") => Destination::Nowhere,
            Some("inherit") => Destination::Inherited,
            _ => Destination::File(self.writes.clone()),
        };
        if is_expected && !destination.is_known() {
            return Err(Usage(format!(
                "--expect: what goes to --output {} is not read: leave --output out, or give a file",
                word.unwrap_or_default()
            )));
        }
        match (self.show_output, destination) {
            (true, Destination::Checked) => Ok(Destination::Shown),
            (true, _) => Err(Usage(
                "--show-output shows what is read, and --output sends it elsewhere: leave one of them out"
                    .to_owned(),
            )),
            (false, destination) => Ok(destination),
        }
    }

    fn accepted(&self) -> Result<Accepted, Usage> {
        let Some(text) = self.ignore_failure.as_deref() else {
            return Ok(Accepted::None);
        };
        if text == "all-non-zero" {
            return Ok(Accepted::All);
        }
        let code = |word: &str| {
            let code = word.trim().parse().ok();
            let code = code.filter(|code| (1..=255).contains(code));
            code.ok_or_else(|| {
                Usage(format!(
                    "--ignore-failure '{}': give exit codes from 1 to 255, as in --ignore-failure=1,2",
                    text.escape_debug()
                ))
            })
        };
        let codes: Result<Vec<i32>, Usage> = text.split(',').map(code).collect();
        Ok(Accepted::Codes(codes?))
    }

    /// With `--pin` no run may have more workers than there are CPUs to hold it to.
    pub(super) fn check_pinned(&self, most_workers: usize) -> Result<(), Usage> {
        let cpus = machine::cpus_available();
        match self.pin && most_workers > cpus {
            true => Err(Usage(format!(
                "--pin: a run can't be held to {most_workers} CPUs where this process may use {}: give fewer --workers",
                units::count(cpus as u128)
            ))),
            false => Ok(()),
        }
    }
}

/// What an option says for one of the commands.
fn step(
    option: &str,
    lines: &[String],
    of: usize,
    commands: usize,
) -> Result<Option<String>, Usage> {
    match lines {
        [] => Ok(None),
        [line] => Ok(Some(line.clone())),
        lines if lines.len() == commands => Ok(Some(lines[of].clone())),
        lines => Err(Usage(format!(
            "{option} is there {} times for {}: give it once for all, or once for each",
            lines.len(),
            units::count_of(commands as u128, "command")
        ))),
    }
}
