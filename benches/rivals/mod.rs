//! The programs that people write for the same today.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where their sources stand.
pub const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/rivals");

/// A C program, compiled with these options for this machine, or why there is none.
pub fn compiled(source: &str, options: &[&str]) -> Result<Command, String> {
    let file_name = format!("{source}{}", options.concat()).replace([' ', '='], "-");
    let binary: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file_name);
    let compiled = Command::new("gcc")
        .args(["-O3", "-march=native"])
        .args(options)
        .arg(format!("{SOURCES}/{source}"))
        .arg("-o")
        .arg(&binary)
        .output();
    match compiled {
        Ok(output) if output.status.success() => Ok(Command::new(binary)),
        Ok(output) => Err(format!(
            "gcc failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Err("no gcc".to_owned()),
        Err(error) => Err(format!("gcc: {error}")),
    }
}
