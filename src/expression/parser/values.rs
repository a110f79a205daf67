//! Values: numbers, names, calls, and the operators that make larger values of them.

use super::{Parsed, Parser};
use crate::exact::BigInt;
use crate::expression::NESTING_MAX;
use crate::expression::ast::{Binary, Node, NodeId, Span, Unary};
use crate::expression::error::Mistake;
use crate::expression::functions::{Form, Function};
use crate::expression::lexer::{Kind, Token};
use crate::expression::number::{self, Literal, NumberError};
use crate::expression::{DIGITS_MAX, names, operators};

/// What may stand where a value begins.
const VALUE: &str = "a number, n, a function or '('";

/// A value that is read, and where its text begins: the first parenthesis counts.
#[derive(Clone, Copy)]
struct Started {
    start: usize,
    id: NodeId,
}

impl Parser<'_> {
    /// Reads a value with all operators behind it that bind at least as tightly as `level`.
    ///
    /// `behind` is the operator before it, if a product without `*` must not follow that one.
    pub(super) fn operand(&mut self, level: u8, behind: Option<&'static str>) -> Parsed<NodeId> {
        if self.depth >= NESTING_MAX {
            return Err(Mistake::TooDeep.at(self.next.span));
        }
        self.depth += 1;
        let start = self.next.span.start;
        let mut left = self.value(level, behind)?;
        while let Kind::Symbol(symbol) = self.next.kind
            && let Some(own) = operators::level_of(symbol)
            && own >= level
        {
            let value = Started { start, id: left };
            left = match own {
                operators::CHOICE => self.choice(value)?,
                operators::OR => self.lazy(value, operators::OR, Node::Or)?,
                operators::AND => self.lazy(value, operators::AND, Node::And)?,
                operators::COMPARISON => self.comparisons(value)?,
                _ => self.binary(value, symbol)?,
            };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn binary(&mut self, left: Started, symbol: &'static str) -> Parsed<NodeId> {
        let Some((operation, level)) = operators::of_symbol(symbol) else {
            return Ok(left.id);
        };
        self.advance()?;
        let (level, behind) = match operation {
            Binary::Power => (operators::SIGN, Some(symbol)),
            Binary::FloorDivide | Binary::Modulo => (level + 1, Some(symbol)),
            _ => (level + 1, None),
        };
        let right = self.operand(level, behind)?;
        Ok(self.join(left.start, Node::Binary(operation, left.id, right)))
    }

    /// `left and right`, `left or right`.
    fn lazy(
        &mut self,
        left: Started,
        level: u8,
        node: fn(NodeId, NodeId) -> Node,
    ) -> Parsed<NodeId> {
        self.advance()?;
        let right = self.operand(level + 1, None)?;
        Ok(self.join(left.start, node(left.id, right)))
    }

    /// `a < b < c` is `a < b and b < c`, with `b` computed once.
    fn comparisons(&mut self, first: Started) -> Parsed<NodeId> {
        let (mut left, mut all) = (first, None);
        while let Kind::Symbol(symbol) = self.next.kind
            && let Some((operation, operators::COMPARISON)) = operators::of_symbol(symbol)
        {
            self.advance()?;
            let right = Started {
                start: self.next.span.start,
                id: self.operand(operators::COMPARISON + 1, None)?,
            };
            let this = self.join(left.start, Node::Binary(operation, left.id, right.id));
            all = Some(match all {
                Some(before) => self.join(first.start, Node::And(before, this)),
                None => this,
            });
            left = right;
        }
        Ok(all.unwrap_or(first.id))
    }

    /// `condition ? then : otherwise`.
    fn choice(&mut self, condition: Started) -> Parsed<NodeId> {
        self.advance()?;
        let then = self.operand(operators::CHOICE, None)?;
        self.expect(":", "an operator or ':'")?;
        let otherwise = self.operand(operators::CHOICE, None)?;
        Ok(self.join(condition.start, Node::If(condition.id, then, otherwise)))
    }

    /// A node that begins at `start` and goes on to what is read last.
    fn join(&mut self, start: usize, node: Node) -> NodeId {
        let end = self.read_to;
        self.push(node, Span { start, end })
    }

    /// Reads one value without the operators behind it.
    fn value(&mut self, level: u8, behind: Option<&'static str>) -> Parsed<NodeId> {
        let token = self.next;
        match token.kind {
            Kind::Number => self.number(behind),
            Kind::Name => self.name(),
            Kind::Symbol("(") => {
                self.advance()?;
                let inner = self.operand(operators::CHOICE, None)?;
                self.expect(")", "an operator or ')'").map(|_| inner)
            }
            Kind::Symbol("+") => {
                self.advance()?;
                self.operand(operators::SIGN, behind)
            }
            Kind::Symbol("-") => self.prefix(Unary::Negate, operators::SIGN, behind),
            Kind::Symbol("~") => self.prefix(Unary::Complement, operators::SIGN, Some("~")),
            Kind::Symbol("not") if level <= operators::NOT => {
                self.prefix(Unary::Not, operators::NOT, None)
            }
            Kind::Symbol("not") => Err(self.unexpected("a value, or parentheses round not")),
            _ => Err(self.unexpected(VALUE)),
        }
    }

    fn prefix(
        &mut self,
        operation: Unary,
        level: u8,
        behind: Option<&'static str>,
    ) -> Parsed<NodeId> {
        let start = self.advance()?.span.start;
        let operand = self.operand(level, behind)?;
        Ok(self.join(start, Node::Unary(operation, operand)))
    }

    /// Reads a number and, directly behind it, the value that it multiplies.
    fn number(&mut self, behind: Option<&'static str>) -> Parsed<NodeId> {
        let token = self.advance()?;
        let number = self.literal(token)?;
        let directly = self.next.span.start == token.span.end;
        if !directly || !(self.next.kind == Kind::Name || self.next.is("(")) {
            return Ok(number);
        }
        if let Some(operator) = behind {
            let span = token.span.to(self.next.span);
            return Err(Mistake::AmbiguousProduct { operator }.at(span));
        }
        let factor = self.operand(operators::POWER, None)?;
        let product = Node::Binary(Binary::Multiply, number, factor);
        Ok(self.join(token.span.start, product))
    }

    fn literal(&mut self, token: Token) -> Parsed<NodeId> {
        let text = self.text_of(token.span);
        let Literal { mantissa, zeros } = number::parse(text).map_err(|error| {
            let expected = match error {
                NumberError::Underscores => {
                    "an underscore stands between two digits, as in 1_000".to_owned()
                }
                NumberError::Fraction => "only whole numbers are taken".to_owned(),
                NumberError::TooLarge => format!("it has more than {DIGITS_MAX} digits"),
            };
            let found = text.to_owned();
            Mistake::NotANumber { found, expected }.at(token.span)
        })?;
        let mantissa = self.push(Node::Number(mantissa), token.span);
        if zeros == 0 {
            return Ok(mantissa);
        }
        let ten = self.push(Node::Number(BigInt::from(10)), token.span);
        let zeros = self.push(Node::Number(BigInt::from(zeros)), token.span);
        let scale = self.push(Node::Binary(Binary::Power, ten, zeros), token.span);
        let product = Node::Binary(Binary::Multiply, mantissa, scale);
        Ok(self.push(product, token.span))
    }

    fn name(&mut self) -> Parsed<NodeId> {
        let token = self.advance()?;
        match names::function(self.text_of(token.span)) {
            Some(function) => self.call(token, function),
            None => self.named_value(token),
        }
    }

    /// The variable or a definition.
    fn named_value(&mut self, token: Token) -> Parsed<NodeId> {
        let name = self.text_of(token.span).to_owned();
        let value = match names::VARIABLES.contains(&name.as_str()) {
            true => Some(self.push(Node::Variable, token.span)),
            false => self.defined(&name),
        };
        match value {
            Some(_) if self.next.is("(") => Err(Mistake::NotAFunction { name }.at(token.span)),
            Some(value) => Ok(value),
            None => {
                let defined = self.tree.definitions.iter().map(|(name, _)| name.as_str());
                let meant = names::meant(&name, defined);
                Err(Mistake::UnknownName { name, meant }.at(token.span))
            }
        }
    }

    fn call(&mut self, name: Token, function: &Function) -> Parsed<NodeId> {
        if !self.next.is("(") {
            return Err(not_called(function).at(name.span));
        }
        self.advance()?;
        let mut arguments = Vec::new();
        while !self.next.is(")") {
            arguments.push(self.operand(operators::CHOICE, None)?);
            self.argument_end()?;
        }
        self.advance()?;
        let span = Span {
            start: name.span.start,
            end: self.read_to,
        };
        let called = self.apply(function.form, &arguments, span);
        called.ok_or_else(|| wrong_count(function, arguments.len()).at(span))
    }

    /// Reads the comma behind an argument, unless it is the last one.
    fn argument_end(&mut self) -> Parsed<()> {
        if self.next.is(",") {
            self.advance()?;
        } else if !self.next.is(")") {
            return Err(self.unexpected("an operator, ',' or ')'"));
        }
        Ok(())
    }

    /// The node of a call, unless there are too few arguments or too many.
    fn apply(&mut self, form: Form, arguments: &[NodeId], span: Span) -> Option<NodeId> {
        let node = match (form, arguments) {
            (Form::Unary(operation), &[a]) => Node::Unary(operation, a),
            (Form::Pair(operation), &[a, b]) => Node::Binary(operation, a, b),
            (Form::Fold(operation), &[a, b, ref more @ ..]) => {
                let two = Node::Binary(operation, a, b);
                more.iter().fold(two, |joined, &next| {
                    let joined = self.push(joined, span);
                    Node::Binary(operation, joined, next)
                })
            }
            (Form::Clamp, &[a, low, high]) => {
                let raised = self.push(Node::Binary(Binary::Max, a, low), span);
                Node::Binary(Binary::Min, raised, high)
            }
            (Form::If, &[condition, then, otherwise]) => Node::If(condition, then, otherwise),
            _ => return None,
        };
        Some(self.push(node, span))
    }
}

fn not_called(function: &Function) -> Mistake {
    Mistake::NotCalled {
        name: function.name,
        usage: function.usage(),
    }
}

fn wrong_count(function: &Function, given: usize) -> Mistake {
    Mistake::ArgumentCount {
        name: function.name,
        takes: names::takes(function.form),
        given,
        usage: function.usage(),
    }
}
