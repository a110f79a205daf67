//! How long the bar of a speedup is: in proportion, or by its doublings.

/// An ideal up to this far beyond the largest measurement is worth the shorter bars.
const IDEAL_OVER_MEASURED_MAX: f64 = 1.3;
/// How many doublings below the smallest speedup of the job a rival may push the start of the bars.
const DOUBLINGS_BELOW_JOB_MAX: f64 = 4.0;
/// The doublings at which bars start at the earliest: 2 to this power is about a millionth.
const START_MIN: f64 = -20.0;

/// From speedups to shares of a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    /// The speedup without a bar, which a logarithmic scale has above 0.
    start: f64,
    /// The speedup that fills the bar.
    end: f64,
    doublings: bool,
}

/// The speedups that a scale is for.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) of_job: Vec<f64>,
    pub(super) of_rivals: Vec<f64>,
    pub(super) fitted: Vec<f64>,
    pub(super) ideal: Vec<f64>,
}

impl Scale {
    /// The scale for these speedups. Equal steps are doublings if that is asked for; then the whole
    /// ideal is on it. Otherwise the largest speedup fills a bar, the ideal only when it is not far
    /// beyond.
    pub(super) fn new(shown: &Shown, doublings: bool) -> Scale {
        let largest = |figures: &[f64]| figures.iter().copied().fold(0.0, f64::max);
        let (fitted, ideal) = (largest(&shown.fitted), largest(&shown.ideal));
        let measured = largest(&shown.of_job).max(largest(&shown.of_rivals));
        if doublings {
            let smallest = |figures: &[f64]| {
                let above_0 = figures.iter().copied().filter(|figure| *figure > 0.0);
                above_0.fold(f64::INFINITY, f64::min)
            };
            let of_job = smallest(&shown.of_job).min(smallest(&shown.ideal));
            let of_all = of_job.min(smallest(&shown.of_rivals));
            // At a power of two, up to a doubling below the smallest, whose bar is to be seen.
            let below = |speedup: f64| speedup.log2().ceil() - 1.0;
            let start = below(of_all).max(below(of_job) + 1.0 - DOUBLINGS_BELOW_JOB_MAX);
            let start = start.clamp(START_MIN, -START_MIN).exp2();
            let end = measured.max(ideal).max(2.0 * start);
            return Scale {
                start,
                end,
                doublings,
            };
        }
        let near = [fitted, ideal]
            .into_iter()
            .filter(|guide| *guide <= measured * IDEAL_OVER_MEASURED_MAX);
        let end = match near.fold(measured, f64::max) {
            0.0 => 1.0,
            end => end,
        };
        Scale {
            start: 0.0,
            end,
            doublings,
        }
    }

    /// Which share of the bar a speedup fills; above 1 when it is beyond the end, 0 up to the start.
    pub(super) fn share(&self, speedup: f64) -> f64 {
        match self.doublings {
            true => (speedup.max(self.start) / self.start).log2() / (self.end / self.start).log2(),
            false => speedup / self.end,
        }
    }

    /// Whether a speedup is beyond the end.
    pub(super) fn ends_before(&self, speedup: f64) -> bool {
        speedup > self.end
    }

    /// Whether a measured speedup is before the start, where there are no bars.
    pub(super) fn starts_after(&self, speedup: f64) -> bool {
        speedup < self.start
    }

    /// The speedup at which bars begin, when they show doublings.
    pub(super) fn doublings_from(&self) -> Option<f64> {
        self.doublings.then_some(self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(of_job: &[f64], of_rivals: &[f64], ideal: &[f64], doublings: bool) -> Scale {
        let shown = Shown {
            of_job: of_job.to_vec(),
            of_rivals: of_rivals.to_vec(),
            ideal: ideal.to_vec(),
            fitted: Vec::new(),
        };
        Scale::new(&shown, doublings)
    }

    #[test]
    fn equal_steps_are_doublings() {
        let ideal = [1.0, 2.0, 4.0, 8.0];
        let scale = scale(&[1.0, 1.5, 2.0, 2.1], &[], &ideal, true);
        assert_eq!(
            ideal.map(|speedup| scale.share(speedup)),
            [0.25, 0.5, 0.75, 1.0]
        );
        assert_eq!(scale.doublings_from(), Some(0.5));
        assert_eq!(scale.share(0.0), 0.0);
    }

    #[test]
    fn a_rival_far_behind_leaves_the_job_its_room() {
        let rivals = |rival: f64| scale(&[1.0, 2.0], &[rival], &[1.0, 2.0], true);
        assert_eq!(rivals(0.25).doublings_from(), Some(0.125));
        assert_eq!(rivals(0.3).doublings_from(), Some(0.25));
        assert_eq!(rivals(1e-4).doublings_from(), Some(0.0625));
        assert!(rivals(1e-4).starts_after(1e-4) && !rivals(0.25).starts_after(0.25));
    }

    #[test]
    fn in_proportion_an_ideal_far_beyond_is_left_out() {
        assert!(!scale(&[1.0, 2.7], &[], &[1.0, 3.0], false).ends_before(3.0));
        let far = scale(&[1.0, 2.0], &[], &[1.0, 3.0], false);
        assert!(far.ends_before(3.0));
        assert_eq!((far.share(1.0), far.doublings_from()), (0.5, None));
        assert_eq!(scale(&[0.0], &[], &[], false).share(1.0), 1.0);
    }
}
