//! What each operation does with its operands.

use super::apply::{All, binary, of_divisors, of_naturals, partial, unary};
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

/// The quotient and the rest of numbers of 32 bits.
///
/// The quotient in floating point is at most 2^31 and within 2^-22 of the true one, so rounded to the
/// nearest whole number it is that rounded down or 1 more; then the rest, which is smaller than the divisor,
/// has the wrong sign.
#[inline(always)]
fn divided<L: Lane>(a: L, b: L) -> (L, L) {
    let near = a.quotient_near(b);
    let rest = a.sub(near.mul(b));
    let is_off = L::truth((rest != L::ZERO) & (rest.xor(b) < L::ZERO));
    (near.sub(is_off), rest.add(b.and(is_off.negated())))
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
        Binary::FloorDivide if L::BITS == 32 => {
            of_divisors(all, [a, b, needed], out, |a, b| divided(a, b).0)
        }
        Binary::Modulo if L::BITS == 32 => {
            of_divisors(all, [a, b, needed], out, |a, b| divided(a, b).1)
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(a: i32, b: i32) {
        let (wide_a, wide_b) = (i64::from(a), i64::from(b));
        let quotient = wide_a.div_euclid(wide_b);
        let rest = wide_a - quotient * wide_b;
        // Euclid's rest has no sign; that of the language has the divisor's.
        let (quotient, rest) = match b < 0 && rest != 0 {
            true => (quotient - 1, rest + wide_b),
            false => (quotient, rest),
        };
        assert_eq!(divided(a, b), (quotient as i32, rest as i32), "{a} // {b}");
    }

    #[test]
    fn quotients_are_exact_at_their_turns() {
        let near = |power: u32| [-1, 0, 1].map(|delta| (1i64 << power) + delta);
        let ends: Vec<i64> = (0..32).flat_map(near).collect();
        for b in ends.iter().flat_map(|b| [*b, -*b]) {
            let dividends = ends
                .iter()
                .flat_map(|a| [*a, -*a, a * b, a * b - 1, a * b + 1]);
            for a in dividends {
                if let (Ok(a), Ok(b)) = (i32::try_from(a), i32::try_from(b))
                    && b != 0
                {
                    check(a, b);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn quotients_are_exact(a: i32, b: i32, shift in 0u32..31) {
            let b = b >> shift;
            if b != 0 {
                check(a, b);
                check((a / b).wrapping_mul(b), b);
                check((a / b).wrapping_mul(b).wrapping_sub(1), b);
            }
        }

        #[test]
        fn digits_are_counted(a: i64, shift in 0u32..64) {
            let a = a >> shift;
            prop_assert_eq!(digits(a), a.unsigned_abs().to_string().len() as i64);
            prop_assert_eq!(digits(a as i32) as usize, (a as i32).unsigned_abs().to_string().len());
        }
    }
}
