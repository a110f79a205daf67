//! What the cores bought, from the library: a job at two worker counts, with the report the command
//! prints.

use partask::cmd::compare::{self, Spec};
use partask::cmd::compute;
use partask::job::Job;
use partask::report::Style;
use partask::report::compare::{Settings, conclusion, figures, write};
use partask::stop::Stop;
use std::io;

fn main() -> anyhow::Result<()> {
    let job = compute::Spec::new(Job::sum_of_squares(), "1..10000000".parse()?);
    let spec = Spec {
        settings: Settings {
            runs: Some(5),
            ..Settings::default()
        },
        ..Spec::new(job, &[1, 2])
    };
    let comparison = compare::run(&spec, &Stop::new(), &mut ())?;
    write(&comparison, Style::default(), &mut io::stdout())?;
    for (case, figures) in comparison.cases.iter().zip(figures(&comparison)) {
        let median_s = figures.map_or(f64::NAN, |figures| figures.median_s);
        println!("{}: {median_s} s", comparison.name(case));
    }
    if let Some(sentence) = conclusion(&comparison, &figures(&comparison)) {
        println!("{sentence}");
    }
    Ok(())
}
