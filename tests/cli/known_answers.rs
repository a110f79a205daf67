//! Known answers: totals that were worked out by Python's integers, one number after the other, and
//! for millions of numbers by a formula checked against that.
//!
//! `sum(x**2 for x in range(a, b, step))`, and `x**3` for cubes.

use crate::harness::{run, spec};
use partask::cmd::compute::{self, Spec};
use partask::kernel::Kernel;
use partask::report::Outcome;
use partask::stop::Stop;

/// Job, input, step, how many numbers, total. First the programs that partask replaces (rows 1, 2,
/// 3, 4, 6, 6, 9) and the answers of the first issue, then one magnitude after the other.
const TABLE: &str = "
sum-of-squares  1..100000000                                   none                 99999999  333333328333333350000000
sum-of-squares  1..10000000                                    none                 9999999   333333283333335000000
squares         3,4,5,6,6,7,87,8,8                             none                 9         7868
squares         4,6,2,5,9                                      none                 5         162
squares         10                                             none                 1         100
cubes           10                                             none                 1         1000
squares         2,3,6,7,8,8,9,3,3,3                            none                 10        334
squares         1..100000000                                   none                 99999999  333333328333333350000000
squares         -1000000..1000000                              none                 2000000   666666666667000000
cubes           1..=100000                                     none                 100000    25000500002500000000
cubes           1..=10000000000                                1000003              10000     2499522521567567572420514775010000
squares         1..=1e10                                       1e5                  100000    3333283334499990000100000
squares         5..5                                           none                 0         0
cubes           5..5,-7..-7                                    none                 0         0
sum-of-squares  0..0                                           -3                   0         0
squares         0                                              none                 1         0
cubes           -1                                             none                 1         -1
cubes           7,7,7,-7,7                                     none                 5         1029
sum-of-squares  -5,-5,12,0,12                                  none                 5         338
squares         1..10                                          none                 9         285
cubes           1..10                                          none                 9         2025
squares         10..0                                          -1                   10        385
cubes           10..0                                          -1                   10        3025
squares         10..=-10                                       -3                   7         259
cubes           -10..=10                                       7                    3         -963
cubes           -1000..2000                                    3                    1000      1245502250000
cubes           1000..-2000                                    -7                   429       -534637823148
squares         1..4,10,-2,10,0..=3                            none                 10        232
cubes           1..1000,5,5,-300..=300                         11                   148       22394297321
squares         1_000_000..1_100_000                           none                 100000    110333228333350000
cubes           -1e6..-9e5                                     none                 100000    -85975135500047500000000
cubes           -100000..100001                                none                 200001    0
squares         2^32..=4295067296                              none                 100001    1844735804550823934101616
cubes           2^32..=4295067296                              none                 100001    7923172187812121999246852184750336
squares         -2**32..-4294900000                            none                 67296     1241372638734896369437136
cubes           4294900000..4295000000                         none                 100000    7922720533652985674714747500000000
squares         9007199254690992..9007199254790992             none                 100000    8112963841460667268859058373640550000
cubes           9007199254690992..9007199254790992             none                 100000    73075081866545133740740731244626032222283592588800000
cubes           -9007199254790992..-9007199254690992           none                 100000    -73075081866545158079632255626630540959235135808000000
cubes           1e9..1.0001e9                                  none                 100000    100015000850009999550002500000000
cubes           -1.0002e12..-1.0001e12                         1e6                  100       -100045157045428507500000000000000000000
squares         1e12..2e12                                     999999937            1001      2335833394873980324985161500
cubes           2642245..2742245                               none                 100000    1952060455679324221000000
sum-of-squares  3037000499..3037100499                         none                 100000    922367573127243183550000
squares         9223372036854775807                            none                 1         85070591730234615847396907784232501249
squares         -9223372036854775808                           none                 1         85070591730234615865843651857942052864
cubes           9223372036854775807                            none                 1         784637716923335095224261902710254454442933591094742482943
cubes           -2^63                                          none                 1         -784637716923335095479473677900958302012794430558004314112
sum-of-squares  -2^63,9223372036854775807,-2^63                none                 3         255211775190703847579084211500116606977
cubes           -2^63,9223372036854775807,9223372036854775807  none                 3         784637716923335094969050127519550606873072751631480651774
squares         -2^63..-9223372036854675808                    none                 100000    8507059173023369353786333842054931200550000
cubes           -2^63..-9223372036854675808                    none                 100000    -78463771692332233501832003039616268613113488292404395631200000
sum-of-squares  9223372036854675807..=9223372036854775807      none                 100001    8507144243615099584712832424220825110051249
squares         9223372036854675807..=9223372036854775807      none                 100001    8507144243615099584712832424220825110051249
cubes           9223372036854675807..=9223372036854775807      none                 100001    78464556330049156785884872263378762755917974617891574139782943
cubes           9223372036854775807..9223372036854675807       -1                   100000    78463771692332233476310825520546160554521498377296019772000000
squares         -2^63..=9223372036854775807                    1e15                 18447     523113584401275488932791349823457049182208
sum-of-squares  -2^63..=9223372036854775807                    2^48                 65536     1858395434076268071550447794142446180368384
cubes           -2^63..=9223372036854775807                    1e15                 18447     -583852595993623965973718613744703407505708503505582424064
cubes           9223372036854775807..=-9223372036854775808     -999999999999989     18447     583852596152823879310658752405787290722541567643461134240
cubes           9223372036854775807..=-9223372036854775808     -2^63                2         784637716923335095224261902710254454442933591094742482942
squares         -2^63..=9223372036854775807                    9223372036854775807  3         170141183460469231694793815568465002501
cubes           -4e18..9e18                                    3e14                 43334     5254256163441636667000000000000000000000000000000000000000000
sum-of-squares  -1e18..1e18                                    1.5e13               133334    44445111112777775000000000000000000000000
cubes           0..=9223372036854775807                        2^62                 2         98079714615416886934934209737619787751599303819750539264
";

/// Up to how many numbers an input is run in every way, and in chunks of one number.
const EVERY_WAY_MAX: u128 = 210_000;
const ONE_BY_ONE_MAX: u128 = 2_000;

struct Known {
    job: &'static str,
    input: &'static str,
    step: Option<&'static str>,
    numbers: u128,
    total: &'static str,
}

fn table() -> Vec<Known> {
    let rows = TABLE.lines().filter(|line| !line.is_empty());
    rows.map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [job, input, step, numbers, total] = words[..] else {
            panic!("five columns, not '{line}'");
        };
        Known {
            job,
            input,
            step: (step != "none").then_some(step),
            numbers: numbers.parse().expect("a count"),
            total,
        }
    })
    .collect()
}

impl Known {
    fn spec(&self) -> Spec {
        spec(self.job, self.input, self.step)
    }

    fn check(&self, spec: &Spec) {
        let report = compute::run(spec, &Stop::new(), |_| ());
        let report = report.unwrap_or_else(|error| panic!("{spec:?}: {error}"));
        assert_eq!(report.numbers, Some(self.numbers), "{spec:?}");
        let Outcome::Complete(total) = report.outcome else {
            panic!("no time limit was given: {spec:?}");
        };
        assert_eq!(total.to_string(), self.total, "{spec:?}");
    }
}

#[test]
fn the_table_is_as_large_as_was_asked_for() {
    let table = table();
    assert!(table.len() >= 48);
    for job in ["squares", "cubes", "sum-of-squares"] {
        for end in ["-2^63", "9223372036854775807"] {
            let held = |row: &&Known| row.job == job && row.input.contains(end);
            assert!(table.iter().any(|row| held(&row)), "{job} at {end}");
        }
    }
}

#[test]
fn the_binary_prints_each_total() {
    for row in table() {
        let step = row.step.iter().flat_map(|step| ["--step", step]);
        let arguments = [row.job, row.input, "--quiet"].into_iter().chain(step);
        let printed = run(arguments).succeeded();
        assert_eq!(
            printed,
            format!("{}\n", row.total),
            "{} {}",
            row.job,
            row.input
        );
    }
}

#[test]
fn the_library_comes_to_each_total_on_any_workers_chunks_and_kernel() {
    for row in table() {
        if row.numbers > EVERY_WAY_MAX {
            row.check(&row.spec());
            continue;
        }
        let sizes = [None, Some(7), Some(1_000), Some(u64::MAX)];
        let one = (row.numbers <= ONE_BY_ONE_MAX).then_some(Some(1));
        for chunk_size in sizes.into_iter().chain(one) {
            for (workers, kernel) in [
                (1, Kernel::Auto),
                (1, Kernel::Scalar),
                (3, Kernel::Auto),
                (3, Kernel::Scalar),
            ] {
                row.check(&Spec {
                    workers,
                    chunk_size,
                    kernel,
                    ..row.spec()
                });
            }
        }
    }
}

/// Ten thousand million numbers: a second of the machine's time, a minute of unoptimised code's.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "needs optimised code: cargo test --release"
)]
fn a_total_beyond_128_bits_is_exact() {
    let printed = run(["cubes", "1..=10000000000", "--quiet"]).succeeded();
    assert_eq!(printed, "2500000000500000000025000000000000000000\n");
    assert!(printed.trim().parse::<u128>().is_err());
}
