//! At which numbers the value of a part of an expression is needed: `if`, `and` and `or` leave some out.
//!
//! A part is needed where any of its users needs it; by a choice, where its condition asks for it too. What
//! is found may be too much, never too little.

use crate::expression::{Expression, Node, NodeId};

/// More ways of being needed, or more conditions on one of them, are not told apart.
const WAYS_MAX: usize = 4;

/// A condition that is 0, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guard {
    pub(super) condition: NodeId,
    pub(super) is_true: bool,
}

/// Where a part is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// At every number.
    Always,
    /// Where all guards of any of these lists hold.
    Where(Vec<Vec<Guard>>),
}

impl Need {
    /// The same with one more guard.
    fn guarded(&self, guard: Guard) -> Need {
        let lists = match self {
            Need::Always => &[Vec::new()][..],
            Need::Where(lists) => lists,
        };
        let longer = lists.iter().map(|guards| {
            let mut guards = guards.clone();
            if guards.len() < WAYS_MAX && !guards.contains(&guard) {
                guards.push(guard);
            }
            guards
        });
        Need::Where(longer.collect())
    }

    /// Adds where another user needs the part.
    fn widen(&mut self, other: Need) {
        match (&mut *self, other) {
            (Need::Where(lists), Need::Where(others)) => {
                for guards in others {
                    if !lists.contains(&guards) {
                        lists.push(guards);
                    }
                }
                if lists.len() > WAYS_MAX {
                    *self = Need::Always;
                }
            }
            _ => *self = Need::Always,
        }
    }

    /// Without the conditions that are computed behind the part itself: `None` when it is needed always.
    pub(super) fn known_before(&self, part: usize) -> Option<Vec<Vec<Guard>>> {
        let Need::Where(lists) = self else {
            return None;
        };
        let known = |guards: &Vec<Guard>| -> Vec<Guard> {
            let before = guards.iter().filter(|g| g.condition.index() < part);
            before.copied().collect()
        };
        let mut lists: Vec<Vec<Guard>> = lists.iter().map(known).collect();
        lists.dedup();
        let is_always = lists.iter().any(Vec::is_empty);
        (!is_always).then_some(lists)
    }
}

/// Where each part of an expression is needed, in the order of its nodes.
pub(super) fn needs(expression: &Expression) -> Vec<Need> {
    let nodes = expression.nodes();
    let is_choice = |node: &Node| matches!(node, Node::And(..) | Node::Or(..) | Node::If(..));
    if !nodes.iter().any(is_choice) {
        return vec![Need::Always; nodes.len()];
    }
    let mut needs = vec![Need::Where(Vec::new()); nodes.len()];
    needs[expression.root().index()] = Need::Always;
    // Every user stands behind its operands.
    for (at, node) in nodes.iter().enumerate().rev() {
        let need = needs[at].clone();
        let guarded = |condition, is_true| need.guarded(Guard { condition, is_true });
        match *node {
            Node::And(a, b) => {
                needs[b.index()].widen(guarded(a, true));
                needs[a.index()].widen(need);
            }
            Node::Or(a, b) => {
                needs[b.index()].widen(guarded(a, false));
                needs[a.index()].widen(need);
            }
            Node::If(a, b, c) => {
                needs[b.index()].widen(guarded(a, true));
                needs[c.index()].widen(guarded(a, false));
                needs[a.index()].widen(need);
            }
            _ => {
                for operand in node.operands() {
                    needs[operand.index()].widen(need.clone());
                }
            }
        }
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The conditions under which the only division of an expression is needed.
    fn of_division(text: &str) -> Option<Vec<Vec<(String, bool)>>> {
        let expression = Expression::parse(text).unwrap();
        let is_division = |node: &Node| {
            matches!(
                node,
                Node::Binary(crate::expression::Binary::FloorDivide, ..)
            )
        };
        let at = expression.nodes().iter().position(is_division).unwrap();
        let lists = needs(&expression)[at].known_before(at)?;
        let shown = |guards: Vec<Guard>| {
            let shown = guards.into_iter().map(|guard| {
                let node = &expression.nodes()[guard.condition.index()];
                (format!("{node:?}"), guard.is_true)
            });
            shown.collect()
        };
        Some(lists.into_iter().map(shown).collect())
    }

    #[test]
    fn choices_guard_their_parts_and_not_their_conditions() {
        for (text, lists, guards) in [
            ("if(n == 0, 0, 10 // n)", 1, 1),
            ("n and 10 // n", 1, 1),
            ("n == 0 or 10 // n", 1, 1),
            ("n > 5 and (n > 7 and 10 // n)", 1, 2),
            ("if(n > 5, 10 // n, 1) + if(n > 7, 10 // n, 1)", 1, 1),
            // The second comparison takes the division, too, where the first holds.
            ("n and 0 < 10 // n < 5", 1, 1),
        ] {
            let found = of_division(text).unwrap_or_else(|| panic!("{text} is guarded"));
            assert_eq!(found.len(), lists, "{text}: {found:?}");
            assert_eq!(found[0].len(), guards, "{text}: {found:?}");
        }
        for text in [
            "10 // n",
            "if(10 // n, 1, 2)",
            "10 // n + if(n == 0, 0, 10 // n)",
            "0 < 10 // n < 5",
        ] {
            assert_eq!(of_division(text), None, "{text}");
        }
    }
}
