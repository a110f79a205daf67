//! An integer function of n as a text: read, checked, evaluated, and what can be said of it before.
//!
//! ```
//! use partask::expression::Expression;
//!
//! let expression = Expression::parse("if(n % 2 == 0, n // 2, 3n + 1)")?;
//! assert_eq!(expression.evaluate(7)?.to_string(), "22");
//! assert_eq!(expression.evaluate(22)?.to_string(), "11");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The language
//! Integers without a bound, as Python's. The number that the expression is evaluated at is `n`, and
//! also `x` and `i`. Numbers are written as in an input: `100`, `1_000`, `1e8`, `2^32`. A number
//! directly before a name or a parenthesis multiplies: `3n`, `2(n + 1)`; that binds tighter than `*`
//! and looser than `^`, and behind `//`, `%`, `^` and `~`, where it could be read in two ways, it is
//! refused.
//!
//! From the tightest to the loosest, with the meaning they have in Python:
//!
//! | operators | meaning |
//! | --- | --- |
//! | `^`, `**` | power, from right to left; `0^0` is 1 |
//! | `-a`, `+a`, `~a` | `~a` is `-a - 1` |
//! | `*`, `//`, `%` | `//` rounds down, `%` has the sign of the divisor |
//! | `+`, `-` | |
//! | `<<`, `>>` | times a power of two, and over it, rounded down |
//! | `&` | negative numbers are in two's complement without end |
//! | `\|` | |
//! | `<`, `<=`, `>`, `>=`, `==`, `!=` | 0 or 1; `a < b < c` is `a < b and b < c` |
//! | `not` | 1 for 0, else 0 |
//! | `and` | `a and b` is `a` where that is 0, else `b` |
//! | `or` | `a or b` is `a` where that is not 0, else `b` |
//! | `c ? a : b` | as `if(c, a, b)` |
//!
//! `and`, `or`, `if` and chained comparisons compute what they need and nothing else, so
//! `if(n == 0, 0, 10 // n)` has a value everywhere. The functions are in
//! [`FUNCTIONS`](functions::FUNCTIONS).
//!
//! Lines above the expression may give names to parts of it: `name = expression`. Such a part is
//! computed once, and only where it is needed. `#` begins a comment. A line goes on to the next one
//! inside parentheses.
//!
//! # What is known before it is evaluated
//! [`Expression::bounds`] says between which numbers each part lies over an interval of n, and so in
//! how many bits it can be computed; [`Expression::polynomial`] whether it is a polynomial, whose sum
//! has a closed form.
//!
//! ```
//! # use partask::expression::Expression;
//! let expression = Expression::parse("n*(n + 1)")?;
//! let bounds = expression.bounds(0..=1_000_000);
//! assert_eq!(bounds.last().unwrap().high(), Some(1_000_001_000_000));
//! assert_eq!(expression.polynomial().unwrap().degree(), 2);
//! # Ok::<(), partask::expression::ExpressionError>(())
//! ```

mod ast;
mod bounds;
mod display;
mod drawing;
mod error;
mod evaluate;
mod fault;
pub mod functions;
mod lexer;
mod names;
mod number;
mod operators;
mod parser;
mod polynomial;

pub use ast::{Binary, Node, NodeId, Span, Unary};
pub use bounds::Bounds;
pub use error::{ExpressionError, Mistake};
pub use fault::{EvaluationError, Fault};
pub use polynomial::{DEGREE_MAX, Polynomial};

use crate::exact::BigInt;
use ast::Tree;

/// The longest text of an expression, in bytes.
pub const TEXT_LEN_MAX: usize = 1 << 16;

/// How many operators and parentheses can be nested.
pub const NESTING_MAX: usize = 400;

/// How many decimal digits a value has at most, on the way and at the end.
pub const DIGITS_MAX: u32 = 100_000;

/// A function of n: read, checked, ready to be evaluated.
///
/// It is displayed in a normal form: definitions on lines of their own, and no more parentheses
/// than are needed. That is read back to the same nodes, unless it is too long.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    tree: Tree,
    /// How many nodes each one is an operand of; the last is used once more, as the result.
    uses: Vec<u32>,
}

impl Expression {
    /// Reads an expression, with definitions on lines above it.
    ///
    /// # Errors
    /// The text is no expression of the language, longer than [`TEXT_LEN_MAX`] or nested deeper than
    /// [`NESTING_MAX`].
    pub fn parse(text: &str) -> Result<Expression, ExpressionError> {
        let tree = parser::parse(text)?;
        Ok(Expression {
            text: text.to_owned(),
            uses: tree.uses(),
            tree,
        })
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its parts, each behind its operands; the last one is the whole.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.tree.nodes
    }

    /// The whole.
    #[must_use]
    pub fn root(&self) -> NodeId {
        NodeId::at(self.tree.nodes.len() - 1)
    }

    /// The place of a part in the text.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Span {
        self.tree.span(id)
    }

    /// The names of parts, in the order they are defined; those that are not used are left out.
    pub fn definitions(&self) -> impl Iterator<Item = (&str, NodeId)> {
        let all = self.tree.definitions.iter();
        all.map(|(name, id)| (name.as_str(), *id))
    }

    /// Whether it has the same value at all numbers because `n` does not occur in it.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        !self.tree.nodes.contains(&Node::Variable)
    }

    /// The lines of a part of the text with carets under it and `label` beside them, with colours
    /// for a terminal if `coloured`.
    #[must_use]
    pub fn picture(&self, id: NodeId, label: &str, coloured: bool) -> String {
        drawing::draw(&self.text, self.span(id), label, coloured)
    }

    /// Its value at `n`, by a walk over its nodes in big integers: the reference that all faster
    /// ways are compared with.
    ///
    /// # Errors
    /// It has no value at `n`, or one of more than [`DIGITS_MAX`] digits on the way.
    pub fn evaluate(&self, n: i64) -> Result<BigInt, EvaluationError> {
        let walked = evaluate::walk(self, self.root(), &BigInt::from(n));
        walked.map_err(|(node, fault)| EvaluationError {
            number: n,
            fault,
            node,
        })
    }
}

/// The value of an expression in which `n` does not occur, such as an end of a range: `10*1000`.
///
/// # Errors
/// The text is no expression, names `n`, or has no value.
pub fn constant(text: &str) -> Result<BigInt, ExpressionError> {
    let expression = Expression::parse(text)?;
    let variable = expression.nodes().iter().position(|n| *n == Node::Variable);
    if let Some(variable) = variable {
        let span = expression.span(NodeId::at(variable));
        let name = text[span.start..span.end].to_owned();
        let mistake = Mistake::VariableInConstant { name };
        return Err(ExpressionError::new(text, span, mistake));
    }
    evaluate::walk(&expression, expression.root(), &BigInt::ZERO)
        .map_err(|(id, fault)| ExpressionError::new(text, expression.span(id), fault.into()))
}

#[cfg(test)]
pub(crate) mod tests;
