//! The normal form of an expression, as text.
//!
//! The writer has a stack of its own, so that a sum of thousands of terms does not recurse.

use super::ast::{Binary, Node, NodeId, Unary};
use super::functions::{FUNCTIONS, Form};
use super::{Expression, operators};
use std::fmt;

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = vec![None; self.nodes().len()];
        for (name, id) in self.definitions() {
            names[id.index()] = Some(name);
        }
        let mut writer = Writer {
            expression: self,
            names,
            pieces: Vec::new(),
        };
        for (name, id) in self.definitions() {
            write!(f, "{name} = ")?;
            writer.node(id, operators::CHOICE, f)?;
            writer.rest(f)?;
            f.write_str("\n")?;
        }
        writer
            .pieces
            .push(Piece::Node(self.root(), operators::CHOICE));
        writer.rest(f)
    }
}

/// What is still to be written.
enum Piece {
    Text(&'static str),
    /// What stands between two values.
    Infix(&'static str),
    /// A node, in parentheses if it binds less tightly than the level.
    Node(NodeId, u8),
}

struct Writer<'a> {
    expression: &'a Expression,
    names: Vec<Option<&'a str>>,
    /// The first to be written is the last.
    pieces: Vec<Piece>,
}

impl<'a> Writer<'a> {
    fn rest(&mut self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        while let Some(piece) = self.pieces.pop() {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Infix(symbol @ ("*" | "^")) => f.write_str(symbol)?,
                Piece::Infix(symbol) => write!(f, " {symbol} ")?,
                Piece::Node(id, level) => match self.names[id.index()] {
                    Some(name) => f.write_str(name)?,
                    None => self.node(id, level, f)?,
                },
            }
        }
        Ok(())
    }

    /// Writes a node, or takes it apart into pieces, whatever its name is.
    fn node(&mut self, id: NodeId, level: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.pieces.len();
        let own = match *self.of(id) {
            Node::Number(ref number) => return write!(f, "{number}"),
            Node::Variable => return f.write_str("n"),
            Node::Unary(operation, a) => self.unary(operation, a),
            Node::Binary(operation, a, b) => self.binary(id, operation, a, b),
            Node::And(a, b) => self.and(id, a, b),
            Node::Or(a, b) => self.infix("or", a, operators::OR, b, operators::OR + 1),
            Node::If(condition, then, otherwise) => self.call("if", &[condition, then, otherwise]),
        };
        if own < level {
            self.pieces.insert(first, Piece::Text(")"));
            self.pieces.push(Piece::Text("("));
        }
        Ok(())
    }

    fn unary(&mut self, operation: Unary, a: NodeId) -> u8 {
        let (sign, level) = match operation {
            Unary::Negate => ("-", operators::SIGN),
            Unary::Complement => ("~", operators::SIGN),
            Unary::Not => ("not ", operators::NOT),
            _ => return self.call(name_of(Form::Unary(operation)), &[a]),
        };
        self.pieces.push(Piece::Node(a, level));
        self.pieces.push(Piece::Text(sign));
        level
    }

    fn binary(&mut self, id: NodeId, operation: Binary, a: NodeId, b: NodeId) -> u8 {
        if let Some((symbol, level)) = operators::symbol_of(operation) {
            let (left, right) = match level {
                operators::POWER => (operators::ATOM, operators::SIGN),
                operators::COMPARISON => (level + 1, level + 1),
                _ => (level, level + 1),
            };
            return self.infix(symbol, a, left, b, right).min(level);
        }
        let pair = name_of(Form::Pair(operation));
        if !pair.is_empty() {
            return self.call(pair, &[a, b]);
        }
        let mut arguments = self.joined(id, operation);
        arguments.reverse();
        self.call(name_of(Form::Fold(operation)), &arguments)
    }

    /// The arguments of a call that were joined from the left, the last one first.
    fn joined(&self, id: NodeId, operation: Binary) -> Vec<NodeId> {
        let (mut arguments, mut at) = (Vec::new(), id);
        loop {
            match *self.of(at) {
                Node::Binary(own, left, right)
                    if own == operation && (at == id || self.names[at.index()].is_none()) =>
                {
                    arguments.push(right);
                    at = left;
                }
                _ => {
                    arguments.push(at);
                    return arguments;
                }
            }
        }
    }

    /// `a and b`, or a chain of comparisons.
    fn and(&mut self, id: NodeId, a: NodeId, b: NodeId) -> u8 {
        let Some(chain) = self.chain(id) else {
            return self.infix("and", a, operators::AND, b, operators::AND + 1);
        };
        let level = operators::COMPARISON + 1;
        for (i, (left, operation, right)) in chain.iter().enumerate() {
            self.pieces.push(Piece::Node(*right, level));
            let symbol = operators::symbol_of(*operation).map_or("", |(symbol, _)| symbol);
            self.pieces.push(Piece::Infix(symbol));
            if i == chain.len() - 1 {
                self.pieces.push(Piece::Node(*left, level));
            }
        }
        operators::COMPARISON
    }

    /// The comparisons of `a < b < c`, the last one first: each begins with the node that the one
    /// before it ends with.
    fn chain(&self, id: NodeId) -> Option<Vec<(NodeId, Binary, NodeId)>> {
        let comparison = |id: NodeId| match *self.of(id) {
            Node::Binary(operation, left, right)
                if operation.is_comparison() && self.names[id.index()].is_none() =>
            {
                Some((left, operation, right))
            }
            _ => None,
        };
        let (mut chain, mut at): (Vec<(NodeId, Binary, NodeId)>, _) = (Vec::new(), id);
        loop {
            let (before, last) = match *self.of(at) {
                Node::And(before, last) if at == id || self.names[at.index()].is_none() => {
                    (Some(before), comparison(last)?)
                }
                _ => (None, comparison(at)?),
            };
            let linked = chain.last().is_none_or(|(left, ..)| *left == last.2);
            if !linked {
                return None;
            }
            chain.push(last);
            match before {
                Some(before) => at = before,
                None => return Some(chain),
            }
        }
    }

    fn infix(&mut self, symbol: &'static str, a: NodeId, left: u8, b: NodeId, right: u8) -> u8 {
        self.pieces.push(Piece::Node(b, right));
        self.pieces.push(Piece::Infix(symbol));
        self.pieces.push(Piece::Node(a, left));
        left
    }

    fn call(&mut self, name: &'static str, arguments: &[NodeId]) -> u8 {
        self.pieces.push(Piece::Text(")"));
        for (i, argument) in arguments.iter().enumerate().rev() {
            self.pieces.push(Piece::Node(*argument, operators::CHOICE));
            self.pieces
                .push(Piece::Text(if i == 0 { "(" } else { ", " }));
        }
        self.pieces.push(Piece::Text(name));
        operators::ATOM
    }

    fn of(&self, id: NodeId) -> &'a Node {
        &self.expression.nodes()[id.index()]
    }
}

/// The name of the function that makes such nodes, or nothing.
fn name_of(form: Form) -> &'static str {
    let found = FUNCTIONS.iter().find(|function| function.form == form);
    found.map_or("", |function| function.name)
}
