//! The counts of a run, and what is worked out of them.

use super::resources::Resources;

/// What was counted of a run, or the means of several; `None` is what is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Instructions executed.
    pub instructions: Option<f64>,
    /// Cycles of the CPUs that executed them.
    pub cycles: Option<f64>,
    /// How long these were counted, in seconds on a CPU.
    pub cycles_s: Option<f64>,
    /// Accesses to the last level of the cache, as far as the CPU tells.
    pub cache_references: Option<f64>,
    /// Those that it did not hold.
    pub cache_misses: Option<f64>,
    /// Branches that went another way than the CPU had taken for granted.
    pub branch_misses: Option<f64>,
    /// For how much of the time the counters were at work, 0 to 1, when they had to take turns; the
    /// counts above are scaled up by that.
    pub counted_share: Option<f64>,
    /// How often a thread gave its CPU up to wait for something.
    pub voluntary_switches: Option<f64>,
    /// How often a thread lost its CPU to another one while it had work to do.
    pub involuntary_switches: Option<f64>,
    /// Page faults that needed no input.
    pub minor_faults: Option<f64>,
    /// Page faults that waited for input.
    pub major_faults: Option<f64>,
    /// The energy of all CPU packages of the machine meanwhile, in joules.
    pub joules: Option<f64>,
}

/// What the counter of an event says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) count: u64,
    /// How long it was to count.
    pub(super) enabled_ns: u64,
    /// How long it did: the CPU has only so many counters.
    pub(super) running_ns: u64,
}

impl Raw {
    /// The count over the whole time; `None` when it was never at work. Virtual machines have counters
    /// that stand still: nothing runs without an instruction.
    fn scaled(self) -> Option<f64> {
        if self.running_ns == 0 || self.count == 0 {
            return None;
        }
        Some(self.count as f64 / self.share())
    }

    fn share(self) -> f64 {
        // The two clocks are read one after the other.
        (self.running_ns as f64 / self.enabled_ns.max(1) as f64).min(1.0)
    }
}

/// What the counters of the CPU say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hardware {
    pub(super) instructions: Option<Raw>,
    pub(super) cycles: Option<Raw>,
    pub(super) cache_references: Option<Raw>,
    pub(super) cache_misses: Option<Raw>,
    pub(super) branch_misses: Option<Raw>,
}

/// Below this share a counter has not been at work all the time.
const WHOLE: f64 = 0.999;

impl Counts {
    pub(super) fn new(
        hardware: &Hardware,
        resources: Option<Resources>,
        joules: Option<f64>,
        user_only: bool,
    ) -> Counts {
        let scaled = |raw: Option<Raw>| raw.and_then(Raw::scaled);
        let cycles = scaled(hardware.cycles);
        let share = match user_only {
            // The cycles of the system are not among them, so its time must not be, either.
            true => resources.and_then(|used| used.user_share()),
            false => Some(1.0),
        };
        let enabled_s = hardware.cycles.map(|raw| raw.enabled_ns as f64 / 1e9);
        let every = [
            hardware.instructions,
            hardware.cycles,
            hardware.cache_references,
            hardware.cache_misses,
            hardware.branch_misses,
        ];
        let at_work = every.into_iter().flatten().filter(|raw| raw.running_ns > 0);
        let least = at_work.map(Raw::share).reduce(f64::min);
        let count = |get: fn(&Resources) -> u64| resources.as_ref().map(|used| get(used) as f64);
        Counts {
            instructions: scaled(hardware.instructions),
            cycles,
            cycles_s: cycles.and_then(|_| Some(enabled_s? * share?)),
            cache_references: scaled(hardware.cache_references),
            cache_misses: scaled(hardware.cache_misses),
            branch_misses: scaled(hardware.branch_misses),
            counted_share: least.filter(|share| *share < WHOLE),
            voluntary_switches: count(|used| used.voluntary_switches),
            involuntary_switches: count(|used| used.involuntary_switches),
            minor_faults: count(|used| used.minor_faults),
            major_faults: count(|used| used.major_faults),
            joules,
        }
    }

    /// The counts of each of so many runs that were counted together.
    #[must_use]
    pub fn of_each(mut self, runs: u32) -> Counts {
        for field in AMOUNTS {
            let amount = field(&mut self);
            *amount = amount.map(|amount| amount / f64::from(runs.max(1)));
        }
        self
    }

    /// These, with what the counters of the CPU said of another run.
    #[must_use]
    pub fn with_hardware_of(self, other: &Counts) -> Counts {
        Counts {
            voluntary_switches: self.voluntary_switches,
            involuntary_switches: self.involuntary_switches,
            minor_faults: self.minor_faults,
            major_faults: self.major_faults,
            joules: self.joules,
            ..*other
        }
    }

    /// The means of several runs, each count over the runs that have it.
    #[must_use]
    pub fn mean<'a>(runs: impl IntoIterator<Item = &'a Counts>) -> Counts {
        let runs: Vec<Counts> = runs.into_iter().copied().collect();
        let mut mean = Counts::default();
        for field in AMOUNTS {
            let known = runs.iter().filter_map(|counts| *field(&mut counts.clone()));
            let known: Vec<f64> = known.collect();
            let sum: f64 = known.iter().sum();
            *field(&mut mean) = (!known.is_empty()).then(|| sum / known.len() as f64);
        }
        let shares = runs.iter().filter_map(|counts| counts.counted_share);
        mean.counted_share = shares.reduce(f64::min);
        mean
    }

    /// Instructions in a cycle.
    #[must_use]
    pub fn instructions_per_cycle(&self) -> Option<f64> {
        let cycles = self.cycles.filter(|cycles| *cycles > 0.0);
        Some(self.instructions? / cycles?)
    }

    /// How fast the CPUs ran while they did this, in hertz.
    #[must_use]
    pub fn frequency_hz(&self) -> Option<f64> {
        let cycles_s = self.cycles_s.filter(|cycles_s| *cycles_s > 0.0);
        Some(self.cycles? / cycles_s?)
    }

    /// Page faults of both kinds.
    #[must_use]
    pub fn faults(&self) -> Option<f64> {
        Some(self.minor_faults? + self.major_faults?)
    }
}

/// A figure of a run that twice the runs have twice as much of.
type Amount = fn(&mut Counts) -> &mut Option<f64>;

const AMOUNTS: [Amount; 11] = [
    |counts| &mut counts.instructions,
    |counts| &mut counts.cycles,
    |counts| &mut counts.cycles_s,
    |counts| &mut counts.cache_references,
    |counts| &mut counts.cache_misses,
    |counts| &mut counts.branch_misses,
    |counts| &mut counts.voluntary_switches,
    |counts| &mut counts.involuntary_switches,
    |counts| &mut counts.minor_faults,
    |counts| &mut counts.major_faults,
    |counts| &mut counts.joules,
];
