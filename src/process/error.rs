//! Why a process can't be started or be watched to its end.

use crate::units;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Why a process can't be started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// There is not even a program's name.
    #[error("there is no command to execute: its name is empty")]
    Empty,
    /// No folder of `PATH` has it.
    #[error(
        "command not found: '{program}' is in no folder of PATH{}",
        advice(program)
    )]
    NotFound {
        /// The program.
        program: String,
    },
    /// The path of the program leads nowhere.
    #[error("command not found: there is no file '{program}'{}", advice(program))]
    NoFile {
        /// The program.
        program: String,
    },
    /// The program is there, but not what it needs to be executed.
    #[error("cannot execute '{program}': the interpreter that its first line names is not there")]
    NoInterpreter {
        /// The program.
        program: String,
    },
    /// The program is a folder, or its permissions forbid it.
    #[error("cannot execute '{program}': permission denied; {}", match is_folder {
        true => "it is a folder",
        false => "a program needs the permission that chmod +x gives",
    })]
    NotExecutable {
        /// The program.
        program: String,
        /// It is a folder.
        is_folder: bool,
    },
    /// The file is not in a form that the system executes.
    #[error(
        "cannot execute '{program}': it is no program of this system; a script needs a first line such as #!/bin/sh"
    )]
    BadFormat {
        /// The program.
        program: String,
    },
    /// Arguments and environment exceed what the system passes on.
    #[error("cannot execute '{program}': its arguments and environment take too much room")]
    TooLong {
        /// The program.
        program: String,
    },
    /// A NUL byte, which ends a text for the system, within an argument or a variable.
    #[error("cannot execute '{program}': an argument holds a NUL byte, which none can")]
    Nul {
        /// The program.
        program: String,
    },
    /// The folder to run it in can't be entered.
    #[error("cannot enter the folder '{folder}' to run it in")]
    Folder {
        /// The folder.
        folder: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// There are too many processes or open files, or too little memory, at the moment.
    #[error(
        "cannot execute '{program}': the system has no room for another process (ulimit -n, ulimit -u); run fewer at a time with --workers"
    )]
    NoRoom {
        /// The program.
        program: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Anything else.
    #[error("cannot execute '{program}'")]
    Other {
        /// The program.
        program: String,
        /// What the operating system said.
        source: io::Error,
    },
}

/// A name with a space in it is most likely a line of shell.
fn advice(program: &str) -> &'static str {
    match program.contains(char::is_whitespace) {
        true => {
            "; the space is taken as part of its name: give --shell to have a line of shell run"
        }
        false => "",
    }
}

impl SpawnError {
    /// The exit code that a shell gives in such a case: 127 for a command that is not there, 126 for
    /// one that can't be executed; 125, as `env` and `timeout` do, when it is not the command's fault.
    #[must_use]
    pub fn shell_code(&self) -> u8 {
        match self {
            SpawnError::Empty | SpawnError::NotFound { .. } | SpawnError::NoFile { .. } => 127,
            SpawnError::NoRoom { .. } | SpawnError::Folder { .. } | SpawnError::Other { .. } => 125,
            _ => 126,
        }
    }

    /// Whether what is not found is most likely a whole line of shell: its name has a space, and before
    /// that a program that is there.
    #[must_use]
    pub fn is_line_of_shell(&self) -> bool {
        let (SpawnError::NotFound { program } | SpawnError::NoFile { program }) = self else {
            return false;
        };
        let first = program.split_once(char::is_whitespace);
        first.is_some_and(|(first, _)| find(OsStr::new(first)).is_some())
    }

    /// Tells what can be told of a program without executing it: that it is not there, or is none.
    pub(super) fn check_executable(name: &OsStr) -> Result<(), SpawnError> {
        let kind = match find(name) {
            None => ErrorKind::NotFound,
            Some(file) if !is_executable(&file) => ErrorKind::PermissionDenied,
            Some(_) => return Ok(()),
        };
        Err(SpawnError::explain(name, kind.into()))
    }

    /// What an error of the operating system means for a command.
    pub(super) fn explain(name: &OsStr, error: io::Error) -> SpawnError {
        let program = units::printable(&name.to_string_lossy());
        if name.is_empty() {
            return SpawnError::Empty;
        }
        match error.kind() {
            ErrorKind::NotFound if find(name).is_some() => SpawnError::NoInterpreter { program },
            ErrorKind::NotFound if has_slash(name) => SpawnError::NoFile { program },
            ErrorKind::NotFound => SpawnError::NotFound { program },
            ErrorKind::PermissionDenied => SpawnError::NotExecutable {
                is_folder: Path::new(name).is_dir(),
                program,
            },
            ErrorKind::ArgumentListTooLong => SpawnError::TooLong { program },
            ErrorKind::InvalidInput => SpawnError::Nul { program },
            _ if is_lack_of_room(&error) => SpawnError::NoRoom {
                program,
                source: error,
            },
            _ if is_bad_format(&error) => SpawnError::BadFormat { program },
            _ => SpawnError::Other {
                program,
                source: error,
            },
        }
    }
}

/// `ENOEXEC`, which has no kind of its own; it is 8 on every Unix.
fn is_bad_format(error: &io::Error) -> bool {
    error.raw_os_error() == Some(8)
}

/// What passes when something else has ended: `EAGAIN`, `ENOMEM`, `ENFILE` and `EMFILE` (fork(2),
/// pipe(2)).
fn is_lack_of_room(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::OutOfMemory)
        || matches!(error.raw_os_error(), Some(23 | 24))
}

fn is_executable(file: &Path) -> bool {
    let metadata = file.metadata();
    metadata.is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

fn has_slash(name: &OsStr) -> bool {
    name.as_encoded_bytes().contains(&b'/')
}

/// The file that a program's name stands for, as the system finds it.
fn find(name: &OsStr) -> Option<PathBuf> {
    let candidates: Vec<PathBuf> = match has_slash(name) {
        true => vec![PathBuf::from(name)],
        false => {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path)
                .map(|folder| folder.join(name))
                .collect()
        }
    };
    candidates.into_iter().find(|file| file.is_file())
}

/// A process was started, but can't be watched to its end.
#[derive(Debug, thiserror::Error)]
#[error("lost sight of process {pid}: {what}")]
pub struct LostError {
    /// The process id.
    pub pid: u32,
    /// What could not be done.
    pub what: &'static str,
    /// What the operating system said.
    pub source: io::Error,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{Command, Environment};
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    fn refused(argv: &[&str]) -> SpawnError {
        let argv = argv.iter().collect();
        let environment = Environment::inherited().unwrap();
        let spawned = Command::new(&argv, &environment).spawn();
        spawned.expect_err("no process")
    }

    /// A file with a text and permissions of its own.
    fn file(folder: &Path, name: &str, text: &str, mode: u32) -> String {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    #[track_caller]
    fn assert_says(error: &SpawnError, code: u8, words: &str) {
        let text = error.to_string();
        assert!(
            text.contains(words) && error.shell_code() == code,
            "{error:?}: {text}"
        );
    }

    #[test]
    fn what_cannot_be_started_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let in_folder = |name, text, mode| file(folder.path(), name, text, mode);
        let locked = in_folder("locked", "#!/bin/sh\n", 0o600);
        let orphan = in_folder("orphan", "#!/no/such/interpreter\n", 0o700);
        let garbage = in_folder("garbage", "\u{1}\u{2}\u{3}", 0o700);
        let a_folder = folder.path().to_str().unwrap();
        for (argv, code, words) in [
            (&[][..], 127, "its name is empty"),
            (&[""], 127, "its name is empty"),
            (
                &["no-such-program"],
                127,
                "'no-such-program' is in no folder of PATH",
            ),
            (
                &["/no/such program"],
                127,
                "there is no file '/no/such program'; the space",
            ),
            (&["echo 1 | wc"], 127, "give --shell"),
            (&[&locked], 126, "chmod +x"),
            (&[a_folder], 126, "it is a folder"),
            (&[&orphan], 126, "the interpreter that its first line names"),
            (&[&garbage], 126, "#!/bin/sh"),
            (&["true", "a\0b"], 126, "NUL byte"),
            (&["true", &"x".repeat(1 << 22)], 126, "too much room"),
        ] {
            assert_says(&refused(argv), code, words);
        }
        let plain = refused(&["no-such-program"]).to_string();
        assert!(!plain.contains("--shell"));
    }
}
