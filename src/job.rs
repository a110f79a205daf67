//! The kinds of numeric job: a function of every number, and what is made of its results.

use crate::exact::BigInt;
use crate::expression::{EvaluationError, Expression};
use crate::reduction::Reduction;
use std::sync::Arc;

/// A power that has a kernel of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Power {
    /// n².
    Square,
    /// n³.
    Cube,
}

impl Power {
    /// The exponent, 2 or 3.
    #[must_use]
    pub fn exponent(self) -> u32 {
        match self {
            Power::Square => 2,
            Power::Cube => 3,
        }
    }
}

/// What is computed of every number.
#[derive(Clone, Debug)]
pub enum Function {
    /// A power.
    Power(Power),
    /// An expression in n.
    Expression(Arc<Expression>),
}

impl Function {
    /// The result for one number, in integers without a bound: the reference.
    ///
    /// # Errors
    /// When an expression has no value there.
    pub fn at(&self, number: i64) -> Result<BigInt, EvaluationError> {
        match self {
            Function::Power(power) => Ok(BigInt::from(number).pow(power.exponent())),
            Function::Expression(expression) => expression.evaluate(number),
        }
    }
}

/// Two functions are the same when they are written the same.
impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        match (self, other) {
            (Function::Power(a), Function::Power(b)) => a == b,
            (Function::Expression(a), Function::Expression(b)) => a.text() == b.text(),
            _ => false,
        }
    }
}

impl Eq for Function {}

/// How far an expression is shown in a title, in characters.
const SHOWN_LEN_MAX: usize = 60;

/// An expression on one line: as it was written, or with definitions in its normal form.
fn shown(expression: &Expression) -> String {
    let text = match expression.text().trim() {
        text if text.contains(['\n', '#']) => expression.to_string().replace('\n', "; "),
        text => text.to_owned(),
    };
    let cut: String = text.chars().take(SHOWN_LEN_MAX).collect();
    let ellipsis = if cut.len() < text.len() { "…" } else { "" };
    format!("{cut}{ellipsis}")
}

/// What is done with the numbers of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    name: &'static str,
    function: Function,
    reduction: Reduction,
    has_values: bool,
}

impl Job {
    /// Squares every number; the total is the sum of the squares.
    #[must_use]
    pub fn squares() -> Job {
        Job::of_power("squares", Power::Square, true)
    }

    /// Cubes every number; the total is the sum of the cubes.
    #[must_use]
    pub fn cubes() -> Job {
        Job::of_power("cubes", Power::Cube, true)
    }

    /// Adds up the squares: a fold, so it has no values of its own to show.
    #[must_use]
    pub fn sum_of_squares() -> Job {
        Job::of_power("sum-of-squares", Power::Square, false)
    }

    /// Computes an expression at every number.
    #[must_use]
    pub fn eval(expression: Expression, reduction: Reduction) -> Job {
        Job {
            name: "eval",
            function: Function::Expression(Arc::new(expression)),
            reduction,
            has_values: true,
        }
    }

    /// The jobs that have a name of their own, without a function of the user's.
    #[must_use]
    pub fn named() -> [Job; 3] {
        [Job::squares(), Job::cubes(), Job::sum_of_squares()]
    }

    fn of_power(name: &'static str, power: Power, has_values: bool) -> Job {
        Job {
            name,
            function: Function::Power(power),
            reduction: Reduction::Sum,
            has_values,
        }
    }

    /// The name on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What is computed of every number.
    #[must_use]
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// The expression that is computed, unless the job has a name for it.
    #[must_use]
    pub fn expression(&self) -> Option<&Expression> {
        match &self.function {
            Function::Power(_) => None,
            Function::Expression(expression) => Some(expression),
        }
    }

    /// What is made of the results.
    #[must_use]
    pub fn reduction(&self) -> Reduction {
        self.reduction
    }

    /// Whether each number has a result of its own, beside the total.
    #[must_use]
    pub fn has_values(&self) -> bool {
        self.has_values
    }

    /// The name, of an expression with it and what is made of its values: what tells jobs apart.
    #[must_use]
    pub fn label(&self) -> String {
        match self.expression() {
            None => self.name.to_owned(),
            Some(expression) => {
                let name = self.name;
                let reduction = self.reduction.name();
                format!("{name} '{}' --reduce {reduction}", expression.text())
            }
        }
    }

    /// The job and its input as a title has them: `squares of 1..10`.
    #[must_use]
    pub fn title(&self, input: &str) -> String {
        match (self.expression(), self.has_values) {
            (Some(expression), _) => format!("{} over {input}", shown(expression)),
            (None, true) => format!("{} of {input}", self.name),
            (None, false) => format!("{} over {input}", self.name),
        }
    }
}
