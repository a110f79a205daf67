//! The instruction sets that vector code is compiled for, and which of them this CPU has.

/// An instruction set that this CPU has: there is no other way to come by one, so code compiled for
/// it may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InstructionSet(Set);

/// The sets, the plainest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Set {
    /// What every CPU of its kind has.
    Baseline,
    /// 256-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512-bit vectors with 64-bit multiplication (F, DQ, VL and BW).
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// The same with the 52-bit multiply-add (IFMA).
    #[cfg(target_arch = "x86_64")]
    Avx512Ifma,
}

impl Set {
    #[cfg(not(target_arch = "x86_64"))]
    const ALL: &[Set] = &[Set::Baseline];
    #[cfg(target_arch = "x86_64")]
    const ALL: &[Set] = &[Set::Baseline, Set::Avx2, Set::Avx512, Set::Avx512Ifma];

    fn name(self) -> &'static str {
        match self {
            // Every 64-bit ARM has NEON.
            Set::Baseline if cfg!(target_arch = "aarch64") => "neon",
            Set::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512Ifma => "avx512-ifma",
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn is_here(self) -> bool {
        true
    }

    #[cfg(target_arch = "x86_64")]
    fn is_here(self) -> bool {
        let avx2 = || is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi2");
        let avx512 = || {
            is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw")
        };
        match self {
            Set::Baseline => true,
            Set::Avx2 => avx2(),
            Set::Avx512 => avx2() && avx512(),
            Set::Avx512Ifma => avx2() && avx512() && is_x86_feature_detected!("avx512ifma"),
        }
    }
}

impl InstructionSet {
    /// The best that this CPU has.
    #[must_use]
    pub fn best() -> InstructionSet {
        let found = Set::ALL.iter().rev().find(|set| set.is_here());
        InstructionSet(*found.unwrap_or(&Set::Baseline))
    }

    /// All that this CPU has, the plainest first.
    pub fn available() -> impl Iterator<Item = InstructionSet> {
        let all = Set::ALL.iter().copied();
        all.filter(|set| set.is_here()).map(InstructionSet)
    }

    /// The names of all there are, on whatever CPU of this kind, the plainest first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Set::ALL.iter().map(|set| set.name())
    }

    /// The set of this name, if this CPU has it.
    #[must_use]
    pub fn named(name: &str) -> Option<InstructionSet> {
        InstructionSet::available().find(|set| set.name() == name)
    }

    /// Its name: `baseline`, `avx2`, `avx512`, `avx512-ifma` or `neon`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    pub(super) fn set(self) -> Set {
        self.0
    }

    /// Whether it has a multiply-add of 52 bits.
    pub(super) fn has_fused(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return self.0 == Set::Avx512Ifma;
        #[cfg(not(target_arch = "x86_64"))]
        return false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_found_by_name_and_ends_with_the_best() {
        let available: Vec<_> = InstructionSet::available().collect();
        assert_eq!(available.last(), Some(&InstructionSet::best()));
        for set in available {
            assert_eq!(InstructionSet::named(set.name()), Some(set));
            assert!(InstructionSet::names().any(|name| name == set.name()));
        }
        assert_eq!(InstructionSet::named("avx"), None);
    }
}
