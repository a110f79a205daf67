//! The page as a browser and as an XML parser read it.

use super::*;
use crate::report::compare::tests::{ONE, TWO, compared, rival};
use crate::report::compare::{Gate, Regression};
use roxmltree::{Document, Node, ParsingOptions};

/// What users may write, with everything that has a meaning in a page.
const ODD: &str = "</style><script>alert('x')</script>&amp;\"\u{1b}\u{ffff}\u{202e}日本";

fn odd() -> Comparison {
    let mut comparison = compared(&[(1, ONE), (2, TWO), (4, &[1.0, 1.0, 1.0, 1.0, 9.0])]);
    comparison.cases.push(rival(ODD, &[3.0, 3.1, 2.9]));
    comparison.work.title = format!("run {ODD}");
    comparison.work.read_as = ODD.to_owned();
    comparison.command_line = format!("partask compare '{ODD}\nsecond line'");
    comparison.gated = Gate::MinSpeedup(1.5).judge(&comparison, None);
    comparison.regressions = vec![Regression {
        case: ODD.to_owned(),
        ratio: crate::report::compare::Ratio {
            value: 1.0,
            interval: None,
        },
        sessions: 1,
        span_s: None,
        spread: None,
        each: vec![1.0],
        noise: 0.01,
        others_cpus: None,
        p_value: 1.0,
        cause: None,
    }];
    comparison
}

fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(page, options).expect("well-formed")
}

fn text(node: Node) -> String {
    let texts = node.descendants().filter(Node::is_text);
    texts.filter_map(|node| node.text()).collect()
}

fn tags(document: &Document, name: &str) -> Vec<String> {
    let nodes = document
        .descendants()
        .filter(|node| node.has_tag_name(name));
    nodes.map(text).collect()
}

#[test]
fn the_page_has_every_part_the_sentence_first() {
    let comparison = odd();
    let page = page(&comparison).expect("drawn");
    let document = parsed(&page);
    let sentence = conclusion(&comparison, &figures(&comparison)).expect("a sentence");
    let first = document
        .descendants()
        .find(|node| node.has_tag_name("p"))
        .map(text);
    let shown = plot::clean(&sentence).replace(" ×", "\u{a0}×");
    assert_eq!(first.as_deref(), Some(shown.as_str()));
    let at = |part: &str| {
        page.rfind(part)
            .unwrap_or_else(|| panic!("{part} in {page}"))
    };
    let parts = [
        "class=\"result\"",
        "--min-speedup",
        "<figure>",
        "<h2>Time</h2>",
        "<h2>Gain</h2>",
        "<h2>Every run</h2>",
        "<h2>How it was measured</h2>",
        "<h2>Machine</h2>",
        "Testium 3",
        "<h2>To repeat it</h2>",
    ];
    let places = parts.map(at);
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(
        tags(&document, "tr").len(),
        3 * (1 + 4),
        "three tables of four cases"
    );
}

#[test]
fn every_run_is_a_dot_that_says_its_time() {
    let page = page(&odd()).expect("drawn");
    let document = parsed(&page);
    let dots = document
        .descendants()
        .filter(|node| node.has_tag_name("circle"))
        .filter(|node| node.attribute("cx").is_some_and(|cx| cx.ends_with('%')));
    let dots: Vec<Node> = dots.collect();
    assert_eq!(dots.len(), 5 + 5 + 5 + 3);
    for dot in &dots {
        let x = dot.attribute("cx").unwrap().trim_end_matches('%');
        assert!((0.0..=100.0).contains(&x.parse::<f64>().unwrap()));
    }
    let unlike = dots.iter().filter(|dot| dot.has_attribute("class"));
    let unlike: Vec<String> = unlike.map(|dot| text(*dot)).collect();
    assert!(unlike.contains(&"round 5: 9.00 s".to_owned()), "{unlike:?}");
}

#[test]
fn what_users_write_is_no_markup() {
    let page = page(&odd()).expect("drawn");
    let document = parsed(&page);
    for name in ["script", "link", "img", "iframe", "a"] {
        assert_eq!(tags(&document, name), [""; 0], "{name}");
    }
    let command = tags(&document, "code").concat();
    assert!(
        command.contains("</style><script>alert('x')</script>&amp;\""),
        "{command}"
    );
    assert!(
        command.ends_with("日本\nsecond line'"),
        "its lines are kept: {command}"
    );
    let named = tags(&document, "div");
    assert!(
        named.iter().any(|name| name.starts_with("</style>")),
        "{named:?}"
    );
}

#[test]
fn nothing_is_loaded_and_every_screen_is_thought_of() {
    let page = page(&odd()).expect("drawn");
    for banned in ["src=", "href=", "url(", "@import", "<script", "https:"] {
        assert!(!page.contains(banned), "{banned}");
    }
    for wanted in [
        "name=\"viewport\"",
        "@media (prefers-color-scheme: dark)",
        "overflow-x: auto",
        "<meta charset=\"utf-8\"/>",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn a_page_without_a_run_says_so() {
    let comparison = Comparison {
        ended: None,
        rounds: 0,
        ..compared(&[(1, &[]), (2, &[])])
    };
    let page = page(&comparison).expect("drawn");
    let document = parsed(&page);
    let texts = tags(&document, "p").concat();
    assert!(texts.contains("Nothing was measured yet."), "{texts}");
    assert!(texts.contains("0 rounds, still running"), "{texts}");
    assert_eq!(tags(&document, "table"), [""; 0]);
    assert!(!page.contains("To repeat it"), "no command line is known");
}
