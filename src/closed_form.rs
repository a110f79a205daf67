//! The independent check: what a total must be, by formula, in integers without a bound.
//!
//! Nothing here is on the timed path, and nothing of the kernels is used here: other formulas,
//! another integer library.

use crate::exact::BigInt;
use crate::expression::Polynomial;
use crate::input::{Numbers, Piece, Progression};
use crate::job::{Function, Job};
use crate::reduction::{Reduced, Reduction};
use std::ops::Range;

/// What `job` comes to over the numbers of `numbers` at `positions`; `None` when it has no closed form:
/// only sums and means of polynomials have one here.
///
/// Ranges by formula, numbers that stand alone one by one.
#[must_use]
pub fn total(job: &Job, numbers: &Numbers, positions: Range<u128>) -> Option<Reduced> {
    let count = positions.end - positions.start;
    let of_sum = |sum: BigInt| match job.reduction() {
        Reduction::Sum => Some(Reduced::Sum(sum.into())),
        Reduction::Mean => Some(Reduced::Mean(sum.into(), count)),
        _ => None,
    };
    // Whether there is one is known before anything is added up.
    of_sum(BigInt::ZERO)?;
    let pieces = numbers.pieces(positions);
    let sum = match job.function() {
        Function::Power(power) => {
            let exponent = power.exponent();
            let sums = pieces.map(|piece| match piece {
                Piece::Progression(progression) => sum_of_powers(exponent, progression),
                Piece::List(list) => list.iter().map(|&x| BigInt::from(x).pow(exponent)).sum(),
            });
            sums.sum()
        }
        Function::Expression(expression) => {
            let polynomial = expression.polynomial()?;
            let sums = pieces.map(|piece| match piece {
                Piece::Progression(progression) => sum_of_polynomial(&polynomial, progression),
                Piece::List(list) => list.iter().map(|&x| polynomial.at(&x.into())).sum(),
            });
            sums.sum()
        }
    };
    of_sum(sum)
}

/// The sum of a polynomial of degree d over the n numbers of an arithmetic progression.
///
/// By Newton's forward differences Δ⁰ … Δᵈ of its first d+1 values, of which those beyond are 0: the
/// sum is Σ Δᵏ·C(n, k+1) (Graham, Knuth, Patashnik, "Concrete Mathematics", 2nd ed., 5.3).
fn sum_of_polynomial(polynomial: &Polynomial, progression: Progression) -> BigInt {
    let n = BigInt::from(progression.numbers());
    let a = BigInt::from(progression.first());
    let s = BigInt::from(progression.step());
    let mut differences: Vec<BigInt> = (0..=polynomial.degree())
        .map(|i| polynomial.at(&(&a + &s * i)))
        .collect();
    let mut sum = BigInt::ZERO;
    // C(n, k+1), from which the next follows.
    let mut binomial = n.clone();
    for k in 0..differences.len() {
        sum += &differences[0] * &binomial;
        binomial = binomial * (&n - (k + 1)) / (k + 2);
        for i in 0..differences.len() - 1 - k {
            differences[i] = &differences[i + 1] - &differences[i];
        }
    }
    sum
}

/// The sum of the squares (`power` 2) or cubes (`power` 3) of an arithmetic progression.
///
/// By expanding (a + i·s)^p and Faulhaber's sums of i, i² and i³ over i = 0 … n-1 (Knuth,
/// "Johann Faulhaber and sums of powers", Math. Comp. 61, 1993):
/// n(n-1)/2, n(n-1)(2n-1)/6 and (n(n-1)/2)².
fn sum_of_powers(power: u32, progression: Progression) -> BigInt {
    let n = BigInt::from(progression.numbers());
    let a = BigInt::from(progression.first());
    let s = BigInt::from(progression.step());
    let sum_1: BigInt = &n * (&n - 1) / 2;
    let sum_2: BigInt = &sum_1 * (2 * &n - 1) / 3;
    if power == 2 {
        &n * &a * &a + 2 * &a * &s * sum_1 + &s * &s * sum_2
    } else {
        let sum_3 = &sum_1 * &sum_1;
        &n * a.pow(3) + 3 * &a * &a * &s * sum_1 + 3 * &a * &s * &s * sum_2 + s.pow(3) * sum_3
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_adding_one_by_one(first: i32, step in -1000i64..1000, numbers in 0u128..200) {
            prop_assume!(step != 0);
            let progression = Progression::new(i64::from(first), step, numbers).unwrap();
            for power in [2, 3] {
                let plain: BigInt = (0..numbers)
                    .map(|i| BigInt::from(progression.nth(i)).pow(power))
                    .sum();
                prop_assert_eq!(sum_of_powers(power, progression), plain);
            }
        }

        #[test]
        fn a_polynomial_sums_to_its_values(
            coefficients in proptest::collection::vec(-50i64..50, 1..9),
            first: i32,
            step in -1000i64..1000,
            numbers in 0u128..60,
        ) {
            prop_assume!(step != 0);
            let terms: Vec<String> = coefficients.iter().enumerate().map(|(i, c)| format!("({c})*n^{i}")).collect();
            let expression = Expression::parse(&terms.join("+")).unwrap();
            let progression = Progression::new(i64::from(first), step, numbers).unwrap();
            let plain: BigInt = (0..numbers).map(|i| expression.evaluate(progression.nth(i)).unwrap()).sum();
            prop_assert_eq!(sum_of_polynomial(&expression.polynomial().unwrap(), progression), plain);
        }
    }

    #[test]
    fn the_whole_domain_comes_to_what_python_says() {
        let all = Progression::new(i64::MIN, 1, 1 << 64).unwrap();
        assert_eq!(
            sum_of_powers(2, all).to_string(),
            "523091811282223396986315785267305534678270744384287801344"
        );
        assert_eq!(
            sum_of_powers(3, all).to_string(),
            BigInt::from(i64::MIN).pow(3).to_string()
        );
    }
}
