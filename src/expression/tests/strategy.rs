//! Random expressions, as texts.

use proptest::prelude::*;

const INFIX: &[&str] = &[
    "+", "-", "*", "//", "%", "&", "|", "<", "<=", ">", ">=", "==", "!=", "and", "or",
];

const OF_ONE: &[&str] = &[
    "abs",
    "bit_length",
    "digit_sum",
    "digits",
    "is_square",
    "isqrt",
    "icbrt",
    "popcount",
    "sign",
    "is_prime",
    "divisors",
    "totient",
    "collatz",
    "factorial",
    "-",
    "~",
    "not ",
];

const OF_TWO: &[&str] = &["min", "max", "gcd", "lcm", "xor", "binomial"];

/// An expression over all operators and functions, fully in parentheses where it must be.
pub fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => Just("n".to_owned()),
        2 => (0u32..20).prop_map(|number| number.to_string()),
        1 => any::<u64>().prop_map(|number| number.to_string()),
        1 => (0u32..70).prop_map(|shift| (1u128 << shift).to_string()),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let small = 0u32..6;
        prop_oneof![
            6 => (inner.clone(), prop::sample::select(INFIX), inner.clone())
                .prop_map(|(a, symbol, b)| format!("(({a}) {symbol} ({b}))")),
            2 => (inner.clone(), prop::sample::select(vec!["^", "<<", ">>"]), small)
                .prop_map(|(a, symbol, b)| format!("(({a}) {symbol} {b})")),
            1 => (inner.clone(), prop::sample::select(vec!["^", "<<", ">>"]), inner.clone())
                .prop_map(|(a, symbol, b)| format!("(({a}) {symbol} ({b}) % 7)")),
            4 => (prop::sample::select(OF_ONE), inner.clone())
                .prop_map(|(name, a)| format!("({name}({a}))")),
            3 => (prop::sample::select(OF_TWO), inner.clone(), inner.clone())
                .prop_map(|(name, a, b)| format!("{name}({a}, {b})")),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if({a}, {b}, {c})")),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("(({a}) < ({b}) != ({c}))")),
            1 => (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("clamp({a}, {b}, {c})")),
        ]
    })
}

/// Numbers of every size, and those at which much turns.
pub fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => -20i64..20,
        2 => any::<i64>(),
        2 => (any::<i64>(), 0u32..64).prop_map(|(number, shift)| number >> shift),
        1 => prop::sample::select(vec![i64::MIN, i64::MIN + 1, i64::MAX]),
        1 => (prop::sample::select(vec![15, 16, 31, 32, 52, 53, 62]), any::<bool>(), -2i64..3)
            .prop_map(|(bits, is_negative, delta)| {
                let power = 1i64 << bits;
                (if is_negative { -power } else { power }) + delta
            }),
    ]
}

/// A polynomial, in any form; perhaps one of a large degree.
pub fn polynomial() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("n".to_owned()),
        any::<i32>().prop_map(|number| number.to_string())
    ];
    leaf.prop_recursive(4, 20, 2, |inner| {
        let symbols = prop::sample::select(vec!["+", "-", "*"]);
        prop_oneof![
            4 => (inner.clone(), symbols, inner.clone())
                .prop_map(|(a, symbol, b)| format!("(({a}) {symbol} ({b}))")),
            1 => inner.clone().prop_map(|a| format!("(-{a})")),
            1 => (inner, 0u32..5).prop_map(|(a, power)| format!("({a})^{power}")),
        ]
    })
}
