//! How long a process may take, and what becomes of what it leaves behind.

use std::time::Duration;

/// How long a process may take, and what becomes of what it leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may run before it is sent SIGTERM, with its group.
    pub timeout: Option<Duration>,
    /// How long it may take to end once it was told to, before its group is sent SIGKILL.
    pub grace: Duration,
    /// Whether what it has started and left running when it ended by itself is left alone.
    pub keep_background: bool,
}

impl Default for Limits {
    /// No timeout, 5 s of grace, and nothing left behind.
    fn default() -> Limits {
        Limits {
            timeout: None,
            grace: Duration::from_secs(5),
            keep_background: false,
        }
    }
}
