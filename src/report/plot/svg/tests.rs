//! The picture as text and as XML.

use super::super::tests::{any_chart, chart, rival, series};
use super::*;
use proptest::prelude::*;
use roxmltree::{Document, Node};

fn drawn(chart: &Chart) -> String {
    draw(&chart.drawable()).unwrap()
}

fn two_rivals() -> Chart {
    let mut measured = series("", &[(1, 1.0, 0.0), (2, 1.9, 0.1), (6, 2.0, 0.2)]);
    measured.fitted = Some(Curve {
        name: "Amdahl, 1.5% serial".to_owned(),
        points: vec![(1.0, 1.0), (2.0, 1.9), (3.0, 4.0)],
    });
    let name = format!("<python3 \"a&b\">\u{1b}{}", " long".repeat(30));
    chart(
        2,
        vec![measured],
        vec![rival(&name, 0.2, 0.05), rival("c", 1.5, 0.0)],
    )
}

fn texts<'a>(document: &'a Document) -> Vec<&'a str> {
    let nodes = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    nodes
        .filter_map(|node| node.text())
        .map(str::trim)
        .collect()
}

/// The drawn places of a shape, in units; of a text the ends of its line.
fn places(node: &Node) -> Vec<At> {
    let number = |name: &str| {
        node.attribute(name)
            .map_or(0.0, |text| text.parse().unwrap())
    };
    let (x, y) = (number("x"), number("y"));
    match node.tag_name().name() {
        "line" => vec![(number("x1"), number("y1")), (number("x2"), number("y2"))],
        "rect" => vec![(x, y), (x + number("width"), y + number("height"))],
        "circle" => {
            let (x, y, r) = (number("cx"), number("cy"), number("r"));
            vec![(x - r, y - r), (x + r, y + r)]
        }
        "polyline" | "polygon" => node
            .attribute("points")
            .unwrap()
            .split_whitespace()
            .map(|pair| pair.split_once(',').unwrap())
            .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
            .collect(),
        "text" => {
            let size = number("font-size");
            let looks = Type {
                size,
                bold: node.has_attribute("font-weight"),
                ink: TEXT,
            };
            let width = canvas::width(node.text().unwrap().trim(), looks);
            let start = match node.attribute("text-anchor").unwrap() {
                "start" => 0.0,
                "middle" => -width / 2.0,
                _ => -width,
            };
            match node.attribute("transform") {
                None => vec![(x + start, y), (x + start + width, y)],
                Some(_) => vec![(x, y + start), (x, y + start + width)],
            }
        }
        _ => Vec::new(),
    }
}

/// The lines drawn in an ink, each with its places.
fn lines(document: &Document, ink: Ink) -> Vec<Vec<At>> {
    let stroke = ink.attribute();
    let of_ink = |node: &Node| node.attribute("stroke") == Some(stroke.as_str());
    document
        .descendants()
        .filter(of_ink)
        .map(|node| places(&node))
        .collect()
}

#[test]
fn the_picture_says_what_it_shows_and_in_which_units() {
    let picture = drawn(&two_rivals());
    let document = Document::parse(&picture).unwrap();
    let texts = texts(&document);
    for text in [
        "sum-of-squares over 1..1000000000",
        "median of 12 runs",
        "workers",
        "speedup (× of 1 worker)",
        "measured",
        "95% interval",
        "Amdahl, 1.5% serial",
        "ideal",
        "2 CPUs",
        "c",
        "1.50 ×",
        "0.20 ×",
    ] {
        assert!(texts.contains(&text), "{text} in {texts:?}");
    }
    let title = document
        .descendants()
        .find(|node| node.has_tag_name("title"));
    assert_eq!(
        title.unwrap().text(),
        Some("sum-of-squares over 1..1000000000")
    );
}

#[test]
fn texts_of_any_kind_are_escaped_and_cut() {
    let picture = drawn(&two_rivals());
    let document = Document::parse(&picture).unwrap();
    let texts = texts(&document);
    let name = texts.iter().find(|text| text.starts_with('<')).unwrap();
    assert!(name.starts_with("<python3 \"a&b\">\\u{1b} l"), "{name}");
    assert!(name.ends_with('…'), "{name}");
}

#[test]
fn intervals_are_bars_with_caps() {
    let mut chart = two_rivals();
    chart.series[0].fitted = None;
    let picture = drawn(&chart);
    let document = Document::parse(&picture).unwrap();
    let lines = lines(&document, palette::series(0));
    let upright = lines
        .iter()
        .filter(|line| line.len() == 2 && line[0].0 == line[1].0);
    assert_eq!(
        upright.count(),
        2,
        "the reference has no interval: {lines:?}"
    );
    // The swatch of the legend, the line through the points, and two bars of three strokes.
    assert_eq!(lines.len(), 8);
}

#[test]
fn guides_are_dashed_and_end_at_the_top_of_the_plot() {
    let picture = drawn(&two_rivals());
    let document = Document::parse(&picture).unwrap();
    for (ink, dashes) in [
        (IDEAL, "70 50"),
        (palette::fitted(0), "10 50"),
        (palette::RIVAL, "90 40 20 40"),
        (CPUS, "20 30"),
    ] {
        let stroke = ink.attribute();
        let mut of_ink = document
            .descendants()
            .filter(|node| node.attribute("stroke") == Some(stroke.as_str()));
        let all = of_ink.all(|node| node.attribute("stroke-dasharray") == Some(dashes));
        assert!(all, "{ink:?}");
    }
    let top = Layout::new(&two_rivals().drawable()).top * f64::from(UNIT);
    for ink in [IDEAL, palette::fitted(0)] {
        let curve = lines(&document, ink).pop().unwrap();
        let highest = curve.iter().map(|at| at.1).fold(f64::MAX, f64::min);
        assert!((highest - top).abs() <= 2.0, "{ink:?}: {highest}, {top}");
    }
}

/// The ideal as the picture has it: of a worker count 2, 4 and 8 times as large, so is the speedup.
#[test]
fn where_workers_double_both_axes_are_logarithmic_and_the_ideal_is_straight() {
    let points = [(1, 1.0, 0.0), (2, 1.9, 0.1), (4, 2.0, 0.0), (8, 2.0, 0.2)];
    let picture = drawn(&chart(2, vec![series("", &points)], vec![]));
    let document = Document::parse(&picture).unwrap();
    let ideal = lines(&document, IDEAL).pop().unwrap();
    assert_eq!(ideal.len(), 2, "straight, and all of it: {ideal:?}");
    let measured = lines(&document, palette::series(0));
    let measured = measured.iter().find(|line| line.len() == 4).unwrap();
    let steps = |axis: fn(&At) -> f64| -> Vec<f64> {
        let pairs = measured.windows(2);
        pairs.map(|pair| axis(&pair[1]) - axis(&pair[0])).collect()
    };
    let across = steps(|at| at.0);
    assert!((across[0] - across[2]).abs() <= 2.0, "{across:?}");
    // The ideal passes through the reference, and its slope is a doubling a doubling.
    assert!((ideal[0].1 - measured[0].1).abs() <= 2.0);
    let doubling = (ideal[1].1 - ideal[0].1) / 3.0;
    let upward = steps(|at| at.1);
    assert!((upward[0] / doubling - 1.9_f64.log2()).abs() < 0.01);
    let texts = texts(&document);
    for tick in ["1", "2", "4", "8"] {
        assert_eq!(texts.iter().filter(|text| **text == tick).count(), 2);
    }
}

#[test]
fn every_colour_has_its_dark_counterpart() {
    let picture = drawn(&two_rivals());
    let document = Document::parse(&picture).unwrap();
    let (_, dark) = picture
        .split_once("@media (prefers-color-scheme:dark){")
        .unwrap();
    for node in document.descendants() {
        for property in ["fill", "stroke"] {
            let colour = node
                .attribute(property)
                .filter(|colour| colour.starts_with('#'));
            if let Some(colour) = colour {
                let rule = format!("[{property}=\"{colour}\"]{{{property}:#");
                assert!(dark.contains(&rule), "{rule}");
            }
        }
    }
}

#[test]
fn an_empty_chart_and_one_of_a_single_point_are_drawn() {
    let empty = drawn(&chart(4, vec![], vec![]));
    assert!(texts(&Document::parse(&empty).unwrap()).contains(&"nothing measured yet"));
    let single = drawn(&chart(4, vec![series("", &[(4, 1.0, 0.0)])], vec![]));
    let document = Document::parse(&single).unwrap();
    assert_eq!(
        lines(&document, palette::series(0)).len(),
        1,
        "only the legend's"
    );
    assert!(!texts(&document).contains(&"95% interval"));
}

#[test]
fn what_goes_over_the_top_is_cut_off() {
    let axis = Axis::of_workers(&[1, 2, 4], 4, false, |_| 0.01);
    let curve = [(1.0, 1.0), (2.0, 3.0), (3.0, 3.0), (4.0, 1.0), (9.0, 1.0)];
    assert_eq!(
        within(&curve, &axis, 2.0),
        [vec![(1.0, 1.0), (1.5, 2.0)], vec![(3.5, 2.0), (4.0, 1.0)]]
    );
    assert_eq!(within(&curve, &axis, 0.5), Vec::<Vec<At>>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_chart_is_well_formed_and_on_its_canvas(chart in any_chart()) {
        let picture = drawn(&chart);
        prop_assert_eq!(&picture, &drawn(&chart));
        let document = Document::parse(&picture).unwrap();
        let size = |name| document.root_element().attribute(name).unwrap().parse::<f64>();
        let [width, height] = ["width", "height"].map(|name| size(name).unwrap());
        let (right, bottom) = (width * f64::from(UNIT), height * f64::from(UNIT));
        for node in document.root_element().children() {
            for (x, y) in places(&node) {
                let inside = (0.0..=right).contains(&x) && (0.0..=bottom).contains(&y);
                prop_assert!(inside, "({x}, {y}) in {right} x {bottom}: {node:?}");
            }
        }
    }
}
