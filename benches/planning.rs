//! What a run costs before and after its work: reading the input, cutting it, the closed form.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use partask::closed_form;
use partask::input::Input;
use partask::job::Job;
use partask::plan::Plan;
use std::hint::black_box;
use std::time::Duration;

fn plan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan and its last chunk");
    for (name, numbers) in [("10", 10), ("1e8", 100_000_000), ("2^64", 1 << 64)] {
        group.bench_with_input(BenchmarkId::from_parameter(name), &numbers, |bencher, n| {
            bencher.iter(|| {
                let plan = Plan::new(black_box(*n), 4, 4, None).expect("chunks of a planned size");
                plan.positions(black_box(plan.chunks() - 1))
            });
        });
    }
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    let list: Vec<String> = (0..10_000).map(|i| (i * 7_919).to_string()).collect();
    for (name, text) in [
        ("a range", "1..100000000".to_owned()),
        ("10,000 numbers", list.join(",")),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| Input::parse(black_box(&text), None).expect("an input"));
        });
    }
}

fn check(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("closed form");
    for text in ["1..1e8", "-2^63..=9223372036854775807"] {
        let input: Input = text.parse().expect("a range");
        for job in [Job::squares(), Job::cubes()] {
            group.bench_function(BenchmarkId::new(job.name(), text), |bencher| {
                bencher.iter(|| {
                    closed_form::total(
                        &job,
                        black_box(input.known().expect("a range")),
                        0..input.known().expect("a range").count(),
                    )
                });
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .sample_size(50);
    targets = plan, parse, check
}
criterion_main!(benches);
