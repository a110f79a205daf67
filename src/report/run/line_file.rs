//! A file that grows by whole lines, each of them written at once.

use super::RecordError;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Lines are handed to the system one by one as they happen, so that nothing that happened is lost
/// when this process is killed, and at most the last line is torn.
#[derive(Debug)]
pub(in crate::report) struct LineFile {
    file: File,
    path: PathBuf,
    /// The last line is not whole: the next one is to start on a line of its own.
    torn: bool,
    line: Vec<u8>,
}

impl LineFile {
    /// A new file; what an existing one holds is gone.
    pub(in crate::report) fn create(path: &Path) -> Result<LineFile, RecordError> {
        LineFile::open(path, true)
    }

    /// The file with what it holds, if it is there, and whether it holds anything.
    pub(in crate::report) fn append(path: &Path) -> Result<(LineFile, bool), RecordError> {
        let mut file = LineFile::open(path, false)?;
        let len = file.ends_torn().map_err(|source| file.error(source))?;
        Ok((file, len > 0))
    }

    fn open(path: &Path, anew: bool) -> Result<LineFile, RecordError> {
        let error = |source| RecordError::new(path, source);
        let open = |options: &mut OpenOptions| options.append(true).create(true).open(path);
        let file = open(OpenOptions::new().read(!anew)).map_err(error)?;
        if anew && file.metadata().map_err(error)?.is_file() {
            file.set_len(0).map_err(error)?;
        }
        Ok(LineFile {
            file,
            path: path.to_owned(),
            torn: false,
            line: Vec::new(),
        })
    }

    /// Finds out whether the last line has no end; returns the file's length.
    fn ends_torn(&mut self) -> io::Result<u64> {
        let metadata = self.file.metadata()?;
        if !metadata.is_file() || metadata.len() == 0 {
            return Ok(0);
        }
        let mut last = [0];
        self.file.read_exact_at(&mut last, metadata.len() - 1)?;
        self.torn = last != *b"\n";
        Ok(metadata.len())
    }

    /// Writes `text` and a line feed.
    pub(in crate::report) fn write_line(&mut self, text: &[u8]) -> Result<(), RecordError> {
        self.line.clear();
        if self.torn {
            self.line.push(b'\n');
        }
        self.line.extend_from_slice(text);
        self.line.push(b'\n');
        // A file takes a line in one piece unless it is full; a pipe may take several.
        let mut rest = self.line.as_slice();
        while !rest.is_empty() {
            match (&self.file).write(rest) {
                Ok(0) => return Err(self.error(ErrorKind::WriteZero.into())),
                Ok(len) => {
                    self.torn = len < rest.len();
                    rest = &rest[len..];
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                Err(error) => return Err(self.error(error)),
            }
        }
        Ok(())
    }

    fn error(&self, source: io::Error) -> RecordError {
        RecordError::new(&self.path, source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_torn_line_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        for (before, after) in [("", "b\n"), ("a\n", "a\nb\n"), ("a", "a\nb\n")] {
            fs::write(&path, before).unwrap();
            let (mut file, holds) = LineFile::append(&path).unwrap();
            file.write_line(b"b").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), after);
            assert_eq!(holds, !before.is_empty());
        }
        let mut file = LineFile::create(&path).unwrap();
        file.write_line(b"c").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "c\n");
    }

    #[test]
    fn a_full_disk_is_an_error_that_names_the_file() {
        let mut file = LineFile::create(Path::new("/dev/full")).unwrap();
        let error = file.write_line(b"a").unwrap_err();
        assert_eq!(error.to_string(), "cannot write '/dev/full'");
        assert_eq!(error.source.kind(), ErrorKind::StorageFull);
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none/log");
        assert!(LineFile::create(&missing).is_err() && LineFile::append(&missing).is_err());
        assert!(LineFile::append(folder.path()).is_err());
    }
}
