//! Items through long-lived workers, measured beside one worker alone, beside bare pipes to as many, and
//! beside Python's `multiprocessing.Pool`, within this one run. Whatever is compared takes turns, and
//! the median counts.

mod table;

use anyhow::{Context, ensure};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use table::{in_turns, judged, median, row, skipped};

const ROUNDS: usize = 9;
const WORKERS: usize = 2;

/// How many items there are.
const ITEMS: u32 = 1_000_000;

/// Python's `imap` is so much slower that it gets fewer.
const ITEMS_SLOW: u32 = 100_000;

/// What the worker does with each.
const SQUARE: &str = "{print $1*$1; fflush()}";

/// How much bare pipes are given at a time, in bytes.
const BLOCK_LEN: usize = 1 << 16;

/// How long answers are let gather before bare pipes are read.
const GATHER: Duration = Duration::from_micros(300);

/// The most memory that may be resident, in bytes.
const MEMORY_MAX: u64 = 64 << 20;

fn main() -> anyhow::Result<ExitCode> {
    // `cargo test --all-targets` runs benches too, unoptimised and without this word.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    row("what", "measured", "bar", "met")?;
    awk()?;
    python()?;
    Ok(ExitCode::SUCCESS)
}

/// A file with the numbers from 1 on, one a line.
fn numbers(count: u32) -> anyhow::Result<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("items-{count}.txt"));
    let text: String = (1..=count).map(|i| format!("{i}\n")).collect();
    fs::write(&path, text).context("cannot write the items")?;
    Ok(path)
}

fn map(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partask"));
    command.args(["map", "-q", "-w2"]).args(words);
    command
}

/// What a command prints of the items.
fn output(command: &mut Command, items: &Path) -> anyhow::Result<Vec<u8>> {
    let output = command
        .stdin(File::open(items)?)
        .stderr(Stdio::null())
        .output()?;
    ensure!(output.status.success(), "{command:?}: {}", output.status);
    Ok(output.stdout)
}

/// How long that takes, in seconds.
fn seconds(command: &mut Command, items: &Path) -> anyhow::Result<f64> {
    let started = Instant::now();
    output(command, items)?;
    Ok(started.elapsed().as_secs_f64())
}

fn awk() -> anyhow::Result<()> {
    if Command::new("mawk")
        .arg("-W")
        .arg("version")
        .output()
        .is_err()
    {
        return Ok(skipped("map mawk", "no mawk")?);
    }
    let items = numbers(ITEMS)?;
    let alone = || {
        let mut command = Command::new("mawk");
        command.arg(SQUARE);
        command
    };
    let expected = output(&mut alone(), &items)?;
    ensure!(output(&mut map(&["mawk", SQUARE]), &items)? == expected);
    ensure!(bare(&items)? == expected);
    let mut run_alone = || seconds(&mut alone(), &items);
    let mut run_ours = || seconds(&mut map(&["mawk", SQUARE]), &items);
    let mut run_bare = || {
        let started = Instant::now();
        bare(&items)?;
        Ok(started.elapsed().as_secs_f64())
    };
    let [ours_s, alone_s, bare_s] =
        in_turns(ROUNDS, [&mut run_ours, &mut run_alone, &mut run_bare])?
            .map(|times| median(&times));
    judged(
        "map -w2 mawk, 10^6 lines / one mawk alone",
        &format!(
            "{:.2} x as fast: {alone_s:.3} s, {ours_s:.3} s",
            alone_s / ours_s
        ),
        ">= 1.5",
        alone_s / ours_s >= 1.5,
    )?;
    judged(
        "map -w2 mawk, 10^6 lines / bare pipes",
        &format!("{:.2} x the time: {bare_s:.3} s", ours_s / bare_s),
        "<= 1.3",
        ours_s / bare_s <= 1.3,
    )?;
    memory(&items)
}

/// The same items through bare pipes: blocks of them in turn, the answers put together at the end.
fn bare(items: &Path) -> anyhow::Result<Vec<u8>> {
    let text = fs::read(items)?;
    let blocks = blocks(&text);
    let answers = answers(&blocks)?;
    let mut whole = Vec::new();
    let mut places = [0; WORKERS];
    for (i, block) in blocks.iter().enumerate() {
        let lines = block.iter().filter(|byte| **byte == b'\n').count();
        let rest = &answers[i % WORKERS][places[i % WORKERS]..];
        let mut ends = rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let len = ends.nth(lines - 1).map_or(0, |(at, _)| at + 1);
        whole.extend_from_slice(&rest[..len]);
        places[i % WORKERS] += len;
    }
    Ok(whole)
}

/// A text cut at the ends of lines.
fn blocks(mut text: &[u8]) -> Vec<&[u8]> {
    let mut blocks = Vec::new();
    while !text.is_empty() {
        let most = &text[..text.len().min(BLOCK_LEN)];
        let last = most.iter().rposition(|byte| *byte == b'\n');
        let (block, rest) = text.split_at(last.map_or(most.len(), |at| at + 1));
        blocks.push(block);
        text = rest;
    }
    blocks
}

/// What each worker answers to its blocks.
fn answers(blocks: &[&[u8]]) -> anyhow::Result<Vec<Vec<u8>>> {
    let start = |_| {
        let mut command = Command::new("mawk");
        command.arg(SQUARE);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
    };
    let children = (0..WORKERS).map(start).collect::<Result<Vec<Child>, _>>()?;
    Ok(thread::scope(|scope| {
        let speak = |(worker, mut child): (usize, Child)| {
            let mut input = child.stdin.take().expect("a pipe");
            let mine = blocks.iter().skip(worker).step_by(WORKERS);
            scope.spawn(move || mine.for_each(|block| input.write_all(block).expect("a reader")));
            scope.spawn(move || {
                let mut answers = Vec::new();
                let mut output = child.stdout.take().expect("a pipe");
                let mut piece = vec![0; BLOCK_LEN];
                loop {
                    // Whoever waits for every line is woken by every line.
                    thread::sleep(GATHER);
                    match output.read(&mut piece).expect("answers") {
                        0 => break,
                        len => answers.extend_from_slice(&piece[..len]),
                    }
                }
                child.wait().expect("an end");
                answers
            })
        };
        let readers: Vec<_> = children.into_iter().enumerate().map(speak).collect();
        let joined = readers.into_iter().map(|reader| reader.join());
        joined.map(|answers| answers.expect("no panic")).collect()
    }))
}

/// The peak memory of a map, as the system tells it when it has ended.
fn memory(items: &Path) -> anyhow::Result<()> {
    let mut command = map(&["mawk", SQUARE]);
    command
        .stdin(File::open(items)?)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim_end_matches("kB").trim().parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) << 10);
        thread::sleep(Duration::from_millis(2));
    }
    Ok(judged(
        "peak memory of map -w2 mawk, 10^6 lines",
        &format!("{:.1} MiB", peak as f64 / f64::from(1 << 20)),
        "<= 64 MiB",
        peak <= MEMORY_MAX,
    )?)
}

/// Squares by Python, in this way of its pool.
fn pool(call: &str) -> Command {
    let code = format!(
        "import sys\nfrom multiprocessing import Pool\ndef square(n):\n    return n * n\n\
         if __name__ == '__main__':\n    items = [int(line) for line in sys.stdin]\n    \
         with Pool({WORKERS}) as pool:\n        \
         sys.stdout.writelines(f'{{n}}\\n' for n in pool.{call})\n"
    );
    let mut command = Command::new("python3");
    command.args(["-c", &code]);
    command
}

fn python() -> anyhow::Result<()> {
    if Command::new("python3").arg("--version").output().is_err() {
        return Ok(skipped("map python3 -u / Pool", "no python3")?);
    }
    let code = "for line in open(0): print(int(line) ** 2)";
    let ours = || map(&["python3", "-u", "-c", code]);
    let (few, many) = (numbers(ITEMS_SLOW)?, numbers(ITEMS)?);
    let expected = output(&mut pool("map(square, items)"), &few)?;
    ensure!(output(&mut ours(), &few)? == expected);
    let mut run_few = || seconds(&mut ours(), &few);
    let mut run_imap = || seconds(&mut pool("imap(square, items)"), &few);
    let [few_s, imap_s] = in_turns(3, [&mut run_few, &mut run_imap])?.map(|times| median(&times));
    judged(
        "map -w2 python3 -u, 10^5 squares / Pool.imap",
        &format!(
            "{:.1} x as fast: {imap_s:.3} s, {few_s:.3} s",
            imap_s / few_s
        ),
        ">= 20",
        imap_s / few_s >= 20.0,
    )?;
    let mut run_many = || seconds(&mut ours(), &many);
    let mut run_map = || seconds(&mut pool("map(square, items)"), &many);
    let [many_s, map_s] = in_turns(5, [&mut run_many, &mut run_map])?.map(|times| median(&times));
    Ok(judged(
        "map -w2 python3 -u, 10^6 squares / Pool.map",
        &format!(
            "{:.2} x the time: {map_s:.3} s, {many_s:.3} s",
            many_s / map_s
        ),
        "<= 3",
        many_s / map_s <= 3.0,
    )?)
}
