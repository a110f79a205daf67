//! Programs that are measured once, and what people are shown of any comparison.

use super::super::*;
use super::files::exported;
use super::{ONE, TWO, case, compared, rival, sentence};
use crate::report::width::columns_of;
use crate::units::TimeUnit;
use serde_json::{Value, json};
use std::sync::Arc;

/// A comparison of programs with these names and times.
fn programs(cases: &[(&str, &[f64])]) -> Comparison {
    let mut comparison = compared(&[]);
    comparison.work.title = "a; b".to_owned();
    comparison.work.job = "command".to_owned();
    comparison.work.items = None;
    comparison.work.answer = None;
    comparison.work.output = Some("7 bytes, the same in every run".to_owned());
    comparison.rounds = cases[0].1.len() as u32;
    let subject = |name: &str| {
        Subject::Job(Variant {
            workers: 1,
            kernel: None,
            chunk_size: None,
            program: Some(Arc::new(Program {
                name: name.to_owned(),
                line: format!("./{name}"),
                scales: false,
                thread_variables: false,
                checked: true,
                expected: None,
                parameters: Vec::new(),
                size: None,
                grows: false,
                execution: Execution::default(),
            })),
        })
    };
    let cases = cases.iter().map(|(name, times)| case(subject(name), times));
    comparison.cases = cases.collect();
    comparison
}

fn human(comparison: &Comparison) -> String {
    let mut out = Vec::new();
    write(comparison, Style::default(), &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

const HALF: &[f64] = &[0.5, 0.505, 0.495, 0.5, 0.51];
/// About as much as [`TWO`].
const SAME: &[f64] = &[1.005, 1.0, 0.985, 1.01, 1.02];

#[test]
fn the_sentence_says_how_many_times_as_fast() {
    for (cases, expected) in [
        (vec![("a", TWO)], "a: 1.00 s"),
        (
            vec![("a", TWO), ("b", ONE)],
            "a is 2.00 × (1.95 to 2.04) as fast as b",
        ),
        (
            vec![("b c", ONE), ("a", TWO)],
            "a is 2.00 × (1.95 to 2.04) as fast as 'b c'",
        ),
        (
            vec![("c", ONE), ("a", HALF), ("b", TWO)],
            "a is 2.00 × (1.94 to 2.06) as fast as b and 4.00 × (3.90 to 4.08) as fast as c",
        ),
        (
            vec![("a", TWO), ("b", SAME)],
            "no difference between a and b can be told: 1.00 × (0.97 to 1.03)",
        ),
        (
            vec![("a", TWO), ("b", SAME), ("c", ONE)],
            "a is 2.00 × (1.95 to 2.04) as fast as c; no difference between a and b can be told: 1.00 × (0.97 to 1.03)",
        ),
        (
            vec![("a", TWO), ("b", SAME), ("c", SAME)],
            "no difference between a and any of b and c can be told",
        ),
        (
            vec![("a", &[1.0]), ("b", &[1.5])],
            "a is 1.50 × as fast as b, in one run of each",
        ),
    ] {
        assert_eq!(sentence(&programs(&cases)), expected);
    }
    let many: Vec<(&str, &[f64])> = ["b", "c", "d", "e", "f"].map(|name| (name, ONE)).to_vec();
    let many = [vec![("a", TWO)], many].concat();
    let said = sentence(&programs(&many));
    assert!(
        said.starts_with("a is 2.00 × ")
            && said.ends_with(" as fast as d and faster than 2 others"),
        "{said}"
    );
}

/// Of three runs the range of each is no interval to decide by.
#[test]
fn a_difference_of_few_runs_is_told_only_when_it_is_large() {
    let few = programs(&[("a", &[1.0, 1.02, 1.04]), ("b", &[1.05, 1.06, 1.1])]);
    assert!(sentence(&few).starts_with("no difference between a and b can be told: 1.04 × ("));
    let far = programs(&[("a", &[1.0, 1.02, 1.04]), ("b", &[3.0, 3.1, 3.2])]);
    assert!(sentence(&far).starts_with("a is 3.04 × ("));
}

#[test]
fn a_reference_that_was_chosen_is_what_the_others_are_compared_with() {
    let mut comparison = programs(&[("old", TWO), ("new", HALF), ("same", SAME), ("slow", ONE)]);
    comparison.presentation.about_reference = true;
    let said = "new is 2.00 × (1.94 to 2.06) as fast as old and slow 0.50 × (0.49 to 0.51); \
        no difference between old and same can be told: 1.00 × (0.97 to 1.04)";
    assert_eq!(sentence(&comparison), said);
}

#[test]
fn the_order_is_the_one_asked_for() {
    let order = |order: Order| {
        let mut comparison = programs(&[("slow", ONE), ("mid", TWO), ("fast", HALF)]);
        comparison.presentation.order = order;
        let text = human(&comparison);
        let names = text
            .lines()
            .skip_while(|line| !line.starts_with("command "));
        let names = names.skip(1).take(3).map(|line| {
            let name = line.split(' ').next();
            name.expect("a name").to_owned()
        });
        (names.collect::<Vec<_>>(), sentence(&comparison))
    };
    let (mid, slow) = ("mid", "slow");
    let given = ["slow", "mid", "fast"].map(str::to_owned).to_vec();
    let sorted = ["fast", "mid", "slow"].map(str::to_owned).to_vec();
    let ends = |said: &str, name: &str| said.ends_with(&format!("as fast as {name}"));
    let (names, said) = order(Order::Auto);
    assert!(names == given && ends(&said, slow), "{names:?} {said}");
    let (names, said) = order(Order::Command);
    assert!(names == given && ends(&said, mid), "{names:?} {said}");
    let (names, said) = order(Order::MeanTime);
    assert!(names == sorted && ends(&said, slow), "{names:?} {said}");
    // Programs read what was asked for.
    let mut comparison = programs(&[("slow", ONE), ("fast", TWO)]);
    comparison.presentation.order = Order::MeanTime;
    let json: Value = serde_json::from_str(&exported(Export::Json, &comparison)).expect("JSON");
    assert_eq!(json["cases"][0]["name"], "slow");
}

#[test]
fn programs_have_no_workers() {
    let text = human(&programs(&[("a", TWO), ("b", ONE)]));
    for expected in [
        "command  median    93.8% interval     min     max\n",
        "command          mean ± σ    user  system\n",
        "a        1.00 s ± 11.4 ms  1.00 s  502 ms\n",
        "command  speedup  95% interval  CPUs busy\n",
        "\ntime (s; × that of a)\n",
        "  2.00 s  2.00 ×\n",
    ] {
        assert!(text.contains(expected), "{expected}:\n{text}");
    }
    for banned in ["workers", "Amdahl", "USL", "efficiency", "throughput"] {
        assert!(!text.contains(banned), "{banned}:\n{text}");
    }
    let mut unread = programs(&[("a", TWO), ("b", ONE)]);
    unread.work.read_as.clear();
    let markdown = exported(Export::Markdown, &unread);
    assert!(markdown.contains("| result | a is 2.00 ×"), "{markdown}");
    assert!(!markdown.contains("| input |"), "{markdown}");
    // One alone has nothing beside it.
    let text = human(&programs(&[("a", TWO)]));
    assert!(!text.contains('█'), "{text}");
}

#[test]
fn the_picture_of_programs_has_a_bar_for_each() {
    let picture = exported(Export::Svg, &programs(&[("a <&>", TWO), ("b", ONE)]));
    let document = roxmltree::Document::parse(&picture).expect("well-formed");
    let texts = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    let texts: Vec<&str> = texts
        .filter_map(|node| node.text())
        .map(str::trim)
        .collect();
    for expected in ["93.8% interval", "a <&>", "1.00 s", "b", "2.00 s", "2.00 ×"] {
        assert!(texts.contains(&expected), "{expected}: {texts:?}");
    }
    assert!(
        !picture.contains("worker") && !picture.contains("ideal"),
        "{texts:?}"
    );
}

#[test]
fn a_picture_says_how_sure_its_intervals_are() {
    for (runs, expected) in [(3, "75% interval"), (5, "95% interval")] {
        let comparison = compared(&[(1, &ONE[..runs]), (2, &TWO[..runs])]);
        for export in [Export::Svg, Export::Html] {
            let picture = exported(export, &comparison);
            let legend = picture.split_once("<svg").expect("a picture").1;
            let legend = legend.split_once("</svg>").expect("its end").0;
            assert!(legend.contains(expected), "{runs}: {legend}");
            assert_eq!(legend.matches("% interval").count(), 1, "{legend}");
        }
    }
}

#[test]
fn a_unit_of_time_holds_for_all_that_people_are_shown() {
    let mut comparison = programs(&[("a", TWO), ("b", ONE)]);
    comparison.presentation.time_unit = Some(TimeUnit::Microseconds);
    let page = exported(Export::Html, &comparison);
    let shown = page.split_once("</style>").expect("a page").1;
    for text in [
        &human(&comparison),
        &exported(Export::Markdown, &comparison),
        shown,
    ] {
        assert!(text.contains("1000000 µs"), "{text}");
        for other in [" s ", " ms", "1.00 s"] {
            let tables = text.split("machine").next().expect("a part");
            assert!(!tables.contains(other), "{other}: {tables}");
        }
    }
    assert!(human(&comparison).contains("time (µs; × that of a)\n"));
    let json: Value = serde_json::from_str(&exported(Export::Json, &comparison)).expect("JSON");
    assert_eq!(json["cases"][0]["figures"]["median_s"], 1.0);
}

#[test]
fn memory_that_partask_itself_needs_is_not_taken_for_a_programs() {
    let mut comparison = programs(&[("a", TWO), ("b", ONE)]);
    for (case, peak) in comparison.cases.iter_mut().zip([8 << 20, 900 << 20]) {
        for sample in &mut case.samples {
            sample.peak_memory_bytes = Some(peak - 1 + u64::from(sample.round == 3));
        }
    }
    comparison.evidence.own_peak_memory_bytes = Some(9 << 20);
    let text = human(&comparison);
    assert!(text.contains("peak memory\n"), "{text}");
    assert!(
        text.contains("≤ 8.00 MiB\n") && text.contains("   900 MiB\n"),
        "{text}"
    );
    let json: Value = serde_json::from_str(&exported(Export::Json, &comparison)).expect("JSON");
    assert_eq!(json["cases"][1]["figures"]["peak_memory_bytes"], 900 << 20);
    assert_eq!(json["evidence"]["own_peak_memory_bytes"], 9 << 20);
    assert_eq!(json["output"], "7 bytes, the same in every run");
    let csv = exported(Export::Csv, &comparison);
    assert!(csv.contains(",user_s,system_s,peak_memory_bytes,") && csv.contains(",943718400,"));
}

#[test]
fn hyperfines_form_has_the_memory_of_every_run_or_none() {
    let mut comparison = programs(&[("a", &[1.0, 1.1]), ("b", &[2.0, 2.1])]);
    comparison.cases[0].samples[0].peak_memory_bytes = Some(5 << 20);
    comparison.cases[0].samples[1].peak_memory_bytes = Some(6 << 20);
    comparison.cases[1].samples[0].peak_memory_bytes = Some(7 << 20);
    let written = exported(Export::Hyperfine, &comparison);
    let results: Value = serde_json::from_str(&written).expect("JSON");
    let results = &results["results"];
    assert_eq!(results[0]["command"], "a");
    assert_eq!(results[0]["memory_usage_byte"], json!([5 << 20, 6 << 20]));
    assert_eq!(results[1].get("memory_usage_byte"), None);
}

#[test]
fn no_line_of_programs_is_wider_than_asked() {
    let long = "日本語の名前 /a/path/without/any/blank/at/which/a/line/could/be/folded";
    let short: Vec<String> = (0..30).map(|i| format!("-L n={i}")).collect();
    let mut cases: Vec<(&str, &[f64])> = vec![(long, ONE), ("b", TWO)];
    cases.extend(short.iter().map(|name| (name.as_str(), HALF)));
    let mut comparison = programs(&cases);
    comparison.evidence.own_peak_memory_bytes = Some(1);
    for sample in comparison
        .cases
        .iter_mut()
        .flat_map(|case| &mut case.samples)
    {
        sample.peak_memory_bytes = Some(1 << 60);
    }
    for (columns, unit) in (48..=130).zip([None, Some(TimeUnit::Nanoseconds)].into_iter().cycle()) {
        comparison.presentation.time_unit = unit;
        let style = Style {
            columns: Some(columns),
            ..Style::default()
        };
        let mut out = Vec::new();
        write(&comparison, style, &mut out).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        for line in text.lines() {
            assert!(columns_of(line) <= columns, "{columns}: {line}");
            assert_eq!(line.trim_end(), line);
        }
    }
}

#[test]
fn jobs_beside_programs_keep_their_workers() {
    let mut comparison = compared(&[(1, ONE), (2, TWO)]);
    comparison.cases.push(rival("c", ONE));
    assert!(!comparison.is_plain());
    let text = human(&comparison);
    assert!(text.contains("workers          mean ± σ"), "{text}");
    assert!(!text.contains("peak memory"), "nobody knows it: {text}");
}
