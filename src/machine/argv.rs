//! The words of a command as the system takes them, all in one piece: there may be a hundred thousand.

use std::ffi::{CStr, OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;

/// A program and its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argv {
    /// Each word with a NUL byte behind it.
    text: Vec<u8>,
    words: usize,
}

impl Argv {
    /// Adds an argument.
    pub fn push(&mut self, word: impl AsRef<OsStr>) {
        self.text.extend_from_slice(word.as_ref().as_bytes());
        self.text.push(0);
        self.words += 1;
    }

    /// The words. One that holds a NUL byte, which nothing can execute, comes as several.
    pub fn iter(&self) -> impl Iterator<Item = &OsStr> {
        let ended = self.text.split_inclusive(|byte| *byte == 0);
        ended.map(|word| OsStr::from_bytes(&word[..word.len() - 1]))
    }

    /// The program.
    #[must_use]
    pub fn first(&self) -> Option<&OsStr> {
        self.iter().next()
    }

    /// As the system takes them.
    ///
    /// # Errors
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) when one holds a NUL byte.
    pub(super) fn texts(&self) -> io::Result<Vec<&CStr>> {
        let words = self.text.split_inclusive(|byte| *byte == 0);
        let mut texts = Vec::with_capacity(self.words);
        for word in words {
            texts.push(CStr::from_bytes_with_nul(word).map_err(io::Error::other)?);
        }
        match texts.len() == self.words {
            true => Ok(texts),
            false => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

impl<W: AsRef<OsStr>> FromIterator<W> for Argv {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Argv {
        let mut argv = Argv::default();
        words.into_iter().for_each(|word| argv.push(word));
        argv
    }
}

impl From<&Argv> for Vec<OsString> {
    fn from(argv: &Argv) -> Vec<OsString> {
        argv.iter().map(OsStr::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were() {
        let words = ["echo", "", "a b", "\n"];
        let argv: Argv = words.into_iter().collect();
        assert_eq!(argv.iter().collect::<Vec<_>>(), words);
        assert_eq!(argv.first(), Some(OsStr::new("echo")));
        assert_eq!(argv.texts().unwrap().len(), 4);
        assert!(Argv::default().first().is_none());
        let broken: Argv = ["echo", "a\0b"].into_iter().collect();
        assert_eq!(
            broken.texts().unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
    }
}
