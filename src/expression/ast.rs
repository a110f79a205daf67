//! The checked form of an expression: its nodes in the order they are computed, each with its place
//! in the text.
//!
//! The nodes lie in one list and name their operands by position, so nothing that walks them, nor
//! dropping them, recurses. A definition that is used twice is one node with two users.

use crate::exact::BigInt;

/// A place in the text of an expression, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it has ended.
    pub end: usize,
}

impl Span {
    /// From the start of this place to the end of `last`.
    #[must_use]
    pub fn to(self, last: Span) -> Span {
        Span {
            start: self.start,
            end: last.end,
        }
    }
}

/// Which node of an expression. Operands have smaller ones than what is computed of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The position among [`Expression::nodes`](super::Expression::nodes).
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The node at `index`; texts are too short for more nodes than 32 bits can count.
    #[must_use]
    pub fn at(index: usize) -> NodeId {
        NodeId(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// What one part of an expression computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A number that is written in the expression; never negative.
    Number(BigInt),
    /// The number that the expression is evaluated at: `n`.
    Variable,
    /// An operation on one value.
    Unary(Unary, NodeId),
    /// An operation on two values, both computed.
    Binary(Binary, NodeId, NodeId),
    /// `a and b`: `a` where that is 0, else `b`, which is computed only then.
    And(NodeId, NodeId),
    /// `a or b`: `a` where that is not 0, else `b`, which is computed only then.
    Or(NodeId, NodeId),
    /// `if(c, a, b)`: `a` where `c` is not 0, else `b`; the other one is not computed.
    If(NodeId, NodeId, NodeId),
}

impl Node {
    /// What it is computed of, in the order of computing.
    pub fn operands(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        let operands = match *self {
            Node::Number(_) | Node::Variable => [None; 3],
            Node::Unary(_, a) => [Some(a), None, None],
            Node::Binary(_, a, b) | Node::And(a, b) | Node::Or(a, b) => [Some(a), Some(b), None],
            Node::If(a, b, c) => [Some(a), Some(b), Some(c)],
        };
        operands.into_iter().flatten()
    }

    /// The same operation on other operands.
    fn with_operands(self, to: impl Fn(NodeId) -> NodeId) -> Node {
        match self {
            Node::Number(_) | Node::Variable => self,
            Node::Unary(operation, a) => Node::Unary(operation, to(a)),
            Node::Binary(operation, a, b) => Node::Binary(operation, to(a), to(b)),
            Node::And(a, b) => Node::And(to(a), to(b)),
            Node::Or(a, b) => Node::Or(to(a), to(b)),
            Node::If(a, b, c) => Node::If(to(a), to(b), to(c)),
        }
    }
}

/// The operations on one value; those with a name in the language are described in
/// [`FUNCTIONS`](super::functions::FUNCTIONS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `-a`.
    Negate,
    /// `~a`, which is `-a - 1`.
    Complement,
    /// `not a`: 1 where `a` is 0, else 0.
    Not,
    /// `abs(a)`.
    Abs,
    /// `sign(a)`.
    Sign,
    /// `isqrt(a)`.
    Isqrt,
    /// `icbrt(a)`.
    Icbrt,
    /// `popcount(a)`.
    Popcount,
    /// `bit_length(a)`.
    BitLength,
    /// `digit_sum(a)`.
    DigitSum,
    /// `digits(a)`.
    Digits,
    /// `is_square(a)`.
    IsSquare,
    /// `is_prime(a)`.
    IsPrime,
    /// `divisors(a)`.
    Divisors,
    /// `totient(a)`.
    Totient,
    /// `factorial(a)`.
    Factorial,
    /// `collatz(a)`.
    Collatz,
}

/// The operations on two values; those with a name in the language are described in
/// [`FUNCTIONS`](super::functions::FUNCTIONS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a // b`, rounded down.
    FloorDivide,
    /// `a % b`, with the sign of `b`.
    Modulo,
    /// `a ^ b` and `a ** b`; `0 ^ 0` is 1.
    Power,
    /// `a << b`, which is `a * 2^b`.
    ShiftLeft,
    /// `a >> b`, which is `a // 2^b`.
    ShiftRight,
    /// `a & b`, negative numbers in two's complement without end.
    BitAnd,
    /// `a | b`, in the same way.
    BitOr,
    /// `xor(a, b)`, in the same way.
    BitXor,
    /// `a < b`: 0 or 1, as all comparisons.
    Less,
    /// `a <= b`.
    LessOrEqual,
    /// `a > b`.
    Greater,
    /// `a >= b`.
    GreaterOrEqual,
    /// `a == b`.
    Equal,
    /// `a != b`.
    NotEqual,
    /// `min(a, b)`.
    Min,
    /// `max(a, b)`.
    Max,
    /// `gcd(a, b)`.
    Gcd,
    /// `lcm(a, b)`.
    Lcm,
    /// `binomial(a, b)`.
    Binomial,
}

impl Binary {
    /// Whether it compares, and so comes to 0 or 1.
    #[must_use]
    pub fn is_comparison(self) -> bool {
        use Binary::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        matches!(
            self,
            Less | LessOrEqual | Greater | GreaterOrEqual | Equal | NotEqual
        )
    }
}

/// The nodes of a whole text, their places, and the names of definitions.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    pub spans: Vec<Span>,
    /// In the order they were defined.
    pub definitions: Vec<(String, NodeId)>,
}

impl Tree {
    pub fn push(&mut self, node: Node, span: Span) -> NodeId {
        self.nodes.push(node);
        self.spans.push(span);
        NodeId::at(self.nodes.len() - 1)
    }

    pub fn span(&self, id: NodeId) -> Span {
        self.spans[id.index()]
    }

    /// Only what `root` is computed of, in the order of computing, so that `root` is the last node; of
    /// two names for one thing the first is kept.
    pub fn pruned(mut self, root: NodeId) -> Tree {
        let mut tree = Tree::default();
        let mut moved = vec![None; self.nodes.len()];
        // Whether the operands of a node have been moved before it.
        let mut to_move = vec![(root, false)];
        while let Some((id, operands_moved)) = to_move.pop() {
            if moved[id.index()].is_some() {
                continue;
            }
            let node = &mut self.nodes[id.index()];
            if operands_moved {
                let node = std::mem::replace(node, Node::Variable);
                let node = node.with_operands(|operand| moved[operand.index()].unwrap_or(operand));
                moved[id.index()] = Some(tree.push(node, self.spans[id.index()]));
            } else {
                to_move.push((id, true));
                to_move.extend(node.operands().rev().map(|operand| (operand, false)));
            }
        }
        let mut named = vec![false; tree.nodes.len()];
        for (name, id) in self.definitions {
            if let Some(id) = moved[id.index()]
                && !std::mem::replace(&mut named[id.index()], true)
            {
                tree.definitions.push((name, id));
            }
        }
        tree
    }

    /// How many nodes are computed of each one; the last is the result and counts once more.
    pub fn uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.nodes.len()];
        for operand in self.nodes.iter().flat_map(Node::operands) {
            uses[operand.index()] += 1;
        }
        if let Some(root) = uses.last_mut() {
            *root += 1;
        }
        uses
    }
}
