use crate::array::Plain;
use crate::scalar::{Real, Scalar};

/// A price on large weights, added to J. The bias is free   (T 1.2.4).
///
/// Written over [`Real`], as an [`Activation`](crate::Activation) is.
pub trait Penalty<T: Scalar>: Copy {
    /// The price of a weight, before the division by the number of samples.
    fn price<V: Real<Scalar = T>>(self, weight: V) -> V;

    /// The slope of the price.
    fn slope<V: Real<Scalar = T>>(self, weight: V) -> V;
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
    #[inline(always)]
    fn price<V: Real<Scalar = T>>(self, weight: V) -> V {
        V::splat(T::of(0.5) * self.0) * (weight * weight)
    }

    #[inline(always)]
    fn slope<V: Real<Scalar = T>>(self, weight: V) -> V {
        V::splat(self.0) * weight
    }
}

impl<T: Scalar> Penalty<T> for NoPenalty {
    #[inline(always)]
    fn price<V: Real<Scalar = T>>(self, _: V) -> V {
        V::splat(T::ZERO)
    }

    #[inline(always)]
    fn slope<V: Real<Scalar = T>>(self, _: V) -> V {
        V::splat(T::ZERO)
    }
}
