//! Progress bars on standard error: of numbers and comparisons here, of tasks in [`TaskProgress`].

mod block;
mod items;
mod line;
mod tasks;

pub use items::ItemProgress;
pub use tasks::TaskProgress;

use super::compare::Comparison;
use crate::units;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use line::Line;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// When a bar is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// On a terminal, once the work has lasted half a second.
    #[default]
    Auto,
    /// From the start, also where standard error is no terminal.
    Always,
    /// Not at all.
    Never,
}

impl Mode {
    /// Whether to show a bar by now, of work that has been going on since `started`.
    fn is_due(self, on_terminal: bool, started: Instant) -> bool {
        match self {
            Mode::Never => false,
            Mode::Always => true,
            Mode::Auto => on_terminal && started.elapsed() >= DELAY,
        }
    }
}

/// How long work runs before a bar appears by itself: shorter work needs none.
const DELAY: Duration = Duration::from_millis(500);

/// How often the bar is drawn anew at most, in Hz.
const REFRESH_HZ: u8 = 10;

/// A bar on standard error with the share done, the rate and the time left.
///
/// Gone from the terminal when it is dropped; elsewhere its last state stays.
#[derive(Debug)]
pub struct Progress {
    mode: Mode,
    on_terminal: bool,
    numbers: Option<u128>,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// The progress of work on `numbers` numbers, when that is known, starting now.
    #[must_use]
    pub fn new(mode: Mode, on_terminal: bool, numbers: Option<u128>) -> Progress {
        Progress {
            mode,
            on_terminal,
            numbers,
            started: Instant::now(),
            bar: None,
        }
    }

    /// The bar, when it is time to show it.
    fn bar_when_due(&mut self) -> Option<&ProgressBar> {
        let wanted = self.mode.is_due(self.on_terminal, self.started);
        let new_bar = || new_bar(self.on_terminal, self.numbers.is_some());
        wanted.then(|| &*self.bar.get_or_insert_with(new_bar))
    }

    /// Shows that `done` numbers are done, when it is time to show anything.
    pub fn update(&mut self, done: u128) {
        let (numbers, elapsed_s) = (self.numbers, self.started.elapsed().as_secs_f64());
        let Some(bar) = self.bar_when_due() else {
            return;
        };
        match numbers {
            Some(numbers) => {
                let share = done as f64 / (numbers as f64).max(1.0);
                bar.set_message(status(share, done, elapsed_s));
                bar.set_position((share * BAR_LEN as f64) as u64);
            }
            None => bar.set_message(open_status(done, elapsed_s)),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            if self.on_terminal {
                bar.finish_and_clear();
            } else {
                bar.abandon();
                // Standard error gone is no reason to fail.
                let _ = writeln!(io::stderr());
            }
        }
    }
}

/// A line on standard error that says how far a comparison is.
///
/// Gone from the terminal when it is dropped; elsewhere its last state stays.
#[derive(Debug)]
pub struct Rounds {
    progress: Progress,
    /// After how many rounds the precision was looked at last: that takes a moment, which is not to
    /// be spent before every run.
    looked_at: u32,
    precision: Option<f64>,
}

impl Rounds {
    /// The progress of a comparison that starts now.
    #[must_use]
    pub fn new(mode: Mode, on_terminal: bool) -> Rounds {
        Rounds {
            progress: Progress::new(mode, on_terminal, None),
            looked_at: 0,
            precision: None,
        }
    }

    /// Shows that the answer is being computed, when it is time to show anything.
    pub fn finding_answer(&mut self) {
        if let Some(bar) = self.progress.bar_when_due() {
            bar.set_message("computing the answer that every run must come to");
        }
    }

    /// Shows that a case is about to be run, when it is time to show anything.
    pub fn update(&mut self, comparison: &Comparison, case: usize) {
        let Some(bar) = self.progress.bar_when_due() else {
            return;
        };
        if self.looked_at != comparison.rounds {
            self.looked_at = comparison.rounds;
            self.precision = comparison.precision();
        }
        bar.set_message(rounds_status(comparison, case, self.precision));
    }
}

/// `round 3: 2 workers; known to 1.20% so far`.
fn rounds_status(comparison: &Comparison, case: usize, precision: Option<f64>) -> String {
    let name = comparison.name(&comparison.cases[case]);
    if comparison.cases.iter().all(|case| case.samples.is_empty()) {
        return format!("warm-up: {name}");
    }
    let known = precision.map_or(String::new(), |precision| {
        format!("; known to {} so far", units::percent(precision))
    });
    format!("round {}: {name}{known}", comparison.rounds + 1)
}

/// The steps of the bar: it shows a share, as a count may exceed 64 bits.
const BAR_LEN: u64 = 10_000;

/// `35.2%  12.3 G numbers/s  5.20 s left`.
fn status(share: f64, done: u128, elapsed_s: f64) -> String {
    let rate = units::rate(done as f64 / elapsed_s.max(1e-9), "numbers");
    let left = match share {
        share if share > 0.0 => units::seconds(elapsed_s * (1.0 - share) / share),
        _ => "?".to_owned(),
    };
    format!("{:>5.1}%  {rate}  {left} left", share * 100.0)
}

/// `1,234,567 numbers  12.3 M numbers/s`: of an input that is read as it comes.
fn open_status(done: u128, elapsed_s: f64) -> String {
    let rate = units::rate(done as f64 / elapsed_s.max(1e-9), "numbers");
    format!("{}  {rate}", units::count_of(done, "number"))
}

fn new_bar(on_terminal: bool, has_end: bool) -> ProgressBar {
    let target =
        ProgressDrawTarget::term_like_with_hz(Box::new(Line::new(on_terminal)), REFRESH_HZ);
    let template = if has_end { "[{bar:30}] {msg}" } else { "{msg}" };
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    ProgressBar::with_draw_target(Some(BAR_LEN), target).with_style(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_has_share_rate_and_time_left() {
        assert_eq!(
            status(0.25, 25_000, 10.0),
            " 25.0%  2.50 k numbers/s  30.0 s left"
        );
        assert_eq!(status(0.0, 0, 0.0), "  0.0%  0 numbers/s  ? left");
    }

    #[test]
    fn no_bar_without_a_terminal_or_before_its_time() {
        for (mode, on_terminal) in [(Mode::Auto, false), (Mode::Auto, true), (Mode::Never, true)] {
            let mut progress = Progress::new(mode, on_terminal, Some(10));
            progress.update(5);
            assert!(progress.bar.is_none());
        }
    }
}
