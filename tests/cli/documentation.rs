//! Every command in the README and in `--help` runs, and comes to what is printed under it.

use crate::harness::{Run, run_line, run_shell};
use std::path::Path;

/// A command that the documentation shows, with what it says of it.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    /// What is typed.
    line: String,
    /// The exit codes that the text states, or 0.
    codes: Vec<i32>,
    /// The output that is shown under it.
    output: Vec<String>,
}

impl Shown {
    /// The command of a line of text, if it is one that this test can run.
    fn new(line: &str) -> Option<Shown> {
        let line = line.replace("cargo run --release -- ", "partask ");
        let (typed, said) = line.split_once("  ").unwrap_or((&line, ""));
        let words: Vec<&str> = typed.split_whitespace().collect();
        let elsewhere = ["cargo", "git", "cd", "#"].contains(words.first()?);
        (words.contains(&"partask") && !elsewhere).then(|| Shown {
            line: typed.trim().to_owned(),
            codes: stated_codes(said)
                .or(stated_codes(typed))
                .unwrap_or(vec![0]),
            output: Vec::new(),
        })
    }

    /// What does not hold of a run of it, in a sentence.
    fn fault(&self, run: &Run) -> Option<String> {
        let said = self.output.iter().find_map(|line| stated_codes(line));
        let codes = said.unwrap_or(self.codes.clone());
        if !run.code.is_some_and(|code| codes.contains(&code)) {
            // What counts comes first: a log may show no more.
            let last = run.stderr.lines().last().unwrap_or_default();
            return Some(format!(
                "`{}`: exit code {:?}, not {codes:?}: {last}\n{run:?}",
                self.line, run.code
            ));
        }
        let real: Vec<&str> = run
            .stdout
            .lines()
            .chain(run.stderr.lines())
            .map(str::trim)
            .collect();
        let promised = self.output.iter().map(|line| line.trim());
        let missing = promised
            .filter(|line| is_stable(line))
            .find(|line| !real.contains(line));
        missing.map(|line| format!("`{}` does not print '{line}': {run:?}", self.line))
    }
}

/// The numbers after `exit code `, which commas and `or` may part.
fn stated_codes(text: &str) -> Option<Vec<i32>> {
    let (_, after) = text.split_once("exit code ")?;
    let words = after
        .split([' ', ','])
        .filter(|word| !word.is_empty() && *word != "or");
    let codes: Vec<i32> = words.map_while(|word| word.parse().ok()).collect();
    (!codes.is_empty()).then_some(codes)
}

/// Whether a line of output is the same in every run: a total, values, a bare number, an error.
fn is_stable(line: &str) -> bool {
    let bare = !line.is_empty()
        && line
            .trim_start_matches('-')
            .bytes()
            .all(|b| b.is_ascii_digit());
    let starts = ["total", "values", "error: ", "\"total\""];
    bare || starts.iter().any(|start| line.starts_with(start))
}

/// The commands in the `console` and `sh` blocks of a Markdown text, and those that the steps of a
/// `yaml` block run. In a block with prompts what has none is output; in one without, every line is a
/// command.
fn in_markdown(text: &str) -> Vec<Shown> {
    let mut shown = Vec::new();
    for block in text.split("\n```").skip(1).step_by(2) {
        let (language, body) = block.split_once('\n').unwrap_or((block, ""));
        let body = match language.trim() {
            "console" | "sh" => body.replace("\\\n", " "),
            "yaml" => steps(body).join("\n"),
            _ => continue,
        };
        let prompted = body.lines().any(|line| line.starts_with("$ "));
        let mut runnable = false;
        for line in body.lines() {
            match line.strip_prefix("$ ").or((!prompted).then_some(line)) {
                Some(command) => {
                    let command = Shown::new(command);
                    runnable = command.is_some();
                    shown.extend(command);
                }
                None if runnable => shown
                    .last_mut()
                    .expect("a command")
                    .output
                    .push(line.to_owned()),
                None => {}
            }
        }
    }
    shown
}

/// What the steps of a workflow run.
fn steps(yaml: &str) -> Vec<&str> {
    let runs = yaml.lines().filter_map(|line| {
        let entry = line.trim_start().trim_start_matches("- ");
        entry.strip_prefix("run: ")
    });
    runs.collect()
}

fn in_help(command: &str) -> Vec<Shown> {
    let help = run_line(&format!("{command} --help")).succeeded();
    let after_title = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    after_title
        .filter_map(|line| Shown::new(line.trim_start()))
        .collect()
}

#[track_caller]
fn assert_all_hold(shown: &[Shown]) {
    let folder = tempfile::tempdir().expect("a folder");
    let faults: Vec<String> = shown
        .iter()
        .filter_map(|shown| shown.fault(&run_shell(&shown.line, folder.path())))
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_example_in_help_runs() {
    for command in [
        "",
        "squares",
        "cubes",
        "sum-of-squares",
        "eval",
        "merge",
        "run",
        "map",
        "compare",
        "completions",
    ] {
        let shown = in_help(command);
        assert!(!shown.is_empty(), "`partask {command} --help` has examples");
        assert_all_hold(&shown);
    }
}

#[test]
fn every_command_in_the_readme_runs() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(readme).expect("README.md stands at the top of the project");
    let shown = in_markdown(&text);
    let main = "partask squares 1..100000000 --workers 4";
    let main = shown
        .iter()
        .find(|shown| shown.line == main)
        .expect("the main command");
    assert!(
        main.output
            .iter()
            .any(|line| line == "total      333333328333333350000000  (verified)"),
        "the README shows the main command's real output: {main:?}"
    );
    assert_all_hold(&shown);
}

#[test]
fn a_command_and_its_output_are_read() {
    let text = "x\n```console\n$ git clone x\nCloning\n$ cargo run --release -- squares 1..4\ntotal 14\n\
        $ partask squares x; true   stops with exit code 2\n```\n\n```sh\nseq 3 | partask \\\n  cubes -\ncargo test\n```\n\
        ```json\npartask nothing\n```\n```yaml\n- name: partask\n  run: partask cubes 3  # exit code 0, 4 or 7\n```\n";
    let shown = |line: &str, code, output: &[&str]| Shown {
        line: line.to_owned(),
        codes: vec![code],
        output: output.iter().map(|&line| line.to_owned()).collect(),
    };
    let expected = [
        shown("partask squares 1..4", 0, &["total 14"]),
        shown("partask squares x; true", 2, &[]),
        shown("seq 3 | partask", 0, &[]),
    ];
    assert_eq!(in_markdown(text)[..2], expected[..2]);
    assert!(in_markdown(text)[2].line.starts_with(&expected[2].line));
    assert_eq!(in_markdown(text)[3].codes, [0, 4, 7]);
    assert_eq!(in_markdown(text).len(), 4);
}

#[test]
fn a_promise_that_does_not_hold_is_noticed() {
    let run = |stdout: &str, code| Run {
        stdout: stdout.to_owned(),
        stderr: String::new(),
        code: Some(code),
    };
    let mut shown = Shown::new("partask squares 1..4").expect("a command");
    shown
        .output
        .extend(["total 14".to_owned(), "elapsed 3 ms".to_owned()]);
    assert_eq!(shown.fault(&run("total 14\nelapsed 4 ms\n", 0)), None);
    assert!(shown.fault(&run("total 15\nelapsed 3 ms\n", 0)).is_some());
    assert!(shown.fault(&run("total 14\n", 5)).is_some());
    assert!(
        Shown::new("partask squares   exit code 5")
            .unwrap()
            .fault(&run("", 0))
            .is_some()
    );
}
