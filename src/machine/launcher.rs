//! This program, executed again to start another with the limits that this one was started with, when it
//! has raised its own.

use super::limits;
use std::ffi::{CStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// The file of this program, also when it has been replaced by another since it was started.
pub(super) const THIS_PROGRAM: &CStr = c"/proc/self/exe";

/// The name under which this program does that.
pub(super) const NAME: &str = "task-launch";

/// The same as the system takes it.
pub(super) const NAME_TEXT: &CStr = c"task-launch";

/// `SOFT PROGRAM ARG…`: sets the limit on open files, and becomes the program.
pub(super) fn launch(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
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
