//! What the report of `partask compare` looks like: its form, colours, unit of time and order.

use super::super::values::{formats, modes, named};
use super::super::{Terminal, colour_wanted};
use crate::cmd::Usage;
use crate::cmd::compare::Said;
use crate::report::compare::{Order, Presentation};
use crate::report::progress::Mode;
use crate::report::{Format, Style};
use crate::units::TimeUnit;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// What is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// The report's form
    #[arg(long, value_name = "FORM", default_value = "human", value_parser = formats())]
    format: Format,

    /// Add what each worker did: busy, idle, share
    #[arg(long)]
    timings: bool,

    /// Print only the result, in one sentence
    #[arg(short, long, conflicts_with_all = ["format", "timings"])]
    quiet: bool,

    /// When to show the progress on standard error; by default auto, or as --style says
    #[arg(long, value_name = "WHEN", value_parser = modes())]
    progress: Option<Mode>,

    /// The unit of all times that people are shown, such as ms; by default each has the one that suits
    /// it. Forms for programs keep seconds
    #[arg(short = 'u', long, value_name = "UNIT", value_parser = time_units())]
    time_unit: Option<TimeUnit>,

    /// The order of the cases: as they were asked for (command), or by their mean times (mean-time);
    /// auto: the tables as they were asked for, the closing sentence on programs from the fastest on.
    /// Forms for programs keep the order they were asked for
    #[arg(long, value_name = "METHOD", default_value = "auto", value_parser = orders())]
    sort: Order,

    /// auto: colours and progress on a terminal that wants them; basic: neither; full: both, everywhere;
    /// nocolor: progress only; color: colours only; none: no report, only files and the exit code
    #[arg(long, value_name = "TYPE", default_value = "auto", value_parser = looks(), hide_possible_values = true)]
    style: Look,
}

/// The styles of hyperfine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Auto,
    Basic,
    Full,
    NoColor,
    Color,
    Nothing,
}

fn looks() -> impl TypedValueParser<Value = Look> {
    named(&[
        ("auto", Look::Auto),
        ("basic", Look::Basic),
        ("full", Look::Full),
        ("nocolor", Look::NoColor),
        ("color", Look::Color),
        ("none", Look::Nothing),
    ])
}

fn orders() -> impl TypedValueParser<Value = Order> {
    named(&[
        ("auto", Order::Auto),
        ("command", Order::Command),
        ("mean-time", Order::MeanTime),
    ])
}

/// The units by their signs, and by the names that hyperfine gives them.
fn time_units() -> impl TypedValueParser<Value = TimeUnit> {
    let unit = |sign, name| PossibleValue::new(sign).alias(name);
    let units = [
        unit("s", "second"),
        unit("ms", "millisecond"),
        unit("us", "microsecond").alias("µs"),
        unit("ns", "nanosecond"),
    ];
    PossibleValuesParser::new(units).map(|chosen| match chosen.as_str() {
        "s" | "second" => TimeUnit::Seconds,
        "ms" | "millisecond" => TimeUnit::Milliseconds,
        "us" | "µs" | "microsecond" => TimeUnit::Microseconds,
        _ => TimeUnit::Nanoseconds,
    })
}

impl OutputArgs {
    /// How much is said on standard output.
    pub(super) fn said(&self) -> Result<Said, Usage> {
        match (self.style, self.quiet) {
            (Look::Nothing, true) => Err(no_report("--quiet")),
            (Look::Nothing, false) if self.format != Format::Human => Err(no_report("--format")),
            (Look::Nothing, false) if self.timings => Err(no_report("--timings")),
            (Look::Nothing, false) => Ok(Said::Nothing),
            (_, true) => Ok(Said::Result),
            (_, false) => Ok(Said::Report),
        }
    }

    pub(super) fn style(&self, terminal: Terminal) -> Style {
        Style {
            format: self.format,
            timings: self.timings,
            colour: match self.style {
                Look::Auto => terminal.stdout && colour_wanted(),
                // Asked for by name, they are wanted whatever the environment says.
                Look::Full | Look::Color => true,
                Look::Basic | Look::NoColor | Look::Nothing => false,
            },
            columns: terminal.columns,
        }
    }

    /// When progress is shown; not among what programs show on the same standard error, unless it is
    /// asked for.
    pub(super) fn progress(&self, shows_output: bool) -> Mode {
        let of_style = match self.style {
            _ if shows_output => Mode::Never,
            Look::Auto | Look::NoColor => Mode::Auto,
            Look::Full => Mode::Always,
            Look::Basic | Look::Color | Look::Nothing => Mode::Never,
        };
        self.progress.unwrap_or(of_style)
    }

    /// How people are shown the comparison; `about_reference` when they chose that.
    pub(super) fn presentation(&self, about_reference: bool) -> Presentation {
        Presentation {
            time_unit: self.time_unit,
            order: self.sort,
            about_reference,
        }
    }
}

fn no_report(option: &str) -> Usage {
    Usage(format!(
        "--style none prints no report, which {option} is about: leave one of them out"
    ))
}
