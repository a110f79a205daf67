//! The integers that a program computes in: one for each lane of a vector, modulo a power of two.

use crate::exact::BigInt;

/// An integer of fixed width in two's complement. Arithmetic wraps; `compile` sees to it that whatever is
/// looked at is exact.
pub(in crate::kernel) trait Lane:
    Copy + Default + PartialEq + PartialOrd + Send + Sync + std::fmt::Debug + 'static
{
    /// How many bits it has.
    const BITS: u32;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;

    /// The low bits of a number.
    fn of(number: i128) -> Self;
    /// The low bits of a number of any size.
    fn of_big(number: &BigInt) -> Self;
    /// The number.
    fn wide(self) -> i128;

    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// The product of operands that fit half of the bits, but at least 32, with a sign.
    fn mul_narrow(self, other: Self) -> Self;
    /// The same of operands without a sign.
    fn mul_unsigned(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn not(self) -> Self;
    /// Times 2^places; 0 when that are all bits.
    fn shift_left(self, places: Self) -> Self;
    /// Over 2^places, rounded down.
    fn shift_right(self, places: Self) -> Self;
    fn abs(self) -> Self;
    /// How many binary digits of the magnitude are 1.
    fn ones(self) -> Self;
    /// How many binary digits the magnitude has.
    fn bits(self) -> Self;
    /// The quotient rounded down; `None` when the divisor is 0 or the quotient does not fit.
    fn div_floor(self, divisor: Self) -> Option<Self>;
    /// The remainder with the sign of the divisor; `None` when that is 0.
    fn mod_floor(self, divisor: Self) -> Option<Self>;
    /// The high half of the product of two numbers that are not negative.
    fn mul_high(self, other: Self) -> Self;
    /// The number times `inverse`, rounded to the nearest whole number: of 64 bits only, when the product is
    /// below 2^51.
    fn times_rounded(self, inverse: f64) -> Self;
    /// The square root of a number that is not negative, rounded to the nearest whole number or less, but no
    /// more than 1 above the root rounded down: not in 128 bits.
    fn root_near(self) -> Self;
    /// The quotient by a divisor other than 0, rounded down or 1 above that: in 32 bits only, modulo 2^32.
    fn quotient_near(self, divisor: Self) -> Self;
    /// Over 2^places, as a number without a sign.
    fn shift_right_unsigned(self, places: u32) -> Self;

    /// 1 or 0.
    #[inline(always)]
    fn truth(is_true: bool) -> Self {
        if is_true { Self::ONE } else { Self::ZERO }
    }

    /// -1 of a negative number, else 0.
    #[inline(always)]
    fn sign_mask(self) -> Self {
        Self::truth(self < Self::ZERO).negated()
    }

    #[inline(always)]
    fn negated(self) -> Self {
        Self::ZERO.sub(self)
    }
}

macro_rules! lane {
    ($lane:ty, $unsigned:ty, $narrow:expr, $narrow_unsigned:expr, $mul_high:expr, $times_rounded:expr, $root_near:expr, $quotient_near:expr, $bytes:expr) => {
        impl Lane for $lane {
            const BITS: u32 = <$lane>::BITS;
            const ZERO: $lane = 0;
            const ONE: $lane = 1;

            #[inline(always)]
            fn of(number: i128) -> $lane {
                number as $lane
            }

            fn of_big(number: &BigInt) -> $lane {
                let low = number & (BigInt::from(u128::MAX));
                u128::try_from(low).unwrap_or(0) as $lane
            }

            #[inline(always)]
            fn wide(self) -> i128 {
                i128::from(self)
            }

            #[inline(always)]
            fn add(self, other: $lane) -> $lane {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn sub(self, other: $lane) -> $lane {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn mul(self, other: $lane) -> $lane {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn mul_narrow(self, other: $lane) -> $lane {
                $narrow(self, other)
            }

            #[inline(always)]
            fn mul_unsigned(self, other: $lane) -> $lane {
                $narrow_unsigned(self, other)
            }

            #[inline(always)]
            fn and(self, other: $lane) -> $lane {
                self & other
            }

            #[inline(always)]
            fn or(self, other: $lane) -> $lane {
                self | other
            }

            #[inline(always)]
            fn xor(self, other: $lane) -> $lane {
                self ^ other
            }

            #[inline(always)]
            fn not(self) -> $lane {
                !self
            }

            #[inline(always)]
            fn shift_left(self, places: $lane) -> $lane {
                match (0..<$lane>::BITS as $lane).contains(&places) {
                    true => self << places,
                    false => 0,
                }
            }

            #[inline(always)]
            fn shift_right(self, places: $lane) -> $lane {
                self >> places.clamp(0, <$lane>::BITS as $lane - 1)
            }

            #[inline(always)]
            fn abs(self) -> $lane {
                self.wrapping_abs()
            }

            #[inline(always)]
            fn ones(self) -> $lane {
                // By halves: pairs, fours and bytes of digits are added up side by side, and then the
                // bytes. (The instruction for one number at a time would keep the loop out of vectors.)
                const MAX: $unsigned = <$unsigned>::MAX;
                let (pairs, fours, bytes) = (MAX / 3, MAX / 5, MAX / 17);
                let x = self.unsigned_abs();
                let x = x - ((x >> 1) & pairs);
                let x = (x & fours) + ((x >> 2) & fours);
                let x = (x + (x >> 4)) & bytes;
                $bytes(x) as $lane
            }

            #[inline(always)]
            fn bits(self) -> $lane {
                (<$lane>::BITS - self.unsigned_abs().leading_zeros()) as $lane
            }

            #[inline(always)]
            fn div_floor(self, divisor: $lane) -> Option<$lane> {
                let quotient = self.checked_div(divisor)?;
                let rest = self.wrapping_rem(divisor);
                let is_above = rest != 0 && (rest < 0) != (divisor < 0);
                Some(quotient - <$lane>::from(is_above))
            }

            #[inline(always)]
            fn mod_floor(self, divisor: $lane) -> Option<$lane> {
                if divisor == 0 {
                    return None;
                }
                let rest = self.wrapping_rem(divisor);
                let is_off = rest != 0 && (rest < 0) != (divisor < 0);
                Some(if is_off { rest + divisor } else { rest })
            }

            #[inline(always)]
            fn mul_high(self, other: $lane) -> $lane {
                $mul_high(self as $unsigned, other as $unsigned) as $lane
            }

            #[inline(always)]
            fn times_rounded(self, inverse: f64) -> $lane {
                $times_rounded(self, inverse)
            }

            #[inline(always)]
            fn root_near(self) -> $lane {
                $root_near(self)
            }

            #[inline(always)]
            fn quotient_near(self, divisor: $lane) -> $lane {
                $quotient_near(self, divisor)
            }

            #[inline(always)]
            fn shift_right_unsigned(self, places: u32) -> $lane {
                ((self as $unsigned) >> places) as $lane
            }
        }
    };
}

lane!(
    i32,
    u32,
    |a: i32, b: i32| a.wrapping_mul(b),
    |a: i32, b: i32| a.wrapping_mul(b),
    |a: u32, b: u32| (u64::from(a) * u64::from(b)) >> 32,
    |_, _| 0,
    |a: i32| rounded(f64::from(a).sqrt()) as i32,
    |a: i32, b: i32| rounded(f64::from(a) / f64::from(b)) as i32,
    |x: u32| x.wrapping_mul(0x0101_0101) >> 24
);
lane!(
    i64,
    u64,
    |a: i64, b: i64| i64::from(a as i32) * i64::from(b as i32),
    |a: i64, b: i64| (u64::from(a as u32) * u64::from(b as u32)) as i64,
    |a: u64, b: u64| (u128::from(a) * u128::from(b)) >> 64,
    |a: i64, inverse: f64| rounded(nearest(a) * inverse),
    |a: i64| rounded(nearest(a).sqrt()),
    |_, _| 0,
    bytes_added
);
lane!(
    i128,
    u128,
    |a: i128, b: i128| i128::from(a as i64) * i128::from(b as i64),
    |a: i128, b: i128| (u128::from(a as u64) * u128::from(b as u64)) as i128,
    // Divisors are not multiplied by their reciprocals in 128 bits.
    |_, _| 0u128,
    |_, _| 0,
    |_| 0,
    |_, _| 0,
    |x: u128| bytes_added(x as u64) + bytes_added((x >> 64) as u64)
);

/// A number of 64 bits in floating point, rounded to the nearest.
///
/// By additions and operations on bits alone, which every CPU has for vectors: the halves of the number are
/// set into the digits of 2^52 and 2^84 + 2^63, whose sum is taken away again.
#[inline(always)]
fn nearest(a: i64) -> f64 {
    const LOW: u64 = 0x4330_0000_0000_0000;
    const HIGH: u64 = 0x4530_0000_8000_0000;
    const BOTH: f64 = f64::from_bits(HIGH) + f64::from_bits(LOW);
    let a = a as u64;
    let low = f64::from_bits(LOW | (a & 0xffff_ffff));
    let high = f64::from_bits(HIGH ^ (a >> 32));
    (high - BOTH) + low
}

/// A number of less than 2^51, rounded to the nearest whole number: behind 2^52 + 2^51 there is no room for
/// a fraction, so that adding it rounds.
#[inline(always)]
fn rounded(a: f64) -> i64 {
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    (a + WHOLE).to_bits().wrapping_sub(WHOLE.to_bits()) as i64
}

/// The sum of all bytes, which is less than 256: by shifts, as vectors of 64-bit products are slow.
#[inline(always)]
fn bytes_added(x: u64) -> u64 {
    let x = x.wrapping_add(x >> 8);
    let x = x.wrapping_add(x >> 16);
    x.wrapping_add(x >> 32) & 0xff
}
