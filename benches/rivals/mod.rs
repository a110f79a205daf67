//! The programs that people write for the same sum today.

#![allow(dead_code, reason = "each bench has rivals of its own")]

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/rivals");

/// The C program, adding up in the C type `sum`, or why there is none.
pub fn c(sum: &str, end: u64) -> Result<Command, String> {
    let mut command = compiled("sum.c", &["-fopenmp", &format!("-DSUM={sum}")])?;
    command.arg(end.to_string());
    Ok(command)
}

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

/// A Python program that answers a line for a line.
pub struct Python {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts one; `None` where there is no python3.
    pub fn start(source: &str) -> Option<Python> {
        let mut child = Command::new("python3")
            .arg(format!("{SOURCES}/{source}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        Some(Python {
            questions: child.stdin.take()?,
            answers: BufReader::new(child.stdout.take()?),
            child,
        })
    }

    /// What it says to a line.
    pub fn answer(&mut self, question: &str) -> io::Result<String> {
        writeln!(self.questions, "{question}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
