//! The words of a command as the system takes them, all in one piece: there may be a hundred thousand.

use std::ffi::{CStr, OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;

/// A program and its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argv {
    /// Each word with a NUL byte behind it.
    text: Vec<u8>,
    /// Where each ends, behind that byte.
    ends: Vec<usize>,
}

impl Argv {
    /// Adds an argument.
    pub fn push(&mut self, word: impl AsRef<OsStr>) {
        self.text.extend_from_slice(word.as_ref().as_bytes());
        self.text.push(0);
        self.ends.push(self.text.len());
    }

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = &OsStr> {
        self.ended()
            .map(|word| OsStr::from_bytes(&word[..word.len() - 1]))
    }

    /// The words, each with the NUL byte behind it.
    fn ended(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ends = starts.zip(&self.ends);
        ends.map(|(start, end)| &self.text[start..*end])
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
        let texts = self.ended().map(CStr::from_bytes_with_nul);
        let texts = texts.collect::<Result<_, _>>();
        texts.map_err(|_| io::ErrorKind::InvalidInput.into())
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
