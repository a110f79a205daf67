//! Why a numeric job has no report.

use crate::cmd::Exit;
use crate::engine::EngineError;
use crate::event::Panic;
use crate::exact::BigInt;
use crate::expression::EvaluationError;
use crate::input::{InputError, OpenError};
use crate::job::Job;
use crate::part::PartError;
use crate::plan::PlanError;
use crate::reduction::ReductionError;
use crate::report::Check;
use crate::stop::StopReason;
use crate::units;
use std::io;

/// Why a job has no report.
#[derive(Debug, thiserror::Error)]
pub enum ComputeError {
    /// The input can't be cut into chunks as asked.
    #[error("--chunk-size")]
    Plan(#[from] PlanError),
    /// The workers could not be started.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file of the input can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A file of the input can't be read on.
    #[error("cannot read {name}")]
    Unreadable {
        /// The file's name.
        name: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A text among the integers of a file is none.
    #[error("{name}:{line}:{column}: {error}")]
    BadText {
        /// The file's name.
        name: String,
        /// The line, counted from 1.
        line: u64,
        /// The column, in bytes, counted from 1.
        column: u64,
        /// What is wrong with it.
        error: InputError,
    },
    /// The expression has no value at a number.
    #[error("{error}\n{picture}")]
    NoValue {
        /// The first such number of the input, and why.
        error: EvaluationError,
        /// The part of the expression that has none, shown in its place.
        picture: String,
    },
    /// The part that a shard leaves can't be read or written.
    #[error(transparent)]
    Part(#[from] PartError),
    /// What the results come to can't be shown.
    #[error(transparent)]
    Reduction(#[from] ReductionError),
    /// A result exceeds the 64 bits that the file's form has for it.
    #[error(
        "the result for {number} is {result}, beyond the 64-bit integers of a .npy file: write a .txt file"
    )]
    NotInt64 {
        /// The first such number of the input.
        number: i64,
        /// Its result.
        result: BigInt,
    },
    /// The results can't be written.
    #[error("cannot write {target}")]
    Write {
        /// Where to.
        target: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A worker panicked.
    #[error("{panic}{place}; nothing is reported as a result")]
    Panicked {
        /// Where and why.
        panic: Panic,
        /// Which numbers of the input the chunk has, in brackets, when that is known.
        place: String,
    },
    /// The total is not what its independent check says.
    #[error("verification failed: computed {computed}, but the {} says {expected}; nothing is reported as a result", check.name())]
    WrongTotal {
        /// What the workers came to.
        computed: String,
        /// What the check came to.
        expected: String,
        /// Which check.
        check: Check,
    },
    /// A result of the sample is not what the reference says.
    #[error(
        "verification failed: at n = {number} the result was {computed}, but the reference says {expected}; nothing is reported as a result"
    )]
    WrongValue {
        /// The number.
        number: i64,
        /// What the workers come to.
        computed: BigInt,
        /// What the reference comes to.
        expected: BigInt,
    },
    /// Results of the sample were reduced to something else than the reference says.
    #[error(
        "verification failed: the {reduction} of {numbers} results was {computed}, but the reference says {expected}; nothing is reported as a result"
    )]
    WrongReduction {
        /// What they are reduced to.
        reduction: &'static str,
        /// How many they were.
        numbers: u128,
        /// What the workers come to.
        computed: String,
        /// What the reference comes to.
        expected: String,
    },
    /// The workers say that they computed another number of numbers than there are.
    #[error(
        "verification failed: {computed} numbers were computed of {expected}; nothing is reported as a result"
    )]
    WrongCount {
        /// How many numbers were computed.
        computed: u128,
        /// How many there are.
        expected: u128,
    },
    /// A signal ended the run, or the time limit its verification.
    #[error("{}", stop_message(*reason, doing, *done, *numbers))]
    Stopped {
        /// Why.
        reason: StopReason,
        /// `verifying `, or nothing while computing.
        doing: &'static str,
        /// How many numbers were done.
        done: u128,
        /// How many there are, when that is known.
        numbers: Option<u128>,
    },
}

/// How far a run came before it was stopped.
fn stop_message(reason: StopReason, doing: &str, done: u128, numbers: Option<u128>) -> String {
    let word = match reason {
        StopReason::Terminated => "terminated",
        StopReason::Interrupted => "interrupted",
        StopReason::TimeLimit => "time limit reached",
    };
    match numbers {
        None => format!("{word} after {doing}{}", units::count_of(done, "number")),
        Some(numbers) => {
            let share = units::percent(done as f64 / numbers.max(1) as f64);
            let (done, numbers) = (units::count(done), units::count_of(numbers, "number"));
            format!("{word} after {doing}{done} of {numbers} ({share})")
        }
    }
}

/// The exit code that goes with a part that can't be used.
#[must_use]
pub fn part_exit(error: &PartError) -> Exit {
    match error {
        PartError::Io { .. } => Exit::Failure,
        PartError::Damaged { .. }
        | PartError::Positions { .. }
        | PartError::Contradiction { .. } => Exit::WrongTotal,
        PartError::Version { .. }
        | PartError::Foreign { .. }
        | PartError::OtherCut { .. }
        | PartError::Twice { .. }
        | PartError::Exists(_)
        | PartError::OtherRun { .. }
        | PartError::NoValues { .. }
        | PartError::Empty(_) => Exit::Usage,
    }
}

impl ComputeError {
    /// An expression has no value at a number.
    pub(super) fn no_value(job: &Job, error: EvaluationError) -> ComputeError {
        let picture = job.expression().map_or(String::new(), |expression| {
            expression.picture(error.node, "no value here", false)
        });
        ComputeError::NoValue { error, picture }
    }

    /// The exit code that goes with it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            ComputeError::Plan(_)
            | ComputeError::Engine(EngineError::Workers(_))
            | ComputeError::NoValue { .. }
            | ComputeError::Reduction(_)
            | ComputeError::BadText { .. } => Exit::Usage,
            ComputeError::Engine(_)
            | ComputeError::Open(_)
            | ComputeError::Unreadable { .. }
            | ComputeError::NotInt64 { .. }
            | ComputeError::Write { .. }
            | ComputeError::Panicked { .. } => Exit::Failure,
            ComputeError::Part(error) => part_exit(error),
            ComputeError::WrongTotal { .. }
            | ComputeError::WrongValue { .. }
            | ComputeError::WrongReduction { .. }
            | ComputeError::WrongCount { .. } => Exit::WrongTotal,
            ComputeError::Stopped { reason, .. } => match reason {
                StopReason::Terminated => Exit::Terminated,
                StopReason::Interrupted => Exit::Interrupted,
                StopReason::TimeLimit => Exit::Incomplete,
            },
        }
    }
}
