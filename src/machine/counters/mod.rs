//! What the CPU and the system count while something runs: instructions and cycles, switches and page
//! faults, energy.
//!
//! A [`Meter`] finds out once what there is; what there is not costs nothing afterwards, and is `None`.

mod counts;
mod energy;
#[cfg_attr(
    not(all(
        target_os = "linux",
        any(
            target_arch = "x86_64",
            target_arch = "aarch64",
            target_arch = "riscv64"
        )
    )),
    path = "no_perf.rs"
)]
mod perf;
mod resources;

pub use counts::Counts;

use energy::Energy;
use resources::Resources;
use std::time::Instant;

/// Whose work is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// That of the calling thread, and of those it starts from now on.
    Threads,
    /// That of the programs it executes from now on, or threads of it do, with all that these start. Of
    /// the system's counts those that have ended and were waited for.
    Programs,
}

/// What the counters of the CPU tell here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// It has not been tried.
    #[default]
    Untried,
    /// What programs do, and the system for them.
    Everything,
    /// What programs do, without the system for them, as `perf_event_paranoid` says.
    UserOnly,
    /// Nothing, for this reason.
    Nothing(String),
}

/// The counters that there are.
#[derive(Debug)]
pub struct Meter {
    counting: Counting,
    energy: Energy,
}

impl Meter {
    /// Finds out what can be counted here.
    #[must_use]
    pub fn new() -> Meter {
        Meter {
            counting: perf::counting(),
            energy: Energy::here(),
        }
    }

    /// The same without the counters of the CPU: what is started while those count takes some
    /// microseconds longer to start.
    #[must_use]
    pub fn without_hardware() -> Meter {
        Meter {
            counting: Counting::Untried,
            energy: Energy::here(),
        }
    }

    /// Whether it reads counters of the CPU.
    #[must_use]
    pub fn has_hardware(&self) -> bool {
        matches!(self.counting, Counting::Everything | Counting::UserOnly)
    }

    /// What the counters of the CPU tell here.
    #[must_use]
    pub fn counting(&self) -> &Counting {
        &self.counting
    }

    /// Begins to count. Threads and programs that are started later are counted from their start on.
    #[must_use]
    pub fn start(&self, whose: Whose) -> Metered<'_> {
        let user_only = self.counting == Counting::UserOnly;
        let counted = self.has_hardware();
        Metered {
            meter: self,
            whose,
            began: Instant::now(),
            energy_uj: self.energy.read(),
            resources: Resources::used(whose),
            // The last to be started is the first to be read: the counters see the least of this.
            hardware: counted.then(|| perf::Set::start(whose, user_only)),
        }
    }
}

impl Default for Meter {
    fn default() -> Meter {
        Meter::new()
    }
}

/// What is being counted.
#[derive(Debug)]
pub struct Metered<'a> {
    meter: &'a Meter,
    whose: Whose,
    began: Instant,
    energy_uj: Option<Vec<u64>>,
    resources: Option<Resources>,
    hardware: Option<perf::Set>,
}

impl Metered<'_> {
    /// Ends it.
    #[must_use]
    pub fn stop(self) -> Counts {
        let hardware = self.hardware.map(perf::Set::stop).unwrap_or_default();
        let resources = self.resources.zip(Resources::used(self.whose));
        let resources = resources.map(|(before, after)| before.until(&after));
        let energy = &self.meter.energy;
        let joules = self.energy_uj.zip(energy.read());
        let joules =
            joules.and_then(|(before, after)| energy.joules(&before, &after, self.began.elapsed()));
        let user_only = self.meter.counting == Counting::UserOnly;
        Counts::new(&hardware, resources, joules, user_only)
    }
}

#[cfg(test)]
mod tests;
