//! The children that the [guard](super::guard) is to end, in an unlinked file in memory that it shares: one
//! process id a place.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

/// The file, once there is a guard.
pub(super) static TABLE: OnceLock<File> = OnceLock::new();

/// How much a place takes, in bytes.
pub(super) const ENTRY_LEN: u64 = 4;

/// Notes that a child is to be ended if we are killed.
pub(super) fn note(place: usize, pid: u32) {
    write(place, pid);
}

/// Notes that the child of that place has ended.
pub(super) fn clear(place: usize) {
    write(place, 0);
}

fn write(place: usize, pid: u32) {
    if let Some(table) = TABLE.get() {
        // Memory may be short; then the guard knows one less.
        let _ = table.write_all_at(&pid.to_ne_bytes(), place as u64 * ENTRY_LEN);
    }
}
