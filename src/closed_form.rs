//! The independent check: what a total must be, by formula, in integers without a bound.
//!
//! Nothing here is on the timed path, and nothing of the kernels is used here: other formulas,
//! another integer library.

use crate::exact::BigInt;
use crate::input::{Numbers, Piece, Progression};
use crate::job::Job;
use std::ops::Range;

/// The total of `job` over the numbers of `numbers` at `positions`.
///
/// Ranges by formula, numbers that stand alone one by one.
#[must_use]
pub fn total(job: Job, numbers: &Numbers, positions: Range<u128>) -> BigInt {
    numbers
        .pieces(positions)
        .map(|piece| match piece {
            Piece::Progression(progression) => sum_of_powers(job.power(), progression),
            Piece::List(list) => list.iter().map(|&x| BigInt::from(x).pow(job.power())).sum(),
        })
        .sum()
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
