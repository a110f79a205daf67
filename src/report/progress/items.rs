//! The progress of items that workers answer.

use super::{Mode, new_bar};
use crate::units;
use indicatif::ProgressBar;
use std::io::{self, Write};
use std::time::Instant;

/// The steps of the bar.
const BAR_LEN: u64 = 10_000;

/// How many workers' shares are shown.
const SHARES_MAX: usize = 8;

/// A line on standard error with how many items are done, the rate, the time left and each worker's
/// share.
///
/// Gone from the terminal when it is dropped; elsewhere its last state stays.
#[derive(Debug)]
pub struct ItemProgress {
    mode: Mode,
    on_terminal: bool,
    started: Instant,
    bar: Option<ProgressBar>,
    is_known: bool,
}

impl ItemProgress {
    /// The progress of work that starts now.
    #[must_use]
    pub fn new(mode: Mode, on_terminal: bool) -> ItemProgress {
        ItemProgress {
            mode,
            on_terminal,
            started: Instant::now(),
            bar: None,
            is_known: false,
        }
    }

    /// Shows how far it is, of `items` when that is known, when it is time to show anything.
    pub fn update(&mut self, done: u64, failed: u64, items: Option<u128>, by_worker: &[u64]) {
        if !self.mode.is_due(self.on_terminal, self.started) {
            return;
        }
        let is_known = items.is_some();
        if self.bar.is_none() || self.is_known != is_known {
            if let Some(bar) = self.bar.take() {
                bar.finish_and_clear();
            }
            self.bar = Some(new_bar(self.on_terminal, is_known));
            self.is_known = is_known;
        }
        let Some(bar) = &self.bar else {
            return;
        };
        let elapsed_s = self.started.elapsed().as_secs_f64();
        bar.set_message(status(done, failed, items, by_worker, elapsed_s));
        if let Some(items) = items {
            let share = (done + failed) as f64 / (items as f64).max(1.0);
            bar.set_position((share * BAR_LEN as f64) as u64);
        }
    }

    /// Takes the line away while `write` writes to the same terminal.
    pub fn suspend<R>(&mut self, write: impl FnOnce() -> R) -> R {
        match self.bar.as_ref().filter(|_| self.on_terminal) {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl Drop for ItemProgress {
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

/// `1,234 items  12.3 k items/s  1.20 s left  workers 52% 48%`.
fn status(
    done: u64,
    failed: u64,
    items: Option<u128>,
    by_worker: &[u64],
    elapsed_s: f64,
) -> String {
    let rate = done as f64 / elapsed_s.max(1e-9);
    let mut text = format!(
        "{}  {}",
        units::count_of(done.into(), "item"),
        units::rate(rate, "items")
    );
    if let Some(items) = items.filter(|_| rate > 0.0) {
        let left = items.saturating_sub(u128::from(done + failed));
        text += &format!("  {} left", units::seconds(left as f64 / rate));
    }
    if failed > 0 {
        text += &format!("  {} failed", units::count(failed.into()));
    }
    let all: u64 = by_worker.iter().sum();
    if all > 0 && (2..=SHARES_MAX).contains(&by_worker.len()) {
        text += "  workers";
        for items in by_worker {
            text += &format!(" {:.0}%", *items as f64 * 100.0 / all as f64);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_has_rate_time_left_and_shares() {
        assert_eq!(
            status(1000, 0, Some(3000), &[250, 750], 2.0),
            "1,000 items  500 items/s  4.00 s left  workers 25% 75%"
        );
        assert_eq!(
            status(1, 2, None, &[1], 1.0),
            "1 item  1.00 items/s  2 failed"
        );
        assert_eq!(status(0, 0, Some(3), &[0, 0], 0.0), "0 items  0 items/s");
    }
}
