//! A sum of squares in f64 that neither overflows nor vanishes.

use crate::scalar::{Real, power_of_two};

/// Σ a b, of numbers a and b about as large as each other, in units of 2^(1200 · (level − 1)).
///
/// The level is that of the largest number so far: 0 below 2⁻⁴⁰⁰, 1 below 2⁴⁰⁰, 2 beyond. So the squares of no number
/// overflow, those of the largest do not vanish, and those that do are nothing beside it. At level 1 the sum is as one
/// would write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Squares {
    sum: f64,
    level: f64,
}

impl Squares {
    pub(crate) const ZERO: Self = Squares { sum: 0.0, level: 0.0 };

    pub(crate) const fn new(sum: f64, level: f64) -> Self {
        Squares { sum, level }
    }

    pub(crate) const fn parts(self) -> (f64, f64) {
        (self.sum, self.level)
    }

    /// Adds a b. A NaN makes the sum NaN.
    pub(crate) fn add(&mut self, a: f64, b: f64) {
        let size = a.abs();
        let level = match size {
            _ if size >= power_of_two(400) => 2.0,
            _ if size < power_of_two(-400) => 0.0,
            _ => 1.0,
        };
        if level > self.level {
            self.sum = scaled(self.sum, 2.0 * (self.level - level));
            self.level = level;
        }
        self.sum += scaled(a, 1.0 - self.level) * scaled(b, 1.0 - self.level);
    }

    pub(crate) fn is_zero(self) -> bool {
        self.sum == 0.0
    }

    pub(crate) fn is_nan(self) -> bool {
        self.sum.is_nan()
    }

    /// The sum over n.
    pub(crate) fn mean(self, n: f64) -> f64 {
        scaled(self.sum / n, 2.0 * (self.level - 1.0))
    }

    /// The root of the sum over n.
    pub(crate) fn root_mean(self, n: f64) -> f64 {
        scaled(Real::sqrt(self.sum / n), self.level - 1.0)
    }

    /// This sum over another.
    pub(crate) fn over(self, other: Self) -> f64 {
        scaled(self.sum / other.sum, 2.0 * (self.level - other.level))
    }
}

/// x · 2^(600 n) for n from −4 to 4.
fn scaled(x: f64, n: f64) -> f64 {
    let factor = power_of_two(if n < 0.0 { -600 } else { 600 });
    (0..n.abs() as u8).fold(x, |x, _| x * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_all_sizes() {
        for unit in [1e-300, 1e-150, 1.0, 1e100, 1e130, 1e300] {
            let mut squares = Squares::ZERO;
            [3.0, 0.0, 4.0].iter().for_each(|x| squares.add(x * unit, x * unit));
            assert!((squares.root_mean(1.0) / unit - 5.0).abs() < 1e-14, "{unit}");
            let mut twice = squares;
            twice.add(5.0 * unit, 5.0 * unit);
            assert!((twice.over(squares) - 2.0).abs() < 1e-14, "{unit}");
        }
        // From one level to the next, both ways; the smaller are nothing beside the larger, unless they are close.
        for numbers in [[1e-300, 1.0, 1e300], [1e300, 1.0, 1e-300], [1e-300, 1e300, 0.0]] {
            let mut squares = Squares::ZERO;
            numbers.iter().for_each(|&x| squares.add(x, x));
            assert!((squares.root_mean(1.0) / 1e300 - 1.0).abs() < 1e-14);
        }
        let (below, above) = (power_of_two(399) * 1.5, power_of_two(400));
        let mut squares = Squares::ZERO;
        [below, above, below].iter().for_each(|&x| squares.add(x, x));
        assert!((squares.root_mean(1.0) / power_of_two(400) - 2.125_f64.sqrt()).abs() < 1e-15);
        let mut large = Squares::ZERO;
        large.add(1e200, 1e200);
        let mut small = Squares::ZERO;
        small.add(1e10, 1e10);
        assert_eq!((large.over(small), small.over(large)), (f64::INFINITY, 0.0));
        assert_eq!((large.mean(1.0), small.mean(4.0)), (f64::INFINITY, 2.5e19));
        small.add(f64::NAN, 1.0);
        assert!(small.is_nan() && !large.is_zero() && Squares::ZERO.is_zero());
    }
}
