//! The rivals: level lines over the plot, and their labels beside it.

use super::super::{Chart, Rival};
use super::canvas::{self, Anchor, Drawn, Type};
use super::palette::{LEADER, RIVAL};
use super::{Layout, Plot};

const LOOKS: Type = Type {
    size: 12.5,
    bold: false,
    ink: RIVAL,
};
/// From the plot to the labels, crossed by a line each.
const GAP: f64 = 18.0;
const WIDTH_MAX: f64 = 200.0;
const ROW_HEIGHT: f64 = 15.0;
/// A name and, below it, the speedup, with room to the next.
const LABEL_HEIGHT: f64 = 2.0 * ROW_HEIGHT + 6.0;

/// The laid-out labels of the rivals.
pub(super) struct Labels {
    /// Names and speedups, in the order of the rivals.
    texts: Vec<(String, String)>,
    /// Of the labels and the gap before them, in pixels; 0 without rivals.
    pub(super) width: f64,
}

impl Labels {
    pub(super) fn new(rivals: &[Rival]) -> Labels {
        let text = |rival: &Rival| {
            let name = canvas::fitting(&rival.name, WIDTH_MAX, LOOKS);
            (name, format!("{} ×", rival.speedup.text()))
        };
        let texts: Vec<(String, String)> = rivals.iter().map(text).collect();
        let widths = texts
            .iter()
            .map(|(name, speedup)| canvas::width(name, LOOKS).max(canvas::width(speedup, LOOKS)));
        let width = widths.reduce(f64::max).map_or(0.0, |widest| widest + GAP);
        Labels { texts, width }
    }

    /// The pixels they take one below the other.
    pub(super) fn height(&self) -> f64 {
        self.texts.len() as f64 * LABEL_HEIGHT
    }
}

/// Draws the level lines, the veils of their intervals, and the labels.
pub(super) fn draw(plot: &Plot, chart: &Chart) -> Drawn {
    let Layout {
        left,
        right,
        top,
        bottom,
        labels,
        ..
    } = plot.layout;
    let heights: Vec<f64> = chart
        .rivals
        .iter()
        .map(|rival| plot.y(rival.speedup.value))
        .collect();
    let half = LABEL_HEIGHT / 2.0;
    let spread = spread(&heights, (top + half, bottom - half));
    for (i, rival) in chart.rivals.iter().enumerate() {
        let y = heights[i];
        if rival.speedup.has_interval() {
            let [low, high] = [rival.speedup.low, rival.speedup.high].map(|end| plot.y(end));
            plot.canvas
                .veil([(*left, high), (*right, low)], 0.12, RIVAL)?;
        }
        plot.canvas.line(&[(*left, y), (*right, y)], 1.6, RIVAL)?;
        let leader = [(*right, y), (right + GAP - 5.0, spread[i])];
        plot.canvas.line(&leader, 1.0, LEADER)?;
        let (name, speedup) = &labels.texts[i];
        for (text, below) in [(name, -0.5), (speedup, 0.5)] {
            let at = (right + GAP, spread[i] + below * ROW_HEIGHT);
            plot.canvas.text(text, at, Anchor::Start, LOOKS)?;
        }
    }
    Ok(())
}

/// Heights as near to the given ones as may be without labels over each other, in the same order;
/// there is room for all between the bounds.
fn spread(heights: &[f64], (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|a, b| heights[*a].total_cmp(&heights[*b]));
    let mut spread = heights.to_vec();
    let mut least = top;
    for &i in &order {
        spread[i] = spread[i].max(least);
        least = spread[i] + LABEL_HEIGHT;
    }
    let mut most = bottom;
    for &i in order.iter().rev() {
        spread[i] = spread[i].min(most);
        most = spread[i] - LABEL_HEIGHT;
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_their_order() {
        assert_eq!(spread(&[200.0, 100.0], (20.0, 300.0)), [200.0, 100.0]);
        let near = LABEL_HEIGHT;
        assert_eq!(spread(&[100.0, 99.0], (20.0, 300.0)), [99.0 + near, 99.0]);
        assert_eq!(
            spread(&[299.0, 300.0, 298.0], (20.0, 300.0)),
            [300.0 - near, 300.0, 300.0 - 2.0 * near]
        );
        assert_eq!(spread(&[], (20.0, 300.0)), [0.0; 0]);
    }
}
