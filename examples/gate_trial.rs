//! How often a gate cries wolf, and how often it sees one: makes a baseline of a comparison, then asks the
//! gate about the same command (A) and, if one is given, about a slower one (B), again and again.
//!
//! ```sh
//! cargo run --release --example gate_trial -- --trials 8 --pause 60 \
//!     'partask compare sum-of-squares 1..1e9 -w 1,2 --runs 10' \
//!     'partask compare sum-of-squares 1..2e9 -w 1,2 --runs 10'
//! ```

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use std::{env, fs, process, thread};

const USAGE: &str = "\
Usage: gate_trial [OPTIONS] LINE_A [LINE_B]

LINE_A and LINE_B are command lines of 'partask compare' for the shell, with the same worker counts.
LINE_B does more work: the slowdown that the gate should see.

Options:
  --sessions N       sessions in the baseline, of LINE_A (5)
  --trials N         how often the gate is asked about each line (8)
  --pause SECONDS    how long to wait before each session (60)
  --limit P%         the limit (10%)
  --confirm-after D  the pause before a second session (30s)";

struct Trial {
    sessions: usize,
    trials: usize,
    pause: Duration,
    limit: String,
    confirm_after: String,
    lines: Vec<String>,
    baseline: PathBuf,
}

/// What the gate said, by the exit code.
#[derive(Clone, Copy, Default)]
struct Counts {
    passed: usize,
    failed: usize,
    inconclusive: usize,
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    if words.is_empty() || words.iter().any(|word| word == "-h" || word == "--help") {
        println!("{USAGE}");
        return Ok(());
    }
    let trial = Trial::new(words)?;
    let result = trial.run();
    // Nothing but an unused file is left behind when this fails.
    let _ = fs::remove_file(&trial.baseline);
    result
}

impl Trial {
    fn new(words: Vec<String>) -> anyhow::Result<Trial> {
        let file = format!("gate-trial-{}.json", process::id());
        let mut trial = Trial {
            sessions: 5,
            trials: 8,
            pause: Duration::from_secs(60),
            limit: "10%".to_owned(),
            confirm_after: "30s".to_owned(),
            lines: Vec::new(),
            baseline: env::temp_dir().join(file),
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .with_context(|| format!("{word} needs a value"))
            };
            match word.as_str() {
                "--sessions" => trial.sessions = value()?.parse().context("--sessions")?,
                "--trials" => trial.trials = value()?.parse().context("--trials")?,
                "--pause" => {
                    let seconds = value()?.parse().context("--pause")?;
                    trial.pause = Duration::try_from_secs_f64(seconds).context("--pause")?;
                }
                "--limit" => trial.limit = value()?,
                "--confirm-after" => trial.confirm_after = value()?,
                option if option.starts_with('-') => bail!("unknown option {option}\n{USAGE}"),
                _ => trial.lines.push(word),
            }
        }
        ensure!(
            (1..=2).contains(&trial.lines.len()),
            "give one line or two\n{USAGE}"
        );
        ensure!(
            trial.sessions > 0,
            "--sessions 0: a baseline has one at least"
        );
        Ok(trial)
    }

    fn run(&self) -> anyhow::Result<()> {
        for session in 1..=self.sessions {
            let output = self.session(&self.lines[0], "--save-baseline")?;
            ensure!(output.status.success(), complaint(&self.lines[0], &output));
            println!("baseline: session {session} of {}", self.sessions);
        }
        let mut counts = [Counts::default(); 2];
        for trial in 1..=self.trials {
            for (line, (name, counts)) in self.lines.iter().zip(["A", "B"].iter().zip(&mut counts))
            {
                let gate = format!(
                    "--allow-mismatch --max-regression {} --confirm-after {} --baseline",
                    self.limit, self.confirm_after
                );
                let output = self.session(line, &gate)?;
                let verdict = counts.count(line, &output)?;
                println!("trial {trial}, {name}: {verdict}{}", ratios(&output.stdout));
            }
        }
        for (of, counts) in ["A/A", "A/B"].iter().zip(&counts[..self.lines.len()]) {
            println!(
                "{of} {} trials: {} passed, {} failed, {} inconclusive",
                self.trials, counts.passed, counts.failed, counts.inconclusive
            );
        }
        Ok(())
    }

    /// Runs a line, with an option for the baseline, after the pause.
    fn session(&self, line: &str, option: &str) -> anyhow::Result<Output> {
        thread::sleep(self.pause);
        let script = format!("{line} --format json {option} \"$1\"");
        Command::new("sh")
            .args(["-c", &script, "gate_trial"])
            .arg::<&Path>(&self.baseline)
            .output()
            .with_context(|| format!("cannot run '{line}'"))
    }
}

impl Counts {
    fn count(&mut self, line: &str, output: &Output) -> anyhow::Result<&'static str> {
        let (counted, verdict) = match output.status.code() {
            Some(0) => (&mut self.passed, "passed"),
            Some(4) => (&mut self.failed, "failed"),
            Some(7) => (&mut self.inconclusive, "inconclusive"),
            _ => bail!(complaint(line, output)),
        };
        *counted += 1;
        Ok(verdict)
    }
}

/// The ratio of each case to the baseline, in the order of the cases.
fn ratios(report: &[u8]) -> String {
    let report: Value = serde_json::from_slice(report).unwrap_or_default();
    let cases = report["baseline"].as_array().cloned().unwrap_or_default();
    let ratio = |case: &Value| Some(format!(", {:.3} ×", case["ratio"].as_f64()?));
    cases.iter().filter_map(ratio).collect()
}

fn complaint(line: &str, output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    format!("'{line}' ended with {}: {}", output.status, said.trim())
}
