//! The forms for other programs, and baselines.

use super::super::*;
use super::{ONE, TWO, compared, rival};
use serde_json::Value;

pub(super) fn exported(export: Export, comparison: &Comparison) -> String {
    String::from_utf8(export.render(comparison).expect("it can be written")).expect("UTF-8")
}

fn json(export: Export, comparison: &Comparison) -> Value {
    serde_json::from_str(&exported(export, comparison)).expect("JSON")
}

#[test]
fn hyperfines_form_has_the_workers_as_the_parameter() {
    let mut comparison = compared(&[(1, ONE), (2, TWO)]);
    comparison.cases.push(rival("c", &[0.5]));
    let results = json(Export::Hyperfine, &comparison)["results"].clone();
    assert_eq!(results[1]["command"], "squares of 1..101, 2 workers");
    assert_eq!(
        results[1]["parameters"],
        serde_json::json!({"workers": "2"})
    );
    assert_eq!(results[1]["median"], 1.0);
    assert_eq!(results[1]["times"].as_array().map(Vec::len), Some(5));
    assert_eq!(results[1]["exit_codes"], serde_json::json!([0, 0, 0, 0, 0]));
    let close = |value: &Value, expected: f64| {
        assert!(
            (value.as_f64().expect("a number") - expected).abs() < 1e-9,
            "{value}"
        );
    };
    close(&results[1]["user"], 1.004);
    close(&results[1]["system"], 0.502);
    let busy = comparison.cases[2].samples[0].cpu_s / 0.5;
    let parameters = serde_json::json!({"workers": format!("{busy:.2}")});
    assert_eq!(results[2]["parameters"], parameters);
    assert_eq!(results[2]["stddev"], Value::Null);
}

#[test]
fn hyperfines_form_has_only_parameters_that_vary() {
    let mut comparison = compared(&[(2, ONE), (2, TWO)]);
    let parameters = |comparison: &Comparison| {
        let results = json(Export::Hyperfine, comparison)["results"].clone();
        results[1]["parameters"].clone()
    };
    assert_eq!(parameters(&comparison), serde_json::json!({"workers": "2"}));
    let Subject::Job(variant) = &mut comparison.cases[1].subject else {
        unreachable!("a job's case")
    };
    variant.chunk_size = Some(7);
    assert_eq!(
        parameters(&comparison),
        serde_json::json!({"chunk_size": "7"})
    );
    comparison.cases.push(rival("c", &[0.5]));
    assert_eq!(parameters(&comparison), serde_json::json!({"workers": "2"}));
}

#[test]
fn hyperfines_pair_is_the_two_fastest_of_two_sides() {
    let names = |comparison: &Comparison| -> Vec<String> {
        let results = json(Export::HyperfinePair, comparison)["results"].clone();
        let results = results.as_array().expect("results").iter();
        results
            .map(|result| {
                result["command"]
                    .as_str()
                    .expect("a name")
                    .replace("squares of 1..101, ", "")
            })
            .collect()
    };
    let mut comparison = compared(&[(1, ONE), (2, TWO), (4, ONE)]);
    assert_eq!(names(&comparison), ["1 worker", "2 workers"]);
    comparison.cases.push(rival("slow", &[9.0]));
    comparison.cases.push(rival("c", &[0.5]));
    assert_eq!(names(&comparison), ["2 workers", "c"]);
    assert_eq!(names(&compared(&[(1, ONE)])), ["1 worker"]);
}

#[test]
fn the_forms_of_the_services_are_theirs() {
    let comparison = compared(&[(1, ONE), (2, TWO)]);
    let times = json(Export::GithubAction, &comparison);
    assert_eq!(
        (&times[0]["unit"], &times[0]["value"]),
        (&"s".into(), &2.0.into())
    );
    assert_eq!(times[1]["name"], "squares of 1..101, 2 workers");
    let speedups = json(Export::GithubActionSpeedup, &comparison);
    assert_eq!(
        speedups.as_array().map(Vec::len),
        Some(1),
        "the reference has none"
    );
    assert_eq!(
        (&speedups[0]["unit"], &speedups[0]["value"]),
        (&"x".into(), &2.0.into())
    );
    let bencher = json(Export::Bencher, &comparison);
    let two = &bencher["squares of 1..101, 2 workers"];
    assert_eq!(two["latency"]["value"], 1e9);
    assert_eq!(two["throughput"]["value"], 100.0);
    assert!(two["speedup"]["lower_value"].as_f64() < two["speedup"]["upper_value"].as_f64());
}

#[test]
fn nothing_measured_yet_can_be_written_in_every_form() {
    let comparison = Comparison {
        rounds: 0,
        ended: None,
        ..compared(&[(1, &[]), (2, &[])])
    };
    for export in [
        Export::Json,
        Export::Csv,
        Export::Markdown,
        Export::Hyperfine,
        Export::HyperfinePair,
        Export::GithubAction,
        Export::GithubActionSpeedup,
        Export::Bencher,
        Export::Svg,
        Export::Html,
    ] {
        assert!(!exported(export, &comparison).is_empty(), "{export:?}");
    }
    assert_eq!(json(Export::Json, &comparison)["status"], "running");
}

#[test]
fn what_is_stored_can_be_compared_with() {
    let then = compared(&[(1, ONE), (2, TWO)]);
    let baseline = Baseline::parse(&exported(Export::Json, &then)).expect("a baseline");
    assert!(baseline.differences(&then).is_empty());
    let slower: Vec<f64> = TWO.iter().map(|time| time * 1.1).collect();
    let now = compared(&[(1, ONE), (2, &slower)]);
    let [one, two] = &regressions(&now, &baseline)[..] else {
        unreachable!("two cases")
    };
    assert_eq!((one.ratio.value, one.p_value), (1.0, 1.0));
    assert!((two.ratio.value - 1.1).abs() < 1e-12 && two.p_value < 0.05);
    // Of one session nothing is known of what changes between them.
    let interval = two.ratio.interval.expect("five runs");
    assert!(interval.low < 0.45 && interval.high > 2.7, "{interval:?}");
    assert_eq!((two.sessions, two.spread), (1, None));
    assert!(two.settle(0.05).starts_with("the baseline has 1 session, "));
}

#[test]
fn a_baseline_of_something_else_says_what_differs() {
    let now = compared(&[(1, ONE), (2, TWO)]);
    let differences = |change: &dyn Fn(&mut Comparison)| {
        let mut then = now.clone();
        change(&mut then);
        let baseline = Baseline::parse(&exported(Export::Json, &then)).expect("a baseline");
        baseline.differences(&now).join("; ")
    };
    assert_eq!(
        differences(&|then| then.work.input = "1..9".into()),
        "input: '1..9' there, '1..101' here"
    );
    assert_eq!(
        differences(&|then| then.work.job = "cubes".into()),
        "job: 'cubes' there, 'squares' here"
    );
    assert_eq!(
        differences(&|then| then.work.step = Some(2)),
        "step: '2' there, 'none' here"
    );
    assert_eq!(
        differences(&|then| then.fingerprint.cpu_model = "Z80".into()),
        "CPU: 'Z80' there, 'Testium 3' here"
    );
    assert_eq!(
        differences(&|then| then.fingerprint.cpus = 8),
        "CPUs: '8' there, '2' here"
    );
    assert_eq!(
        differences(&|then| drop(then.cases.pop())),
        "workers: '1 auto' there, '1 auto, 2 auto' here"
    );
    // The same numbers in another notation are the same input.
    assert_eq!(differences(&|then| then.work.input = "1..=1e2".into()), "");
    assert_eq!(
        differences(&|then| {
            then.work.input = "1..=100".into();
            then.work.step = Some(1);
        }),
        ""
    );
    // Files of the same name with other numbers.
    assert_eq!(
        differences(&|then| then.work.answer = Some("5".into())),
        "total: '5' there, '338350' here"
    );
    assert_eq!(
        differences(&|then| then.fingerprint.cpu_model = "Z\x1b[2J".into()),
        r"CPU: 'Z\u{1b}[2J' there, 'Testium 3' here"
    );
    // Rivals come and go, and the order is nobody's concern.
    assert_eq!(differences(&|then| then.cases.push(rival("c", &[1.0]))), "");
    assert_eq!(differences(&|then| then.cases.reverse()), "");
    let text = exported(Export::Json, &now);
    let older = text.replace(env!("CARGO_PKG_VERSION"), "0.0.0");
    let older = Baseline::parse(&older).expect("a baseline");
    assert!(older.differences(&now)[0].starts_with("partask: '0.0.0' there"));
}

#[test]
fn what_is_no_baseline_is_refused() {
    let text = exported(Export::Json, &compared(&[(1, ONE)]));
    for (foreign, says) in [
        ("", "no comparison"),
        ("[]", "no comparison"),
        ("{}", "missing field `schema`"),
        (r#"{"schema": "partask.report/1"}"#, "partask.report/1"),
        (r#"{"schema": "partask.compare/1"}"#, "missing field"),
        (&text.replace("2.01", "-2.01"), "a time of -2.01 s"),
        (
            &exported(Export::Json, &compared(&[(1, &[])])),
            "no samples",
        ),
        (
            &exported(Export::Json, &compared(&[(1, ONE), (2, &[])])),
            "no samples of some cases",
        ),
    ] {
        let error = Baseline::parse(foreign).expect_err(foreign).to_string();
        assert!(
            error.contains(says) && error.contains("--save-baseline"),
            "{error}"
        );
    }
}
