//! Starts a child in a process group of its own, with pipes for what it writes.
//!
//! `std::process::Command` copies and sorts the whole environment at every start that adds a
//! variable, which is felt when programs are short; here it is laid out once, and a variable that is
//! set is one pointer changed.

use crate::machine::child::GroupLeader;
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawnp};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::Pid;
use std::ffi::{CStr, CString, OsString};
use std::fs::File;
use std::io::{self, PipeReader};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::Arc;

/// What a child is started with besides its command line: variables, and a standard input that is
/// empty.
///
/// Clones share what they have in common.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Each as `NAME=value`.
    variables: Vec<Arc<CStr>>,
    empty: Arc<File>,
}

impl Environment {
    /// The variables that this process has now.
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
        })
    }

    /// Adds a variable, or changes the one of that name. The program itself is still looked up in
    /// the `PATH` of this process.
    ///
    /// # Errors
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for a NUL byte.
    pub fn set(&mut self, name: &str, value: &str) -> io::Result<()> {
        let variable = CString::new(assignment(name.into(), value.into()))?;
        let is_it = |known: &Arc<CStr>| {
            let rest = known.to_bytes().strip_prefix(name.as_bytes());
            rest.is_some_and(|rest| rest.first() == Some(&b'='))
        };
        match self.variables.iter().position(is_it) {
            Some(place) => self.variables[place] = variable.into(),
            None => self.variables.push(variable.into()),
        }
        Ok(())
    }
}

fn assignment(name: OsString, value: OsString) -> Vec<u8> {
    [name.into_vec(), value.into_vec()].join(&b'=')
}

/// A child that was started, and the pipes from its standard output and standard error.
#[derive(Debug)]
pub struct Spawned {
    /// The child.
    pub leader: GroupLeader,
    /// Where what it writes is read.
    pub streams: [PipeReader; 2],
}

/// Starts a program, looked up in `PATH` when its name has no slash. It finds no signal blocked, and
/// the one that a closed pipe sends as it usually is, which Rust ignores.
///
/// # Errors
/// Those of the operating system; [`InvalidInput`](io::ErrorKind::InvalidInput) for a NUL byte in
/// the command line, or when it is empty.
pub fn spawn(argv: &[OsString], environment: &Environment) -> io::Result<Spawned> {
    let words = argv.iter().map(|word| CString::new(word.as_bytes()));
    let words = words.collect::<Result<Vec<CString>, _>>()?;
    let program = words.first().ok_or(io::ErrorKind::InvalidInput)?;
    let (stdout, stdout_writer) = io::pipe()?;
    let (stderr, stderr_writer) = io::pipe()?;
    let mut files = PosixSpawnFileActions::init()?;
    files.add_dup2(environment.empty.as_raw_fd(), 0)?;
    files.add_dup2(stdout_writer.as_raw_fd(), 1)?;
    files.add_dup2(stderr_writer.as_raw_fd(), 2)?;
    let variables = &environment.variables;
    let pid = posix_spawnp(program, &files, &attributes()?, &words, variables)?;
    let pid = rustix::process::Pid::from_raw(pid.as_raw());
    Ok(Spawned {
        leader: GroupLeader::new(pid.ok_or(io::ErrorKind::InvalidData)?),
        streams: [stdout, stderr],
    })
}

fn attributes() -> io::Result<PosixSpawnAttr> {
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_pgroup(Pid::from_raw(0))?;
    attributes.set_sigmask(&SigSet::empty())?;
    attributes.set_sigdefault(&SigSet::from(Signal::SIGPIPE))?;
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
        let before = environment.variables.len();
        environment.set("PARTASK_TEST", "1").unwrap();
        environment.set("PARTASK_TEST_2", "=").unwrap();
        let mut other = environment.clone();
        other.set("PARTASK_TEST", "").unwrap();
        assert_eq!(
            variables(&environment)[before..],
            [&b"PARTASK_TEST=1"[..], b"PARTASK_TEST_2=="]
        );
        assert_eq!(
            variables(&other)[before..],
            [&b"PARTASK_TEST="[..], b"PARTASK_TEST_2=="]
        );
        let refused = other.set("PARTASK_TEST", "a\0b").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }
}
