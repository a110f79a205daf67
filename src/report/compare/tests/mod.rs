//! What is made of made-up samples.

mod counts;
mod files;
mod human;
mod limits;
mod plain;
mod regressions;
mod sessions;
mod weak;

use super::*;
use crate::kernel::Kernel;

/// A comparison on 2 CPUs of cases with these workers and times, the first being the reference.
pub(super) fn compared(cases: &[(usize, &[f64])]) -> Comparison {
    let cases = cases.iter().map(|(workers, times)| {
        let variant = Variant {
            workers: *workers,
            kernel: Some(Kernel::Auto),
            chunk_size: None,
            program: None,
        };
        case(Subject::Job(variant), times)
    });
    Comparison {
        work: Work {
            title: "squares of 1..101".to_owned(),
            job: "squares".to_owned(),
            input: "1..101".to_owned(),
            step: None,
            values: false,
            read_as: "100 numbers, 1 to 100".to_owned(),
            items: Some(100),
            items_are: "numbers",
            answer: Some("338350".to_owned()),
            answer_checked_by: vec!["closed form"],
            is_verified: true,
            output: None,
            is_pinned: false,
            shell_start: None,
            instruction_set: Some("avx2".to_owned()),
        },
        cases: cases.collect(),
        reference: 0,
        settings: Settings::default(),
        rounds: 5,
        ended: Some(Ended::Precise),
        fingerprint: Fingerprint {
            cpu_model: "Testium 3".to_owned(),
            cpus: 2,
            architecture: "x86_64".to_owned(),
            system: "Linux 6.1".to_owned(),
            memory_bytes: Some(1 << 30),
        },
        evidence: Evidence::default(),
        counting: Counting::default(),
        gated: Vec::new(),
        regressions: Vec::new(),
        taken_unix_s: 0,
        command_line: String::new(),
        presentation: Presentation::default(),
        confirmation: None,
    }
}

fn case(subject: Subject, times: &[f64]) -> Case {
    let samples = (0..).zip(times).map(|(round, &elapsed_s)| Sample {
        round,
        elapsed_s,
        cpu_s: elapsed_s * 1.5,
        system_cpu_s: elapsed_s * 0.5,
        peak_memory_bytes: None,
        failed_with: None,
        counts: Counts::default(),
        inside: None,
    });
    Case {
        subject,
        repeats: 1,
        samples: samples.collect(),
    }
}

pub(super) fn rival(name: &str, times: &[f64]) -> Case {
    let rival = Rival {
        name: name.to_owned(),
        line: "python3 pool.py".to_owned(),
        checked: true,
    };
    case(Subject::Rival(rival), times)
}

fn sentence(comparison: &Comparison) -> String {
    conclusion(comparison, &figures(comparison)).expect("something was measured")
}

pub(super) const ONE: &[f64] = &[2.0, 2.01, 1.99, 2.0, 2.02];
pub(super) const TWO: &[f64] = &[1.0, 1.01, 0.99, 1.0, 1.02];

#[test]
fn the_figures_are_those_of_the_formulas() {
    let comparison = compared(&[(1, ONE), (2, TWO), (4, &[0.8, 0.8, 0.8])]);
    let all = figures(&comparison);
    let [one, two, four] = [0, 1, 2].map(|i| all[i].clone().expect("samples"));
    assert_eq!((one.median_s, one.min_s, one.max_s), (2.0, 1.99, 2.02));
    assert!((one.mean_s - 2.004).abs() < 1e-12);
    // statistics.stdev([2.0, 2.01, 1.99, 2.0, 2.02]) of Python.
    assert!((one.stddev_s.expect("five") - 0.011_401_754_250_991_36).abs() < 1e-12);
    assert_eq!(
        one.speedup,
        Some(Ratio {
            value: 1.0,
            interval: None
        })
    );
    assert_eq!(two.speedup.expect("a speedup").value, 2.0);
    assert_eq!(two.efficiency.expect("an efficiency").value, 1.0);
    assert_eq!(two.serial_fraction, Some(0.0));
    assert_eq!(one.serial_fraction, None);
    assert_eq!(two.items_per_s, Some(100.0));
    assert!((two.cpus_busy - 1.5).abs() < 1e-12);
    let speedup = four.speedup.expect("a speedup");
    assert!((speedup.value - 2.5).abs() < 1e-12);
    assert!((four.efficiency.expect("an efficiency").value - 0.625).abs() < 1e-12);
    // (1/2.5 - 1/4) / (1 - 1/4), by Karp and Flatt.
    assert!((four.serial_fraction.expect("more workers") - 0.2).abs() < 1e-12);
    let interval = speedup.interval.expect("several samples");
    assert!(interval.low <= 2.5 && 2.5 <= interval.high && interval.high < 2.6);
}

#[test]
fn another_reference_changes_what_is_gained() {
    let comparison = Comparison {
        reference: 1,
        ..compared(&[(1, ONE), (2, TWO), (4, TWO)])
    };
    let all = figures(&comparison);
    let gained = |i: usize| {
        let figures = all[i].as_ref().expect("samples");
        (
            figures.speedup.expect("a speedup").value,
            figures.efficiency.expect("one").value,
        )
    };
    assert_eq!(gained(0), (0.5, 1.0));
    assert_eq!(gained(1), (1.0, 1.0));
    assert_eq!(gained(2), (1.0, 0.5));
}

#[test]
fn the_workers_time_adds_up() {
    let mut comparison = compared(&[(1, ONE), (2, TWO)]);
    for (case, scale) in comparison.cases.iter_mut().zip([1.0, 2.0]) {
        for sample in &mut case.samples {
            sample.inside = Some(Inside {
                computing_s: 1.6 * scale,
                waiting_s: 0.2 * scale,
                start_up_s: 0.1 * scale,
                last_chunks_s: 0.06 * scale,
                wrap_up_s: 0.04 * scale,
                aggregator_s: 0.5,
                workers: vec![WorkerTime {
                    busy_s: 1.8 * scale,
                    idle_s: 0.2 * scale,
                }],
            });
        }
    }
    let loss = figures(&comparison)[1]
        .as_ref()
        .and_then(|figures| figures.loss)
        .expect("seen");
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    // Twice the CPU time for the same work: half of it is loss.
    near(loss.computing, 0.4);
    near(loss.slower, 0.4);
    near(loss.waiting, 0.1);
    let shares = [loss.start_up, loss.last_chunks, loss.wrap_up];
    near(
        loss.computing + loss.slower + loss.waiting + shares.iter().sum::<f64>(),
        1.0,
    );
    near(loss.aggregator_s, 0.5);
    let mut out = Vec::new();
    let style = Style {
        timings: true,
        ..Style::default()
    };
    write(&comparison, style, &mut out).expect("written");
    let text = String::from_utf8(out).expect("UTF-8");
    assert!(
        text.contains("workers  worker    busy    idle  busy share"),
        "{text}"
    );
    assert!(
        text.contains("2             0  3.60 s  400 ms       90.0%"),
        "{text}"
    );
    assert_eq!(loss.largest(false).0, "the same work taking more CPU time");
}

#[test]
fn the_sentence_names_the_fewest_workers_that_are_as_fast_as_any() {
    let same = &[1.0, 1.011, 0.99, 1.0, 1.02];
    for (cases, expected) in [
        (vec![(1, ONE), (2, TWO)], "2 workers: 2.00 × faster than 1"),
        (
            vec![(1, ONE), (2, TWO), (4, same)],
            "2 workers: 2.00 × faster than 1; 4 brings nothing more: this machine has 2 CPUs",
        ),
        (
            vec![(1, ONE), (2, TWO), (4, same), (8, same)],
            "2 workers: 2.00 × faster than 1; 4 and 8 bring nothing more: this machine has 2 CPUs",
        ),
        (
            [1, 2, 3, 4, 5, 6, 7]
                .map(|workers| (workers, if workers == 1 { ONE } else { same }))
                .to_vec(),
            "2 workers: 2.00 × faster than 1; 3, 4, 5 and 2 others bring nothing more: this machine has 2 CPUs",
        ),
        (
            vec![(1, ONE), (2, ONE)],
            "1 worker is as fast as any; 2 brings nothing more",
        ),
        (
            vec![(1, ONE), (4, ONE)],
            "1 worker is as fast as any; 4 brings nothing more: this machine has 2 CPUs",
        ),
        (vec![(2, TWO)], "2 workers: 1.00 s"),
        (
            vec![(2, TWO), (1, ONE)],
            "2 workers are as fast as any; 1 is 2.00 × slower",
        ),
    ] {
        assert_eq!(sentence(&compared(&cases)), expected);
    }
    let nothing = compared(&[(1, &[])]);
    assert_eq!(conclusion(&nothing, &figures(&nothing)), None);
}

#[test]
fn the_sentence_compares_rivals_with_the_fastest() {
    let mut comparison = compared(&[(1, ONE), (2, TWO)]);
    comparison
        .cases
        .push(rival("python\x1b\n", &[500.0, 501.0, 499.0]));
    comparison.cases.push(rival("c", &[0.5, 0.5, 0.5]));
    let expected =
        r"2 workers: 2.00 × faster than 1; 500 × faster than python\u{1b}\n; 2.00 × slower than c";
    assert_eq!(sentence(&comparison), expected);
}

#[test]
fn factors_have_three_digits_that_count() {
    let shown = [
        1087.4, 99.94, 9.994, 1.0, 0.1, 0.0995, 0.0099, 0.000_92, 0.0,
    ]
    .map(conclusion::times);
    let expected = [
        "1087", "99.9", "9.99", "1.00", "0.10", "0.10", "0.0099", "0.00092", "0.00",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_faster_kernel_is_not_the_workers_merit() {
    let mut comparison = compared(&[
        (1, &[20.0, 20.0]),
        (2, &[10.0, 10.0]),
        (1, &[2.0, 2.0]),
        (2, &[1.25, 1.25]),
    ]);
    for case in &mut comparison.cases[..2] {
        if let Subject::Job(variant) = &mut case.subject {
            variant.kernel = Some(Kernel::Scalar);
        }
    }
    let all = figures(&comparison);
    let last = all[3].as_ref().expect("samples");
    assert_eq!(last.speedup.map(|speedup| speedup.value), Some(16.0));
    assert_eq!(
        last.efficiency.map(|efficiency| efficiency.value),
        Some(0.8)
    );
    assert_eq!(last.serial_fraction, Some(0.25));
    let gated = Gate::MinEfficiency(0.9).judge(&comparison, None);
    let verdicts: Vec<Verdict> = gated.iter().map(|gated| gated.verdict).collect();
    assert_eq!(verdicts, [Verdict::Passed, Verdict::Failed]);
}

#[test]
fn dimensions_that_vary_are_in_the_names() {
    let mut comparison = compared(&[(1, ONE), (1, TWO)]);
    comparison.cases[1].subject = Subject::Job(Variant {
        workers: 1,
        kernel: Some(Kernel::Scalar),
        chunk_size: None,
        program: None,
    });
    let names: Vec<String> = comparison
        .cases
        .iter()
        .map(|case| comparison.name(case))
        .collect();
    assert_eq!(names, ["1 worker, auto", "1 worker, scalar"]);
    assert_eq!(
        sentence(&comparison),
        "1 worker, scalar: 2.00 × faster than 1 worker, auto"
    );
    let [_, scalar] = &figures(&comparison)[..] else {
        unreachable!("two cases")
    };
    assert_eq!(
        scalar.as_ref().and_then(|figures| figures.serial_fraction),
        None
    );
}

#[test]
fn outliers_short_runs_and_crowds_are_warned_of() {
    let mut comparison = compared(&[(1, &[2.0, 2.01, 1.99, 2.0, 9.0]), (4, &[1e-3, 1.1e-3])]);
    comparison.evidence.others_cpus = Some(0.5);
    comparison.evidence.throttled_s = Some(1.5);
    let warnings = warnings(&comparison, &figures(&comparison)).join("\n");
    for expected in [
        "4 workers on 2 CPUs",
        "runs unlike the others of 1 worker (1 of 5): ",
        "4 workers: too short to time",
        "other programs kept 0.50 CPUs busy",
        "a CPU quota held this process back for 1.50 s",
    ] {
        assert!(warnings.contains(expected), "{expected}: {warnings}");
    }
    comparison.cases[1].repeats = 10;
    let warnings = super::warnings(&comparison, &figures(&comparison)).join("\n");
    assert!(!warnings.contains("too short to time ("), "{warnings}");
    assert!(
        warnings.contains("repeated in every run: 4 workers (10 times)"),
        "{warnings}"
    );
}

#[test]
fn a_machine_that_changes_meanwhile_is_told() {
    let times = |second: f64| -> Vec<f64> {
        (0..20)
            .map(|round| f64::from(round % 5) * 0.01 + if round < 10 { 2.0 } else { second })
            .collect()
    };
    for (second, says) in [
        (2.2, Some("9.90% slower")),
        (1.8, Some("11.0% faster")),
        (2.01, None),
    ] {
        let comparison = compared(&[(1, &times(second)), (2, &times(second))]);
        let warnings = warnings(&comparison, &figures(&comparison)).join("\n");
        let told = format!(
            "the second half of the runs was {} than the first",
            says.unwrap_or_default()
        );
        assert_eq!(
            warnings.contains(&told),
            says.is_some(),
            "{second}: {warnings}"
        );
        assert_eq!(
            warnings.contains("second half"),
            says.is_some(),
            "{warnings}"
        );
    }
}
