//! The project's promises on speed and memory, each measured as a ratio within this one run and
//! printed beside its bar.
//!
//! Whole processes are timed where the kernel is not named, at two workers against two threads.
//! Whatever is compared takes turns, and the median counts: machines drift, and are seldom alone.
//! Only a broken promise to do real work ends this with a failure; the others depend on the
//! machine.

mod common;
mod kernel_bars;
mod memory;
mod process;
mod rivals;
mod table;

use anyhow::{Context, ensure};
use kernel_bars::ratio;
use partask::machine;
use process::partask;
use rustix::process::{Pid, Signal, kill_process};
use std::io::Read;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use table::{in_turns, judged, median, row, skipped};

/// The range that partask and its rivals add up the squares of is 1 … END-1.
const END: u64 = 100_000_000;

/// What they should come to.
const TOTAL: u128 = 333_333_328_333_333_350_000_000;

/// The most that a number may cost at one length of the input, relative to another: flat, but for
/// what the machine drifts meanwhile.
const COST_SPREAD_MAX: f64 = 1.2;

/// The most memory a run may take, whatever its input.
const MEMORY_MAX: u64 = 12 << 20;

fn main() -> anyhow::Result<ExitCode> {
    // `cargo test --all-targets` runs benches too, unoptimised and without this word.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    row("what", "measured", "bar", "met")?;
    let real = kernel_bars::all()?;
    against_c("C in uint64_t", c("uint64_t", END), 0.8)?;
    let wide = "unsigned __int128";
    against_c(&format!("C in {wide}"), c(wide, END), 0.8)?;
    against_c("clang's C in two halves", halves(END), 0.6)?;
    against_python()?;
    second_worker()?;
    memory("1e3 numbers", "1e3", Duration::from_millis(300))?;
    memory(
        "1 s of 1e12 numbers",
        "1e12 --time-limit 1s",
        Duration::from_millis(1_500),
    )?;
    start()?;
    ends()?;
    flat()?;
    match real {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

/// From a signal to the end of a run: two workers on as many CPUs, and many more than there are CPUs.
fn ends() -> anyhow::Result<()> {
    for line in [
        "sum-of-squares 1..1e15 --workers 2",
        "cubes 9e18..9.2e18 --workers 64",
        "squares 1..1e15 --workers 1000",
    ] {
        let mut once = || {
            let mut child = partask(line)
                .args(["--progress", "always"])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()?;
            // It listens to signals by the time it has something to show.
            let mut stderr = child.stderr.take().context("a pipe")?;
            stderr.read_exact(&mut [0])?;
            let pid = Pid::from_child(&child);
            let started = Instant::now();
            kill_process(pid, Signal::INT)?;
            std::io::copy(&mut stderr, &mut std::io::sink())?;
            let status = child.wait()?;
            ensure!(status.code() == Some(130), "{line}: {status}");
            Ok(started.elapsed().as_secs_f64())
        };
        let [times] = in_turns(20, [&mut once])?;
        let longest = times.iter().copied().fold(0.0, f64::max);
        let measured = format!(
            "{:.1} ms, at most {:.1} ms",
            median(&times) * 1e3,
            longest * 1e3
        );
        let what = format!("end after SIGINT: {line}");
        judged(&what, &measured, "≤ 100 ms", longest <= 0.1)?;
    }
    Ok(())
}

/// How long partask's whole process takes for the sum, and that the sum is right.
fn whole_process_s() -> anyhow::Result<f64> {
    let arguments = format!("sum-of-squares 1..{END} --workers 2 --quiet");
    process::seconds(&mut partask(&arguments), Some(&TOTAL.to_string()))
}

/// What a rival's total is worth.
fn verdict(printed: &str) -> &'static str {
    let wrapped = TOTAL % (1 << 64);
    match printed {
        _ if printed == TOTAL.to_string() => "exact",
        _ if printed == wrapped.to_string() => "wrapped, wrong",
        _ => "wrong",
    }
}

fn against_c(name: &str, rival: Result<Command, String>, bar: f64) -> anyhow::Result<()> {
    let what = format!("sum-of-squares / {name}");
    let mut rival = match rival {
        Ok(rival) => rival,
        Err(why) => return Ok(skipped(&what, &why)?),
    };
    let (_, printed) = process::run(&mut rival)?;
    let [own, other] = in_turns(
        31,
        [&mut whole_process_s, &mut || {
            process::seconds(&mut rival, Some(&printed))
        }],
    )?;
    let share = ratio(&own, &other);
    let (own_ms, other_ms) = (median(&own) * 1e3, median(&other) * 1e3);
    judged(
        &what,
        &format!(
            "{share:.2} ({own_ms:.1} and {other_ms:.1} ms: {})",
            verdict(&printed)
        ),
        &format!("≤ {bar}"),
        share <= bar,
    )?;
    Ok(())
}

fn against_python() -> anyhow::Result<()> {
    let what = "Python's Pool(4).starmap / sum-of-squares";
    let mut rival = match python(END) {
        Ok(rival) => rival,
        Err(why) => return Ok(skipped(what, &why)?),
    };
    let (first_s, printed) = process::run(&mut rival)?;
    let mut other = vec![first_s];
    other.push(process::seconds(&mut rival, Some(&printed))?);
    let [own] = in_turns(15, [&mut whole_process_s])?;
    other.push(process::seconds(&mut rival, Some(&printed))?);
    let (own_s, other_s) = (median(&own), median(&other));
    let times = other_s / own_s;
    judged(
        what,
        &format!(
            "{times:.0} × ({other_s:.2} s: {}; {:.1} ms)",
            verdict(&printed),
            own_s * 1e3
        ),
        "≥ 250 ×",
        times >= 250.0,
    )?;
    Ok(())
}

fn second_worker() -> anyhow::Result<()> {
    let what = "1 worker / 2 workers, 1e11 numbers";
    if machine::cpus_available() < 2 {
        return Ok(skipped(what, "one CPU")?);
    }
    let run = |workers: usize| {
        let arguments = format!("sum-of-squares 0..1e11 --workers {workers} --quiet");
        process::seconds(&mut partask(&arguments), None)
    };
    let [one, two] = in_turns(3, [&mut || run(1), &mut || run(2)])?;
    let times = ratio(&one, &two);
    judged(
        what,
        &format!(
            "{times:.2} × ({:.2} and {:.2} s)",
            median(&one),
            median(&two)
        ),
        "≥ 1.9 ×",
        times >= 1.9,
    )?;
    Ok(())
}

/// The peak of a run over 0..`end`, which ends within `settle`.
fn memory(name: &str, end: &str, settle: Duration) -> anyhow::Result<()> {
    let arguments = format!("sum-of-squares 0..{end} --workers 8");
    let what = format!("peak memory, 8 workers, {name}");
    match memory::peak_memory(&arguments, Stdio::null(), settle)? {
        Some(bytes) => judged(
            &what,
            &format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
            "≤ 12 MiB",
            bytes <= MEMORY_MAX,
        )?,
        None => skipped(&what, "no /proc")?,
    }
    Ok(())
}

/// What it costs to start at all.
fn start() -> anyhow::Result<()> {
    let [own, nothing] = in_turns(
        101,
        [
            &mut || process::seconds(&mut partask("squares 1..10"), None),
            &mut || process::seconds(&mut Command::new("true"), None),
        ],
    )?;
    let (own_ms, nothing_ms) = (median(&own) * 1e3, median(&nothing) * 1e3);
    let over_ms = own_ms - nothing_ms;
    judged(
        "partask squares 1..10 - true",
        &format!("{over_ms:.2} ms ({own_ms:.2} and {nothing_ms:.2} ms)"),
        "≤ 3 ms",
        over_ms <= 3.0,
    )?;
    Ok(())
}

/// The cost of a number by the length of the input, on one worker, as partask reports it.
fn flat() -> anyhow::Result<()> {
    // All of one magnitude: larger numbers may be computed in another way.
    let cost = |end: &str| {
        let arguments = format!("squares 1e12..{end} --workers 1 --format json");
        let (_, report) = process::run(&mut partask(&arguments))?;
        let report: serde_json::Value = serde_json::from_str(&report)?;
        let per_s = report["numbers_per_s"].as_f64().context("a rate")?;
        ensure!(per_s > 0.0, "no numbers up to {end}");
        Ok(1e12 / per_s)
    };
    let costs_ps = in_turns(
        5,
        [
            &mut || cost("1.0001e12"),
            &mut || cost("1.001e12"),
            &mut || cost("1.01e12"),
            &mut || cost("1.1e12"),
            &mut || cost("2e12 --time-limit 3s"),
        ],
    )?
    .map(|costs| median(&costs));
    let least = costs_ps.into_iter().fold(f64::INFINITY, f64::min);
    let spread = costs_ps.into_iter().fold(0.0, f64::max) / least;
    let shown: Vec<String> = costs_ps.iter().map(|cost| format!("{cost:.1}")).collect();
    judged(
        "cost per number, 1e8 to 1e12: most / least",
        &format!("{spread:.2} ({} ps)", shown.join(" ")),
        "≤ 1.2",
        spread <= COST_SPREAD_MAX,
    )?;
    Ok(())
}

/// The C program, adding up in the C type `sum`, or why there is none.
fn c(sum: &str, end: u64) -> Result<Command, String> {
    let mut command = rivals::compiled("sum.c", &["-fopenmp", &format!("-DSUM={sum}")])?;
    command.arg(end.to_string());
    Ok(command)
}

/// The C program that is exact in two halves, by clang, or why there is none.
fn halves(end: u64) -> Result<Command, String> {
    let mut command = rivals::compiled_by("clang", "halves.c", &["-fopenmp"])?;
    command.arg(end.to_string());
    Ok(command)
}

/// The Python program, or why there is none.
fn python(end: u64) -> Result<Command, String> {
    if Command::new("python3").arg("--version").output().is_err() {
        return Err("no python3".to_owned());
    }
    let mut command = Command::new("python3");
    command
        .arg(format!("{}/pool.py", rivals::SOURCES))
        .arg(end.to_string());
    Ok(command)
}
