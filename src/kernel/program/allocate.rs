//! Which slot each result of a program lies in.

use super::lane::Lane;
use super::step::{NUMBERS, Operand, Operation, Step, Steps};

/// Programs of more slots would not stay in the second cache.
const SLOTS_MAX: usize = 64;

/// An operation, and what it takes: results of others, of constants, or the numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Made<L> {
    pub(super) operation: Operation<L>,
    pub(super) operands: [Source<L>; 3],
    /// Not 0 where it is needed.
    pub(super) needed: Source<L>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source<L> {
    Numbers,
    Constant(L),
    Made(usize),
}

/// Gives every result a slot, until the last that takes it has been made; `None` when they are too many.
pub(super) fn allocated<L: Lane>(
    made: &[Made<L>],
    result: Source<L>,
    bounds: (i128, i128),
) -> Option<Steps<L>> {
    let last_use = last_uses(made, result);
    let mut slot_of = vec![NUMBERS; made.len()];
    let mut free = Vec::new();
    let mut slots = NUMBERS + 1;
    let mut steps = Vec::new();
    for (at, one) in made.iter().enumerate() {
        if last_use[at].is_none() {
            continue;
        }
        let operand = |source| match source {
            Source::Numbers => Operand::Slot(NUMBERS),
            Source::Constant(value) => Operand::Constant(value),
            Source::Made(made) => Operand::Slot(slot_of[made]),
        };
        let (operands, needed) = (one.operands.map(operand), operand(one.needed));
        // A result may take the place of an operand that nothing else takes.
        let ended = (0..at).filter(|made| last_use[*made] == Some(at));
        free.extend(ended.map(|made| slot_of[made]));
        let to = free.pop().unwrap_or_else(|| {
            slots += 1;
            slots - 1
        });
        slot_of[at] = to;
        steps.push(Step {
            operation: one.operation.clone(),
            operands,
            needed,
            to,
        });
    }
    let result = match result {
        Source::Numbers => Operand::Slot(NUMBERS),
        Source::Constant(value) => Operand::Constant(value),
        Source::Made(made) => Operand::Slot(slot_of[made]),
    };
    (slots <= SLOTS_MAX).then_some(Steps {
        steps,
        slots,
        result,
        bounds,
    })
}

/// Behind which operation each result is no longer needed; `None` of those that never are, as the other
/// side of a choice that is always the same.
fn last_uses<L: Lane>(made: &[Made<L>], result: Source<L>) -> Vec<Option<usize>> {
    let mut last_use = vec![None; made.len()];
    if let Source::Made(result) = result {
        last_use[result] = Some(made.len());
    }
    // Operands come before what takes them.
    for (at, one) in made.iter().enumerate().rev() {
        if last_use[at].is_none() {
            continue;
        }
        for source in one.operands.into_iter().chain([one.needed]) {
            if let Source::Made(source) = source {
                last_use[source] = last_use[source].max(Some(at));
            }
        }
    }
    last_use
}
