//! What is left when a run is over: processes that no task could be found for, as they have left
//! everything that tells whose they are. They are ended as tasks are.

use crate::clock;
use crate::machine::child::{Descendants, Signal};
use crate::machine::descendants;
use crate::stop::{Stop, Urgency};
use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

/// How often they are looked at.
const LOOK: Duration = Duration::from_millis(10);

/// How often those that were killed are looked at before they are given up: nothing more can be done.
const KILLS_MAX: u32 = 100;

/// Ends all orphans that have come to this process, if it is their
/// [reaper](descendants::become_reaper): by SIGTERM, and by SIGKILL after the grace or when `stop` says
/// so. Returns how many there were.
pub fn end_orphans(grace: Duration, stop: &Stop) -> u64 {
    let mut seen = BTreeSet::new();
    let (began, mut kills) = (clock::now(), 0);
    loop {
        descendants::reap_orphans();
        let orphans = Descendants::of_orphans();
        if orphans.is_empty() || kills == KILLS_MAX {
            return seen.len() as u64;
        }
        let is_due = clock::now().saturating_duration_since(began) >= grace;
        if is_due || stop.urgency() == Some(Urgency::AtOnce) {
            orphans.signal_outside(Signal::Kill);
            kills += 1;
        } else if orphans.ids().any(|id| !seen.contains(&id)) {
            orphans.signal_outside(Signal::Terminate);
            orphans.signal_outside(Signal::Continue);
        }
        seen.extend(orphans.ids());
        thread::sleep(LOOK);
    }
}
