//! The kinds of numeric job.

/// What is done with every number of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Job {
    /// Squares every number; the total is the sum of the squares.
    Squares,
    /// Cubes every number; the total is the sum of the cubes.
    Cubes,
    /// Adds up the squares: a fold, so it has no values of its own to show.
    SumOfSquares,
}

impl Job {
    /// Every kind of job.
    pub const ALL: [Job; 3] = [Job::Squares, Job::Cubes, Job::SumOfSquares];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Job::Squares => "squares",
            Job::Cubes => "cubes",
            Job::SumOfSquares => "sum-of-squares",
        }
    }

    /// The power every number is raised to, 2 or 3.
    #[must_use]
    pub fn power(self) -> u32 {
        match self {
            Job::Squares | Job::SumOfSquares => 2,
            Job::Cubes => 3,
        }
    }

    /// Whether each number has a result of its own, beside the total.
    #[must_use]
    pub fn has_values(self) -> bool {
        self != Job::SumOfSquares
    }
}
