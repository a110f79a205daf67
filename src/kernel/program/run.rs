//! The steps of a program over one block: portable loops, which `dispatch` compiles for every instruction
//! set.

use super::apply::{binary, select};
use super::fold::{Fold, Folded, constant, folded};
use super::lane::Lane;
use super::operations::{divide, modulo, of_one, of_two, polynomial};
use super::step::{Factors, Operand, Operation, Step, Steps};

/// How many numbers are computed at a time: few slots of them stay in the first cache, and choosing the
/// operation costs little beside its loop.
pub(in crate::kernel) const LANES: usize = 1024;

/// A number of which no width has all bits the same.
const POISON: i128 = -0x5bd1_e995_7f4a_7c15_9e37_79b9_85eb_ca6b;

/// The lanes of a block.
pub(in crate::kernel) type Block<L> = [L; LANES];

/// Where blocks are kept while a program runs.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Slots<L> {
    pub(super) slots: Vec<Box<Block<L>>>,
    /// Where the next result is made, so that it may take the place of an operand.
    spare: Box<Block<L>>,
}

impl<L: Lane> Slots<L> {
    pub(super) fn new(slots: usize) -> Slots<L> {
        // Tests begin with lanes that would not do, as those of the last block may not.
        let before = L::of(if cfg!(test) { POISON } else { 0 });
        let block = || Box::new([before; LANES]);
        Slots {
            slots: (0..slots).map(|_| block()).collect(),
            spare: block(),
        }
    }
}

/// Runs the steps over the block of numbers in the first slot, and folds the first `len` values.
///
/// `None` when some number may have no value, or one that these lanes can't hold.
#[inline(always)]
pub(in crate::kernel) fn run<L: Lane>(
    steps: &Steps<L>,
    slots: &mut Slots<L>,
    len: usize,
    fold: Fold,
) -> Option<Folded> {
    let mut is_whole = true;
    for step in &steps.steps {
        is_whole &= take(step, slots);
    }
    if !is_whole {
        return None;
    }
    Some(match steps.result {
        Operand::Slot(slot) => match len == LANES {
            // The length of a whole block is known beforehand, which the loops are the better for.
            true => folded(&slots.slots[slot][..], fold),
            false => folded(&slots.slots[slot][..len], fold),
        },
        Operand::Constant(value) => constant(value, len, fold),
    })
}

/// Takes one step; says whether every lane has a value.
#[inline(always)]
fn take<L: Lane>(step: &Step<L>, slots: &mut Slots<L>) -> bool {
    let Slots { slots: all, spare } = slots;
    let ([a, b, c], needed) = (step.operands, step.needed);
    let is_whole = match &step.operation {
        Operation::Polynomial(coefficients, factors) => {
            match factors {
                Factors::Any => polynomial(all, a, coefficients, spare, L::mul),
                Factors::Signed => polynomial(all, a, coefficients, spare, L::mul_narrow),
                Factors::Unsigned => polynomial(all, a, coefficients, spare, L::mul_unsigned),
            }
            true
        }
        Operation::Multiply(Factors::Any) => binary(all, a, b, spare, L::mul),
        Operation::Multiply(Factors::Signed) => binary(all, a, b, spare, L::mul_narrow),
        Operation::Multiply(Factors::Unsigned) => binary(all, a, b, spare, L::mul_unsigned),
        Operation::DivideBy(divisor, is_signed) => {
            divide(all, a, *divisor, *is_signed, spare);
            true
        }
        Operation::ModuloBy(divisor, is_signed) => {
            modulo(all, a, *divisor, *is_signed, spare);
            true
        }
        Operation::GcdOfRest(divisor, is_signed, table) => {
            modulo(all, a, *divisor, *is_signed, spare);
            for lane in spare.iter_mut() {
                // A rest is below the divisor, but for lanes that have no value before it.
                *lane = table[lane.wide() as usize & (table.len() - 1)];
            }
            true
        }
        Operation::And => binary(all, a, b, spare, |a, b| if a == L::ZERO { a } else { b }),
        Operation::Or => binary(all, a, b, spare, |a, b| if a == L::ZERO { b } else { a }),
        Operation::Select => {
            select(all, [a, b, c], spare);
            true
        }
        #[cfg(test)]
        Operation::OneMore(wrong) => {
            binary(all, a, a, spare, |a, _| a);
            spare[*wrong] = spare[*wrong].add(L::ONE);
            true
        }
        Operation::Unary(operation) => of_one(*operation, all, [a, needed], spare),
        Operation::Binary(operation) => of_two(*operation, all, [a, b, needed], spare),
    };
    std::mem::swap(&mut all[step.to], spare);
    is_whole
}

/// Fills a block with a progression.
#[inline(always)]
pub(in crate::kernel) fn count_from<L: Lane>(first: L, step: L, block: &mut Block<L>) {
    for (at, lane) in block.iter_mut().enumerate() {
        *lane = first.add(step.mul(L::of(at as i128)));
    }
}
