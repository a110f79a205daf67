//! Numbers known beforehand: progressions and lists, by position, never expanded in memory.

use crate::units;
use std::fmt;
use std::ops::Range;

/// How many numbers of a progression are handed on at a time.
const BATCH_LEN: usize = 1024;

/// An arithmetic progression of 64-bit numbers: `first`, `first + step`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progression {
    first: i64,
    step: i64,
    numbers: u128,
}

impl Progression {
    /// The progression of `numbers` numbers from `first` on, or `None` when it leaves the 64-bit
    /// domain or repeats a number.
    #[must_use]
    pub fn new(first: i64, step: i64, numbers: u128) -> Option<Progression> {
        if numbers > 1 << 64 || (step == 0 && numbers > 1) {
            return None;
        }
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

impl<'a> Piece<'a> {
    /// How many numbers it has.
    #[must_use]
    pub fn count(&self) -> u128 {
        match self {
            Piece::Progression(run) => run.numbers(),
            Piece::List(list) => list.len() as u128,
        }
    }

    /// The number at a position, counted from 0.
    ///
    /// # Panics
    /// When it has none there.
    #[must_use]
    pub fn nth(&self, position: u128) -> i64 {
        match self {
            Piece::Progression(run) => run.nth(position),
            Piece::List(list) => list[usize::try_from(position).unwrap_or(usize::MAX)],
        }
    }

    /// The numbers at `positions`.
    ///
    /// # Panics
    /// When it has not all of them.
    #[must_use]
    pub fn part(&self, positions: Range<u128>) -> Piece<'a> {
        match self {
            Piece::Progression(run) => Piece::Progression(run.part(positions)),
            Piece::List(list) => {
                let at = |position| usize::try_from(position).unwrap_or(usize::MAX);
                Piece::List(&list[at(positions.start)..at(positions.end)])
            }
        }
    }
}

/// A run of items of one kind, as the input holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
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

/// A sequence of progressions and lists, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    segments: Vec<Segment>,
    /// `ends[i]`: the position after the last number of segment i.
    ends: Vec<u128>,
}

impl From<Progression> for Numbers {
    fn from(range: Progression) -> Numbers {
        let mut numbers = Numbers::default();
        numbers.push(Segment::Progression(range));
        numbers
    }
}

impl Numbers {
    pub(super) fn push(&mut self, segment: Segment) {
        let added = segment.numbers();
        match (self.segments.last_mut(), self.ends.last_mut(), segment) {
            (Some(Segment::List(list)), Some(end), Segment::List(more)) => {
                list.extend(more);
                *end += added;
            }
            (_, _, segment) => {
                self.ends.push(self.count() + added);
                self.segments.push(segment);
            }
        }
    }

    /// The range, when they are nothing else.
    pub(super) fn as_range(&self) -> Option<Progression> {
        match self.segments.as_slice() {
            [Segment::Progression(range)] => Some(*range),
            _ => None,
        }
    }

    /// Whether a range is among them, be it empty.
    pub(super) fn has_range(&self) -> bool {
        self.segments
            .iter()
            .any(|segment| matches!(segment, Segment::Progression(_)))
    }

    /// How many numbers there are.
    #[must_use]
    pub fn count(&self) -> u128 {
        self.ends.last().copied().unwrap_or(0)
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

    /// The numbers at `positions`, for themselves; positions past the end are left out.
    #[must_use]
    pub fn part(&self, positions: Range<u128>) -> Numbers {
        let mut part = Numbers::default();
        for piece in self.pieces(positions) {
            part.push(match piece {
                Piece::Progression(progression) => Segment::Progression(progression),
                Piece::List(list) => Segment::List(list.to_vec()),
            });
        }
        part
    }

    /// The numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.iter_at(0..self.count())
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

    /// Hands the numbers at `positions` on in batches, in order.
    pub fn for_each_batch(&self, positions: Range<u128>, mut batch: impl FnMut(&[i64])) {
        let mut numbers = [0i64; BATCH_LEN];
        for piece in self.pieces(positions) {
            match piece {
                Piece::List(list) => batch(list),
                Piece::Progression(run) => {
                    let mut rest = run;
                    while rest.numbers() > 0 {
                        let len = rest.numbers().min(BATCH_LEN as u128);
                        let filled = rest.part(0..len);
                        let batch_numbers = &mut numbers[..len as usize];
                        let mut next = filled.first();
                        for number in batch_numbers.iter_mut() {
                            *number = next;
                            next = next.wrapping_add(run.step());
                        }
                        batch(batch_numbers);
                        rest = rest.part(len..rest.numbers());
                    }
                }
            }
        }
    }

    /// The first number, or `None` when there are none.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        self.iter().next()
    }

    /// The last number, or `None` when there are none.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        let end = self.count();
        self.iter_at(end.saturating_sub(1)..end).next()
    }
}

/// What they are, for people: `99,999,999 numbers, 1 to 99,999,999`.
impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", units::count_of(self.count(), "number"))?;
        let (Some(first), Some(last)) = (self.first(), self.last()) else {
            return Ok(());
        };
        match self.segments.as_slice() {
            _ if self.count() == 1 => write!(f, ", {}", units::number(first)),
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
