//! One way in which the work of a comparison is done, and what it is called.

use super::Execution;
use crate::kernel::Kernel;
use crate::units;
use std::sync::Arc;

/// One way in which the work is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// How many workers there are.
    pub workers: usize,
    /// Which code computes; `None` for jobs that are no computing of partask's.
    pub kernel: Option<Kernel>,
    /// How many numbers a chunk has; `None` lets it be planned.
    pub chunk_size: Option<u64>,
    /// The program that does the work, when it is no job of partask's.
    pub program: Option<Arc<Program>>,
}

/// A program whose own speedup is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// What it is called in the report.
    pub name: String,
    /// The command line, in which `{workers}` stands for the worker count.
    pub line: String,
    /// The values that its lists took in it, with their names.
    pub parameters: Vec<(String, String)>,
    /// What `{size}` stands for, when the command line has it.
    pub size: Option<u64>,
    /// Whether that is the size for each worker, so that the work grows with them.
    pub grows: bool,
    /// Whether it is measured at several worker counts; others are measured once, and have no
    /// workers to speak of.
    pub scales: bool,
    /// Whether the variables that thread libraries read are set to the worker count.
    pub thread_variables: bool,
    /// Whether every run must print the same.
    pub checked: bool,
    /// What every run must print, but for white space at the end; with `None` what the first one does.
    pub expected: Option<Vec<u8>>,
    /// How it is executed.
    pub execution: Execution,
}

/// What stands for the worker count in a command line.
pub const WORKERS: &str = "{workers}";

/// What stands for the size of the work.
pub const SIZE: &str = "{size}";

/// A text with the values in the places of their names.
#[must_use]
pub fn filled(text: &str, values: &[(String, String)]) -> String {
    let fill = |text: String, (name, value): &(String, String)| {
        text.replace(&format!("{{{name}}}"), value)
    };
    values.iter().fold(text.to_owned(), fill)
}

impl Program {
    /// A command line with the worker count, and the size of the work that goes with it, in their places.
    #[must_use]
    pub fn filled(&self, line: &str, workers: usize) -> String {
        let line = line.replace(WORKERS, &workers.to_string());
        let Some(size) = self.size else { return line };
        let times = if self.grows { workers as u128 } else { 1 };
        line.replace(SIZE, &(u128::from(size) * times).to_string())
    }
}

/// Which dimensions have more than one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dimensions {
    /// The kernel.
    pub kernel: bool,
    /// The numbers in a chunk.
    pub chunk_size: bool,
    /// The program.
    pub program: bool,
}

impl Variant {
    /// Its values in these dimensions, in words.
    #[must_use]
    pub fn words(&self, dimensions: Dimensions) -> Vec<String> {
        let kernel = self.kernel.filter(|_| dimensions.kernel);
        let chunk_size = dimensions.chunk_size.then(|| match self.chunk_size {
            Some(size) => format!("chunks of {}", units::count(u128::from(size))),
            None => "planned chunks".to_owned(),
        });
        let program = self.program.as_ref().filter(|_| dimensions.program);
        program
            .map(|program| units::printable(&program.name))
            .into_iter()
            .chain(kernel.map(|kernel| kernel.name().to_owned()))
            .chain(chunk_size)
            .collect()
    }

    /// Whether another variant differs at most in its workers.
    #[must_use]
    pub fn is_alike(&self, other: &Variant) -> bool {
        (self.kernel, self.chunk_size, &self.program)
            == (other.kernel, other.chunk_size, &other.program)
    }

    /// The program that is measured once, when this is one.
    #[must_use]
    pub fn single(&self) -> Option<&Program> {
        self.program.as_deref().filter(|program| !program.scales)
    }
}
