//! `partask eval`: an expression and an input, to a validated command.

use super::Terminal;
use super::compute::{self, ComputeArgs};
use super::values::named;
use crate::cmd::compute::Command;
use crate::cmd::{Usage, explain};
use crate::expression::{Expression, TEXT_LEN_MAX};
use crate::job::Job;
use crate::reduction::Reduction;
use crate::units;
use clap::Args;
use clap::builder::TypedValueParser;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  partask eval 'n^2 + 3n + 1' 1..1e6               the sum of its values
  partask eval 'n % 7 == 3' 1..1e6 --reduce count  how many are not 0
  partask eval 'gcd(n, 360)' 1..1e5 --reduce max   the largest, and where it stands
  partask eval 'n*(n+1)//2' 1..=10 --values        every value, one a line
  partask eval 'if(is_prime(n), n, 0)' 1..1e4      the sum of the primes
  partask eval 'digit_sum(n)' 0..1e4 --reduce histogram
  seq 9 | partask eval 'n**n' --quiet              numbers from standard input
  partask eval --explain 'n^3 // 7' 1..1e6         how it would be computed";

#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// The function of n, in Python's operators: + - * // % ^ < == and or not & | ~ << >>, if(c, a, b),
    /// and functions such as gcd(n, 360) and is_prime(n)
    ///
    /// Integers have no bound. 3n multiplies; ^ and ** are powers; comparisons are 0 or 1. Functions:
    /// abs min max gcd lcm isqrt icbrt popcount bit_length digit_sum digits is_square is_prime divisors
    /// totient factorial binomial collatz sign clamp xor.
    #[arg(value_name = "EXPRESSION", required_unless_present = "file")]
    expression: Option<OsString>,

    /// Read the expression from a file, with 'name = expression' lines above it; # starts a comment
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// What is made of the values: sum, count (of those that are not 0), min, max, product, xor, mean,
    /// first, last, histogram
    #[arg(long, value_name = "HOW", default_value = "sum", value_parser = reductions(),
        hide_possible_values = true)]
    reduce: Reduction,

    /// Say how it would be computed, and compute nothing
    #[arg(long)]
    explain: bool,

    #[command(flatten)]
    pub(super) compute: ComputeArgs,
}

/// What `eval` is asked to do.
#[derive(Debug)]
pub(super) enum Asked {
    /// To compute.
    Compute(Box<Command>),
    /// To say how it would.
    Explain(Box<explain::Command>),
}

/// A value that is the name of a reduction.
pub(super) fn reductions() -> impl TypedValueParser<Value = Reduction> {
    named(&[
        ("sum", Reduction::Sum),
        ("count", Reduction::Count),
        ("min", Reduction::Min),
        ("max", Reduction::Max),
        ("product", Reduction::Product),
        ("xor", Reduction::Xor),
        ("mean", Reduction::Mean),
        ("first", Reduction::First),
        ("last", Reduction::Last),
        ("histogram", Reduction::Histogram),
    ])
}

/// The validated command.
pub(super) fn command(
    arguments: &EvalArgs,
    workers_from_environment: bool,
    terminal: Terminal,
) -> Result<Asked, Usage> {
    let mut input = arguments.compute.input.clone();
    let text = match (&arguments.file, &arguments.expression) {
        (Some(path), first) => {
            // The expression stands in the file, so that all words are of the input.
            input.splice(..0, first.clone());
            read(path)?
        }
        (None, Some(expression)) => text_of(expression)?,
        (None, None) => return Err(no_expression()),
    };
    let job = job(text, arguments.reduce)?;
    let command = compute::command(
        job,
        &input,
        &arguments.compute,
        workers_from_environment,
        terminal,
    )?;
    Ok(match arguments.explain {
        false => Asked::Compute(Box::new(command)),
        true => Asked::Explain(Box::new(explain::Command { spec: command.spec })),
    })
}

/// The job that computes the expression in `text`.
pub(super) fn job(text: String, reduction: Reduction) -> Result<Job, Usage> {
    let expression = Expression::parse(&text).map_err(|error| Usage(error.to_string()))?;
    Ok(Job::eval(expression, reduction))
}

/// The expression and the input among the words of `compare eval`.
pub(super) fn split(words: &[OsString]) -> Result<(String, &[OsString]), Usage> {
    match words {
        [] => Err(no_expression()),
        [_] => Err(Usage(
            "compare eval: give an INPUT after the expression, such as 1..1e8".to_owned(),
        )),
        [expression, input @ ..] => Ok((text_of(expression)?, input)),
    }
}

fn no_expression() -> Usage {
    Usage(
        "give an expression in n, such as 'n^2 + 3n + 1', and an INPUT, such as 1..1e6".to_owned(),
    )
}

fn text_of(expression: &OsStr) -> Result<String, Usage> {
    // A space in front has kept a minus from being taken for an option.
    let text = expression.to_str().map(|text| text.trim().to_owned());
    text.ok_or_else(|| Usage("the expression is not UTF-8 text".to_owned()))
}

/// The text of a file, which is longer than an expression can be only by a little.
fn read(path: &PathBuf) -> Result<String, Usage> {
    let name = units::printable(&path.to_string_lossy());
    let failed = |error| Usage(format!("--file {name}: {error}"));
    let mut text = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(TEXT_LEN_MAX as u64 + 1)
        .read_to_end(&mut text)
        .map_err(failed)?;
    String::from_utf8(text).map_err(|_| Usage(format!("--file {name}: it is not UTF-8 text")))
}
