//! The loops compiled for each instruction set, and the choice between them: the one place that
//! calls code which not every CPU has.
#![allow(unsafe_code)]

use super::decimal::{self, DIGITS, LINES, Pair};
use super::element::Element;
use super::instruction_set::{InstructionSet, Set};
use super::loops::{self, Groups};
use super::program::{Fold, Folded, LANES, Lane, Slots, Steps, run};
use super::values;

/// Makes a function that runs a loop of a module, compiled for the instruction set that it is given.
macro_rules! compiled_for_each_set {
    ($module:ident::$name:ident $(<$element:ident: $bound:ident>)? ($($argument:ident: $type:ty),*) -> $result:ty) => {
        #[doc = concat!("[`", stringify!($module), "::", stringify!($name), "`].")]
        pub(super) fn $name $(<$element: $bound>)? (
            set: InstructionSet,
            $($argument: $type),*
        ) -> $result {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi2")]
            fn avx2 $(<$element: $bound>)? ($($argument: $type),*) -> $result {
                $module::$name $(::<$element>)? ($($argument),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi2,avx512f,avx512dq,avx512vl,avx512bw")]
            fn avx512 $(<$element: $bound>)? ($($argument: $type),*) -> $result {
                $module::$name $(::<$element>)? ($($argument),*)
            }
            match set.set() {
                Set::Baseline => $module::$name $(::<$element>)? ($($argument),*),
                #[cfg(target_arch = "x86_64")]
                Set::Avx2 => {
                    // SAFETY: an `InstructionSet` is one that this CPU has.
                    unsafe { avx2 $(::<$element>)? ($($argument),*) }
                }
                #[cfg(target_arch = "x86_64")]
                Set::Avx512 | Set::Avx512Ifma => {
                    // SAFETY: as above.
                    unsafe { avx512 $(::<$element>)? ($($argument),*) }
                }
            }
        }
    };
}

compiled_for_each_set!(loops::narrow<E: Element>(groups: &Groups<'_>, sums: &mut [u128]) -> ());
compiled_for_each_set!(loops::lanes<E: Element>(groups: &Groups<'_>, sums: &mut [u128]) -> ());
compiled_for_each_set!(loops::wide<E: Element>(groups: &Groups<'_>, sums: &mut [u128]) -> ());
compiled_for_each_set!(loops::small<E: Element>(block: &[i64]) -> (i128, u64));
compiled_for_each_set!(run::run<L: Lane>(steps: &Steps<L>, slots: &mut Slots<L>, len: usize, fold: Fold) -> Option<Folded>);
compiled_for_each_set!(run::count_from<L: Lane>(first: L, step: L, block: &mut [L; LANES]) -> ());
compiled_for_each_set!(values::append_small<E: Element>(numbers: &[i64], out: &mut Vec<u8>) -> bool);
compiled_for_each_set!(decimal::take_magnitudes(results: &[i64], magnitudes: &mut [u64; LINES]) -> u64);
compiled_for_each_set!(decimal::cut_off_pairs(numbers: &mut [u64; LINES], firsts: &mut [Pair; LINES]) -> ());
compiled_for_each_set!(decimal::cut_in_half(numbers: &[u64; LINES], pairs: &mut [Pair; LINES]) -> ());
compiled_for_each_set!(decimal::count_digits(firsts: &[Pair; LINES], blocks: usize, lengths: &mut [u32; LINES]) -> bool);
compiled_for_each_set!(decimal::write_digits(blocks: &[[u8; 4]], digits: &mut [[u8; DIGITS]]) -> ());

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
