//! The axes: which range they span, where their ticks are, where a value lies.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// Room left and right of the outermost worker counts, as a share of their distance.
const WORKERS_PADDING: f64 = 0.05;
/// Room above the largest speedup.
const SPEEDUP_PADDING: f64 = 1.06;
/// Speedups smaller than this are at 0: their labels would be nothing but noughts.
const SPEEDUPS_END_MIN: f64 = 0.001;
const SPEEDUP_TICKS_MAX: f64 = 9.0;
/// Room above and below the speedups of a logarithmic axis, as a share of their distance.
const DOUBLINGS_PADDING: f64 = 0.05;
/// Speedups smaller than this, about a millionth, are at the start of a logarithmic axis.
const DOUBLINGS_FROM: f64 = 1.0 / 1_048_576.0;

/// An axis with its ticks; logarithmic ones have base 2.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    from: f64,
    to: f64,
    log2: bool,
    ticks: Vec<f64>,
    /// Places after the point of a tick's label; a logarithmic axis has whole numbers and fractions.
    digits: usize,
}

impl Axis {
    /// The axis of worker counts, which are ascending. It spans `cpus` too when there are counts
    /// beyond them. Ticks are at the counts, but for those whose labels would come closer than
    /// `apart`, a share of the axis for a label of that many characters.
    pub(super) fn of_workers(
        counts: &[usize],
        cpus: usize,
        log2: bool,
        apart: impl Fn(usize) -> f64,
    ) -> Axis {
        let (Some(&first), Some(&last)) = (counts.first(), counts.last()) else {
            return Axis::of_workers(&[1, cpus.max(2)], cpus.max(2), log2, apart);
        };
        let first = if cpus > 0 { first.min(cpus) } else { first };
        let scaled = |x: usize| scaled(x as f64, log2);
        let (low, high) = (scaled(first), scaled(last));
        let padding = match high - low {
            0.0 => 0.5,
            distance => distance * WORKERS_PADDING,
        };
        let (from, to) = match log2 {
            true => ((low - padding).exp2(), (high + padding).exp2()),
            false => (low - padding, high + padding),
        };
        let mut axis = Axis {
            from,
            to,
            log2,
            ticks: Vec::new(),
            digits: 0,
        };
        axis.ticks = axis.spaced(counts, apart);
        axis
    }

    /// The counts whose labels don't touch: the last, and from the first on those that fit.
    fn spaced(&self, counts: &[usize], apart: impl Fn(usize) -> f64) -> Vec<f64> {
        let half = |count: usize| apart(count.to_string().len()) / 2.0;
        let touch = |a: usize, b: usize| {
            let distance = self.share(b as f64) - self.share(a as f64);
            distance < half(a) + half(b)
        };
        let Some((&last, others)) = counts.split_last() else {
            return Vec::new();
        };
        let mut kept: Vec<usize> = Vec::new();
        for &count in others {
            let free = kept.last().is_none_or(|&before| !touch(before, count));
            if free && !touch(count, last) {
                kept.push(count);
            }
        }
        kept.push(last);
        kept.into_iter().map(|count| count as f64).collect()
    }

    /// The axis of speedups from 0 to a little over `largest`, with round ticks.
    pub(super) fn of_speedups(largest: f64) -> Axis {
        let to = match largest > 0.0 {
            true => (largest * SPEEDUP_PADDING).max(SPEEDUPS_END_MIN),
            false => 1.0,
        };
        let least = to / SPEEDUP_TICKS_MAX;
        let exponent = least.log10().floor();
        let decade = 10_f64.powi(exponent as i32);
        let rounds = [1.0, 2.0, 5.0];
        let round = rounds.into_iter().find(|round| round * decade >= least);
        let step = round.unwrap_or(10.0) * decade;
        let count = (to / step).floor() as usize;
        Axis {
            from: 0.0,
            to,
            log2: false,
            ticks: (0..=count).map(|i| i as f64 * step).collect(),
            digits: (-step.log10().floor()).max(0.0) as usize,
        }
    }

    /// The logarithmic axis of speedups from a little under `smallest` to a little over `largest`, which
    /// are above 0 and at least twofold apart, with ticks at powers of two.
    pub(super) fn of_doublings(smallest: f64, largest: f64) -> Axis {
        let low = smallest.max(DOUBLINGS_FROM).log2();
        let high = largest.log2().max(low + 1.0);
        let padding = (high - low) * DOUBLINGS_PADDING;
        let (low, high) = (low - padding, high + padding);
        let step = ((high - low) / SPEEDUP_TICKS_MAX).ceil().max(1.0);
        // 1 is always among them, if it is on the axis at all.
        let first = (low / step).ceil();
        let count = (high / step).floor() - first;
        Axis {
            from: low.exp2(),
            to: high.exp2(),
            log2: true,
            ticks: (0..=count as u32)
                .map(|i| ((first + f64::from(i)) * step).exp2())
                .collect(),
            digits: 0,
        }
    }

    /// The labels of the ticks.
    pub(super) fn labels(&self) -> impl Iterator<Item = String> {
        self.ticks.iter().map(|tick| self.format_ext(tick))
    }

    /// The ticks with their labels.
    pub(super) fn ticks(&self) -> impl Iterator<Item = (f64, String)> {
        self.ticks.iter().map(|tick| (*tick, self.format_ext(tick)))
    }

    /// The largest value on the axis.
    pub(super) fn end(&self) -> f64 {
        self.to
    }

    /// Whether a value lies on the axis.
    pub(super) fn spans(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&value)
    }

    /// Where a value lies: 0 at the start of the axis, 1 at its end. What lies before the start of a
    /// logarithmic axis, as 0 does, is at the start.
    pub(super) fn share(&self, value: f64) -> f64 {
        let value = if self.log2 {
            value.max(self.from)
        } else {
            value
        };
        let [from, to, value] = [self.from, self.to, value].map(|x| scaled(x, self.log2));
        (value - from) / (to - from)
    }
}

fn scaled(x: f64, log2: bool) -> f64 {
    if log2 { x.log2() } else { x }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        start + (self.share(*value) * f64::from(end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        match self.log2 && *value < 1.0 {
            true => format!("1/{:.0}", value.recip()),
            false => format!("{value:.*}", self.digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workers(counts: &[usize], cpus: usize) -> Axis {
        Axis::of_workers(counts, cpus, false, |characters| 0.02 * characters as f64)
    }

    fn labels(axis: &Axis) -> Vec<String> {
        axis.labels().collect()
    }

    #[test]
    fn doublings_are_evenly_spaced() {
        let axis = Axis::of_workers(&[1, 2, 4, 8, 12], 12, true, |_| 0.02);
        assert!((axis.share(4.0) - axis.share(2.0) - (axis.share(2.0) - axis.share(1.0))) < 1e-12);
        let axis = Axis::of_doublings(0.9, 8.0);
        assert_eq!(labels(&axis), ["1", "2", "4", "8"]);
        assert!((axis.share(4.0) - axis.share(2.0) - (axis.share(2.0) - axis.share(1.0))) < 1e-12);
        assert!(axis.share(0.9) > 0.0 && axis.share(8.0) < 1.0);
        assert_eq!(axis.share(0.0), 0.0);
    }

    #[test]
    fn doublings_have_ticks_at_powers_of_two() {
        assert_eq!(labels(&Axis::of_doublings(0.2, 1.6)), ["1/4", "1/2", "1"]);
        assert_eq!(
            labels(&Axis::of_doublings(1.0 / 100.0, 64.0)),
            ["1/64", "1/16", "1/4", "1", "4", "16", "64"]
        );
        assert_eq!(labels(&Axis::of_doublings(0.0, 1.0)).len(), 8);
        assert_eq!(labels(&Axis::of_doublings(0.0, 1.0))[7], "1");
    }

    #[test]
    fn ticks_are_at_the_counts_unless_they_touch() {
        assert_eq!(labels(&workers(&[1, 2, 4], 2)), ["1", "2", "4"]);
        let close: Vec<usize> = (991..=1_000).chain([1_010]).collect();
        assert_eq!(
            labels(&workers(&close, 2_000)),
            ["991", "993", "995", "997", "999", "1010"]
        );
        assert_eq!(labels(&workers(&close, 8)), ["1010"], "from the CPUs on");
    }

    #[test]
    fn counts_beyond_the_cpus_bring_the_cpus_into_the_picture() {
        assert!(workers(&[4, 8], 2).spans(2.0));
        assert!(!workers(&[4, 8], 16).spans(16.0));
        assert!(workers(&[4], 4).spans(4.0));
        assert_eq!(labels(&workers(&[], 6)), ["1", "6"]);
    }

    #[test]
    fn speedups_have_round_ticks_with_as_many_places_as_they_need() {
        assert_eq!(
            labels(&Axis::of_speedups(4.9)),
            ["0", "1", "2", "3", "4", "5"]
        );
        assert_eq!(
            labels(&Axis::of_speedups(1.2)),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2"]
        );
        assert_eq!(
            labels(&Axis::of_speedups(14.9)),
            ["0", "2", "4", "6", "8", "10", "12", "14"]
        );
        assert_eq!(labels(&Axis::of_speedups(0.0)).len(), 6);
        assert_eq!(labels(&Axis::of_speedups(0.0042))[1], "0.0005");
        assert_eq!(labels(&Axis::of_speedups(900.0))[1], "200");
        assert_eq!(labels(&Axis::of_speedups(1e-7))[1], "0.0002");
    }

    #[test]
    fn values_map_onto_the_pixels_between_the_ends() {
        let axis = Axis::of_speedups(100.0 / SPEEDUP_PADDING);
        assert_eq!(axis.map(&0.0, (500, 100)), 500);
        assert_eq!(axis.map(&25.0, (500, 100)), 400);
        assert_eq!(axis.map(&100.0, (500, 100)), 100);
    }
}
