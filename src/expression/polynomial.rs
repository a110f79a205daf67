//! Expressions that are polynomials in n, of which a sum has a closed form.

use super::Expression;
use super::ast::{Binary, Node, NodeId, Unary};
use crate::exact::BigInt;
use num_traits::{One, ToPrimitive, Zero};

/// Polynomials of a larger degree are not looked for.
pub const DEGREE_MAX: usize = 64;

/// Nor are those with a coefficient of more binary digits, on the way or at the end.
const COEFFICIENT_BITS_MAX: u64 = 4096;

/// Nor those for which more coefficients have to be multiplied.
const PRODUCTS_MAX: usize = 1 << 18;

/// A polynomial in n with integer coefficients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Polynomial {
    /// That of `n^0` first; the last one is not 0.
    coefficients: Vec<BigInt>,
}

impl Polynomial {
    fn new(mut coefficients: Vec<BigInt>) -> Option<Polynomial> {
        while coefficients.last().is_some_and(Zero::is_zero) {
            coefficients.pop();
        }
        let small = coefficients
            .iter()
            .all(|c| c.bits() <= COEFFICIENT_BITS_MAX);
        (small && coefficients.len() <= DEGREE_MAX + 1).then_some(Polynomial { coefficients })
    }

    /// The coefficients, that of `n^0` first; none of the polynomial that is 0 everywhere.
    #[must_use]
    pub fn coefficients(&self) -> &[BigInt] {
        &self.coefficients
    }

    /// The largest power of n that occurs, 0 when none does.
    #[must_use]
    pub fn degree(&self) -> usize {
        self.coefficients.len().saturating_sub(1)
    }

    /// The value at `n`, by Horner's rule.
    #[must_use]
    pub fn at(&self, n: &BigInt) -> BigInt {
        let highest_first = self.coefficients.iter().rev();
        highest_first.fold(BigInt::ZERO, |value, coefficient| value * n + coefficient)
    }

    fn negated(mut self) -> Polynomial {
        let coefficients = self.coefficients.iter_mut();
        coefficients.for_each(|coefficient| *coefficient = -&*coefficient);
        self
    }

    fn plus(self, other: Polynomial) -> Option<Polynomial> {
        let (mut longer, shorter) = match self.coefficients.len() >= other.coefficients.len() {
            true => (self.coefficients, other.coefficients),
            false => (other.coefficients, self.coefficients),
        };
        for (sum, coefficient) in longer.iter_mut().zip(shorter) {
            *sum += coefficient;
        }
        Polynomial::new(longer)
    }
}

impl Expression {
    /// The polynomial that the expression is, if it is one by the look of it: numbers and n, joined
    /// by `+`, `-`, `*`, and `^` with a constant power; of a degree up to [`DEGREE_MAX`].
    ///
    /// It has the value of the expression at every number, which then has one everywhere.
    #[must_use]
    pub fn polynomial(&self) -> Option<Polynomial> {
        let mut search = Search {
            uses_left: self.uses.clone(),
            found: Vec::with_capacity(self.nodes().len()),
            products_left: PRODUCTS_MAX,
        };
        for node in self.nodes() {
            let polynomial = search.of(node)?;
            search.found.push(Some(polynomial));
        }
        search.found.pop()?
    }
}

/// The polynomials of the first nodes, each until its last user has it.
struct Search {
    uses_left: Vec<u32>,
    found: Vec<Option<Polynomial>>,
    products_left: usize,
}

impl Search {
    fn of(&mut self, node: &Node) -> Option<Polynomial> {
        match *node {
            Node::Number(ref number) => Polynomial::new(vec![number.clone()]),
            Node::Variable => Polynomial::new(vec![BigInt::ZERO, BigInt::one()]),
            Node::Unary(Unary::Negate, a) => Some(self.take(a)?.negated()),
            Node::Binary(operation, a, b) => {
                let (a, b) = (self.take(a)?, self.take(b)?);
                match operation {
                    Binary::Add => a.plus(b),
                    Binary::Subtract => a.plus(b.negated()),
                    Binary::Multiply => self.product(&a, &b),
                    Binary::Power => self.power(&a, &b),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn take(&mut self, id: NodeId) -> Option<Polynomial> {
        let found = &mut self.found[id.index()];
        self.uses_left[id.index()] -= 1;
        match self.uses_left[id.index()] {
            0 => found.take(),
            _ => found.clone(),
        }
    }

    fn product(&mut self, a: &Polynomial, b: &Polynomial) -> Option<Polynomial> {
        let products = a.coefficients.len() * b.coefficients.len();
        self.products_left = self.products_left.checked_sub(products)?;
        if a.degree() + b.degree() > DEGREE_MAX {
            return None;
        }
        let mut product = vec![BigInt::ZERO; a.coefficients.len() + b.coefficients.len()];
        for (i, a) in a.coefficients.iter().enumerate() {
            for (j, b) in b.coefficients.iter().enumerate() {
                product[i + j] += a * b;
            }
        }
        Polynomial::new(product)
    }

    /// By squaring, from the highest binary digit of the power to the lowest.
    fn power(&mut self, base: &Polynomial, power: &Polynomial) -> Option<Polynomial> {
        let power = match power.coefficients.as_slice() {
            [] => 0,
            [power] => power.to_u16()?,
            _ => return None,
        };
        let mut result = Polynomial::new(vec![BigInt::one()])?;
        for bit in (0..u16::BITS - power.leading_zeros()).rev() {
            result = self.product(&result, &result)?;
            if power >> bit & 1 == 1 {
                result = self.product(&result, base)?;
            }
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::strategy;
    use super::*;
    use proptest::prelude::*;

    fn polynomial(text: &str) -> Option<Polynomial> {
        Expression::parse(text).expect(text).polynomial()
    }

    #[test]
    fn polynomials_are_multiplied_out() {
        for (text, coefficients) in [
            ("n^2 + 3n + 1", &[1, 3, 1][..]),
            ("(n + 1)*(n - 1) - n*n", &[-1]),
            ("n - n", &[]),
            ("0^0 + 0^n^0", &[1]),
            ("(2n - 1)^3", &[-1, 6, -12, 8]),
            ("a = n + 1\na*a - -a", &[2, 3, 1]),
            ("-n^2^1", &[0, 0, -1]),
            ("n^(2 + 1)", &[0, 0, 0, 1]),
        ] {
            let found = polynomial(text).expect(text);
            let wanted: Vec<BigInt> = coefficients.iter().map(|c| BigInt::from(*c)).collect();
            assert_eq!(found.coefficients(), wanted, "{text}");
            assert_eq!(found.degree(), coefficients.len().max(1) - 1);
        }
        assert_eq!(polynomial("(n + 1)^64").map(|p| p.degree()), Some(64));
    }

    #[test]
    fn what_is_no_polynomial_is_not_taken_for_one() {
        for text in [
            "n // 2",
            "2^n",
            "n^-1",
            "n^n",
            "n < 3",
            "abs(n)",
            "if(n, n, n)",
            "n^65",
            "n^32 * n^33",
            "n^65536",
            "2^4096*n",
            "10^99999*n - 10^99999*n",
        ] {
            assert_eq!(polynomial(text), None, "{text}");
        }
    }

    #[test]
    fn the_search_ends_soon() {
        let squares = "p*p+".repeat(15_000);
        assert_eq!(
            polynomial(&format!("p = (10^30*n + 1)^32\n{squares}1")),
            None
        );
    }

    proptest! {
        #[test]
        fn a_polynomial_has_the_value_of_its_expression(
            text in strategy::polynomial(),
            n in strategy::number(),
        ) {
            let expression = Expression::parse(&text).unwrap();
            if let Some(polynomial) = expression.polynomial() {
                let value = expression.evaluate(n).unwrap();
                prop_assert_eq!(polynomial.at(&BigInt::from(n)), value);
            } else {
                prop_assert!(text.contains('^'), "{text} is one");
            }
        }
    }
}
