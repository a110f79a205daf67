//! What becomes of items that a worker has left: who is to blame is found by giving them to others in
//! smaller portions, so that in the end one item fails alone.

use crate::event::task::{EndedBy, Exit, Status};
use crate::machine;
use crate::process::conversation::{Fault, Leftover, Portion};
use crate::units;
use std::time::Duration;

/// What becomes of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are given to workers again.
    Again(Vec<Portion>),
    /// The one item that there is has failed.
    Failed(Portion),
}

/// Judges items that were left by a process that ended so.
pub(super) fn judge(leftover: Leftover, exit: &Exit, retries: u32) -> Verdict {
    let Leftover {
        mut portion,
        fault,
        has_answered,
        has_progressed,
        ..
    } = leftover;
    // Whoever has done something and ends in good order does so on purpose.
    let is_clean = exit.status == Status::Code(0) && exit.ended_by == EndedBy::Itself;
    let has_worked = has_progressed || (has_answered && !portion.is_returned);
    if fault == Fault::Died && is_clean && has_worked {
        portion.is_returned = !has_progressed;
        return Verdict::Again(vec![portion]);
    }
    let is_counted = matches!(fault, Fault::Extra(_) | Fault::Missing(_));
    if portion.len() == 1 {
        // A line too much may belong to what came before, unless the item was alone.
        if !is_counted || portion.closes {
            portion.failures += 1;
        }
        if portion.failures > retries {
            return Verdict::Failed(portion);
        }
        portion.is_suspect = true;
        return Verdict::Again(vec![portion]);
    }
    // Most workers fail at the item that they have not answered; whoever miscounts may have anywhere,
    // and so may one that answers late.
    let at = match is_counted || portion.is_suspect {
        true => portion.len() / 2,
        false => 1,
    };
    portion.is_suspect = true;
    let rest = portion.split_off(at);
    Verdict::Again(vec![portion, rest])
}

/// Why items were left, in a sentence about the worker.
pub(super) fn reason(leftover: &Leftover, exit: &Exit, timeout: Option<Duration>) -> String {
    let items = leftover.portion.len();
    match leftover.fault {
        Fault::Died => match exit.status {
            Status::Code(code) => format!("its worker ended with exit code {code} unanswered"),
            Status::Signal { number, .. } => {
                let name = machine::signal_name(number);
                let name = name.map_or_else(|| format!("signal {number}"), ToOwned::to_owned);
                format!("its worker was ended by {name} unanswered")
            }
        },
        Fault::Hung => format!(
            "no answer within {}",
            units::seconds(timeout.unwrap_or_default().as_secs_f64())
        ),
        Fault::ClosedInput => "its worker has closed its input unanswered".to_owned(),
        Fault::LongAnswer => "its answer goes on for more than 6 MiB without an end".to_owned(),
        Fault::Extra(lines) | Fault::Missing(lines) => {
            let shown = String::from_utf8_lossy(&leftover.shown);
            let shown = match lines {
                0 => String::new(),
                _ => format!(": '{}'", units::printable(shown.trim_end())),
            };
            let lines = units::count_of(lines as u128, "line");
            format!("answered {lines} for {items}{shown}")
        }
        Fault::Unasked => "a line came that nothing was asked for".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Instant, SystemTime};

    fn exit(status: Status, ended_by: EndedBy) -> Exit {
        let (now, now_at) = (Instant::now(), SystemTime::now());
        Exit {
            status,
            ended_by,
            killed: false,
            leaked: false,
            started: now,
            started_at: now_at,
            ended: now,
            ended_at: now_at,
            background: 0,
            usage: machine::child::Usage::default(),
            output_bytes: [0; 2],
        }
    }

    fn portion(items: usize) -> Portion {
        Portion {
            first: 1,
            bytes: b"x\n".repeat(items),
            ends: (1..=items).map(|i| 2 * i).collect(),
            ..Portion::default()
        }
    }

    fn left(portion: Portion, fault: Fault, has_answered: bool) -> Leftover {
        Leftover {
            portion,
            fault,
            has_answered,
            has_progressed: false,
            shown: Vec::new(),
        }
    }

    fn lens(verdict: &Verdict) -> Vec<usize> {
        match verdict {
            Verdict::Again(portions) => portions.iter().map(Portion::len).collect(),
            Verdict::Failed(portion) => vec![portion.len(), 0],
        }
    }

    #[test]
    fn the_first_is_tried_alone_and_then_halves_are() {
        let crashed = exit(Status::Code(3), EndedBy::Itself);
        let verdict = judge(left(portion(9), Fault::Died, true), &crashed, 0);
        assert_eq!(lens(&verdict), [1, 8]);
        let Verdict::Again(portions) = verdict else {
            unreachable!()
        };
        assert!(portions.iter().all(|portion| portion.is_suspect));
        let verdict = judge(left(portions[1].clone(), Fault::Died, false), &crashed, 0);
        assert_eq!(lens(&verdict), [4, 4]);
        let verdict = judge(left(portion(9), Fault::Extra(10), true), &crashed, 0);
        assert_eq!(lens(&verdict), [4, 5]);
        let verdict = judge(left(portion(1), Fault::Died, true), &crashed, 0);
        assert_eq!(lens(&verdict), [1, 0]);
        let verdict = judge(left(portion(1), Fault::Hung, true), &crashed, 1);
        assert_eq!(lens(&verdict), [1]);
    }

    #[test]
    fn a_count_tells_only_of_an_item_that_was_alone() {
        let ended = exit(Status::Code(0), EndedBy::Itself);
        let open = judge(left(portion(1), Fault::Extra(2), true), &ended, 0);
        assert_eq!(lens(&open), [1]);
        let alone = Portion {
            closes: true,
            ..portion(1)
        };
        let closed = judge(left(alone, Fault::Missing(0), false), &ended, 0);
        assert_eq!(lens(&closed), [1, 0]);
    }

    #[test]
    fn who_ends_in_good_order_after_some_work_blames_nobody_once() {
        let ended = exit(Status::Code(0), EndedBy::Itself);
        let Verdict::Again(again) = judge(left(portion(3), Fault::Died, true), &ended, 0) else {
            panic!("nobody failed")
        };
        assert!(again.len() == 1 && again[0].is_returned && !again[0].is_suspect);
        let verdict = judge(left(again[0].clone(), Fault::Died, true), &ended, 0);
        assert_eq!(lens(&verdict), [1, 2]);
        let verdict = judge(left(portion(1), Fault::Died, false), &ended, 0);
        assert_eq!(lens(&verdict), [1, 0]);
    }
}
