//! Items through long-lived workers, from Rust, and a worker in Rust: this program starts copies of
//! itself.
//!
//! `seq 10 | partask map target/release/examples/map_squares worker` uses the worker alone.

use partask::cmd::map::{self, Listener, Spec};
use partask::event::task::Stream;
use partask::stop::Stop;
use partask::task;
use std::ffi::OsString;
use std::io::{self, BufRead, Write};

/// Squares the number of each line, and writes each answer at once.
fn work() -> Result<(), Box<dyn std::error::Error>> {
    // Standard output of Rust writes a line as soon as it ends.
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let number: i128 = line?.trim().parse()?;
        writeln!(out, "{}", number * number)?;
    }
    Ok(())
}

/// Passes answers on.
struct Printer;

impl Listener for Printer {
    fn write(&mut self, stream: Stream, text: &[u8]) -> io::Result<()> {
        match stream {
            Stream::Stdout => io::stdout().write_all(text),
            Stream::Stderr => io::stderr().write_all(text),
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().nth(1).as_deref() == Some("worker") {
        return work();
    }
    let program = std::env::current_exe()?.into_os_string();
    let words: [OsString; 4] = [program, "worker".into(), ":::".into(), "1..=5".into()];
    let totals = map::run(
        &Spec::new(task::Spec::new(words)),
        &Stop::new(),
        &mut Printer,
    )?;
    println!("{} answered, {} failed", totals.answered, totals.failed);
    Ok(())
}
