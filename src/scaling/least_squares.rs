//! Least squares whose solution has no negative part, for a handful of unknowns.

use std::array;

/// What is taken for 0, where the values and what each unknown adds to them have length 1: above
/// what rounding leaves of nothing, and far below what any timing can tell.
const NOTHING: f64 = 1e-9;

/// The `UNKNOWNS` numbers from 0 on for which the rows, each multiplied by them and summed, come
/// nearest to the values, by the sum of squares; all 0 when the values are.
///
/// The solution is an ordinary one in those unknowns that are not 0 (C. L. Lawson and R. J. Hanson,
/// *Solving Least Squares Problems*, Prentice-Hall 1974, chapter 23). They find which by steps;
/// for a handful every choice can be tried, which has no steps to go wrong. Their normal equations
/// are good enough, because columns of length 1 leave no large numbers beside small ones.
pub(super) fn non_negative<const UNKNOWNS: usize>(
    rows: &[[f64; UNKNOWNS]],
    values: &[f64],
) -> [f64; UNKNOWNS] {
    let values_length = length(values.iter().copied());
    let lengths: [f64; UNKNOWNS] = array::from_fn(|j| length(rows.iter().map(|row| row[j])));
    let rows: Vec<[f64; UNKNOWNS]> = rows
        .iter()
        .map(|row| array::from_fn(|j| row[j] / lengths[j]))
        .collect();
    let values: Vec<f64> = values.iter().map(|value| value / values_length).collect();

    let nearest = (1..1 << UNKNOWNS)
        .map(|kept| ordinary(&rows, &values, kept))
        .filter(|solution| solution.iter().all(|x| *x >= 0.0))
        .map(|solution| (squares_left(&rows, &values, &solution), solution))
        .min_by(|(a, _), (b, _)| a.total_cmp(b));
    let solution = nearest.map_or([0.0; UNKNOWNS], |(_, solution)| solution);
    array::from_fn(|j| match solution[j] {
        x if x > NOTHING => x * values_length / lengths[j],
        _ => 0.0,
    })
}

/// The ordinary solution in the unknowns whose bits are set in `kept`, by Gaussian elimination of
/// the normal equations; the others are 0. Not numbers where it has none.
fn ordinary<const UNKNOWNS: usize>(
    rows: &[[f64; UNKNOWNS]],
    values: &[f64],
    kept: u32,
) -> [f64; UNKNOWNS] {
    let is_kept = |j: usize| kept >> j & 1 == 1;
    let mut left = [[0.0; UNKNOWNS]; UNKNOWNS];
    let mut right = [0.0; UNKNOWNS];
    for i in 0..UNKNOWNS {
        if !is_kept(i) {
            left[i][i] = 1.0;
            continue;
        }
        for j in (0..UNKNOWNS).filter(|j| is_kept(*j)) {
            left[i][j] = rows.iter().map(|row| row[i] * row[j]).sum();
        }
        right[i] = rows
            .iter()
            .zip(values)
            .map(|(row, value)| row[i] * value)
            .sum();
    }
    // Without pivoting, which equations that are symmetric and positive definite don't need.
    for pivot in 0..UNKNOWNS {
        for below in pivot + 1..UNKNOWNS {
            let factor = left[below][pivot] / left[pivot][pivot];
            let subtracted = left[pivot].map(|x| factor * x);
            for (x, y) in left[below].iter_mut().zip(subtracted) {
                *x -= y;
            }
            right[below] -= factor * right[pivot];
        }
    }
    for i in (0..UNKNOWNS).rev() {
        let known: f64 = (i + 1..UNKNOWNS).map(|j| left[i][j] * right[j]).sum();
        right[i] = (right[i] - known) / left[i][i];
    }
    right
}

fn squares_left<const UNKNOWNS: usize>(
    rows: &[[f64; UNKNOWNS]],
    values: &[f64],
    solution: &[f64; UNKNOWNS],
) -> f64 {
    let left = |(row, value): (&[f64; UNKNOWNS], &f64)| {
        let met: f64 = row.iter().zip(solution).map(|(a, x)| a * x).sum();
        (value - met).powi(2)
    };
    rows.iter().zip(values).map(left).sum()
}

fn length(parts: impl Iterator<Item = f64>) -> f64 {
    parts.map(|x| x * x).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Expected values by `scipy.optimize.nnls`, SciPy 1.17; the first two are the examples of its
    /// documentation.
    #[test]
    fn solutions_agree_with_scipy() {
        let rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
        assert_near(non_negative(&rows, &[2.0, 1.0, 1.0]), [1.5, 1.0]);
        assert_near(non_negative(&rows, &[-1.0, -1.0, -1.0]), [0.0, 0.0]);
        let rows = [
            [1.0, 2.0, 7.0],
            [4.0, 0.5, 1.0],
            [2.0, 8.0, 3.0],
            [5.0, 1.0, 6.0],
        ];
        assert_near(
            non_negative(&rows, &[1.0, 9.0, 4.0, 3.0]),
            [1.2175356375707869, 0.159734426869752, 0.0],
        );
    }

    #[track_caller]
    fn assert_near<const UNKNOWNS: usize>(found: [f64; UNKNOWNS], expected: [f64; UNKNOWNS]) {
        for (x, y) in found.iter().zip(expected) {
            assert!((x - y).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn what_has_no_solution_is_all_0() {
        assert_eq!(non_negative(&[[1.0, 2.0]], &[0.0]), [0.0, 0.0]);
        assert_eq!(non_negative(&[[f64::NAN, 1.0]], &[1.0]), [0.0, 1.0]);
    }

    proptest! {
        /// The conditions of Kuhn and Tucker, which hold at the solution and nowhere else: what is
        /// left is at right angles to each column in use, and away from each that is not.
        #[test]
        fn nothing_nearer_is_to_be_had(
            rows in prop::collection::vec(prop::array::uniform3(-1f64..1.0), 6..12),
            values in prop::collection::vec(-1f64..1.0, 6),
        ) {
            let rows = &rows[..6];
            let solution = non_negative(rows, &values);
            let left: Vec<f64> = rows.iter().zip(&values).map(|(row, value)| {
                value - row.iter().zip(solution).map(|(a, x)| a * x).sum::<f64>()
            }).collect();
            for (j, x) in solution.into_iter().enumerate() {
                let slope: f64 = rows.iter().zip(&left).map(|(row, left)| row[j] * left).sum();
                prop_assert!(x >= 0.0 && slope < 1e-6 && (x == 0.0 || slope > -1e-6), "{j}: {x} {slope}");
            }
        }
    }
}
