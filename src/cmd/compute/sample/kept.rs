//! Numbers of a stream that are kept to be checked, as it can't be read again.

use super::SAMPLE_LEN;

/// How many of every batch of numbers are kept, once the first of their chunk have been.
const PICKS: usize = 32;

/// Numbers that are kept of a chunk, or of a whole stream.
#[derive(Clone, Debug, Default)]
pub(in crate::cmd::compute) struct Kept {
    /// The first, as many as are checked; of a stream, a random sample as soon as there are more.
    pub(super) numbers: Vec<i64>,
    /// Of a chunk, some of every batch behind them.
    picks: Vec<i64>,
    /// Of a stream, how many picks there have been.
    picks_seen: usize,
}

impl Kept {
    /// Keeps some of the numbers that come next in a chunk.
    pub(in crate::cmd::compute) fn extend(&mut self, batch: &[i64]) {
        let room = SAMPLE_LEN - self.numbers.len();
        self.numbers.extend(batch.iter().take(room));
        if batch.len() > PICKS && room < batch.len() {
            self.picks
                .extend((0..PICKS).map(|_| batch[fastrand::usize(0..batch.len())]));
        } else if room < batch.len() {
            self.picks.extend(batch);
        }
    }

    /// Takes what has been kept of the chunk that comes next.
    pub(in crate::cmd::compute) fn append(&mut self, chunk: &Kept) {
        let room = SAMPLE_LEN - self.numbers.len();
        self.numbers.extend(chunk.numbers.iter().take(room));
        // Vitter, "Random sampling with a reservoir", 1985, algorithm R.
        for &pick in &chunk.picks {
            self.picks_seen += 1;
            let place = fastrand::usize(0..SAMPLE_LEN + self.picks_seen);
            if place < self.numbers.len() {
                self.numbers[place] = pick;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_kept_of_a_stream_are_its_numbers(lens in proptest::collection::vec(0usize..3_000, 0..12)) {
            let mut stream = Kept::default();
            let mut next = 0i64;
            for lens in lens.chunks(3) {
                let mut chunk = Kept::default();
                for len in lens {
                    let batch: Vec<i64> = (next..next + *len as i64).collect();
                    next += *len as i64;
                    chunk.extend(&batch);
                }
                stream.append(&chunk);
            }
            let kept = &stream.numbers;
            prop_assert_eq!(kept.len(), SAMPLE_LEN.min(next as usize));
            prop_assert!(kept.iter().all(|number| (0..next).contains(number)));
            if next as usize <= SAMPLE_LEN {
                prop_assert!(kept.iter().copied().eq(0..next));
            }
        }
    }
}
