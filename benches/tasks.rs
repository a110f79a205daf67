//! External commands, each measured beside the programs that people use for it today, within this one
//! run. Whatever is compared takes turns, and the median counts.

mod process;
mod table;

use anyhow::{Context, ensure};
use process::{partask, seconds};
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use table::{in_turns, judged, median, row, skipped};

/// How many tasks a run has.
const TASKS: u32 = 5_000;

/// GNU parallel is so much slower that it gets fewer; its time is scaled.
const TASKS_SLOW: u32 = 500;

/// How many tasks run at a time.
const WORKERS: usize = 2;

const ROUNDS: usize = 15;

/// Where programs look for libraries besides the usual places.
const LIBRARY_PATH: &str = "LD_LIBRARY_PATH";

/// How many tasks are queued when memory is measured, and how much it may take.
const QUEUED: u32 = 1_000_000;
const MEMORY_MAX: u64 = 32 << 20;

/// How soon the first task is to be started.
const FIRST_TASK_MAX_S: f64 = 10e-3;

fn main() -> anyhow::Result<ExitCode> {
    // `cargo test --all-targets` runs benches too, unoptimised and without this word.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    // Cargo has programs look for their libraries in more places than a shell does, and with a locale
    // GNU's `true` reads thirteen files; neither is what is compared, and both make the child dearer.
    let is_plain = std::env::var_os("LC_ALL").is_some_and(|locale| locale == "C");
    if !is_plain || std::env::var_os(LIBRARY_PATH).is_some() {
        let mut again = Command::new(std::env::current_exe()?);
        again.arg("--bench").env_remove(LIBRARY_PATH);
        let status = again.env("LC_ALL", "C").status()?;
        ensure!(status.success(), "the bench itself: {status}");
        return Ok(ExitCode::SUCCESS);
    }
    row("what", "measured", "bar", "met")?;
    short_tasks()?;
    many_slots()?;
    long_lines()?;
    queued()?;
    first_task()?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a program is the one that is meant: others go by the same name.
fn is_there(program: &str, says: &str) -> bool {
    match Command::new(program).arg("--version").output() {
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        found => found.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(says)),
    }
}

fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]).stdin(Stdio::null());
    command
}

/// `/bin/true` over and over.
fn short_tasks() -> anyhow::Result<()> {
    let inputs = (1..=TASKS)
        .map(|i| i.to_string())
        .collect::<Vec<_>>()
        .join("\n");
    let list = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("inputs.txt");
    fs::write(&list, inputs + "\n").context("cannot write the inputs")?;
    let list = list.display();
    let binary = env!("CARGO_BIN_EXE_partask");
    let ours = format!("'{binary}' run --workers {WORKERS} -a '{list}' /bin/true");
    let xargs = format!("xargs -P{WORKERS} -n1 /bin/true < '{list}'");
    let parallel = format!("head -n {TASKS_SLOW} '{list}' | parallel -j{WORKERS} /bin/true");

    let mut run_ours = || seconds(&mut shell(&ours), Some(""));
    let mut run_xargs = || seconds(&mut shell(&xargs), Some(""));
    let [ours_s, bare_s, xargs_s] =
        in_turns(ROUNDS, [&mut run_ours, &mut bare_loop, &mut run_xargs])?
            .map(|times| median(&times));
    rate_row(
        "a bare loop of Command::output",
        bare_s / ours_s,
        bare_s,
        ours_s,
        Some(0.9),
    )?;
    // On two CPUs the children themselves fill the machine, whoever starts them: no bar.
    rate_row("xargs -P2 -n1", xargs_s / ours_s, xargs_s, ours_s, None)?;
    with_locale(&ours, &xargs)?;
    if !is_there("parallel", "GNU parallel") {
        return Ok(skipped(
            "rate of run /bin/true / GNU parallel -j2",
            "no GNU parallel",
        )?);
    }
    let mut run_parallel = || seconds(&mut shell(&parallel), Some(""));
    let [ours_s, parallel_s] =
        in_turns(3, [&mut run_ours, &mut run_parallel])?.map(|times| median(&times));
    let parallel_s = parallel_s * f64::from(TASKS) / f64::from(TASKS_SLOW);
    rate_row(
        "GNU parallel -j2",
        parallel_s / ours_s,
        parallel_s,
        ours_s,
        Some(5.0),
    )
}

/// The same where every child reads the files of a locale first, so that less of the time is that
/// of who starts it.
fn with_locale(ours: &str, xargs: &str) -> anyhow::Result<()> {
    let seconds_of = |line| seconds(shell(line).env("LC_ALL", "C.UTF-8"), Some(""));
    let (mut run_ours, mut run_xargs) = (|| seconds_of(ours), || seconds_of(xargs));
    let [ours_s, xargs_s] =
        in_turns(ROUNDS, [&mut run_ours, &mut run_xargs])?.map(|times| median(&times));
    let rival = "xargs, in the locale C.UTF-8";
    rate_row(rival, xargs_s / ours_s, xargs_s, ours_s, None)
}

fn rate_row(
    rival: &str,
    ratio: f64,
    rival_s: f64,
    ours_s: f64,
    bar: Option<f64>,
) -> anyhow::Result<()> {
    let measured = format!("{ratio:.2} × ({rival_s:.2} and {ours_s:.2} s)");
    let what = format!("rate of run /bin/true / {rival}");
    match bar {
        Some(bar) => judged(&what, &measured, &format!("≥ {bar} ×"), ratio >= bar)?,
        None => row(&what, &measured, "–", "–")?,
    }
    Ok(())
}

/// Many slots: five times as many tasks, each asleep for a tenth of a second.
fn many_slots() -> anyhow::Result<()> {
    let binary = env!("CARGO_BIN_EXE_partask");
    for slots in [512, 1000] {
        let tasks = slots * 5;
        let ours = format!("'{binary}' run -w {slots} sh -c 'sleep 0.1' ::: 1..={tasks}");
        let xargs = format!("seq {tasks} | xargs -P{slots} -n1 sh -c 'sleep 0.1'");
        let mut run_ours = || seconds(&mut shell(&ours), Some(""));
        let mut run_xargs = || seconds(&mut shell(&xargs), Some(""));
        let [ours_s, xargs_s] =
            in_turns(3, [&mut run_ours, &mut run_xargs])?.map(|times| median(&times));
        let measured = format!("{:.2} × ({xargs_s:.2} and {ours_s:.2} s)", xargs_s / ours_s);
        row(
            &format!("rate on {slots} slots / xargs -P{slots}"),
            &measured,
            "–",
            "–",
        )?;
    }
    Ok(())
}

/// A million inputs in as few command lines as hold them.
fn long_lines() -> anyhow::Result<()> {
    let binary = env!("CARGO_BIN_EXE_partask");
    let ours = format!("seq {QUEUED} | '{binary}' run -X echo | wc -c");
    let xargs = format!("seq {QUEUED} | xargs echo | wc -c");
    let mut run_ours = || seconds(&mut shell(&ours), None);
    let mut run_xargs = || seconds(&mut shell(&xargs), None);
    let [ours_s, xargs_s] =
        in_turns(ROUNDS, [&mut run_ours, &mut run_xargs])?.map(|times| median(&times));
    let ratio = xargs_s / ours_s;
    let measured = format!("{ratio:.2} × ({xargs_s:.2} and {ours_s:.2} s)");
    let what = format!("rate of run -X echo, {QUEUED} inputs / xargs echo");
    judged(&what, &measured, "≥ 1 ×", ratio >= 1.0)?;
    Ok(())
}

/// The same processes, each with its input, with the standard library and nothing else.
fn bare_loop() -> anyhow::Result<f64> {
    let next = AtomicU32::new(0);
    let started = Instant::now();
    thread::scope(|scope| {
        let work = || -> anyhow::Result<()> {
            loop {
                let input = next.fetch_add(1, Ordering::Relaxed) + 1;
                if input > TASKS {
                    break;
                }
                let output = Command::new("/bin/true").arg(input.to_string()).output()?;
                ensure!(output.status.success(), "/bin/true failed");
            }
            Ok(())
        };
        let threads: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread
                .join()
                .map_err(|_| anyhow::anyhow!("a thread panicked"))??;
        }
        anyhow::Ok(())
    })?;
    Ok(started.elapsed().as_secs_f64())
}

/// The memory of a run with many tasks to come.
fn queued() -> anyhow::Result<()> {
    let inputs = format!("1..={QUEUED}");
    let what = format!("peak memory, {QUEUED} queued tasks");
    let mut child = partask(&format!("run --workers {WORKERS} sleep 0.2 ::: "))
        .arg(inputs)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    thread::sleep(Duration::from_secs(1));
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
    child.kill()?;
    child.wait()?;
    let peak = status.ok().and_then(|status| {
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kibibytes * 1024)
    });
    let Some(peak) = peak else {
        return Ok(skipped(&what, "the system does not tell")?);
    };
    let measured = format!("{:.1} MiB", peak as f64 / f64::from(1 << 20));
    judged(&what, &measured, "≤ 32 MiB", peak <= MEMORY_MAX)?;
    Ok(())
}

/// From the start of partask until the first task has said something.
fn first_task() -> anyhow::Result<()> {
    let once = || -> anyhow::Result<f64> {
        let started = Instant::now();
        let mut child = partask("run --order line echo ::: ready")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut reader = BufReader::new(child.stdout.take().context("a pipe")?);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let elapsed_s = started.elapsed().as_secs_f64();
        reader.read_to_string(&mut line)?;
        ensure!(
            child.wait()?.success() && line == "ready\n",
            "it said '{line}'"
        );
        Ok(elapsed_s)
    };
    let times: Vec<f64> = (0..21).map(|_| once()).collect::<anyhow::Result<_>>()?;
    let first_s = median(&times);
    let measured = format!("{:.1} ms", first_s * 1e3);
    judged(
        "first task's output after the start",
        &measured,
        "≤ 10 ms",
        first_s <= FIRST_TASK_MAX_S,
    )?;
    Ok(())
}
