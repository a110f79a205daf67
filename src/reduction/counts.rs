//! How often each value occurs, for many values of up to 128 bits.

use super::HISTOGRAM_LEN_MAX;
use crate::exact::BigInt;
use std::collections::{BTreeMap, HashMap};

/// Values from 0 up to this are counted in a table.
const DENSE_LEN: usize = 4_096;

/// Counts values.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Of small values, at their places.
    dense: Vec<u64>,
    /// Of the others, while there are not too many.
    sparse: HashMap<i128, u64>,
    are_too_many: bool,
}

impl Counts {
    /// Counts a value.
    pub fn take(&mut self, value: i128) {
        match usize::try_from(value) {
            Ok(place) if place < DENSE_LEN => {
                if self.dense.is_empty() {
                    self.dense = vec![0; DENSE_LEN];
                }
                self.dense[place] += 1;
            }
            _ if self.are_too_many => {}
            _ => {
                *self.sparse.entry(value).or_default() += 1;
                if self.sparse.len() > HISTOGRAM_LEN_MAX {
                    self.are_too_many = true;
                    self.sparse.clear();
                }
            }
        }
    }

    /// All counts; `None` when there are more distinct values than a histogram has.
    #[must_use]
    pub fn finish(self) -> Option<BTreeMap<BigInt, u128>> {
        let dense = self.dense.into_iter().enumerate();
        let dense = dense.map(|(value, count)| (value as i128, count));
        let all = dense.chain(self.sparse).filter(|(_, count)| *count > 0);
        let all: BTreeMap<BigInt, u128> = all
            .map(|(value, count)| (value.into(), count.into()))
            .collect();
        (!self.are_too_many && all.len() <= HISTOGRAM_LEN_MAX).then_some(all)
    }
}
