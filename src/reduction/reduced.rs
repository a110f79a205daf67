//! What some of the numbers have come to: takes values one by one, and merges with others.

use super::{Answer, HISTOGRAM_LEN_MAX, PRODUCT_DIGITS_MAX, Reduction};
use crate::exact::{BigInt, Sum};
use crate::units;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Where a result stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number that it is the result of.
    pub number: i64,
    /// The number's position, counted from 0; in the same input for all that is merged.
    pub position: u128,
}

/// A result that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The result.
    pub value: BigInt,
    /// Where it stands.
    pub place: Place,
}

/// What the results of some of the numbers come to.
///
/// Merging is associative and commutative: numbers may be reduced in any parts, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reduced {
    /// Their sum.
    Sum(Sum),
    /// How many are not 0.
    Count(u128),
    /// The first of the smallest ones.
    Min(Option<Found>),
    /// The first of the largest ones.
    Max(Option<Found>),
    /// Their product.
    Product(Product),
    /// All joined by exclusive or.
    Xor(BigInt),
    /// Their sum, and how many there are.
    Mean(Sum, u128),
    /// The first.
    First(Option<Found>),
    /// The last.
    Last(Option<Found>),
    /// How often each occurs; `None` when there are too many distinct ones.
    Histogram(Option<BTreeMap<BigInt, u128>>),
}

/// A product. Factors other than 0 leave it at least as large, so in whatever order they come it is
/// too large or not; and 0 once there is a 0 among them, however large the others are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Product {
    /// There is a 0 among the factors.
    Zero,
    /// None is 0.
    Of(BigInt),
    /// None is 0, and it has too many digits.
    TooLarge,
}

/// The result can't be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReductionError {
    /// There is no result of no numbers.
    #[error("--reduce {0}: the input is empty, and no number has a {0}")]
    Empty(&'static str),
    /// A product of too many digits.
    #[error(
        "--reduce product: the product has more than {} digits",
        units::count(u128::from(PRODUCT_DIGITS_MAX))
    )]
    ProductTooLarge,
    /// A histogram of too many values.
    #[error("--reduce histogram: there are more than {} distinct values; count classes of them, such as 'n // 1000'", units::count(HISTOGRAM_LEN_MAX as u128))]
    TooManyValues,
}

impl Reduced {
    /// What no numbers come to.
    #[must_use]
    pub fn of_none(reduction: Reduction) -> Reduced {
        match reduction {
            Reduction::Sum => Reduced::Sum(Sum::ZERO),
            Reduction::Count => Reduced::Count(0),
            Reduction::Min => Reduced::Min(None),
            Reduction::Max => Reduced::Max(None),
            Reduction::Product => Reduced::Product(Product::Of(1.into())),
            Reduction::Xor => Reduced::Xor(BigInt::ZERO),
            Reduction::Mean => Reduced::Mean(Sum::ZERO, 0),
            Reduction::First => Reduced::First(None),
            Reduction::Last => Reduced::Last(None),
            Reduction::Histogram => Reduced::Histogram(Some(BTreeMap::new())),
        }
    }

    /// Which reduction it is.
    #[must_use]
    pub fn reduction(&self) -> Reduction {
        match self {
            Reduced::Sum(_) => Reduction::Sum,
            Reduced::Count(_) => Reduction::Count,
            Reduced::Min(_) => Reduction::Min,
            Reduced::Max(_) => Reduction::Max,
            Reduced::Product(_) => Reduction::Product,
            Reduced::Xor(_) => Reduction::Xor,
            Reduced::Mean(..) => Reduction::Mean,
            Reduced::First(_) => Reduction::First,
            Reduced::Last(_) => Reduction::Last,
            Reduced::Histogram(_) => Reduction::Histogram,
        }
    }

    /// Takes one more result.
    pub fn take(&mut self, value: BigInt, place: Place) {
        let found = |value| Some(Found { value, place });
        self.merge(match self {
            Reduced::Sum(_) => Reduced::Sum(value.into()),
            Reduced::Count(_) => Reduced::Count(u128::from(value != BigInt::ZERO)),
            Reduced::Min(_) => Reduced::Min(found(value)),
            Reduced::Max(_) => Reduced::Max(found(value)),
            Reduced::Product(_) => Reduced::Product(Product::limited(value)),
            Reduced::Xor(_) => Reduced::Xor(value),
            Reduced::Mean(..) => Reduced::Mean(value.into(), 1),
            Reduced::First(_) => Reduced::First(found(value)),
            Reduced::Last(_) => Reduced::Last(found(value)),
            Reduced::Histogram(_) => Reduced::Histogram(Some(BTreeMap::from([(value, 1)]))),
        });
    }

    /// Adds what other numbers came to.
    ///
    /// # Panics
    /// When that is another reduction.
    pub fn merge(&mut self, other: Reduced) {
        match (self, other) {
            (Reduced::Sum(own), Reduced::Sum(other)) => *own += other,
            (Reduced::Count(own), Reduced::Count(other)) => *own += other,
            (Reduced::Min(own), Reduced::Min(other)) => {
                prefer(own, other, |a, b| order(a, b).then_with(|| places(a, b)));
            }
            (Reduced::Max(own), Reduced::Max(other)) => {
                prefer(own, other, |a, b| order(b, a).then_with(|| places(a, b)));
            }
            (Reduced::Product(own), Reduced::Product(other)) => *own = own.times(&other),
            (Reduced::Xor(own), Reduced::Xor(other)) => *own ^= other,
            (Reduced::Mean(own, count), Reduced::Mean(other, others)) => {
                *own += other;
                *count += others;
            }
            (Reduced::First(own), Reduced::First(other)) => prefer(own, other, places),
            (Reduced::Last(own), Reduced::Last(other)) => {
                prefer(own, other, |a, b| places(b, a));
            }
            (Reduced::Histogram(own), Reduced::Histogram(other)) => merge_counts(own, other),
            (own, other) => unreachable!("{own:?} and {other:?} are of two reductions"),
        }
    }

    /// The same of numbers that stand `positions` further on.
    #[must_use]
    pub fn moved_by(mut self, positions: u128) -> Reduced {
        if let Reduced::Min(found)
        | Reduced::Max(found)
        | Reduced::First(found)
        | Reduced::Last(found) = &mut self
            && let Some(found) = found
        {
            found.place.position += positions;
        }
        self
    }

    /// The result, when these are all numbers.
    ///
    /// # Errors
    /// When there is none of no numbers, or it is too large to be shown.
    pub fn conclude(&self) -> Result<Answer, ReductionError> {
        let found = |found: &Option<Found>, name| match found {
            Some(found) => Ok(Answer::Found(found.value.clone(), found.place.number)),
            None => Err(ReductionError::Empty(name)),
        };
        match self {
            Reduced::Sum(sum) => Ok(Answer::Integer(sum.value())),
            Reduced::Count(count) => Ok(Answer::Integer((*count).into())),
            Reduced::Min(smallest) => found(smallest, Reduction::Min.name()),
            Reduced::Max(largest) => found(largest, Reduction::Max.name()),
            Reduced::Product(Product::Zero) => Ok(Answer::Integer(BigInt::ZERO)),
            Reduced::Product(Product::Of(product)) => Ok(Answer::Integer(product.clone())),
            Reduced::Product(Product::TooLarge) => Err(ReductionError::ProductTooLarge),
            Reduced::Xor(value) => Ok(Answer::Integer(value.clone())),
            Reduced::Mean(_, 0) => Err(ReductionError::Empty(Reduction::Mean.name())),
            Reduced::Mean(sum, count) => Ok(Answer::mean(&sum.value(), *count)),
            Reduced::First(first) => found(first, Reduction::First.name()),
            Reduced::Last(last) => found(last, Reduction::Last.name()),
            Reduced::Histogram(counts) => match counts {
                Some(counts) => Ok(Answer::Histogram(counts.clone())),
                None => Err(ReductionError::TooManyValues),
            },
        }
    }
}

fn order(a: &Found, b: &Found) -> Ordering {
    a.value.cmp(&b.value)
}

fn places(a: &Found, b: &Found) -> Ordering {
    a.place.position.cmp(&b.place.position)
}

/// Keeps the one that comes first by `order`.
fn prefer(
    own: &mut Option<Found>,
    other: Option<Found>,
    order: impl Fn(&Found, &Found) -> Ordering,
) {
    let both = own.take().into_iter().chain(other);
    *own = both.min_by(|a, b| order(a, b));
}

fn merge_counts(own: &mut Option<BTreeMap<BigInt, u128>>, other: Option<BTreeMap<BigInt, u128>>) {
    let (Some(counts), Some(others)) = (own.as_mut(), other) else {
        *own = None;
        return;
    };
    for (value, count) in others {
        *counts.entry(value).or_default() += count;
    }
    if counts.len() > HISTOGRAM_LEN_MAX {
        *own = None;
    }
}

impl Product {
    fn limited(product: BigInt) -> Product {
        static FIRST_TOO_LARGE: LazyLock<BigInt> =
            LazyLock::new(|| BigInt::from(10).pow(PRODUCT_DIGITS_MAX));
        match product.magnitude() {
            _ if product == BigInt::ZERO => Product::Zero,
            magnitude if magnitude < FIRST_TOO_LARGE.magnitude() => Product::Of(product),
            _ => Product::TooLarge,
        }
    }

    fn times(&self, other: &Product) -> Product {
        match (self, other) {
            (Product::Zero, _) | (_, Product::Zero) => Product::Zero,
            (Product::Of(a), Product::Of(b)) => Product::limited(a * b),
            _ => Product::TooLarge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reduced(reduction: Reduction, values: &[i64], start: usize) -> Reduced {
        let mut reduced = Reduced::of_none(reduction);
        for (i, value) in values.iter().enumerate() {
            let position = (start + i) as u128;
            let number = -(position as i64);
            reduced.take((*value).into(), Place { number, position });
        }
        reduced
    }

    proptest! {
        #[test]
        fn parts_in_any_order_come_to_the_whole(
            values in proptest::collection::vec(prop_oneof![-3i64..4, any::<i64>()], 0..40),
            cuts in proptest::collection::vec((0usize..41, any::<u32>()), 0..5),
        ) {
            let mut cuts: Vec<(usize, u32)> = cuts.into_iter().map(|(at, key)| (at.min(values.len()), key)).collect();
            cuts.extend([(0, 0), (values.len(), 0)]);
            cuts.sort_unstable();
            let mut parts: Vec<_> = cuts.windows(2).map(|ends| (ends[0].1, ends[0].0..ends[1].0)).collect();
            parts.sort_by_key(|(key, _)| *key);
            for reduction in Reduction::ALL {
                let mut merged = Reduced::of_none(reduction);
                for (_, part) in parts.clone() {
                    // As if the part had been reduced by itself, and moved to its place.
                    let mut alone = Reduced::of_none(reduction);
                    for i in part.clone() {
                        let place = Place { number: -(i as i64), position: (i - part.start) as u128 };
                        alone.take(values[i].into(), place);
                    }
                    merged.merge(alone.moved_by(part.start as u128));
                }
                prop_assert_eq!(merged.conclude(), reduced(reduction, &values, 0).conclude());
            }
        }

        #[test]
        fn answers_are_those_of_the_standard_library(values in proptest::collection::vec(-20i64..20, 1..12)) {
            let answer = |reduction| reduced(reduction, &values, 0).conclude().unwrap().to_string();
            prop_assert_eq!(answer(Reduction::Sum), values.iter().sum::<i64>().to_string());
            prop_assert_eq!(answer(Reduction::Count), values.iter().filter(|v| **v != 0).count().to_string());
            prop_assert_eq!(answer(Reduction::Min), values.iter().min().unwrap().to_string());
            prop_assert_eq!(answer(Reduction::Max), values.iter().max().unwrap().to_string());
            prop_assert_eq!(answer(Reduction::Product), values.iter().map(|v| i128::from(*v)).product::<i128>().to_string());
            prop_assert_eq!(answer(Reduction::Xor), values.iter().fold(0, |a, b| a ^ b).to_string());
            prop_assert_eq!(answer(Reduction::First), values[0].to_string());
            prop_assert_eq!(answer(Reduction::Last), values.last().unwrap().to_string());
        }
    }

    #[test]
    fn extremes_stand_at_the_first_number() {
        let at = |reduction| {
            let answer = reduced(reduction, &[4, 9, -1, 9, -1], 0).conclude();
            answer.unwrap().number()
        };
        assert_eq!(at(Reduction::Max), Some(-1));
        assert_eq!(at(Reduction::Min), Some(-2));
        assert_eq!(at(Reduction::Last), Some(-4));
        assert_eq!(at(Reduction::Sum), None);
    }

    #[test]
    fn what_has_no_answer_says_so() {
        for reduction in [
            Reduction::Min,
            Reduction::Max,
            Reduction::Mean,
            Reduction::First,
            Reduction::Last,
        ] {
            let error = reduced(reduction, &[], 0).conclude().unwrap_err();
            assert_eq!(error, ReductionError::Empty(reduction.name()));
        }
        for (reduction, answer) in [
            (Reduction::Sum, "0"),
            (Reduction::Product, "1"),
            (Reduction::Histogram, ""),
        ] {
            let of_none = reduced(reduction, &[], 0).conclude().unwrap();
            assert_eq!(of_none.to_string(), answer);
        }
    }

    #[test]
    fn limits_do_not_depend_on_the_order() {
        let factors = vec![i64::MAX; 6_000];
        let large = reduced(Reduction::Product, &factors, 0);
        assert_eq!(large.conclude(), Err(ReductionError::ProductTooLarge));
        for mut product in [large.clone(), reduced(Reduction::Product, &[0], 0)] {
            let zero = reduced(Reduction::Product, &[0], 0);
            product.merge(zero);
            assert_eq!(product.conclude().unwrap().to_string(), "0");
        }
        let values: Vec<i64> = (0..=HISTOGRAM_LEN_MAX as i64).collect();
        let most = reduced(Reduction::Histogram, &values[1..], 0);
        assert!(most.conclude().is_ok());
        let mut one_more = reduced(Reduction::Histogram, &values[..1], 0);
        one_more.merge(most);
        assert_eq!(one_more.conclude(), Err(ReductionError::TooManyValues));
        one_more.merge(reduced(Reduction::Histogram, &[], 0));
        assert_eq!(one_more.conclude(), Err(ReductionError::TooManyValues));
    }
}
