//! What a comparison of plain programs comes to: which is how many times as fast as which.

use super::conclusion::{LISTED_MAX, listed, times};
use super::{Case, Comparison, Figures, Order, Ratio, figures};
use crate::report::width::shortened;
use crate::stats;

/// How much of a name a sentence has room for.
const NAME_COLUMNS_MAX: usize = 48;

/// A name as it stands in a sentence: one of several words is quoted, so that it is seen where it ends.
pub(super) fn quoted(comparison: &Comparison, case: &Case) -> String {
    let name = shortened(&comparison.name(case), NAME_COLUMNS_MAX);
    match name.contains(char::is_whitespace) {
        true => format!("'{name}'"),
        false => name,
    }
}

/// A program beside the one that the sentence is about.
struct Other {
    name: String,
    /// How many times as fast the faster side is, in the sentence's direction, with an interval that a
    /// decision may rest on.
    ratio: Option<Ratio>,
}

impl Other {
    /// Whether it is faster or slower for all that is known; a single run of each tells no more than
    /// what they took.
    fn differs(&self) -> bool {
        let interval = self.ratio.and_then(|ratio| ratio.interval);
        interval.is_none_or(|interval| !interval.contains(1.0))
    }

    fn times(&self) -> String {
        self.ratio.map_or(String::new(), |ratio| {
            let interval = ratio.interval.map_or(String::new(), |interval| {
                format!(" ({} to {})", times(interval.low), times(interval.high))
            });
            format!("{} ×{interval}", times(ratio.value))
        })
    }
}

/// The sentence; `None` before anything has been measured. It is about the fastest program, or about
/// the reference, when somebody chose it.
pub(super) fn sentence(comparison: &Comparison, figures: &[Option<Figures>]) -> Option<String> {
    let cases = comparison.cases.iter().zip(figures);
    let mut cases: Vec<(&Case, &Figures)> = cases
        .filter_map(|(case, figures)| Some((case, figures.as_ref()?)))
        .collect();
    let by_median =
        |a: &(&Case, &Figures), b: &(&Case, &Figures)| a.1.median_s.total_cmp(&b.1.median_s);
    let (fastest, _) = *cases.iter().min_by(|a, b| by_median(a, b))?;
    if let [(only, figures)] = cases[..] {
        let (name, time) = (quoted(comparison, only), comparison.time(figures.median_s));
        return Some(format!("{name}: {time}"));
    }
    match comparison.presentation.order {
        Order::Auto => cases.sort_by(by_median),
        Order::MeanTime => cases.sort_by(|a, b| a.1.mean_s.total_cmp(&b.1.mean_s)),
        Order::Command => (),
    }
    let about_reference = comparison.presentation.about_reference;
    let centre = if about_reference {
        comparison.reference()
    } else {
        fastest
    };
    let others = cases
        .iter()
        .filter(|(case, _)| !std::ptr::eq(*case, centre));
    let others = others.map(|(case, _)| Other {
        name: quoted(comparison, case),
        ratio: match about_reference {
            true => ratio(centre, case),
            false => ratio(case, centre),
        },
    });
    let (different, same): (Vec<Other>, Vec<Other>) = others.partition(Other::differs);
    let name = quoted(comparison, centre);
    let mut parts = Vec::new();
    parts.extend(match about_reference {
        true => beside_reference(&name, &different),
        false => of_fastest(&name, &different),
    });
    parts.extend(no_difference(&name, &same));
    let sentence = parts.join("; ");
    Some(match comparison.rounds {
        1 => format!("{sentence}, in one run of each"),
        _ => sentence,
    })
}

/// How many times as fast the second case is, by the ratio of the medians.
fn ratio(first: &Case, second: &Case) -> Option<Ratio> {
    let ratio = figures::ratio(&first.elapsed_s(), &second.elapsed_s())?;
    let runs = first.samples.len().min(second.samples.len());
    let wary = |interval| stats::wary(interval, ratio.value, runs);
    Some(Ratio {
        interval: ratio.interval.map(wary),
        ..ratio
    })
}

/// `a is 1.52 × (1.43 to 1.60) as fast as b and 2.10 × as fast as c`.
fn of_fastest(name: &str, others: &[Other]) -> Option<String> {
    let shown = shown(others);
    let mut phrases: Vec<String> = others[..shown]
        .iter()
        .map(|other| format!("{} as fast as {}", other.times(), other.name))
        .collect();
    if shown < others.len() {
        phrases.push(format!("faster than {} others", others.len() - shown));
    }
    (!phrases.is_empty()).then(|| format!("{name} is {}", in_a_row(&phrases)))
}

/// `a is 1.52 × (1.43 to 1.60) as fast as the-reference and b 0.90 ×`.
fn beside_reference(name: &str, others: &[Other]) -> Option<String> {
    let shown = shown(others);
    let phrase = |(i, other): (usize, &Other)| match i {
        0 => format!("{} is {} as fast as {name}", other.name, other.times()),
        _ => format!("{} {}", other.name, other.times()),
    };
    let mut phrases: Vec<String> = others[..shown].iter().enumerate().map(phrase).collect();
    if shown < others.len() {
        phrases.push(format!("{} others differ, too", others.len() - shown));
    }
    (!phrases.is_empty()).then(|| in_a_row(&phrases))
}

fn no_difference(name: &str, others: &[Other]) -> Option<String> {
    let names: Vec<String> = others.iter().map(|other| other.name.clone()).collect();
    match others {
        [] => None,
        [other] => Some(format!(
            "no difference between {name} and {} can be told: {}",
            other.name,
            other.times()
        )),
        _ => Some(format!(
            "no difference between {name} and any of {} can be told",
            listed(&names)
        )),
    }
}

/// How many of them the sentence has room for.
fn shown(others: &[Other]) -> usize {
    match others.len() {
        few if few <= LISTED_MAX => few,
        _ => LISTED_MAX - 1,
    }
}

/// `a, b and c`.
fn in_a_row(phrases: &[String]) -> String {
    match phrases {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => phrases.concat(),
    }
}
