//! The programs that people write for the same today.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where their sources stand.
pub const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/rivals");

/// A C program, compiled by gcc with these options for this machine, or why there is none.
pub fn compiled(source: &str, options: &[&str]) -> Result<Command, String> {
    compiled_by("gcc", source, options)
}

/// The same by a compiler of one's choice.
pub fn compiled_by(compiler: &str, source: &str, options: &[&str]) -> Result<Command, String> {
    let file_name = format!("{compiler}-{source}{}", options.concat()).replace([' ', '='], "-");
    let binary: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file_name);
    let compiled = Command::new(compiler)
        .args(["-O3", "-march=native"])
        .args(options)
        .arg(format!("{SOURCES}/{source}"))
        .arg("-o")
        .arg(&binary)
        .output();
    match compiled {
        Ok(output) if output.status.success() => Ok(Command::new(binary)),
        Ok(output) => Err(format!(
            "{compiler} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(format!("no {compiler}")),
        Err(error) => Err(format!("{compiler}: {error}")),
    }
}
