use crate::array::Plain;
use crate::kernel;
use crate::scalar::Scalar;

/// A price on large weights, added to J. Called for each tensor of weights; the bias is free   (T 1.2.4).
pub trait Penalty<T: Scalar>: Copy {
    /// `m · P(w)`: the price of a tensor, before the division by the number of samples.
    fn value(&self, weight: &[T]) -> T;

    /// dw ← dw + `m · ∂P/∂w`.
    fn add_gradient(&self, weight: &[T], dw: &mut [T]);
}

/// The tutorial's penalty with its λ: `λ/(2m) Σ w²` in J   (T 1.2.4), `λ/m · w` in the gradient   (T 2.6.1).
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let mut net = Network::<Dense<U2, U1>, SquaredError>::ZERO;
/// net.parameters_mut().copy_from_slice(&[9.0, 3.0, 4.0]); // bias, two weights
/// let samples = [([0.0, 0.0], [9.0]), ([0.0, 0.0], [9.0])];
/// assert_eq!(net.cost(&samples, L2(2.0)), 2.0 / (2.0 * 2.0) * 25.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L2<T>(
    /// λ, at least 0.
    pub T,
);

/// No price at all: J is the samples' mean cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPenalty;

impl<T: Scalar> Penalty<T> for L2<T> {
    fn value(&self, weight: &[T]) -> T {
        self.0 * (T::of(0.5) * kernel::sum(weight.iter().map(|&w| w * w)))
    }

    #[inline]
    fn add_gradient(&self, weight: &[T], dw: &mut [T]) {
        kernel::axpy(self.0, weight, dw);
    }
}

impl<T: Scalar> Penalty<T> for NoPenalty {
    fn value(&self, _: &[T]) -> T {
        T::ZERO
    }

    #[inline]
    fn add_gradient(&self, _: &[T], _: &mut [T]) {}
}
