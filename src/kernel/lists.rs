//! A job over numbers that are given one by one, list after list.

use super::element::for_element_of;
use super::evaluator::{Evaluator, interval};
use super::values::{self, Form, Unfit};
use super::{Kernel, partial_of, sum};
use crate::expression::{EvaluationError, Expression};
use crate::input::Piece;
use crate::job::{Function, Job};
use crate::reduction::Partial;
use std::ops::RangeInclusive;

/// Computes lists of a chunk, and keeps what has been prepared for their numbers.
#[derive(Debug)]
pub struct Lists<'a> {
    job: &'a Job,
    kernel: Kernel,
    /// For an expression, and between which numbers it holds.
    prepared: Option<(RangeInclusive<i64>, Evaluator<'a>)>,
}

impl<'a> Lists<'a> {
    /// Nothing prepared yet.
    #[must_use]
    pub fn new(job: &'a Job, kernel: Kernel) -> Lists<'a> {
        Lists {
            job,
            kernel,
            prepared: None,
        }
    }

    /// What the results of a list come to; positions are counted from 0.
    ///
    /// # Errors
    /// The first number at which an expression has no value.
    pub fn compute(&mut self, list: &[i64]) -> Result<Partial, EvaluationError> {
        let reduction = self.job.reduction();
        match self.job.function() {
            Function::Power(power) => {
                let kernel = self.kernel;
                let power_sum = for_element_of!(*power, sum(kernel, Piece::List(list)));
                Ok(partial_of(power_sum))
            }
            Function::Expression(expression) => self
                .evaluator(expression, list)
                .reduce(reduction, Piece::List(list)),
        }
    }

    /// The same, with the result of each number appended to `out`.
    ///
    /// # Errors
    /// The first number whose result can't be appended; the results before it have been.
    pub fn append(
        &mut self,
        list: &[i64],
        form: Form,
        out: &mut Vec<u8>,
    ) -> Result<Partial, Unfit> {
        let reduction = self.job.reduction();
        match self.job.function() {
            Function::Power(power) => {
                values::append(*power, list, form, out)?;
                self.compute(list).map_err(Unfit::NoValue)
            }
            Function::Expression(expression) => self
                .evaluator(expression, list)
                .append(reduction, list, form, out),
        }
    }

    /// What computes an expression over the numbers of a list, and over others like them.
    fn evaluator(&mut self, expression: &'a Expression, list: &[i64]) -> &Evaluator<'a> {
        let wanted = interval(std::iter::once(Piece::List(list)));
        let holds = |known: &RangeInclusive<i64>| {
            known.contains(wanted.start()) && known.contains(wanted.end())
        };
        let kernel = self.kernel;
        let prepared = self.prepared.take().filter(|(known, _)| holds(known));
        let (_, evaluator) = self.prepared.insert(prepared.unwrap_or_else(|| {
            let wider = widened(&wanted);
            let evaluator = Evaluator::new(expression, kernel, wider.clone());
            (wider, evaluator)
        }));
        evaluator
    }
}

/// The numbers of as many binary digits.
fn widened(numbers: &RangeInclusive<i64>) -> RangeInclusive<i64> {
    let magnitudes = |end: i64| i64::MAX >> (end ^ (end >> 63)).leading_zeros().saturating_sub(1);
    let low = match *numbers.start() {
        0.. => 0,
        low => -magnitudes(low) - 1,
    };
    let high = match *numbers.end() {
        high @ 0.. => magnitudes(high),
        _ => -1,
    };
    low..=high
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_widened_holds_the_numbers(a: i64, b: i64, shift in 0u32..64) {
            let (a, b) = (a >> shift, b >> shift);
            let numbers = a.min(b)..=a.max(b);
            let wider = widened(&numbers);
            prop_assert!(wider.contains(&a) && wider.contains(&b), "{wider:?}");
            let widest = |n: &i64| n.unsigned_abs();
            let most = |numbers: &RangeInclusive<i64>| widest(numbers.start()).max(widest(numbers.end()));
            prop_assert!(most(&wider) <= 2 * most(&numbers).max(1), "{wider:?}");
        }
    }
}
