//! `partask eval --explain`: how an expression would be computed over an input.

use super::Exit;
use super::compute::Spec;
use crate::closed_form;
use crate::exact::Width;
use crate::expression::{Bounds, Expression, Node, NodeId};
use crate::input::Numbers;
use crate::kernel::{self, Evaluator};
use crate::lines::WholeLines;
use crate::report::explain::{self, ExplainedPart, Explanation};
use anyhow::Context;
use std::io::Write;
use std::ops::RangeInclusive;

/// An expression to be explained.
#[derive(Clone, Debug)]
pub struct Command {
    /// What would be run.
    pub spec: Spec,
}

/// Writes to `out` how the job would be computed.
///
/// # Errors
/// When `out` can't be written to.
pub fn main(command: &Command, out: &mut WholeLines) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    if let Some(expression) = command.spec.job.expression() {
        explain::write(&explanation(&command.spec, expression), &mut text)?;
    }
    out.write_all(&text)
        .and_then(|()| out.flush())
        .context("cannot write to standard output")?;
    Ok(Exit::Success)
}

fn explanation(spec: &Spec, expression: &Expression) -> Explanation {
    let known = spec.input.known();
    let interval = match known {
        Some(numbers) => kernel::interval(numbers.pieces(0..numbers.count())),
        None => i64::MIN..=i64::MAX,
    };
    let bounds = expression.bounds(interval.clone());
    let nodes = expression.nodes().iter().enumerate();
    let operations = nodes.filter(|(_, node)| !matches!(node, Node::Number(_) | Node::Variable));
    // The numbers once, however often they occur.
    let variable = expression
        .nodes()
        .iter()
        .position(|node| *node == Node::Variable);
    let shown = variable.into_iter().chain(operations.map(|(at, _)| at));
    let parts = shown.map(|at| part(expression, at, bounds[at]));
    let read_as = known.map_or("read as the run goes on".to_owned(), ToString::to_string);
    Explanation {
        title: format!("{}      {read_as}", spec.job.title(spec.input.text())),
        parts: parts.collect(),
        lines: vec![
            ("reduced to", spec.job.reduction().name().to_owned()),
            ("computed", computed(spec, expression, interval)),
            ("checked", checked(spec, known)),
        ],
    }
}

fn part(expression: &Expression, at: usize, bounds: Bounds) -> ExplainedPart {
    let span = expression.span(NodeId::at(at));
    ExplainedPart {
        text: expression.text()[span.start..span.end].to_owned(),
        bounds: (bounds.low(), bounds.high()),
        width: match (bounds.fit_i64(), bounds.fit_i128()) {
            (true, _) => "64 bits",
            (_, true) => "128 bits",
            _ => "any size",
        },
        can_fail: bounds.can_fail(),
    }
}

/// In which width, and by what code.
fn computed(spec: &Spec, expression: &Expression, interval: RangeInclusive<i64>) -> String {
    let is_one = spec.input.known().is_some();
    let evaluator = Evaluator::new(expression, spec.kernel, interval);
    let way = match evaluator.width() {
        Some(Width::Narrow) => "in lanes of 32 bits",
        Some(Width::Wide) => "in 128 bits",
        Some(_) => "in lanes of 64 bits",
        None => "number by number in integers of any size",
    };
    match is_one {
        true => format!("{way}; chosen again for the numbers of each chunk"),
        false => "in the width that the numbers of each batch need".to_owned(),
    }
}

fn checked(spec: &Spec, known: Option<&Numbers>) -> String {
    let closed_form = known.and_then(|numbers| closed_form::total(&spec.job, numbers, 0..0));
    let polynomial = spec.job.expression().and_then(Expression::polynomial);
    match (spec.verify, closed_form, polynomial) {
        (_, Some(_), Some(polynomial)) => format!(
            "by the closed form of a polynomial of degree {}",
            polynomial.degree()
        ),
        (true, ..) => "everything is computed once more by the reference".to_owned(),
        (false, ..) => {
            "on a sample, by the reference; --verify computes everything once more".to_owned()
        }
    }
}
