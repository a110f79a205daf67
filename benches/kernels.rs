//! The kernels on one worker, at several magnitudes, beside the machine's limit and a plain loop.

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use partask::input::Input;
use partask::job::Job;
use partask::kernel::{self, Kernel};
use partask::stop::Stop;
use std::hint::black_box;
use std::time::Duration;

/// The numbers of one call: a chunk of the largest planned size.
const NUMBERS: u64 = 1 << 22;

fn kernels(criterion: &mut Criterion) {
    let stop = Stop::new();
    for (job, kernel) in [
        (Job::Squares, Kernel::Auto),
        (Job::Cubes, Kernel::Auto),
        (Job::Squares, Kernel::Scalar),
        (Job::Cubes, Kernel::Scalar),
    ] {
        let mut group = criterion.benchmark_group(format!("{} {}", job.name(), kernel.name()));
        group.throughput(Throughput::Elements(NUMBERS));
        for exponent in [8, 12, 15] {
            let first = 10u64.pow(exponent);
            let range = format!("{first}..{}", first + NUMBERS);
            let input: Input = range.parse().expect("a range");
            group.bench_function(format!("from 1e{exponent}"), |bencher| {
                bencher.iter(|| {
                    let positions = 0..u128::from(NUMBERS);
                    kernel::compute(
                        job,
                        kernel,
                        black_box(input.known().expect("a range")),
                        positions,
                        &stop,
                    )
                });
            });
        }
    }
}

fn yardsticks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("yardstick");
    group.throughput(Throughput::Elements(NUMBERS));
    let rounds = NUMBERS / common::LANES as u64;
    group.bench_function("multiply-add limit", |bencher| {
        bencher.iter(|| common::multiply_add(rounds, black_box(3), black_box(5)));
    });
    group.bench_function("multiply limit", |bencher| {
        bencher.iter(|| common::multiply(rounds, black_box(3)));
    });
    group.bench_function("cubes in a u128 loop", |bencher| {
        bencher.iter(|| common::cubes_u128(black_box(100_000_000), NUMBERS / 1024));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(30);
    targets = kernels, yardsticks
}
criterion_main!(benches);
