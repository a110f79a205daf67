//! What the machine did while something was timed, beside what was timed: the outside causes of a
//! slow run.
//!
//! Everything is read from where Linux tells it; what it does not tell is `None`.

use std::fs;
use std::path::Path;
use std::time::Instant;

/// The counters of one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    at: Instant,
    cpu: Option<CpuSeconds>,
    own_cpu_s: Option<f64>,
    throttling: Option<Throttling>,
    load: Option<f64>,
    governor: Option<String>,
    own_peak_memory_bytes: Option<u64>,
}

/// What was seen between two moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// How long that was, in seconds.
    pub elapsed_s: f64,
    /// How many CPUs other programs on this machine kept busy, on average.
    pub others_cpus: Option<f64>,
    /// The CPU time that the hypervisor gave to other machines while this one wanted it, in seconds.
    pub steal_s: Option<f64>,
    /// How often the cgroup's CPU quota held this process back.
    pub throttled_periods: Option<u64>,
    /// For how long, in seconds.
    pub throttled_s: Option<f64>,
    /// The load average over a minute, before and after.
    pub load_before: Option<f64>,
    /// The same afterwards.
    pub load_after: Option<f64>,
    /// The frequency governor of the first CPU: `performance`, `powersave`…
    pub governor: Option<String>,
    /// The most memory of this process that was resident at once. A child that needs less is said to
    /// have needed that much, as it is counted from before its program took over.
    pub own_peak_memory_bytes: Option<u64>,
}

impl Snapshot {
    /// The counters of now.
    #[must_use]
    pub fn now() -> Snapshot {
        let read = |path: &str| fs::read_to_string(path).ok();
        let ticks_per_s = rustix::param::clock_ticks_per_second() as f64;
        Snapshot {
            at: Instant::now(),
            cpu: read("/proc/stat").and_then(|text| CpuSeconds::parse(&text, ticks_per_s)),
            own_cpu_s: read("/proc/self/stat").and_then(|text| own_cpu_s(&text, ticks_per_s)),
            throttling: read("/proc/self/cgroup").and_then(|text| throttling(&text)),
            load: read("/proc/loadavg").and_then(|text| text.split(' ').next()?.parse().ok()),
            governor: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
                .map(|text| text.trim().to_owned()),
            own_peak_memory_bytes: read("/proc/self/status").and_then(|text| peak_memory(&text)),
        }
    }

    /// What has been seen from this moment until `after`.
    #[must_use]
    pub fn until(&self, after: &Snapshot) -> Evidence {
        let elapsed_s = after.at.saturating_duration_since(self.at).as_secs_f64();
        let cpu = self.cpu.zip(after.cpu);
        let own = self.own_cpu_s.zip(after.own_cpu_s);
        let throttling = self.throttling.zip(after.throttling);
        Evidence {
            elapsed_s,
            others_cpus: cpu.zip(own).map(|((cpu, cpu_after), (own, own_after))| {
                let others_s = (cpu_after.busy_s - cpu.busy_s) - (own_after - own);
                others_s.max(0.0) / elapsed_s.max(1e-9)
            }),
            steal_s: cpu.map(|(before, after)| (after.steal_s - before.steal_s).max(0.0)),
            throttled_periods: throttling
                .map(|(before, after)| after.periods.saturating_sub(before.periods)),
            throttled_s: throttling.map(|(before, after)| (after.s - before.s).max(0.0)),
            load_before: self.load,
            load_after: after.load,
            governor: after.governor.clone(),
            own_peak_memory_bytes: after.own_peak_memory_bytes,
        }
    }
}

/// The CPU time of the whole machine since it was started, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct CpuSeconds {
    busy_s: f64,
    steal_s: f64,
}

impl CpuSeconds {
    /// Reads the first line of `/proc/stat` (proc_stat(5)): user, nice, system, idle, iowait, irq,
    /// softirq, steal, in clock ticks.
    fn parse(text: &str, ticks_per_s: f64) -> Option<CpuSeconds> {
        let line = text.lines().next()?.strip_prefix("cpu ")?;
        let fields = line.split_whitespace().map(str::parse);
        let ticks: Vec<f64> = fields.collect::<Result<_, _>>().ok()?;
        let [user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = ticks[..] else {
            return None;
        };
        Some(CpuSeconds {
            busy_s: (user + nice + system + irq + softirq) / ticks_per_s,
            steal_s: steal / ticks_per_s,
        })
    }
}

/// The CPU time of this process and of its children that have ended, from `/proc/self/stat`
/// (proc_pid_stat(5), fields 14 to 17). The second field may hold anything but ends at the last `)`.
fn own_cpu_s(text: &str, ticks_per_s: f64) -> Option<f64> {
    let (_, fields) = text.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(4);
    let ticks: Vec<f64> = ticks.map(str::parse).collect::<Result<_, _>>().ok()?;
    (ticks.len() == 4).then(|| ticks.iter().sum::<f64>() / ticks_per_s)
}

/// The peak of the resident memory, in bytes, by the text of `/proc/self/status` (proc_pid_status(5)):
/// that of this program alone, unlike what `getrusage` says.
fn peak_memory(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// How often and for how long a CPU quota was used up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Throttling {
    periods: u64,
    s: f64,
}

/// The throttling of this process's cgroup and of those it is in, by the text of
/// `/proc/self/cgroup`; a container may see its own group as the root.
fn throttling(cgroups: &str) -> Option<Throttling> {
    let (mount, group) = cpu_cgroup(cgroups)?;
    let stats = Path::new(&group).ancestors().filter_map(|folder| {
        let folder = folder.strip_prefix("/").unwrap_or(folder);
        let path = Path::new(mount).join(folder).join("cpu.stat");
        parse_throttling(&fs::read_to_string(path).ok()?)
    });
    // Each group throttles by its own quota.
    stats.reduce(|sum, more| Throttling {
        periods: sum.periods + more.periods,
        s: sum.s + more.s,
    })
}

/// Where the cgroup with the CPU quota is mounted, and its path below: version 1 has a hierarchy
/// for it, version 2 one for everything.
fn cpu_cgroup(cgroups: &str) -> Option<(&'static str, String)> {
    let entries = cgroups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        Some((parts.next()?, parts.next()?))
    });
    let entries: Vec<(&str, &str)> = entries.collect();
    let version_1 = entries
        .iter()
        .find(|(controllers, _)| controllers.split(',').any(|name| name == "cpu"))
        .map(|(_, path)| ("/sys/fs/cgroup/cpu", (*path).to_owned()));
    let version_2 = || {
        let whole = entries
            .iter()
            .find(|(controllers, _)| controllers.is_empty());
        whole.map(|(_, path)| ("/sys/fs/cgroup", (*path).to_owned()))
    };
    version_1.or_else(version_2)
}

/// Reads a `cpu.stat`: `throttled_usec` in version 2, `throttled_time` in nanoseconds in version 1.
fn parse_throttling(text: &str) -> Option<Throttling> {
    let value = |key: &str| {
        text.lines()
            .filter_map(|line| line.split_once(' '))
            .find_map(|(name, value)| (name == key).then(|| value.trim().parse::<u64>().ok())?)
    };
    let micros = value("throttled_usec").map(|micros| micros as f64 / 1e6);
    let nanos = || value("throttled_time").map(|nanos| nanos as f64 / 1e9);
    Some(Throttling {
        periods: value("nr_throttled")?,
        s: micros.or_else(nanos)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_machines_cpu_time_is_read() {
        let text = "cpu  100 20 30 1000 5 1 2 7 0 0\ncpu0 1 2 3\n";
        let read = CpuSeconds::parse(text, 100.0).unwrap();
        assert!((read.busy_s - 1.53).abs() < 1e-12 && (read.steal_s - 0.07).abs() < 1e-12);
        for odd in [
            "",
            "cpu  1 2 3\n",
            "cpu0 1 2 3 4 5 6 7 8\n",
            "cpu  1 2 3 4 5 6 7 x\n",
        ] {
            assert_eq!(CpuSeconds::parse(odd, 100.0), None, "{odd}");
        }
    }

    #[test]
    fn the_process_may_have_any_name() {
        let text = "7 (a b) c) S 1 7 7 0 -1 4194304 99 0 0 0 50 25 10 5 20 0 1 0 99";
        assert_eq!(own_cpu_s(text, 100.0), Some(0.9));
        assert_eq!(own_cpu_s("7 (x) S 1 2", 100.0), None);
    }

    #[test]
    fn the_peak_of_the_memory_is_read_where_it_is() {
        let text = "Name:\tVmHWM: 1 kB\nVmPeak:\t  9000 kB\nVmHWM:\t    5120 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(peak_memory(text), Some(5 << 20));
        assert_eq!(peak_memory("VmHWM:\t5120\n"), None);
        assert_eq!(peak_memory(""), None);
    }

    #[test]
    fn both_versions_of_cgroups_are_read() {
        let hybrid = "9:name=systemd:/\n4:memory:/a\n1:cpu,cpuacct:/b/c\n0::/\n";
        assert_eq!(
            cpu_cgroup(hybrid),
            Some(("/sys/fs/cgroup/cpu", "/b/c".to_owned()))
        );
        assert_eq!(
            cpu_cgroup("0::/user.slice\n"),
            Some(("/sys/fs/cgroup", "/user.slice".to_owned()))
        );
        assert_eq!(cpu_cgroup("2:cpuacct:/\n"), None);
        let v1 = "nr_periods 9\nnr_throttled 4\nthrottled_time 1500000000\n";
        let v2 = "usage_usec 1\nnr_throttled 4\nthrottled_usec 1500000\n";
        for text in [v1, v2] {
            assert_eq!(
                parse_throttling(text),
                Some(Throttling { periods: 4, s: 1.5 })
            );
        }
        assert_eq!(parse_throttling("usage_usec 1\n"), None);
    }

    #[test]
    fn what_others_did_is_what_is_left_of_the_machines_time() {
        let at = |seconds, busy_s, own_cpu_s| Snapshot {
            at: Instant::now() + Duration::from_secs(seconds),
            cpu: Some(CpuSeconds {
                busy_s,
                steal_s: 0.5,
            }),
            own_cpu_s: Some(own_cpu_s),
            throttling: Some(Throttling {
                periods: seconds,
                s: 0.25,
            }),
            load: Some(1.0),
            governor: Some("performance".to_owned()),
            own_peak_memory_bytes: None,
        };
        let seen = at(0, 100.0, 3.0).until(&at(10, 118.0, 13.0));
        assert!((seen.others_cpus.unwrap() - 0.8).abs() < 1e-3);
        assert_eq!(
            (seen.throttled_periods, seen.throttled_s),
            (Some(10), Some(0.0))
        );
        assert_eq!(seen.steal_s, Some(0.0));
        // Ticks are coarse: what is a little negative is nothing.
        assert_eq!(
            at(0, 1.0, 1.0).until(&at(10, 1.0, 2.0)).others_cpus,
            Some(0.0)
        );
    }

    #[test]
    fn what_the_system_does_not_tell_is_left_out() {
        let unknown = Snapshot {
            at: Instant::now(),
            cpu: None,
            own_cpu_s: None,
            throttling: None,
            load: None,
            governor: None,
            own_peak_memory_bytes: None,
        };
        let seen = unknown.until(&Snapshot::now());
        assert_eq!(
            (seen.others_cpus, seen.steal_s, seen.throttled_s),
            (None, None, None)
        );
    }
}
