//! An expression to steps over lanes of a width, where all that is looked at fits them.
//!
//! Sums, differences, products, shifts to the left and bitwise operations are right modulo 2^N whatever
//! the size of their operands; so a part of which only those are made need not fit N bits. It must where it
//! is compared, divided, shifted to the right or given to a function, and at the end. And it must where it
//! may have no value, or too large a one: the lanes could not tell.

use super::allocate::{Made, Source, allocated};
use super::divisor::Divisor;
use super::lane::Lane;
use super::need::{Guard, Need, needs};
use super::range::{Range, ranges};
use super::step::{Factors, Operation, Steps};
use crate::expression::{Binary, Expression, Node, NodeId, Unary};
use std::ops::RangeInclusive;

/// Polynomials of a larger degree are computed operation by operation.
const DEGREE_MAX: usize = 4;

/// The largest divisor of which the common divisors of all rests are looked up: the table stays in the first
/// cache.
const GCD_TABLE_MAX: i128 = 2_048;

/// A part of an expression in the making.
#[derive(Clone, Debug, PartialEq)]
enum Part<L> {
    /// A polynomial in n, modulo 2^N; the lowest power first, without zeros at the end.
    Polynomial(Vec<L>),
    /// What an operation comes to.
    Made(usize),
}

/// What is known of an expression over an interval of numbers, whatever the lanes.
pub(super) struct Known<'a> {
    expression: &'a Expression,
    variable: Range,
    /// Of each part.
    ranges: Vec<Range>,
    needs: Vec<Need>,
}

impl<'a> Known<'a> {
    pub(super) fn of(expression: &'a Expression, numbers: &RangeInclusive<i64>) -> Known<'a> {
        Known {
            expression,
            variable: Range::of_variable(numbers),
            ranges: ranges(expression, &expression.bounds(numbers.clone())),
            needs: needs(expression),
        }
    }
}

/// The steps of an expression; `None` when these lanes don't do.
pub(super) fn compile<L: Lane>(known: &Known<'_>) -> Option<Steps<L>> {
    let expression = known.expression;
    if !known.variable.fits::<L>() || !all_that_is_looked_at_fits::<L>(expression, &known.ranges) {
        return None;
    }
    let mut compiler = Compiler {
        known,
        made: Vec::new(),
        parts: Vec::new(),
    };
    for (node, range) in expression.nodes().iter().zip(&known.ranges) {
        let part = match range.constant() {
            Some(value) => polynomial(vec![L::of(value)]),
            None => compiler.part(node),
        };
        compiler.parts.push(part);
    }
    let result = compiler.source(expression.root());
    let last = known.ranges.last()?;
    allocated(&compiler.made, result, (last.low, last.high))
}

fn all_that_is_looked_at_fits<L: Lane>(expression: &Expression, bounds: &[Range]) -> bool {
    let fits = |id: NodeId| bounds[id.index()].fits::<L>();
    let nodes = expression.nodes().iter().zip(bounds);
    let parts_fit = nodes.clone().all(|(node, range)| {
        let looked_at = match *node {
            _ if range.constant().is_some() => [None, None],
            Node::Number(_) | Node::Variable => [None, None],
            Node::Unary(Unary::Negate | Unary::Complement, _) => [None, None],
            Node::Unary(_, a) => [Some(a), None],
            Node::Binary(operation, a, b) => match operation {
                Binary::Add | Binary::Subtract | Binary::Multiply => [None, None],
                Binary::BitAnd | Binary::BitOr | Binary::BitXor => [None, None],
                Binary::Power | Binary::ShiftLeft => [Some(b), None],
                _ => [Some(a), Some(b)],
            },
            Node::And(a, _) | Node::Or(a, _) | Node::If(a, ..) => [Some(a), None],
        };
        looked_at.into_iter().flatten().all(fits) && (!range.can_fail || range.fits::<L>())
    });
    parts_fit && fits(expression.root())
}

struct Compiler<'a, L> {
    known: &'a Known<'a>,
    made: Vec<Made<L>>,
    /// What has become of the first nodes.
    parts: Vec<Part<L>>,
}

impl<L: Lane> Compiler<'_, L> {
    fn range(&self, id: NodeId) -> Range {
        self.known.ranges[id.index()]
    }

    fn part(&mut self, node: &Node) -> Part<L> {
        match *node {
            Node::Number(ref number) => polynomial(vec![L::of_big(number)]),
            Node::Variable => polynomial(vec![L::ZERO, L::ONE]),
            Node::Unary(Unary::Negate, a) => self.negated(a),
            Node::Unary(operation, a) => {
                let a = self.source(a);
                self.make(Operation::Unary(operation), [a; 3])
            }
            Node::Binary(operation, a, b) => self.binary(operation, a, b),
            // A condition without n chooses the same at every number.
            Node::And(a, b) => match self.range(a).constant() {
                Some(0) => self.parts[a.index()].clone(),
                Some(_) => self.parts[b.index()].clone(),
                None => self.make_of(Operation::And, a, b),
            },
            Node::Or(a, b) => match self.range(a).constant() {
                Some(0) => self.parts[b.index()].clone(),
                Some(_) => self.parts[a.index()].clone(),
                None => self.make_of(Operation::Or, a, b),
            },
            Node::If(a, b, c) => {
                if let Some(condition) = self.range(a).constant() {
                    let chosen = if condition == 0 { c } else { b };
                    return self.parts[chosen.index()].clone();
                }
                let operands = [self.source(a), self.source(b), self.source(c)];
                self.make(Operation::Select, operands)
            }
        }
    }

    fn negated(&mut self, a: NodeId) -> Part<L> {
        if let Part::Polynomial(coefficients) = &self.parts[a.index()] {
            return polynomial(coefficients.iter().map(|a| a.negated()).collect());
        }
        let a = self.source(a);
        self.make(Operation::Unary(Unary::Negate), [a; 3])
    }

    fn binary(&mut self, operation: Binary, a: NodeId, b: NodeId) -> Part<L> {
        let of_polynomials = self.of_polynomials(operation, a, b);
        if let Some(part) = of_polynomials.or_else(|| self.by_constant(operation, a, b)) {
            return part;
        }
        match operation {
            Binary::Multiply => {
                let factors = Range::factors::<L>(&[self.range(a), self.range(b)]);
                self.make_of(Operation::Multiply(factors), a, b)
            }
            _ => self.make_of(Operation::Binary(operation), a, b),
        }
    }

    /// What two polynomials come to, when that is one of a small degree.
    fn of_polynomials(&self, operation: Binary, a: NodeId, b: NodeId) -> Option<Part<L>> {
        let (Part::Polynomial(a), Part::Polynomial(b)) =
            (&self.parts[a.index()], &self.parts[b.index()])
        else {
            return None;
        };
        let at = |coefficients: &[L], i: usize| coefficients.get(i).copied().unwrap_or(L::ZERO);
        let len = a.len().max(b.len());
        let sum = match operation {
            Binary::Add => (0..len).map(|i| at(a, i).add(at(b, i))).collect(),
            Binary::Subtract => (0..len).map(|i| at(a, i).sub(at(b, i))).collect(),
            Binary::Multiply => product(a, b)?,
            Binary::Power => {
                let exponent = match b.as_slice() {
                    [] => 0,
                    [exponent] => usize::try_from(exponent.wide()).ok()?,
                    _ => return None,
                };
                let mut power = vec![L::ONE];
                for _ in 0..exponent.min(DEGREE_MAX + 1) {
                    power = product(&power, a)?;
                }
                // Of a constant the power may be any, which is not found by so few products.
                (exponent <= DEGREE_MAX).then_some(power)?
            }
            _ => return None,
        };
        Some(polynomial(sum))
    }

    /// Division by a constant, and its like.
    fn by_constant(&mut self, operation: Binary, a: NodeId, b: NodeId) -> Option<Part<L>> {
        let constant = |part: &Part<L>| match part {
            Part::Polynomial(coefficients) => match coefficients.as_slice() {
                [] => Some(L::ZERO),
                [constant] => Some(*constant),
                _ => None,
            },
            Part::Made(_) => None,
        };
        let (x, d) = match (operation, constant(&self.parts[b.index()])) {
            (Binary::Gcd, None) => (b, constant(&self.parts[a.index()])?),
            (_, d) => (a, d?),
        };
        let range = self.range(x);
        let is_signed = range.is_signed();
        let numbers = range.low..=range.high;
        let d_wide = d.wide();
        let operation = match operation {
            Binary::FloorDivide => Operation::DivideBy(Divisor::new(d, numbers)?, is_signed),
            Binary::Modulo => Operation::ModuloBy(Divisor::new(d, numbers)?, is_signed),
            Binary::Gcd if (1..=GCD_TABLE_MAX).contains(&d_wide) => {
                let (rests, d_wide) = ((d_wide as u64).next_power_of_two(), d_wide as u64);
                let gcd = |rest: u64| L::of(super::functions::gcd(rest, d_wide).into());
                let table = (0..rests).map(gcd).collect();
                Operation::GcdOfRest(Divisor::new(d, numbers)?, is_signed, table)
            }
            Binary::ShiftRight if (0..i128::from(L::BITS)).contains(&d_wide) => {
                let divisor = Divisor {
                    divisor: d,
                    reciprocal: L::ZERO,
                    shift: d_wide as u32,
                    inverse: None,
                };
                Operation::DivideBy(divisor, is_signed)
            }
            _ => return None,
        };
        let x = self.source(x);
        Some(self.make(operation, [x; 3]))
    }

    fn make_of(&mut self, operation: Operation<L>, a: NodeId, b: NodeId) -> Part<L> {
        let (a, b) = (self.source(a), self.source(b));
        self.make(operation, [a, b, a])
    }

    /// The operation on these operands, which is made once.
    fn make(&mut self, operation: Operation<L>, operands: [Source<L>; 3]) -> Part<L> {
        let needed = match operation.is_partial() {
            true => self.needed(),
            false => Source::Constant(L::ONE),
        };
        let made = Made {
            operation,
            operands,
            needed,
        };
        let known = self.made.iter().position(|other| *other == made);
        Part::Made(known.unwrap_or_else(|| {
            self.made.push(made);
            self.made.len() - 1
        }))
    }

    /// Where the part that is being made is needed.
    fn needed(&mut self) -> Source<L> {
        let at = self.parts.len();
        let Some(lists) = self.known.needs[at].known_before(at) else {
            return Source::Constant(L::ONE);
        };
        let mut any = Source::Constant(L::ZERO);
        for guards in lists {
            let mut all = Source::Constant(L::ONE);
            for guard in guards {
                let holds = self.holds(guard);
                all = self.joined(Binary::BitAnd, all, holds);
            }
            any = self.joined(Binary::BitOr, any, all);
        }
        any
    }

    /// Where a guard holds, as 0 or 1.
    fn holds(&mut self, guard: Guard) -> Source<L> {
        if let Some(condition) = self.range(guard.condition).constant() {
            return Source::Constant(L::truth((condition != 0) == guard.is_true));
        }
        let condition = self.source(guard.condition);
        let operation = match guard.is_true {
            true => Binary::NotEqual,
            false => Binary::Equal,
        };
        self.make_source(operation, condition, Source::Constant(L::ZERO))
    }

    /// Where all or any of two conditions hold that are 0 or 1: bitwise `and` or `or`.
    fn joined(&mut self, operation: Binary, a: Source<L>, b: Source<L>) -> Source<L> {
        let neutral = L::truth(operation == Binary::BitAnd);
        match (a, b) {
            (Source::Constant(a), b) if a == neutral => b,
            (a, Source::Constant(b)) if b == neutral => a,
            (Source::Constant(a), _) => Source::Constant(a),
            (_, Source::Constant(b)) => Source::Constant(b),
            _ => self.make_source(operation, a, b),
        }
    }

    fn make_source(&mut self, operation: Binary, a: Source<L>, b: Source<L>) -> Source<L> {
        match self.make(Operation::Binary(operation), [a, b, a]) {
            Part::Made(made) => Source::Made(made),
            Part::Polynomial(_) => unreachable!("it was made"),
        }
    }

    /// Where a part is, which is made now if it is a polynomial.
    fn source(&mut self, id: NodeId) -> Source<L> {
        let coefficients = match &self.parts[id.index()] {
            Part::Made(made) => return Source::Made(*made),
            Part::Polynomial(coefficients) => coefficients.clone(),
        };
        match coefficients.as_slice() {
            [] => Source::Constant(L::ZERO),
            [constant] => Source::Constant(*constant),
            [a, b] if *a == L::ZERO && *b == L::ONE => Source::Numbers,
            _ => {
                let factors = self.factors(&coefficients);
                let operation = Operation::Polynomial(coefficients, factors);
                match self.make(operation, [Source::Numbers; 3]) {
                    Part::Made(made) => Source::Made(made),
                    Part::Polynomial(_) => unreachable!("it was made"),
                }
            }
        }
    }

    /// What is known of all that Horner's rule multiplies.
    fn factors(&self, coefficients: &[L]) -> Factors {
        let mut factors = vec![self.known.variable];
        let (low, high) = (self.known.variable.low, self.known.variable.high);
        let mut value = self.known.variable;
        (value.low, value.high) = (0, 0);
        for coefficient in coefficients.iter().rev() {
            factors.push(value);
            if Range::factors::<L>(&factors) == Factors::Any {
                return Factors::Any;
            }
            // Products of halves fit 128 bits, and so would the sums if the coefficients were not so
            // large that they are no halves.
            let Range {
                low: a, high: b, ..
            } = value;
            let products = [a * low, a * high, b * low, b * high];
            let ends = products.map(|product| product.saturating_add(coefficient.wide()));
            value.low = ends.into_iter().fold(i128::MAX, i128::min);
            value.high = ends.into_iter().fold(i128::MIN, i128::max);
        }
        Range::factors::<L>(&factors)
    }
}

/// A polynomial without zeros at the end.
fn polynomial<L: Lane>(mut coefficients: Vec<L>) -> Part<L> {
    while coefficients.last() == Some(&L::ZERO) {
        coefficients.pop();
    }
    Part::Polynomial(coefficients)
}

fn product<L: Lane>(a: &[L], b: &[L]) -> Option<Vec<L>> {
    if a.is_empty() || b.is_empty() {
        return Some(Vec::new());
    }
    let len = a.len() + b.len() - 1;
    if len > DEGREE_MAX + 1 {
        return None;
    }
    let mut product = vec![L::ZERO; len];
    for (i, a) in a.iter().enumerate() {
        for (j, b) in b.iter().enumerate() {
            product[i + j] = product[i + j].add(a.mul(*b));
        }
    }
    Some(product)
}
