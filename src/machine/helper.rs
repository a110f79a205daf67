//! This program, executed again for a purpose of its own under a name of its own: to be the
//! [guard], or to start a program with the limits of its caller.

#[cfg(target_os = "linux")]
use super::guard;
use super::launcher;
use std::ffi::OsString;
use std::process::ExitCode;

/// Does the work of a helper when the arguments of this process, its name first, are those of one; to be
/// called before anything else is done.
#[must_use]
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let name = arguments.next()?;
    if name == launcher::NAME {
        return Some(launcher::launch(arguments));
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
