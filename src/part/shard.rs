//! Which of how many parts: arithmetic, nothing is stored for a part.

use super::ShardError;
use std::fmt;
use std::ops::Range;

/// The most shards a job is cut into: each leaves a file.
pub const SHARDS_MAX: u64 = 1_000_000;

/// Number K of N parts, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// Shard `index`, counted from 1, of `of`.
    ///
    /// # Errors
    /// Unless `index` is 1 to `of`, and that at most [`SHARDS_MAX`].
    pub fn new(index: u64, of: u64) -> Result<Shard, ShardError> {
        match index {
            _ if of == 0 => Err(ShardError::None),
            _ if of > SHARDS_MAX => Err(ShardError::TooMany { of }),
            0 => Err(ShardError::Zero { of }),
            _ if index > of => Err(ShardError::Beyond { index, of }),
            _ => Ok(Shard { index, of }),
        }
    }

    /// Which one, from 1.
    #[must_use]
    pub fn index(self) -> u64 {
        self.index
    }

    /// Of how many.
    #[must_use]
    pub fn of(self) -> u64 {
        self.of
    }

    /// The positions of its share of `count` numbers: all shares are as long, but for one number more in
    /// each of the first ones where the numbers do not divide evenly. Of few numbers the last shares
    /// are empty.
    #[must_use]
    pub fn positions(self, count: u128) -> Range<u128> {
        let (share, rest) = (count / u128::from(self.of), count % u128::from(self.of));
        let start = |index: u128| index * share + index.min(rest);
        start(u128::from(self.index) - 1)..start(u128::from(self.index))
    }
}

/// `2/4`.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl std::str::FromStr for Shard {
    type Err = ShardError;

    /// Reads `K/N`.
    fn from_str(text: &str) -> Result<Shard, ShardError> {
        let number = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| digits)
        };
        let numbers = text
            .split_once('/')
            .and_then(|(index, of)| Some((number(index)?, number(of)?)));
        let (index, of) = numbers.ok_or_else(|| ShardError::Form(text.to_owned()))?;
        Shard::new(index, of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shards_cover_every_position_once(count in prop_oneof![0u128..50, any::<u64>().prop_map(u128::from), Just(1u128 << 64)], of in 1u64..40) {
            let mut next = 0;
            let mut longest = 0;
            for index in 1..=of {
                let positions = Shard::new(index, of).unwrap().positions(count);
                prop_assert_eq!(positions.start, next);
                prop_assert!(positions.end >= positions.start);
                let len = positions.end - positions.start;
                prop_assert!(longest == 0 || len == longest || len + 1 == longest);
                longest = longest.max(len);
                next = positions.end;
            }
            prop_assert_eq!(next, count);
        }

        #[test]
        fn a_shard_is_read_as_it_is_written(index in 1u64..500, more in 0u64..500) {
            let shard = Shard::new(index, index + more).unwrap();
            prop_assert_eq!(shard.to_string().parse(), Ok(shard));
        }
    }

    #[test]
    fn what_is_no_shard_is_told_why() {
        for (text, said) in [
            ("0/4", "the first of 4 is 1/4"),
            ("5/4", "there are only 4"),
            ("1/0", "at least 1"),
            ("1/1000001", "1,000,000 at most"),
            ("a/b", "K/N, such as 2/4"),
            ("+1/4", "K/N"),
            ("1/4/2", "K/N"),
            ("3", "K/N"),
            ("", "K/N"),
            ("99999999999999999999/4", "K/N"),
        ] {
            let error = text.parse::<Shard>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
