//! Python's `Pool(5).map(square, numbers)`: a function over a list on five workers, the results in
//! input order.

use partask::aggregate::{self, Window};
use partask::engine::{self, Engine};
use partask::stop::Stop;

const NUMBERS: [i64; 9] = [3, 4, 5, 6, 6, 7, 87, 8, 8];

fn main() -> anyhow::Result<()> {
    let engine = Engine::new(5)?;
    // At most 16 results wait for one before them.
    let take = engine::indices(NUMBERS.len() as u64);
    let (next, permits) = Window::new([(); 16].into_iter()).split(|()| take().ok_or(()));
    let finished = engine.run(
        next,
        |index| NUMBERS[index as usize].pow(2),
        &Stop::new(),
        // The permits go with the results' taker: without it no worker waits for one.
        move |events| {
            let in_order = aggregate::in_order(events);
            let results = in_order.map(|done| done.map(|done| done.output));
            results
                .inspect(|_| permits.give_back(()))
                .collect::<Result<Vec<i64>, _>>()
        },
    )?;
    let squares = finished.result?;
    let words: Vec<String> = squares.iter().map(ToString::to_string).collect();
    println!("{}", words.join(" "));
    Ok(())
}
