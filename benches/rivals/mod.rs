//! The programs that people write for the same sum today.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/rivals");

/// The C program, adding up in the C type `sum`, or why there is none.
pub fn c(sum: &str, end: u64) -> Result<Command, String> {
    let file_name = format!("sum-{}", sum.replace(' ', "-"));
    let binary: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file_name);
    let compiled = Command::new("gcc")
        .args(["-O3", "-march=native", "-fopenmp"])
        .arg(format!("-DSUM={sum}"))
        .arg(format!("{SOURCES}/sum.c"))
        .arg("-o")
        .arg(&binary)
        .output();
    match compiled {
        Ok(output) if output.status.success() => {
            let mut command = Command::new(binary);
            command.arg(end.to_string());
            Ok(command)
        }
        Ok(output) => Err(format!(
            "gcc failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Err("no gcc".to_owned()),
        Err(error) => Err(format!("gcc: {error}")),
    }
}

/// The Python program, or why there is none.
pub fn python(end: u64) -> Result<Command, String> {
    if Command::new("python3").arg("--version").output().is_err() {
        return Err("no python3".to_owned());
    }
    let mut command = Command::new("python3");
    command
        .arg(format!("{SOURCES}/pool.py"))
        .arg(end.to_string());
    Ok(command)
}
