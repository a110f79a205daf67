//! Files whose last field is a digest of all before it: JSON that shows when it was changed.

use super::PartError;
use crate::digest::Digest;
use crate::output;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// What stands before the digest, and behind it.
const BEFORE_DIGEST: &str = ",\n  \"digest\": \"";
const BEHIND_DIGEST: &str = "\"\n}\n";

/// What is known before the form of the rest is.
#[derive(Deserialize)]
struct WireSchema {
    schema: String,
}

/// Writes a file, whole or not at all, and on the disk when this returns.
pub(super) fn write(path: &Path, wire: &impl Serialize) -> Result<(), PartError> {
    let failed = |source| PartError::Io {
        doing: "write",
        path: path.to_owned(),
        source,
    };
    let text = serde_json::to_string_pretty(wire).map_err(|error| failed(error.into()))?;
    let body = text.trim_end_matches("\n}");
    let digest = Digest::of(body.as_bytes());
    let content = format!("{body}{BEFORE_DIGEST}{digest}{BEHIND_DIGEST}");
    output::replace_durably(path, content.as_bytes()).map_err(failed)
}

/// Reads a file that has the form `expected`, as it was written.
pub(super) fn read<T: DeserializeOwned>(
    path: &Path,
    expected: &'static str,
) -> Result<T, PartError> {
    let text = fs::read(path).map_err(|source| PartError::Io {
        doing: "read",
        path: path.to_owned(),
        source,
    })?;
    let text = String::from_utf8(text).map_err(|_| damaged(path, "it is not text"))?;
    let schema: WireSchema =
        serde_json::from_str(&text).map_err(|_| damaged(path, "it is not such a file"))?;
    if schema.schema != expected {
        return Err(PartError::Version {
            path: path.to_owned(),
            schema: schema.schema,
            expected,
        });
    }
    let (body, digest) = text
        .rsplit_once(BEFORE_DIGEST)
        .ok_or_else(|| damaged(path, "it has no digest"))?;
    if digest != format!("{}{BEHIND_DIGEST}", Digest::of(body.as_bytes())) {
        return Err(damaged(path, "its digest is another"));
    }
    serde_json::from_str(&text).map_err(|_| damaged(path, "a field is missing"))
}

pub(super) fn damaged(path: &Path, what: &'static str) -> PartError {
    PartError::Damaged {
        path: path.to_owned(),
        what,
    }
}
