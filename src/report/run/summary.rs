//! What a run came to, in lines for people, and which tasks failed.

use super::Totals;
use super::outcome::{label, outcome};
use crate::event::task::{HaltedBy, TaskEvent};
use crate::report::styled::{Row, Tone};
use crate::report::width::shortened;
use crate::stop::StopReason;
use crate::units;
use std::io::{self, Write};

/// How many failed tasks are shown with what they wrote.
const SHOWN_MAX: usize = 10;

/// How many of the others are named by their numbers, or ranges of numbers.
const RANGES_MAX: usize = 20;

/// How many of the last lines of a task are shown.
const LINES_MAX: usize = 5;

/// How much of a line and of a label is shown, in columns.
const LINE_COLUMNS: usize = 160;
const LABEL_COLUMNS: usize = 60;

/// The counts of a run and the tasks that failed, the first of them with their last lines; written
/// once the run is over. It takes little memory however many tasks fail.
///
/// Tasks come in the order of the inputs, whenever they ended, so that a run that is repeated says the
/// same.
#[derive(Debug, Default)]
pub struct Summary {
    shown: Vec<Failed>,
    others: Numbers,
    /// Those that were told to end.
    stopped: Numbers,
}

/// A task that failed.
#[derive(Debug)]
struct Failed {
    seq: u64,
    label: String,
    outcome: String,
    attempts: u32,
    lines: Vec<String>,
}

/// Numbers of tasks, in order, with neighbours put together; the highest ranges are forgotten when
/// there are too many.
#[derive(Debug, Default)]
struct Numbers {
    count: u64,
    /// First and last.
    ranges: Vec<(u64, u64)>,
    /// The lowest number that is forgotten: no higher one is kept.
    forgotten: Option<u64>,
}

impl Numbers {
    fn push(&mut self, seq: u64) {
        self.count += 1;
        if self.forgotten.is_some_and(|forgotten| forgotten < seq) {
            return;
        }
        let ranges = &mut self.ranges;
        let at = ranges.partition_point(|(first, _)| *first < seq);
        ranges.insert(at, (seq, seq));
        for after in [at + 1, at] {
            if (1..ranges.len()).contains(&after) && ranges[after - 1].1 + 1 == ranges[after].0 {
                ranges[after - 1].1 = ranges.remove(after).1;
            }
        }
        if ranges.len() > RANGES_MAX {
            self.forgotten = ranges.pop().map(|(first, _)| first);
        }
    }

    /// `3, 5–7, …`.
    fn text(&self) -> String {
        let range = |(first, last): &(u64, u64)| match first == last {
            true => first.to_string(),
            false => format!("{first}–{last}"),
        };
        let more = self.forgotten.map_or("", |_| ", …");
        let ranges: Vec<String> = self.ranges.iter().map(range).collect();
        ranges.join(", ") + more
    }
}

impl Summary {
    /// Of a run in which nothing has failed yet.
    #[must_use]
    pub fn new() -> Summary {
        Summary::default()
    }

    /// Keeps a task that failed.
    pub fn hear<O>(&mut self, event: &TaskEvent<O>) {
        let TaskEvent::Finished(finished) = event else {
            return;
        };
        let task = &finished.task;
        if finished.attempted.is_success() {
            return;
        }
        if finished.attempted.is_stopped() {
            self.stopped.push(task.seq);
            return;
        }
        let at = self.shown.partition_point(|shown| shown.seq < task.seq);
        if at == SHOWN_MAX {
            self.others.push(task.seq);
            return;
        }
        let failed = Failed {
            seq: task.seq,
            label: shortened(&label(task), LABEL_COLUMNS),
            outcome: outcome(&finished.attempted),
            attempts: finished.attempts,
            lines: last_lines(&finished.tail),
        };
        self.shown.insert(at, failed);
        if self.shown.len() > SHOWN_MAX {
            let last = self.shown.pop();
            last.into_iter().for_each(|last| self.others.push(last.seq));
        }
    }

    /// Writes the counts, then the tasks that failed.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, totals: &Totals, colour: bool, out: &mut dyn Write) -> io::Result<()> {
        tasks_row(totals).write(colour, out)?;
        elapsed_row(totals).write(colour, out)?;
        for warning in warnings(totals) {
            Row::toned("", Tone::Warning, warning).write(colour, out)?;
        }
        for (i, failed) in self.shown.iter().enumerate() {
            let label = if i == 0 { "failed" } else { "" };
            failed.row(label).write(colour, out)?;
            for line in &failed.lines {
                Row::plain("", format!("  {line}")).write(colour, out)?;
            }
        }
        if self.others.count > 0 {
            let count = units::count(u128::from(self.others.count));
            let text = format!("and {count} more: {}", self.others.text());
            Row::plain("", text).write(colour, out)?;
        }
        match self.stopped.count {
            0 => Ok(()),
            1 => Row::plain("stopped", format!("task {}", self.stopped.text())).write(colour, out),
            _ => Row::plain("stopped", format!("tasks {}", self.stopped.text())).write(colour, out),
        }
    }
}

impl Failed {
    fn row(&self, label: &'static str) -> Row {
        let attempts = match self.attempts {
            0 | 1 => String::new(),
            attempts => format!(", {attempts} attempts"),
        };
        Row {
            label,
            parts: vec![
                (Tone::Strong, format!("{}: {}", self.seq, self.label)),
                (Tone::Plain, "  ".to_owned()),
                (Tone::Bad, format!("{}{attempts}", self.outcome)),
            ],
        }
    }
}

/// The last lines, printable, without the empty ones at the end.
fn last_lines(tail: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(tail);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let last = &lines[lines.len().saturating_sub(LINES_MAX)..];
    let shown = |line: &&str| shortened(&units::printable(line), LINE_COLUMNS);
    last.iter().map(shown).collect()
}

/// `tasks      98 succeeded, 2 failed, 1 done before, 5 not started: halted`.
fn tasks_row(totals: &Totals) -> Row {
    let count = |n: u64| units::count(u128::from(n));
    let mut parts = vec![(Tone::Good, format!("{} succeeded", count(totals.succeeded)))];
    let mut add = |tone, text: String| {
        parts.push((Tone::Plain, ", ".to_owned()));
        parts.push((tone, text));
    };
    if totals.failed > 0 {
        add(Tone::Bad, format!("{} failed", count(totals.failed)));
    }
    if totals.stopped_tasks > 0 {
        let text = format!("{} stopped", count(totals.stopped_tasks));
        add(Tone::Warning, text);
    }
    if totals.skipped > 0 {
        let text = format!("{} done by an earlier run", count(totals.skipped));
        add(Tone::Plain, text);
    }
    match totals.not_started {
        Some(0) => (),
        Some(n) => add(Tone::Warning, format!("{} not started", units::count(n))),
        None => add(Tone::Warning, "the rest not started".to_owned()),
    }
    let why = match totals.stopped {
        Some(StopReason::Interrupted) => Some("interrupted"),
        Some(StopReason::Terminated) => Some("terminated"),
        Some(StopReason::TimeLimit) => Some("time limit reached"),
        None => totals.halted.map(|by| match by {
            HaltedBy::Failures => "halted by a failure",
            HaltedBy::Successes => "halted: enough have succeeded",
            HaltedBy::Ends => "halted: enough are over",
        }),
    };
    if let Some(why) = why {
        parts.push((Tone::Warning, format!(" ({why})")));
    }
    Row {
        label: "tasks",
        parts,
    }
}

/// `elapsed    3.10 s on 4 workers, 11.2 s of CPU time, 3.61 CPUs busy`.
fn elapsed_row(totals: &Totals) -> Row {
    let elapsed_s = totals.elapsed.as_secs_f64();
    let workers = units::count_of(totals.workers as u128, "worker");
    let mut text = format!("{} on {workers}", units::seconds(elapsed_s));
    if !totals.cpu.is_zero() && elapsed_s > 0.0 {
        let cpu_s = totals.cpu.as_secs_f64();
        let busy = cpu_s / elapsed_s;
        text += &format!(
            ", {} of CPU time, {busy:.2} CPUs busy",
            units::seconds(cpu_s)
        );
    }
    Row::plain("elapsed", text)
}

/// What went on besides.
fn warnings(totals: &Totals) -> Vec<String> {
    let leaked = units::count_of(u128::from(totals.leaked), "attempt");
    let leaks = format!(
        "{leaked} left something behind that kept the output open; what it wrote later is not here"
    );
    let retries = match totals.retries {
        1 => "1 attempt was a retry".to_owned(),
        n => format!("{} attempts were retries", units::count(u128::from(n))),
    };
    let background = match totals.background {
        1 => "1 background process that a task had started was ended".to_owned(),
        n => format!(
            "{} background processes that tasks had started were ended",
            units::count(u128::from(n))
        ),
    };
    let given = [
        (totals.background > 0, background),
        (totals.leaked > 0, leaks),
        (totals.retries > 0, retries),
    ];
    let holding = given.into_iter().filter(|(holds, _)| *holds);
    holding.map(|(_, warning)| warning).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::*;
    use proptest::prelude::*;

    fn written(summary: &Summary, totals: &Totals) -> String {
        let mut out = Vec::new();
        summary.write(totals, false, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_run_that_went_well_takes_two_lines() {
        let totals = Totals {
            succeeded: 1_000,
            elapsed: ms(1250),
            ..Totals::new(1)
        };
        let expected = "\
tasks      1,000 succeeded
elapsed    1.25 s on 1 worker
";
        assert_eq!(written(&Summary::new(), &totals), expected);
    }

    #[test]
    fn the_tasks_that_failed_come_with_their_last_lines() {
        let mut summary = Summary::new();
        sample().iter().for_each(|event| summary.hear(event));
        let expected = "\
tasks      1 succeeded, 2 failed, 1 done by an earlier run, 2 not started (halted by a failure)
elapsed    1.25 s on 2 workers, 75.0 ms of CPU time, 0.06 CPUs busy
           1 attempt left something behind that kept the output open; what it wrote later is not here
           1 attempt was a retry
failed     2: \u{fffd} b c  exit code 3, 2 attempts
             out
             no
           3: echo  cannot find 'x'
";
        assert_eq!(written(&summary, &sample_totals()), expected);
    }

    #[test]
    fn many_failures_are_numbers() {
        let mut summary = Summary::new();
        for seq in [20, 13].into_iter().chain((1..=10).rev()).chain([12, 14]) {
            let tail = b"1\n2\n3\n4\n5\n\x1b[31m6\n\n";
            let event = finished(&about(seq, &[]), 1, 1, failed(0, 1, 1), [tail, b""]);
            summary.hear(&event);
        }
        let text = written(&summary, &Totals::new(1));
        assert_eq!(text.lines().count(), 2 + 10 * 6 + 1);
        assert!(text.contains("             5\n             \\u{1b}[31m6\n           2: echo"));
        assert!(
            text.ends_with("           and 4 more: 12–14, 20\n"),
            "{text}"
        );
        for seq in (100..200).step_by(2) {
            let event = finished(&about(seq, &[]), 1, 1, failed(0, 1, 1), [b"", b""]);
            summary.hear(&event);
        }
        let text = written(&summary, &Totals::new(1));
        assert!(text.contains("and 54 more: 12–14, 20, 100, ") && text.ends_with("134, …\n"));
    }

    proptest! {
        #[test]
        fn numbers_are_in_order_whenever_they_come(
            seqs in Just((1..60u64).collect::<Vec<_>>()).prop_shuffle(),
            len in 0usize..60,
        ) {
            let mut numbers = Numbers::default();
            let mut set = std::collections::BTreeSet::new();
            for seq in &seqs[..len] {
                numbers.push(*seq);
                set.insert(*seq);
            }
            prop_assert_eq!(numbers.count, len as u64);
            let kept: Vec<u64> = numbers.ranges.iter().flat_map(|(a, b)| *a..=*b).collect();
            let last = kept.last().copied().unwrap_or_default();
            let up_to: Vec<u64> = set.range(..=last).copied().collect();
            prop_assert_eq!(&kept, &up_to);
            prop_assert_eq!(numbers.forgotten.is_some(), kept.len() < len);
            let gaps = kept.windows(2).filter(|pair| pair[0] + 1 < pair[1]).count();
            prop_assert_eq!(numbers.ranges.len(), if kept.is_empty() { 0 } else { gaps + 1 });
        }
    }

    #[test]
    fn why_a_run_ended_is_said() {
        for (stopped, halted, not_started, expected) in [
            (None, false, Some(0), "0 succeeded\n"),
            (
                None,
                true,
                None,
                "0 succeeded, the rest not started (halted by a failure)\n",
            ),
            (
                Some(StopReason::Interrupted),
                false,
                Some(3),
                "0 succeeded, 3 not started (interrupted)\n",
            ),
            (
                Some(StopReason::Terminated),
                true,
                Some(0),
                "0 succeeded (terminated)\n",
            ),
            (
                Some(StopReason::TimeLimit),
                false,
                Some(0),
                "0 succeeded (time limit reached)\n",
            ),
        ] {
            let totals = Totals {
                stopped,
                halted: halted.then_some(HaltedBy::Failures),
                not_started,
                ..Totals::new(1)
            };
            let text = written(&Summary::new(), &totals);
            assert!(
                text.starts_with(&format!("tasks      {expected}")),
                "{text}"
            );
        }
    }
}
