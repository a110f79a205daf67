//! The functions of the language: what each is called, takes, is defined for and comes to.

use crate::expression::ast::{Binary, Unary};

/// A function of the language, described for people.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// What it is called.
    pub name: &'static str,
    /// What it takes: `a, b, …`.
    pub parameters: &'static str,
    /// What it comes to.
    pub result: &'static str,
    /// What it is defined for; for anything else it is an error.
    pub domain: &'static str,
    /// What it comes to for negative numbers.
    pub negative: &'static str,
    /// The largest argument.
    pub largest: &'static str,
    pub(in crate::expression) form: Form,
}

impl Function {
    /// How it is written: `gcd(a, b, …)`.
    #[must_use]
    pub fn usage(&self) -> String {
        format!("{}({})", self.name, self.parameters)
    }
}

/// How a call becomes nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::expression) enum Form {
    Unary(Unary),
    /// Exactly two arguments.
    Pair(Binary),
    /// Two arguments or more, joined from the left.
    Fold(Binary),
    /// `min(max(a, low), high)`.
    Clamp,
    If,
}

/// The table of functions, as data and as documentation.
macro_rules! functions {
    ($(($name:literal, $parameters:literal, $form:expr,
        $result:literal, $domain:literal, $negative:literal, $largest:literal))*) => {
        /// Every function, in the order of the alphabet.
        ///
        /// | function | comes to | is defined for | negative numbers | largest argument |
        /// | --- | --- | --- | --- | --- |
        $(#[doc = concat!("| `", $name, "(", $parameters, ")` | ", $result, " | ", $domain,
            " | ", $negative, " | ", $largest, " |")])*
        pub const FUNCTIONS: &[Function] = &[$(Function {
            name: $name,
            parameters: $parameters,
            result: $result,
            domain: $domain,
            negative: $negative,
            largest: $largest,
            form: $form,
        }),*];
    };
}

functions! {
    ("abs", "a", Form::Unary(Unary::Abs),
        "a without its sign", "all numbers", "-a", "none")
    ("binomial", "a, k", Form::Pair(Binary::Binomial),
        "how many ways there are to choose k of a things", "a and k of 0 or more", "an error",
        "none; the result has at most 100,000 digits")
    ("bit_length", "a", Form::Unary(Unary::BitLength),
        "how many binary digits a has; 0 for 0", "all numbers", "as for -a", "none")
    ("clamp", "a, low, high", Form::Clamp,
        "min(max(a, low), high)", "all numbers", "as for others", "none")
    ("collatz", "a", Form::Unary(Unary::Collatz),
        "how many steps lead to 1: a // 2 where a is even, 3*a + 1 where it is odd",
        "1 or more", "an error", "2^4096 - 1, and 4,294,967,295 steps")
    ("digit_sum", "a", Form::Unary(Unary::DigitSum),
        "the sum of the decimal digits", "all numbers", "as for -a", "none")
    ("digits", "a", Form::Unary(Unary::Digits),
        "how many decimal digits a has; 1 for 0", "all numbers", "as for -a", "none")
    ("divisors", "a", Form::Unary(Unary::Divisors),
        "how many positive numbers divide a", "all numbers but 0", "as for -a", "2^64 - 1")
    ("factorial", "a", Form::Unary(Unary::Factorial),
        "the product of the numbers 1 to a; 1 for 0", "0 or more", "an error",
        "25205, the last with a result of at most 100,000 digits")
    ("gcd", "a, b, …", Form::Fold(Binary::Gcd),
        "the greatest common divisor; 0 of zeros", "all numbers", "as for -a", "none")
    ("icbrt", "a", Form::Unary(Unary::Icbrt),
        "the largest r with r^3 <= a", "0 or more", "an error", "none")
    ("if", "c, a, b", Form::If,
        "a where c is not 0, else b; the other one is not computed", "all numbers",
        "as for others but 0", "none")
    ("is_prime", "a", Form::Unary(Unary::IsPrime),
        "1 where a is prime, else 0; certain up to 3.3e24, beyond that a strong probable prime to 13 bases and a Lucas probable prime (Baillie–PSW), among which no composite is known",
        "all numbers", "0", "2^4096 - 1")
    ("is_square", "a", Form::Unary(Unary::IsSquare),
        "1 where a is the square of a whole number, else 0", "all numbers", "0", "none")
    ("isqrt", "a", Form::Unary(Unary::Isqrt),
        "the largest r with r^2 <= a", "0 or more", "an error", "none")
    ("lcm", "a, b, …", Form::Fold(Binary::Lcm),
        "the least common multiple; 0 where one is 0", "all numbers", "as for -a",
        "none; the result has at most 100,000 digits")
    ("max", "a, b, …", Form::Fold(Binary::Max),
        "the largest", "all numbers", "as for others", "none")
    ("min", "a, b, …", Form::Fold(Binary::Min),
        "the smallest", "all numbers", "as for others", "none")
    ("popcount", "a", Form::Unary(Unary::Popcount),
        "how many binary digits are 1", "all numbers", "as for -a", "none")
    ("sign", "a", Form::Unary(Unary::Sign),
        "1, 0 or -1", "all numbers", "-1", "none")
    ("totient", "a", Form::Unary(Unary::Totient),
        "how many of the numbers 1 to a have no divisor but 1 in common with a (Euler's φ)",
        "1 or more", "an error", "2^64 - 1")
    ("xor", "a, b, …", Form::Fold(Binary::BitXor),
        "the binary digits in which they differ", "all numbers", "in two's complement without end",
        "none")
}
