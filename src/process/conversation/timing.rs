//! How long a conversation waits for what.

use std::time::Duration;

/// How long answers are left to gather at most.
pub(super) const REST_MAX: Duration = Duration::from_millis(1);

/// A shorter rest is not worth its system call.
pub(super) const REST_MIN: Duration = Duration::from_micros(30);

/// How long after the last answer of a portion one too many is waited for, at least and at most: where
/// the system does not tell whether the worker waits for more, and where it says that it does not.
pub(super) const QUIET_MIN: Duration = Duration::from_micros(50);
pub(super) const BUSY_MIN: Duration = Duration::from_millis(1);
pub(super) const QUIET_MAX: Duration = Duration::from_millis(5);

/// The same after the first answers of a worker, which may be none.
pub(super) const QUIET_FIRST: Duration = Duration::from_millis(20);

/// How long a worker is silent before it is looked at whether it waits for more.
pub(super) const SILENCE: Duration = Duration::from_millis(2);

/// The same with what it has started, which may still be at work when it is not.
pub(super) const LONG_SILENCE: Duration = Duration::from_millis(500);

/// How long between two such looks at most.
pub(super) const LOOK_MAX: Duration = Duration::from_secs(4);
pub(super) const LOOK_EARLY: Duration = Duration::from_millis(40);

/// How long a worker that reads no more may take to answer or to end.
pub(super) const UNREAD_WAIT: Duration = Duration::from_secs(1);

/// How long the first answer is waited for before it is told that there is none.
pub(super) const TOLD_AFTER: Duration = Duration::from_secs(10);

/// From this size on a portion is worth a larger pipe, in bytes.
pub(super) const WIDE: usize = 1 << 15;
