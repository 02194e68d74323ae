use crate::array::{Array, Vector};
use crate::loss::{Loss, Outputs, Target};
use crate::math::share;
use crate::scalar::Scalar;
use crate::width::Width;

/// A target with a weight: the sample's loss and gradient are multiplied by it.
///
/// If some classes have few samples, give each target the weight of its class. Means stay over the number of
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

/// What a sample adds to the sum of costs: its cost, of its logits and target, times its weight.
#[inline(always)]
pub(crate) fn cost<E: Loss, T: Scalar>(z: &[T], y: &[T], weight: T) -> f64 {
    share(weight, E::value(z, y)).to_f64()
}

/// δ of a sample, of its logits, times its weight; `look` is shown the logits, the target and the weight.
#[inline(always)]
pub(crate) fn delta<E: Loss, Y: Array<Scalar: Scalar>>(
    z: &Y,
    y: &impl Target<Y>,
    dz: &mut Y,
    look: impl FnOnce(&[Y::Scalar], &[Y::Scalar], Y::Scalar),
) {
    let weight = y.weight();
    y.with_outputs(E::OUTPUTS, |y| {
        look(z.flat(), y, weight);
        E::delta(z.flat(), y, dz.flat_mut());
    });
    if weight != Y::Scalar::ONE {
        dz.flat_mut().iter_mut().for_each(|dz| *dz = share(weight, *dz));
    }
}
