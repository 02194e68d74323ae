//! Losses that are a sum of one term for each output.

use crate::kernel;
use crate::scalar::{Real, Scalar};

/// `J = Σₖ term(zₖ, yₖ)`, in the order of [`kernel::sum`].
pub(super) trait Pointwise: Copy {
    /// An output's share of the cost.
    fn term<V: Real>(z: V, y: V) -> V;

    /// Its derivative by z.
    fn slope<V: Real>(z: V, y: V) -> V;

    /// J of one sample.
    #[inline(always)]
    fn sum<T: Scalar>(z: &[T], y: &[T]) -> T {
        kernel::sum(z.iter().zip(y).map(|(&z, &y)| Self::term(z, y)))
    }
}

/// What [`Loss`](super::Loss) asks of a [`Pointwise`] loss, within its implementation.
macro_rules! pointwise {
    () => {
        const LANES: bool = true;
        const POINTWISE: bool = true;

        #[inline]
        fn value<T: $crate::scalar::Scalar>(z: &[T], y: &[T]) -> T {
            <Self as $crate::loss::pointwise::Pointwise>::sum(z, y)
        }

        #[inline]
        fn delta<T: $crate::scalar::Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
            $crate::kernel::map($crate::loss::pointwise::Delta(Self), z, y, dz);
        }

        #[inline(always)]
        fn delta_lanes<V: $crate::scalar::Real>(z: &[V], dz: &mut [V]) {
            $crate::kernel::across($crate::loss::pointwise::Delta(Self), z, dz);
        }
    };
}
pub(super) use pointwise;

/// δ as a function of a logit and its target.
#[derive(Clone, Copy)]
pub(super) struct Delta<E>(pub(super) E);

impl<E: Pointwise> kernel::Lanewise for Delta<E> {
    #[inline(always)]
    fn of<V: Real>(self, z: V, y: V) -> V {
        E::slope(z, y)
    }
}
