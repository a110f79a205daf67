//! One run of somebody else's program: a command line executed to its end, and timed.

use crate::event::task::{EndedBy, Exit, Status, Stream};
use crate::machine::affinity::Pinned;
use crate::machine::counters::{Counts, Meter, Whose};
use crate::process::{Command, Environment, Limits, ReadBuffer, tail::Tail};
use crate::report::compare::{Accepted, Destination, Execution, Sample, Shell, ShellStart};
use crate::stats;
use crate::stop::Stop;
use crate::units;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

/// What makes a command line one for the shell; others are executed as they are, which saves the
/// shell's time. So does `make`.
const SHELL_CHARACTERS: &str = "|&;<>()$`*?[]#~=%{}!\n";

/// How long it is waited for what holds the output would be timed, too.
const STILL_AT_WORK: &str = "what it had started still held its output after it had ended: let it wait for that, or give that an output of its own";

/// How often a shell is started with nothing to do, to know what that takes.
const SHELL_STARTS: usize = 20;

/// What a program is run with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    pub(super) execution: &'a Execution,
    pub(super) environment: &'a Environment,
    /// How many CPUs it may use; `None` for all.
    pub(super) cpus: Option<usize>,
    /// What counts its work.
    pub(super) meter: &'a Meter,
}

/// Runs a command line to its end, which must be a success or a failure that is accepted; `None` when
/// `stop` ended it. What it writes is read into `printed`.
pub(super) fn execute(
    line: &str,
    setting: &Setting<'_>,
    stop: &Stop,
    read: &mut dyn FnMut(&[u8]),
) -> Result<Option<(Exit, Counts)>, String> {
    let execution = setting.execution;
    let mut complaints = Tail::new();
    let argv = argv(line, &execution.shell)?.iter().collect();
    let input = execution.input.as_deref().map(open_input).transpose()?;
    let output = open_output(&execution.output)?;
    let metered = setting.meter.start(Whose::Programs);
    let running = {
        let pinned = setting.cpus.map(Pinned::to).transpose();
        let _pinned = pinned.map_err(|error| format!("--pin: {error}"))?;
        let command = Command::new(&argv, setting.environment);
        let command = command.reading(input.as_ref()).writing(output.as_ref());
        command.spawn().map_err(|error| error.to_string())?
    };
    let is_shown = matches!(
        execution.output,
        Destination::Shown | Destination::Inherited
    );
    let exit = running.supervise(
        &Limits::default(),
        stop,
        &mut ReadBuffer::new(),
        &mut |stream, bytes| {
            match stream {
                Stream::Stdout => read(bytes),
                Stream::Stderr => complaints.push(bytes),
            }
            if is_shown {
                // Nobody may be left to see it, which changes no timing.
                let _ = io::stderr().write_all(bytes);
            }
        },
    );
    let counts = metered.stop();
    let exit = exit.map_err(|error| error.to_string())?;
    if exit.ended_by == EndedBy::Stop {
        return Ok(None);
    }
    if let Some(how) = failure(exit.status, &execution.accepted) {
        let said = String::from_utf8_lossy(complaints.lines(1))
            .trim()
            .to_owned();
        return Err(match said.is_empty() {
            true => how,
            false => format!("{how}: {}", units::printable(&said)),
        });
    }
    if exit.leaked {
        return Err(STILL_AT_WORK.to_owned());
    }
    if let Destination::File(path) = &execution.output {
        read_file(path, read).map_err(|error| cannot("read", path, &error))?;
    }
    Ok(Some((exit, counts)))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> String {
    let path = units::printable(&path.to_string_lossy());
    format!("cannot {what} '{path}': {error}")
}

fn open_input(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| cannot("read", path, &error))
}

/// The file that a program writes to; `None` for one that is read here.
fn open_output(output: &Destination) -> Result<Option<File>, String> {
    let path = match output {
        Destination::Checked | Destination::Shown => return Ok(None),
        Destination::Inherited => {
            let own = io::stderr().as_fd().try_clone_to_owned();
            let own = own.map_err(|error| format!("no standard error to show it on: {error}"))?;
            return Ok(Some(File::from(own)));
        }
        Destination::Nowhere => Path::new("/dev/null"),
        Destination::File(path) => path,
    };
    let file = File::create(path).map_err(|error| cannot("write", path, &error))?;
    Ok(Some(file))
}

fn read_file(path: &Path, read: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            len => read(&buffer[..len]),
        }
    }
}

/// The shell that a command line needs, with its arguments up to the line; `None` for one that is
/// executed as it is.
pub(super) fn shell_for(line: &str, shell: &Shell) -> Option<Vec<String>> {
    let needed = || line.contains(|c: char| SHELL_CHARACTERS.contains(c));
    match shell {
        Shell::None => None,
        Shell::Always(words) => Some(words.clone()),
        // Quotes alone need no shell, unless they have no end, which it may explain.
        Shell::Needed if needed() || shell_words::split(line).is_err() => {
            Some(vec!["sh".to_owned()])
        }
        Shell::Needed => None,
    }
}

/// How a command line is executed.
fn argv(line: &str, shell: &Shell) -> Result<Vec<OsString>, String> {
    let words = match shell_for(line, shell) {
        Some(mut words) => {
            words.extend(["-c".to_owned(), line.to_owned()]);
            words
        }
        None => shell_words::split(line).map_err(|_| {
            format!(
                "'{}': a quote in it is not closed",
                units::printable(line.trim())
            )
        })?,
    };
    Ok(words.into_iter().map(OsString::from).collect())
}

/// What a shell takes to start and to do nothing; `None` when `stop` ended it.
pub(super) fn shell_start(
    shell: &[String],
    environment: &Environment,
    stop: &Stop,
) -> Result<Option<ShellStart>, String> {
    let execution = Execution {
        shell: Shell::Always(shell.to_vec()),
        ..Execution::default()
    };
    let setting = Setting {
        execution: &execution,
        environment,
        cpus: None,
        meter: &Meter::without_hardware(),
    };
    let mut samples = Vec::new();
    for _ in 0..SHELL_STARTS {
        match execute("", &setting, stop, &mut |_| ())? {
            Some((exit, counts)) => samples.push(sample(&exit, counts)),
            None => return Ok(None),
        }
    }
    let median = |figure: fn(&Sample) -> f64| {
        let figures: Vec<f64> = samples.iter().map(figure).collect();
        stats::median(&figures).unwrap_or(0.0)
    };
    Ok(Some(ShellStart {
        shell: shell.join(" "),
        elapsed_s: median(|sample| sample.elapsed_s),
        cpu_s: median(|sample| sample.cpu_s),
        system_cpu_s: median(|sample| sample.system_cpu_s),
    }))
}

/// A sample without what the shell took to start.
pub(super) fn without(start: &ShellStart, sample: Sample) -> Sample {
    let user_s = |cpu_s: f64, system_s: f64| cpu_s - system_s;
    let start_user_s = user_s(start.cpu_s, start.system_cpu_s);
    let user_s = (user_s(sample.cpu_s, sample.system_cpu_s) - start_user_s).max(0.0);
    let system_cpu_s = (sample.system_cpu_s - start.system_cpu_s).max(0.0);
    Sample {
        elapsed_s: (sample.elapsed_s - start.elapsed_s).max(0.0),
        cpu_s: user_s + system_cpu_s,
        system_cpu_s,
        ..sample
    }
}

/// How it failed, unless it succeeded or that is accepted.
fn failure(status: Status, accepted: &Accepted) -> Option<String> {
    match status {
        Status::Code(0) => None,
        Status::Code(code) if accepted.has(Some(code)) => None,
        Status::Signal { .. } if accepted.has(None) => None,
        Status::Code(code) => Some(format!("exited with code {code}")),
        Status::Signal { number, .. } => Some(format!("was ended by signal {number}")),
    }
}

/// The time from before the process was started until it had ended.
pub(super) fn sample(exit: &Exit, counts: Counts) -> Sample {
    let usage = &exit.usage;
    Sample {
        round: 0,
        elapsed_s: exit
            .ended
            .saturating_duration_since(exit.started)
            .as_secs_f64(),
        cpu_s: (usage.user + usage.system).as_secs_f64(),
        system_cpu_s: usage.system.as_secs_f64(),
        peak_memory_bytes: Some(usage.peak_memory_bytes),
        failed_with: (exit.status != Status::Code(0)).then_some(exit.status),
        counts,
        inside: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_commands_need_no_shell() {
        let needed = |line: &str| argv(line, &Shell::Needed).unwrap();
        assert_eq!(needed("python3  pool.py"), ["python3", "pool.py"]);
        assert_eq!(
            needed("printf '%s' \"a b\""),
            ["sh", "-c", "printf '%s' \"a b\""]
        );
        assert_eq!(needed("grep 'a b' file\\ 1"), ["grep", "a b", "file 1"]);
        assert_eq!(needed("seq 9 | tail"), ["sh", "-c", "seq 9 | tail"]);
        assert_eq!(needed("echo 'a"), ["sh", "-c", "echo 'a"]);
    }

    #[test]
    fn a_shell_is_taken_or_left_as_asked_for() {
        let none = |line: &str| argv(line, &Shell::None);
        assert_eq!(none("seq 9 '| tail'").unwrap(), ["seq", "9", "| tail"]);
        assert!(none("echo 'a").unwrap_err().contains("not closed"));
        let bash = Shell::Always(vec!["bash".to_owned(), "-e".to_owned()]);
        assert_eq!(argv("true", &bash).unwrap(), ["bash", "-e", "-c", "true"]);
    }

    #[test]
    fn a_start_is_subtracted_down_to_nothing() {
        let start = ShellStart {
            shell: "sh".to_owned(),
            elapsed_s: 2.0,
            cpu_s: 1.0,
            system_cpu_s: 0.5,
        };
        let sample = |elapsed_s| Sample {
            round: 3,
            elapsed_s,
            cpu_s: 4.0,
            system_cpu_s: 0.25,
            peak_memory_bytes: Some(9),
            failed_with: None,
            counts: Counts::default(),
            inside: None,
        };
        let left = without(&start, sample(5.0));
        assert_eq!(
            (left.elapsed_s, left.cpu_s, left.system_cpu_s),
            (3.0, 3.25, 0.0)
        );
        assert_eq!((left.round, left.peak_memory_bytes), (3, Some(9)));
        assert_eq!(without(&start, sample(1.0)).elapsed_s, 0.0);
    }
}
