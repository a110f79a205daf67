//! What this machine gives the process: the CPUs it may use and the CPU time it has used.
//!
//! The one place for what differs between operating systems.

use std::num::NonZero;
use std::time::Duration;

/// How many CPUs this process may really use.
///
/// The affinity mask and, on Linux, the cgroup's CPU quota count, so it can be fewer than the
/// machine has. At least 1.
#[must_use]
pub fn cpus_available() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// The CPU time, user and system, that all threads of this process have used so far.
#[must_use]
pub fn cpu_time() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(used.tv_sec).unwrap_or(0),
        u32::try_from(used.tv_nsec).unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_grows_with_work() {
        let before = cpu_time();
        let mut x = 1u64;
        while cpu_time() == before {
            x = std::hint::black_box(x.wrapping_mul(3));
        }
        assert!(cpu_time() > before);
        assert!(cpus_available() >= 1);
    }
}
