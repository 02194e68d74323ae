use crate::array::Array;
use crate::loss::Target;
use crate::network::Samples;
use crate::scalar::Scalar;
use crate::train::Order;

/// No samples: what is held out where nothing is.
///
/// ```
/// use nanoprop::{NoSamples, Samples};
///
/// assert_eq!(Samples::<[f32; 2], [f32; 1]>::len(&NoSamples), 0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NoSamples;

impl<X: Array, Y: Array<Scalar: Scalar>> Samples<X, Y> for NoSamples {
    type Target = Y;

    fn len(&self) -> usize {
        0
    }

    fn get(&self, _: usize) -> Option<(&X, &Y)> {
        None
    }
}

/// One sample.
pub(super) struct One<'a, X, Y>(pub(super) &'a X, pub(super) &'a Y);

impl<X: Array, Y: Array<Scalar: Scalar>, Q: Target<Y>> Samples<X, Y> for One<'_, X, Q> {
    type Target = Q;

    fn len(&self) -> usize {
        1
    }

    fn get(&self, index: usize) -> Option<(&X, &Q)> {
        (index == 0).then_some((self.0, self.1))
    }
}

/// Samples in the order of an epoch.
pub(super) struct Ordered<'a, T: ?Sized> {
    pub(super) samples: &'a T,
    pub(super) order: Order,
    pub(super) epoch: u64,
}

impl<X: Array, Y: Array<Scalar: Scalar>, T: Samples<X, Y> + ?Sized> Samples<X, Y> for Ordered<'_, T> {
    type Target = T::Target;

    fn len(&self) -> usize {
        self.samples.len()
    }

    #[inline]
    fn get(&self, index: usize) -> Option<(&X, &T::Target)> {
        self.samples.get(self.order.place(self.epoch, self.samples.len(), index))
    }
}
