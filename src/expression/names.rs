//! What a name stands for, and what was meant by one that is not known.

use super::functions::{FUNCTIONS, Form, Function};

/// What the number that is evaluated is called.
pub(super) const VARIABLES: [&str; 3] = ["n", "x", "i"];

/// Names of other languages and what they are called here.
const SYNONYMS: &[(&str, &str)] = &[
    ("bin", "popcount(n) or bit_length(n)"),
    ("bit_count", "popcount(n)"),
    ("cbrt", "icbrt(n)"),
    ("choose", "binomial(n, k)"),
    ("comb", "binomial(n, k)"),
    ("count_ones", "popcount(n)"),
    ("digitsum", "digit_sum(n)"),
    ("div", "a // b"),
    ("elif", "if(c, a, b)"),
    ("else", "if(c, a, b)"),
    ("eulerphi", "totient(n)"),
    ("False", "0"),
    ("fact", "factorial(n)"),
    ("false", "0"),
    ("float", "// and isqrt: there are only whole numbers"),
    ("floor", "a // b, which is rounded down"),
    ("hypot", "isqrt(a*a + b*b)"),
    ("int", "a // b, which is rounded down"),
    ("len", "digits(n)"),
    ("log", "bit_length(n) or digits(n)"),
    ("log10", "digits(n) - 1"),
    ("log2", "bit_length(n) - 1"),
    ("mod", "a % b"),
    ("nCr", "binomial(n, k)"),
    ("numdiv", "divisors(n)"),
    ("phi", "totient(n)"),
    ("popcnt", "popcount(n)"),
    ("pow", "a ^ b"),
    ("prime", "is_prime(n)"),
    ("rem", "a % b"),
    ("sgn", "sign(n)"),
    ("signum", "sign(n)"),
    ("sqrt", "isqrt(n)"),
    ("square", "n^2"),
    ("sum", "--reduce sum"),
    ("tau", "divisors(n)"),
    ("True", "1"),
    ("true", "1"),
];

/// The function of this name.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Whether a definition may not have this name, and why.
pub(super) fn reserved(name: &str) -> Option<&'static str> {
    if VARIABLES.contains(&name) {
        return Some("it stands for the numbers of the input; == compares");
    }
    if function(name).is_some() {
        return Some("it is a function: take another name");
    }
    let digits = name.strip_prefix(['e', 'E'])?;
    let exponent = digits.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    exponent.then_some("behind a number it would be an exponent, as in 1e8: take another name")
}

/// What was meant by a name that is not known, in words.
pub(super) fn meant<'a>(name: &str, defined: impl Iterator<Item = &'a str>) -> String {
    if let Some((_, ours)) = SYNONYMS.iter().find(|(theirs, _)| *theirs == name) {
        return format!("write {ours}");
    }
    let lower = name.to_lowercase();
    let functions = FUNCTIONS.iter().map(|function| function.name);
    let words = VARIABLES.into_iter().chain(["and", "or", "not"]);
    let known = functions.chain(words).chain(defined);
    // Names as short as the variable's are near to every other short one.
    let near = known
        .map(|known| (strsim::osa_distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= name.len().max(known.len()) / 3)
        .min();
    match near {
        Some((_, known)) => match function(known) {
            Some(function) => format!("did you mean {}?", function.usage()),
            None => format!("did you mean {known}?"),
        },
        None => {
            let names: Vec<&str> = FUNCTIONS.iter().map(|function| function.name).collect();
            format!("known are n and the functions {}", names.join(", "))
        }
    }
}

/// How many arguments a function takes, in words.
pub(super) fn takes(form: Form) -> &'static str {
    match form {
        Form::Unary(_) => "one argument",
        Form::Pair(_) => "two arguments",
        Form::Fold(_) => "two arguments or more",
        Form::Clamp | Form::If => "three arguments",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_stand_in_the_order_of_the_alphabet() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
        assert_eq!(FUNCTIONS.len(), 22);
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        for (name, answer) in [
            ("isprime", "did you mean is_prime(a)?"),
            ("gdc", "did you mean gcd(a, b, …)?"),
            ("Min", "did you mean min(a, b, …)?"),
            ("popcout", "did you mean popcount(a)?"),
            ("tottient", "did you mean totient(a)?"),
            ("N", "did you mean n?"),
            ("AND", "did you mean and?"),
            ("sqrt", "write isqrt(n)"),
            ("scael", "did you mean scale?"),
        ] {
            assert_eq!(meant(name, ["scale"].into_iter()), answer, "{name}");
        }
        assert!(
            meant("zebra", std::iter::empty()).starts_with("known are n and the functions abs,")
        );
    }
}
