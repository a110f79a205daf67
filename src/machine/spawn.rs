//! Starts a child in a process group of its own, with pipes for what it writes.
//!
//! `std::process::Command` copies and sorts the whole environment at every start that adds a
//! variable, which is felt when programs are short; here it is laid out once, and a variable that is
//! set is one pointer changed.

use crate::machine;
use crate::machine::argv::Argv;
use crate::machine::child::GroupLeader;
use crate::machine::children::Start;
use crate::machine::{child, launcher, limits};
use nix::spawn::{
    PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn, posix_spawnp,
};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::Pid;
use std::ffi::{CStr, CString, OsString};
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

/// What a child is started with besides its command line: variables, a standard input that is
/// empty, and signals as they usually are, save those that this process ignores.
///
/// Clones share what they have in common.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Each as `NAME=value`.
    variables: Vec<Arc<CStr>>,
    empty: Arc<File>,
    /// The variable that tells what descends from the child.
    mark: Option<Arc<CStr>>,
    /// The signals that it finds as they usually are, whatever this process has made of them.
    reset: SigSet,
}

impl Environment {
    /// The variables that this process has now, and the signals that it ignores.
    ///
    /// # Errors
    /// When `/dev/null` can't be opened.
    pub fn inherited() -> io::Result<Environment> {
        let texts = std::env::vars_os().map(|(name, value)| assignment(name, value));
        // The system ends them with a NUL byte, so none can hold one.
        let variables = texts.filter_map(|text| CString::new(text).ok());
        Ok(Environment {
            variables: variables.map(Arc::from).collect(),
            empty: Arc::new(File::open("/dev/null")?),
            mark: None,
            reset: signals_to_reset(machine::ignored_signals()),
        })
    }

    /// Adds a variable, or changes the one of that name. The program itself is still looked up in
    /// the `PATH` of this process.
    ///
    /// # Errors
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for a NUL byte.
    pub fn set(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.put(name, value).map(drop)
    }

    /// As [`set`](Environment::set), with a value that no other child has: it tells the child's own
    /// descendants, wherever they have gone.
    ///
    /// # Errors
    /// As [`set`](Environment::set).
    pub fn set_mark(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.mark = Some(self.put(name, value)?);
        Ok(())
    }

    fn put(&mut self, name: &str, value: &str) -> io::Result<Arc<CStr>> {
        let variable: Arc<CStr> = CString::new(assignment(name.into(), value.into()))?.into();
        let is_it = |known: &Arc<CStr>| {
            let rest = known.to_bytes().strip_prefix(name.as_bytes());
            rest.is_some_and(|rest| rest.first() == Some(&b'='))
        };
        match self.variables.iter().position(is_it) {
            Some(place) => self.variables[place] = Arc::clone(&variable),
            // To the front, where it is found soonest when it is changed for the next child.
            None => self.variables.insert(0, Arc::clone(&variable)),
        }
        Ok(variable)
    }
}

fn assignment(name: OsString, value: OsString) -> Vec<u8> {
    [name.into_vec(), value.into_vec()].join(&b'=')
}

/// A child that was started, and the pipes from its standard output and standard error; `None` for
/// those that are this process's own.
#[derive(Debug)]
pub struct Spawned {
    /// The child.
    pub leader: GroupLeader,
    /// Where what it writes is read.
    pub streams: [Option<PipeReader>; 2],
}

/// The signals to reset in a child, given those that are ignored as a mask.
///
/// What is ignored stays so, as `nohup` wants it, but for SIGPIPE, which Rust ignores. What has a
/// handler here is reset by `exec` anyway: to name it saves the C library from asking how each of 64
/// signals is handled, at every start.
fn signals_to_reset(ignored: Option<u64>) -> SigSet {
    let is_ignored = |number: i32| ignored.is_none_or(|mask| mask >> (number - 1) & 1 == 1);
    // Those for real time have no names to take them out by.
    if (FIRST_NAMELESS..=64).any(is_ignored) {
        return SigSet::from(Signal::SIGPIPE);
    }
    let mut reset = SigSet::all();
    let ignored = Signal::iterator().filter(|signal| is_ignored(*signal as i32));
    ignored.for_each(|signal| reset.remove(signal));
    reset.add(Signal::SIGPIPE);
    reset
}

/// The number of the first signal without a name.
const FIRST_NAMELESS: i32 = 32;

/// Starts a program, looked up in `PATH` when its name has no slash. It finds no signal blocked.
/// Without an input its standard input is empty, and without an output its standard output is a pipe.
///
/// # Errors
/// Those of the operating system; [`InvalidInput`](io::ErrorKind::InvalidInput) for a NUL byte in
/// the command line, or when it is empty.
pub fn spawn_between(
    input: Option<&File>,
    output: Option<&File>,
    argv: &Argv,
    environment: &Environment,
) -> io::Result<Spawned> {
    let pipe = match output {
        Some(_) => None,
        None => Some(io::pipe()?),
    };
    let (stdout, stdout_writer) = pipe.unzip();
    let (stderr, stderr_writer) = io::pipe()?;
    let files = [
        Some(input.unwrap_or(&environment.empty).as_raw_fd()),
        output.map(File::as_raw_fd),
        stdout_writer.as_ref().map(PipeWriter::as_raw_fd),
        Some(stderr_writer.as_raw_fd()),
    ];
    let files: Vec<RawFd> = files.into_iter().flatten().collect();
    Ok(Spawned {
        leader: execute(argv, environment, &files)?,
        streams: [stdout, Some(stderr)],
    })
}

/// As [`spawn_between`], with a terminal for its standard input, and the standard output and standard error
/// of this process.
///
/// # Errors
/// As [`spawn_between`].
pub fn spawn_with(terminal: &File, argv: &Argv, environment: &Environment) -> io::Result<Spawned> {
    Ok(Spawned {
        leader: execute(argv, environment, &[terminal.as_raw_fd()])?,
        streams: [None, None],
    })
}

/// Executes a program with these files for its first descriptors.
fn execute(
    argv: &Argv,
    environment: &Environment,
    descriptors: &[RawFd],
) -> io::Result<GroupLeader> {
    let mut words = argv.texts()?;
    let mut files = PosixSpawnFileActions::init()?;
    for (descriptor, file) in (0..).zip(descriptors) {
        files.add_dup2(*file, descriptor)?;
    }
    let attributes = attributes(&environment.reset)?;
    let variables = &environment.variables;
    let start = Start::begin();
    let pid = match limits::callers_open_files() {
        None => {
            let program = words.first().ok_or(io::ErrorKind::InvalidInput)?;
            posix_spawnp(program, &files, &attributes, &words, variables)?
        }
        Some(soft) => {
            let soft = CString::new(soft.to_string())?;
            words.splice(0..0, [launcher::NAME_TEXT, &soft]);
            let program = launcher::THIS_PROGRAM;
            posix_spawn(program, &files, &attributes, &words, variables)?
        }
    };
    let leader = GroupLeader::new(child::checked(pid)?, environment.mark.clone());
    drop(start);
    Ok(leader)
}

fn attributes(reset: &SigSet) -> io::Result<PosixSpawnAttr> {
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_pgroup(Pid::from_raw(0))?;
    attributes.set_sigmask(&SigSet::empty())?;
    attributes.set_sigdefault(reset)?;
    attributes.set_flags(
        PosixSpawnFlags::POSIX_SPAWN_SETPGROUP
            | PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK
            | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF,
    )?;
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(environment: &Environment) -> Vec<&[u8]> {
        let variables = environment.variables.iter();
        variables.map(|variable| variable.to_bytes()).collect()
    }

    #[test]
    fn a_variable_is_added_once_and_changed_in_one_clone_only() {
        let mut environment = Environment::inherited().unwrap();
        environment.set("PARTASK_TEST", "1").unwrap();
        environment.set("PARTASK_TEST_2", "=").unwrap();
        let mut other = environment.clone();
        other.set("PARTASK_TEST", "").unwrap();
        assert_eq!(
            variables(&environment)[..2],
            [&b"PARTASK_TEST_2=="[..], b"PARTASK_TEST=1"]
        );
        assert_eq!(
            variables(&other)[..2],
            [&b"PARTASK_TEST_2=="[..], b"PARTASK_TEST="]
        );
        let refused = other.set("PARTASK_TEST", "a\0b").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn what_is_ignored_stays_so_but_for_closed_pipes() {
        let bit = |signal: Signal| 1 << (signal as i32 - 1);
        let reset = signals_to_reset(Some(bit(Signal::SIGHUP) | bit(Signal::SIGPIPE)));
        for signal in Signal::iterator() {
            assert_eq!(reset.contains(signal), signal != Signal::SIGHUP, "{signal}");
        }
        for unclear in [Some(bit(Signal::SIGHUP) | 1 << 33), None] {
            let reset: Vec<Signal> = signals_to_reset(unclear).iter().collect();
            assert_eq!(reset, [Signal::SIGPIPE]);
        }
    }
}
