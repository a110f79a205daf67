//! What the measuring loop runs in earnest: the job in this process, rivals in theirs, every answer
//! checked.

use super::measure::{Bench, measure};
use super::outputs::Outputs;
use super::{CompareError, Observer, Spec, Workload, rival, tasks};
use crate::aggregate::WorkerTally;
use crate::cmd::compute::{self, ComputeError, Sink};
use crate::machine::Snapshot;
use crate::machine::counters::{Counts, Meter, Whose};
use crate::reduction::Answer;
use crate::report::compare::{Comparison, Inside, Sample, Subject, Variant, WorkerTime};
use crate::report::{Check, ComputeReport, Outcome};
use crate::stop::{Stop, StopReason};
use std::io;
use std::time::{Duration, Instant};

/// Makes a comparison.
pub(super) fn run(
    spec: &Spec,
    stop: &Stop,
    observer: &mut dyn Observer,
) -> Result<Comparison, CompareError> {
    if spec.reference >= spec.variants.len() {
        return Err(CompareError::NoReference);
    }
    let mut comparison = spec.comparison();
    let mut bench = Machine {
        spec,
        stop,
        observer,
        started: Instant::now(),
        before: Snapshot::now(),
        meter: Meter::new(),
        plain_meter: Meter::without_hardware(),
        answer: None,
        outputs: Outputs::default(),
    };
    comparison.counting = bench.meter.counting().clone();
    let measured = bench.measure(&mut comparison);
    let cleaned = bench.outputs.clean_up(spec, stop);
    measured.and(cleaned).map(|()| comparison)
}

/// This machine, and what is run on it.
struct Machine<'a> {
    spec: &'a Spec,
    stop: &'a Stop,
    observer: &'a mut dyn Observer,
    started: Instant,
    before: Snapshot,
    /// What counts the runs.
    meter: Meter,
    /// What does so without a cost for what is started.
    plain_meter: Meter,
    /// The answer that every run must come to.
    answer: Option<Answer>,
    /// What the programs must print.
    outputs: Outputs,
}

impl Machine<'_> {
    fn measure(&mut self, comparison: &mut Comparison) -> Result<(), CompareError> {
        self.first_answer(comparison)?;
        self.observer.answered(comparison)?;
        self.before = Snapshot::now();
        measure(comparison, self)?;
        comparison.evidence = self.before.until(&Snapshot::now());
        Ok(())
    }

    /// Does the work once, to know what every run must come to.
    fn first_answer(&mut self, comparison: &mut Comparison) -> Result<(), CompareError> {
        match &self.spec.workload {
            Workload::Numbers { job, .. } if self.spec.settings.weak => {
                self.first_totals(job, comparison)
            }
            Workload::Numbers { job, .. } => self.first_total(job, comparison),
            Workload::Tasks(tasks) => tasks::count(tasks, self.stop, &mut comparison.work),
            Workload::Commands(_) => {
                self.outputs.find(self.spec, &self.plain_meter, self.stop)?;
                comparison.work.output = self.outputs.describe();
                comparison.work.shell_start = self.outputs.shell_start().cloned();
                Ok(())
            }
        }
    }

    /// Computes the total once, checked by the closed form, or else by the reference path: what is
    /// read from files has no closed form.
    fn first_total(
        &mut self,
        job: &compute::Spec,
        comparison: &mut Comparison,
    ) -> Result<(), CompareError> {
        let job = compute::Spec {
            verify: job.verify || job.input.known().is_none(),
            ..job.clone()
        };
        let observer = &mut self.observer;
        let report = match compute::run(&job, self.stop, |_| observer.finding_answer()) {
            Ok(report) => report,
            // The measuring finds the stop itself.
            Err(ComputeError::Stopped { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let work = &mut comparison.work;
        work.read_as.clone_from(&report.input_read_as);
        work.items = report.numbers;
        work.is_verified = report.checks.iter().any(|check| check.is_whole());
        work.answer_checked_by = report
            .checks
            .iter()
            .map(|check: &Check| check.name())
            .collect();
        work.instruction_set = Some(report.instruction_set());
        if let Outcome::Complete(total) = report.outcome {
            work.answer = Some(total.to_string());
            self.answer = Some(total);
        }
        Ok(())
    }

    /// The same of work that grows: each worker count has a total of its own, and the reports none.
    fn first_totals(
        &mut self,
        job: &compute::Spec,
        comparison: &mut Comparison,
    ) -> Result<(), CompareError> {
        // The last is that of the input itself, of which the comparison tells.
        let mut sizes: Vec<usize> = self.spec.variants.iter().map(|one| one.workers).collect();
        sizes.push(1);
        sizes.sort_unstable();
        sizes.dedup();
        for size in sizes.into_iter().rev() {
            let job = compute::Spec {
                input: job.input.grown(size)?,
                ..job.clone()
            };
            self.first_total(&job, comparison)?;
        }
        // Every run is checked by the closed form of what it does.
        comparison.work.answer = None;
        self.answer = None;
        Ok(())
    }

    /// Runs a case so often; the sample has the means. `None` when it was stopped.
    fn run_repeatedly(
        &self,
        subject: &Subject,
        repeats: u32,
        meter: &Meter,
    ) -> Result<Option<Sample>, CompareError> {
        let runs_here = self.runs_here(subject);
        let metered = runs_here.then(|| meter.start(Whose::Threads));
        let mut samples = Vec::new();
        for _ in 0..repeats {
            if self.stop.is_requested() {
                return Ok(None);
            }
            match self.run_once(subject, meter)? {
                Some(sample) => samples.push(sample),
                None => return Ok(None),
            }
        }
        let counts = metered.map(|metered| metered.stop().of_each(repeats));
        let mut sample = mean(&samples);
        sample.counts = counts.unwrap_or(sample.counts);
        Ok(Some(sample))
    }

    fn run_variant(
        &self,
        variant: &Variant,
        meter: &Meter,
    ) -> Result<Option<Sample>, CompareError> {
        match &self.spec.workload {
            Workload::Numbers { job, values } => self.run_job(job, *values, variant),
            Workload::Tasks(tasks) => tasks::run(tasks, variant.workers, meter, self.stop),
            Workload::Commands(programs) => {
                let program = variant.program.as_ref().unwrap_or(&programs[0]);
                let workers = variant.workers;
                self.outputs.run(program, workers, meter, self.stop)
            }
        }
    }

    /// Runs the job once, in this process.
    fn run_job(
        &self,
        job: &compute::Spec,
        values: bool,
        variant: &Variant,
    ) -> Result<Option<Sample>, CompareError> {
        let input = match self.spec.settings.weak {
            true => job.input.grown(variant.workers)?,
            false => job.input.clone(),
        };
        let job = compute::Spec {
            input,
            workers: variant.workers,
            kernel: variant.kernel.unwrap_or_default(),
            chunk_size: variant.chunk_size,
            verify: false,
            time_limit: None,
            ..job.clone()
        };
        let report = match values {
            true => compute::run_into(&job, self.stop, |_| (), &mut Sink::Lines(&mut io::sink())),
            false => compute::run(&job, self.stop, |_| ()),
        };
        match report {
            Ok(report) => {
                self.check(&report)?;
                Ok(Some(sample(&report)))
            }
            Err(ComputeError::Stopped { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Known input has been checked by the run itself; this also holds what is read from files to one
    /// answer.
    fn check(&self, report: &ComputeReport) -> Result<(), CompareError> {
        match (&report.outcome, &self.answer) {
            (Outcome::Complete(total), Some(answer)) if total != answer => {
                Err(CompareError::Unequal {
                    one: answer.to_string(),
                    other: total.to_string(),
                })
            }
            _ => Ok(()),
        }
    }

    fn run_once(&self, subject: &Subject, meter: &Meter) -> Result<Option<Sample>, CompareError> {
        match subject {
            Subject::Job(variant) => self.run_variant(variant, meter),
            Subject::Rival(rival) => rival::run(rival, self.answer.as_ref(), meter, self.stop),
        }
    }

    /// Whether this process itself does the work, in threads of its own.
    fn runs_here(&self, subject: &Subject) -> bool {
        let is_job = matches!(subject, Subject::Job(_));
        is_job && matches!(self.spec.workload, Workload::Numbers { .. })
    }
}

impl Bench for Machine<'_> {
    type Error = CompareError;

    fn run(
        &mut self,
        comparison: &Comparison,
        case: usize,
        repeats: u32,
    ) -> Result<Option<Sample>, CompareError> {
        self.observer.about_to_run(comparison, case);
        let subject = &comparison.cases[case].subject;
        if repeats == 1 {
            return self.run_repeatedly(subject, 1, &self.meter);
        }
        let Some(mut sample) = self.run_repeatedly(subject, repeats, &self.plain_meter)? else {
            return Ok(None);
        };
        if self.meter.has_hardware() {
            // What is started while it is counted starts a little later, which short work would show:
            // it is counted beside the runs that are timed.
            let Some(beside) = self.run_repeatedly(subject, 1, &self.meter)? else {
                return Ok(None);
            };
            sample.counts = sample.counts.with_hardware_of(&beside.counts);
        }
        Ok(Some(sample))
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn round_done(&mut self, comparison: &mut Comparison) -> Result<(), CompareError> {
        comparison.evidence = self.before.until(&Snapshot::now());
        self.observer.round_done(comparison)
    }

    fn stop_reason(&self) -> Option<StopReason> {
        self.stop.reason()
    }
}

/// What a run's report says of its time.
fn sample(report: &ComputeReport) -> Sample {
    Sample {
        round: 0,
        elapsed_s: report.elapsed.as_secs_f64(),
        cpu_s: report.cpu.as_secs_f64(),
        // The two clocks differ in how fine they are.
        system_cpu_s: report.system_cpu.min(report.cpu).as_secs_f64(),
        peak_memory_bytes: None,
        failed_with: None,
        counts: Counts::default(),
        inside: Some(inside(report)),
    }
}

/// Where the workers' time went.
fn inside(report: &ComputeReport) -> Inside {
    let spans = &report.worker_spans;
    let worker_time = |worker: &WorkerTally| WorkerTime {
        busy_s: worker.busy.as_secs_f64(),
        idle_s: report.elapsed.saturating_sub(worker.busy).as_secs_f64(),
    };
    let last_end = spans
        .iter()
        .map(|span| span.ended)
        .max()
        .unwrap_or_default();
    let mut inside = Inside {
        wrap_up_s: report.workers as f64 * report.elapsed.saturating_sub(last_end).as_secs_f64(),
        aggregator_s: report.aggregator_cpu.as_secs_f64(),
        workers: report.worker_tallies.iter().map(worker_time).collect(),
        ..Inside::default()
    };
    // A worker for whom there was no chunk was not started: it missed the last one by all its time.
    let not_started = report.workers.saturating_sub(spans.len()) as f64;
    inside.last_chunks_s = not_started * last_end.as_secs_f64();
    for span in spans {
        let at_work = span.ended.saturating_sub(span.started);
        // The two clocks are read one after the other.
        let cpu = span.cpu.min(at_work);
        inside.computing_s += cpu.as_secs_f64();
        inside.waiting_s += (at_work - cpu).as_secs_f64();
        inside.start_up_s += span.started.as_secs_f64();
        inside.last_chunks_s += (last_end - span.ended).as_secs_f64();
    }
    inside
}

/// The means of repeated work.
fn mean(samples: &[Sample]) -> Sample {
    let count = samples.len() as f64;
    let mean = |figure: fn(&Sample) -> f64| samples.iter().map(figure).sum::<f64>() / count;
    Sample {
        round: 0,
        elapsed_s: mean(|sample| sample.elapsed_s),
        cpu_s: mean(|sample| sample.cpu_s),
        system_cpu_s: mean(|sample| sample.system_cpu_s),
        peak_memory_bytes: samples
            .iter()
            .filter_map(|sample| sample.peak_memory_bytes)
            .max(),
        failed_with: samples.iter().find_map(|sample| sample.failed_with),
        counts: Counts::mean(samples.iter().map(|sample| &sample.counts)),
        inside: Inside::mean(samples.iter().filter_map(|sample| sample.inside.as_ref())),
    }
}
