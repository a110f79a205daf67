//! The only hot code: a job over a piece of the input, summed exactly.
//!
//! Every number is read, its result computed and added. How the sums of wrapped 64-bit results are
//! made exact again stands in `vector` beside the proof of its bound; the plain reference
//! loop stands in `scalar`.

mod element;
mod scalar;
mod values;
mod vector;

pub use values::{NotInt64, append_int64, append_text};

use crate::exact::{I256, Partial};
use crate::input::{Numbers, Piece, Progression};
use crate::job::Job;
use crate::stop::Stop;
use element::{Cube, Element, Square};
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

    /// The instruction set of the code that runs on this CPU: `avx512`, `avx2`, `neon`, `baseline`
    /// for what every CPU of its kind has, or `scalar`.
    #[must_use]
    pub fn instruction_set(self) -> &'static str {
        match self {
            Kernel::Auto => vector::instruction_set(),
            Kernel::Scalar => "scalar",
        }
    }
}

/// How many numbers are computed between two looks at the [`Stop`]: under 25 ms in the slowest
/// code, so that a chunk of any size is left in time.
const STRIDE: u128 = 1 << 22;

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
            total.merge(match job {
                Job::Squares | Job::SumOfSquares => sum::<Square>(kernel, piece),
                Job::Cubes => sum::<Cube>(kernel, piece),
            });
        }
        start = end;
        if start < positions.end && stop.reason().is_some() {
            break;
        }
    }
    total
}

/// Runs `job` over numbers given one by one.
#[must_use]
pub fn compute_list(job: Job, kernel: Kernel, list: &[i64]) -> Partial {
    match job {
        Job::Squares | Job::SumOfSquares => sum::<Square>(kernel, Piece::List(list)),
        Job::Cubes => sum::<Cube>(kernel, Piece::List(list)),
    }
}

/// What [`compute_list`] must come to: one number after the other in 256 bits, without a short cut.
#[must_use]
pub fn reference_list(job: Job, list: &[i64]) -> I256 {
    list.iter().fold(I256::ZERO, |sum, x| sum + result(job, *x))
}

/// The result of `job` for one number (for a fold, what that number adds to it).
#[must_use]
pub fn result(job: Job, x: i64) -> I256 {
    match job {
        Job::Squares | Job::SumOfSquares => Square::exact(x),
        Job::Cubes => Cube::exact(x),
    }
}

/// The sum of one element function over a piece of fewer than 2^64 numbers.
fn sum<E: Element>(kernel: Kernel, piece: Piece<'_>) -> Partial {
    let (numbers, sum) = match (piece, kernel) {
        (Piece::List(list), Kernel::Auto) => (list.len() as u64, vector::sum_list::<E>(list)),
        (Piece::List(list), Kernel::Scalar) => (list.len() as u64, scalar::sum_list::<E>(list)),
        (Piece::Progression(run), Kernel::Auto) => {
            (numbers_of(run), vector::sum_progression::<E>(run))
        }
        (Piece::Progression(run), Kernel::Scalar) => {
            (numbers_of(run), scalar::sum_progression::<E>(run))
        }
    };
    Partial { numbers, sum }
}

/// The count of a progression that is part of a chunk.
fn numbers_of(progression: Progression) -> u64 {
    u64::try_from(progression.numbers()).expect("a chunk has fewer than 2^64 numbers")
}
