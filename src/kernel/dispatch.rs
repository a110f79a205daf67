//! The loops compiled for each instruction set, and the choice between them: the one place that
//! calls code which not every CPU has.
#![allow(unsafe_code)]

use super::element::Element;
use super::instruction_set::{InstructionSet, Set};
use super::loops::{self, Groups};

/// Makes a function that runs a loop, compiled for the instruction set that it is given.
macro_rules! compiled_for_each_set {
    ($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $result:ty) => {
        $(#[$doc])*
        pub(super) fn $name<E: Element>(set: InstructionSet, $($argument: $type),*) -> $result {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi2")]
            fn avx2<E: Element>($($argument: $type),*) -> $result {
                loops::$name::<E>($($argument),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi2,avx512f,avx512dq,avx512vl,avx512bw")]
            fn avx512<E: Element>($($argument: $type),*) -> $result {
                loops::$name::<E>($($argument),*)
            }
            match set.set() {
                Set::Baseline => loops::$name::<E>($($argument),*),
                #[cfg(target_arch = "x86_64")]
                Set::Avx2 => {
                    // SAFETY: an `InstructionSet` is one that this CPU has.
                    unsafe { avx2::<E>($($argument),*) }
                }
                #[cfg(target_arch = "x86_64")]
                Set::Avx512 | Set::Avx512Ifma => {
                    // SAFETY: as above.
                    unsafe { avx512::<E>($($argument),*) }
                }
            }
        }
    };
}

compiled_for_each_set! {
    /// [`loops::narrow`].
    narrow(groups: &Groups<'_>, sums: &mut [u128]) -> ()
}
compiled_for_each_set! {
    /// [`loops::lanes`].
    lanes(groups: &Groups<'_>, sums: &mut [u128]) -> ()
}
compiled_for_each_set! {
    /// [`loops::wide`].
    wide(groups: &Groups<'_>, sums: &mut [u128]) -> ()
}
compiled_for_each_set! {
    /// [`loops::small`].
    small(block: &[i64]) -> (i128, u64)
}

/// Sums modulo 2^52 where the set [has a fused multiply-add](InstructionSet::has_fused).
pub(super) fn fused<E: Element>(set: InstructionSet, groups: &Groups<'_>, sums: &mut [u128]) {
    match set.set() {
        #[cfg(target_arch = "x86_64")]
        Set::Avx512Ifma => {
            // SAFETY: an `InstructionSet` is one that this CPU has.
            unsafe { super::fused::fused::<E>(groups, sums) }
        }
        _ => unreachable!("{} has no fused multiply-add", set.name()),
    }
}

/// Sums modulo 2^104 where the set [has a fused multiply-add](InstructionSet::has_fused).
pub(super) fn fused_wide<E: Element>(set: InstructionSet, groups: &Groups<'_>, sums: &mut [u128]) {
    match set.set() {
        #[cfg(target_arch = "x86_64")]
        Set::Avx512Ifma => {
            let is_short = groups.max(sums.len() as u64) >> 52 == 0;
            // SAFETY: an `InstructionSet` is one that this CPU has.
            unsafe {
                match is_short {
                    true => super::fused::fused_wide::<E, true>(groups, sums),
                    false => super::fused::fused_wide::<E, false>(groups, sums),
                }
            }
        }
        _ => unreachable!("{} has no fused multiply-add", set.name()),
    }
}
