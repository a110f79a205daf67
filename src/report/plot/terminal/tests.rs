//! The bars, at every width.

use super::super::tests::{any_chart, chart, rival, series};
use super::super::{Curve, write_terminal};
use super::*;
use proptest::prelude::*;

fn written(chart: &Chart, columns: usize, colour: bool) -> String {
    let mut out = Vec::new();
    write_terminal(chart, columns, colour, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[track_caller]
fn assert_lines(chart: &Chart, columns: usize, lines: &[&str]) {
    let written = written(chart, columns, false);
    assert_eq!(written.lines().collect::<Vec<_>>(), lines, "\n{written}");
}

fn two_workers() -> Chart {
    chart(
        2,
        vec![series("", &[(1, 1.0, 0.0), (2, 1.97, 0.012)])],
        vec![],
    )
}

fn beyond_the_cpus() -> Chart {
    let mut measured = series("", &[(1, 1.0, 0.0), (2, 1.9, 0.02), (6, 2.05, 0.1)]);
    measured.fitted = Some(Curve {
        name: "Amdahl, 1.5% serial".to_owned(),
        points: vec![(1.0, 1.0), (2.0, 1.7)],
    });
    chart(2, vec![measured], vec![rival("c-openmp", 1.5, 0.0)])
}

#[test]
fn a_bar_ends_where_its_speedup_is() {
    assert_lines(
        &two_workers(),
        72,
        &[
            "speedup (× of 1 worker)",
            "1 worker   ████████████████████│                      1.00 ×",
            "2 workers  ███████████████████████████████████████▋│  1.97 × (1.96–1.98)",
            "│ ideal   equal steps are doublings, from 0.50 ×",
        ],
    );
}

#[test]
fn an_ideal_far_beyond_does_not_squash_what_was_measured() {
    assert_lines(
        &beyond_the_cpus(),
        72,
        &[
            "speedup (× of 1 worker)",
            "1 worker   ███████████████████│                       1.00 ×",
            "2 workers  █████████████████████████████████┊███▏ │   1.90 × (1.88–1.92)",
            "6 workers  ████████████████████████████████████████→  2.05 × (1.95–2.15)",
            "c-openmp   █████████████████████████████▎             1.50 ×",
            "│ ideal   ┊ Amdahl, 1.5% serial   → ideal beyond this scale",
        ],
    );
}

#[test]
fn where_workers_double_so_do_the_steps_and_the_ideals_are_on_a_line() {
    let points = [(1, 1.0, 0.0), (2, 1.9, 0.0), (4, 3.4, 0.0), (8, 4.0, 0.0)];
    let rivals = vec![rival("pool", 0.0078, 0.0)];
    assert_lines(
        &chart(8, vec![series("", &points)], rivals),
        60,
        &[
            "speedup (× of 1 worker)",
            "1 worker   █████████████████████│                     1.00 ×",
            "2 workers  ██████████████████████████▊│               1.90 ×",
            "4 workers  ███████████████████████████████▎│          3.40 ×",
            "8 workers  ████████████████████████████████▋     │    4.00 ×",
            "pool       ←                                        0.0078 ×",
            "│ ideal   ← below this scale",
            "equal steps are doublings, from 0.062 ×",
        ],
    );
}

#[test]
fn a_narrow_terminal_loses_intervals_then_bars_then_ends() {
    assert_lines(
        &beyond_the_cpus(),
        40,
        &[
            "speedup (× of 1 worker)",
            "1 worker   █████████│             1.00 ×",
            "2 workers  ████████████████┊█▌│   1.90 ×",
            "6 workers  ████████████████████→  2.05 ×",
            "c-openmp   ██████████████▋        1.50 ×",
            "│ ideal   ┊ Amdahl, 1.5% serial",
            "→ ideal beyond this scale",
        ],
    );
    let bare = [
        "speedup (× of 1 wo…",
        "1 worker   1.00 ×",
        "2 workers  1.97 ×",
    ];
    assert_lines(&two_workers(), 19, &bare);
    assert_lines(&two_workers(), 8, &["speedup…", "1 worke…", "2 worke…"]);
    assert_lines(&two_workers(), 0, &["", "", ""]);
}

#[test]
fn series_and_rivals_stand_in_one_table() {
    let auto = series("auto", &[(8, 6.0, 0.0), (16, 12.0, 0.0)]);
    let scalar = series("scalar", &[(16, 0.02, 0.0)]);
    let name = "python3 /srv/benchmarks/pool.py --processes 16";
    let chart = chart(16, vec![auto, scalar], vec![rival(name, 0.0, 0.0)]);
    assert_lines(
        &Chart {
            reference_workers: 2,
            ..chart
        },
        60,
        &[
            "speedup (× of 2 workers)",
            "auto     8 workers    ███████████████████████│█▏      6.00 ×",
            "auto    16 workers    ██████████████████████████│█    12.0 ×",
            "scalar  16 workers    █                         │    0.020 ×",
            "python3 /srv/benchm…                                  0.00 ×",
            "│ ideal   equal steps are doublings, from 0.016 ×",
        ],
    );
}

#[test]
fn nothing_measured_is_nothing_written() {
    assert_eq!(written(&chart(2, vec![], vec![]), 80, true), "");
}

#[test]
fn colour_is_used_only_when_asked_for() {
    let chart = beyond_the_cpus();
    let coloured = written(&chart, 72, true);
    assert!(coloured.contains("\u{1b}[36m█"), "{coloured}");
    assert!(!written(&chart, 72, false).contains('\u{1b}'));
    let bare = coloured
        .split('\u{1b}')
        .map(|part| part.split_once('m').map_or(part, |(_, text)| text));
    let first = coloured.split('\u{1b}').next().unwrap();
    let bare: String = [first].into_iter().chain(bare.skip(1)).collect();
    assert_eq!(bare, written(&chart, 72, false));
}

proptest! {
    #[test]
    fn no_line_is_wider_than_asked(chart in any_chart(), columns in 0_usize..140) {
        for line in written(&chart, columns, false).lines() {
            prop_assert!(width(line) <= columns, "{} columns of {columns}: {line}", width(line));
        }
    }

    #[test]
    fn every_measurement_has_its_line(chart in any_chart(), columns in 40_usize..140) {
        let lines = written(&chart, columns, false).lines().count();
        prop_assert!(lines >= chart.drawable().measured().count());
    }
}
