//! The only hot code: a job over a piece of the input, summed exactly.
//!
//! Every number is read, its result computed and added. Powers: how wrapped sums are made exact again
//! stands in `vector` beside the proof of its bound; the loops that make them in `loops` and `fused`; the
//! plain reference loop in `scalar`. Expressions: `program` computes blocks of lanes, and `evaluator` chooses
//! between it and the reference for each chunk. Which loops run on this CPU stands in `dispatch`.

mod decimal;
mod dispatch;
mod element;
mod evaluator;
#[cfg(target_arch = "x86_64")]
mod fused;
mod instruction_set;
mod lists;
mod loops;
mod offsets;
mod program;
mod scalar;
mod values;
mod vector;

pub use evaluator::{Evaluator, interval};
pub use instruction_set::InstructionSet;
pub use lists::Lists;
pub use values::{Form, Unfit};

use crate::exact::{I256, PowerSum, Width, Widths};
use crate::expression::EvaluationError;
use crate::input::{Numbers, Piece, Progression};
use crate::job::{Function, Job, Power};
use crate::plan::CHUNK_SIZE_MAX;
use crate::reduction::{Partial, Reduced};
use crate::stop::{Stop, StopReason};
use element::{Element, for_element_of};
use std::ops::Range;

/// Which code computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kernel {
    /// Vector code for the best instruction set this CPU has.
    #[default]
    Auto,
    /// Vector code for this one.
    Only(InstructionSet),
    /// The plain loop in 128-bit integers, one number after the other: the reference.
    Scalar,
}

impl Kernel {
    /// The names of all kernels, whether or not this CPU has what they need.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let plain = [Kernel::Auto.name(), Kernel::Scalar.name()];
        plain.into_iter().chain(InstructionSet::names())
    }

    /// The kernel of this name, if this CPU can run it.
    #[must_use]
    pub fn named(name: &str) -> Option<Kernel> {
        let plain = [Kernel::Auto, Kernel::Scalar];
        let plain = plain.into_iter().find(|kernel| kernel.name() == name);
        plain.or_else(|| InstructionSet::named(name).map(Kernel::Only))
    }

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kernel::Auto => "auto",
            Kernel::Only(set) => set.name(),
            Kernel::Scalar => "scalar",
        }
    }

    /// The instruction set that its vector code is compiled for; `None` of the reference.
    #[must_use]
    pub fn instruction_set(self) -> Option<InstructionSet> {
        match self {
            Kernel::Auto => Some(InstructionSet::best()),
            Kernel::Only(set) => Some(set),
            Kernel::Scalar => None,
        }
    }

    /// The name of its code for numbers of a width, such as `avx2-narrow`; `None` stands for what
    /// the reference loop computes.
    #[must_use]
    pub fn code(self, width: Option<Width>) -> String {
        let (Some(set), Some(width)) = (self.instruction_set(), width) else {
            return Kernel::Scalar.name().to_owned();
        };
        // What the multiply-add alone is named after is no part of the other ways.
        let plain = set.name().trim_end_matches("-ifma");
        match width {
            Width::Narrow => format!("{plain}-narrow"),
            Width::Fused => set.name().to_owned(),
            Width::Lanes => plain.to_owned(),
            Width::FusedWide => format!("{}-wide", set.name()),
            Width::Wide => "wide".to_owned(),
        }
    }
}

/// How many numbers are computed between two looks at the [`Stop`]: some 0.1 ms in vector code and
/// 10 ms in the slowest, so that a chunk of any size is left in time.
const STRIDE: u128 = 1 << 21;

/// The longest chunk that is not left at a time limit but done to its end: all that are planned are
/// shorter, so that what a time limit leaves are the first numbers without a gap.
const UNDIVIDED_MAX: u128 = CHUNK_SIZE_MAX as u128;

/// Runs `job` over `numbers` at `positions` (fewer than 2^64 of them); the positions
/// of results that are looked for are counted from 0.
///
/// When `stop` is requested inside it, what it returns has fewer numbers than were asked for.
///
/// # Errors
/// The first number at which an expression has no value.
pub fn compute(
    job: &Job,
    kernel: Kernel,
    numbers: &Numbers,
    positions: Range<u128>,
    stop: &Stop,
) -> Result<Partial, EvaluationError> {
    let len = positions.end - positions.start;
    let leaves = || match stop.reason() {
        None => false,
        Some(StopReason::TimeLimit) => len > UNDIVIDED_MAX,
        Some(StopReason::Interrupted | StopReason::Terminated) => true,
    };
    let power = match job.function() {
        Function::Power(power) => *power,
        Function::Expression(function) => {
            let pieces = || numbers.pieces(positions.clone());
            let evaluator = Evaluator::new(function, kernel, interval(pieces()));
            let mut total = Partial::of_none(job.reduction());
            for piece in pieces() {
                let done = u128::from(total.numbers);
                let partial = evaluator.reduce_until(job.reduction(), piece, &leaves)?;
                total.merge(partial.moved_by(done));
                if leaves() {
                    break;
                }
            }
            return Ok(total);
        }
    };
    let mut total = PowerSum::EMPTY;
    let mut start = positions.start;
    while start < positions.end {
        let end = (start + STRIDE).min(positions.end);
        for piece in numbers.pieces(start..end) {
            total.merge(for_element_of!(power, sum(kernel, piece)));
        }
        start = end;
        if leaves() {
            break;
        }
    }
    Ok(partial_of(total))
}

/// What [`Lists::compute`] must come to: one number after the other in integers without a bound, or in
/// 256 bits where none has more, without a short cut.
///
/// # Errors
/// The first number at which an expression has no value.
pub fn reference_list(job: &Job, list: &[i64]) -> Result<Reduced, EvaluationError> {
    match job.function() {
        Function::Power(power) => {
            let exact = list.iter().map(|x| power_of(*power, *x));
            Ok(Reduced::Sum(
                exact.fold(I256::ZERO, |sum, x| sum + x).into(),
            ))
        }
        Function::Expression(function) => {
            let partial = evaluator::walk(
                function,
                job.reduction(),
                Piece::List(list),
                &|| false,
                None,
            )?;
            Ok(partial.reduced)
        }
    }
}

/// The result of a power for one number.
#[must_use]
pub fn power_of(power: Power, x: i64) -> I256 {
    for_element_of!(power, exact(x))
}

fn exact<E: Element>(x: i64) -> I256 {
    E::exact(x)
}

fn partial_of(power_sum: PowerSum) -> Partial {
    Partial {
        numbers: power_sum.numbers,
        widths: power_sum.widths,
        reduced: Reduced::Sum(power_sum.sum.into()),
    }
}

/// The sum of one element function over a piece of fewer than 2^64 numbers.
fn sum<E: Element>(kernel: Kernel, piece: Piece<'_>) -> PowerSum {
    let plain = |numbers, sum| PowerSum {
        numbers,
        widths: Widths::NONE,
        sum,
    };
    match (piece, kernel.instruction_set()) {
        (Piece::List(list), Some(set)) => vector::sum_list::<E>(set, list),
        (Piece::Progression(run), Some(set)) => vector::sum_progression::<E>(set, run),
        (Piece::List(list), None) => plain(list.len() as u64, scalar::sum_list::<E>(list)),
        (Piece::Progression(run), None) => {
            plain(numbers_of(run), scalar::sum_progression::<E>(run))
        }
    }
}

/// The count of a progression that is part of a chunk.
fn numbers_of(progression: Progression) -> u64 {
    u64::try_from(progression.numbers()).expect("a chunk has fewer than 2^64 numbers")
}
