//! Intervals of integers with ends of 128 bits, or none, and the operators over them.

use num_integer::{div_floor, mod_floor};

/// An end of an interval: a number of 128 bits, or somewhere beyond those.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// Below all numbers of 128 bits.
    Below,
    At(i128),
    /// Above them.
    Above,
}

impl End {
    fn beyond(negative: bool) -> End {
        if negative { End::Below } else { End::Above }
    }

    fn is_negative(self) -> bool {
        self < End::At(0)
    }

    pub fn negated(self) -> End {
        match self {
            End::Below => End::Above,
            End::At(a) => a.checked_neg().map_or(End::Above, End::At),
            End::Above => End::Below,
        }
    }

    fn complement(self) -> End {
        match self {
            End::Below => End::Above,
            End::At(a) => End::At(!a),
            End::Above => End::Below,
        }
    }

    fn plus(self, other: End) -> End {
        match (self, other) {
            (End::At(a), End::At(b)) => a.checked_add(b).map_or(End::beyond(a < 0), End::At),
            (End::At(_), beyond) | (beyond, _) => beyond,
        }
    }

    pub fn times(self, other: End) -> End {
        if self == End::At(0) || other == End::At(0) {
            return End::At(0);
        }
        let beyond = End::beyond(self.is_negative() != other.is_negative());
        match (self, other) {
            (End::At(a), End::At(b)) => a.checked_mul(b).map_or(beyond, End::At),
            _ => beyond,
        }
    }

    /// Rounded down; `divisor` is not 0.
    fn over(self, divisor: End) -> End {
        let negative = self.is_negative() != divisor.is_negative();
        match (self, divisor) {
            (End::At(i128::MIN), End::At(-1)) => End::Above,
            (End::At(a), End::At(b)) => End::At(div_floor(a, b)),
            (_, End::At(_)) => End::beyond(negative),
            // What is divided by ever larger numbers comes ever nearer to 0.
            (End::At(0), _) => End::At(0),
            _ => End::At(if negative { -1 } else { 0 }),
        }
    }

    /// To a power of 0 or more; a negative number only to a power of 128 bits.
    fn to_power(self, exponent: End) -> End {
        match (self, exponent) {
            (_, End::At(0)) | (End::At(1), _) => End::At(1),
            (End::At(0), _) => End::At(0),
            (_, End::At(exponent)) => {
                let odd = exponent % 2 != 0;
                let beyond = End::beyond(self.is_negative() && odd);
                match (self, u32::try_from(exponent)) {
                    (End::At(-1), _) => End::At(if odd { -1 } else { 1 }),
                    (End::At(a), Ok(exponent)) => a.checked_pow(exponent).map_or(beyond, End::At),
                    _ => beyond,
                }
            }
            _ => End::Above,
        }
    }
}

/// All integers from one end to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    /// Never above the numbers of 128 bits.
    pub low: End,
    /// Never below them.
    pub high: End,
}

impl Interval {
    pub const ZERO: Interval = Interval::of(0, 0);
    pub const TRUTH: Interval = Interval::of(0, 1);

    pub const fn of(low: i128, high: i128) -> Interval {
        let (low, high) = (End::At(low), End::At(high));
        Interval { low, high }
    }

    /// The smallest interval that has all these ends.
    pub fn around(ends: impl IntoIterator<Item = End>) -> Interval {
        let (mut low, mut high) = (End::Above, End::Below);
        for end in ends {
            (low, high) = (low.min(end), high.max(end));
        }
        Interval {
            low: low.min(End::At(i128::MAX)),
            high: high.max(End::At(i128::MIN)),
        }
    }

    pub fn hull(self, other: Interval) -> Interval {
        Interval::around([self.low, self.high, other.low, other.high])
    }

    /// What of it lies in another.
    pub fn within(self, other: Interval) -> Option<Interval> {
        let (low, high) = (self.low.max(other.low), self.high.min(other.high));
        (low <= high).then_some(Interval { low, high })
    }

    /// What of it is negative, and what is not.
    pub fn halves(self) -> [Option<Interval>; 2] {
        let (below, above) = (End::At(-1), End::At(0));
        let negative = Interval {
            low: End::Below,
            high: below,
        };
        let positive = Interval {
            low: above,
            high: End::Above,
        };
        [self.within(negative), self.within(positive)]
    }

    pub fn contains(self, number: i128) -> bool {
        (self.low..=self.high).contains(&End::At(number))
    }

    pub fn is(self, number: i128) -> bool {
        self == Interval::of(number, number)
    }

    /// The only number in it.
    fn only(self) -> Option<i128> {
        match (self.low, self.high) {
            (End::At(low), End::At(high)) if low == high => Some(low),
            _ => None,
        }
    }

    pub fn is_same_number(self, other: Interval) -> bool {
        self.only().is_some() && self == other
    }

    /// Whether both ends are known.
    pub fn is_finite(self) -> bool {
        self.low != End::Below && self.high != End::Above
    }

    pub fn negated(self) -> Interval {
        Interval::around([self.low.negated(), self.high.negated()])
    }

    pub fn complement(self) -> Interval {
        Interval {
            low: self.high.complement(),
            high: self.low.complement(),
        }
    }

    pub fn abs(self) -> Interval {
        let ends = [self.low, self.high].map(|end| end.max(end.negated()));
        match self.contains(0) {
            true => Interval::around(ends).hull(Interval::ZERO),
            false => Interval::around(ends),
        }
    }

    pub fn plus(self, other: Interval) -> Interval {
        Interval::around([self.low.plus(other.low), self.high.plus(other.high)])
    }

    pub fn minus(self, other: Interval) -> Interval {
        let (low, high) = (other.high.negated(), other.low.negated());
        Interval::around([self.low.plus(low), self.high.plus(high)])
    }

    /// The hull of an operation over the four corners, between which it is monotonic in each operand.
    fn corners(self, other: Interval, of: fn(End, End) -> End) -> Interval {
        Interval::around([
            of(self.low, other.low),
            of(self.low, other.high),
            of(self.high, other.low),
            of(self.high, other.high),
        ])
    }

    pub fn times(self, other: Interval) -> Interval {
        self.corners(other, End::times)
    }

    /// What of a divisor is negative, and what is positive.
    fn divisors(self) -> impl Iterator<Item = Interval> {
        let negative = Interval {
            low: End::Below,
            high: End::At(-1),
        };
        let positive = Interval {
            low: End::At(1),
            high: End::Above,
        };
        [negative, positive]
            .into_iter()
            .filter_map(move |side| self.within(side))
    }

    /// Rounded down, by all divisors but 0.
    pub fn over(self, divisor: Interval) -> Interval {
        let quotients = divisor.divisors().map(|side| self.corners(side, End::over));
        quotients.reduce(Interval::hull).unwrap_or(Interval::ZERO)
    }

    /// The remainder, with the sign of the divisor, by all divisors but 0.
    pub fn modulo(self, divisor: Interval) -> Interval {
        let remainders = divisor.divisors().map(|side| match side.low.is_negative() {
            true => self.negated().modulo_positive(side.negated()).negated(),
            false => self.modulo_positive(side),
        });
        remainders.reduce(Interval::hull).unwrap_or(Interval::ZERO)
    }

    fn modulo_positive(self, divisor: Interval) -> Interval {
        let is_same = self.low >= End::At(0) && self.high < divisor.low;
        if is_same {
            return self;
        }
        if let (Some(divisor), End::At(low), End::At(high)) = (divisor.only(), self.low, self.high)
            && div_floor(low, divisor) == div_floor(high, divisor)
        {
            return Interval::of(mod_floor(low, divisor), mod_floor(high, divisor));
        }
        let largest = divisor.high.plus(End::At(-1));
        Interval {
            low: End::At(0),
            high: match self.low >= End::At(0) {
                true => largest.min(self.high),
                false => largest,
            },
        }
    }

    /// To all powers of 0 or more.
    pub fn to_power(self, exponent: Interval) -> Interval {
        let not_negative = Interval {
            low: End::At(0),
            high: End::Above,
        };
        let Some(exponent) = exponent.within(not_negative) else {
            return Interval::ZERO;
        };
        if let Some(only) = exponent.only() {
            let base = if only % 2 == 0 { self.abs() } else { self };
            let power = |end: End| end.to_power(End::At(only));
            return Interval::around([power(base.low), power(base.high)]);
        }
        let largest = self.abs().high.to_power(exponent.high);
        let ends = match self.low {
            low if low > End::At(0) => [low.to_power(exponent.low), largest],
            End::At(0) => [End::At(0), largest],
            _ => [largest.negated(), largest],
        };
        let zeroth = exponent.contains(0).then_some(End::At(1));
        Interval::around(ends.into_iter().chain(zeroth))
    }

    /// `a * 2^places`, by all places of 0 or more.
    pub fn shifted_left(self, places: Interval) -> Interval {
        match places.high.is_negative() {
            true => Interval::ZERO,
            false => self.times(Interval::of(2, 2).to_power(places)),
        }
    }

    /// `a // 2^places`, by all places of 0 or more.
    pub fn shifted_right(self, places: Interval) -> Interval {
        match places.high.is_negative() {
            true => Interval::ZERO,
            false => self.over(Interval::of(2, 2).to_power(places)),
        }
    }

    pub fn min(self, other: Interval) -> Interval {
        Interval {
            low: self.low.min(other.low),
            high: self.high.min(other.high),
        }
    }

    pub fn max(self, other: Interval) -> Interval {
        Interval {
            low: self.low.max(other.low),
            high: self.high.max(other.high),
        }
    }
}
