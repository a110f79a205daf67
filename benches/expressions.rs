//! Expressions against what people would use instead, one thread each, in turns: the functions in C, and
//! numexpr, Numba and DuckDB where `python3` has them.
//!
//! partask is timed inside, as its rivals are: none of them pays for its start.

mod answers;
mod rivals;
mod table;

use answers::Python;
use anyhow::{Context, ensure};
use partask::cmd::compute::{self, Spec};
use partask::expression::Expression;
use partask::job::Job;
use partask::reduction::Reduction;
use partask::stop::Stop;
use std::process::ExitCode;
use table::{in_turns, judged, median, row, skipped};

/// How often each is measured.
const ROUNDS: usize = 9;

/// What must hold of a rate: so many billions of numbers a second, or so many times that of a rival.
enum Bar {
    Giga(f64),
    Times(f64, Rival),
}

#[derive(Clone, Copy)]
enum Rival {
    /// A function of the C program.
    C(&'static str),
    /// A library and a function of the Python program.
    Python(&'static str, &'static str),
}

fn main() -> anyhow::Result<ExitCode> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    row("what", "measured", "bar", "met")?;
    let mut python = Python::start("functions.py");
    for (text, reduction, end, bars) in bars() {
        for bar in bars {
            against(text, reduction, end, bar, python.as_mut())?;
        }
        second_worker(text, reduction, end)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// An expression, what is made of its values, over how many numbers, and what must hold.
type Row = (&'static str, Reduction, u64, Vec<Bar>);

fn bars() -> Vec<Row> {
    let sum = Reduction::Sum;
    vec![
        (
            "n^2 + 3n + 1",
            sum,
            100_000_000,
            vec![
                Bar::Giga(2.0),
                Bar::Times(6.0, Rival::Python("numexpr", "polynomial")),
                Bar::Times(6.0, Rival::Python("duckdb", "polynomial")),
            ],
        ),
        (
            "n % 7 == 3",
            Reduction::Count,
            100_000_000,
            vec![
                Bar::Times(1.5, Rival::Python("numba", "count")),
                Bar::Times(1.5, Rival::Python("numexpr", "count")),
                Bar::Times(1.5, Rival::Python("duckdb", "count")),
            ],
        ),
        (
            "(n*n) % 1000003",
            sum,
            100_000_000,
            vec![Bar::Times(1.0, Rival::Python("numba", "modulo"))],
        ),
        ("popcount(n)", sum, 100_000_000, vec![Bar::Giga(5.0)]),
        (
            "gcd(n, 360)",
            sum,
            10_000_000,
            vec![Bar::Times(0.8, Rival::C("gcd"))],
        ),
        (
            "is_prime(n)",
            sum,
            10_000_000,
            vec![Bar::Times(0.8, Rival::C("prime"))],
        ),
        (
            "collatz(n)",
            sum,
            10_000_000,
            vec![Bar::Times(0.8, Rival::C("collatz"))],
        ),
        (
            "(n + 2^62)*(n + 2^62 + 1)//2",
            Reduction::Max,
            10_000_000,
            vec![Bar::Times(5.0, Rival::Python("duckdb", "wide"))],
        ),
    ]
}

fn against(
    text: &str,
    reduction: Reduction,
    end: u64,
    bar: Bar,
    python: Option<&mut Python>,
) -> anyhow::Result<()> {
    let rate = |seconds: &[f64]| end as f64 / median(seconds) / 1e9;
    let own = &mut || own_s(text, reduction, end, 1);
    match bar {
        Bar::Giga(least) => {
            let [own] = in_turns(ROUNDS, [own])?;
            let rate = rate(&own);
            judged(
                text,
                &format!("{rate:.2} G/s"),
                &format!("≥ {least}"),
                rate >= least,
            )?;
        }
        Bar::Times(least, rival) => {
            let name = match rival {
                Rival::C(_) => "C",
                Rival::Python(library, _) => library,
            };
            let what = format!("{text} / {name}");
            let Some(mut rival) = runner(rival, end, python)? else {
                return Ok(skipped(&what, "it is not here")?);
            };
            let [own, other] = in_turns(ROUNDS, [own, &mut rival])?;
            let times = median(&other) / median(&own);
            let shown = format!(
                "{times:.2} × ({:.3} and {:.3} G/s)",
                rate(&own),
                rate(&other)
            );
            judged(&what, &shown, &format!("≥ {least} ×"), times >= least)?;
        }
    }
    Ok(())
}

type Runner<'a> = Box<dyn FnMut() -> anyhow::Result<f64> + 'a>;

/// Runs a rival once; says how long it took.
fn runner(
    rival: Rival,
    end: u64,
    python: Option<&mut Python>,
) -> anyhow::Result<Option<Runner<'_>>> {
    match rival {
        Rival::C(function) => {
            let Ok(mut command) = rivals::compiled("functions.c", &[]) else {
                return Ok(None);
            };
            command.args([function, &end.to_string()]);
            Ok(Some(Box::new(move || {
                let output = command.output()?;
                seconds(&String::from_utf8(output.stdout)?)
            })))
        }
        Rival::Python(library, function) => {
            let Some(python) = python else {
                return Ok(None);
            };
            if python.answer(&format!("{library} {function} 1000"))? == "missing" {
                return Ok(None);
            }
            let line = format!("{library} {function} {end}");
            Ok(Some(Box::new(move || seconds(&python.answer(&line)?))))
        }
    }
}

/// The seconds behind an answer.
fn seconds(answer: &str) -> anyhow::Result<f64> {
    let word = answer.split_whitespace().last().context("an answer")?;
    word.parse().with_context(|| answer.to_owned())
}

fn own_s(text: &str, reduction: Reduction, end: u64, workers: usize) -> anyhow::Result<f64> {
    let job = Job::eval(Expression::parse(text)?, reduction);
    let spec = Spec {
        workers,
        ..Spec::new(job, format!("1..{end}").parse()?)
    };
    let report = compute::run(&spec, &Stop::new(), |_| ())?;
    ensure!(!report.checks.is_empty(), "{text} was not checked");
    Ok(report.elapsed.as_secs_f64())
}

/// What a second worker brings, for work long enough that its start does not count.
fn second_worker(text: &str, reduction: Reduction, end: u64) -> anyhow::Result<()> {
    let once = own_s(text, reduction, end, 1)?;
    let end = (end as f64 * (0.4 / once).max(1.0)) as u64;
    let [one, two] = in_turns(
        5,
        [&mut || own_s(text, reduction, end, 1), &mut || {
            own_s(text, reduction, end, 2)
        }],
    )?;
    let times = median(&one) / median(&two);
    let what = format!("{text}: 2 workers / 1");
    judged(&what, &format!("{times:.2} ×"), "≥ 1.9 ×", times >= 1.9)?;
    Ok(())
}
