//! The form for people.

use super::super::*;
use super::{ONE, TWO, compared, rival};
use crate::report::width::columns_of;
use crate::stop::StopReason;

#[test]
fn the_human_form_has_every_part() {
    let mut comparison = compared(&[(1, ONE), (2, TWO)]);
    comparison.gated = Gate::MinSpeedup(1.5).judge(&comparison, None);
    let mut out = Vec::new();
    write(
        &comparison,
        Style {
            format: Format::Human,
            ..Style::default()
        },
        &mut out,
    )
    .expect("written");
    let text = String::from_utf8(out).expect("UTF-8");
    for expected in [
        "squares of 1..101      100 numbers, 1 to 100",
        "total      338350  (verified in every run)",
        "runs       5 of each in random order, after 1 to warm up",
        "workers  speedup",
        "speedup (× of 1 worker)",
        "Amdahl     ",
        "USL        not fitted",
        "machine    Testium 3, 2 CPUs for this process, Linux 6.1, avx2 code",
        "gate       --min-speedup 1.50: 2 workers came to 2.00 (",
        "result     2 workers: 2.00 × faster than 1",
    ] {
        assert!(text.contains(expected), "{expected}:\n{text}");
    }
    assert!(!text.contains('\x1b'));
}

#[test]
fn nothing_measured_is_no_empty_tables() {
    let comparison = Comparison {
        ended: Some(Ended::Stopped(StopReason::Interrupted)),
        rounds: 0,
        ..compared(&[(1, &[]), (2, &[])])
    };
    let mut out = Vec::new();
    write(&comparison, Style::default(), &mut out).expect("written");
    let expected = "squares of 1..101      100 numbers, 1 to 100\n\
        total      338350  (verified)\nruns       none was completed\n";
    assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
}

#[test]
fn a_regression_is_told_in_percent() {
    let mut comparison = compared(&[(1, ONE), (2, TWO)]);
    let ratio = |value, low, high| Ratio {
        value,
        interval: Some(crate::stats::Interval { low, high }),
    };
    let regression = Regression {
        case: "2 workers".to_owned(),
        ratio: ratio(1.04, 0.9, 1.2),
        sessions: 5,
        span_s: None,
        spread: Some(1.041),
        each: vec![1.04],
        noise: 1.01,
        others_cpus: None,
        p_value: 0.001,
        cause: None,
    };
    comparison.gated = vec![Gated {
        gate: Gate::MaxRegression(0.05),
        case: regression.case.clone(),
        measured: regression.ratio,
        verdict: Verdict::Inconclusive,
        settle: Some(regression.settle(0.05)),
    }];
    comparison.regressions = vec![regression];
    let mut out = Vec::new();
    write(&comparison, Style::default(), &mut out).expect("written");
    let text = String::from_utf8(out).expect("UTF-8");
    for expected in [
        "baseline   2 workers: 1.04 × its time (0.90 to 1.20) in 5 sessions, which differ\n           by 4.10%\n",
        "gate       --max-regression 5.00%: 2 workers came to +4.00% (-10.0% to +20.0%):\n           inconclusive\n",
    ] {
        assert!(text.contains(expected), "{expected}:\n{text}");
    }
}

#[test]
fn no_line_is_wider_than_asked() {
    let long = "日本語の名前 /a/path/without/any/blank/at/which/a/line/could/be/folded";
    let mut comparison = compared(&[(1, ONE), (2, TWO), (1_000, TWO)]);
    comparison.cases.push(rival(long, &[3.0, 3.1]));
    comparison.cases.push(rival("c", &[1e-4, 2e-4]));
    comparison.gated = Gate::MinSpeedup(1.5).judge(&comparison, None);
    comparison.work.title = format!("run {long}");
    for columns in 32..=130 {
        let style = Style {
            timings: true,
            columns: Some(columns),
            ..Style::default()
        };
        let mut out = Vec::new();
        write(&comparison, style, &mut out).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        for line in text.lines() {
            assert!(columns_of(line) <= columns, "{columns}: {line}");
        }
        assert!(text.contains("\nresult     "), "{text}");
    }
}

#[test]
fn the_tables_say_how_sure_the_intervals_are() {
    const TIMES: &[f64] = &[2.0, 2.01, 1.99, 2.0, 2.02, 2.03];
    for (runs, of_medians, of_ratios) in [
        (1, "  interval", "  interval"),
        (2, "50% interval", "50% interval"),
        (3, "75% interval", "75% interval"),
        (4, "87.5% interval", "87.5% interval"),
        (5, "93.8% interval", "95% interval"),
        (6, "95% interval", "95% interval"),
    ] {
        let comparison = compared(&[(1, &TIMES[..runs]), (2, &TIMES[..runs])]);
        let mut out = Vec::new();
        write(&comparison, Style::default(), &mut out).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        let line = |column: &str| {
            let heading = |line: &&str| line.starts_with("workers") && line.contains(column);
            text.lines().find(heading).expect("a table").to_owned()
        };
        assert!(line(" median ").contains(of_medians), "{runs}: {text}");
        assert!(line(" speedup ").contains(of_ratios), "{runs}: {text}");
    }
}
