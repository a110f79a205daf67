//! What holds of every input, whatever its magnitude: checked on random ones through the library.

use partask::cmd::compute::{self, Spec};
use partask::exact::BigInt;
use partask::input::Input;
use partask::job::Job;
use partask::kernel::Kernel;
use partask::report::Outcome;
use partask::stop::Stop;
use proptest::prelude::*;

/// An arithmetic progression within the domain.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: i64,
    step: i64,
    numbers: i64,
}

impl Run {
    /// The part from number `from` up to number `to`, as it is written on a command line.
    fn text(self, from: i64, to: i64) -> String {
        let at = |i| i128::from(self.first) + i128::from(self.step) * i128::from(i);
        if from == to {
            return format!("{0}..{0}", self.first);
        }
        format!("{}..={}", at(from), at(to - 1))
    }

    fn spec(self, job: &Job) -> Spec {
        self.part(job, 0, self.numbers)
    }

    fn part(self, job: &Job, from: i64, to: i64) -> Spec {
        let text = self.text(from, to);
        let input = Input::parse(&text, Some(self.step));
        Spec {
            workers: 2,
            ..Spec::new(job.clone(), input.unwrap_or_else(|error| panic!("{error}")))
        }
    }
}

/// Runs near zero, near every power of two and at both ends of the domain, up and down.
fn runs() -> impl Strategy<Value = Run> {
    let bits = prop_oneof![0u32..64, Just(32u32), Just(53u32), Just(63u32)];
    let step = prop_oneof![Just(1i64), 2i64..5_000, Just(1i64 << 40)];
    let sign = any::<(bool, bool)>();
    (bits, -4_000i128..4_000, step, sign, 0i64..6_000).prop_filter_map(
        "within the domain",
        |(bits, delta, step, (negative, down), numbers)| {
            let near = if negative {
                -(1i128 << bits)
            } else {
                1 << bits
            };
            let step = if down { -step } else { step };
            let first = i64::try_from(near + delta).ok()?;
            let last = i128::from(first) + i128::from(step) * i128::from((numbers - 1).max(0));
            i64::try_from(last).ok()?;
            Some(Run {
                first,
                step,
                numbers,
            })
        },
    )
}

fn jobs() -> impl Strategy<Value = Job> {
    prop::sample::select(Job::named().to_vec())
}

fn total(spec: &Spec) -> BigInt {
    let report = compute::run(spec, &Stop::new(), |_| ());
    match report.unwrap_or_else(|error| panic!("{error}")).outcome {
        Outcome::Complete(total) => total.integer().expect("an integer").clone(),
        other => panic!("neither a time limit nor a shard was asked for: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_range_split_anywhere_has_the_same_total(run in runs(), job in jobs(), cut: prop::sample::Index) {
        let middle = cut.index(run.numbers as usize + 1) as i64;
        let halves = total(&run.part(&job, 0, middle)) + total(&run.part(&job, middle, run.numbers));
        prop_assert_eq!(total(&run.spec(&job)), halves);

        let text = format!("{},{}", run.text(0, middle), run.text(middle, run.numbers));
        let input = Input::parse(&text, Some(run.step)).unwrap();
        prop_assert_eq!(total(&run.spec(&job)), total(&Spec::new(job.clone(), input)));
    }

    #[test]
    fn workers_and_chunks_leave_the_total_alone(
        run in runs(),
        job in jobs(),
        workers in 1usize..9,
        chunk_size in prop_oneof![1u64..50, 50u64..10_000, Just(u64::MAX)],
    ) {
        let spec = Spec { workers, chunk_size: Some(chunk_size), ..run.spec(&job) };
        prop_assert_eq!(total(&spec), total(&run.spec(&job)));
    }

    #[test]
    fn the_kernels_agree(run in runs(), job in jobs(), chunk_size in 1u64..10_000) {
        let chunk_size = Some(chunk_size);
        let auto = Spec { chunk_size, ..run.spec(&job) };
        let scalar = Spec { kernel: Kernel::Scalar, ..auto.clone() };
        prop_assert_eq!(total(&auto), total(&scalar));
    }

    #[test]
    fn negating_every_number_keeps_squares_and_negates_cubes(run in runs()) {
        prop_assume!(run.first != i64::MIN && run.step != i64::MIN);
        let negated = Run { first: -run.first, step: -run.step, ..run };
        let last = i128::from(run.first) + i128::from(run.step) * i128::from(run.numbers.max(1) - 1);
        prop_assume!(last != i128::from(i64::MIN));
        prop_assert_eq!(total(&negated.spec(&Job::squares())), total(&run.spec(&Job::squares())));
        prop_assert_eq!(total(&negated.spec(&Job::cubes())), -total(&run.spec(&Job::cubes())));
    }

    #[test]
    fn a_run_backwards_has_the_same_total(run in runs(), job in jobs()) {
        prop_assume!(run.numbers > 0);
        let first = run.first + run.step * (run.numbers - 1);
        let backwards = Run { first, step: -run.step, ..run };
        prop_assert_eq!(total(&backwards.spec(&job)), total(&run.spec(&job)));
    }

    #[test]
    fn a_list_is_its_numbers_whatever_the_order(numbers in prop::collection::vec(any::<i64>(), 1..200), job in jobs()) {
        let list = |numbers: &[i64]| {
            let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            total(&Spec::new(job.clone(), words.join(",").parse().unwrap()))
        };
        let plain: BigInt = numbers.iter().map(|&x| job.function().at(x).unwrap()).sum();
        let reversed: Vec<i64> = numbers.iter().rev().copied().collect();
        prop_assert_eq!(list(&numbers), plain.clone());
        prop_assert_eq!(list(&reversed), plain);
    }
}
