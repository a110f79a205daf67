//! How placeholders are written: words of a command cut into text and placeholders.

use super::{Part, Piece, Which};
use crate::task::error::{TaskError, quote};

/// What besides its position and part a placeholder may be written as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notation {
    /// The text that stands for the input instead of `{}`; not empty.
    pub replacement: Option<Vec<u8>>,
    /// What the columns are called: `{name}` is then what their position is.
    pub names: Option<Vec<Vec<u8>>>,
}

impl Notation {
    /// Cuts a word into text and placeholders. An empty word has no pieces.
    pub(super) fn parse(&self, word: &[u8]) -> Result<Vec<Piece>, TaskError> {
        let Some(replacement) = &self.replacement else {
            return self.parse_braces(word);
        };
        let mut pieces = Vec::new();
        let mut start = 0;
        for at in memchr::memmem::find_iter(word, replacement) {
            pieces.extend(self.parse_braces(&word[start..at])?);
            pieces.push(Piece::Input(Which::All, Part::Whole));
            start = at + replacement.len();
        }
        pieces.extend(self.parse_braces(&word[start..])?);
        Ok(pieces)
    }

    fn parse_braces(&self, word: &[u8]) -> Result<Vec<Piece>, TaskError> {
        let mut pieces = Vec::new();
        let mut text_start = 0;
        let mut at = 0;
        while let Some(brace) = memchr::memchr(b'{', &word[at..]).map(|offset| at + offset) {
            at = brace + 1;
            // `${name}` is the shell's.
            let is_variable = brace > 0 && word[brace - 1] == b'$';
            let Some((piece, len)) = self.placeholder(&word[at..], is_variable)? else {
                continue;
            };
            if text_start < brace {
                pieces.push(Piece::Text(word[text_start..brace].to_vec()));
            }
            pieces.push(piece);
            at += len;
            text_start = at;
        }
        if text_start < word.len() {
            pieces.push(Piece::Text(word[text_start..].to_vec()));
        }
        Ok(pieces)
    }

    fn placeholder(
        &self,
        text: &[u8],
        is_variable: bool,
    ) -> Result<Option<(Piece, usize)>, TaskError> {
        match placeholder(text) {
            // Another text stands for it.
            Some((Piece::Input(Which::All, Part::Whole), _)) if self.replacement.is_some() => {
                Ok(None)
            }
            None if !is_variable => self.named(text),
            found => Ok(found),
        }
    }

    /// The placeholder of a column's name.
    fn named(&self, text: &[u8]) -> Result<Option<(Piece, usize)>, TaskError> {
        let end = memchr::memchr(b'}', text);
        let Some((names, inner)) = self.names.as_ref().zip(end.map(|end| &text[..end])) else {
            return Ok(None);
        };
        for (part, suffix) in Part::ALL {
            let position = inner.strip_suffix(suffix.as_bytes()).and_then(|name| {
                let at = names.iter().position(|known| known == name)?;
                i64::try_from(at + 1).ok()
            });
            if let Some(position) = position {
                let piece = Piece::Input(Which::At(position), part);
                return Ok(Some((piece, inner.len() + 1)));
            }
        }
        // Text in braces that can't be meant for a name stays as it is.
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if inner.is_empty() || !inner.iter().all(is_name) {
            return Ok(None);
        }
        Err(TaskError::NoSuchColumn {
            name: quote(inner),
            names: names
                .iter()
                .map(|name| quote(name))
                .collect::<Vec<_>>()
                .join(", "),
        })
    }
}

/// The placeholder whose text after the `{` is the start of `text`, and how long that is with its
/// `}`.
fn placeholder(text: &[u8]) -> Option<(Piece, usize)> {
    let inner = &text[..memchr::memchr(b'}', text)?];
    let piece = match inner {
        b"#" => Piece::TaskNumber,
        b"%" => Piece::Slot,
        _ => {
            let minus = usize::from(inner.first() == Some(&b'-'));
            let digits = inner[minus..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit());
            let (position, suffix) = inner.split_at(minus + digits.count());
            let (part, _) = Part::ALL
                .into_iter()
                .find(|(_, text)| suffix == text.as_bytes())?;
            Piece::Input(which(position)?, part)
        }
    };
    Some((piece, inner.len() + 1))
}

/// Reads `` or `-1`; `None` for a lone minus. A number beyond 64 bits becomes the farthest position,
/// which is beyond the inputs as well.
fn which(position: &[u8]) -> Option<Which> {
    let position = str::from_utf8(position).ok()?;
    match position {
        "" => Some(Which::All),
        "-" => None,
        _ => {
            let farthest = if position.starts_with('-') {
                -i64::MAX
            } else {
                i64::MAX
            };
            Some(Which::At(position.parse().unwrap_or(farthest)))
        }
    }
}
