//! What is measured in turns, and the table it is printed in.

use std::io::{self, Write};

/// Prints a row of the table.
pub fn row(what: &str, measured: &str, bar: &str, met: &str) -> io::Result<()> {
    writeln!(
        io::stdout(),
        "{what:<46} | {measured:<40} | {bar:<10} | {met}"
    )
}

/// Prints a row that met its bar or did not.
pub fn judged(what: &str, measured: &str, bar: &str, met: bool) -> io::Result<()> {
    row(what, measured, bar, if met { "yes" } else { "NO" })
}

/// Prints a row that could not be measured, and why.
pub fn skipped(what: &str, why: &str) -> io::Result<()> {
    row(what, &format!("skipped: {why}"), "", "-")
}

/// One way to measure something, in seconds.
pub type Measure<'a> = &'a mut dyn FnMut() -> anyhow::Result<f64>;

/// Measures one after the other, `rounds` times over, each round in another order: what ran before
/// leaves its traces.
pub fn in_turns<const N: usize>(
    rounds: usize,
    measures: [Measure; N],
) -> anyhow::Result<[Vec<f64>; N]> {
    let mut measured = [const { Vec::new() }; N];
    let mut order: [usize; N] = std::array::from_fn(|i| i);
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..rounds {
        random.shuffle(&mut order);
        for i in order {
            measured[i].push(measures[i]()?);
        }
    }
    Ok(measured)
}

/// The middle value.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
