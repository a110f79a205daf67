//! Text to tokens, and what people of other languages write to what is meant.

use super::ast::Span;
use super::error::{Located, Mistake};
use super::number;

/// What kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Name,
    /// An operator, a parenthesis, a comma, or one of the words `and`, `or`, `not`.
    Symbol(&'static str),
    /// The end of a line, outside parentheses.
    NewLine,
    End,
}

/// A token and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
}

impl Token {
    pub fn is(self, symbol: &str) -> bool {
        matches!(self.kind, Kind::Symbol(own) if own == symbol)
    }
}

const SYMBOLS: &[&str] = &[
    "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+", "-", "*", "%", "^", "&", "|", "~", "<",
    ">", "(", ")", ",", "?", ":", "=",
];

const WORDS: &[&str] = &["and", "or", "not"];

/// What stands in other languages and on paper, and what to write here.
const FOREIGN: &[(&str, &str)] = &[
    ("/", "write // for floor division"),
    ("÷", "write // for floor division"),
    ("&&", "write and"),
    ("∧", "write and"),
    ("||", "write or"),
    ("∨", "write or"),
    ("!", "write not, or factorial(n) for n!"),
    ("¬", "write not"),
    ("===", "write =="),
    ("!==", "write !="),
    ("<>", "write !="),
    ("≠", "write !="),
    ("=<", "write <="),
    ("≤", "write <="),
    ("=>", "write >="),
    ("≥", "write >="),
    (">>>", "write >>"),
    ("×", "write *"),
    ("·", "write *"),
    ("∙", "write *"),
    ("⋅", "write *"),
    ("−", "write -"),
    ("–", "write -"),
    ("²", "write ^2"),
    ("³", "write ^3"),
    ("√", "write isqrt(n)"),
    ("∛", "write icbrt(n)"),
    ("⊕", "write xor(a, b)"),
    ("[", "write ( )"),
    ("]", "write ( )"),
    ("{", "write ( )"),
    ("}", "write ( )"),
    (";", "write each definition on a line of its own"),
    (":=", "write name = expression on a line of its own"),
    ("..", "ranges stand in the input, beside the expression"),
    (".", "numbers are whole here"),
];

/// The tokens of a text, one at a time.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// How many parentheses are open; lines do not end inside them.
    open: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Lexer<'a> {
        Lexer {
            text,
            at: 0,
            open: 0,
        }
    }

    /// The next token, or what is wrong with the text there.
    pub fn next(&mut self) -> Result<Token, Box<Located>> {
        self.skip_space();
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            return Ok(self.token(Kind::End, 0));
        };
        if first == '\n' {
            return Ok(self.token(Kind::NewLine, 1));
        }
        if first.is_ascii_digit() {
            return self.number(rest);
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let len = rest.bytes().take_while(|&b| in_name(b)).count();
            let word = WORDS.iter().find(|word| **word == &rest[..len]);
            return Ok(self.token(word.map_or(Kind::Name, |word| Kind::Symbol(word)), len));
        }
        self.symbol(rest, first)
    }

    fn number(&mut self, rest: &str) -> Result<Token, Box<Located>> {
        let radix = match rest.as_bytes() {
            [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => Some(16),
            [b'0', b'o' | b'O', b'0'..=b'7', ..] => Some(8),
            [b'0', b'b' | b'B', b'0' | b'1', ..] => Some(2),
            _ => None,
        };
        let Some(radix) = radix else {
            return Ok(self.token(Kind::Number, number::length(rest)));
        };
        let len = rest.bytes().take_while(|&b| in_name(b)).count();
        let value = u64::from_str_radix(&rest[2..len], radix);
        let expected = value.map_or("write it in decimal".to_owned(), |value| {
            format!("only decimal is read, did you mean {value}?")
        });
        let found = rest[..len].to_owned();
        let span = self.token(Kind::Number, len).span;
        Err(Mistake::NotANumber { found, expected }.at(span))
    }

    fn symbol(&mut self, rest: &str, first: char) -> Result<Token, Box<Located>> {
        let longest = |a: &&&str, b: &&&str| a.len().cmp(&b.len());
        let symbols = SYMBOLS.iter().filter(|symbol| rest.starts_with(**symbol));
        let symbol = symbols.max_by(longest);
        let foreign = FOREIGN.iter().filter(|(text, _)| rest.starts_with(text));
        let foreign = foreign.max_by_key(|(text, _)| text.len());
        match (symbol, foreign) {
            (Some(symbol), foreign)
                if foreign.is_none_or(|(text, _)| text.len() < symbol.len()) =>
            {
                match *symbol {
                    "(" => self.open += 1,
                    ")" => self.open = self.open.saturating_sub(1),
                    _ => (),
                }
                Ok(self.token(Kind::Symbol(symbol), symbol.len()))
            }
            (_, Some((text, meant))) => {
                let found = (*text).to_owned();
                let span = self.token(Kind::End, text.len()).span;
                Err(Mistake::NotInLanguage { found, meant }.at(span))
            }
            _ => {
                let found = first.escape_debug().to_string();
                let meant = match first.is_numeric() {
                    true => "write numbers with the digits 0 to 9",
                    false => "names are made of the letters a to z, digits and _",
                };
                let span = self.token(Kind::End, first.len_utf8()).span;
                Err(Mistake::NotInLanguage { found, meant }.at(span))
            }
        }
    }

    /// Goes on behind white space and comments, and the ends of lines inside parentheses.
    fn skip_space(&mut self) {
        let mut chars = self.text[self.at..].char_indices();
        let mut in_comment = false;
        let stop = chars.find(|(_, c)| match c {
            '\n' => {
                in_comment = false;
                self.open == 0
            }
            '#' => {
                in_comment = true;
                false
            }
            c => !in_comment && !c.is_whitespace(),
        });
        self.at = stop.map_or(self.text.len(), |(len, _)| self.at + len);
    }

    fn token(&mut self, kind: Kind, len: usize) -> Token {
        let start = self.at;
        self.at += len;
        Token {
            kind,
            span: Span {
                start,
                end: self.at,
            },
        }
    }
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(&str, Kind)> {
        let mut lexer = Lexer::new(text);
        let next = || lexer.next().expect("a token");
        let tokens = std::iter::repeat_with(next).take_while(|token| token.kind != Kind::End);
        tokens
            .map(|token| (&text[token.span.start..token.span.end], token.kind))
            .collect()
    }

    #[test]
    fn the_longest_symbol_is_taken() {
        let kinds = tokens("a**b*c<<=d//e!=f");
        let symbols: Vec<&str> = kinds.iter().map(|(text, _)| *text).collect();
        assert_eq!(
            symbols,
            [
                "a", "**", "b", "*", "c", "<<", "=", "d", "//", "e", "!=", "f"
            ]
        );
    }

    #[test]
    fn words_and_numbers_end_where_they_should() {
        use Kind::{Name, NewLine, Number, Symbol};
        assert_eq!(
            tokens("3n or1 not(1_0and\n2)\n#x\n n2"),
            [
                ("3", Number),
                ("n", Name),
                ("or1", Name),
                ("not", Symbol("not")),
                ("(", Symbol("(")),
                ("1_0", Number),
                ("and", Symbol("and")),
                ("2", Number),
                (")", Symbol(")")),
                ("\n", NewLine),
                ("\n", NewLine),
                ("n2", Name),
            ]
        );
    }
}
