//! `partask compare`: the files of a comparison, in the forms of the programs that read them.

use crate::harness::{Run, compared, run_line};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Every option that writes a file, with the file's name.
pub const EXPORTS: [(&str, &str); 11] = [
    ("--export-json", "x.json"),
    ("--export-csv", "x.csv"),
    ("--export-markdown", "x.md"),
    ("--export-hyperfine", "hyperfine.json"),
    ("--export-hyperfine-pair", "pair.json"),
    ("--export-github-action", "times.json"),
    ("--export-github-action-speedup", "speedups.json"),
    ("--export-bencher", "bencher.json"),
    ("--export-svg", "x.svg"),
    ("--export-html", "x.html"),
    ("--save-baseline", "baseline.json"),
];

/// The options that write all of them into `folder`.
pub fn every_export(folder: &Path) -> String {
    let options = EXPORTS.map(|(option, name)| format!("{option} {}", folder.join(name).display()));
    options.join(" ")
}

/// Reads each file as the programs would that it is meant for.
#[track_caller]
pub fn assert_whole(folder: &Path) {
    for (option, name) in EXPORTS {
        let path = folder.join(name);
        let Ok(text) = fs::read_to_string(&path) else {
            assert_eq!(option, "--save-baseline", "{name} is missing");
            continue;
        };
        assert!(text.ends_with('\n'), "{name}: {text}");
        match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("json") => {
                let read: Result<Value, _> = serde_json::from_str(&text);
                read.unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            Some("html") => {
                let options = roxmltree::ParsingOptions {
                    allow_dtd: true,
                    ..Default::default()
                };
                roxmltree::Document::parse_with_options(&text, options).expect(name);
            }
            Some("svg") => drop(roxmltree::Document::parse(&text).expect(name)),
            Some("csv") => {
                let mut reader = csv::Reader::from_reader(text.as_bytes());
                assert!(reader.records().all(|record| record.is_ok()), "{text}");
            }
            _ => assert!(text.starts_with("**"), "{text}"),
        }
    }
    let strays = fs::read_dir(folder).expect("a folder").flatten();
    let strays = strays.filter(|entry| !EXPORTS.iter().any(|(_, name)| entry.file_name() == *name));
    assert_eq!(strays.count(), 0, "no temporary file is left");
}

fn exported(line: &str) -> (TempDir, Run) {
    let folder = tempfile::tempdir().expect("a folder");
    let run = run_line(&format!("compare {line} {}", every_export(folder.path())));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert_whole(folder.path());
    (folder, run)
}

fn json(folder: &TempDir, name: &str) -> Value {
    let text = fs::read_to_string(folder.path().join(name)).expect("the file");
    serde_json::from_str(&text).expect("JSON")
}

fn array(value: &Value) -> &[Value] {
    value.as_array().expect("an array")
}

const TRUE: &str = "--against true --against-unchecked --against-name other";

#[test]
fn our_own_form_has_everything() {
    let (folder, _) = exported(&format!("cubes 1..1000 -w 1,2 --runs 3 {TRUE}"));
    let report = json(&folder, "x.json");
    let on_standard_output = compared(&format!("cubes 1..1000 -w 1,2 --runs 3 {TRUE}"));
    let keys = |value: &Value| -> Vec<String> {
        let object = value.as_object().expect("an object");
        object.keys().cloned().collect()
    };
    assert_eq!(keys(&report), keys(&on_standard_output));
    assert_eq!(report, json(&folder, "baseline.json"));
    let documented = include_str!("../../src/lib.rs");
    for key in keys(&report) {
        assert!(
            documented.contains(&format!("`{key}`")),
            "{key} is not documented"
        );
    }
    for case in array(&report["cases"]) {
        for key in keys(case).iter().chain(&keys(&case["figures"])) {
            assert!(
                documented.contains(&format!("`{key}`")),
                "{key} is not documented"
            );
        }
    }
    let other = &report["cases"][2];
    assert_eq!(other["name"], "other");
    assert_eq!(other["subject"]["command"], "true");
    assert_eq!(other["subject"]["checked"], false);
}

#[test]
fn hyperfines_form_has_our_figures() {
    let (folder, _) = exported("squares 1..1000 --workers 1,2,4 --runs 3");
    let report = json(&folder, "x.json");
    let hyperfine = json(&folder, "hyperfine.json");
    let results = array(&hyperfine["results"]);
    assert_eq!(results.len(), 3);
    for (result, case) in results.iter().zip(array(&report["cases"])) {
        let figures = &case["figures"];
        for (theirs, ours) in [
            ("mean", "mean_s"),
            ("median", "median_s"),
            ("stddev", "stddev_s"),
            ("min", "min_s"),
            ("max", "max_s"),
        ] {
            assert_eq!(result[theirs], figures[ours], "{theirs}");
        }
        let samples = array(&case["samples"]).iter();
        let times: Vec<&Value> = samples.map(|sample| &sample["elapsed_s"]).collect();
        assert_eq!(array(&result["times"]).iter().collect::<Vec<_>>(), times);
        assert_eq!(array(&result["exit_codes"]), [0, 0, 0]);
        assert!(result["user"].as_f64() >= Some(0.0) && result["system"].as_f64() >= Some(0.0));
        let name = format!(
            "squares of 1..1000, {}",
            case["name"].as_str().expect("a name")
        );
        assert_eq!(result["command"], name);
    }
}

#[test]
fn github_action_benchmark_reads_its_forms() {
    let (folder, _) = exported(&format!("squares 1..1000 -w 1,2 --runs 3 {TRUE}"));
    let report = json(&folder, "x.json");
    let (times, speedups) = (json(&folder, "times.json"), json(&folder, "speedups.json"));
    assert_eq!((array(&times).len(), array(&speedups).len()), (3, 2));
    for (entry, case) in array(&times).iter().zip(array(&report["cases"])) {
        assert_eq!(entry["unit"], "s");
        assert_eq!(entry["value"], case["figures"]["median_s"]);
    }
    for (entry, case) in array(&speedups).iter().zip(&array(&report["cases"])[1..]) {
        assert_eq!(entry["unit"], "x");
        assert_eq!(entry["value"], case["figures"]["speedup"]);
    }
    for entry in array(&times).iter().chain(array(&speedups)) {
        for text in ["name", "unit", "range", "extra"] {
            assert!(entry[text].is_string(), "{text}: {entry}");
        }
    }
}

#[test]
fn bencher_reads_its_form() {
    let (folder, _) = exported("sum-of-squares 1..1000 -w 1,2 --runs 3");
    let report = json(&folder, "x.json");
    let metrics = json(&folder, "bencher.json");
    for case in array(&report["cases"]) {
        let name = case["name"].as_str().expect("a name");
        let measures = &metrics[format!("sum-of-squares over 1..1000, {name}")];
        let latency_ns = case["figures"]["median_s"].as_f64().expect("a time") * 1e9;
        let told = measures["latency"]["value"].as_f64().expect("a value");
        assert!((told - latency_ns).abs() < 1e-6 * latency_ns);
        assert_eq!(
            measures["throughput"]["value"],
            case["figures"]["numbers_per_s"]
        );
        assert_eq!(measures["speedup"]["value"], case["figures"]["speedup"]);
        for measure in measures.as_object().expect("an object").values() {
            let at = |name: &str| measure[name].as_f64();
            let value = at("value").expect("a value");
            assert!(
                at("lower_value").is_none_or(|low| low <= value),
                "{measure}"
            );
            assert!(
                at("upper_value").is_none_or(|high| value <= high),
                "{measure}"
            );
        }
    }
}

#[test]
fn the_picture_names_what_it_shows() {
    let (folder, _) = exported(&format!("squares 1..1000 -w 1,2,4 --runs 3 {TRUE}"));
    let svg = fs::read_to_string(folder.path().join("x.svg")).expect("a picture");
    let document = roxmltree::Document::parse(&svg).expect("well-formed");
    let texts: Vec<&str> = document
        .descendants()
        .filter_map(|node| node.text())
        .collect();
    for part in ["squares of 1..1000", "speedup", "workers", "other"] {
        let shown = texts.iter().any(|text| text.to_lowercase().contains(part));
        assert!(shown, "{part}: {texts:?}");
    }
}

#[test]
fn a_name_that_is_markup_harms_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = "<b>&\"|,'\u{1b}[31m\n$x$";
    let mut line: Vec<String> = "compare squares 1..100 -w 1 --runs 1 --against true"
        .split(' ')
        .map(str::to_owned)
        .collect();
    line.extend(["--against-unchecked", "--against-name", name].map(str::to_owned));
    line.extend(every_export(folder.path()).split(' ').map(str::to_owned));
    let run = crate::harness::run(&line);
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_whole(folder.path());
    let csv = fs::read_to_string(folder.path().join("x.csv")).expect("CSV");
    assert_eq!(
        csv::Reader::from_reader(csv.as_bytes()).records().count(),
        2
    );
}

#[test]
fn an_old_file_is_replaced_and_keeps_its_permissions_and_links() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("x.json"), folder.path().join("link"));
    fs::write(&file, "old".repeat(100_000)).expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).expect("permissions");
    std::os::unix::fs::symlink("x.json", &link).expect("a link");
    let run = run_line(&format!(
        "compare squares 1..100 -w 1 --runs 2 --export-json {}",
        link.display()
    ));
    run.succeeded();
    let text = fs::read_to_string(&file).expect("the file");
    assert_eq!(
        serde_json::from_str::<Value>(&text).expect("JSON")["rounds"],
        2
    );
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    let mode = fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o604);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
}

/// Work that no machine finishes while a test waits: what is found out is found out before.
const ENDLESS: &str = "compare sum-of-squares 1..1e15";

#[track_caller]
fn assert_refused_at_once(arguments: &str, says: &str) {
    // One that measures is killed, and has no exit code.
    let run = run_line(&format!("{ENDLESS} {arguments}"));
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
    assert!(
        run.stderr.starts_with("error: ") && run.stderr.contains(says),
        "{run:?}"
    );
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
}

#[test]
fn what_can_not_be_written_is_found_out_before_measuring() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("file"), "").expect("a file");
    let too_long = at(&"x".repeat(300));
    for (option, _) in EXPORTS {
        for (path, why) in [
            (at("none/x"), "No such file or directory"),
            (at("file/x"), "Not a directory"),
            (at("."), "not a regular file"),
            ("/dev/full".to_owned(), "not a regular file"),
            (too_long.clone(), "File name too long"),
        ] {
            let says = format!("cannot write '{path}': ");
            assert_refused_at_once(&format!("{option} {path}"), &says);
            assert_refused_at_once(&format!("{option} {path}"), why);
        }
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn a_folder_that_may_not_be_written_to_is_found_out_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let read_only = folder.path().join("read-only");
    fs::create_dir(&read_only).expect("a folder");
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o555)).expect("permissions");
    if fs::write(read_only.join("x"), "").is_ok() {
        eprintln!("skipped: whoever runs this test may write everywhere");
        return;
    }
    let path = read_only.join("x.json");
    assert_refused_at_once(
        &format!("--export-json {}", path.display()),
        "Permission denied",
    );
}

#[test]
fn one_file_holds_one_thing_however_its_path_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = |path: PathBuf| path.display().to_string();
    let plain = name(folder.path().join("x"));
    fs::create_dir(folder.path().join("sub")).expect("a folder");
    let detour = name(folder.path().join("sub/../x"));
    for (one, other) in [(&plain, &plain), (&plain, &detour), (&detour, &plain)] {
        let says = "is to hold two things";
        assert_refused_at_once(&format!("--export-json {one} --export-csv {other}"), says);
        assert_refused_at_once(&format!("--export-svg {one} --save-baseline {other}"), says);
    }
    std::os::unix::fs::symlink("x", folder.path().join("link")).expect("a link");
    fs::write(&plain, "").expect("a file");
    let link = name(folder.path().join("link"));
    assert_refused_at_once(
        &format!("--export-json {plain} --export-csv {link}"),
        "two things",
    );
}

#[test]
fn what_is_read_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let numbers = folder.path().join("n.txt").display().to_string();
    fs::write(&numbers, "1 2 3").expect("a file");
    for (option, _) in EXPORTS {
        let run = run_line(&format!(
            "compare squares 5,@{numbers} --runs 1 {option} {numbers}"
        ));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains("is read, and would be lost"), "{run:?}");
    }
    assert_eq!(fs::read_to_string(&numbers).expect("the file"), "1 2 3");
    let baseline = folder.path().join("b.json").display().to_string();
    let line = format!("compare squares 5,@{numbers} -w 1 --runs 1");
    run_line(&format!("{line} --save-baseline {baseline}")).succeeded();
    let run = run_line(&format!(
        "{line} --baseline {baseline} --export-json {baseline}"
    ));
    assert_eq!(run.code, Some(2), "{run:?}");
    // A new baseline may take the place of the old one.
    run_line(&format!(
        "{line} --baseline {baseline} --save-baseline {baseline}"
    ))
    .succeeded();
}

/// The page's command line, run by a shell, is the same comparison again.
#[test]
fn the_page_says_how_to_repeat_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "partask compare squares -5,1..=9 -w 2,1 --runs 2 -q --against 'echo 310; : \"<\"' \
        --against-name \"it's <b>\" --export-html 'a page.html'";
    let read = || {
        let page = fs::read_to_string(folder.path().join("a page.html")).expect("a page");
        let (_, rest) = page.split_once("<code>").expect("a command");
        let (command, _) = rest.split_once("</code>").expect("a command");
        let command = command.replace("&#39;", "'").replace("&quot;", "\"");
        let command = command.replace("&lt;", "<").replace("&gt;", ">");
        command.replace("&amp;", "&")
    };
    crate::harness::run_shell(line, folder.path()).succeeded();
    let command = read();
    assert!(
        command.starts_with("partask compare squares '-5,1..=9' -w 2,1 "),
        "{command}"
    );
    fs::remove_file(folder.path().join("a page.html")).expect("the page");
    crate::harness::run_shell(&command, folder.path()).succeeded();
    assert_eq!(read(), command);
}
