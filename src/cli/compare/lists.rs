//! Lists that fill the `{name}`s of the commands that are compared, and the size of their work.

use crate::cmd::Usage;
use crate::engine::WORKERS_MAX;
use crate::input::Input;
use crate::report::compare::{SIZE, WORKERS};
use clap::Args;

/// What people call the worker count from habit.
const MEANT_WORKERS: [&str; 8] = [
    "worker", "threads", "thread", "nthreads", "jobs", "cores", "cpus", "nproc",
];

#[derive(Debug, Args)]
#[command(next_help_heading = "Lists")]
pub(in crate::cli) struct ListArgs {
    /// Measure every value of a list, such as -L level 1,6,9: {level} stands for it in the commands. May be
    /// repeated, for every combination
    #[arg(short = 'L', long, value_names = ["NAME", "LIST"], num_args = 2, requires = "command",
        allow_hyphen_values = true)]
    parameter_list: Vec<String>,

    /// The same for the numbers from MIN to MAX
    #[arg(short = 'P', long, value_names = ["NAME", "MIN", "MAX"], num_args = 3, requires = "command",
        allow_hyphen_values = true)]
    parameter_scan: Vec<String>,

    /// The step from one number of --parameter-scan to the next; by default 1
    #[arg(short = 'D', long, value_name = "STEP", requires = "parameter_scan")]
    parameter_step_size: Option<String>,

    /// What {size} stands for in the commands; with --weak N workers get N times as much
    #[arg(
        long,
        value_name = "N",
        requires = "command",
        allow_hyphen_values = true
    )]
    size: Option<String>,
}

/// A list with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct List {
    name: String,
    values: Vec<String>,
}

impl List {
    fn placeholder(&self) -> String {
        format!("{{{}}}", self.name)
    }
}

/// All the lists, which fill command lines.
#[derive(Debug)]
pub(super) struct Lists {
    lists: Vec<List>,
    pub(super) size: Option<u64>,
}

impl ListArgs {
    pub(super) fn lists(&self) -> Result<Lists, Usage> {
        let mut lists: Vec<List> = Vec::new();
        for pair in self.parameter_list.chunks(2) {
            lists.push(List {
                name: pair[0].clone(),
                values: split_at_commas(&pair[1]),
            });
        }
        let step = self.parameter_step_size.as_deref();
        for scan in self.parameter_scan.chunks(3) {
            let wrong = |why: &str| {
                Usage(format!(
                    "--parameter-scan {} {} {}: {why}",
                    scan[0].escape_debug(),
                    scan[1].escape_debug(),
                    scan[2].escape_debug()
                ))
            };
            lists.push(List {
                name: scan[0].clone(),
                values: scanned(&scan[1], &scan[2], step.unwrap_or("1")).map_err(wrong)?,
            });
        }
        for (i, list) in lists.iter().enumerate() {
            check_list(list, &lists[..i])?;
        }
        let size = self.size.as_deref().map(size).transpose()?;
        Ok(Lists { lists, size })
    }
}

fn check_list(list: &List, earlier: &[List]) -> Result<(), Usage> {
    let name = list.name.escape_debug();
    let is_name = |c: char| c.is_alphanumeric() || "_-".contains(c);
    if list.name.is_empty() || !list.name.chars().all(is_name) {
        return Err(Usage(format!(
            "-L '{name}': a name has letters, digits, _ and - only, as in -L level 1,6,9"
        )));
    }
    if [WORKERS, SIZE].contains(&&list.placeholder()[..]) {
        return Err(Usage(format!(
            "-L {name}: that name is taken: {{workers}} is filled by --workers, {{size}} by --size"
        )));
    }
    if earlier.iter().any(|other| other.name == list.name) {
        return Err(Usage(format!(
            "-L {name}: there are two lists of that name"
        )));
    }
    for (i, value) in list.values.iter().enumerate() {
        if list.values[..i].contains(value) {
            return Err(Usage(format!(
                "-L {name}: '{}' is there twice",
                value.escape_debug()
            )));
        }
    }
    match &list.values[..] {
        [] => Err(Usage(format!("-L {name}: it is empty"))),
        [only] if only.is_empty() => Err(Usage(format!(
            "-L {name} '': give its values, as in -L {name} 1,6,9"
        ))),
        _ => Ok(()),
    }
}

fn size(text: &str) -> Result<u64, Usage> {
    let size = Input::parse_number(text).ok();
    let size = size.and_then(|size| u64::try_from(size).ok());
    size.filter(|size| *size > 0).ok_or_else(|| {
        Usage(format!(
            "--size '{}': give a whole number from 1 up, such as 1e6",
            text.escape_debug()
        ))
    })
}

/// The parts of a list; `\,` is a comma in one of them.
fn split_at_commas(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let part = parts.last_mut().expect("there is one from the start");
        match c {
            '\\' if characters.peek() == Some(&',') => part.extend(characters.next()),
            ',' => parts.push(String::new()),
            c => part.push(c),
        }
    }
    parts
}

/// The most values of a scan: more are a slip.
const VALUES_MAX: i128 = 1 << 16;

/// The numbers from `min` to `max`, in steps, exact also where they are no whole ones.
fn scanned(min: &str, max: &str, step: &str) -> Result<Vec<String>, &'static str> {
    let numbers = [min, max, step].map(decimal);
    let [Some(min), Some(max), Some(step)] = numbers else {
        return Err("give numbers such as 1 10 or 0.5 2.5");
    };
    let digits = min.1.max(max.1).max(step.1);
    let scaled = |(mantissa, own): (i128, u32)| mantissa * 10i128.pow(digits - own);
    let (min, max, step) = (scaled(min), scaled(max), scaled(step));
    if step <= 0 {
        return Err("a step is above 0");
    }
    if min > max {
        return Err("the first is above the last");
    }
    if (max - min) / step >= VALUES_MAX {
        return Err("these are too many values");
    }
    let values = (0..=(max - min) / step).map(|i| min + i * step);
    Ok(values.map(|value| decimal_text(value, digits)).collect())
}

/// A decimal number as a whole number and how many of its digits stand behind the point.
fn decimal(text: &str) -> Option<(i128, u32)> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = whole.strip_prefix('-').unwrap_or(whole);
    let is_short = whole.len() <= 18 && fraction.len() <= 18;
    if !is_short || unsigned.is_empty() || !is_number(unsigned) || !is_number(fraction) {
        return None;
    }
    let mantissa = format!("{whole}{fraction}").parse().ok()?;
    Some((mantissa, u32::try_from(fraction.len()).ok()?))
}

fn decimal_text(value: i128, digits: u32) -> String {
    let unit = 10u128.pow(digits);
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    match digits {
        0 => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{fraction:0width$}", width = digits as usize),
    }
}

impl Lists {
    /// How many of the lists a command line has.
    fn is_used(&self, list: &List, lines: &[String]) -> bool {
        lines.iter().any(|line| line.contains(&list.placeholder()))
    }

    /// Every combination of the values that a command line has a place for, with their names; of too many
    /// only so many that this is seen.
    pub(super) fn combinations(&self, line: &str) -> Vec<Vec<(String, String)>> {
        let mut combinations = vec![Vec::new()];
        let used = self.lists.iter();
        for list in used.filter(|list| line.contains(&list.placeholder())) {
            let longer = combinations.iter().flat_map(|start: &Vec<_>| {
                list.values.iter().map(|value| {
                    let mut combination = start.clone();
                    combination.push((list.name.clone(), value.clone()));
                    combination
                })
            });
            // More are refused, and need not be made.
            combinations = longer.take(WORKERS_MAX + 1).collect();
        }
        combinations
    }

    /// A list that no command has, a name that no list has, and a size that is not there.
    pub(super) fn check(&self, lines: &[String]) -> Result<(), Usage> {
        if let Some(list) = (self.lists.iter()).find(|list| !self.is_used(list, lines)) {
            return Err(Usage(format!(
                "-L {}: no command has {}: put it where its values belong",
                list.name,
                list.placeholder()
            )));
        }
        let has_size = lines.iter().any(|line| line.contains(SIZE));
        if self.size.is_some() && !has_size {
            return Err(Usage(
                "--size: no command has {size}: put it where the size of the work belongs"
                    .to_owned(),
            ));
        }
        if self.size.is_none() && has_size {
            return Err(Usage(
                "{size} in a command: say what it stands for by --size, such as --size 1e6"
                    .to_owned(),
            ));
        }
        lines.iter().try_for_each(|line| self.check_names(line))
    }

    /// Braces mean much to shells and programs; a word in them is taken for a slip where lists are given,
    /// or where it is what other tools call the workers.
    fn check_names(&self, line: &str) -> Result<(), Usage> {
        let known = |name: &str| {
            let own = ["workers", "size"].contains(&name);
            own || self.lists.iter().any(|list| list.name == name)
        };
        for name in names_in(line).filter(|name| !known(name)) {
            if MEANT_WORKERS.contains(&name) {
                return Err(Usage(format!(
                    "{{{name}}} in a command: write {{workers}} for the worker count, or fill it by -L {name} LIST"
                )));
            }
            if !self.lists.is_empty() {
                let lists = self.lists.iter().map(List::placeholder);
                let names: Vec<String> = lists.chain([WORKERS.to_owned()]).collect();
                return Err(Usage(format!(
                    "{{{name}}} in a command: no list has that name: there are {}",
                    names.join(", ")
                )));
            }
        }
        Ok(())
    }
}

/// The words in braces that could be names.
fn names_in(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split('{').skip(1);
    let words = parts.filter_map(|part| part.split_once('}'));
    words.map(|(word, _)| word).filter(|word| {
        let starts = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
        starts
            && word
                .chars()
                .all(|c| c.is_alphanumeric() || "_-".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_divide_unless_they_are_escaped() {
        assert_eq!(split_at_commas("1,6,9"), ["1", "6", "9"]);
        assert_eq!(split_at_commas(r"a\,b,c\d,"), ["a,b", r"c\d", ""]);
    }

    #[test]
    fn scans_are_exact() {
        let scan = |min, max, step| scanned(min, max, step).unwrap().join(" ");
        assert_eq!(scan("1", "4", "1"), "1 2 3 4");
        assert_eq!(scan("0.1", "0.45", "0.1"), "0.10 0.20 0.30 0.40");
        assert_eq!(scan("-1", "0.5", "0.5"), "-1.0 -0.5 0.0 0.5");
        for (min, max, step) in [
            ("2", "1", "1"),
            ("1", "2", "0"),
            ("a", "2", "1"),
            ("1", "1e9", "1"),
            ("0", "99999999", "1"),
            ("", "1", "1"),
            ("-", "1", "1"),
        ] {
            assert!(scanned(min, max, step).is_err(), "{min} {max} {step}");
        }
    }

    #[test]
    fn names_stand_in_braces_of_their_own() {
        let names: Vec<&str> = names_in("a {b} ${c} {1..9} {} {print $1} {d-e} {f").collect();
        assert_eq!(names, ["b", "c", "d-e"]);
    }
}
