//! Numbers as text, in one thread: reading them, and writing results.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use partask::input::parse_text;
use partask::job::Job;
use partask::kernel::{Form, Kernel, Lists};
use std::hint::black_box;
use std::time::Duration;

/// As many numbers as a chunk of results has.
const NUMBERS: i64 = 1 << 14;

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for (name, first) in [
        ("4 digits", 1_000),
        ("8 digits", 10_000_000),
        ("16 digits", 1 << 50),
    ] {
        let text: String = (first..first + NUMBERS).map(|n| format!("{n}\n")).collect();
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut sum = 0i64;
                let end = parse_text(black_box(text.as_bytes()), |batch| {
                    sum = batch.iter().fold(sum, |sum, n| sum.wrapping_add(*n));
                });
                (sum, end)
            });
        });
    }
}

/// Appends the results as text, and adds them up.
fn append(job: &Job, numbers: &[i64], out: &mut Vec<u8>) {
    let mut lists = Lists::new(job, Kernel::Auto);
    lists.append(numbers, Form::Lines, out).expect("results");
}

fn render(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render");
    for (name, job, first) in [
        ("8 digits", Job::squares(), 5_000),
        ("16 digits", Job::squares(), 50_000_000),
        ("18 digits", Job::squares(), 500_000_000),
        ("18 digits and a sign", Job::cubes(), -900_000),
        ("24 digits, of 128 bits", Job::squares(), 500_000_000_000),
        (
            "36 digits, of 128 bits",
            Job::squares(),
            500_000_000_000_000_000,
        ),
        ("42 digits, of 256 bits", Job::cubes(), 50_000_000_000_000),
    ] {
        let numbers: Vec<i64> = (first..first + NUMBERS).collect();
        let mut out = Vec::new();
        append(&job, &numbers, &mut out);
        group.throughput(Throughput::Bytes(out.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                out.clear();
                append(&job, black_box(&numbers), &mut out);
                out.len()
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = parse, render
}
criterion_main!(benches);
