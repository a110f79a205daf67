//! The kernels' own bars, one worker within this process: against the machine's limit, against the
//! loops they replace, and that twice the numbers take twice the time.

use crate::common::{self, limit};
use crate::table::{in_turns, judged, median, skipped};
use partask::input::Input;
use partask::job::{Function, Job};
use partask::kernel::{self, InstructionSet, Kernel};
use partask::stop::Stop;
use std::hint::black_box;
use std::time::Instant;

/// Doubling the numbers must multiply the time by this much.
const DOUBLING: std::ops::RangeInclusive<f64> = 1.8..=2.2;

/// How often doubling may be disturbed before it counts as broken.
const DOUBLING_ATTEMPTS: usize = 3;

/// Measures all of them; says whether twice the numbers took twice the time.
pub fn all() -> anyhow::Result<bool> {
    for set in InstructionSet::available() {
        against_limit(set, &Job::squares(), 0.75)?;
        against_limit(set, &Job::cubes(), 0.5)?;
        against_former(set)?;
    }
    against_plain_loop()?;
    Ok(doubling(&Job::squares())? & doubling(&Job::cubes())?)
}

/// The median of the ratios of what was measured in the same round.
pub fn ratio(above: &[f64], below: &[f64]) -> f64 {
    let ratios: Vec<f64> = above.iter().zip(below).map(|(a, b)| a / b).collect();
    median(&ratios)
}

fn time<T>(work: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    black_box(work());
    started.elapsed().as_secs_f64()
}

/// How long a kernel takes for `numbers` numbers from `first` on.
fn kernel_s(kernel: Kernel, job: &Job, first: u64, numbers: u64) -> anyhow::Result<f64> {
    let input: Input = format!("{first}..{}", first + numbers).parse()?;
    let positions = 0..u128::from(numbers);
    let numbers = input.known().expect("a range");
    Ok(time(|| {
        kernel::compute(job, kernel, numbers, positions, &Stop::new())
    }))
}

/// Billions of numbers a second.
fn giga(numbers: u64, seconds: &[f64]) -> f64 {
    numbers as f64 / median(seconds) / 1e9
}

/// A kernel against a loop that only forms, multiplies and adds in the same vectors.
fn against_limit(set: InstructionSet, job: &Job, bar: f64) -> anyhow::Result<()> {
    let numbers = 1 << 26;
    let what = format!("{} kernel / its limit, {}", job.name(), set.name());
    let Function::Power(power) = job.function() else {
        return Ok(());
    };
    let power = power.exponent();
    if limit::multiply_add(set, power, 0).is_none() {
        return Ok(skipped(&what, "no such loop is written")?);
    }
    let kernel = Kernel::Only(set);
    let [own, machine] = in_turns(
        31,
        [
            &mut || kernel_s(kernel, job, 100_000_000, numbers),
            &mut || Ok(time(|| limit::multiply_add(set, power, black_box(numbers)))),
        ],
    )?;
    let share = ratio(&machine, &own);
    let (own, machine) = (giga(numbers, &own), giga(numbers, &machine));
    let shown = format!("{share:.2} ({own:.1} of {machine:.1} G/s)");
    judged(&what, &shown, &format!("≥ {bar}"), share >= bar)?;
    Ok(())
}

/// Squares against the loop that kernels were before: 64-bit operands whatever the numbers. Where a
/// CPU multiplies those as fast, it is enough not to be slower.
fn against_former(set: InstructionSet) -> anyhow::Result<()> {
    let numbers = 1 << 26;
    let kernel = Kernel::Only(set);
    let [own, former] = in_turns(
        31,
        [
            &mut || kernel_s(kernel, &Job::squares(), 100_000_000, numbers),
            &mut || {
                let blocks = black_box(numbers / common::BLOCK_LEN);
                Ok(time(|| common::squares_64(set, 100_000_000, blocks)))
            },
        ],
    )?;
    let times = ratio(&former, &own);
    let (own, former) = (giga(numbers, &own), giga(numbers, &former));
    let shown = format!("{times:.2} × ({own:.1} and {former:.1} G/s)");
    let what = format!("squares kernel / 64-bit operands, {}", set.name());
    let (bar, least) = match set.name() {
        "avx2" => ("≥ 2 ×", 2.0),
        _ => ("≥ 1 ×", 1.0),
    };
    judged(&what, &shown, bar, times >= least)?;
    Ok(())
}

/// Cubes against the loop one would write by hand.
fn against_plain_loop() -> anyhow::Result<()> {
    let numbers = 1 << 24;
    let blocks = numbers / common::BLOCK_LEN;
    let [kernel, by_hand] = in_turns(
        15,
        [
            &mut || kernel_s(Kernel::Auto, &Job::cubes(), 1, numbers),
            &mut || Ok(time(|| common::cubes_u128(black_box(1), blocks))),
        ],
    )?;
    let times = ratio(&by_hand, &kernel);
    let (own, plain) = (giga(numbers, &kernel), giga(numbers, &by_hand));
    let shown = format!("{times:.1} × ({own:.1} and {plain:.1} G/s)");
    judged(
        "cubes kernel / plain u128 loop",
        &shown,
        "≥ 3 ×",
        times >= 3.0,
    )?;
    Ok(())
}

/// Twice the numbers, twice the time: an optimiser that found a closed form would be found out.
fn doubling(job: &Job) -> anyhow::Result<bool> {
    let numbers = 1 << 26;
    let mut attempts = Vec::new();
    for _ in 0..DOUBLING_ATTEMPTS {
        let [once, twice] = in_turns(
            21,
            [&mut || kernel_s(Kernel::Auto, job, 1, numbers), &mut || {
                kernel_s(Kernel::Auto, job, 1, 2 * numbers)
            }],
        )?;
        attempts.push(ratio(&twice, &once));
        if DOUBLING.contains(&attempts[attempts.len() - 1]) {
            break;
        }
    }
    let real = DOUBLING.contains(&attempts[attempts.len() - 1]);
    let shown: Vec<String> = attempts.iter().map(|times| format!("{times:.2}")).collect();
    judged(
        &format!("{} of twice the numbers / of once", job.name()),
        &format!("{} × the time", shown.join(", then ")),
        "1.8 to 2.2",
        real,
    )?;
    Ok(real)
}
