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

/// Measures one after the other, `rounds` times over.
pub fn in_turns<const N: usize>(
    rounds: usize,
    mut measures: [Measure; N],
) -> anyhow::Result<[Vec<f64>; N]> {
    let mut measured = [const { Vec::new() }; N];
    for _ in 0..rounds {
        for (measure, results) in measures.iter_mut().zip(&mut measured) {
            results.push(measure()?);
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
