//! What the system itself counts of processes: CPU time, switches and page faults.
//!
//! Of programs it is asked for what all that were waited for have used: the crate that waits for one
//! hands on its times and its memory, but neither its switches nor its faults.

use super::Whose;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// Up to some moment, or in a span.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Resources {
    pub(super) user_s: f64,
    pub(super) system_s: f64,
    pub(super) voluntary_switches: u64,
    pub(super) involuntary_switches: u64,
    pub(super) minor_faults: u64,
    pub(super) major_faults: u64,
}

impl Resources {
    /// What has been used so far; `None` where the system does not tell.
    pub(super) fn used(whose: Whose) -> Option<Resources> {
        let used = getrusage(match whose {
            Whose::Threads => UsageWho::RUSAGE_SELF,
            Whose::Programs => UsageWho::RUSAGE_CHILDREN,
        });
        let used = used.ok()?;
        let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        Some(Resources {
            user_s: seconds(used.user_time()),
            system_s: seconds(used.system_time()),
            voluntary_switches: count(used.voluntary_context_switches()),
            involuntary_switches: count(used.involuntary_context_switches()),
            minor_faults: count(used.minor_page_faults()),
            major_faults: count(used.major_page_faults()),
        })
    }

    /// What was used between this moment and a later one.
    pub(super) fn until(&self, after: &Resources) -> Resources {
        let count = |get: fn(&Resources) -> u64| get(after).saturating_sub(get(self));
        Resources {
            user_s: (after.user_s - self.user_s).max(0.0),
            system_s: (after.system_s - self.system_s).max(0.0),
            voluntary_switches: count(|used| used.voluntary_switches),
            involuntary_switches: count(|used| used.involuntary_switches),
            minor_faults: count(|used| used.minor_faults),
            major_faults: count(|used| used.major_faults),
        }
    }

    /// Which share of the CPU time was the programs' own; `None` when there was none.
    pub(super) fn user_share(&self) -> Option<f64> {
        let all_s = self.user_s + self.system_s;
        (all_s > 0.0).then(|| self.user_s / all_s)
    }
}

/// A count, which has as many bits as the system has.
fn count(count: impl TryInto<u64>) -> u64 {
    count.try_into().unwrap_or(0)
}
