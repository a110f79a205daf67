//! What a comparison has to do with other sessions: a second one that confirms a regression, and those of
//! the baseline that it is added to.

use super::{Command, CompareError, Observer, Spec, run};
use crate::cmd::Usage;
use crate::output;
use crate::report::compare::{
    self, Baseline, BaselineError, Comparison, Confirmation, Ended, Gate,
};
use crate::report::progress::Rounds;
use crate::stop::{Stop, StopReason};
use crate::units;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How often a pause looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Measures a second session, after a pause, where the first one alone looks like a regression: what
/// disturbs a machine for a while is no fault of the program.
pub(super) fn confirm(
    command: &Command,
    baseline: &Baseline,
    comparison: &mut Comparison,
    stop: &Stop,
    err: &mut dyn Write,
) -> Result<(), CompareError> {
    let stopped = matches!(comparison.ended, Some(Ended::Stopped(_)));
    let limits = command.gates.iter().filter_map(|gate| match gate {
        Gate::MaxRegression(limit) => Some(*limit),
        Gate::MinSpeedup(_) | Gate::MinEfficiency(_) => None,
    });
    let needed = |limit: f64| !stopped && compare::needs_confirmation(comparison, baseline, limit);
    if !limits.into_iter().any(needed) {
        return Ok(());
    }
    let pause = units::seconds(command.confirm_after.as_secs_f64());
    let _ = writeln!(
        err,
        "partask: slower than the baseline: measured again in {pause}, to see whether that lasts"
    );
    if let Some(reason) = wait(command.confirm_after, stop) {
        comparison.ended = Some(Ended::Stopped(reason));
        return Ok(());
    }
    let mut again = Again(Rounds::new(command.progress, command.stderr_is_terminal));
    let second = run(&another(&command.spec), stop, &mut again)?;
    match second.ended {
        Some(Ended::Stopped(_)) => comparison.ended = second.ended,
        _ => {
            comparison.confirmation = Some(Confirmation {
                cases: second.cases,
                evidence: second.evidence,
            });
        }
    }
    Ok(())
}

/// The same with the runs in another order.
fn another(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    spec.settings.seed = spec.settings.seed.wrapping_add(1);
    spec
}

/// Lets time pass; returns why to stop, if it is to.
fn wait(pause: Duration, stop: &Stop) -> Option<StopReason> {
    let started = Instant::now();
    while !stop.is_requested() {
        let left = pause.saturating_sub(started.elapsed());
        if left.is_zero() {
            return None;
        }
        thread::sleep(left.min(LOOK_EVERY));
    }
    Some(stop.reason().unwrap_or(StopReason::Interrupted))
}

/// Shows how far the second session is; the files are those of the first.
struct Again(Rounds);

impl Observer for Again {
    fn finding_answer(&mut self) {
        self.0.finding_answer();
    }

    fn about_to_run(&mut self, comparison: &Comparison, case: usize) {
        self.0.update(comparison, case);
    }
}

/// Finds out, before anything is measured, whether a session can be added to this file, or it can be made.
pub(super) fn check_saved(path: &Path) -> Result<(), Usage> {
    earlier(path).map(drop).map_err(|error| {
        Usage(format!(
            "--save-baseline '{}': {error}",
            units::printable(&path.to_string_lossy())
        ))
    })
}

/// Adds a session to the baseline in this file, or makes it; one of something else begins anew.
pub(super) fn save(
    path: &Path,
    comparison: &Comparison,
    err: &mut dyn Write,
) -> Result<(), CompareError> {
    let shown = units::printable(&path.to_string_lossy());
    let failed = |source: io::Error| CompareError::Export {
        path: shown.clone(),
        source,
    };
    let earlier = earlier(path).map_err(|error| failed(io::Error::other(error)))?;
    let differences = earlier
        .as_ref()
        .map_or(Vec::new(), |earlier| earlier.differences(comparison));
    if !differences.is_empty() {
        let _ = writeln!(
            err,
            "partask: '{shown}' was of something else ({}), and begins anew with this session",
            differences.join("; ")
        );
    }
    let earlier = earlier.filter(|_| differences.is_empty());
    let content = Baseline::render(comparison, earlier.as_ref()).map_err(failed)?;
    output::replace(path, &content).map_err(failed)
}

/// The baseline in a file; `None` when there is no such file, or nothing in it.
fn earlier(path: &Path) -> Result<Option<Baseline>, String> {
    // A device takes what is written, and has nothing to read.
    if fs::metadata(path).map_or(true, |meta| !meta.is_file()) {
        return Ok(None);
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    if bytes.is_empty() {
        return Ok(None);
    }
    match Baseline::parse(&String::from_utf8_lossy(&bytes)) {
        Ok(baseline) => Ok(Some(baseline)),
        Err(BaselineError::Schema(form)) => Err(format!(
            "its form is '{}', to which no session can be added: remove it, or give another file",
            units::printable(&form)
        )),
        Err(BaselineError::Foreign(_)) => Err(
            "it holds something else than a baseline, and would be lost: give another file, or remove it"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_when_it_is_over_or_a_stop_is_requested() {
        let stop = Stop::new();
        assert_eq!(wait(Duration::ZERO, &stop), None);
        assert_eq!(wait(Duration::from_millis(1), &stop), None);
        let interrupted = stop.clone();
        let waiting = thread::spawn(move || wait(Duration::from_secs(3_600), &interrupted));
        stop.interrupt();
        let reason = waiting.join().expect("the pause ends");
        assert_eq!(reason, Some(StopReason::Interrupted));
    }
}
