//! `partask compare`: its files as hyperfine's own scripts read them, whose logic stands here in Rust
//! (<https://github.com/sharkdp/hyperfine/tree/v1.20.0/scripts>).

use crate::harness::run;
use serde_json::Value;
use std::fs;

/// The results of a file, which every script reads first.
fn results(file: &Value) -> &[Value] {
    file["results"].as_array().expect("results")
}

fn number(value: &Value) -> Result<f64, String> {
    value
        .as_f64()
        .ok_or_else(|| format!("{value} is no number"))
}

fn times(result: &Value) -> Result<Vec<f64>, String> {
    let times = result["times"].as_array().ok_or("no times")?;
    times.iter().map(number).collect()
}

/// `plot_parametrized.py`: the parameter's name, and a point a result.
fn plot_parametrized(file: &Value) -> Result<(String, Vec<(f64, f64)>), String> {
    let mut name = None;
    let mut points = Vec::new();
    for result in results(file) {
        let parameters = result["parameters"].as_object();
        let parameters = parameters.ok_or("exactly one parameter, but found none")?;
        let mut parameters = parameters.iter();
        let (Some((key, value)), None) = (parameters.next(), parameters.next()) else {
            return Err("exactly one parameter".to_owned());
        };
        if name.get_or_insert(key.clone()) != key {
            return Err("the same parameter name".to_owned());
        }
        // Python's float() reads a text, and no more of one than Rust does.
        let value = value.as_str().and_then(|text| text.parse().ok());
        let value = value.ok_or_else(|| format!("could not convert {key} to float"))?;
        number(&result["stddev"])?;
        points.push((value, number(&result["mean"])?));
    }
    Ok((name.ok_or("no benchmark data to plot")?, points))
}

/// `plot_progression.py`: of each result its label, and its times with their moving average.
fn plot_progression(file: &Value) -> Result<Vec<(String, Vec<f64>)>, String> {
    let plot = |result: &Value| {
        let label = result["command"].as_str().ok_or("no command")?;
        let times = times(result)?;
        let width = times.len() / 5;
        // numpy.pad() and numpy.convolve() refuse a window of nothing.
        let padded = width
            .checked_sub(1 + width / 2)
            .ok_or("v cannot be empty")?;
        let edge = |i: usize| times[i.saturating_sub(width / 2).min(times.len() - 1)];
        let padded: Vec<f64> = (0..times.len() + width / 2 + padded).map(edge).collect();
        let averages = padded.windows(width);
        let averages = averages.map(|window| window.iter().sum::<f64>() / width as f64);
        Ok((label.to_owned(), averages.collect()))
    };
    results(file).iter().map(plot).collect()
}

/// `welch_ttest.py`: the two commands, and Welch's t.
fn welch_ttest(file: &Value) -> Result<([String; 2], f64), String> {
    let [a, b] = results(file) else {
        return Err("The input file has to contain exactly two benchmarks".to_owned());
    };
    let command = |result: &Value| result["command"].as_str().map(str::to_owned);
    let names = [command(a), command(b)].map(|name| name.expect("a command"));
    let moments = |result: &Value| -> Result<(f64, f64), String> {
        let times = times(result)?;
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let squares = times.iter().map(|time| (time - mean).powi(2));
        Ok((mean, squares.sum::<f64>() / (count - 1.0) / count))
    };
    let ((mean_a, error_a), (mean_b, error_b)) = (moments(a)?, moments(b)?);
    let t = (mean_a - mean_b) / (error_a + error_b).sqrt();
    match t.is_finite() {
        true => Ok((names, t)),
        false => Err("t is no number".to_owned()),
    }
}

/// What is written of a comparison: all cases, and two of them.
fn exported(words: &[&str]) -> [Value; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let [all, pair] = ["all.json", "pair.json"].map(|name| folder.path().join(name));
    let mut line = vec!["compare", "squares", "1..1001", "--runs", "5", "-q"];
    line.extend(words);
    let [all_text, pair_text] = [&all, &pair].map(|path| path.display().to_string());
    line.extend(["--export-hyperfine", &all_text]);
    line.extend(["--export-hyperfine-pair", &pair_text]);
    run(line).succeeded();
    [all, pair].map(|path| {
        let text = fs::read_to_string(path).expect("the file");
        serde_json::from_str(&text).expect("JSON")
    })
}

const RIVALS: [&str; 8] = [
    "--against",
    "echo 333833500",
    "--against-name",
    "first",
    "--against",
    "printf 333833500",
    "--against-name",
    "second",
];

#[test]
fn beside_rivals_every_script_takes_the_files() {
    let [all, pair] = exported(&[&["-w", "1,2"][..], &RIVALS].concat());
    let (name, points) = plot_parametrized(&all).expect("a plot");
    assert_eq!((name.as_str(), points.len()), ("workers", 4));
    assert_eq!([points[0].0, points[1].0], [1.0, 2.0]);
    let busy = [points[2].0, points[3].0];
    assert!(busy.iter().all(|cpus| *cpus > 0.0), "{busy:?}");
    let plotted = plot_progression(&all).expect("a plot");
    assert_eq!(plotted.len(), 4);
    for ((_, averages), result) in plotted.iter().zip(results(&all)) {
        assert_eq!(averages, &times(result).expect("times"), "windows of one");
    }
    assert!(welch_ttest(&all).is_err(), "the script wants two results");
    let ([own, rival], t) = welch_ttest(&pair).expect("a test");
    assert!(own.contains(" worker"), "{own}");
    assert!(
        rival.ends_with("first") || rival.ends_with("second"),
        "{rival}"
    );
    let means = results(&pair).iter().map(|result| number(&result["mean"]));
    let means: Vec<f64> = means.collect::<Result<_, _>>().expect("means");
    assert_eq!(t < 0.0, means[0] < means[1]);
    assert!(plot_parametrized(&pair).is_ok() && plot_progression(&pair).is_ok());
}

#[test]
fn without_rivals_and_over_other_dimensions_too() {
    for (words, name) in [
        (&["-w", "1,2,4"][..], "workers"),
        (&["-w", "2", "--chunk-size", "50,100,200"], "chunk_size"),
    ] {
        let [all, pair] = exported(words);
        assert_eq!(plot_parametrized(&all).expect("a plot").0, name);
        assert_eq!(plot_progression(&all).expect("a plot").len(), 3);
        assert!(welch_ttest(&pair).is_ok(), "{pair}");
    }
    let words = ["-w", "1,2", "--chunk-size", "50,100"];
    let [all, _] = exported(&[&words[..], &RIVALS].concat());
    assert_eq!(plot_parametrized(&all).expect("a plot").1.len(), 6);
}

/// What the scripts refuse of hyperfine's own files as well: the logic above is theirs.
#[test]
fn the_scripts_refuse_what_they_refuse_of_hyperfine() {
    let [two_dimensions, _] = exported(&["-w", "1,2", "--chunk-size", "50,100"]);
    assert!(plot_parametrized(&two_dimensions).is_err());
    let result = |runs: usize| serde_json::json!({"command": "x", "times": vec![1.0; runs]});
    let file = serde_json::json!({"results": [result(4)]});
    assert!(plot_progression(&file).is_err() && plot_parametrized(&file).is_err());
    assert!(welch_ttest(&file).is_err());
}
