//! The measuring loop: which case runs when, how often, and when it is enough.
//!
//! It runs nothing itself and has no clock: both are handed in, so that tests drive it on made-up
//! time.

use crate::report::compare::{Comparison, Ended, Sample};
use crate::stop::StopReason;
use std::time::Duration;

/// The shortest time that is measured well: clocks, interrupts and the start of threads are a hundredth
/// of it.
const SAMPLE_MIN_S: f64 = 5e-3;

/// How long repeated work is to take: enough above the minimum that it stays there when a run is
/// faster than the warm-up was.
const SAMPLE_AIM_S: f64 = 10e-3;

/// The most repetitions in a sample.
const REPEATS_MAX: u32 = 100_000;

/// How often the repetitions are worked out anew: the first runs of a process are the slowest.
const CALIBRATIONS: u32 = 3;

/// What is measured, and the clock.
pub trait Bench {
    /// What can go wrong in a run.
    type Error;

    /// Runs a case `repeats` times; the sample has the means. `None` when it was stopped.
    ///
    /// # Errors
    /// When a run fails, or comes to a wrong answer.
    fn run(
        &mut self,
        comparison: &Comparison,
        case: usize,
        repeats: u32,
    ) -> Result<Option<Sample>, Self::Error>;

    /// The time since some moment before the measuring began.
    fn now(&self) -> Duration;

    /// Hears of every round that is done.
    ///
    /// # Errors
    /// When what has been measured can't be stored.
    fn round_done(&mut self, comparison: &mut Comparison) -> Result<(), Self::Error>;

    /// Why to stop, or `None` to go on.
    fn stop_reason(&self) -> Option<StopReason>;
}

/// Warms up, then takes rounds, each of one run of every case in random order, until it is enough.
/// When a run is stopped, the runs before it are kept.
///
/// # Errors
/// Those of `bench`.
pub fn measure<B: Bench>(comparison: &mut Comparison, bench: &mut B) -> Result<(), B::Error> {
    for case in 0..comparison.cases.len() {
        comparison.cases[case].repeats = warm_up(comparison, case, bench)?;
    }
    let started = bench.now();
    let mut random = fastrand::Rng::with_seed(comparison.settings.seed);
    let mut order: Vec<usize> = (0..comparison.cases.len()).collect();
    loop {
        // The same order would let one case always profit, or suffer, from the one before it.
        random.shuffle(&mut order);
        for &case in &order {
            let repeats = comparison.cases[case].repeats;
            match bench.run(comparison, case, repeats)? {
                Some(sample) => {
                    let round = comparison.rounds;
                    comparison.cases[case]
                        .samples
                        .push(Sample { round, ..sample });
                }
                None => {
                    let reason = bench.stop_reason().unwrap_or(StopReason::Interrupted);
                    comparison.ended = Some(Ended::Stopped(reason));
                    return Ok(());
                }
            }
        }
        comparison.rounds += 1;
        comparison.ended = ended(
            comparison,
            bench.now().saturating_sub(started),
            bench.stop_reason(),
        );
        bench.round_done(comparison)?;
        if comparison.ended.is_some() {
            return Ok(());
        }
    }
}

/// Why there is to be no further round, if so.
fn ended(comparison: &Comparison, elapsed: Duration, stop: Option<StopReason>) -> Option<Ended> {
    let settings = &comparison.settings;
    if let Some(reason) = stop {
        return Some(Ended::Stopped(reason));
    }
    if let Some(runs) = settings.runs {
        return (comparison.rounds >= runs).then_some(Ended::Runs);
    }
    if comparison.rounds < settings.min_runs {
        return None;
    }
    if comparison.is_precise() {
        return Some(Ended::Precise);
    }
    if settings
        .max_runs
        .is_some_and(|most| comparison.rounds >= most)
    {
        return Some(Ended::Runs);
    }
    (elapsed >= settings.max_time).then_some(Ended::MaxTime)
}

/// Runs a case as often as it takes to warm up; returns how often a sample is to repeat it.
///
/// Without a warm-up nothing is known of a case, and it is not repeated.
fn warm_up<B: Bench>(comparison: &Comparison, case: usize, bench: &mut B) -> Result<u32, B::Error> {
    let mut fastest_s = f64::INFINITY;
    for _ in 0..comparison.settings.warmup {
        match bench.run(comparison, case, 1)? {
            Some(sample) => fastest_s = fastest_s.min(sample.elapsed_s),
            None => return Ok(1),
        }
    }
    // A run of a program is one process, also where that is short: what it is prepared by, prints and
    // ends with belongs to it alone.
    let is_program = comparison.cases[case]
        .variant()
        .is_some_and(|variant| variant.program.is_some());
    let mut repeats = match is_program {
        true => 1,
        false => repeats_for(fastest_s),
    };
    for _ in 0..CALIBRATIONS {
        if repeats == 1 {
            break;
        }
        match bench.run(comparison, case, repeats)? {
            Some(sample) => fastest_s = fastest_s.min(sample.elapsed_s),
            None => return Ok(1),
        }
        repeats = repeats.max(repeats_for(fastest_s));
    }
    Ok(repeats)
}

/// How often work of this length is repeated in a sample.
fn repeats_for(elapsed_s: f64) -> u32 {
    if elapsed_s >= SAMPLE_MIN_S {
        return 1;
    }
    // Work that takes no time at all is repeated as often as anything is.
    (SAMPLE_AIM_S / elapsed_s)
        .ceil()
        .min(f64::from(REPEATS_MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::compare::Spec;
    use crate::cmd::compute;
    use crate::job::Job;
    use crate::machine::counters::Counts;
    use crate::report::compare::Settings;

    /// A bench on made-up time: each case takes the next of its durations, over and over.
    struct MadeUp {
        now_s: f64,
        durations_s: Vec<Vec<f64>>,
        /// Which case ran, with how many repetitions.
        ran: Vec<(usize, u32)>,
        rounds: Vec<u32>,
        stop_after: usize,
    }

    impl MadeUp {
        fn new(durations_s: &[&[f64]]) -> MadeUp {
            MadeUp {
                now_s: 1_000.0,
                durations_s: durations_s
                    .iter()
                    .map(|durations| durations.to_vec())
                    .collect(),
                ran: Vec::new(),
                rounds: Vec::new(),
                stop_after: usize::MAX,
            }
        }

        fn measured(&mut self, settings: Settings) -> Comparison {
            let workers: Vec<usize> = (1..=self.durations_s.len()).collect();
            let job = compute::Spec::new(Job::squares(), "1..100".parse().unwrap());
            let spec = Spec {
                settings,
                ..Spec::new(job, &workers)
            };
            let mut comparison = spec.comparison();
            measure(&mut comparison, self).unwrap_or_else(|()| unreachable!());
            comparison
        }
    }

    impl Bench for MadeUp {
        type Error = ();

        fn run(&mut self, _: &Comparison, case: usize, repeats: u32) -> Result<Option<Sample>, ()> {
            if self.ran.len() >= self.stop_after {
                return Ok(None);
            }
            let nth = self.ran.iter().filter(|(ran, _)| *ran == case).count();
            let durations_s = &self.durations_s[case];
            let elapsed_s = durations_s[nth % durations_s.len()];
            self.ran.push((case, repeats));
            self.now_s += elapsed_s * f64::from(repeats);
            Ok(Some(Sample {
                round: 0,
                elapsed_s,
                cpu_s: elapsed_s,
                system_cpu_s: 0.0,
                peak_memory_bytes: None,
                failed_with: None,
                counts: Counts::default(),
                inside: None,
            }))
        }

        fn now(&self) -> Duration {
            Duration::from_secs_f64(self.now_s)
        }

        fn round_done(&mut self, comparison: &mut Comparison) -> Result<(), ()> {
            self.rounds.push(comparison.rounds);
            Ok(())
        }

        fn stop_reason(&self) -> Option<StopReason> {
            (self.ran.len() >= self.stop_after).then_some(StopReason::Interrupted)
        }
    }

    const NOISY: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

    #[test]
    fn steady_cases_are_done_after_the_fewest_runs() {
        let mut bench = MadeUp::new(&[&[2.0], &[1.0]]);
        let comparison = bench.measured(Settings::default());
        assert_eq!(
            (comparison.rounds, comparison.ended),
            (5, Some(Ended::Precise))
        );
        assert!(comparison.cases.iter().all(|case| case.samples.len() == 5));
        assert_eq!(bench.rounds, [1, 2, 3, 4, 5]);
        assert_eq!(
            bench.ran[..2],
            [(0, 1), (1, 1)],
            "the warm-up comes first, in order"
        );
    }

    #[test]
    fn a_noisy_case_is_measured_until_the_time_is_up() {
        let mut bench = MadeUp::new(&[NOISY, &[1.0]]);
        let settings = Settings {
            max_time: Duration::from_secs(100),
            ..Settings::default()
        };
        let comparison = bench.measured(settings);
        assert_eq!(comparison.ended, Some(Ended::MaxTime));
        // A round takes 5 s on average, and the warm-up does not count.
        assert_eq!(comparison.rounds, 20);
    }

    #[test]
    fn the_fewest_runs_are_taken_whatever_the_time() {
        let mut bench = MadeUp::new(&[NOISY]);
        let settings = Settings {
            max_time: Duration::from_millis(1),
            min_runs: 8,
            ..Settings::default()
        };
        assert_eq!(bench.measured(settings).rounds, 8);
    }

    #[test]
    fn a_number_of_runs_is_kept_whatever_else() {
        for durations in [NOISY, &[1.0]] {
            let mut bench = MadeUp::new(&[durations]);
            let settings = Settings {
                runs: Some(13),
                max_time: Duration::from_secs(2),
                ..Settings::default()
            };
            let comparison = bench.measured(settings);
            assert_eq!(
                (comparison.rounds, comparison.ended),
                (13, Some(Ended::Runs))
            );
        }
    }

    #[test]
    fn the_order_is_random_but_the_seeds() {
        let orders = |seed| {
            let mut bench = MadeUp::new(&[&[1.0], &[2.0], &[3.0], &[4.0]]);
            bench.measured(Settings {
                seed,
                runs: Some(20),
                warmup: 0,
                ..Settings::default()
            });
            bench.ran.iter().map(|(case, _)| *case).collect::<Vec<_>>()
        };
        assert_eq!(orders(1), orders(1));
        assert_ne!(orders(1), orders(2));
        for round in orders(1).chunks(4) {
            let mut round = round.to_vec();
            round.sort_unstable();
            assert_eq!(round, [0, 1, 2, 3], "every case has its run in every round");
        }
        let firsts: std::collections::HashSet<usize> =
            orders(1).iter().copied().step_by(4).collect();
        assert_eq!(firsts.len(), 4, "every case comes first at times");
    }

    #[test]
    fn short_work_is_repeated_for_long_enough() {
        // The first run of all is slower than those that follow.
        let mut bench = MadeUp::new(&[&[0.004, 0.001, 0.001], &[0.0051]]);
        let comparison = bench.measured(Settings::default());
        assert_eq!(comparison.cases[0].repeats, 10);
        assert_eq!(comparison.cases[1].repeats, 1);
        assert_eq!(bench.ran[..4], [(0, 1), (0, 3), (0, 10), (0, 10)]);
        assert!(
            bench.ran[4..]
                .iter()
                .all(|(case, repeats)| *repeats == if *case == 0 { 10 } else { 1 })
        );
        let mut bench = MadeUp::new(&[&[0.0]]);
        assert_eq!(
            bench
                .measured(Settings {
                    runs: Some(1),
                    ..Settings::default()
                })
                .cases[0]
                .repeats,
            REPEATS_MAX
        );
        let mut bench = MadeUp::new(&[&[0.001]]);
        assert_eq!(
            bench
                .measured(Settings {
                    warmup: 0,
                    ..Settings::default()
                })
                .cases[0]
                .repeats,
            1
        );
    }

    #[test]
    fn what_was_measured_before_a_stop_is_kept() {
        let mut bench = MadeUp {
            stop_after: 9,
            ..MadeUp::new(&[NOISY, NOISY])
        };
        let comparison = bench.measured(Settings::default());
        assert_eq!(
            comparison.ended,
            Some(Ended::Stopped(StopReason::Interrupted))
        );
        assert_eq!(comparison.rounds, 3);
        let samples: usize = comparison.cases.iter().map(|case| case.samples.len()).sum();
        assert_eq!(samples, 7, "two runs were warm-up");
        assert_eq!(bench.rounds, [1, 2, 3]);
    }
}
