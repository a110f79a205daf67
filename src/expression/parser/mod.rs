//! Tokens to nodes, line by line: definitions, and at last the expression.
//!
//! A parser by hand, with the precedence climbing of Pratt: it is short, it knows at each place what
//! is expected there, and it counts how deep it is.

mod values;

use super::TEXT_LEN_MAX;
use super::ast::{Node, NodeId, Span, Tree};
use super::error::{ExpressionError, Located, Mistake};
use super::lexer::{Kind, Lexer, Token};
use super::{names, operators};

/// What other languages write between two values, and what to write here.
const INFIX_WORDS: [(&str, &str); 7] = [
    ("=", "write == to compare"),
    ("if", "write if(c, a, b)"),
    ("else", "write if(c, a, b)"),
    ("mod", "write %"),
    ("rem", "write %"),
    ("div", "write //"),
    ("xor", "write xor(a, b)"),
];

/// What can be wrong, and where.
type Parsed<T> = Result<T, Box<Located>>;

/// Reads a whole text; the result is the tree's last node.
pub(super) fn parse(text: &str) -> Result<Tree, ExpressionError> {
    let start = Span { start: 0, end: 0 };
    if text.len() > TEXT_LEN_MAX {
        let mistake = Mistake::TooLong { len: text.len() };
        return Err(ExpressionError::new("", start, mistake));
    }
    let parsed = Parser::new(text).and_then(Parser::lines);
    parsed.map_err(|error| ExpressionError::new(text, error.span, error.mistake))
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// The token that is looked at; those before it are read.
    next: Token,
    /// Where the token before it has ended.
    read_to: usize,
    /// How many operands are being read inside one another.
    depth: usize,
    tree: Tree,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Parsed<Parser<'a>> {
        let mut lexer = Lexer::new(text);
        Ok(Parser {
            text,
            next: lexer.next()?,
            lexer,
            read_to: 0,
            depth: 0,
            tree: Tree::default(),
        })
    }

    fn lines(mut self) -> Parsed<Tree> {
        loop {
            while self.next.kind == Kind::NewLine {
                self.advance()?;
            }
            if self.next.kind == Kind::End {
                let mistake = match self.tree.nodes.is_empty() {
                    true => Mistake::Empty,
                    false => Mistake::OnlyDefinitions,
                };
                return Err(mistake.at(self.last_place()));
            }
            if !self.at_definition() {
                break;
            }
            self.definition()?;
        }
        let root = self.operand(operators::CHOICE, None)?;
        self.end_of_line()?;
        while self.next.kind == Kind::NewLine {
            self.advance()?;
        }
        match self.next.kind {
            Kind::End => Ok(self.tree.pruned(root)),
            _ => Err(Mistake::SecondExpression.at(self.next.span)),
        }
    }

    fn at_definition(&self) -> bool {
        let next = self.lexer.clone().next();
        self.next.kind == Kind::Name && next.is_ok_and(|token| token.is("="))
    }

    fn definition(&mut self) -> Parsed<()> {
        let span = self.next.span;
        let name = self.text_of(span);
        if let Some(reason) = names::reserved(name) {
            let name = name.to_owned();
            return Err(Mistake::Reserved { name, reason }.at(span));
        }
        if self.defined(name).is_some() {
            let name = name.to_owned();
            return Err(Mistake::DefinedTwice { name }.at(span));
        }
        self.advance()?;
        self.advance()?;
        let value = self.operand(operators::CHOICE, None)?;
        self.end_of_line()?;
        self.tree.definitions.push((name.to_owned(), value));
        Ok(())
    }

    fn end_of_line(&self) -> Parsed<()> {
        match self.next.kind {
            Kind::NewLine | Kind::End => Ok(()),
            _ => Err(self.unexpected("an operator or the end")),
        }
    }

    fn defined(&self, name: &str) -> Option<NodeId> {
        let found = self.tree.definitions.iter().find(|(own, _)| own == name);
        found.map(|(_, id)| *id)
    }

    /// The token that is looked at is read.
    fn advance(&mut self) -> Parsed<Token> {
        let read = self.next;
        self.next = self.lexer.next()?;
        self.read_to = read.span.end;
        Ok(read)
    }

    fn expect(&mut self, symbol: &str, expected: &str) -> Parsed<Token> {
        match self.next.is(symbol) {
            true => self.advance(),
            false => Err(self.unexpected(expected)),
        }
    }

    /// What is wrong with the token that is looked at, when it can't go on so.
    fn unexpected(&self, expected: &str) -> Box<Located> {
        let token = self.next;
        let found = self.text_of(token.span);
        let after_value = self.text[..self.read_to]
            .ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ')');
        let starts_value =
            matches!(token.kind, Kind::Number | Kind::Name) || token.is("(") || token.is("not");
        let infix = INFIX_WORDS.iter().find(|(word, _)| *word == found);
        let mistake = match infix {
            Some((_, meant)) if after_value => Mistake::NotInLanguage {
                found: found.to_owned(),
                meant,
            },
            _ if after_value && starts_value => Mistake::SideBySide,
            _ => Mistake::Unexpected {
                found: match token.kind {
                    Kind::End => "end".to_owned(),
                    Kind::NewLine => "end of the line".to_owned(),
                    _ => format!("'{found}'"),
                },
                expected: expected.to_owned(),
            },
        };
        mistake.at(self.place(token))
    }

    /// Where to draw a token; the ends have no text of their own.
    fn place(&self, token: Token) -> Span {
        match token.kind {
            Kind::End | Kind::NewLine => self.last_place(),
            _ => token.span,
        }
    }

    /// Just behind what is read.
    fn last_place(&self) -> Span {
        Span {
            start: self.read_to,
            end: self.read_to,
        }
    }

    fn text_of(&self, span: Span) -> &'a str {
        &self.text[span.start..span.end]
    }

    fn push(&mut self, node: Node, span: Span) -> NodeId {
        self.tree.push(node, span)
    }
}
