//! The operators between two values, and how tightly each binds.

use super::ast::Binary;

// How tightly an operator binds, as in Python from the loosest to the tightest. Their exclusive or
// stands between `|` and `&`; here it is a function.
pub(super) const CHOICE: u8 = 1;
pub(super) const OR: u8 = 2;
pub(super) const AND: u8 = 3;
pub(super) const NOT: u8 = 4;
pub(super) const COMPARISON: u8 = 5;
pub(super) const BIT_OR: u8 = 6;
pub(super) const BIT_AND: u8 = 7;
pub(super) const SHIFT: u8 = 8;
pub(super) const SUM: u8 = 9;
pub(super) const PRODUCT: u8 = 10;
pub(super) const SIGN: u8 = 11;
pub(super) const POWER: u8 = 12;
pub(super) const ATOM: u8 = 13;

/// Symbol, operation and how tightly it binds. The first symbol of an operation is the one it is
/// printed with.
const OPERATORS: &[(&str, Binary, u8)] = &[
    ("<", Binary::Less, COMPARISON),
    ("<=", Binary::LessOrEqual, COMPARISON),
    (">", Binary::Greater, COMPARISON),
    (">=", Binary::GreaterOrEqual, COMPARISON),
    ("==", Binary::Equal, COMPARISON),
    ("!=", Binary::NotEqual, COMPARISON),
    ("|", Binary::BitOr, BIT_OR),
    ("&", Binary::BitAnd, BIT_AND),
    ("<<", Binary::ShiftLeft, SHIFT),
    (">>", Binary::ShiftRight, SHIFT),
    ("+", Binary::Add, SUM),
    ("-", Binary::Subtract, SUM),
    ("*", Binary::Multiply, PRODUCT),
    ("//", Binary::FloorDivide, PRODUCT),
    ("%", Binary::Modulo, PRODUCT),
    ("^", Binary::Power, POWER),
    ("**", Binary::Power, POWER),
];

/// The operation that a symbol between two values stands for.
pub(super) fn of_symbol(symbol: &str) -> Option<(Binary, u8)> {
    let found = OPERATORS.iter().find(|(own, ..)| *own == symbol);
    found.map(|(_, operation, level)| (*operation, *level))
}

/// How tightly an operator behind a value binds.
pub(super) fn level_of(symbol: &str) -> Option<u8> {
    match symbol {
        "?" => Some(CHOICE),
        "or" => Some(OR),
        "and" => Some(AND),
        _ => of_symbol(symbol).map(|(_, level)| level),
    }
}

/// How an operation between two values is written; that with a name has none.
pub(super) fn symbol_of(operation: Binary) -> Option<(&'static str, u8)> {
    let found = OPERATORS.iter().find(|(_, own, _)| *own == operation);
    found.map(|(symbol, _, level)| (*symbol, *level))
}
