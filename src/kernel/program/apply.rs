//! Functions of single lanes, applied to whole blocks.

use super::lane::Lane;
use super::run::{Block, LANES};
use super::step::Operand;

/// The slots of a program.
pub(super) type All<L> = [Box<Block<L>>];

/// A function of one operand.
#[inline(always)]
pub(super) fn unary<L: Lane>(
    all: &All<L>,
    a: Operand<L>,
    out: &mut Block<L>,
    function: impl Fn(L) -> L,
) -> bool {
    match a {
        Operand::Slot(a) => {
            for (out, a) in out.iter_mut().zip(all[a].iter()) {
                *out = function(*a);
            }
        }
        Operand::Constant(a) => out.fill(function(a)),
    }
    true
}

/// A function of two operands.
#[inline(always)]
pub(super) fn binary<L: Lane>(
    all: &All<L>,
    a: Operand<L>,
    b: Operand<L>,
    out: &mut Block<L>,
    function: impl Fn(L, L) -> L,
) -> bool {
    match (a, b) {
        (Operand::Slot(a), Operand::Slot(b)) => {
            for ((out, a), b) in out.iter_mut().zip(all[a].iter()).zip(all[b].iter()) {
                *out = function(*a, *b);
            }
        }
        (Operand::Slot(a), Operand::Constant(b)) => {
            for (out, a) in out.iter_mut().zip(all[a].iter()) {
                *out = function(*a, b);
            }
        }
        (Operand::Constant(a), Operand::Slot(b)) => {
            for (out, b) in out.iter_mut().zip(all[b].iter()) {
                *out = function(a, *b);
            }
        }
        (Operand::Constant(a), Operand::Constant(b)) => out.fill(function(a, b)),
    }
    true
}

/// The lane of an operand, for loops that are no vector code.
#[inline(always)]
fn lane<L: Lane>(all: &All<L>, operand: Operand<L>, at: usize) -> L {
    match operand {
        Operand::Slot(slot) => all[slot][at],
        Operand::Constant(value) => value,
    }
}

/// Whether a result is needed in any lane.
#[inline(always)]
fn is_needed<L: Lane>(all: &All<L>, needed: Operand<L>) -> bool {
    match needed {
        Operand::Slot(needed) => all[needed].iter().any(|needed| *needed != L::ZERO),
        Operand::Constant(needed) => needed != L::ZERO,
    }
}

/// A function that some lanes may have no value of; says whether all that are needed have one.
#[inline(always)]
pub(super) fn partial<L: Lane>(
    all: &All<L>,
    [a, b, needed]: [Operand<L>; 3],
    out: &mut Block<L>,
    function: impl Fn(L, L) -> Option<L>,
) -> bool {
    if let (Operand::Constant(a), Operand::Constant(b)) = (a, b) {
        let value = function(a, b);
        out.fill(value.unwrap_or_default());
        return value.is_some() || !is_needed(all, needed);
    }
    let mut is_whole = true;
    for (at, out) in out.iter_mut().enumerate() {
        if lane(all, needed, at) == L::ZERO {
            *out = L::ZERO;
            continue;
        }
        match function(lane(all, a, at), lane(all, b, at)) {
            Some(value) => *out = value,
            None => is_whole = false,
        }
    }
    is_whole
}

/// A function with a value for each lane that is not negative; says whether all that are needed are such.
#[inline(always)]
pub(super) fn of_naturals<L: Lane>(
    all: &All<L>,
    [a, needed]: [Operand<L>; 2],
    out: &mut Block<L>,
    function: impl Fn(L) -> L,
) -> bool {
    unary(all, a, out, function);
    // The sign of all lanes joined by `or` is that of the negative ones.
    let joined = match (a, needed) {
        (Operand::Slot(a), Operand::Constant(_)) => {
            all[a].iter().fold(L::ZERO, |joined, a| joined.or(*a))
        }
        (Operand::Slot(a), Operand::Slot(needed)) => {
            let lanes = all[a].iter().zip(all[needed].iter());
            lanes.fold(L::ZERO, |joined, (a, needed)| {
                joined.or(if *needed == L::ZERO { L::ZERO } else { *a })
            })
        }
        (Operand::Constant(a), _) => return a >= L::ZERO || !is_needed(all, needed),
    };
    joined >= L::ZERO
}

/// A function of two operands with a value where the second is not 0; says whether all lanes that are
/// needed have one.
#[inline(always)]
pub(super) fn of_divisors<L: Lane>(
    all: &All<L>,
    [a, b, needed]: [Operand<L>; 3],
    out: &mut Block<L>,
    function: impl Fn(L, L) -> L,
) -> bool {
    binary(all, a, b, out, function);
    let zeros = match (b, needed) {
        (Operand::Slot(b), Operand::Constant(_)) => {
            let zeros = |zeros: L, b: &L| zeros.or(L::truth(*b == L::ZERO));
            all[b].iter().fold(L::ZERO, zeros)
        }
        (Operand::Slot(b), Operand::Slot(needed)) => {
            let lanes = all[b].iter().zip(all[needed].iter());
            lanes.fold(L::ZERO, |zeros, (b, needed)| {
                zeros.or(L::truth((*b == L::ZERO) & (*needed != L::ZERO)))
            })
        }
        (Operand::Constant(b), _) => return b != L::ZERO || !is_needed(all, needed),
    };
    zeros == L::ZERO
}

/// The second operand where the first is not 0, else the third.
#[inline(always)]
pub(super) fn select<L: Lane>(all: &All<L>, [a, b, c]: [Operand<L>; 3], out: &mut Block<L>) {
    // What may be chosen is read in any case: else addresses are chosen, and lanes gathered from them.
    let chosen = |a: L, then: L, otherwise: L| if a == L::ZERO { otherwise } else { then };
    match (a, b, c) {
        (Operand::Slot(a), Operand::Slot(b), Operand::Slot(c)) => {
            let (a, b, c) = (&*all[a], &*all[b], &*all[c]);
            for at in 0..LANES {
                out[at] = chosen(a[at], b[at], c[at]);
            }
        }
        (Operand::Slot(a), Operand::Slot(b), Operand::Constant(c)) => {
            let (a, b) = (&*all[a], &*all[b]);
            for at in 0..LANES {
                out[at] = chosen(a[at], b[at], c);
            }
        }
        (Operand::Slot(a), Operand::Constant(b), Operand::Slot(c)) => {
            let (a, c) = (&*all[a], &*all[c]);
            for at in 0..LANES {
                out[at] = chosen(a[at], b, c[at]);
            }
        }
        _ => {
            for (at, out) in out.iter_mut().enumerate() {
                let chosen = if lane(all, a, at) == L::ZERO { c } else { b };
                *out = lane(all, chosen, at);
            }
        }
    }
}
