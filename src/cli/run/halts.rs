//! What `--halt` says: partask's three words, and GNU parallel's notation.

use crate::cmd::Usage;
use crate::cmd::run::{Amount, Enough, Halt};
use crate::event::task::HaltedBy;
use crate::units;
use std::borrow::Cow;
use std::num::NonZero;

/// Reads `--halt` and `--max-failures`.
pub(super) fn halt(when: Option<&str>, max_failures: Option<&str>) -> Result<Halt, Usage> {
    let max = max_failures.map(|text| {
        text.trim().parse().map_err(|_| {
            Usage(format!(
                "--max-failures '{}': give a whole number from 1 up",
                text.escape_debug()
            ))
        })
    });
    let max: Option<NonZero<u64>> = max.transpose()?;
    let failures = Enough::failures(max.unwrap_or(NonZero::<u64>::MIN));
    let words = when.map(spelled_out);
    let (word, rest) = match words.as_deref() {
        None => return Ok(max.map_or(Halt::Never, |_| Halt::Soon(failures))),
        Some(words) => words
            .split_once(',')
            .map_or((words, None), |(a, b)| (a, Some(b))),
    };
    let enough = match rest {
        None => failures,
        Some(_) if max.is_some() => {
            return Err(Usage(format!(
                "--halt {} says itself after how many: leave --max-failures out",
                when.unwrap_or_default().escape_debug()
            )));
        }
        Some(rest) => enough(rest).ok_or_else(|| wrong(when))?,
    };
    match (word, rest) {
        ("never" | "0", Some(_)) => Err(wrong(when)),
        ("never" | "0", None) if max.is_some() => Err(Usage(
            "--max-failures halts the run, and --halt never does not: leave one of them out"
                .to_owned(),
        )),
        ("never" | "0", None) => Ok(Halt::Never),
        ("soon", _) | ("1", None) => Ok(Halt::Soon(enough)),
        ("now", _) | ("2", None) => Ok(Halt::Now(enough)),
        _ => Err(wrong(when)),
    }
}

/// The same in words: GNU parallel's numbers, of which those below 0 count successes.
fn spelled_out(when: &str) -> Cow<'_, str> {
    match when {
        "-1" => "soon,success=1".into(),
        "-2" => "now,success=1".into(),
        share if share.ends_with('%') && !share.contains(',') => {
            format!("soon,fail={share}").into()
        }
        when => when.into(),
    }
}

/// Reads `fail=1`, `success=3`, `done=20%`.
fn enough(text: &str) -> Option<Enough> {
    let (of, amount) = text.split_once('=')?;
    let of = match of {
        "fail" => HaltedBy::Failures,
        "success" => HaltedBy::Successes,
        "done" => HaltedBy::Ends,
        _ => return None,
    };
    let amount = match amount.ends_with('%') {
        true => Amount::Share(units::parse_share(amount).ok()?),
        false => Amount::Count(amount.parse().ok()?),
    };
    Some(Enough { of, amount })
}

fn wrong(when: Option<&str>) -> Usage {
    Usage(format!(
        "--halt '{}': give never, soon or now, or as GNU parallel has it: soon or now, a comma, and fail=, success= or done= with a number or a share such as 20%",
        when.unwrap_or_default().escape_debug()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(count: u64) -> Enough {
        Enough::failures(NonZero::new(count).expect("not 0"))
    }

    #[test]
    fn both_notations_are_read() {
        let of = |of, count| Enough { of, ..after(count) };
        let share = Enough {
            amount: Amount::Share(0.2),
            ..after(1)
        };
        for (when, max, halt_at) in [
            (None, None, Halt::Never),
            (Some("never"), None, Halt::Never),
            (Some("0"), None, Halt::Never),
            (Some("soon"), None, Halt::Soon(after(1))),
            (Some("1"), None, Halt::Soon(after(1))),
            (Some("2"), None, Halt::Now(after(1))),
            (Some("20%"), None, Halt::Soon(share)),
            (Some("-1"), None, Halt::Soon(of(HaltedBy::Successes, 1))),
            (Some("-2"), None, Halt::Now(of(HaltedBy::Successes, 1))),
            (Some("now"), Some("3"), Halt::Now(after(3))),
            (None, Some("2"), Halt::Soon(after(2))),
            (Some("now,fail=1"), None, Halt::Now(after(1))),
            (Some("soon,fail=20%"), None, Halt::Soon(share)),
            (
                Some("now,success=1"),
                None,
                Halt::Now(of(HaltedBy::Successes, 1)),
            ),
            (Some("now,done=3"), None, Halt::Now(of(HaltedBy::Ends, 3))),
        ] {
            assert_eq!(halt(when, max), Ok(halt_at), "{when:?} {max:?}");
        }
        for (when, max) in [
            ("later", None),
            ("-3", None),
            ("x%", None),
            ("-1", Some("2")),
            ("now,fail", None),
            ("now,fail=0", None),
            ("now,fail=x%", None),
            ("never,fail=1", None),
            ("never", Some("1")),
            ("now,fail=1", Some("1")),
            ("now", Some("0")),
        ] {
            assert!(halt(Some(when), max).is_err(), "{when} {max:?}");
        }
    }
}
