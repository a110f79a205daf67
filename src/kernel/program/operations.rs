//! What each operation does with its operands.

use super::apply::{All, binary, of_naturals, partial, unary};
use super::divisor::Divisor;
use super::functions;
use super::lane::Lane;
use super::run::Block;
use super::step::Operand;
use crate::expression::{Binary, Unary};

/// A polynomial by Horner's rule.
#[inline(always)]
pub(super) fn polynomial<L: Lane>(
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

/// `a // d`.
#[inline(always)]
pub(super) fn divide<L: Lane>(
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

/// `a % d`.
#[inline(always)]
pub(super) fn modulo<L: Lane>(
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

/// An operation of the language on one value; says whether every lane that is needed has a value.
#[inline(always)]
pub(super) fn of_one<L: Lane>(
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
        Unary::Digits => unary(all, a, out, digits),
        Unary::Isqrt if L::BITS <= 64 => of_naturals(all, [a, needed], out, |a| {
            let near = a.root_near();
            let rest = a.sub(near.mul_unsigned(near));
            near.add(rest.sign_mask())
        }),
        Unary::IsSquare if L::BITS <= 64 => unary(all, a, out, |a| {
            let near = a.root_near();
            L::truth((a >= L::ZERO) & (near.mul_unsigned(near) == a))
        }),
        _ => partial(all, [a, a, needed], out, |a, _| {
            let a = i64::try_from(a.wide()).ok()?;
            functions::unary(operation, a).map(|value| L::of(i128::from(value)))
        }),
    }
}

/// How many decimal digits a number has: one more than there are powers of ten up to its magnitude. The
/// negative magnitude fits where the magnitude does not.
#[inline(always)]
fn digits<L: Lane>(a: L) -> L {
    let below = a.abs().negated();
    let powers = (L::BITS - 1) * 3 / 10;
    let mut digits = L::ONE;
    let mut power = -1i128;
    for _ in 0..powers {
        power *= 10;
        digits = digits.add(L::truth(below <= L::of(power)));
    }
    digits
}

/// The same on two values.
#[inline(always)]
pub(super) fn of_two<L: Lane>(
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
