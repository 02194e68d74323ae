use crate::array::Plain;
use crate::kernel;
use crate::layer::Parameters;
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::scalar::{Accumulator, Number, Real, Scalar, is_wide, power_of_two};

/// What is done to a gradient that is too large.
#[doc(alias = "clip_grad")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// Nothing.
    No,
    /// Each number is brought into ± the limit.
    #[doc(alias("clip_grad_value_", "clipvalue"))]
    Value(f64),
    /// The whole is shortened to the limit, in its direction.
    #[doc(alias("clip_grad_norm_", "global_clipnorm", "max_norm"))]
    Norm(f64),
}

/// Limits, of gradients and of weights.
impl<L: Layers, E: Loss> Network<L, E> {
    /// The Euclidean norm of all parameters, as of a gradient.
    ///
    /// # Order
    ///
    /// The squares of each tensor in sixteen partial sums, joined by halves; then tensor by tensor. Where the greatest
    /// magnitude is so large or small that squares could overflow or vanish, all are first multiplied by a power of two.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut grad = Network::<Dense<U1, U1>, SquaredError>::ZERO;
    /// grad.parameters_mut().copy_from_slice(&[3.0, -4.0]);
    /// assert_eq!(grad.norm(), 5.0);
    /// ```
    #[doc(alias = "get_total_norm")]
    pub fn norm(&self) -> L::Scalar {
        let (norm, scale) = self.scaled_norm();
        norm / scale
    }

    /// The norm times a power of two, and that power. Of fixed-point numbers the power is 1, and the sum of squares exact.
    fn scaled_norm(&self) -> (L::Scalar, L::Scalar) {
        if const { is_wide::<L::Scalar>() } {
            return (wide_norm(self.flat().iter().copied()).round(), L::Scalar::ONE);
        }
        let scale = scale_of(self.flat().iter().copied());
        let mut square = L::Scalar::ZERO;
        let scaled = |&g: &L::Scalar| scale * g * (scale * g);
        Self::tensors(|t| square = square + kernel::sum(t.of(self.flat()).iter().map(scaled)));
        (Real::sqrt(square), scale)
    }

    /// Clips a gradient, and returns its norm as it was where that is what is clipped, else 0.
    ///
    /// # Equations
    ///
    /// - by value: `g ← min(max(g, −c), c)`
    /// - by norm: `g ← min(1, c / (‖g‖ + 10⁻⁶)) g`. The squares neither overflow nor vanish.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::Clip;
    ///
    /// let mut grad = Network::<Dense<U1, U1>, SquaredError>::ZERO;
    /// grad.parameters_mut().copy_from_slice(&[3.0, -4.0]);
    /// assert_eq!(grad.clip(Clip::Norm(10.0)), 5.0);
    /// assert_eq!(grad.parameters(), [3.0, -4.0]);
    /// grad.clip(Clip::Value(3.5));
    /// assert_eq!(grad.parameters(), [3.0, -3.5]);
    /// ```
    ///
    /// # Source
    ///
    /// R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, in the
    /// form of PyTorch's `clip_grad_norm_`.
    #[doc(alias("clip_grad_norm_", "clip_grad_value_"))]
    pub fn clip(&mut self, clip: Clip) -> L::Scalar {
        match clip {
            Clip::No => L::Scalar::ZERO,
            Clip::Value(limit) => {
                let limit = L::Scalar::from_f64(limit);
                self.flat_mut().iter_mut().for_each(|g| *g = limit.min((-limit).max(*g)));
                L::Scalar::ZERO
            }
            Clip::Norm(limit) if const { is_wide::<L::Scalar>() } => {
                let norm = wide_norm(self.flat().iter().copied());
                wide_shorten(norm, limit, self.flat_mut().iter_mut());
                norm.round()
            }
            Clip::Norm(limit) => {
                let (norm, scale) = self.scaled_norm();
                let (limit, bound) = (L::Scalar::from_f64(limit), norm + L::Scalar::of(1e-6) * scale);
                if scale * limit / bound < L::Scalar::ONE {
                    let factor = limit / bound;
                    self.flat_mut().iter_mut().for_each(|g| *g = factor * (scale * *g));
                }
                norm / scale
            }
        }
    }

    /// Shortens the weights into each unit to the norm `limit` where they are longer; the bias is free.
    ///
    /// # Equations
    ///
    /// `wⱼ ← min(1, c / ‖wⱼ‖) wⱼ` for each column j of a matrix of weights, its squares added in the order of rows.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U2, U2>, SquaredError>::ZERO;
    /// net.parameters_mut().copy_from_slice(&[9.0, 9.0, 3.0, 0.5, 4.0, 0.5]); // bias, then a row for each input
    /// net.limit_norms(2.5);
    /// assert_eq!(net.parameters(), [9.0, 9.0, 1.5, 0.5, 2.0, 0.5]);
    /// ```
    ///
    /// # Source
    ///
    /// N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15 (2014), 5.1.
    #[doc(alias("MaxNorm", "max_norm", "renorm"))]
    pub fn limit_norms(&mut self, limit: f64) {
        let limit = L::Scalar::from_f64(limit);
        Self::tensors(|t| {
            let [rows, columns] = *t.shape.widths() else { return };
            if !t.penalised() || rows == 0 {
                return;
            }
            let weights = t.of_mut(self.flat_mut());
            for j in 0..columns {
                if const { is_wide::<L::Scalar>() } {
                    let norm = wide_norm(weights.iter().skip(j).step_by(columns).copied());
                    wide_shorten(norm, limit.to_f64(), weights.iter_mut().skip(j).step_by(columns));
                    continue;
                }
                let column = || weights.iter().skip(j).step_by(columns).copied();
                let scale = scale_of(column());
                let squares = column().map(|w| scale * w * (scale * w));
                let norm = Real::sqrt(squares.fold(L::Scalar::ZERO, |sum, square| sum + square));
                if norm > scale * limit {
                    let factor = limit / norm;
                    weights.iter_mut().skip(j).step_by(columns).for_each(|w| *w = factor * (scale * *w));
                }
            }
        });
    }

    /// Whether every parameter is finite.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U1, U1>, SquaredError>::ZERO;
    /// assert!(net.is_finite());
    /// net.parameters_mut()[0] = f32::NAN;
    /// assert!(!net.is_finite());
    /// ```
    pub fn is_finite(&self) -> bool {
        self.flat().iter().all(|&w| w.is_finite())
    }

    /// Becomes a copy of another, in place.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let (mut net, mut copy) = (Network::<Dense<U1, U1>, SquaredError>::ZERO, Network::ZERO);
    /// net.parameters_mut().fill(0.5);
    /// copy.copy_from(&net);
    /// assert_eq!(copy.parameters(), [0.5; 2]);
    /// ```
    pub fn copy_from(&mut self, other: &Self) {
        self.flat_mut().copy_from_slice(other.flat());
    }
}

/// The norm of fixed-point numbers, in their accumulator: it may be beyond the largest of them.
fn wide_norm<T: Scalar>(numbers: impl Iterator<Item = T>) -> T::Accumulator {
    numbers.fold(T::Accumulator::of(T::ZERO), |sum, x| sum.plus(x, x)).root()
}

/// Multiplies numbers of a norm by limit / norm, where that is below 1.
fn wide_shorten<'a, T: Scalar>(norm: T::Accumulator, limit: f64, numbers: impl Iterator<Item = &'a mut T>) {
    let factor = T::Accumulator::of(T::from_f64(limit)).quotient(norm);
    if factor < T::ONE {
        numbers.for_each(|x| *x = factor * *x);
    }
}

/// A power of two that takes numbers to where their squares neither overflow nor vanish; 1 for all but extreme ones.
fn scale_of<T: Scalar>(numbers: impl Iterator<Item = T>) -> T {
    let greatest = numbers.fold(T::ZERO, |greatest, x| Real::max(x.abs(), greatest));
    let (edge, down, up) = if T::DIGITS == 24 { (40, -80, 90) } else { (400, -600, 800) };
    match greatest {
        _ if greatest > T::of(power_of_two(edge)) => T::of(power_of_two(down)),
        _ if greatest < T::of(power_of_two(-edge)) => T::of(power_of_two(up)),
        _ => T::ONE,
    }
}

#[cfg(test)]
mod tests {
    use super::Clip;
    use crate::prelude::*;

    #[test]
    fn norms_neither_overflow_nor_vanish() {
        type Net<T> = Network<Dense<U2, U1, Identity, T>, SquaredError>;
        let mut net = Net::<f32>::ZERO;
        net.parameters_mut().copy_from_slice(&[9.0, 3e19, 4e19]);
        net.limit_norms(5.0);
        for (found, expected) in net.parameters().iter().zip([9.0, 3.0, 4.0]) {
            assert!((found - expected).abs() < 1e-6, "{found} and not {expected}");
        }
        net.parameters_mut().copy_from_slice(&[9.0, 3e-30, 4e-30]);
        net.limit_norms(5e-31);
        assert!((net.parameters()[1] / 3e-31 - 1.0).abs() < 1e-6);
        net.parameters_mut().copy_from_slice(&[0.0, 3e19, -4e19]);
        assert!((net.clip(Clip::Norm(5.0)) / 5e19 - 1.0).abs() < 1e-6);
        assert!((net.parameters()[2] + 4.0).abs() < 1e-6);
        let mut net = Net::<f64>::ZERO;
        for size in [1e300, 1e-300] {
            net.parameters_mut().copy_from_slice(&[0.0, 3.0 * size, 4.0 * size]);
            assert!((net.norm() / (5.0 * size) - 1.0).abs() < 1e-14);
        }
    }
}
