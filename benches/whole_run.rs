//! Whole runs inside one process: plan, workers, channel, totals, check; no output.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use partask::cmd::compute::{self, Spec};
use partask::input::Input;
use partask::job::Job;
use partask::stop::Stop;
use std::time::Duration;

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sum-of-squares");
    for magnitude in ["1e7", "1e8", "1e9"] {
        let input: Input = format!("0..{magnitude}").parse().expect("a range");
        group.throughput(Throughput::Elements(
            input.known().expect("a range").count() as u64,
        ));
        for workers in [1, 2] {
            let spec = Spec {
                workers,
                ..Spec::new(Job::sum_of_squares(), input.clone())
            };
            let id = BenchmarkId::new(format!("workers={workers}"), magnitude);
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    compute::run(&spec, &Stop::new(), |_| ()).expect("a total that is right")
                });
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .sample_size(20);
    targets = runs
}
criterion_main!(benches);
