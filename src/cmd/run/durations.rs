//! How long the tasks took that have succeeded, for a time-out that is a multiple of their median.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many must have succeeded before their median says anything.
const ENOUGH: usize = 3;

#[derive(Debug, Default)]
pub(super) struct Durations {
    /// In ascending order.
    sorted: Mutex<Vec<Duration>>,
}

impl Durations {
    pub(super) fn push(&self, elapsed: Duration) {
        let mut sorted = self.sorted.lock().unwrap_or_else(PoisonError::into_inner);
        let at = sorted.partition_point(|known| *known <= elapsed);
        sorted.insert(at, elapsed);
    }

    /// That many times the median, once enough have succeeded.
    pub(super) fn median_times(&self, factor: f64) -> Option<Duration> {
        let sorted = self.sorted.lock().unwrap_or_else(PoisonError::into_inner);
        let middle = sorted.len() / 2;
        let median = match sorted.len() {
            0..ENOUGH => return None,
            len if len.is_multiple_of(2) => (sorted[middle - 1] + sorted[middle]) / 2,
            _ => sorted[middle],
        };
        Duration::try_from_secs_f64(median.as_secs_f64() * factor).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_counts_once_there_are_three() {
        let durations = Durations::default();
        for (ms, twice_ms) in [(30, None), (10, None), (50, Some(60)), (20, Some(50))] {
            durations.push(Duration::from_millis(ms));
            let twice = durations.median_times(2.0);
            assert_eq!(twice, twice_ms.map(Duration::from_millis));
        }
        assert_eq!(durations.median_times(1e300), None, "longer than any clock");
    }
}
