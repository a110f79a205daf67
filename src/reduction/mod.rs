//! What the results of many numbers come to: their sum, how many are not 0, the largest and the like,
//! all exact, and merged in any order.
//!
//! ```
//! use partask::reduction::{Place, Reduced, Reduction};
//!
//! let at = |number: i64, position| Place { number, position };
//! let mut largest = Reduced::of_none(Reduction::Max);
//! largest.take(5.into(), at(10, 1));
//! largest.take(5.into(), at(7, 0));
//! let answer = largest.conclude()?;
//! assert_eq!(answer.to_string(), "5");
//! assert_eq!(answer.number(), Some(7));
//! # Ok::<(), partask::reduction::ReductionError>(())
//! ```

mod answer;
mod counts;
mod partial;
mod reduced;

pub use answer::Answer;
pub use counts::Counts;
pub use partial::Partial;
pub use reduced::{Found, Place, Product, Reduced, ReductionError};

/// How many decimal digits a product has at most.
pub const PRODUCT_DIGITS_MAX: u32 = 100_000;

/// How many distinct values a histogram has at most.
pub const HISTOGRAM_LEN_MAX: usize = 10_000;

/// What is made of the results of all numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Their sum; 0 of none.
    #[default]
    Sum,
    /// How many are not 0.
    Count,
    /// The smallest, and the first number at which it stands.
    Min,
    /// The largest, and the first number at which it stands.
    Max,
    /// Their product, of up to [`PRODUCT_DIGITS_MAX`] digits; 1 of none.
    Product,
    /// All joined by exclusive or, negative ones in two's complement without end; 0 of none.
    Xor,
    /// Their sum over how many there are, as a fraction in lowest terms.
    Mean,
    /// The first.
    First,
    /// The last.
    Last,
    /// How often each occurs, of up to [`HISTOGRAM_LEN_MAX`] distinct ones.
    Histogram,
}

impl Reduction {
    /// Every reduction.
    pub const ALL: [Reduction; 10] = [
        Reduction::Sum,
        Reduction::Count,
        Reduction::Min,
        Reduction::Max,
        Reduction::Product,
        Reduction::Xor,
        Reduction::Mean,
        Reduction::First,
        Reduction::Last,
        Reduction::Histogram,
    ];

    /// The name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Reduction::Sum => "sum",
            Reduction::Count => "count",
            Reduction::Min => "min",
            Reduction::Max => "max",
            Reduction::Product => "product",
            Reduction::Xor => "xor",
            Reduction::Mean => "mean",
            Reduction::First => "first",
            Reduction::Last => "last",
            Reduction::Histogram => "histogram",
        }
    }
}
