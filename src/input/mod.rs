//! The numbers a job reads: ranges and lists in the order given, never expanded in memory.

mod number;
mod parse;

pub use parse::InputError;

use crate::units;
use std::fmt;
use std::ops::Range;

/// An arithmetic progression of 64-bit numbers: `first`, `first + step`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progression {
    first: i64,
    step: i64,
    numbers: u128,
}

impl Progression {
    /// The progression of `numbers` numbers from `first` on, or `None` when it leaves the 64-bit
    /// domain.
    #[must_use]
    pub fn new(first: i64, step: i64, numbers: u128) -> Option<Progression> {
        let steps = i128::try_from(numbers.saturating_sub(1)).ok()?;
        let last = steps
            .checked_mul(i128::from(step))?
            .checked_add(i128::from(first))?;
        i64::try_from(last).ok()?;
        Some(Progression {
            first,
            step,
            numbers,
        })
    }

    /// The first number (also of an empty progression: where it would start).
    #[must_use]
    pub fn first(&self) -> i64 {
        self.first
    }

    /// What is added from one number to the next.
    #[must_use]
    pub fn step(&self) -> i64 {
        self.step
    }

    /// How many numbers, at most 2^64.
    #[must_use]
    pub fn numbers(&self) -> u128 {
        self.numbers
    }

    /// Number `i`, counted from 0.
    ///
    /// # Panics
    /// When `i` is not below [`numbers`](Self::numbers).
    #[must_use]
    pub fn nth(&self, i: u128) -> i64 {
        assert!(i < self.numbers, "position {i} of {}", self.numbers);
        // Within the domain by construction, so wrapping arithmetic on the low 64 bits is exact.
        let steps = i as i64;
        self.first.wrapping_add(steps.wrapping_mul(self.step))
    }

    /// The part at `positions`, which must lie within the progression.
    #[must_use]
    pub fn part(&self, positions: Range<u128>) -> Progression {
        if positions.is_empty() {
            return Progression {
                numbers: 0,
                ..*self
            };
        }
        Progression {
            first: self.nth(positions.start),
            step: self.step,
            numbers: positions.end - positions.start,
        }
    }
}

/// A run of numbers within an input, of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Numbers known by formula.
    Progression(Progression),
    /// Numbers given one by one.
    List(&'a [i64]),
}

/// A run of items of one kind, as the input holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Progression(Progression),
    List(Vec<i64>),
}

impl Segment {
    fn numbers(&self) -> u128 {
        match self {
            Segment::Progression(progression) => progression.numbers(),
            Segment::List(list) => list.len() as u128,
        }
    }
}

/// A sequence of numbers: ranges and single numbers in the order given, duplicates kept.
///
/// ```
/// use partask::input::Input;
/// let input: Input = "1..4,10,-2".parse()?;
/// assert_eq!(input.iter().collect::<Vec<i64>>(), [1, 2, 3, 10, -2]);
/// # Ok::<(), partask::input::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    text: String,
    step: Option<i64>,
    segments: Vec<Segment>,
    /// `ends[i]`: the position after the last number of segment i.
    ends: Vec<u128>,
}

impl Input {
    /// Reads `text` (see the crate's documentation for its forms), taking every `step`-th number
    /// of its ranges.
    ///
    /// # Errors
    /// An [`InputError`] that quotes the offending item and says what was expected.
    pub fn parse(text: &str, step: Option<i64>) -> Result<Input, InputError> {
        parse::input(text, step)
    }

    /// Reads a step for [`parse`](Self::parse): one number, in the same notations.
    ///
    /// # Errors
    /// When it is no number, or 0.
    pub fn parse_step(text: &str) -> Result<i64, InputError> {
        parse::step(text)
    }

    fn from_segments(text: String, step: Option<i64>, segments: Vec<Segment>) -> Input {
        let ends = segments
            .iter()
            .scan(0, |end, segment| {
                *end += segment.numbers();
                Some(*end)
            })
            .collect();
        Input {
            text,
            step,
            segments,
            ends,
        }
    }

    /// How many numbers there are.
    #[must_use]
    pub fn numbers(&self) -> u128 {
        self.ends.last().copied().unwrap_or(0)
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

    /// The numbers at `positions`, as few runs as they make; positions past the end are left out.
    pub fn pieces(&self, positions: Range<u128>) -> impl Iterator<Item = Piece<'_>> {
        let first = self.ends.partition_point(|&end| end <= positions.start);
        let begins = first.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.segments[first..]
            .iter()
            .scan(begins, |start, segment| {
                let segment_start = *start;
                *start += segment.numbers();
                Some((segment_start, segment))
            })
            .take_while(move |(start, _)| *start < positions.end)
            .map(move |(start, segment)| {
                let from = positions.start.max(start) - start;
                let to = (positions.end - start).min(segment.numbers());
                match segment {
                    Segment::Progression(progression) => {
                        Piece::Progression(progression.part(from..to))
                    }
                    Segment::List(list) => Piece::List(&list[from as usize..to as usize]),
                }
            })
    }

    /// The numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.iter_at(0..self.numbers())
    }

    /// The numbers at `positions` in order.
    pub fn iter_at(&self, positions: Range<u128>) -> impl Iterator<Item = i64> {
        self.pieces(positions).flat_map(|piece| {
            let (progression, list) = match piece {
                Piece::Progression(progression) => (Some(progression), &[][..]),
                Piece::List(list) => (None, list),
            };
            progression
                .into_iter()
                .flat_map(|p| (0..p.numbers()).map(move |i| p.nth(i)))
                .chain(list.iter().copied())
        })
    }

    /// The first number, or `None` of an empty input.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        self.iter().next()
    }

    /// The last number, or `None` of an empty input.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        let end = self.numbers();
        self.iter_at(end.saturating_sub(1)..end).next()
    }
}

impl std::str::FromStr for Input {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Input, InputError> {
        Input::parse(text, None)
    }
}

/// How the input was read, for people: `99,999,999 numbers, 1 to 99,999,999`.
impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", units::count_of(self.numbers(), "number"))?;
        let (Some(first), Some(last)) = (self.first(), self.last()) else {
            return Ok(());
        };
        match self.segments.as_slice() {
            _ if self.numbers() == 1 => write!(f, ", {}", units::number(first)),
            [Segment::Progression(p)] => {
                write!(f, ", {} to {}", units::number(first), units::number(last))?;
                match p.step() {
                    1 => Ok(()),
                    step => write!(f, " by {}", units::number(step)),
                }
            }
            _ => write!(
                f,
                ", first {}, last {}",
                units::number(first),
                units::number(last)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            prop_assert_eq!(input.numbers(), numbers.len() as u128);
            prop_assert_eq!(input.iter().collect::<Vec<_>>(), numbers.clone());
            prop_assert_eq!(input.first(), numbers.first().copied());
            prop_assert_eq!(input.last(), numbers.last().copied());
            let cut = cut as u128;
            let halves = input.iter_at(0..cut).chain(input.iter_at(cut..input.numbers().max(cut)));
            prop_assert_eq!(halves.collect::<Vec<_>>(), numbers);
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
            assert_eq!(Input::parse(text, step).unwrap().to_string(), echo);
        }
    }

    #[test]
    fn holds_the_whole_domain() {
        let all: Input = "-2^63..=9223372036854775807".parse().unwrap();
        assert_eq!(all.numbers(), 1 << 64);
        assert_eq!((all.first(), all.last()), (Some(i64::MIN), Some(i64::MAX)));
    }
}
