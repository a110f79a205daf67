//! The numbers a job reads: ranges, lists, files and standard input, in the order given.

mod constant;
mod error;
mod feed;
mod number;
mod numbers;
mod parse;
mod region;
mod text;

pub use error::{GrowthError, InputError};
pub use feed::{BLOCK_LEN, Block, Chunk, Feed, OpenError, parse_block};
pub use numbers::{Numbers, Piece, Progression};
pub use region::Region;
pub use text::{TextEnd, TextError, parse_text};

use crate::units;
use std::ffi::OsStr;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Where numbers are read from as the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    StandardInput,
    /// A file, or anything else that can be opened by its path.
    File(PathBuf),
}

impl Source {
    /// The name that errors give it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Source::StandardInput => "standard input".to_owned(),
            Source::File(path) => units::printable(&path.to_string_lossy()),
        }
    }
}

/// A part of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Numbers known beforehand.
    Known(Numbers),
    /// Numbers read as the run goes on.
    Stream(Source),
}

/// A sequence of numbers: ranges, single numbers, files and standard input in the order given,
/// duplicates kept.
///
/// ```
/// use partask::input::Input;
/// let input: Input = "1..4,10,-2".parse()?;
/// let numbers = input.known().expect("no file among them");
/// assert_eq!(numbers.iter().collect::<Vec<i64>>(), [1, 2, 3, 10, -2]);
/// # Ok::<(), partask::input::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    text: String,
    step: Option<i64>,
    parts: Vec<Part>,
}

impl Input {
    /// Reads `text` (`A..B`, `A..=B`, `N`, `@FILE`, `-`, separated by commas), taking every
    /// `step`-th number of its ranges.
    ///
    /// # Errors
    /// An [`InputError`] that quotes the offending item and says what was expected.
    pub fn parse(text: &str, step: Option<i64>) -> Result<Input, InputError> {
        parse::input(OsStr::new(text), step)
    }

    /// Reads `text` as [`parse`](Self::parse) does; the name of a file need not be UTF-8.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_os(text: &OsStr, step: Option<i64>) -> Result<Input, InputError> {
        parse::input(text, step)
    }

    /// Reads a step for [`parse`](Self::parse): one number, in the same notations.
    ///
    /// # Errors
    /// When it is no number, or 0.
    pub fn parse_step(text: &str) -> Result<i64, InputError> {
        parse::step(text)
    }

    /// Reads a single number, in the same notations.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse_number(text: &str) -> Result<i64, InputError> {
        parse::number(text)
    }

    /// Whether standard input is a part of it, by whatever name.
    #[must_use]
    pub fn reads_standard_input(&self) -> bool {
        self.parts().iter().any(|part| match part {
            Part::Known(_) => false,
            Part::Stream(Source::StandardInput) => true,
            Part::Stream(Source::File(path)) => is_standard_input(path),
        })
    }

    /// The text the input was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The step its ranges were read with, when one was given.
    #[must_use]
    pub fn step(&self) -> Option<i64> {
        self.step
    }

    /// Its parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The numbers, when all are known beforehand.
    #[must_use]
    pub fn known(&self) -> Option<&Numbers> {
        match self.parts.as_slice() {
            [Part::Known(numbers)] => Some(numbers),
            _ => None,
        }
    }
}

impl Input {
    /// The numbers at `positions` of one that is known beforehand, under the same text.
    ///
    /// # Panics
    /// When it has a file or standard input in it.
    #[must_use]
    pub fn part(&self, positions: Range<u128>) -> Input {
        let numbers = self.known().expect("an input known beforehand");
        Input {
            parts: vec![Part::Known(numbers.part(positions))],
            ..self.clone()
        }
    }

    /// The same range going on until it is `times` as long.
    ///
    /// # Errors
    /// Unless it is one range, with a number in it, and stays within 64 bits.
    pub fn grown(&self, times: usize) -> Result<Input, GrowthError> {
        let range = self.known().and_then(Numbers::as_range);
        let range = range.ok_or(GrowthError::NotOneRange)?;
        if range.numbers() == 0 {
            return Err(GrowthError::Empty);
        }
        let numbers = range.numbers().checked_mul(times as u128);
        let grown = numbers.and_then(|n| Progression::new(range.first(), range.step(), n));
        let grown = grown.ok_or(GrowthError::Beyond64Bits { times })?;
        Ok(Input {
            parts: vec![Part::Known(Numbers::from(grown))],
            ..self.clone()
        })
    }
}

impl std::str::FromStr for Input {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Input, InputError> {
        Input::parse(text, None)
    }
}

/// Whether a path leads to standard input: `-`, or what the system calls it.
#[must_use]
pub fn is_standard_input(path: &Path) -> bool {
    let names = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];
    names.iter().any(|name| path == Path::new(name))
}

/// What is said when input is read from a terminal: otherwise it would look as if nothing happened.
#[must_use]
pub fn from_terminal(what: &str, advice: &str) -> String {
    format!("reading {what} from the terminal, until Ctrl-D at the start of a line{advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_goes_on_as_it_began() {
        let grown = |text: &str, step: Option<i64>, times: usize| {
            let input = Input::parse(text, step).expect(text);
            let grown = input.grown(times)?;
            assert_eq!(grown.text(), text);
            Ok(grown.known().expect("known").iter().collect::<Vec<i64>>())
        };
        assert_eq!(grown("1..4", None, 2), Ok(vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(grown("1..4", None, 1), Ok(vec![1, 2, 3]));
        assert_eq!(grown("10..0", Some(-4), 2), Ok(vec![10, 6, 2, -2, -6, -10]));
        for text in ["1,2", "5", "1..3,5..7", "-"] {
            assert_eq!(
                grown(text, None, 2),
                Err(GrowthError::NotOneRange),
                "{text}"
            );
        }
        assert_eq!(grown("5..5", None, 2), Err(GrowthError::Empty));
        let end = (i64::MAX - 1).to_string();
        for (text, times) in [(format!("0..{end}"), 2), ("0..1e18".to_owned(), usize::MAX)] {
            let error = GrowthError::Beyond64Bits { times };
            assert_eq!(grown(&text, None, times), Err(error));
        }
    }
    use proptest::prelude::*;

    fn known(input: &Input) -> &Numbers {
        input.known().unwrap()
    }

    fn input() -> impl Strategy<Value = (String, Vec<i64>)> {
        let item = prop_oneof![
            (-50i64..50).prop_map(|n| (n.to_string(), vec![n])),
            (-50i64..50, 0i64..40)
                .prop_map(|(a, n)| (format!("{a}..{}", a + n), (a..a + n).collect())),
            (-50i64..50, 0i64..40)
                .prop_map(|(a, n)| (format!("{a}..={}", a + n), (a..=a + n).collect())),
        ];
        proptest::collection::vec(item, 1..8).prop_map(|items| {
            let texts: Vec<String> = items.iter().map(|(text, _)| text.clone()).collect();
            (
                texts.join(","),
                items.into_iter().flat_map(|(_, numbers)| numbers).collect(),
            )
        })
    }

    proptest! {
        #[test]
        fn reads_items_in_order_and_cuts_anywhere((text, numbers) in input(), cut in 0usize..300) {
            let input: Input = text.parse().unwrap();
            prop_assert_eq!(known(&input).count(), numbers.len() as u128);
            prop_assert_eq!(known(&input).iter().collect::<Vec<_>>(), numbers.clone());
            prop_assert_eq!(known(&input).first(), numbers.first().copied());
            prop_assert_eq!(known(&input).last(), numbers.last().copied());
            let cut = cut as u128;
            let halves = known(&input).iter_at(0..cut).chain(known(&input).iter_at(cut..known(&input).count().max(cut)));
            prop_assert_eq!(halves.collect::<Vec<_>>(), numbers.clone());
            let mut batched = Vec::new();
            known(&input).for_each_batch(0..known(&input).count(), |batch| batched.extend_from_slice(batch));
            prop_assert_eq!(batched, numbers);
        }

        #[test]
        fn progressions_stay_in_the_domain(first: i64, step: i64, numbers in 0u128..1 << 66) {
            if let Some(p) = Progression::new(first, step, numbers) && numbers > 0 {
                let last = i128::from(first) + i128::from(step) * (numbers - 1) as i128;
                prop_assert_eq!(i128::from(p.nth(numbers - 1)), last);
                prop_assert_eq!(p.part(numbers - 1..numbers).first(), p.nth(numbers - 1));
            }
        }
    }

    #[test]
    fn says_how_it_was_read() {
        for (text, step, echo) in [
            ("1..100000000", None, "99,999,999 numbers, 1 to 99,999,999"),
            ("1..=3", None, "3 numbers, 1 to 3"),
            ("10..0", Some(-3), "4 numbers, 10 to 1 by -3"),
            ("5..5", None, "0 numbers"),
            ("10", None, "1 number, 10"),
            ("3,4,1..3", None, "4 numbers, first 3, last 2"),
        ] {
            assert_eq!(known(&Input::parse(text, step).unwrap()).to_string(), echo);
        }
    }

    #[test]
    fn holds_the_whole_domain() {
        let all: Input = "-2^63..=9223372036854775807".parse().unwrap();
        assert_eq!(known(&all).count(), 1 << 64);
        assert_eq!(
            (known(&all).first(), known(&all).last()),
            (Some(i64::MIN), Some(i64::MAX))
        );
    }
}
