//! A working directory for one thread, and for the processes that it starts.

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

thread_local! {
    /// Whether this thread has a working directory of its own.
    static IS_APART: Cell<bool> = const { Cell::new(false) };
}

/// Where this process was when the first of its threads went elsewhere.
static HOME: OnceLock<PathBuf> = OnceLock::new();

/// Goes to a folder with this thread only, and with what it starts from now on; a relative path is
/// from where the process is.
///
/// # Errors
/// When the folder can't be entered; where threads can't have a folder of their own.
pub fn enter(folder: &Path) -> io::Result<()> {
    let home = match HOME.get() {
        Some(home) => home,
        None => {
            let home = std::env::current_dir()?;
            HOME.get_or_init(|| home)
        }
    };
    if !IS_APART.get() {
        part()?;
        IS_APART.set(true);
    }
    std::env::set_current_dir(home.join(folder))
}

/// Gives this thread a working directory of its own (`CLONE_FS`, unshare(2)).
#[cfg(target_os = "linux")]
fn part() -> io::Result<()> {
    Ok(nix::sched::unshare(nix::sched::CloneFlags::CLONE_FS)?)
}

#[cfg(not(target_os = "linux"))]
fn part() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    #[cfg(target_os = "linux")]
    fn only_this_thread_goes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        let here = || std::env::current_dir().unwrap();
        let before = here();
        let went = thread::spawn({
            let folder = folder.clone();
            move || {
                enter(&folder).unwrap();
                assert!(enter(Path::new("/no/such/folder")).is_err());
                std::env::current_dir().unwrap()
            }
        });
        assert_eq!((went.join().unwrap(), here()), (folder, before));
    }
}
