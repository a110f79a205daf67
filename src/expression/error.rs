//! What can be wrong with the text of an expression, in sentences that say the mend.

use super::ast::Span;
use super::drawing;
use super::fault::Fault;
use super::{NESTING_MAX, TEXT_LEN_MAX};
use crate::units;
use std::fmt;

/// Why a text is not an expression: what is wrong, where, and what was expected.
///
/// It is displayed as a sentence and, below it, the line with a caret under the place, in plain
/// text.
///
/// ```
/// # use partask::expression::Expression;
/// let error = Expression::parse("n / 2").unwrap_err();
/// assert_eq!(error.to_string(), "\
/// '/' is not in the language
///   |
/// 1 | n / 2
///   |   ^ write // for floor division");
/// assert_eq!(error.sentence(), "'/' is not in the language: write // for floor division");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    text: String,
    span: Span,
    mistake: Mistake,
}

impl std::error::Error for ExpressionError {}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mistake {
    /// It is too long to be looked at.
    #[error("the expression has {} bytes, and {} at most are taken", units::count(*.len as u128), units::count(TEXT_LEN_MAX as u128))]
    TooLong {
        /// How long, in bytes.
        len: usize,
    },
    /// There is nothing in it.
    #[error("the expression is empty")]
    Empty,
    /// Parentheses and operators inside one another.
    #[error("more than {NESTING_MAX} operators and parentheses are nested")]
    TooDeep,
    /// Something of another language.
    #[error("'{found}' is not in the language")]
    NotInLanguage {
        /// What stands there.
        found: String,
        /// What to write instead.
        meant: &'static str,
    },
    /// A number that is not taken.
    #[error("'{}' is not a number of the language", short(.found))]
    NotANumber {
        /// What stands there.
        found: String,
        /// What to write instead.
        expected: String,
    },
    /// Something at a place where something else must stand.
    #[error("unexpected {found}")]
    Unexpected {
        /// What stands there.
        found: String,
        /// What must stand there.
        expected: String,
    },
    /// Two values without an operator.
    #[error("two values stand side by side")]
    SideBySide,
    /// A value followed by a parenthesis.
    #[error("'{}' is not a function", short(.name))]
    NotAFunction {
        /// The name.
        name: String,
    },
    /// A function without arguments.
    #[error("'{name}' is a function")]
    NotCalled {
        /// The function's name.
        name: &'static str,
        /// How it is written.
        usage: String,
    },
    /// A function with too few or too many arguments.
    #[error("{name} takes {takes}, not {given}")]
    ArgumentCount {
        /// The function's name.
        name: &'static str,
        /// How many it takes, in words.
        takes: &'static str,
        /// How many were given.
        given: usize,
        /// How it is written.
        usage: String,
    },
    /// A name of nothing.
    #[error("unknown name '{}'", short(.name))]
    UnknownName {
        /// The name.
        name: String,
        /// What was probably meant, in words.
        meant: String,
    },
    /// A product without an operator behind `//`, `%`, `^` or `~`.
    #[error("behind {operator} a product without * can be read in two ways")]
    AmbiguousProduct {
        /// The operator.
        operator: &'static str,
    },
    /// Two definitions of a name.
    #[error("'{}' is defined twice", short(.name))]
    DefinedTwice {
        /// The name.
        name: String,
    },
    /// A definition of a name that has a meaning.
    #[error("'{}' can't be defined", short(.name))]
    Reserved {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// Definitions and nothing after them.
    #[error("there are only definitions")]
    OnlyDefinitions,
    /// An expression, and more on the lines after it.
    #[error("a second expression")]
    SecondExpression,
    /// A name whose value depends on the input, in a constant.
    #[error("'{name}' has no value here")]
    VariableInConstant {
        /// The name.
        name: String,
    },
    /// A constant that has no value.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// How much of a name or number is quoted, in bytes; those have ASCII characters only.
const QUOTE_LEN: usize = 48;

/// A name or a number as it is quoted: cut when it is long.
fn short(text: &str) -> String {
    match text.get(..QUOTE_LEN) {
        Some(start) if text.len() > QUOTE_LEN => format!("{start}…"),
        _ => text.to_owned(),
    }
}

impl Mistake {
    /// What was expected, or what to write instead.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Mistake::TooLong { .. } => "leave something out".to_owned(),
            Mistake::Empty => "write one such as n^2 + 1".to_owned(),
            Mistake::TooDeep => {
                "give a part of it a name, on a line above: name = expression".to_owned()
            }
            Mistake::NotInLanguage { meant, .. } => (*meant).to_owned(),
            Mistake::NotANumber { expected, .. } => expected.clone(),
            Mistake::Unexpected { expected, .. } => format!("expected {expected}"),
            Mistake::SideBySide => {
                "write an operator; only a number directly before a name or '(' multiplies, as in 3n"
                    .to_owned()
            }
            Mistake::NotAFunction { name } => format!("write {}*( to multiply", short(name)),
            Mistake::NotCalled { usage, .. } | Mistake::ArgumentCount { usage, .. } => {
                format!("write {usage}")
            }
            Mistake::UnknownName { meant, .. } => meant.clone(),
            Mistake::AmbiguousProduct { operator } => {
                format!("write {operator} (2*n) or {operator} 2*n")
            }
            Mistake::DefinedTwice { .. } => "take another name".to_owned(),
            Mistake::Reserved { reason, .. } => (*reason).to_owned(),
            Mistake::OnlyDefinitions => {
                "write the expression on the last line, without a name".to_owned()
            }
            Mistake::SecondExpression => {
                "put parentheses round an expression of several lines; only the last line has no name"
                    .to_owned()
            }
            Mistake::VariableInConstant { .. } => "only constants are taken here".to_owned(),
            Mistake::Fault(_) => "computed here".to_owned(),
        }
    }
}

/// A mistake and its place, on the way out of the parser; boxed, as each level of nesting has room
/// for one on the stack.
#[derive(Debug)]
pub(super) struct Located {
    pub span: Span,
    pub mistake: Mistake,
}

impl Mistake {
    pub(super) fn at(self, span: Span) -> Box<Located> {
        Box::new(Located {
            span,
            mistake: self,
        })
    }
}

impl ExpressionError {
    pub(super) fn new(text: &str, span: Span, mistake: Mistake) -> ExpressionError {
        ExpressionError {
            text: text.to_owned(),
            span,
            mistake,
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn mistake(&self) -> &Mistake {
        &self.mistake
    }

    /// Where it is wrong, in bytes of the text.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// What is wrong and the mend, on one line.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.mistake {
            Mistake::Fault(fault) => fault.to_string(),
            mistake => format!("{mistake}: {}", mistake.advice()),
        }
    }

    /// The line with a caret under the place and what was expected; with colours for a terminal if
    /// `coloured`. Empty when there is no place to show.
    #[must_use]
    pub fn picture(&self, coloured: bool) -> String {
        match self.mistake {
            Mistake::TooLong { .. } | Mistake::Empty => String::new(),
            _ => drawing::draw(&self.text, self.span, &self.mistake.advice(), coloured),
        }
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.picture(false) {
            picture if picture.is_empty() => f.write_str(&self.sentence()),
            picture => write!(f, "{}\n{picture}", self.mistake),
        }
    }
}
