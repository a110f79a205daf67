//! External commands from Rust: each task in a process of its own, what they write in order.

use partask::cmd::run::{self, Listener, Order, Spec};
use partask::event::task::{Stream, TaskEvent};
use partask::report::run::{Output, RecordError};
use partask::stop::Stop;
use partask::task;
use std::io::{self, Write};

/// Passes on what the tasks write, and says of each how long it ran.
struct Console;

impl Listener for Console {
    fn hear(&mut self, event: &TaskEvent<Output>) -> Result<(), RecordError> {
        if let TaskEvent::Finished(finished) = event {
            let elapsed = finished.attempted.exit().map(|exit| exit.elapsed());
            println!("task {} ended after {elapsed:?}", finished.task.seq);
        }
        Ok(())
    }

    fn write(&mut self, stream: Stream, text: &[u8]) -> io::Result<()> {
        match stream {
            Stream::Stdout => io::stdout().write_all(text),
            Stream::Stderr => io::stderr().write_all(text),
        }
    }
}

fn main() -> Result<(), run::RunError> {
    let words = ["sh", "-c", "sleep 0.{}; echo this is {}", ":::", "2", "1"];
    let spec = Spec {
        workers: 2,
        order: Order::Completion,
        ..Spec::new(task::Spec::new(words))
    };
    let totals = run::run(&spec, &Stop::new(), &mut Console)?;
    println!("{} succeeded, {} failed", totals.succeeded, totals.failed);
    Ok(())
}
