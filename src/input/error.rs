//! What can be wrong with an input, in sentences that quote it and say the mend.

/// Why an input can't be made several times as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrowthError {
    /// It is no single range.
    #[error("only a single range, such as 1..1e8, can go on beyond its end")]
    NotOneRange,
    /// It has no numbers, and as many times as that.
    #[error("an empty range stays empty")]
    Empty,
    /// It would go beyond 64 bits.
    #[error("{times} times as long it would go beyond 64 bits: give a shorter range")]
    Beyond64Bits {
        /// How many times as long it was to be.
        times: usize,
    },
}

/// Why an input could not be read: names the offending item, says what was expected and, where it
/// can be guessed, what was meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Nothing at all.
    #[error("the input is empty: give a range such as 1..100, or numbers such as 3,4,5")]
    Empty,
    /// Nothing between two commas, or after the last one.
    #[error("'{text}' has nothing as its item {position}: remove the comma {place} it")]
    EmptyItem {
        /// The input.
        text: String,
        /// Which item, counted from 1.
        position: usize,
        /// Where the superfluous comma stands: `before` or `after`.
        place: &'static str,
    },
    /// Not a number, nor a range of numbers.
    #[error("'{item}' is not an integer{within}: {expected}")]
    NotAnInteger {
        /// The offending text.
        item: String,
        /// The range it stands in, as ` (in '…')`, or nothing.
        within: String,
        /// What was expected, or what was probably meant.
        expected: String,
    },
    /// A constant expression that has a mistake.
    #[error("'{item}' has no value{mistake}")]
    Expression {
        /// The offending text.
        item: String,
        /// The range it stands in, as ` (in '…')`, or nothing; a colon; what is wrong with it, and how to
        /// mend it.
        mistake: String,
    },
    /// A number with a fraction.
    #[error("'{item}' is not a whole number{within}: only integers are taken")]
    Fraction {
        /// The offending text.
        item: String,
        /// The range it stands in, as ` (in '…')`, or nothing.
        within: String,
    },
    /// A number beyond 64 bits.
    #[error("'{item}' is beyond 64 bits{within}: numbers go from {min} to {max} (2^63 - 1){hint}", min = i64::MIN, max = i64::MAX)]
    TooLarge {
        /// The offending text.
        item: String,
        /// The range it stands in, as ` (in '…')`, or nothing.
        within: String,
        /// How to reach the end of the domain, or nothing.
        hint: &'static str,
    },
    /// Two dots that do not make a range.
    #[error("'{item}' is not a range: {expected}")]
    NotARange {
        /// The offending text.
        item: String,
        /// What was expected, or what was probably meant.
        expected: String,
    },
    /// A range whose end lies against its step.
    #[error("'{item}' runs against its step of {step}: did you mean {guess}?")]
    AgainstStep {
        /// The offending text.
        item: String,
        /// The step.
        step: i64,
        /// What was probably meant.
        guess: String,
    },
    /// A text in a file that goes on for longer than any number.
    #[error(
        "'{item}' goes on for more than {len} characters: separate numbers by white space or commas"
    )]
    TooLong {
        /// The start of the offending text.
        item: String,
        /// How much of it was read, in bytes.
        len: usize,
    },
    /// An `@` without a file's name after it.
    #[error("'@' names no file: write @numbers.txt, or - for standard input")]
    NoFileName,
    /// Standard input among the items more than once.
    #[error("'-' stands in the input twice, but standard input can be read only once")]
    StandardInputTwice,
    /// Three zeros between commas, as in a number grouped for people.
    #[error(
        "'000' after a comma is an item of its own, so '{text}' is not read as one number: write {guess}, or 0 for the number 0"
    )]
    GroupedDigits {
        /// The input.
        text: String,
        /// The input with its commas as underscores.
        guess: String,
    },
    /// A step of 0.
    #[error("'{text}': a step of 0 never ends, give another number")]
    ZeroStep {
        /// The step.
        text: String,
    },
    /// A step without a range to apply it to.
    #[error("--step applies to ranges, and '{text}' has none: leave --step out")]
    StepWithoutRange {
        /// The input.
        text: String,
    },
}

/// How much of an offending text is quoted, in characters.
const QUOTE_LEN: usize = 48;

/// An offending text as it is quoted: escaped, and cut when it is long.
pub(super) fn quote(text: &str) -> String {
    let cut: String = text.chars().take(QUOTE_LEN).collect();
    let ellipsis = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{ellipsis}", cut.escape_debug())
}
