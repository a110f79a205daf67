//! What an interval knows, and made-up times for the tests of this folder.

pub(super) mod simulation;

use super::*;

#[test]
fn an_interval_knows_its_width_and_what_it_holds() {
    let interval = Interval {
        low: 1.5,
        high: 2.5,
    };
    assert_eq!(interval.relative_half_width(2.0), 0.25);
    assert_eq!(interval.relative_half_width(-2.0), 0.25);
    for (value, held) in [(1.4, false), (1.5, true), (2.5, true), (2.6, false)] {
        assert_eq!(interval.contains(value), held, "{value}");
    }
}
