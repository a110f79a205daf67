//! The steps of a program over one block: portable loops, which `dispatch` compiles for every instruction
//! set.

use super::divisor::Divisor;
use super::fold::{Fold, Folded, constant, folded};
use super::functions;
use super::lane::Lane;
use super::step::{Factors, Operand, Operation, Step, Steps};
use crate::expression::{Binary, Unary};

/// How many numbers are computed at a time: few slots of them stay in the first cache, and choosing the
/// operation costs little beside its loop.
pub(in crate::kernel) const LANES: usize = 1024;

/// A number of which no width has all bits the same.
const POISON: i128 = -0x5bd1_e995_7f4a_7c15_9e37_79b9_85eb_ca6b;

/// The lanes of a block.
pub(in crate::kernel) type Block<L> = [L; LANES];

/// Where blocks are kept while a program runs.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Slots<L> {
    pub(super) slots: Vec<Box<Block<L>>>,
    /// Where the next result is made, so that it may take the place of an operand.
    spare: Box<Block<L>>,
}

impl<L: Lane> Slots<L> {
    pub(super) fn new(slots: usize) -> Slots<L> {
        // Tests begin with lanes that would not do, as those of the last block may not.
        let before = L::of(if cfg!(test) { POISON } else { 0 });
        let block = || Box::new([before; LANES]);
        Slots {
            slots: (0..slots).map(|_| block()).collect(),
            spare: block(),
        }
    }
}

/// Runs the steps over the block of numbers in the first slot, and folds the first `len` values.
///
/// `None` when some number may have no value, or one that these lanes can't hold.
#[inline(always)]
pub(in crate::kernel) fn run<L: Lane>(
    steps: &Steps<L>,
    slots: &mut Slots<L>,
    len: usize,
    fold: Fold,
) -> Option<Folded> {
    let mut is_whole = true;
    for step in &steps.steps {
        is_whole &= take(step, slots);
    }
    if !is_whole {
        return None;
    }
    Some(match steps.result {
        Operand::Slot(slot) => match len == LANES {
            // The length of a whole block is known beforehand, which the loops are the better for.
            true => folded(&slots.slots[slot][..], fold),
            false => folded(&slots.slots[slot][..len], fold),
        },
        Operand::Constant(value) => constant(value, len, fold),
    })
}

/// Takes one step; says whether every lane has a value.
#[inline(always)]
fn take<L: Lane>(step: &Step<L>, slots: &mut Slots<L>) -> bool {
    let Slots { slots: all, spare } = slots;
    let ([a, b, c], needed) = (step.operands, step.needed);
    let is_whole = match &step.operation {
        Operation::Polynomial(coefficients, factors) => {
            match factors {
                Factors::Any => polynomial(all, a, coefficients, spare, L::mul),
                Factors::Signed => polynomial(all, a, coefficients, spare, L::mul_narrow),
                Factors::Unsigned => polynomial(all, a, coefficients, spare, L::mul_unsigned),
            }
            true
        }
        Operation::Multiply(Factors::Any) => binary(all, a, b, spare, L::mul),
        Operation::Multiply(Factors::Signed) => binary(all, a, b, spare, L::mul_narrow),
        Operation::Multiply(Factors::Unsigned) => binary(all, a, b, spare, L::mul_unsigned),
        Operation::DivideBy(divisor, is_signed) => {
            divide(all, a, *divisor, *is_signed, spare);
            true
        }
        Operation::ModuloBy(divisor, is_signed) => {
            modulo(all, a, *divisor, *is_signed, spare);
            true
        }
        Operation::GcdOfRest(divisor, is_signed, table) => {
            modulo(all, a, *divisor, *is_signed, spare);
            for lane in spare.iter_mut() {
                // A rest is below the divisor, but for lanes that have no value before it.
                *lane = table[lane.wide() as usize & (table.len() - 1)];
            }
            true
        }
        Operation::And => binary(all, a, b, spare, |a, b| if a == L::ZERO { a } else { b }),
        Operation::Or => binary(all, a, b, spare, |a, b| if a == L::ZERO { b } else { a }),
        Operation::Select => {
            select(all, [a, b, c], spare);
            true
        }
        #[cfg(test)]
        Operation::OneMore(wrong) => {
            unary(all, a, spare, |a| a);
            spare[*wrong] = spare[*wrong].add(L::ONE);
            true
        }
        Operation::Unary(operation) => of_one(*operation, all, [a, needed], spare),
        Operation::Binary(operation) => of_two(*operation, all, [a, b, needed], spare),
    };
    std::mem::swap(&mut all[step.to], spare);
    is_whole
}

type All<L> = [Box<Block<L>>];

#[inline(always)]
fn unary<L: Lane>(
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

#[inline(always)]
fn binary<L: Lane>(
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

/// A function that some lanes may have no value of; says whether all that are needed have one.
#[inline(always)]
fn partial<L: Lane>(
    all: &All<L>,
    [a, b, needed]: [Operand<L>; 3],
    out: &mut Block<L>,
    function: impl Fn(L, L) -> Option<L>,
) -> bool {
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

#[inline(always)]
fn select<L: Lane>(all: &All<L>, [a, b, c]: [Operand<L>; 3], out: &mut Block<L>) {
    match (a, b, c) {
        (Operand::Slot(a), Operand::Slot(b), Operand::Slot(c)) => {
            let (a, b, c) = (&all[a], &all[b], &all[c]);
            for at in 0..LANES {
                out[at] = if a[at] == L::ZERO { c[at] } else { b[at] };
            }
        }
        (Operand::Slot(a), Operand::Slot(b), Operand::Constant(c)) => {
            let (a, b) = (&all[a], &all[b]);
            for at in 0..LANES {
                out[at] = if a[at] == L::ZERO { c } else { b[at] };
            }
        }
        (Operand::Slot(a), Operand::Constant(b), Operand::Slot(c)) => {
            let (a, c) = (&all[a], &all[c]);
            for at in 0..LANES {
                out[at] = if a[at] == L::ZERO { c[at] } else { b };
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

#[inline(always)]
fn polynomial<L: Lane>(
    all: &All<L>,
    a: Operand<L>,
    coefficients: &[L],
    out: &mut Block<L>,
    times: impl Fn(L, L) -> L,
) {
    match coefficients {
        [a0, a1] => unary(all, a, out, |x| times(*a1, x).add(*a0)),
        [a0, a1, a2] if *a2 == L::ONE => unary(all, a, out, |x| times(x.add(*a1), x).add(*a0)),
        [a0, a1, a2] => unary(all, a, out, |x| times(times(*a2, x).add(*a1), x).add(*a0)),
        _ => unary(all, a, out, |x| {
            let highest_first = coefficients.iter().rev();
            highest_first.fold(L::ZERO, |value, a| times(value, x).add(*a))
        }),
    };
}

#[inline(always)]
fn divide<L: Lane>(
    all: &All<L>,
    a: Operand<L>,
    divisor: Divisor<L>,
    is_signed: bool,
    out: &mut Block<L>,
) {
    let places = L::of(divisor.shift.into());
    if let Some(inverse) = divisor.inverse {
        unary(all, a, out, |x| divisor.divided(x, inverse).0);
        return;
    }
    match (divisor.reciprocal == L::ZERO, is_signed) {
        (true, _) => unary(all, a, out, |x| x.shift_right(places)),
        (false, true) => unary(all, a, out, |x| divisor.quotient_signed(x)),
        (false, false) => unary(all, a, out, |x| divisor.quotient(x)),
    };
}

#[inline(always)]
fn modulo<L: Lane>(
    all: &All<L>,
    a: Operand<L>,
    divisor: Divisor<L>,
    is_signed: bool,
    out: &mut Block<L>,
) {
    let d = divisor.divisor;
    let mask = d.sub(L::ONE);
    if let Some(inverse) = divisor.inverse {
        unary(all, a, out, |x| divisor.divided(x, inverse).1);
        return;
    }
    match (divisor.reciprocal == L::ZERO, is_signed) {
        (true, _) => unary(all, a, out, |x| x.and(mask)),
        (false, true) => unary(all, a, out, |x| x.sub(divisor.quotient_signed(x).mul(d))),
        (false, false) => unary(all, a, out, |x| x.sub(divisor.quotient(x).mul(d))),
    };
}

#[inline(always)]
fn of_one<L: Lane>(
    operation: Unary,
    all: &All<L>,
    [a, needed]: [Operand<L>; 2],
    out: &mut Block<L>,
) -> bool {
    match operation {
        Unary::Negate => unary(all, a, out, L::negated),
        Unary::Complement => unary(all, a, out, L::not),
        Unary::Not => unary(all, a, out, |a| L::truth(a == L::ZERO)),
        Unary::Abs => unary(all, a, out, L::abs),
        Unary::Sign => unary(all, a, out, |a| {
            L::truth(a > L::ZERO).sub(L::truth(a < L::ZERO))
        }),
        Unary::Popcount => unary(all, a, out, L::ones),
        Unary::BitLength => unary(all, a, out, L::bits),
        _ => partial(all, [a, a, needed], out, |a, _| {
            let a = i64::try_from(a.wide()).ok()?;
            functions::unary(operation, a).map(|value| L::of(i128::from(value)))
        }),
    }
}

#[inline(always)]
fn of_two<L: Lane>(
    operation: Binary,
    all: &All<L>,
    [a, b, needed]: [Operand<L>; 3],
    out: &mut Block<L>,
) -> bool {
    match operation {
        Binary::Add => binary(all, a, b, out, L::add),
        Binary::Subtract => binary(all, a, b, out, L::sub),
        Binary::Multiply => binary(all, a, b, out, L::mul),
        Binary::BitAnd => binary(all, a, b, out, L::and),
        Binary::BitOr => binary(all, a, b, out, L::or),
        Binary::BitXor => binary(all, a, b, out, L::xor),
        Binary::Less => binary(all, a, b, out, |a, b| L::truth(a < b)),
        Binary::LessOrEqual => binary(all, a, b, out, |a, b| L::truth(a <= b)),
        Binary::Greater => binary(all, a, b, out, |a, b| L::truth(a > b)),
        Binary::GreaterOrEqual => binary(all, a, b, out, |a, b| L::truth(a >= b)),
        Binary::Equal => binary(all, a, b, out, |a, b| L::truth(a == b)),
        Binary::NotEqual => binary(all, a, b, out, |a, b| L::truth(a != b)),
        Binary::Min => binary(all, a, b, out, |a, b| if b < a { b } else { a }),
        Binary::Max => binary(all, a, b, out, |a, b| if b > a { b } else { a }),
        Binary::ShiftLeft => partial(all, [a, b, needed], out, |a, b| {
            (b >= L::ZERO).then(|| a.shift_left(b))
        }),
        Binary::ShiftRight => partial(all, [a, b, needed], out, |a, b| {
            (b >= L::ZERO).then(|| a.shift_right(b))
        }),
        Binary::FloorDivide => partial(all, [a, b, needed], out, L::div_floor),
        Binary::Modulo => partial(all, [a, b, needed], out, L::mod_floor),
        Binary::Power => partial(all, [a, b, needed], out, functions::power),
        Binary::Gcd | Binary::Lcm | Binary::Binomial => {
            partial(all, [a, b, needed], out, |a, b| {
                let a = i64::try_from(a.wide()).ok()?;
                let b = i64::try_from(b.wide()).ok()?;
                functions::binary(operation, a, b).map(|value| L::of(i128::from(value)))
            })
        }
    }
}

/// Fills a block with a progression.
#[inline(always)]
pub(in crate::kernel) fn count_from<L: Lane>(first: L, step: L, block: &mut Block<L>) {
    for (at, lane) in block.iter_mut().enumerate() {
        *lane = first.add(step.mul(L::of(at as i128)));
    }
}
