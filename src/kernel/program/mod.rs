//! An expression as a program over blocks of lanes.
//!
//! Where the [bounds](Expression::bounds) of its parts allow it, an expression is computed in lanes of 32
//! or 64 bits, in vector code, or in 128 bits; else the reference walks over it for every number. A block
//! in which some number may have no value is walked over as well: the walk knows which, and why. What `if`,
//! `and` and `or` leave out is not computed where it may have no value.

mod allocate;
mod apply;
mod compile;
mod divisor;
mod factors;
mod fold;
mod functions;
mod lane;
mod need;
mod operations;
mod range;
pub(super) mod run;
mod step;

pub(super) use fold::{Fold, Folded};
pub(super) use lane::Lane;
pub(super) use run::{LANES, Slots};
pub(super) use step::Steps;

use super::dispatch;
use super::instruction_set::InstructionSet;
use crate::exact::Width;
use crate::expression::Expression;
use crate::input::Piece;
use compile::{Known, compile};
use std::ops::RangeInclusive;

/// An expression over numbers of an interval, ready to be computed.
#[derive(Clone, Debug)]
pub(super) enum Program {
    /// In lanes of 32 bits.
    Int32(Steps<i32>),
    /// In lanes of 64 bits.
    Int64(Steps<i64>),
    /// In 128 bits.
    Int128(Steps<i128>),
}

impl Program {
    /// Chooses the narrowest lanes that the expression can be computed in, where n is one of `numbers`;
    /// `None` when none do.
    pub(super) fn new(expression: &Expression, numbers: &RangeInclusive<i64>) -> Option<Program> {
        let known = Known::of(expression, numbers);
        compile(&known)
            .map(Program::Int32)
            .or_else(|| compile(&known).map(Program::Int64))
            .or_else(|| compile(&known).map(Program::Int128))
    }

    /// The width of its lanes.
    pub(super) fn width(&self) -> Width {
        match self {
            Program::Int32(_) => i32::WIDTH,
            Program::Int64(_) => i64::WIDTH,
            Program::Int128(_) => i128::WIDTH,
        }
    }
}

/// The lanes of a program, which computes block after block in them.
pub(super) struct Runner<'a, L> {
    set: InstructionSet,
    steps: &'a Steps<L>,
    slots: Slots<L>,
}

impl<'a, L: Lane + Compiled> Runner<'a, L> {
    pub(super) fn new(set: InstructionSet, steps: &'a Steps<L>) -> Runner<'a, L> {
        Runner {
            set,
            steps,
            slots: Slots::new(steps.slots),
        }
    }

    /// Computes the numbers at `start..start + len` of a piece, at most a block; what they are folded to,
    /// or `None` when they must be walked over.
    pub(super) fn run(
        &mut self,
        piece: Piece<'_>,
        start: u128,
        len: usize,
        fold: Fold,
    ) -> Option<Folded> {
        let numbers = &mut self.slots.slots[step::NUMBERS];
        match piece {
            Piece::List(list) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                let list = &list[start..start + len];
                for (lane, number) in numbers.iter_mut().zip(list) {
                    *lane = L::of(i128::from(*number));
                }
                // What is behind the last number is computed, too, and is to have a value.
                let last = numbers[len - 1];
                numbers[len..].fill(last);
            }
            Piece::Progression(run) => {
                let first = L::of(i128::from(run.nth(start)));
                let step = L::of(i128::from(run.step()));
                L::count_from(self.set, first, step, numbers);
                let last = numbers[len - 1];
                numbers[len..].fill(last);
            }
        }
        L::run(self.set, self.steps, &mut self.slots, len, fold)
    }

    /// The values of the block that was run last.
    pub(super) fn values(&self, len: usize) -> impl Iterator<Item = L> {
        let (block, constant) = match self.steps.result {
            step::Operand::Slot(slot) => (&self.slots.slots[slot][..len], None),
            step::Operand::Constant(value) => (&[][..], Some(value)),
        };
        let constants = constant.into_iter().cycle();
        let constants = constants.take(len - block.len());
        block.iter().copied().chain(constants)
    }

    /// The fold that adds the values up.
    pub(super) fn sum(&self) -> Fold {
        match self.steps.sums_fit(LANES) {
            true => Fold::SumWithin,
            false => Fold::Sum,
        }
    }
}

/// Lanes that there is compiled code for.
pub(super) trait Compiled: Lane {
    /// What they are called in reports.
    const WIDTH: Width;

    /// Runs the steps: [`run::run`].
    fn run(
        set: InstructionSet,
        steps: &Steps<Self>,
        slots: &mut Slots<Self>,
        len: usize,
        fold: Fold,
    ) -> Option<Folded>;

    /// Fills a block with a progression.
    fn count_from(set: InstructionSet, first: Self, step: Self, block: &mut [Self; LANES]);
}

macro_rules! compiled {
    ($lane:ty, $width:expr) => {
        impl Compiled for $lane {
            const WIDTH: Width = $width;

            fn run(
                set: InstructionSet,
                steps: &Steps<$lane>,
                slots: &mut Slots<$lane>,
                len: usize,
                fold: Fold,
            ) -> Option<Folded> {
                dispatch::run::<$lane>(set, steps, slots, len, fold)
            }

            fn count_from(
                set: InstructionSet,
                first: $lane,
                step: $lane,
                block: &mut [$lane; LANES],
            ) {
                dispatch::count_from::<$lane>(set, first, step, block);
            }
        }
    };
}

compiled!(i32, Width::Narrow);
compiled!(i64, Width::Lanes);

/// There are no vectors of them.
impl Compiled for i128 {
    const WIDTH: Width = Width::Wide;

    fn run(
        _: InstructionSet,
        steps: &Steps<i128>,
        slots: &mut Slots<i128>,
        len: usize,
        fold: Fold,
    ) -> Option<Folded> {
        run::run(steps, slots, len, fold)
    }

    fn count_from(_: InstructionSet, first: i128, step: i128, block: &mut [i128; LANES]) {
        run::count_from(first, step, block);
    }
}
