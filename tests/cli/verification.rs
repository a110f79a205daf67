//! A wrong kernel is caught, and a worker that panics ends the run: through the library, with chunk
//! functions that are wrong on purpose.

use crate::harness::spec;
use partask::cmd::Exit;
use partask::cmd::compute::{self, ComputeError, Spec};
use partask::exact::{I256, Sum};
use partask::kernel::{self, Kernel};
use partask::reduction::{Partial, Reduced, Reduction};
use partask::report::ComputeReport;
use partask::stop::Stop;
use std::ops::Range;

const CHUNK_SIZE: u64 = 100;

/// Ten chunks of a job, on some workers.
fn ten_chunks(job: &str, workers: usize) -> Spec {
    Spec {
        workers,
        chunk_size: Some(CHUNK_SIZE),
        ..spec(job, "1..=1000", None)
    }
}

/// Runs a job whose chunk at `position` is tampered with.
fn tampered(
    spec: &Spec,
    position: u128,
    tamper: impl Fn(Partial) -> Partial + Sync,
) -> Result<ComputeReport, ComputeError> {
    let stop = Stop::new();
    let honest = |positions: Range<u128>| {
        kernel::compute(
            &spec.job,
            Kernel::Scalar,
            spec.input.known().expect("a range"),
            positions,
            &stop,
        )
    };
    compute::run_with(
        spec,
        &stop,
        |_| (),
        |positions| match positions.contains(&position) {
            true => honest(positions).map(&tamper),
            false => honest(positions),
        },
    )
}

#[track_caller]
fn assert_wrong(result: Result<ComputeReport, ComputeError>, computed: &str, expected: &str) {
    let error = result.expect_err("a wrong total must not become a report");
    assert!(matches!(error, ComputeError::WrongTotal { .. }), "{error}");
    assert_eq!((error.exit(), error.exit().code()), (Exit::WrongTotal, 3));
    let message = error.to_string();
    for number in [computed, expected] {
        assert!(message.contains(number), "'{message}' lacks {number}");
    }
    assert_eq!(message.lines().count(), 1);
}

#[test]
fn an_honest_chunk_function_passes() {
    for (job, total) in [
        ("squares", "333833500"),
        ("cubes", "250500250000"),
        ("sum-of-squares", "333833500"),
    ] {
        let spec = ten_chunks(job, 2);
        let report = tampered(&spec, 0, |partial| partial).expect("nothing is wrong");
        let outcome = format!("{:?}", report.outcome);
        assert!(outcome.contains("Complete"), "{outcome}");
        let partask::report::Outcome::Complete(computed) = report.outcome else {
            unreachable!("it is complete");
        };
        assert_eq!(computed.to_string(), total);
    }
}

/// A sum that is off by something.
fn plus(reduced: Reduced, by: I256) -> Reduced {
    let Reduced::Sum(mut sum) = reduced else {
        panic!("no sum: {reduced:?}");
    };
    sum += Sum::from(by);
    Reduced::Sum(sum)
}

#[test]
fn off_by_one_in_one_chunk_is_caught() {
    for workers in [1, 8] {
        let off = |partial: Partial| Partial {
            reduced: plus(partial.reduced, I256::ONE),
            ..partial
        };
        let squares = tampered(&ten_chunks("squares", workers), 950, off);
        assert_wrong(squares, "333833501", "333833500");
        let cubes = tampered(&ten_chunks("cubes", workers), 0, off);
        assert_wrong(cubes, "250500250001", "250500250000");
    }
}

#[test]
fn a_number_left_out_or_taken_twice_is_caught() {
    let without = |partial: Partial| Partial {
        reduced: plus(partial.reduced, I256::from(-1_000_000)),
        ..partial
    };
    let sum = tampered(&ten_chunks("sum-of-squares", 2), 999, without);
    assert_wrong(sum, "332833500", "333833500");
    let spec = ten_chunks("squares", 2);
    let twice = compute::run_with(
        &spec,
        &Stop::new(),
        |_| (),
        |positions| {
            let (stop, len) = (Stop::new(), positions.end - positions.start);
            let shifted =
                positions.start.saturating_sub(1)..positions.start.saturating_sub(1) + len;
            kernel::compute(
                &spec.job,
                Kernel::Scalar,
                spec.input.known().expect("a range"),
                shifted,
                &stop,
            )
        },
    );
    assert!(matches!(twice, Err(ComputeError::WrongTotal { .. })));
}

#[test]
fn a_chunk_that_counts_fewer_numbers_never_makes_a_whole_total() {
    for workers in [1, 8] {
        let result = tampered(&ten_chunks("cubes", workers), 500, |_| {
            Partial::of_none(Reduction::Sum)
        });
        let error = result.expect_err("numbers are missing");
        assert_ne!(error.exit(), Exit::Success);
        assert!(
            !error.to_string().starts_with("interrupted"),
            "nobody interrupted it: {error}"
        );
    }
}

#[test]
fn a_chunk_that_counts_too_many_numbers_never_makes_a_whole_total() {
    let result = tampered(&ten_chunks("squares", 2), 500, |partial| Partial {
        numbers: partial.numbers + 1,
        ..partial
    });
    let error = result.expect_err("there are too many numbers");
    assert!(
        !error.to_string().starts_with("interrupted"),
        "nobody interrupted it: {error}"
    );
}

#[test]
fn a_panic_names_its_chunk_and_never_hangs() {
    for workers in [1, 8] {
        let spec = ten_chunks("squares", workers);
        let result = tampered(&spec, 450, |_| panic!("the kernel's own words"));
        let error = result.expect_err("a worker panicked");
        assert!(matches!(error, ComputeError::Panicked { .. }), "{error}");
        assert_eq!(error.exit(), Exit::Failure);
        let message = error.to_string();
        for part in ["chunk 4", "401 to 500", "the kernel's own words"] {
            assert!(message.contains(part), "'{message}' lacks '{part}'");
        }
    }
}

#[test]
fn every_chunk_panicking_ends_too() {
    for workers in [1, 8] {
        let spec = Spec {
            chunk_size: Some(1),
            ..ten_chunks("cubes", workers)
        };
        let result = compute::run_with(&spec, &Stop::new(), |_| (), |_| panic!("always"));
        assert!(matches!(result, Err(ComputeError::Panicked { .. })));
    }
}
