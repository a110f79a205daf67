//! The model of a chart.

use super::*;
use proptest::prelude::*;

pub(super) fn speedup(value: f64, half_width: f64) -> Speedup {
    Speedup {
        value,
        low: value - half_width,
        high: value + half_width,
    }
}

/// A series of workers, speedup and half the width of its interval.
pub(super) fn series(name: &str, points: &[(usize, f64, f64)]) -> Series {
    let point = |&(workers, value, half_width): &(usize, f64, f64)| Point {
        workers,
        speedup: speedup(value, half_width),
    };
    Series {
        name: name.to_owned(),
        points: points.iter().map(point).collect(),
        fitted: None,
    }
}

pub(super) fn rival(name: &str, value: f64, half_width: f64) -> Rival {
    Rival {
        name: name.to_owned(),
        speedup: speedup(value, half_width),
    }
}

pub(super) fn chart(cpus: usize, series: Vec<Series>, rivals: Vec<Rival>) -> Chart {
    Chart {
        title: "sum-of-squares over 1..1000000000".to_owned(),
        subtitle: "median of 12 runs".to_owned(),
        series,
        rivals,
        cpus,
        scaled: false,
        interval: "95% interval".to_owned(),
        reference_workers: 1,
    }
}

fn any_speedup() -> impl Strategy<Value = Speedup> {
    let figure = || {
        prop_oneof![
            4 => 0.0..100.0,
            1 => any::<f64>(),
            1 => Just(0.0),
            1 => 1e-9..1e-3,
        ]
    };
    (figure(), figure(), figure()).prop_map(|(value, low, high)| Speedup { value, low, high })
}

fn any_workers() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 1_usize..1_100, 1 => any::<usize>(), 1 => Just(0)]
}

fn any_series() -> impl Strategy<Value = Series> {
    let point =
        (any_workers(), any_speedup()).prop_map(|(workers, speedup)| Point { workers, speedup });
    let curve = (
        any::<String>(),
        prop::collection::vec((0.5..1_100.0, any::<f64>()), 0..8),
    )
        .prop_map(|(name, points)| Curve { name, points });
    (
        any::<String>(),
        prop::collection::vec(point, 0..8),
        prop::option::of(curve),
    )
        .prop_map(|(name, points, fitted)| Series {
            name,
            points,
            fitted,
        })
}

/// Whatever the fields can hold.
pub(super) fn any_chart() -> impl Strategy<Value = Chart> {
    let rival =
        (any::<String>(), any_speedup()).prop_map(|(name, speedup)| Rival { name, speedup });
    (
        (any::<String>(), any::<String>()),
        prop::collection::vec(any_series(), 0..9),
        prop::collection::vec(rival, 0..5),
        (0_usize..100, any_workers()),
    )
        .prop_map(
            |((title, subtitle), series, rivals, (cpus, reference))| Chart {
                title,
                subtitle,
                series,
                rivals,
                cpus,
                scaled: false,
                interval: "95% interval".to_owned(),
                reference_workers: reference,
            },
        )
}

#[test]
fn what_is_no_speedup_is_left_out() {
    let mut points = series(
        "",
        &[
            (4, 2.0, 0.5),
            (0, 1.0, 0.0),
            (2_000_000, 1.0, 0.0),
            (2, f64::NAN, 0.0),
        ],
    );
    points.points.push(Point {
        workers: 1,
        speedup: Speedup {
            value: 1.0,
            low: f64::NEG_INFINITY,
            high: 0.5,
        },
    });
    let rivals = vec![
        rival("a", f64::INFINITY, 0.0),
        rival("b", -1.0, 0.0),
        rival("c", 1e12, 0.0),
    ];
    let empty = series("nothing", &[(2, -1.0, 0.0)]);
    let drawable = chart(2, vec![empty, points], rivals).drawable();
    assert_eq!(drawable.rivals, []);
    assert_eq!(drawable.series.len(), 1);
    let of_one = Point {
        workers: 1,
        speedup: speedup(1.0, 0.0),
    };
    let of_four = Point {
        workers: 4,
        speedup: speedup(2.0, 0.5),
    };
    assert_eq!(drawable.series[0].points, [of_one, of_four]);
}

#[test]
fn a_text_can_not_steer_the_terminal_or_break_the_picture() {
    assert_eq!(clean("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
    assert_eq!(clean("\u{202e}txt\u{ffff}"), "\\u{202e}txt\u{fffd}");
    assert_eq!(clean("<ü & 漢>"), "<ü & 漢>");
}

#[test]
fn texts_are_cut_to_their_room() {
    let cut = |room: f64| shortened("pool of four", room, |_| 1.0);
    assert_eq!(cut(12.0), "pool of four");
    assert_eq!(cut(8.5), "pool of…");
    assert_eq!(cut(6.0), "pool…");
    assert_eq!(cut(1.0), "…");
    assert_eq!(cut(0.5), "");
}

#[test]
fn speedups_have_three_digits() {
    for (value, text) in [
        (0.0, "0.00"),
        (0.0042, "0.0042"),
        (0.0312, "0.031"),
        (0.5, "0.50"),
        (1.968, "1.97"),
        (12.34, "12.3"),
        (99.96, "100"),
        (1234.5, "1234"),
    ] {
        assert_eq!(speedup(value, 0.0).text(), text);
    }
    assert_eq!(speedup(9.9, 0.6).interval_text(), "9.30–10.50");
}

#[test]
fn a_curve_is_straight_between_its_points() {
    let curve = Curve {
        name: String::new(),
        points: vec![(1.0, 1.0), (2.0, 1.8), (4.0, 3.0)],
    };
    let at = [0.5, 1.0, 2.0, 3.0, 4.0, 5.0].map(|workers| curve.at(workers));
    assert_eq!(at, [None, Some(1.0), Some(1.8), Some(2.4), Some(3.0), None]);
}

#[test]
fn worker_counts_that_double_are_shown_so() {
    let doubles = |counts: &[usize]| {
        let points: Vec<_> = counts.iter().map(|count| (*count, 1.0, 0.0)).collect();
        chart(8, vec![series("", &points)], vec![]).has_doublings()
    };
    for counts in [&[1, 2][..], &[8, 2, 4], &[1, 2, 4, 8, 12], &[1, 64]] {
        assert!(doubles(counts), "{counts:?}");
    }
    for counts in [&[][..], &[4], &[1, 2, 3], &[1, 3, 5, 7, 9, 11], &[3, 6, 12]] {
        assert!(!doubles(counts), "{counts:?}");
    }
}
