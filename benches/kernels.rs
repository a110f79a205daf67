//! The kernels on one worker, at several magnitudes, beside the machine's limit and a plain loop.

mod common;

use common::limit;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use partask::input::Input;
use partask::job::Job;
use partask::kernel::{self, InstructionSet, Kernel};
use partask::stop::Stop;
use std::hint::black_box;
use std::time::Duration;

/// The numbers of one call: a chunk of the largest planned size.
const NUMBERS: u64 = 1 << 22;

fn kernels(criterion: &mut Criterion) {
    let stop = Stop::new();
    let sets = InstructionSet::available().map(Kernel::Only);
    let kernels = sets.chain([Kernel::Scalar]);
    for (job, kernel) in
        kernels.flat_map(|kernel| [(Job::squares(), kernel), (Job::cubes(), kernel)])
    {
        let mut group = criterion.benchmark_group(format!("{} {}", job.name(), kernel.name()));
        group.throughput(Throughput::Elements(NUMBERS));
        for exponent in [8, 12, 15, 18] {
            let first = 10u64.pow(exponent);
            let range = format!("{first}..{}", first + NUMBERS);
            let input: Input = range.parse().expect("a range");
            group.bench_function(format!("from 1e{exponent}"), |bencher| {
                bencher.iter(|| {
                    let positions = 0..u128::from(NUMBERS);
                    kernel::compute(
                        &job,
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
    for set in InstructionSet::available() {
        for power in [2, 3] {
            if limit::multiply_add(set, power, 0).is_some() {
                let name = format!("limit of power {power} by {}", set.name());
                group.bench_function(name, |bencher| {
                    bencher.iter(|| limit::multiply_add(set, power, black_box(NUMBERS)));
                });
            }
        }
        let blocks = NUMBERS / common::BLOCK_LEN;
        group.bench_function(format!("64-bit squares by {}", set.name()), |bencher| {
            bencher.iter(|| common::squares_64(set, black_box(100_000_000), blocks));
        });
    }
    group.bench_function("cubes in a u128 loop", |bencher| {
        bencher.iter(|| common::cubes_u128(black_box(100_000_000), NUMBERS / common::BLOCK_LEN));
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
