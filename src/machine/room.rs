//! Whether there is room for one more process: what runs now, and what memory is free.

use std::fs;

/// How many processes and threads run on this machine or wait for a CPU, this thread not counted;
/// `None` where the system does not tell.
///
/// The fourth field of `/proc/loadavg` (proc_loadavg(5)). It tells of now, while a load average
/// follows what was started only after minutes.
#[must_use]
pub fn running_now() -> Option<u64> {
    parse_running(&fs::read_to_string("/proc/loadavg").ok()?)
}

fn parse_running(text: &str) -> Option<u64> {
    let (running, _all) = text.split_whitespace().nth(3)?.split_once('/')?;
    // Who asks is among them.
    running.parse::<u64>().ok().map(|n| n.saturating_sub(1))
}

/// How much memory new processes can have before others are swapped out, in bytes; `None` where the
/// system does not tell.
///
/// `MemAvailable` of `/proc/meminfo` (proc_meminfo(5)).
#[must_use]
pub fn memory_available_bytes() -> Option<u64> {
    parse_available(&fs::read_to_string("/proc/meminfo").ok()?)
}

fn parse_available(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_tells_is_read() {
        assert_eq!(parse_running("0.20 0.18 0.12 3/80 11206\n"), Some(2));
        assert_eq!(parse_running("0.20 0.18 0.12 0/80 11206\n"), Some(0));
        assert_eq!(parse_running("0.20"), None);
        let memory = "MemTotal:  16 kB\nMemAvailable:    3 kB\n";
        assert_eq!(parse_available(memory), Some(3072));
        assert_eq!(parse_available("MemTotal: 16 kB\n"), None);
    }

    #[test]
    fn this_machine_tells() {
        assert!(running_now().is_some());
        assert!(memory_available_bytes().is_some_and(|bytes| bytes > 1 << 20));
    }
}
