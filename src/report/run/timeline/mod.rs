//! `--timeline`: which slot had which task when.

mod chart;

use super::outcome::{label, outcome};
use super::{RunInfo, Totals};
use crate::event::task::TaskEvent;
use crate::report::table::{self, Table};
use crate::report::width::shortened;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How many spans a slot keeps: more than the columns of any terminal, so that nothing that could be
/// seen is lost when more are put together.
const SPANS_MAX: usize = 1024;

/// How much time is looked at as one moment at first, when spans have to be put together.
const GRAIN: Duration = Duration::from_millis(1);

/// Up to how many attempts the table under the chart has.
const TABLE_MAX: usize = 20;

/// How wide the tasks in that table are, in columns.
const TASK_COLUMNS: usize = 40;

/// How much of a label is kept, in columns.
const LABEL_COLUMNS: usize = 40;

/// What happened when, one row a slot; drawn once the run is over. It takes some 100 KiB of memory a
/// slot at most, however many tasks there are: where they lie too close to be told apart, they are
/// put together.
#[derive(Debug)]
pub struct Timeline {
    started: Instant,
    /// By the slot's number less 1.
    slots: Vec<Slot>,
    /// The attempts, as long as there are few.
    few: Option<Vec<Attempt>>,
}

/// One attempt in the table.
#[derive(Debug)]
struct Attempt {
    task: String,
    slot: usize,
    start: Duration,
    end: Duration,
    result: String,
}

#[derive(Debug)]
struct Slot {
    spans: Vec<Span>,
    grain: Duration,
}

/// A time in which a slot was busy; times are from the run's start.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    start: Duration,
    end: Duration,
    /// What to call the attempt; `None` when it is several.
    label: Option<Label>,
    /// Whether it failed, or one of them did.
    failed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Label {
    seq: u64,
    text: Box<str>,
}

impl Default for Slot {
    fn default() -> Slot {
        Slot {
            spans: Vec::new(),
            grain: GRAIN,
        }
    }
}

impl Slot {
    fn push(&mut self, span: Span) {
        self.spans.push(span);
        while self.spans.len() > SPANS_MAX {
            self.merge();
            // Half of the room is to be free, so that this does not happen at every span.
            if self.spans.len() > SPANS_MAX / 2 {
                self.grain *= 2;
                self.merge();
            }
        }
    }

    /// Puts neighbours together that lie in one moment.
    fn merge(&mut self) {
        let grain = self.grain.as_nanos();
        let moment = |time: Duration| time.as_nanos() / grain;
        self.spans.dedup_by(|next, span| {
            let is_one = moment(span.start) == moment(next.end);
            if is_one {
                span.end = next.end;
                span.label = None;
                span.failed |= next.failed;
            }
            is_one
        });
    }
}

impl Timeline {
    /// The time of a run that has started.
    #[must_use]
    pub fn new(run: &RunInfo) -> Timeline {
        Timeline {
            started: run.started,
            slots: Vec::new(),
            few: Some(Vec::new()),
        }
    }

    /// Keeps when an attempt ran, now that it is over.
    pub fn hear<O>(&mut self, event: &TaskEvent<O>) {
        let TaskEvent::AttemptEnded {
            task,
            slot,
            attempt,
            attempted,
            ..
        } = event
        else {
            return;
        };
        // Without a process it took no time.
        let Some(exit) = attempted.exit() else {
            return;
        };
        let since_start = |at: Instant| at.saturating_duration_since(self.started);
        let (start, end) = (since_start(exit.started), since_start(exit.ended));
        let text = label(task);
        let at = slot.saturating_sub(1);
        if self.slots.len() <= at {
            self.slots.resize_with(at + 1, Slot::default);
        }
        self.slots[at].push(Span {
            start,
            end,
            label: Some(Label {
                seq: task.seq,
                text: shortened(&text, LABEL_COLUMNS).into(),
            }),
            failed: !attempted.is_success(),
        });
        if let Some(few) = &mut self.few {
            let again = match attempt {
                0 | 1 => String::new(),
                attempt => format!(", attempt {attempt}"),
            };
            few.push(Attempt {
                task: shortened(&format!("{}: {text}", task.seq), TASK_COLUMNS),
                slot: *slot,
                start,
                end,
                result: outcome(attempted) + &again,
            });
        }
        if self.few.as_ref().is_some_and(|few| few.len() > TABLE_MAX) {
            self.few = None;
        }
    }

    /// Draws it, no wider than `columns` where that can be, and with a table of the attempts when
    /// there are few. Nothing when nothing has run.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(
        &self,
        totals: &Totals,
        columns: usize,
        colour: bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.slots.is_empty() {
            return Ok(());
        }
        chart::write(&self.slots, totals.elapsed, columns, colour, out)?;
        match &self.few {
            Some(few) => {
                writeln!(out)?;
                write_table(few, out)
            }
            None => Ok(()),
        }
    }
}

fn write_table(few: &[Attempt], out: &mut dyn Write) -> io::Result<()> {
    let time = |time: Duration| format!("{:.3} s", time.as_secs_f64());
    let mut ordered: Vec<&Attempt> = few.iter().collect();
    ordered.sort_by_key(|attempt| attempt.start);
    let row = |attempt: &&Attempt| {
        vec![
            attempt.task.clone(),
            attempt.slot.to_string(),
            time(attempt.start),
            time(attempt.end),
            attempt.result.clone(),
        ]
    };
    let table = Table {
        columns: vec!["task", "slot", "start", "end", "result"],
        rows: ordered.iter().map(row).collect(),
    };
    table::human(&table, out)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::*;
    use proptest::prelude::*;

    fn timeline(tasks: &[(&str, usize, u64, u64, bool)]) -> Timeline {
        let mut timeline = Timeline::new(&run_info());
        for (i, (input, slot, start_ms, end_ms, succeeds)) in tasks.iter().enumerate() {
            let task = about(i as u64 + 1, &[input.as_bytes()]);
            let end = match succeeds {
                true => ok(*start_ms, *end_ms),
                false => failed(*start_ms, *end_ms, 1),
            };
            timeline.hear(&attempt_ended(&task, *slot, 1, end, None));
        }
        timeline
    }

    fn written(timeline: &Timeline, elapsed_ms: u64, columns: usize) -> String {
        let totals = Totals {
            elapsed: ms(elapsed_ms),
            ..Totals::new(2)
        };
        let mut out = Vec::new();
        timeline.write(&totals, columns, false, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_task_has_its_place() {
        let timeline = timeline(&[
            ("2", 2, 0, 2000, true),
            ("1", 2, 2000, 3000, true),
            ("5", 1, 0, 5000, true),
            ("3", 2, 3000, 6000, false),
        ]);
        let expected = "\
slot 1 │5━━━━━━━━━━━━━━━━━━━━━━━━━━━━
slot 2 │2━━━━━━━━━━│1━━━━│3╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳
       0 s         2 s         4 s         6 s
       ╳ failed

task  slot    start      end       result
1: 2     2  0.000 s  2.000 s  exit code 0
3: 5     1  0.000 s  5.000 s  exit code 0
2: 1     2  2.000 s  3.000 s  exit code 0
4: 3     2  3.000 s  6.000 s  exit code 1
";
        assert_eq!(written(&timeline, 6000, 46), expected);
    }

    #[test]
    fn many_tasks_take_little_memory_and_no_table() {
        let mut timeline = timeline(&[]);
        let mut end_ms = 0;
        for seq in 1..=100_000 {
            let start_ms = end_ms;
            end_ms += if seq == 50_000 { 100_000 } else { 1 };
            let task = about(seq, &[b"x"]);
            timeline.hear(&attempt_ended(&task, 1, 1, ok(start_ms, end_ms), None));
        }
        let spans = &timeline.slots[0].spans;
        assert!(spans.len() <= SPANS_MAX && timeline.few.is_none());
        assert_eq!(spans.last().unwrap().end, ms(end_ms));
        let long = spans
            .iter()
            .find(|span| span.end - span.start >= ms(100_000));
        assert_eq!(long.unwrap().label.as_ref().unwrap().seq, 50_000);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(written(&timeline(&[]), 10, 80), "");
        let mut timeline = timeline(&[]);
        timeline.hear(&attempt_ended(&about(1, &[]), 1, 1, not_found(), None));
        assert_eq!(written(&timeline, 10, 80), "");
    }

    proptest! {
        /// Whatever is put together, no time is lost or made up, and no failure.
        #[test]
        fn putting_together_keeps_what_was_busy(
            spans in prop::collection::vec((0u64..40, 1u64..2_000, any::<bool>()), 0..3_000),
        ) {
            let mut slot = Slot::default();
            let (mut end, mut busy, mut any_failed) = (Duration::ZERO, Duration::ZERO, false);
            for (idle_us, busy_us, failed) in spans {
                let start = end + Duration::from_micros(idle_us);
                end = start + Duration::from_micros(busy_us);
                busy += end - start;
                any_failed |= failed;
                let label = Some(Label { seq: 1, text: "x".into() });
                slot.push(Span { start, end, label, failed });
                prop_assert!(slot.spans.len() <= SPANS_MAX);
            }
            let ordered = slot.spans.windows(2).all(|pair| pair[0].end <= pair[1].start);
            let kept: Duration = slot.spans.iter().map(|span| span.end - span.start).sum();
            prop_assert!(ordered && kept >= busy && kept <= end);
            prop_assert_eq!(slot.spans.last().map_or(Duration::ZERO, |span| span.end), end);
            prop_assert_eq!(slot.spans.iter().any(|span| span.failed), any_failed);
        }
    }
}
