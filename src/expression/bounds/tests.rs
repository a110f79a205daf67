//! Tests of bounds: that they are sound for each operation and for random expressions, and narrow
//! enough to choose a kernel.

use super::super::ast::{Binary, NodeId, Unary};
use super::super::fault::Fault;
use super::super::tests::strategy;
use super::super::{Expression, evaluate, functions as reference};
use super::interval::Interval;
use super::{Bounds, binary, binary_can_fail, functions};
use crate::exact::BigInt;
use num_traits::ToPrimitive;
use proptest::prelude::*;
use std::ops::RangeInclusive;

fn whole(text: &str, numbers: RangeInclusive<i64>) -> Bounds {
    let bounds = Expression::parse(text).expect(text).bounds(numbers);
    *bounds.last().expect("a node")
}

#[test]
fn bounds_are_as_narrow_as_the_kernels_need() {
    for (text, low, high) in [
        ("n^2 + 3n + 1", 1, 1_000_000_000i128.pow(2) + 3_000_000_001),
        ("n % 7 == 3", 0, 1),
        ("n % 7", 0, 6),
        ("n % -7", -6, 0),
        ("n % 2000000000", 0, 1_000_000_000),
        ("(n + 5) % 10^12", 5, 1_000_000_005),
        ("n*n", 0, 1_000_000_000i128.pow(2)),
        ("(n*n) % 1000003", 0, 1_000_002),
        ("n*(n+1)//2", 0, 500_000_000_500_000_000),
        ("popcount(n)", 0, 30),
        ("gcd(n, 360)", 1, 360),
        ("is_prime(n)", 0, 1),
        ("if(is_prime(n), n, 0)", 0, 1_000_000_000),
        ("isqrt(n)", 0, 31_622),
        ("n >> 3", 0, 125_000_000),
        ("n << 3", 0, 8_000_000_000),
        ("n & 255", 0, 255),
        ("n | 255", 255, (1 << 30) - 1),
        ("xor(n, 255)", 0, (1 << 30) - 1),
        ("-n // 3", -333_333_334, 0),
        ("abs(n - 5)", 0, 999_999_995),
        ("n < 0", 0, 0),
        ("n >= 0", 1, 1),
        ("n and 5", 0, 5),
        ("n + 1 and 5", 5, 5),
        ("digit_sum(n)", 0, 90),
        ("digits(n)", 1, 10),
        ("divisors(n + 1)", 1, 63_244),
        ("min(n, 7)", 0, 7),
        ("clamp(n, 10, 20)", 10, 20),
        ("10^n % 10", 0, 9),
        ("0^n", 0, 1),
    ] {
        let bounds = whole(text, 0..=1_000_000_000);
        assert_eq!(
            (bounds.low(), bounds.high()),
            (Some(low), Some(high)),
            "{text}"
        );
    }
}

#[test]
fn what_is_beyond_128_bits_is_said() {
    let bounds = whole("n^3", i64::MIN..=i64::MAX);
    assert_eq!((bounds.low(), bounds.high()), (None, None));
    assert!(!bounds.fit_i128() && bounds.can_fail());
    let bounds = whole("n^2", i64::MIN..=i64::MAX);
    assert_eq!((bounds.low(), bounds.high()), (Some(0), Some(1 << 126)));
    assert!(bounds.fit_i128() && !bounds.fit_i64() && !bounds.can_fail());
    assert!(whole("n", i64::MIN..=i64::MAX).fit_i64());
    assert!(!whole("-n", i64::MIN..=i64::MAX).fit_i64());
    let bounds = whole("2^200", 0..=0);
    assert_eq!((bounds.low(), bounds.high()), (Some(i128::MAX), None));
    assert_eq!(whole("2^200 > n", 0..=9).low(), Some(1));
    assert!(whole("10 // n", 0..=9).can_fail() && !whole("10 // n", 1..=9).can_fail());
}

const BINARY: &[Binary] = {
    use Binary::*;
    &[
        Add,
        Subtract,
        Multiply,
        FloorDivide,
        Modulo,
        Power,
        ShiftLeft,
        ShiftRight,
        BitAnd,
        BitOr,
        BitXor,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Equal,
        NotEqual,
        Min,
        Max,
        Gcd,
        Lcm,
        Binomial,
    ]
};

const UNARY: &[Unary] = {
    use Unary::*;
    &[
        Negate, Complement, Not, Abs, Sign, Isqrt, Icbrt, Popcount, BitLength, DigitSum, Digits,
        IsSquare, IsPrime, Divisors, Totient, Factorial, Collatz,
    ]
};

fn is_in(value: &Result<BigInt, Fault>, interval: Interval, can_fail: bool) -> bool {
    match value {
        Ok(value) => interval.contains(value.to_i128().unwrap_or(i128::MAX)),
        Err(_) => can_fail,
    }
}

/// The ends, the middle, what lies around 0, and some between them.
fn points(low: i64, high: i64, between: &[u64]) -> Vec<i64> {
    let span = i128::from(high) - i128::from(low);
    let turning = [
        low,
        high,
        -1,
        0,
        1,
        low / 2 + high / 2,
        low.saturating_add(1),
    ];
    let random = between.iter().map(|x| {
        let offset = i128::from(*x) % (span + 1);
        i64::try_from(i128::from(low) + offset).expect("within the interval")
    });
    let all = turning.into_iter().chain(random);
    all.filter(|n| (low..=high).contains(n)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_part_leaves_its_bounds(
        text in strategy::expression(),
        a in strategy::number(),
        b in strategy::number(),
        near: bool,
        between: [u64; 6],
    ) {
        let b = if near { a.saturating_add(b % 8) } else { b };
        let (low, high) = (a.min(b), a.max(b));
        let expression = Expression::parse(&text).unwrap();
        let bounds = expression.bounds(low..=high);
        for n in points(low, high, &between) {
            let number = BigInt::from(n);
            for (i, part) in bounds.iter().enumerate() {
                match evaluate::walk(&expression, NodeId::at(i), &number) {
                    Ok(value) => {
                        let above = part.low().is_none_or(|low| BigInt::from(low) <= value);
                        let below = part.high().is_none_or(|high| value <= BigInt::from(high));
                        prop_assert!(
                            above && below,
                            "{} of {expression} is {value} at {n}, outside {part:?}",
                            i
                        );
                    }
                    Err((failed, fault)) => prop_assert!(
                        bounds[failed.index()].can_fail(),
                        "{failed:?} of {expression} has no value at {n}: {fault}"
                    ),
                }
            }
        }
    }

    /// Every operation over all numbers of two small intervals.
    #[test]
    fn no_operation_leaves_its_interval(
        (a, b) in (-24i128..24, 0i128..14).prop_map(|(low, len)| (low, low + len)),
        (c, d) in (-24i128..24, 0i128..14).prop_map(|(low, len)| (low, low + len)),
    ) {
        let (left, right) = (Interval::of(a, b), Interval::of(c, d));
        for operation in BINARY {
            let interval = binary(*operation, left, right);
            let can_fail = binary_can_fail(*operation, left, right, interval);
            for (x, y) in (a..=b).flat_map(|x| (c..=d).map(move |y| (x, y))) {
                let value = reference::binary(*operation, &BigInt::from(x), &BigInt::from(y));
                prop_assert!(
                    is_in(&value, interval, can_fail),
                    "{operation:?} of {x} in {left:?} and {y} in {right:?}: {interval:?}"
                );
            }
        }
        for operation in UNARY {
            let interval = functions::unary(*operation, left);
            let can_fail = functions::unary_can_fail(*operation, left);
            for x in a..=b {
                let value = reference::unary(*operation, &BigInt::from(x));
                prop_assert!(
                    is_in(&value, interval, can_fail),
                    "{operation:?} of {x} in {left:?}: {interval:?}"
                );
            }
        }
    }

    #[test]
    fn at_one_number_simple_parts_are_known(n in strategy::number(), m in -50i128..50) {
        for (symbol, value) in [("+", i128::from(n) + m), ("-", i128::from(n) - m), ("*", i128::from(n) * m)] {
            let bounds = whole(&format!("n {symbol} ({m})"), n..=n);
            prop_assert_eq!((bounds.low(), bounds.high()), (Some(value), Some(value)));
        }
    }
}
