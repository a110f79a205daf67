//! How much a thread gives way to others.

use std::io;

/// Makes the calling thread, and what it starts from now on, give way to others: adds `by` to its
/// nice value, which goes up to 19. Where threads have no value of their own, it is the whole
/// process's.
///
/// # Errors
/// When `by` is below 0 and that is not allowed.
pub fn lower_priority(by: i32) -> io::Result<()> {
    rustix::process::nice(by)?;
    Ok(())
}
