//! What a pool buys: the sum of the squares of 1..10000000 on one worker and on four, both totals
//! verified before a time is shown.

use partask::cmd::compute::{self, Spec};
use partask::job::Job;
use partask::report::Outcome;
use partask::stop::Stop;
use partask::units;

fn main() -> anyhow::Result<()> {
    let mut alone_s = None;
    for workers in [1, 4] {
        let spec = Spec {
            workers,
            ..Spec::new(Job::sum_of_squares(), "1..10000000".parse()?)
        };
        let report = compute::run(&spec, &Stop::new(), |_done| ())?;
        let Outcome::Complete(total) = &report.outcome else {
            anyhow::bail!("without a time limit a run is complete");
        };
        let elapsed_s = report.elapsed.as_secs_f64();
        let speedup = *alone_s.get_or_insert(elapsed_s) / elapsed_s;
        let workers = units::count_of(workers as u128, "worker");
        println!(
            "{workers}: {total} in {}, speedup {speedup:.2}",
            units::seconds(elapsed_s)
        );
    }
    Ok(())
}
