//! Programs of expressions on one worker, without the planning and the check of a whole run: what a number
//! costs by operation, width and instruction set.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use partask::expression::Expression;
use partask::input::{Piece, Progression};
use partask::kernel::{Evaluator, InstructionSet, Kernel, interval};
use partask::reduction::Reduction;
use std::hint::black_box;
use std::time::Duration;

/// What is measured: an expression, what its values are reduced to, the first number, and how many.
const PROGRAMS: &[(&str, Reduction, i64, u64)] = &[
    ("n^2 + 3n + 1", Reduction::Sum, 1 << 26, 1 << 20),
    ("n % 7 == 3", Reduction::Count, 1 << 26, 1 << 20),
    ("n % 7 == 3", Reduction::Count, 1 << 40, 1 << 20),
    ("(n*n) % 1000003", Reduction::Sum, 1 << 26, 1 << 20),
    ("popcount(n)", Reduction::Sum, 1 << 26, 1 << 20),
    ("popcount(n)", Reduction::Sum, 1 << 40, 1 << 20),
    ("gcd(n, 360)", Reduction::Sum, 1 << 22, 1 << 20),
    ("gcd(n, n + 360)", Reduction::Sum, 1 << 22, 1 << 16),
    ("10^9 // n + 10^9 % n", Reduction::Sum, 1 << 22, 1 << 20),
    ("10^12 // n", Reduction::Sum, 1 << 22, 1 << 18),
    ("isqrt(n)", Reduction::Sum, 1 << 26, 1 << 20),
    ("is_square(n)", Reduction::Count, 1 << 26, 1 << 20),
    ("digit_sum(n)", Reduction::Sum, 1 << 26, 1 << 20),
    ("digits(n)", Reduction::Sum, 1 << 26, 1 << 20),
    ("bit_length(n)", Reduction::Sum, 1 << 26, 1 << 20),
    ("is_prime(n)", Reduction::Count, 1 << 22, 1 << 18),
    ("collatz(n)", Reduction::Max, 1 << 22, 1 << 16),
    ("divisors(n)", Reduction::Max, 1 << 22, 1 << 14),
    ("n*(n + 1)//2", Reduction::Sum, 1 << 62, 1 << 18),
    (
        "if(n % 3 == 0, n // 3, 2*n)",
        Reduction::Xor,
        1 << 26,
        1 << 20,
    ),
    (
        "if(n % 3 == 0, 0, 10 // (n % 3))",
        Reduction::Sum,
        1 << 26,
        1 << 16,
    ),
];

fn programs(criterion: &mut Criterion) {
    for set in InstructionSet::available() {
        let mut group = criterion.benchmark_group(set.name());
        for &(text, reduction, first, count) in PROGRAMS {
            let expression = Expression::parse(text).expect("an expression");
            let run = Progression::new(first, 1, count.into()).expect("a progression");
            let piece = Piece::Progression(run);
            let numbers = interval(std::iter::once(piece));
            group.throughput(Throughput::Elements(count));
            let name = format!("{} of {text} from 2^{}", reduction.name(), first.ilog2());
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    let evaluator = Evaluator::new(&expression, Kernel::Only(set), numbers.clone());
                    evaluator.reduce(reduction, black_box(piece))
                });
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = programs
}
criterion_main!(benches);
