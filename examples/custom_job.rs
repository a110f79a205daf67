//! A job of one's own through the same engine: the longest Collatz chain that starts below a
//! million.
//!
//! The parts are those of the built-in jobs: a plan cuts the input, the engine runs a function on
//! each chunk, and the events are merged as they come.

use partask::engine::{self, Engine};
use partask::event::Event;
use partask::machine;
use partask::plan::Plan;
use partask::stop::Stop;

const START_MAX: u64 = 1_000_000;

/// The steps that n → n/2 (even) or 3n + 1 (odd) takes to reach 1.
fn chain_len(start: u64) -> u32 {
    let mut n = start;
    let mut steps = 0;
    while n != 1 {
        n = if n.is_multiple_of(2) {
            n / 2
        } else {
            3 * n + 1
        };
        steps += 1;
    }
    steps
}

fn main() -> anyhow::Result<()> {
    let cpus = machine::cpus_available();
    // Such a chain takes some 100 ns: chunks of 10,000 numbers are about a millisecond each.
    let plan = Plan::new(u128::from(START_MAX), cpus, cpus, Some(10_000))?;
    let longest_of_chunk = |index| {
        let starts = plan.positions(index);
        let chains = starts.map(|position| {
            let start = u64::try_from(position).expect("below a million") + 1;
            (chain_len(start), start)
        });
        // Of chains of one length, the one that starts lowest.
        chains.max_by_key(|(len, start)| (*len, std::cmp::Reverse(*start)))
    };
    let finished = Engine::new(cpus)?.for_chunks(plan.chunks()).run(
        engine::indices(plan.chunks()),
        longest_of_chunk,
        &Stop::new(),
        |events| -> anyhow::Result<_> {
            let mut longest = None;
            for event in events {
                match event {
                    Event::Done(done) => longest = longest.max(done.output),
                    Event::Panicked(panic) => return Err(panic.into()),
                }
            }
            Ok(longest)
        },
    )?;
    let (steps, start) = finished.result?.expect("a million numbers are not none");
    println!("{start} takes {steps} steps, the most of 1 to {START_MAX}");
    Ok(())
}
