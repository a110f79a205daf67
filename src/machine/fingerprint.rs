//! Which machine this is, as far as it decides timings.

use super::cpus_available;
use std::fs;

/// What must be the same for two timings to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The CPU's name, as the operating system tells it; empty where it does not.
    pub cpu_model: String,
    /// How many CPUs this process may use.
    pub cpus: usize,
    /// What the CPUs are compiled for, such as `x86_64`.
    pub architecture: String,
    /// The operating system with its release, such as `Linux 6.8.0`.
    pub system: String,
    /// The memory of the machine in bytes, where that is known.
    pub memory_bytes: Option<u64>,
}

impl Fingerprint {
    /// This machine's.
    #[must_use]
    pub fn here() -> Fingerprint {
        let uname = rustix::system::uname();
        let word = |text: &std::ffi::CStr| text.to_string_lossy().into_owned();
        Fingerprint {
            cpu_model: cpu_model(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
            cpus: cpus_available(),
            architecture: std::env::consts::ARCH.to_owned(),
            system: format!("{} {}", word(uname.sysname()), word(uname.release())),
            memory_bytes: memory_bytes(&fs::read_to_string("/proc/meminfo").unwrap_or_default()),
        }
    }
}

/// The first CPU's name in the text of `/proc/cpuinfo`; arm64 gives numbers in its place.
fn cpu_model(text: &str) -> String {
    let value = |key: &str| {
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(name, value)| (name.trim() == key).then(|| value.trim().to_owned()))
    };
    value("model name")
        .or_else(|| {
            let parts = [value("CPU implementer")?, value("CPU part")?];
            Some(format!("implementer {} part {}", parts[0], parts[1]))
        })
        .unwrap_or_default()
}

fn memory_bytes(text: &str) -> Option<u64> {
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_is_named_on_both_kinds_of_machine() {
        let amd = "processor\t: 0\nmodel name\t: AMD EPYC 9R14\nflags\t: fpu\nmodel name\t: x\n";
        assert_eq!(cpu_model(amd), "AMD EPYC 9R14");
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n";
        assert_eq!(cpu_model(arm), "implementer 0x41 part 0xd40");
        assert_eq!(cpu_model(""), "");
    }

    #[test]
    fn memory_is_told_in_bytes() {
        assert_eq!(memory_bytes("MemFree: 1 kB\nMemTotal:  2 kB\n"), Some(2048));
        assert_eq!(memory_bytes("MemTotal: many\n"), None);
    }

    #[test]
    fn this_machine_has_one() {
        let here = Fingerprint::here();
        assert_eq!(here, Fingerprint::here());
        assert!(here.cpus >= 1 && !here.architecture.is_empty() && here.system.len() > 3);
    }
}
