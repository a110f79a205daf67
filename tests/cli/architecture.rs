//! The rules of the house, held over the source itself: who may import whom, where each crate lives,
//! how long a file may be. `//!` of `src/lib.rs` is the map these rules keep true.

use crate::house::{HOMES, LAYERS, UNSAFE, WHERE_TO};
use crate::scanner::{Named, Source};
use std::fs;
use std::path::Path;

/// `main.rs` tells clap's own errors, which carry `--help`, from all others.
const EXCEPTION: (&str, [&str; 2]) = ("main.rs", ["clap", "Error"]);

const FILE_LINES_MAX: usize = 400;
const MAIN_LINES_MAX: usize = 60;
const FUNCTION_LINES_MAX: usize = 60;

fn layer(module: &str) -> Option<(u8, &'static str)> {
    let known = LAYERS.iter().find(|(name, ..)| *name == module);
    known.map(|(_, layer, role)| (*layer, *role))
}

/// The module at the top of the crate that a file belongs to.
fn top(source: &Source) -> String {
    let first = source.file.split('/').next().unwrap_or_default();
    first.trim_end_matches(".rs").to_owned()
}

/// The module at the top of the crate that a path leads to, unless it leads out of the crate.
fn target(source: &Source, path: &[String]) -> Option<String> {
    let mut module = source.module();
    let mut rest = path;
    match path[0].as_str() {
        "crate" | "partask" => (module, rest) = (Vec::new(), &path[1..]),
        "self" => rest = &path[1..],
        "super" => {
            while let Some(("super", more)) = rest.split_first().map(|(s, more)| (s.as_str(), more))
            {
                module.pop();
                rest = more;
            }
        }
        _ => return None,
    }
    let whole = module.into_iter().chain(rest.iter().cloned());
    let first = whole.take(1).find(|name| layer(name).is_some());
    Some(first.unwrap_or_else(|| "lib".to_owned()))
}

/// What a path breaks of the layering, in a sentence.
fn layering_fault(source: &Source, named: &Named) -> Option<String> {
    let (from, to) = (top(source), target(source, &named.path)?);
    let ((own, own_role), (other, role)) = (layer(&from)?, layer(&to)?);
    let own_folder = from == to;
    (!own_folder && other >= own).then(|| {
        format!(
            "src/{}:{}: `{}`: {from} ({own_role}) may import only from the layers below it, and {to} ({role}) is not; {WHERE_TO}",
            source.file, named.line, named.path.join("::"),
        )
    })
}

/// What a path breaks of the homes of the crates, in a sentence.
fn home_fault(source: &Source, named: &Named) -> Option<String> {
    let (name, homes) = HOMES.iter().find(|(name, _)| *name == named.path[0])?;
    let at_home = homes.iter().any(|home| match *home {
        "" => true,
        home if home.ends_with('/') => source.file.starts_with(home),
        home => source.file == home,
    });
    let excepted = source.file == EXCEPTION.0 && named.path == EXCEPTION.1;
    // Unit tests may use what they need, in a file of their own as in the file they test.
    let tests = source.file.ends_with("/tests.rs") || source.file.contains("/tests/");
    (!at_home && !excepted && !tests).then(|| {
        format!(
            "src/{}:{}: `{}`: the crate {name} lives in src/{}; put what needs it there, behind a type or function of our own",
            source.file, named.line, named.path.join("::"), homes.join(", src/"),
        )
    })
}

fn unsafe_faults(source: &Source) -> Vec<String> {
    if UNSAFE.contains(&source.file.as_str()) {
        return Vec::new();
    }
    let lines = source.lines_with("unsafe").into_iter();
    lines
        .map(|line| {
            format!(
                "src/{}:{line}: there is no unsafe code here; write it in safe Rust",
                source.file
            )
        })
        .collect()
}

/// What a file breaks of the rules of form, wherever it lies.
fn form_faults(folder: &str, source: &Source) -> Vec<String> {
    let place = format!("{folder}/{}", source.file);
    let is_main = place == "src/main.rs";
    let max = if is_main {
        MAIN_LINES_MAX
    } else {
        FILE_LINES_MAX
    };
    let lines = source.lines_without_tests();
    let mut faults = Vec::new();
    if !source.text.starts_with("//! ") {
        faults.push(format!(
            "{place}:1: open with a `//!` line that says what lives here"
        ));
    }
    if lines > max {
        faults.push(format!("{place}:{max}: {lines} lines without the unit tests, {max} at most: it is two things, make it two files"));
    }
    let long = source.functions_longer_than(FUNCTION_LINES_MAX).into_iter();
    faults.extend(long.map(|(line, lines)| {
        format!("{place}:{line}: a function of {lines} lines, {FUNCTION_LINES_MAX} at most: branch in the parent, move the leaves out")
    }));
    faults
}

fn all_faults(source: &Source) -> Vec<String> {
    let known = layer(&top(source)).is_none().then(|| {
        format!("src/{}:1: no layer is known for it: give it a row in LAYERS of tests/cli/house.rs, and a line in src/lib.rs", source.file)
    });
    let paths = source.paths();
    let layering = paths
        .iter()
        .filter_map(|named| layering_fault(source, named));
    let homes = paths.iter().filter_map(|named| home_fault(source, named));
    let mut faults: Vec<String> = known.into_iter().chain(layering).chain(homes).collect();
    faults.extend(unsafe_faults(source));
    faults
}

/// The `.rs` files below a folder of the project; none when there is no such folder.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(entries) = folders.pop().map(fs::read_dir) {
        for path in entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
        {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path.strip_prefix(&root).expect("below the root");
                let text = fs::read_to_string(&path).expect("a readable file");
                found.push(Source::new(&file.to_string_lossy(), &text));
            }
        }
    }
    found.sort_by(|a, b| a.file.cmp(&b.file));
    found
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_source_keeps_its_layers_and_crates_their_homes() {
    let sources = sources("src");
    assert!(sources.len() > 20, "the source was found");
    assert_none(&sources.iter().flat_map(all_faults).collect::<Vec<_>>());
}

#[test]
fn files_say_what_they_are_and_stay_short() {
    let faults = ["src", "tests", "benches", "examples"].map(|folder| {
        let sources = sources(folder);
        sources
            .iter()
            .flat_map(|source| form_faults(folder, source))
            .collect::<Vec<_>>()
    });
    assert_none(&faults.concat());
}

#[test]
fn every_dependency_has_a_home() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let manifest = manifest.expect("Cargo.toml");
    // Those of one system stand under a heading of their own.
    let names = manifest
        .split("\n[")
        .filter_map(|section| section.split_once("dependencies]\n"))
        .filter(|(of, _)| of.is_empty() || of.starts_with("target."))
        .flat_map(|(_, lines)| lines.lines())
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"));
    let names: Vec<String> = names.collect();
    assert!(names.contains(&"perf_event".to_owned()), "{names:?}");
    let names = names.iter();
    let homeless = names.filter(|name| HOMES.iter().all(|(known, _)| known != *name));
    assert_none(
        &homeless
            .map(|name| {
                format!(
                    "Cargo.toml: {name} has no home: give it one row in HOMES of tests/cli/house.rs"
                )
            })
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_broken_rule_is_noticed() {
    for (file, text) in [
        ("engine.rs", "use crate::aggregate::Tally;"),
        ("engine.rs", "use super::aggregate::Tally;"),
        ("aggregate.rs", "fn f() { crate::engine::indices(3); }"),
        ("kernel/mod.rs", "use crate::{exact::I256, engine::Engine};"),
        ("kernel/vector.rs", "use super::super::report::Style;"),
        ("kernel/vector.rs", "use crate::engine;"),
        ("input/mod.rs", "use crate::job::Job;"),
        ("job.rs", "use crate::closed_form::total;"),
        ("units.rs", "use crate::exact::BigInt;"),
        ("report/human.rs", "use crate::cmd::Exit;"),
        ("cmd/compute.rs", "use crate::cli::Command;"),
        ("cli.rs", "use crate::Everything;"),
        ("cmd/mod.rs", "use crate as root;"),
        ("engine.rs", "use crate::*;"),
        ("new_thing.rs", ""),
        ("kernel/mod.rs", "use rayon::prelude::*;"),
        (
            "report/human.rs",
            "let bar = indicatif::ProgressBar::new(3);",
        ),
        ("cmd/run.rs", "use clap::Parser;"),
        ("main.rs", "use clap::Parser;"),
        ("cmd/compute.rs", "use num_bigint::BigInt;"),
        ("job.rs", "use anyhow::Context;"),
        ("kernel/mod.rs", "unsafe { go() }"),
    ] {
        let faults = all_faults(&Source::new(file, text));
        assert_eq!(faults.len(), 1, "{file}: {text}: {faults:?}");
        assert!(
            faults[0].starts_with(&format!("src/{file}:1: ")),
            "{faults:?}"
        );
    }
}

#[test]
fn what_is_allowed_is_not_refused() {
    for (file, text) in [
        (
            "engine.rs",
            "use crate::event::Event;\nuse crate::stop::Stop;",
        ),
        (
            "kernel/vector.rs",
            "use super::element::Element;\nuse super::super::exact::I256;",
        ),
        (
            "closed_form.rs",
            "use crate::input::Input;\nuse crate::job::Job;",
        ),
        (
            "cli/mod.rs",
            "use crate::cmd::{Usage, compute};\nuse clap::Parser;",
        ),
        (
            "main.rs",
            "use partask::cli::{self, Command};\nlet e = error.downcast_ref::<clap::Error>();",
        ),
        (
            "kernel/mod.rs",
            "//! rayon::join and unsafe code\n#[cfg(test)]\nmod tests {\n    use crate::engine;\n}",
        ),
        ("report/mod.rs", "mod json;\npub use json::SCHEMA;"),
        ("report/table.rs", "let w = csv::Writer::from_writer(out);"),
    ] {
        assert_none(&all_faults(&Source::new(file, text)));
    }
}

#[test]
fn a_fault_of_form_is_noticed() {
    let long = |lines: usize| "//! x\n".repeat(lines);
    let tested = format!(
        "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
        long(390),
        "\n".repeat(300)
    );
    let function = format!("//! x\nfn f() {{\n{}}}\n", "    x();\n".repeat(60));
    for (folder, file, text, faults) in [
        ("tests", "x.rs", "fn f() {}".to_owned(), 1),
        ("src", "x.rs", long(401), 1),
        ("src", "x.rs", long(400), 0),
        ("src", "main.rs", long(61), 1),
        ("src", "x.rs", tested, 0),
        ("benches", "x.rs", function, 1),
    ] {
        assert_eq!(
            form_faults(folder, &Source::new(file, &text)).len(),
            faults,
            "{folder}/{file}"
        );
    }
}
