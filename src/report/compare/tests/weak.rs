//! Work that grows with the workers.

use super::super::*;
use super::{ONE, TWO, compared, sentence};
use crate::scaling::FitError;

/// The times of N workers at N times the work.
fn weak(cases: &[(usize, &[f64])]) -> Comparison {
    let mut comparison = compared(cases);
    comparison.settings.weak = true;
    comparison
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

/// Twice as much in the same time.
const SAME: &[f64] = &[2.0, 2.01, 1.99, 2.0, 2.02];

#[test]
fn speedups_are_scaled_by_the_work() {
    let comparison = weak(&[(1, ONE), (2, SAME), (4, &[4.0, 4.0, 4.0, 4.0, 4.0])]);
    let all = figures(&comparison);
    let figures: Vec<&Figures> = all.iter().flatten().collect();
    let speedups = [1, 2].map(|i| figures[i].speedup.expect("a speedup"));
    near(speedups[0].value, 2.0);
    near(speedups[1].value, 2.0);
    let interval = speedups[0].interval.expect("an interval");
    assert!(interval.low <= 2.0 && interval.low > 1.9 && interval.high < 2.1);
    near(figures[1].efficiency.expect("one").value, 1.0);
    near(figures[2].efficiency.expect("one").value, 0.5);
    near(figures[1].serial_fraction.expect("one"), 0.0);
    // 4 − s · 3 = 2.
    near(figures[2].serial_fraction.expect("one"), 2.0 / 3.0);
    near(figures[0].items_per_s.expect("a rate"), 50.0);
    near(figures[1].items_per_s.expect("a rate"), 100.0);
}

#[test]
fn a_reference_of_more_workers_has_more_work_of_its_own() {
    let mut comparison = weak(&[(2, ONE), (4, SAME), (1, TWO)]);
    let speedup = |comparison: &Comparison, i: usize| {
        let figures = figures(comparison)[i].clone();
        figures.and_then(|figures| figures.speedup).expect("one")
    };
    near(speedup(&comparison, 1).value, 2.0);
    near(speedup(&comparison, 2).value, 1.0);
    comparison.reference = 1;
    near(speedup(&comparison, 0).value, 0.5);
}

#[test]
fn more_computing_for_more_work_is_no_loss() {
    let mut comparison = weak(&[(1, ONE), (2, SAME)]);
    for (case, workers) in comparison.cases.iter_mut().zip([1.0, 2.0]) {
        for sample in &mut case.samples {
            sample.inside = Some(Inside {
                computing_s: 2.0 * workers,
                ..Inside::default()
            });
        }
    }
    let losses = figures(&comparison);
    let loss = losses[1].as_ref().and_then(|figures| figures.loss);
    near(loss.expect("a loss").computing, 1.0);
}

#[test]
fn gustafsons_law_takes_the_place_of_the_others() {
    let comparison = weak(&[(1, ONE), (2, SAME)]);
    let law = law(&comparison, &figures(&comparison));
    let gustafson = law.gustafson.expect("asked for").expect("fitted");
    near(gustafson.serial_fraction(), 0.0);
    assert!(matches!(law.amdahl, Err(FitError::GrowingWork { .. })));
    assert_eq!(
        law.fitted().map(|law| law.name()).as_deref(),
        Some("Gustafson, 0% serial")
    );
    let mut out = Vec::new();
    write(&comparison, Style::default(), &mut out).expect("written");
    let text = String::from_utf8(out).expect("UTF-8");
    for expected in [
        "workers  scaled speedup",
        "scaled speedup (× of 1 worker)",
        "Gustafson  0% of a run is serial, however much work there is\n",
        "┊ Gustafson, 0% serial",
    ] {
        assert!(text.contains(expected), "{expected}:\n{text}");
    }
    assert!(!text.contains("Amdahl") && !text.contains("USL"), "{text}");
    let svg = Export::Svg.render(&comparison).expect("drawn");
    let svg = String::from_utf8(svg).expect("UTF-8");
    assert!(svg.contains("Scaled speedup: ") && svg.contains("scaled speedup (× of 1 worker)"));
}

#[test]
fn the_sentence_is_of_what_gets_done() {
    let slow: &[f64] = &[9.0, 9.1, 8.9, 9.0, 9.02];
    for (cases, expected) in [
        (
            vec![(1, ONE), (2, SAME)],
            "2 workers: 2.00 × the work of 1 in the same time",
        ),
        (
            vec![(1, ONE), (2, slow)],
            "1 worker gets as much done as any; 2 brings nothing more",
        ),
        (
            vec![(2, TWO), (1, slow)],
            "2 workers get as much done as any; 1 gets only 0.056 × that done",
        ),
    ] {
        let sentence = sentence(&weak(&cases));
        assert!(sentence.starts_with(expected), "{sentence}");
    }
}
