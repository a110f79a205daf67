//! The files of results that parts have beside them, joined into one.

use crate::cmd::compute::ComputeError;
use crate::digest::Digest;
use crate::output::{Form, OutputFile};
use crate::part::{Collection, Part, PartError};
use crate::units;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// How much is read at a time.
const BUFFER_LEN: usize = 1 << 20;

/// Joins the results of all parts, whose files are in `folder`, into the file `target`, which is replaced
/// only when all is done. Each file must be as it was written.
///
/// # Errors
/// When a part has no results or a file of another form, when one was changed, and those of the operating
/// system.
pub(super) fn join(
    parts: &Collection,
    folder: &Path,
    target: &Path,
    form: Form,
) -> Result<(), ComputeError> {
    let write_error = |source| ComputeError::Write {
        target: units::printable(&target.to_string_lossy()),
        source,
    };
    let mut output = OutputFile::create(target, form).map_err(write_error)?;
    let count = parts.whole().numbers().count();
    if form == Form::Npy {
        output.expect(count);
    }
    let mut buffer = vec![0; BUFFER_LEN];
    for part in parts.parts() {
        let path = folder.join(name(part, form, folder)?);
        let read_error = |source| PartError::Io {
            doing: "read",
            path: path.clone(),
            source,
        };
        let mut file = File::open(&path).map_err(read_error)?;
        let mut digest = Digest::default();
        // What comes before the results is made anew.
        let mut header = vec![0; form.header_len()];
        file.read_exact(&mut header).map_err(read_error)?;
        digest.update(&header);
        let mut position = part.positions.start;
        loop {
            let len = fill(&mut file, &mut buffer).map_err(read_error)?;
            let piece = &buffer[..len];
            if piece.is_empty() {
                break;
            }
            digest.update(piece);
            match form {
                Form::Npy => output.write_at(position, piece),
                Form::Lines => output.lines().write_all(piece),
            }
            .map_err(write_error)?;
            position += (len / size_of::<i64>()) as u128;
        }
        let expected = part.values.as_ref().map(|values| values.digest.as_str());
        if expected != Some(digest.to_string().as_str()) {
            let what = "its digest is another";
            return Err(PartError::Damaged { path, what }.into());
        }
    }
    output.finish(count).map_err(write_error)
}

/// The file of a part's results.
fn name<'a>(part: &'a Part, form: Form, folder: &Path) -> Result<&'a str, ComputeError> {
    let values = part.values.as_ref().map(|values| values.name.as_str());
    let fitting = values.filter(|name| Form::of(Path::new(name)) == Some(form));
    fitting.ok_or_else(|| {
        PartError::NoValues {
            folder: folder.to_owned(),
            shard: part.shard,
            extension: match form {
                Form::Npy => "npy",
                Form::Lines => "txt",
            },
        }
        .into()
    })
}

/// Reads until the buffer is full or the file has ended, so that no number is cut in two.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match file.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}
