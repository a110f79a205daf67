//! `partask compare`: every figure is worked out again from the raw samples beside it.

use crate::harness::{cases, compared};
use serde_json::Value;

#[track_caller]
fn assert_near(value: &Value, expected: f64, what: &str) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{what}: {value}"));
    let far = (value - expected).abs();
    assert!(
        far <= 1e-9 * expected.abs().max(1e-9),
        "{what}: {value}, not {expected}"
    );
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

fn samples(case: &Value, field: &str) -> Vec<f64> {
    let samples = case["samples"].as_array().expect("samples");
    samples
        .iter()
        .map(|sample| number(&sample[field]))
        .collect()
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => sorted[half],
        _ => (sorted[half - 1] + sorted[half]) / 2.0,
    }
}

fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

/// One run of odd and one of even length, whose reference is the first and not.
fn comparisons() -> [Value; 2] {
    ["--runs 7", "--runs 6 --reference 2 --seed 3"].map(|more| {
        compared(&format!(
            "squares 1..20000 --workers 1,2,3 --against true --against-unchecked {more}"
        ))
    })
}

#[test]
fn figures_follow_from_the_samples() {
    for comparison in comparisons() {
        for case in cases(&comparison) {
            let (figures, times) = (&case["figures"], samples(case, "elapsed_s"));
            let (centre, middle) = (median(&times), mean(&times));
            assert!(times.iter().all(|time| *time > 0.0), "{times:?}");
            assert_near(&figures["median_s"], centre, "median");
            assert_near(&figures["mean_s"], middle, "mean");
            let least = times.iter().copied().fold(f64::INFINITY, f64::min);
            let most = times.iter().copied().fold(0.0, f64::max);
            assert_near(&figures["min_s"], least, "min");
            assert_near(&figures["max_s"], most, "max");
            let squares: f64 = times.iter().map(|time| (time - middle).powi(2)).sum();
            let stddev = (squares / (times.len() - 1) as f64).sqrt();
            assert_near(&figures["stddev_s"], stddev, "standard deviation");
            let distances: Vec<f64> = times.iter().map(|time| (time - centre).abs()).collect();
            assert_near(&figures["mad_s"], median(&distances), "MAD");
            let numbers = number(&comparison["numbers"]);
            assert_near(&figures["numbers_per_s"], numbers / centre, "throughput");
            let cpu = samples(case, "cpu_s");
            let busy: Vec<f64> = cpu.iter().zip(&times).map(|(cpu, s)| cpu / s).collect();
            assert_near(&figures["cpus_busy"], median(&busy), "CPUs busy");
            let (low, high) = (
                number(&figures["median_low_s"]),
                number(&figures["median_high_s"]),
            );
            assert!(least <= low && low <= centre && centre <= high && high <= most);
        }
    }
}

#[test]
fn gains_follow_from_the_medians() {
    for comparison in comparisons() {
        let reference = cases(&comparison)
            .iter()
            .find(|case| case["name"] == comparison["reference"])
            .expect("the reference is a case");
        let reference_s = median(&samples(reference, "elapsed_s"));
        let reference_workers = number(&reference["subject"]["workers"]);
        for case in cases(&comparison) {
            let figures = &case["figures"];
            let speedup = reference_s / median(&samples(case, "elapsed_s"));
            assert_near(&figures["speedup"], speedup, "speedup");
            if case["name"] == reference["name"] {
                assert!(figures["speedup_low"].is_null());
            } else {
                let (low, high) = (&figures["speedup_low"], &figures["speedup_high"]);
                assert!(number(low) <= speedup && speedup <= number(high));
            }
            let Some(workers) = case["subject"]["workers"].as_f64() else {
                assert!(figures["efficiency"].is_null() && figures["serial_fraction"].is_null());
                continue;
            };
            let more = workers / reference_workers;
            assert_near(&figures["efficiency"], speedup / more, "efficiency");
            if more > 1.0 {
                // Karp and Flatt: (1/S - 1/p) / (1 - 1/p).
                let serial = (1.0 / speedup - 1.0 / more) / (1.0 - 1.0 / more);
                let told = number(&figures["serial_fraction"]);
                assert!((told - serial).abs() < 1e-9, "{told} {serial}");
            } else {
                assert!(figures["serial_fraction"].is_null());
            }
        }
    }
}

/// Iglewicz and Hoaglin: 0.6745 × distance / MAD beyond 3.5.
#[test]
fn outliers_are_those_of_the_modified_z_score() {
    for comparison in comparisons() {
        for case in cases(&comparison) {
            let times = samples(case, "elapsed_s");
            let centre = median(&times);
            let distances: Vec<f64> = times.iter().map(|time| (time - centre).abs()).collect();
            let mad = median(&distances);
            let beyond = |i: &usize| 0.6745 * distances[*i] / mad > 3.5;
            let expected: Vec<usize> = (0..times.len()).filter(beyond).collect();
            let told: Vec<usize> = serde_json::from_value(case["figures"]["outliers"].clone())
                .expect("indices into the samples");
            assert_eq!(told, expected, "{times:?}");
            let named = comparison["warnings"].to_string();
            let count = format!("{} ({} of ", case["name"].as_str().unwrap(), told.len());
            assert!(told.is_empty() || named.contains(&count), "{named}");
        }
    }
}

#[test]
fn the_workers_time_is_accounted_for() {
    for comparison in comparisons() {
        for case in cases(&comparison) {
            let Some(workers) = case["subject"]["workers"].as_f64() else {
                assert!(case["figures"]["worker_time"].is_null());
                assert!(case["samples"][0].get("inside").is_none());
                continue;
            };
            for sample in case["samples"].as_array().expect("samples") {
                let parts = ["computing_s", "waiting_s", "start_up_s", "last_chunks_s"];
                let parts = parts.iter().chain(&["wrap_up_s"]);
                let sum: f64 = parts.map(|part| number(&sample["inside"][part])).sum();
                let all = workers * number(&sample["elapsed_s"]);
                assert!((sum - all).abs() < 1e-3 * all, "{sum} of {all}: {sample}");
                let (cpu, system) = (&sample["cpu_s"], &sample["system_cpu_s"]);
                assert!(number(system) <= number(cpu), "{sample}");
            }
            let shares = ["computing", "slower", "waiting", "start_up", "last_chunks"];
            let shares = shares.iter().chain(&["wrap_up"]);
            let share = |name| number(&case["figures"]["worker_time"][name]);
            let shares: Vec<f64> = shares.map(share).collect();
            assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
            assert!(
                (shares.iter().sum::<f64>() - 1.0).abs() < 1e-9,
                "{shares:?}"
            );
        }
    }
}

#[test]
fn every_case_has_one_sample_a_round() {
    for comparison in comparisons() {
        for case in cases(&comparison) {
            let rounds: Vec<f64> = samples(case, "round");
            let expected = 0..comparison["rounds"].as_u64().expect("rounds");
            assert_eq!(
                rounds,
                expected.map(|round| round as f64).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn a_single_sample_has_no_interval() {
    let comparison = compared("squares 1..1000 --workers 1,2 --runs 1");
    for case in cases(&comparison) {
        let figures = &case["figures"];
        for none in [
            "median_low_s",
            "median_high_s",
            "stddev_s",
            "speedup_low",
            "speedup_high",
            "efficiency_low",
            "efficiency_high",
        ] {
            assert!(figures[none].is_null(), "{none}: {figures}");
        }
        assert_eq!(figures["mad_s"], 0.0);
        assert_eq!(figures["median_s"], figures["min_s"]);
    }
    assert_eq!(comparison["precision_reached"], false);
}

#[test]
fn the_laws_are_fitted_only_to_enough_points() {
    let comparison = compared("squares 1..1000 --workers 1 --runs 2");
    let scaling = &comparison["scaling"];
    for (law, refused) in [
        ("amdahl_serial_fraction", "amdahl_refused"),
        ("usl_contention", "usl_refused"),
    ] {
        assert!(scaling[law].is_null(), "{scaling}");
        let why = scaling[refused].as_str().expect("a reason");
        assert!(why.contains("different worker counts"), "{why}");
    }
    // Workers that share a CPU say nothing of the law.
    let cpus = comparison["machine"]["cpus"].as_u64().expect("CPUs");
    let (first, last) = (cpus + 1, cpus + 5);
    let crowded = compared(&format!(
        "squares 1..1000 --workers {first}..={last} --runs 2"
    ));
    let why = crowded["scaling"]["usl_refused"].as_str().expect("refused");
    assert!(why.ends_with("but has 0"), "{why}");
}
