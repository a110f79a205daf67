//! Which of the standard streams this process was started without.
//!
//! Rust's runtime opens `/dev/null` in their place before `main`, so that whatever is written there is
//! lost without a word. What was there before is known only to code that runs earlier still: the
//! functions that the loader calls, of which this is one.

#![allow(unsafe_code)]

#[cfg(target_os = "linux")]
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicU8, Ordering};

/// The lowest bit for standard input.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Whether the standard stream of that number, 0 to 2, was closed when this process was started;
/// `false` where that is not known.
#[must_use]
pub fn was_closed(stream: u8) -> bool {
    CLOSED.load(Ordering::Relaxed) >> stream & 1 == 1
}

// SAFETY: the section holds the addresses of functions that take nothing this one uses and return
// nothing, as System V's ABI has it. Before the runtime is there it does no more than a system call
// and a store: it can't panic, and allocates nothing.
#[cfg(target_os = "linux")]
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

#[cfg(target_os = "linux")]
extern "C" fn look() {
    for stream in 0..3 {
        // SAFETY: the descriptor is only asked for its flags; that it is not open is what the answer
        // tells, and nothing else of the program is running that could open or close it.
        let descriptor = unsafe { BorrowedFd::borrow_raw(stream) };
        if rustix::io::fcntl_getfd(descriptor).is_err() {
            CLOSED.fetch_or(1 << stream, Ordering::Relaxed);
        }
    }
}
