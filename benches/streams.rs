//! Numbers in and out as text and arrays, each measured beside the program that people use for it
//! today, within this one run.
//!
//! Whatever is compared takes turns, and the median counts. The files stand in the build folder,
//! some 2.5 GB of them, and are gone at the end.

mod memory;
mod process;
mod rivals;
mod table;

use anyhow::{Context, ensure};
use process::{partask, seconds};
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use table::{in_turns, judged, median, row, skipped};

/// The numbers of every measurement are 1 … COUNT.
const COUNT: u64 = 100_000_000;

/// The sum of their squares.
const TOTAL: &str = "333333338333333350000000";

/// The numbers that slow rivals get; their time is scaled.
const COUNT_SLOW: u64 = 10_000_000;

/// The most memory any of these may take.
const MEMORY_MAX: u64 = 64 << 20;

const ROUNDS: usize = 5;

fn main() -> anyhow::Result<ExitCode> {
    // `cargo test --all-targets` runs benches too, unoptimised and without this word.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let numbers = folder.join("numbers.txt");
    let file = File::create(&numbers).context("cannot create the numbers")?;
    let mut text = BufWriter::new(file);
    for number in 1..=COUNT {
        writeln!(text, "{number}")?;
    }
    text.into_inner()?;
    row("what", "measured", "bar", "met")?;
    let measured = values_out()
        .and_then(|()| values_piped(&folder))
        .and_then(|()| array_out(&folder))
        .and_then(|()| file_in(&numbers))
        .and_then(|()| pipe_in())
        .and_then(|()| memory(&numbers, &folder));
    fs::remove_file(&numbers)?;
    measured.map(|()| ExitCode::SUCCESS)
}

fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output();
    !matches!(found, Err(error) if error.kind() == ErrorKind::NotFound)
}

fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command
}

fn values_out() -> anyhow::Result<()> {
    let mut counted = partask(&format!("squares 1..={COUNT} --values --quiet"));
    let mut counted = counted
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut out = counted.stdout.take().context("a pipe")?;
    let bytes = std::io::copy(&mut out, &mut std::io::sink())?;
    ensure!(counted.wait()?.success(), "squares --values failed");

    let binary = env!("CARGO_BIN_EXE_partask");
    let ours = format!("'{binary}' squares 1..={COUNT} --values --quiet 2>&1 >/dev/null");
    let gawk =
        format!("gawk 'BEGIN {{ for (i = 1; i <= {COUNT_SLOW}; i++) print i * i }}' >/dev/null");
    let mut run_ours = || seconds(&mut shell(&ours), Some(TOTAL));
    if !is_there("gawk") {
        let [ours_s] = in_turns(ROUNDS, [&mut run_ours])?.map(|times| median(&times));
        values_rate(bytes, ours_s)?;
        return Ok(skipped("gawk's print i*i / squares --values", "no gawk")?);
    }
    let mut run_gawk = || seconds(&mut shell(&gawk), Some(""));
    let [ours_s, gawk_s] =
        in_turns(ROUNDS, [&mut run_ours, &mut run_gawk])?.map(|times| median(&times));
    values_rate(bytes, ours_s)?;
    let gawk_s = gawk_s * COUNT as f64 / COUNT_SLOW as f64;
    let ratio = gawk_s / ours_s;
    let measured = format!("{ratio:.1} × ({gawk_s:.1} and {ours_s:.2} s)");
    judged(
        "gawk's print i*i / squares --values",
        &measured,
        "≥ 20 ×",
        ratio >= 20.0,
    )?;
    Ok(())
}

fn values_rate(bytes: u64, elapsed_s: f64) -> anyhow::Result<()> {
    let gb_per_s = bytes as f64 / elapsed_s / 1e9;
    let measured = format!("{gb_per_s:.2} GB/s of text ({elapsed_s:.2} s)");
    judged(
        "squares --values > /dev/null",
        &measured,
        "≥ 1 GB/s",
        gb_per_s >= 1.0,
    )?;
    Ok(())
}

/// The same text in the page cache sets the pace: `cat` neither computes nor looks at it.
fn values_piped(folder: &Path) -> anyhow::Result<()> {
    let text = folder.join("squares.txt");
    let written = partask(&format!("squares 1..={COUNT} --quiet --output"))
        .arg(&text)
        .output()?;
    ensure!(written.status.success(), "squares --output failed");
    let binary = env!("CARGO_BIN_EXE_partask");
    let measured = ["cat >/dev/null", "wc -l"].iter().try_for_each(|reader| {
        let ours =
            format!("'{binary}' squares 1..={COUNT} --values --quiet 2>/dev/null | {reader}");
        let cat = format!("cat '{}' | {reader}", text.display());
        let mut run_ours = || seconds(&mut shell(&ours), None);
        let mut run_cat = || seconds(&mut shell(&cat), None);
        let [ours_s, cat_s] =
            in_turns(2 * ROUNDS, [&mut run_ours, &mut run_cat])?.map(|times| median(&times));
        let ratio = cat_s / ours_s;
        let what = format!("squares --values | {reader}");
        let measured = format!("{ratio:.2} of cat's rate ({ours_s:.2} and {cat_s:.2} s)");
        judged(&what, &measured, "≥ 0.9", ratio >= 0.9)?;
        anyhow::Ok(())
    });
    fs::remove_file(&text)?;
    measured
}

fn array_out(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("squares.npy");
    let in_file = |mut command: Command, expected| {
        let elapsed_s = seconds(&mut command, Some(expected))?;
        fs::remove_file(&path)?;
        Ok(elapsed_s)
    };
    let mut run_ours = || {
        let mut command = partask(&format!("squares 1..={COUNT} --quiet --output"));
        command.arg(&path);
        in_file(command, TOTAL)
    };
    let mut run_dd = || {
        let mut command = Command::new("dd");
        let blocks = COUNT * 8 / (1 << 20);
        command.args(["if=/dev/zero", "bs=1M", &format!("count={blocks}")]);
        command.arg(format!("of={}", path.display()));
        in_file(command, "")
    };
    let by_hand = |way: &str| {
        let mut command = rivals::compiled("array.c", &["-pthread"]).map_err(anyhow::Error::msg)?;
        command.arg(way).arg(&path).arg(COUNT.to_string());
        in_file(command, "")
    };
    if let Err(why) = by_hand("pwrite") {
        let [ours_s, dd_s] =
            in_turns(ROUNDS, [&mut run_ours, &mut run_dd])?.map(|times| median(&times));
        array_ratio("dd", 0.7, ours_s, dd_s)?;
        return Ok(skipped(
            "squares --output x.npy / pwrite",
            &why.to_string(),
        )?);
    }
    let (mut run_pwrite, mut run_mapped) = (|| by_hand("pwrite"), || by_hand("mapped"));
    let [ours_s, dd_s, pwrite_s, mapped_s] = in_turns(
        2 * ROUNDS,
        [&mut run_ours, &mut run_dd, &mut run_pwrite, &mut run_mapped],
    )?
    .map(|times| median(&times));
    array_ratio("dd", 0.9, ours_s, dd_s)?;
    array_ratio("fallocate, pwrite", 0.9, ours_s, pwrite_s)?;
    array_ratio("fallocate, a mapping", 0.9, ours_s, mapped_s)
}

fn array_ratio(rival: &str, bar: f64, ours_s: f64, rival_s: f64) -> anyhow::Result<()> {
    let ratio = rival_s / ours_s;
    let measured = format!("{ratio:.2} of its rate ({ours_s:.3} and {rival_s:.3} s)");
    let what = format!("squares --output x.npy / {rival}");
    judged(&what, &measured, &format!("≥ {bar}"), ratio >= bar)?;
    Ok(())
}

fn file_in(numbers: &Path) -> anyhow::Result<()> {
    let bytes = fs::metadata(numbers)?.len();
    let ours = format!("sum-of-squares @{} --quiet", numbers.display());
    let mut run_ours = || seconds(&mut partask(&ours), Some(TOTAL));
    let datamash = format!(
        "head -n {COUNT_SLOW} '{}' | datamash sum 1",
        numbers.display()
    );
    let mut run_datamash = || seconds(&mut shell(&datamash), Some("50000005000000"));
    let (ours_s, datamash_s) = if is_there("datamash") {
        let [ours_s, datamash_s] =
            in_turns(ROUNDS, [&mut run_ours, &mut run_datamash])?.map(|times| median(&times));
        (ours_s, Some(datamash_s * COUNT as f64 / COUNT_SLOW as f64))
    } else {
        let [ours_s] = in_turns(ROUNDS, [&mut run_ours])?.map(|times| median(&times));
        (ours_s, None)
    };
    let gb_per_s = bytes as f64 / ours_s / 1e9;
    let measured = format!("{gb_per_s:.2} GB/s of text ({ours_s:.2} s)");
    judged(
        "sum-of-squares @numbers.txt",
        &measured,
        "≥ 1 GB/s",
        gb_per_s >= 1.0,
    )?;
    let what = "datamash sum 1 / sum-of-squares @numbers.txt";
    let Some(datamash_s) = datamash_s else {
        return Ok(skipped(what, "no datamash")?);
    };
    let ratio = datamash_s / ours_s;
    let measured = format!("{ratio:.1} × ({datamash_s:.1} and {ours_s:.2} s)");
    judged(what, &measured, "≥ 10 ×", ratio >= 10.0)?;
    Ok(())
}

fn pipe_in() -> anyhow::Result<()> {
    let binary = env!("CARGO_BIN_EXE_partask");
    let ours = format!("seq 1 {COUNT} | '{binary}' sum-of-squares - --quiet");
    let cat = format!("seq 1 {COUNT} | cat >/dev/null");
    let mut run_ours = || seconds(&mut shell(&ours), Some(TOTAL));
    let mut run_cat = || seconds(&mut shell(&cat), Some(""));
    let [ours_s, cat_s] =
        in_turns(2 * ROUNDS, [&mut run_ours, &mut run_cat])?.map(|times| median(&times));
    let ratio = ours_s / cat_s;
    let measured = format!("{ratio:.2} × its time ({ours_s:.2} and {cat_s:.2} s)");
    judged(
        "seq | sum-of-squares - / seq | cat",
        &measured,
        "≤ 1.3 ×",
        ratio <= 1.3,
    )?;
    Ok(())
}

fn memory(numbers: &Path, folder: &Path) -> anyhow::Result<()> {
    let array = folder.join("memory.npy");
    let settle = Duration::from_secs(5);
    let path = numbers.display();
    for (what, arguments) in [
        (
            "--values",
            format!("squares 1..={COUNT} --values --workers 8"),
        ),
        (
            "--output x.npy",
            format!(
                "squares 1..={COUNT} --workers 8 --output {}",
                array.display()
            ),
        ),
        (
            "@numbers.txt",
            format!("sum-of-squares @{path} --workers 8"),
        ),
        ("- < numbers.txt", "sum-of-squares - --workers 8".to_owned()),
    ] {
        let what = format!("peak memory, 8 workers, {what}");
        let stdin = Stdio::from(File::open(numbers)?);
        match memory::peak_memory(&arguments, stdin, settle)? {
            None => skipped(&what, "the system does not tell")?,
            Some(peak) => {
                let measured = format!("{:.1} MiB", peak as f64 / f64::from(1 << 20));
                judged(&what, &measured, "≤ 64 MiB", peak <= MEMORY_MAX)?;
            }
        }
    }
    fs::remove_file(&array)?;
    Ok(())
}
