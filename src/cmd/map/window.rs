//! How many items a worker is given at a time: so many that it need not wait for more often, and so few
//! that a slow one does not keep others waiting for long.

use std::time::Duration;

/// How long a worker is to have enough to do; one that takes a process for it, for longer.
const SPAN: Duration = Duration::from_millis(20);
const BATCH_SPAN: Duration = Duration::from_millis(200);

/// The most items at a time.
const ITEMS_MAX: usize = 1 << 15;
const BATCH_MAX: usize = 1 << 17;

/// How many items the first process is given.
const BATCH_FIRST: usize = 1000;

/// How many times more items than before.
const GROWTH: usize = 4;

/// How many bytes of answers are expected at most.
const ANSWERS_LEN_MAX: usize = 1 << 18;
const BATCH_ANSWERS_LEN_MAX: usize = 1 << 20;

/// The number of items, planned from what the last ones took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    size: usize,
    max: usize,
    /// Whether each time takes a process.
    is_batch: bool,
}

impl Window {
    /// One that never has more than `max` items, if that is given.
    pub(super) fn new(max: Option<usize>) -> Window {
        Window {
            size: 1,
            max: max.unwrap_or(ITEMS_MAX),
            is_batch: false,
        }
    }

    /// From now on each time takes a process.
    pub(super) fn begin_batches(&mut self) {
        if !self.is_batch {
            *self = Window {
                size: BATCH_FIRST,
                max: BATCH_MAX,
                is_batch: true,
            };
        }
    }

    pub(super) fn size(self) -> usize {
        self.size
    }

    /// Plans by items that took so long.
    pub(super) fn learn(&mut self, items: usize, answer_bytes: usize, elapsed: Duration) {
        let per_item_s = elapsed.as_secs_f64() / items.max(1) as f64;
        // A float that is too large becomes the largest number.
        let (span, answers_len_max) = match self.is_batch {
            true => (BATCH_SPAN, BATCH_ANSWERS_LEN_MAX),
            false => (SPAN, ANSWERS_LEN_MAX),
        };
        let by_time = (span.as_secs_f64() / per_item_s.max(1e-9)) as usize;
        let by_bytes = answers_len_max / (answer_bytes / items.max(1)).max(1);
        let grown = self.size.saturating_mul(GROWTH);
        let wanted = by_time.min(by_bytes).min(grown).min(self.max);
        self.size = wanted.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_what_items_take() {
        let mut window = Window::new(None);
        let mut sizes = Vec::new();
        for per_item_ns in [1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000] {
            sizes.push(window.size());
            let items = window.size();
            let elapsed = Duration::from_nanos(per_item_ns * items as u64);
            window.learn(items, items, elapsed);
        }
        assert_eq!(sizes, [1, 4, 16, 64, 256, 1024, 4096, 16384, 20000]);
        window.learn(20_000, 1, Duration::from_secs(20));
        assert_eq!(window.size(), 20);
        window.learn(1, 1, Duration::from_secs(3));
        assert_eq!(window.size(), 1);
        window.learn(1, 1, Duration::ZERO);
        assert_eq!(window.size(), 4);
        window.learn(4, 4 << 20, Duration::from_nanos(4));
        assert_eq!(window.size(), 1);
    }

    #[test]
    fn what_was_asked_for_is_the_most() {
        let mut window = Window::new(Some(3));
        for expected in [1, 3, 3] {
            assert_eq!(window.size(), expected);
            window.learn(1, 1, Duration::from_nanos(1));
        }
    }
}
