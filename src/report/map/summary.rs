//! What a run came to, in lines for people: which items failed and why, how many were answered in which
//! time, and what the workers did.

use super::Totals;
use crate::event::map::MapEvent;
use crate::report::styled::{Row, Tone};
use crate::report::width::shortened;
use crate::units;
use std::io::{self, Write};

/// How many failed items are shown.
const SHOWN_MAX: usize = 10;

/// How much of an item is shown, in columns.
const ITEM_COLUMNS: usize = 60;

/// How many workers have a line of their own.
const WORKERS_MAX: usize = 16;

/// The items that failed first; written once the run is over.
#[derive(Debug, Default)]
pub struct Summary {
    failed: Vec<(u64, String)>,
}

impl Summary {
    /// Of a run in which nothing has failed yet.
    #[must_use]
    pub fn new() -> Summary {
        Summary::default()
    }

    /// Keeps an item that failed.
    pub fn hear(&mut self, event: &MapEvent) {
        let MapEvent::Failed {
            seq,
            item,
            why,
            attempts,
        } = event
        else {
            return;
        };
        let item = units::printable(&String::from_utf8_lossy(item));
        let item = shortened(&item, ITEM_COLUMNS);
        let tries = match attempts {
            0 | 1 => String::new(),
            attempts => format!(" ({attempts} attempts)"),
        };
        let at = self.failed.partition_point(|(before, _)| before < seq);
        let text = format!("item {seq} ('{item}'): {why}{tries}");
        self.failed.insert(at, (*seq, text));
        self.failed.truncate(SHOWN_MAX);
    }

    /// Writes the items that failed.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_failed(
        &self,
        totals: &Totals,
        colour: bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for (_, text) in &self.failed {
            Row::toned("failed", Tone::Bad, text.clone()).write(colour, out)?;
        }
        let more = totals.failed.saturating_sub(self.failed.len() as u64);
        if more > 0 {
            Row::plain("", format!("and {} more", units::count(more.into()))).write(colour, out)?;
        }
        Ok(())
    }

    /// Writes the totals, and a line for each worker.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, totals: &Totals, colour: bool, out: &mut dyn Write) -> io::Result<()> {
        let mut parts = vec![(
            Tone::Plain,
            format!("{} answered", units::count(totals.answered.into())),
        )];
        if totals.failed > 0 {
            let failed = units::count(totals.failed.into());
            parts.push((Tone::Bad, format!(", {failed} failed")));
        }
        if totals.retried > 0 {
            let retried = units::count(totals.retried.into());
            parts.push((Tone::Warning, format!(", {retried} given out again")));
        }
        if !totals.is_whole {
            parts.push((Tone::Warning, ", not all were read".to_owned()));
        }
        let label = "items";
        Row { label, parts }.write(colour, out)?;
        let elapsed_s = totals.elapsed.as_secs_f64();
        let rate = totals.answered as f64 / elapsed_s.max(1e-9);
        let text = format!(
            "{} on {}, {}",
            units::seconds(elapsed_s),
            units::count_of(totals.workers.len() as u128, "worker"),
            units::rate(rate, "items")
        );
        Row::plain("elapsed", text).write(colour, out)?;
        for (i, worker) in totals.workers.iter().enumerate().take(WORKERS_MAX) {
            let label = if i == 0 { "workers" } else { "" };
            let waiting = worker.alive.saturating_sub(worker.busy);
            let mut text = format!(
                "{:>3}  {}, busy {}, waiting {}, cpu {}",
                i + 1,
                units::count_of(worker.items.into(), "item"),
                units::seconds(worker.busy.as_secs_f64()),
                units::seconds(waiting.as_secs_f64()),
                units::seconds(worker.cpu.as_secs_f64()),
            );
            if worker.processes > 1 {
                let processes = units::count(worker.processes.into());
                text += &format!(", {processes} processes");
            }
            Row::plain(label, text).write(colour, out)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::map::WorkerTotals;
    use std::time::Duration;

    #[test]
    fn it_says_what_failed_and_what_the_workers_did() {
        let mut summary = Summary::new();
        for seq in (1..=12).rev() {
            summary.hear(&MapEvent::Failed {
                seq,
                item: b"a\tb".to_vec(),
                why: "no answer within 2.00 s".to_owned(),
                attempts: if seq == 1 { 3 } else { 1 },
            });
        }
        let worker = WorkerTotals {
            items: 1000,
            processes: 2,
            busy: Duration::from_secs(1),
            alive: Duration::from_secs(3),
            cpu: Duration::from_secs(2),
        };
        let totals = Totals {
            answered: 2000,
            failed: 12,
            retried: 3,
            elapsed: Duration::from_secs(4),
            is_whole: true,
            workers: vec![worker; 2],
            ..Totals::default()
        };
        let mut text = Vec::new();
        summary.write_failed(&totals, false, &mut text).unwrap();
        summary.write(&totals, false, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            r"failed     item 1 ('a\tb'): no answer within 2.00 s (3 attempts)"
        );
        assert!(lines[9].starts_with("failed     item 10 "));
        assert_eq!(lines[10].trim(), "and 2 more");
        assert_eq!(
            lines[11],
            "items      2,000 answered, 12 failed, 3 given out again"
        );
        assert_eq!(lines[12], "elapsed    4.00 s on 2 workers, 500 items/s");
        assert_eq!(
            lines[13],
            "workers      1  1,000 items, busy 1.00 s, waiting 2.00 s, cpu 2.00 s, 2 processes"
        );
        assert_eq!(lines.len(), 15);
    }
}
