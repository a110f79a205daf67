//! Files and folders of results: written beside the target and put in its place only when they are
//! whole.

use crate::machine;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::{NamedTempFile, TempDir};

/// The form of a file of results, told by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `.txt`, `.csv`: decimal, one a line.
    Lines,
    /// `.npy`: a one-dimensional NumPy array of 64-bit integers.
    Npy,
}

impl Form {
    /// The form that a file of this name has, or `None` of an unknown extension.
    #[must_use]
    pub fn of(path: &Path) -> Option<Form> {
        match path.extension()?.to_str()? {
            "txt" | "csv" => Some(Form::Lines),
            "npy" => Some(Form::Npy),
            _ => None,
        }
    }
}

impl Form {
    /// How many bytes stand before the results.
    #[must_use]
    pub fn header_len(self) -> usize {
        match self {
            Form::Lines => 0,
            Form::Npy => HEADER_LEN,
        }
    }
}

/// The length of an `.npy` header here: a multiple of 64, as NumPy pads it, with room for any count.
const HEADER_LEN: usize = 128;

/// The size of a 64-bit integer, in bytes.
const ITEM_LEN: u128 = 8;

/// How much disk space is set aside at a time, in bytes: little enough to take no time, and to leave
/// to others what a run that is stopped soon does not need.
const RESERVED_STEP: u64 = 64 << 20;

/// A file of results in the making; gone without a trace when it is dropped unfinished.
#[derive(Debug)]
pub struct OutputFile {
    file: NamedTempFile,
    target: PathBuf,
    form: Form,
    /// How long it will be, or 0 when that is not known.
    len_expected: u64,
    /// Up to where disk space has been set aside; as far as can be where that can't be done.
    reserved: Mutex<u64>,
}

impl OutputFile {
    /// Starts a file that is to replace `target`, in the same folder and with the permissions that
    /// `target` has, or a new file would get.
    ///
    /// # Errors
    /// When the folder can't be written to, or `target` is there and no regular file.
    pub fn create(target: &Path, form: Form) -> io::Result<OutputFile> {
        let (file, target) = temporary_beside(target)?;
        Ok(OutputFile {
            file,
            target,
            form,
            len_expected: 0,
            reserved: Mutex::new(0),
        })
    }

    /// The form of its results.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Where lines are written, in order.
    pub fn lines(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Tells how many results the array will have, so that disk space is set aside for them ahead of
    /// those who write: that takes a fraction of the time that finding it for each of them takes.
    pub fn expect(&mut self, count: u128) {
        // One that is longer than a file can be fails when it is written.
        self.len_expected = offset_of(count).unwrap_or(0);
    }

    /// Sets disk space aside up to `end`, and a step further.
    fn reserve(&self, end: u64) -> io::Result<()> {
        let mut reserved = self.reserved.lock().unwrap_or_else(PoisonError::into_inner);
        if *reserved < end && end <= self.len_expected {
            let next = end.next_multiple_of(RESERVED_STEP).min(self.len_expected);
            let is_known = machine::reserve(self.file.as_file(), *reserved..next)?;
            *reserved = if is_known { next } else { u64::MAX };
        }
        Ok(())
    }

    /// Writes binary results from number `position` of the array on; any thread may, at any time.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn write_at(&self, position: u128, bytes: &[u8]) -> io::Result<()> {
        let offset = offset_of(position)?;
        self.reserve(offset + bytes.len() as u64)?;
        self.file.as_file().write_all_at(bytes, offset)
    }

    /// Completes the file, which has `count` results, and puts it in the target's place.
    ///
    /// # Errors
    /// Those of the operating system; the target is as it was then.
    pub fn finish(self, count: u128) -> io::Result<()> {
        if self.form == Form::Npy {
            let file = self.file.as_file();
            file.write_all_at(&npy_header(count), 0)?;
            let len = offset_of(count)?;
            if len < self.len_expected {
                file.set_len(len)?;
            }
        }
        self.file
            .persist(&self.target)
            .map_err(|error| error.error)?;
        Ok(())
    }
}

/// Where in the file number `position` of an array stands.
fn offset_of(position: u128) -> io::Result<u64> {
    let offset = HEADER_LEN as u128 + position * ITEM_LEN;
    i64::try_from(offset)
        .map(i64::cast_unsigned)
        .map_err(|_| io::ErrorKind::FileTooLarge.into())
}

/// Puts a file with this content in the place of `target`, at once: whoever reads it finds the old
/// file whole or the new one.
///
/// # Errors
/// As [`OutputFile::create`]; the target is as it was then.
pub fn replace(target: &Path, content: &[u8]) -> io::Result<()> {
    let (mut file, target) = temporary_beside(target)?;
    file.write_all(content)?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// The same, on the disk when this returns: neither a crash of the machine nor a cut of its power brings
/// the old file back, or a half one.
///
/// # Errors
/// As [`replace`].
pub fn replace_durably(target: &Path, content: &[u8]) -> io::Result<()> {
    let (mut file, target) = temporary_beside(target)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    // A file system that can't write a folder down by itself has it written down with the file.
    match File::open(parent(&target))?.sync_all() {
        Err(error) if error.kind() != io::ErrorKind::InvalidInput => Err(error),
        _ => Ok(()),
    }
}

/// Finds out whether [`replace`] could put a file in the place of `target`, which is left as it is.
///
/// # Errors
/// As [`OutputFile::create`].
pub fn try_replace(target: &Path) -> io::Result<()> {
    temporary_beside(target).map(drop)
}

/// A folder of results in the making; gone without a trace when it is dropped unfinished.
#[derive(Debug)]
pub struct OutputFolder {
    folder: TempDir,
    target: PathBuf,
}

impl OutputFolder {
    /// Starts a folder that is to replace `target`, beside it.
    ///
    /// # Errors
    /// When the folder that `target` is in can't be written to.
    pub fn create(target: &Path) -> io::Result<OutputFolder> {
        let parent = parent(target);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
        Ok(OutputFolder {
            folder: folder.map_err(without_path)?,
            target: target.to_owned(),
        })
    }

    /// Where to write its files.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts it in the target's place; a folder that is there is removed with all it holds.
    ///
    /// # Errors
    /// When the target is there and no folder, and those of the operating system.
    pub fn finish(self) -> io::Result<()> {
        match fs::rename(self.path(), &self.target) {
            Ok(()) => {
                // It has another name now, which is not a temporary one.
                let _ = self.folder.keep();
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => self.replace(),
            Err(error) => Err(error),
        }
    }

    fn replace(self) -> io::Result<()> {
        if machine::exchange(self.path(), &self.target).is_ok() {
            return self.folder.close().map_err(without_path);
        }
        let old = OutputFolder::create(&self.target)?;
        fs::rename(&self.target, old.path().join("old"))?;
        self.finish()
    }
}

/// What the names of temporary files begin with.
const PREFIX: &str = ".partask-";

/// The folder that a path is in.
fn parent(path: &Path) -> &Path {
    let folder = path.parent();
    folder
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// A temporary file in the folder of what `target` leads to, with the permissions that one has or a
/// new file would get; and where `target` leads to.
fn temporary_beside(target: &Path) -> io::Result<(NamedTempFile, PathBuf)> {
    let target = follow_links(target)?;
    let existing = match fs::metadata(&target) {
        Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
        Ok(_) => return Err(io::Error::other("it exists and is not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let file = tempfile::Builder::new()
        .prefix(PREFIX)
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(parent(&target))
        .map_err(without_path)?;
    if let Some(permissions) = existing {
        file.as_file().set_permissions(permissions)?;
    }
    Ok((file, target))
}

/// The most symbolic links that lead to a file, as many as Linux follows.
const LINKS_MAX: usize = 40;

/// The path that a path leads to, also when nothing is there yet.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS_MAX {
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        if !is_link {
            return Ok(path);
        }
        // A relative link starts at the folder it stands in; joining an absolute one replaces all.
        let target = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    Err(io::Error::other("too many symbolic links lead to it"))
}

/// An error without the name of the temporary file that it befell, which tempfile appends to it.
fn without_path(error: io::Error) -> io::Error {
    let text = error.to_string();
    let cause = text.split(" at path ").next().unwrap_or(&text);
    io::Error::new(error.kind(), cause)
}

/// The header of an array of `count` little-endian 64-bit integers, in version 1.0 of NumPy's
/// format (numpy.lib.format).
fn npy_header(count: u128) -> [u8; HEADER_LEN] {
    const PREAMBLE: &[u8] = b"\x93NUMPY\x01\x00";
    let mut header = [b' '; HEADER_LEN];
    let dictionary = format!("{{'descr': '<i8', 'fortran_order': False, 'shape': ({count},), }}");
    let dictionary_at = PREAMBLE.len() + 2;
    let dictionary_len = u16::try_from(HEADER_LEN - dictionary_at).unwrap_or(0);
    header[..PREAMBLE.len()].copy_from_slice(PREAMBLE);
    header[PREAMBLE.len()..dictionary_at].copy_from_slice(&dictionary_len.to_le_bytes());
    header[dictionary_at..dictionary_at + dictionary.len()].copy_from_slice(dictionary.as_bytes());
    header[HEADER_LEN - 1] = b'\n';
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn the_form_is_told_by_the_extension() {
        assert_eq!(Form::of(Path::new("a.b/x.npy")), Some(Form::Npy));
        assert_eq!(Form::of(Path::new("x.csv")), Some(Form::Lines));
        assert_eq!(Form::of(Path::new("x.json")), None);
        assert_eq!(Form::of(Path::new("x")), None);
    }

    #[test]
    fn an_unfinished_file_leaves_the_old_one_and_no_stray() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x.txt");
        fs::write(&target, "old").unwrap();
        let mut file = OutputFile::create(&target, Form::Lines).unwrap();
        file.lines().write_all(b"new").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        assert_eq!(names(folder.path()), ["x.txt"]);
    }

    #[test]
    fn a_finished_file_replaces_the_old_one_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x.npy");
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, Permissions::from_mode(0o666)).unwrap();
        let file = OutputFile::create(&target, Form::Npy).unwrap();
        file.write_at(1, &7i64.to_le_bytes()).unwrap();
        file.write_at(0, &(-1i64).to_le_bytes()).unwrap();
        file.finish(2).unwrap();
        let bytes = fs::read(&target).unwrap();
        assert_eq!(bytes.len(), HEADER_LEN + 16);
        assert!(bytes.starts_with(
            b"\x93NUMPY\x01\x00\x76\x00{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }"
        ));
        assert_eq!(bytes[HEADER_LEN - 1], b'\n');
        assert_eq!(&bytes[HEADER_LEN..HEADER_LEN + 8], (-1i64).to_le_bytes());
        assert_eq!(
            fs::metadata(&target).unwrap().permissions().mode() & 0o777,
            0o666
        );
        assert_eq!(names(folder.path()), ["x.npy"]);
    }

    #[test]
    fn space_set_aside_changes_neither_length_nor_content() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x.npy");
        let count = RESERVED_STEP / 8 + 1_000;
        for expected in [0, 1, 1_000, count - 1, count, 3 * count, u64::MAX] {
            let mut file = OutputFile::create(&target, Form::Npy).unwrap();
            file.expect(expected.into());
            for position in [count - 1, 0, 1_000, RESERVED_STEP / 8] {
                let bytes = position.to_le_bytes();
                file.write_at(position.into(), &bytes).unwrap();
            }
            file.finish(count.into()).unwrap();
            let read = File::open(&target).unwrap();
            let len = HEADER_LEN as u64 + 8 * count;
            assert_eq!(read.metadata().unwrap().len(), len, "{expected}");
            for position in [0, 1, 1_000, RESERVED_STEP / 8, count - 1] {
                let mut bytes = [1; 8];
                let at = HEADER_LEN as u64 + 8 * position;
                read.read_exact_at(&mut bytes, at).unwrap();
                let result = if position == 1 { 0 } else { position };
                assert_eq!(u64::from_le_bytes(bytes), result, "{expected}");
            }
        }
    }

    #[test]
    fn a_file_is_replaced_at_once_and_trying_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x.json");
        try_replace(&target).unwrap();
        assert!(names(folder.path()).is_empty());
        for content in ["old", "new"] {
            replace(&target, content.as_bytes()).unwrap();
            try_replace(&target).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), content);
            replace_durably(&target, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), content);
            assert_eq!(names(folder.path()), ["x.json"]);
        }
        for target in [folder.path().to_owned(), folder.path().join("none/x.json")] {
            assert!(try_replace(&target).is_err() && replace(&target, b"").is_err());
        }
    }

    #[test]
    fn what_is_no_regular_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        assert!(OutputFile::create(folder.path(), Form::Lines).is_err());
        assert!(OutputFile::create(&folder.path().join("none/x.txt"), Form::Lines).is_err());
    }

    #[test]
    fn a_folder_appears_whole_and_replaces_the_old_one() {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("1");
        drop(OutputFolder::create(&target).unwrap());
        assert!(names(parent.path()).is_empty());
        for content in ["old", "new"] {
            let folder = OutputFolder::create(&target).unwrap();
            fs::write(folder.path().join(content), content).unwrap();
            folder.finish().unwrap();
            assert_eq!(names(&target), [content]);
            assert_eq!(names(parent.path()), ["1"]);
        }
        let file = target.join("new");
        assert!(OutputFolder::create(&file).unwrap().finish().is_err());
        assert_eq!(names(&target), ["new"]);
        assert!(OutputFolder::create(&file.join("x")).is_err());
    }
}
