//! The reference evaluator: a plain walk over the nodes, in big integers.
//!
//! Nothing here is shared with the fast ways of computing an expression, so that it can check them.

use super::Expression;
use super::ast::{Node, NodeId};
use super::fault::Fault;
use super::functions::{binary, unary};
use crate::exact::BigInt;
use num_traits::Zero;

/// What is to be done next.
enum Step {
    /// Compute a node.
    Visit(NodeId),
    /// Its operands are computed: apply it to them.
    Apply(NodeId),
    /// Its first operand is computed: see which other one is needed.
    Decide(NodeId),
    /// It is computed and will be needed again: keep it.
    Keep(NodeId),
}

struct Walk<'a> {
    expression: &'a Expression,
    n: &'a BigInt,
    /// The last step is the next one; there is no recursion.
    steps: Vec<Step>,
    /// What is computed and not used yet.
    values: Vec<BigInt>,
    /// Values of nodes with several users, until the last of them has it.
    kept: Vec<Option<BigInt>>,
    uses_left: Vec<u32>,
}

/// The value of the node `root` at `n`, or the node that has none and why.
pub(super) fn walk(
    expression: &Expression,
    root: NodeId,
    n: &BigInt,
) -> Result<BigInt, (NodeId, Fault)> {
    let mut walk = Walk {
        expression,
        n,
        steps: vec![Step::Visit(root)],
        values: Vec::new(),
        kept: vec![None; expression.nodes().len()],
        uses_left: expression.uses.clone(),
    };
    while let Some(step) = walk.steps.pop() {
        match step {
            Step::Visit(id) => walk.visit(id),
            Step::Apply(id) => walk.apply(id).map_err(|fault| (id, fault))?,
            Step::Decide(id) => walk.decide(id),
            Step::Keep(id) => {
                walk.uses_left[id.index()] -= 1;
                walk.kept[id.index()] = walk.values.last().cloned();
            }
        }
    }
    Ok(walk.pop())
}

impl Walk<'_> {
    fn visit(&mut self, id: NodeId) {
        let i = id.index();
        if let Some(kept) = self.kept[i].take() {
            self.uses_left[i] -= 1;
            if self.uses_left[i] > 0 {
                self.kept[i] = Some(kept.clone());
            }
            return self.values.push(kept);
        }
        let node = &self.expression.nodes()[i];
        match node {
            Node::Number(number) => return self.values.push(number.clone()),
            Node::Variable => return self.values.push(self.n.clone()),
            _ if self.expression.uses[i] > 1 => self.steps.push(Step::Keep(id)),
            _ => (),
        }
        match *node {
            Node::And(first, _) | Node::Or(first, _) | Node::If(first, ..) => {
                self.steps.extend([Step::Decide(id), Step::Visit(first)]);
            }
            _ => {
                self.steps.push(Step::Apply(id));
                self.steps.extend(node.operands().rev().map(Step::Visit));
            }
        }
    }

    fn apply(&mut self, id: NodeId) -> Result<(), Fault> {
        let value = match self.expression.nodes()[id.index()] {
            Node::Unary(operation, _) => unary(operation, &self.pop())?,
            Node::Binary(operation, ..) => {
                let (b, a) = (self.pop(), self.pop());
                binary(operation, &a, &b)?
            }
            _ => return Ok(()),
        };
        self.values.push(value);
        Ok(())
    }

    fn decide(&mut self, id: NodeId) {
        let first = self.pop();
        let next = match self.expression.nodes()[id.index()] {
            Node::If(_, then, otherwise) => Some(if first.is_zero() { otherwise } else { then }),
            Node::And(_, second) => (!first.is_zero()).then_some(second),
            Node::Or(_, second) => first.is_zero().then_some(second),
            _ => None,
        };
        match next {
            Some(next) => self.steps.push(Step::Visit(next)),
            None => self.values.push(first),
        }
    }

    /// The value that was computed last; each step leaves those that the next ones take.
    fn pop(&mut self) -> BigInt {
        self.values.pop().unwrap_or_default()
    }
}
