//! The energy that the CPU packages of the machine have used, by RAPL, where Linux lets it be read.
//!
//! It is that of whole packages: of everything that ran on them, and of what stood idle. Intel's and,
//! from Linux 5.8 on, AMD's packages are found under the same name, `intel-rapl:0` and so on.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// More than any package uses for long, in watts: what could have wrapped twice is not known.
const WATTS_MAX: f64 = 1_000.0;

/// The counters of the packages; none where they can't be read.
#[derive(Debug, Default)]
pub(super) struct Energy {
    packages: Vec<Package>,
}

#[derive(Debug)]
struct Package {
    counter: PathBuf,
    /// Where the counter begins anew, in microjoules.
    range_uj: u64,
}

impl Energy {
    /// Those of this machine.
    pub(super) fn here() -> Energy {
        Energy::below(Path::new("/sys/class/powercap"))
    }

    /// Those in a folder like Linux's. Where one can't be read there are none: the sum of the others
    /// would be taken for that of all.
    pub(super) fn below(root: &Path) -> Energy {
        let entries = fs::read_dir(root).into_iter().flatten().flatten();
        let zones = entries.map(|entry| entry.path());
        let packages: Vec<Option<Package>> = zones
            .filter(|zone| is_package(zone))
            .map(|zone| Package::at(&zone))
            .collect();
        let packages: Option<Vec<Package>> = packages.into_iter().collect();
        Energy {
            packages: packages.unwrap_or_default(),
        }
    }

    /// What every counter says, in microjoules; `None` where there are none.
    pub(super) fn read(&self) -> Option<Vec<u64>> {
        if self.packages.is_empty() {
            return None;
        }
        let packages = self.packages.iter();
        packages.map(|package| number(&package.counter)).collect()
    }

    /// The joules between two readings that lie this far apart; `None` when a counter may have begun
    /// anew twice.
    pub(super) fn joules(&self, before: &[u64], after: &[u64], elapsed: Duration) -> Option<f64> {
        let mut sum_uj = 0.0;
        for (package, (before, after)) in self.packages.iter().zip(before.iter().zip(after)) {
            if elapsed.as_secs_f64() * WATTS_MAX * 1e6 >= package.range_uj as f64 {
                return None;
            }
            let used_uj = match after.checked_sub(*before) {
                Some(used_uj) => used_uj,
                None => (package.range_uj.checked_sub(*before)?).saturating_add(*after),
            };
            sum_uj += used_uj as f64;
        }
        Some(sum_uj / 1e6)
    }
}

impl Package {
    fn at(zone: &Path) -> Option<Package> {
        let package = Package {
            counter: zone.join("energy_uj"),
            range_uj: number(&zone.join("max_energy_range_uj"))?,
        };
        number(&package.counter).map(|_| package)
    }
}

/// Whether a zone is a package as a whole: its cores, its memory and the whole board would be counted
/// twice, and so would a package that is there by two ways.
fn is_package(zone: &Path) -> bool {
    let folder = zone.file_name().and_then(|name| name.to_str());
    let number = folder.and_then(|name| name.split_once("-rapl:"));
    let is_top = number.is_some_and(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()));
    is_top && fs::read_to_string(zone.join("name")).is_ok_and(|name| name.starts_with("package"))
}

fn number(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}
