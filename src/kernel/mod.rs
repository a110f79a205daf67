//! The only hot code: a job over a piece of the input, summed exactly.
//!
//! Every number is read, its result computed and added. How the sums of wrapped 64-bit results are
//! made exact again stands in `vector` beside the proof of its bound; the plain reference
//! loop stands in `scalar`.

mod element;
mod offsets;
mod scalar;
mod values;
mod vector;

pub use values::{NotInt64, append_int64, append_text};

use crate::exact::{I256, Partial};
use crate::input::{Numbers, Piece, Progression};
use crate::job::Job;
use crate::plan::CHUNK_SIZE_MAX;
use crate::stop::{Stop, StopReason};
use element::{Element, for_element_of};
use std::ops::Range;

/// Which code computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kernel {
    /// Vector code for the best instruction set this CPU has.
    #[default]
    Auto,
    /// The plain loop in 128-bit integers, one number after the other: the reference.
    Scalar,
}

impl Kernel {
    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kernel::Auto => "auto",
            Kernel::Scalar => "scalar",
        }
    }
}

/// The instruction set that vector code was compiled for and that this CPU has: `avx512`, `avx2`,
/// `neon`, or `baseline` for what every CPU of its kind has.
#[must_use]
pub fn instruction_set() -> &'static str {
    vector::instruction_set()
}

/// How many numbers are computed between two looks at the [`Stop`]: some 0.1 ms in vector code and
/// 10 ms in the slowest, so that a chunk of any size is left in time.
const STRIDE: u128 = 1 << 21;

/// The longest chunk that is not left at a time limit but done to its end: all that are planned are
/// shorter, so that what a time limit leaves are the first numbers without a gap.
const UNDIVIDED_MAX: u128 = CHUNK_SIZE_MAX as u128;

/// Runs `job` over `numbers` at `positions` (fewer than 2^64 of them).
///
/// When `stop` is requested inside it, what it returns has fewer numbers than were asked for.
#[must_use]
pub fn compute(
    job: Job,
    kernel: Kernel,
    numbers: &Numbers,
    positions: Range<u128>,
    stop: &Stop,
) -> Partial {
    let mut total = Partial::EMPTY;
    let mut start = positions.start;
    while start < positions.end {
        let end = (start + STRIDE).min(positions.end);
        for piece in numbers.pieces(start..end) {
            total.merge(for_element_of!(job, sum(kernel, piece)));
        }
        start = end;
        let leave = match stop.reason() {
            None => false,
            Some(StopReason::TimeLimit) => positions.end - positions.start > UNDIVIDED_MAX,
            Some(StopReason::Interrupted | StopReason::Terminated) => true,
        };
        if leave {
            break;
        }
    }
    total
}

/// Runs `job` over numbers given one by one.
#[must_use]
pub fn compute_list(job: Job, kernel: Kernel, list: &[i64]) -> Partial {
    for_element_of!(job, sum(kernel, Piece::List(list)))
}

/// What [`compute_list`] must come to: one number after the other in 256 bits, without a short cut.
#[must_use]
pub fn reference_list(job: Job, list: &[i64]) -> I256 {
    list.iter().fold(I256::ZERO, |sum, x| sum + result(job, *x))
}

/// The result of `job` for one number (for a fold, what that number adds to it).
#[must_use]
pub fn result(job: Job, x: i64) -> I256 {
    for_element_of!(job, exact(x))
}

fn exact<E: Element>(x: i64) -> I256 {
    E::exact(x)
}

/// The sum of one element function over a piece of fewer than 2^64 numbers.
fn sum<E: Element>(kernel: Kernel, piece: Piece<'_>) -> Partial {
    let plain = |numbers, sum| Partial {
        numbers,
        vectorised: 0,
        sum,
    };
    match (piece, kernel) {
        (Piece::List(list), Kernel::Auto) => vector::sum_list::<E>(list),
        (Piece::Progression(run), Kernel::Auto) => vector::sum_progression::<E>(run),
        (Piece::List(list), Kernel::Scalar) => {
            plain(list.len() as u64, scalar::sum_list::<E>(list))
        }
        (Piece::Progression(run), Kernel::Scalar) => {
            plain(numbers_of(run), scalar::sum_progression::<E>(run))
        }
    }
}

/// The count of a progression that is part of a chunk.
fn numbers_of(progression: Progression) -> u64 {
    u64::try_from(progression.numbers()).expect("a chunk has fewer than 2^64 numbers")
}
