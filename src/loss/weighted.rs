use crate::array::{Array, Vector};
use crate::loss::{Outputs, Target};
use crate::scalar::{Real, Scalar};
use crate::width::Width;

/// A target with a weight: the sample's loss and gradient are multiplied by it.
///
/// For classes of which there are few samples, give each target the weight of its class. Means stay over the number of
/// samples, not over the sum of weights. A weight of 0 leaves the sample out, even if its target or loss is NaN.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Weighted;
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut tape) = (Line::ZERO, Line::TAPE);
/// let target = Weighted { target: [4.0], weight: 0.5 };
/// assert_eq!(net.loss(&[1.0], &target), 0.5 * 8.0); // ½ · ½ 4²
/// net.descend(&[1.0], &target, 0.25, &mut tape);
/// assert_eq!(net.parameters(), [0.5, 0.5]); // ¼ · ½ · 4
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted<Q, T = f32> {
    /// The target.
    pub target: Q,
    /// Its weight, at least 0.
    pub weight: T,
}

impl<P: Array<Scalar = T>, N: Width, Q: Target<Vector<N, P>>, T: Scalar> Target<Vector<N, P>> for Weighted<Q, T> {
    const FITS: () = Q::FITS;

    #[inline]
    fn with<R>(&self, read: impl FnOnce(&[T]) -> R) -> R {
        self.target.with(read)
    }

    #[inline]
    fn with_outputs<R>(&self, outputs: Outputs, read: impl FnOnce(&[T]) -> R) -> R {
        self.target.with_outputs(outputs, read)
    }

    #[inline(always)]
    fn weight(&self) -> T {
        self.weight * self.target.weight()
    }
}

/// A sample's cost or δ times its weight. A weight of 0 selects 0 and does not multiply by it, so the result is not NaN.
#[inline(always)]
pub(crate) fn share<V: Real>(weight: V, number: V) -> V {
    V::select(weight.abs().le(V::of(0.0)), V::of(0.0), weight * number)
}

/// δ times the weight of its sample.
#[inline(always)]
pub(crate) fn weigh<T: Scalar>(weight: T, dz: &mut [T]) {
    if weight != T::ONE {
        dz.iter_mut().for_each(|dz| *dz = share(weight, *dz));
    }
}
