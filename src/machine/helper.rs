//! This program, executed again for a purpose of its own under a name of its own: to be the
//! [guard], or to start a program with the limits that this one was started with.

use super::child::GroupLeader;
use super::{guard, limits, spawn};
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::signal::SigSet;
use std::ffi::{CStr, CString, OsString};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// The file of this program, also when it has been replaced by another since it was started.
pub(super) const THIS_PROGRAM: &CStr = c"/proc/self/exe";

/// The name under which this program starts another with the open files that its caller may have.
pub(super) const LAUNCHER: &str = "task-launch";

/// The same as the system takes it.
pub(super) const LAUNCHER_NAME: &CStr = c"task-launch";

/// Does the work of a helper when the arguments of this process, its name first, are those of one; to be
/// called before anything else is done.
#[must_use]
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let name = arguments.next()?;
    if name == LAUNCHER {
        return Some(launch(arguments));
    }
    #[cfg(target_os = "linux")]
    if name == guard::NAME {
        let text = |word: Option<OsString>| word.and_then(|word| word.into_string().ok());
        let (guarded, run) = (text(arguments.next()), text(arguments.next()));
        let stood = guard::stand(&guarded.unwrap_or_default(), &run.unwrap_or_default());
        return Some(stood.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS));
    }
    None
}

/// Starts this program as a helper of that name, with nothing open but empty standard streams and
/// `file` as its descriptor 3.
///
/// # Errors
/// Those of the operating system.
pub(super) fn start(name: &str, arguments: &[String], file: &File) -> io::Result<GroupLeader> {
    let words = std::iter::once(name).chain(arguments.iter().map(String::as_str));
    let words = words.map(CString::new).collect::<Result<Vec<_>, _>>()?;
    let empty = File::options().read(true).write(true).open("/dev/null")?;
    let mut files = PosixSpawnFileActions::init()?;
    for standard in 0..3 {
        files.add_dup2(empty.as_raw_fd(), standard)?;
    }
    files.add_dup2(file.as_raw_fd(), 3)?;
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_sigmask(&SigSet::empty())?;
    attributes.set_sigdefault(&SigSet::all())?;
    attributes.set_flags(
        PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF,
    )?;
    let no_variables: [&CStr; 0] = [];
    let pid = posix_spawn(THIS_PROGRAM, &files, &attributes, &words, &no_variables)?;
    Ok(GroupLeader::helper(spawn::checked(pid)?))
}

/// `SOFT PROGRAM ARG…`: sets the limit on open files, and becomes the program.
fn launch(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let soft = arguments.next().and_then(|soft| soft.into_string().ok());
    let soft = soft.and_then(|soft| soft.parse().ok());
    let Some((soft, program)) = soft.zip(arguments.next()) else {
        return ExitCode::FAILURE;
    };
    limits::lower_open_files(soft);
    let error = Command::new(&program).args(arguments).exec();
    // As a shell says it, and with its exit codes: whoever started us can't be told otherwise.
    let text = format!("partask: cannot execute '{}': {error}\n", program.display());
    let _ = io::Write::write_all(&mut io::stderr(), text.as_bytes());
    ExitCode::from(match error.kind() {
        io::ErrorKind::NotFound => 127,
        _ => 126,
    })
}
