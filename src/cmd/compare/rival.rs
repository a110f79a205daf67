//! Somebody else's program beside the job: run in a process of its own, and its answer checked.

use super::CompareError;
use super::execution::{Setting, execute, sample};
use crate::machine::counters::Meter;
use crate::process::Environment;
use crate::reduction::Answer;
use crate::report::compare::{Execution, Rival, Sample};
use crate::stop::Stop;
use crate::units;

/// Runs a rival once; `None` when `stop` ended it.
pub(super) fn run(
    rival: &Rival,
    answer: Option<&Answer>,
    meter: &Meter,
    stop: &Stop,
) -> Result<Option<Sample>, CompareError> {
    let failed = |cause: String| CompareError::Rival {
        name: units::printable(&rival.name),
        cause,
    };
    let mut last_number = LastNumber::default();
    let environment = Environment::inherited().map_err(|error| failed(error.to_string()))?;
    let read = &mut |bytes: &[u8]| last_number.read(bytes);
    let setting = Setting {
        execution: &Execution::default(),
        environment: &environment,
        cpus: None,
        meter,
    };
    let ran = execute(&rival.line, &setting, stop, read).map_err(failed)?;
    let Some((exit, counts)) = ran else {
        return Ok(None);
    };
    if let Some(answer) = answer.filter(|_| rival.checked) {
        check(rival, &last_number.finish(), answer)?;
    }
    Ok(Some(sample(&exit, counts)))
}

fn check(rival: &Rival, printed: &str, answer: &Answer) -> Result<(), CompareError> {
    let expected = answer.to_string();
    if printed.strip_prefix('+').unwrap_or(printed) == expected {
        return Ok(());
    }
    let printed = if printed.is_empty() {
        "no number"
    } else {
        printed
    };
    Err(CompareError::RivalWrong {
        name: units::printable(&rival.name),
        printed: printed.to_owned(),
        expected,
    })
}

/// Finds the last number in a text that comes in pieces of any size.
///
/// A number begins with a digit, perhaps after a sign, and goes on through letters, digits and dots:
/// `5.01s` is one that is no integer.
#[derive(Debug, Default)]
struct LastNumber {
    /// What may become a number, or is one already.
    word: String,
    last: String,
}

impl LastNumber {
    /// Longer ones are no answers of any job; what is beyond is cut.
    const LEN_MAX: usize = 100;

    fn read(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'_' => {
                    if self.word.len() < LastNumber::LEN_MAX {
                        self.word.push(char::from(byte));
                    }
                }
                b'-' | b'+' => {
                    self.end_word();
                    self.word.push(char::from(byte));
                }
                _ => self.end_word(),
            }
        }
    }

    fn end_word(&mut self) {
        let digits = self.word.trim_start_matches(['-', '+']);
        if digits.starts_with(|c: char| c.is_ascii_digit()) {
            // A full stop ends the sentence, not the number.
            self.last = self.word.trim_end_matches('.').to_owned();
        }
        self.word.clear();
    }

    /// The last number, empty when there was none.
    fn finish(mut self) -> String {
        self.end_word();
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn last_number(pieces: &[&str]) -> String {
        let mut found = LastNumber::default();
        pieces.iter().for_each(|piece| found.read(piece.as_bytes()));
        found.finish()
    }

    #[test]
    fn the_last_number_is_found_in_any_text() {
        for (text, number) in [
            ("", ""),
            ("no number, x86 and v2", ""),
            ("55", "55"),
            ("1 2 3\n", "3"),
            ("total=-55.\n", "-55"),
            ("[1, 2, +3]", "+3"),
            ("sum: 55, took 5.01s", "5.01s"),
            ("3.3e23", "3.3e23"),
            ("7-8", "-8"),
            ("Größe 12 µs", "12"),
        ] {
            assert_eq!(last_number(&[text]), number, "{text}");
        }
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(text in "[ -~\n]{0,40}", at in 0usize..40) {
            let at = at.min(text.len());
            prop_assert_eq!(last_number(&[&text[..at], &text[at..]]), last_number(&[&text]));
        }
    }

    fn ran(line: &str, answer: i32) -> Result<Option<Sample>, CompareError> {
        let rival = Rival {
            name: "it".to_owned(),
            line: line.to_owned(),
            checked: true,
        };
        run(
            &rival,
            Some(&Answer::Integer(answer.into())),
            &Meter::new(),
            &Stop::new(),
        )
    }

    #[test]
    fn a_right_answer_has_a_time() {
        let sample = ran("echo it is 5", 5).unwrap().unwrap();
        assert!(sample.elapsed_s > 0.0 && sample.cpu_s >= sample.system_cpu_s);
        assert!(ran("echo 5; echo 6 >&2", 5).is_ok());
    }

    #[test]
    fn a_wrong_answer_has_none() {
        for (line, says) in [
            ("echo 6", "printed 6 last, but the answer is 5"),
            ("echo five", "printed no number last"),
            (
                "echo 5; echo oh no >&2; exit 3",
                "exited with code 3: oh no",
            ),
            ("kill -9 $$", "was ended by signal 9"),
            ("sleep 60 & echo 5", "still held its output"),
            ("./there-is-none", "there-is-none"),
        ] {
            let error = ran(line, 5).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn one_that_is_stopped_has_neither() {
        let rival = Rival {
            name: "it".to_owned(),
            line: "sleep 60".to_owned(),
            checked: true,
        };
        let stop = Stop::new().with_time_limit(std::time::Duration::from_millis(1));
        assert!(run(&rival, None, &Meter::new(), &stop).unwrap().is_none());
    }
}
