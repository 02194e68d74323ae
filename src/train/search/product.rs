//! Scalar products in f64 that neither overflow nor vanish.

use crate::kernel;
use crate::layer::Parameters;
use crate::scalar::{Number, Real, Scalar, power_of_two};

/// A scalar product, `sum · 2^power`. The power is 0 for all but extreme numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    sum: f64,
    power: i64,
}

/// The scalar product of two values of one type. Each is multiplied by a power of two where its greatest magnitude is
/// beyond 2^±400, and so is none of f32.
pub(crate) fn dot<N: Parameters>(a: &N, b: &N) -> Product {
    let (of_a, of_b) = (exponent(a.flat()), exponent(b.flat()));
    let (up_a, up_b) = (power_of_two(of_a), power_of_two(of_b));
    let mut sum = 0.0;
    N::tensors(|t| {
        let pairs = t.of(a.flat()).iter().zip(t.of(b.flat()));
        sum += kernel::sum(pairs.map(|(&a, &b)| up_a * a.to_f64() * (up_b * b.to_f64())));
    });
    Product { sum, power: -(of_a + of_b) }
}

impl Product {
    /// The product times 2ⁿ, as a number.
    pub(crate) fn times(self, n: i64) -> f64 {
        shifted(self.sum, self.power + n)
    }

    pub(crate) fn is_positive(self) -> bool {
        self.sum > 0.0
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        let power = self.power.max(other.power);
        let sum = shifted(self.sum, self.power - power) - shifted(other.sum, other.power - power);
        Product { sum, power }
    }

    pub(crate) fn over(self, other: Self) -> f64 {
        shifted(self.sum / other.sum, self.power - other.power)
    }
}

/// The n for which 2ⁿ takes the greatest magnitude to about 1 where it is beyond 2^±400, as far as 2ⁿ is a normal number
/// and its reciprocal well within range; else 0.
pub(crate) fn exponent<T: Scalar>(numbers: &[T]) -> i64 {
    if T::DIGITS == 24 {
        return 0;
    }
    let greatest = numbers.iter().fold(0.0, |greatest, x| Real::max(x.to_f64().abs(), greatest));
    let within = greatest > power_of_two(-400) && greatest < power_of_two(400);
    if within || greatest == 0.0 || !greatest.is_finite() {
        return 0;
    }
    (1023 - (greatest.to_bits() >> 52) as i64).clamp(-1022, 900)
}

/// x · 2ⁿ, in steps that are normal numbers.
pub(crate) fn shifted(x: f64, n: i64) -> f64 {
    let (mut x, mut left) = (x, n);
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        x *= power_of_two(step);
        left -= step;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_numbers_are_taken_to_about_one() {
        assert_eq!(exponent(&[1e38_f32]), 0);
        for x in [0.0, 1.0, -1e120, 1e-120, f64::INFINITY] {
            assert_eq!(exponent(&[x, 0.0]), 0, "{x}");
        }
        for x in [1e121, -1e-121, 1e300, 1e-250, f64::MAX] {
            let size = (x * power_of_two(exponent(&[0.0, x]))).abs();
            assert!((1.0..4.0).contains(&size), "{x}: {size}");
        }
        assert_eq!(exponent(&[f64::MIN_POSITIVE, 5e-324]), 900);
    }

    #[test]
    fn products_are_of_any_size() {
        let product = |sum, power| Product { sum, power };
        assert_eq!(product(3.0, 2000).over(product(2.0, 1999)), 3.0);
        assert_eq!(product(3.0, 2000).times(-2001), 1.5);
        assert_eq!((product(3.0, 2000).times(0), product(-3.0, -2000).times(0)), (f64::INFINITY, 0.0));
        assert_eq!(product(3.0, 1).minus(product(1.0, 2)).times(0), 2.0);
        assert_eq!(product(3.0, 1200).minus(product(1.0, -1600)).times(-1200), 3.0);
    }
}
