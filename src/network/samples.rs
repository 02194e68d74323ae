use crate::array::{Array, Like};
use crate::loss::Target;

/// Inputs of shape `X` with their targets for an output of shape `Y`, in an order.
///
/// A slice or array of pairs `(x, y)`, or a pair of slices `(&[x], &[y])`. For samples that are not in
/// memory at once, see [`Network::accumulate`](crate::Network::accumulate).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of samples for this network",
    label = "expected a slice of pairs `[(x, y)]` or a pair of slices `(&[x], &[y])`, of the network's shapes"
)]
pub trait Samples<X: Array, Y: Array> {
    /// The assertion that the samples have the network's shapes, as in [`Like`].
    #[doc(hidden)]
    const FITS: () = ();

    /// What an output is compared with.
    type Target: Target<Y>;

    /// How many samples, m.
    fn len(&self) -> usize;

    /// Sample `index`, from 0.
    fn get(&self, index: usize) -> Option<(&X, &Self::Target)>;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The inputs and the targets of all samples, where each stand side by side.
    #[doc(hidden)]
    #[inline(always)]
    fn slices(&self) -> Option<(&[X], &[Y])> {
        None
    }

    /// Calls `visit` with each sample in order.
    #[inline]
    fn each(&self, mut visit: impl FnMut(&X, &Self::Target)) {
        (0..self.len()).filter_map(|i| self.get(i)).for_each(|(x, y)| visit(x, y));
    }
}

/// Refuses a sample of other shapes.
const fn pair<X: Array, Y: Array, P: Like<X>, Q: Target<Y>>() {
    let ((), ()) = (P::FITS, Q::FITS);
}

impl<X: Array, Y: Array, P: Like<X>, Q: Target<Y>> Samples<X, Y> for [(P, Q)] {
    const FITS: () = pair::<X, Y, P, Q>();
    type Target = Q;

    #[inline]
    fn len(&self) -> usize {
        self.len()
    }

    #[inline]
    fn get(&self, index: usize) -> Option<(&X, &Q)> {
        self.get(index).map(|(x, y)| (x.view(), y))
    }
}

impl<X: Array, Y: Array, P: Like<X>, Q: Target<Y>, const M: usize> Samples<X, Y> for [(P, Q); M] {
    const FITS: () = pair::<X, Y, P, Q>();
    type Target = Q;

    #[inline]
    fn len(&self) -> usize {
        M
    }

    #[inline]
    fn get(&self, index: usize) -> Option<(&X, &Q)> {
        Samples::get(self.as_slice(), index)
    }
}

/// As many samples as the shorter slice has.
impl<X: Array, Y: Array, P: Like<X>, Q: Target<Y>> Samples<X, Y> for (&[P], &[Q]) {
    const FITS: () = pair::<X, Y, P, Q>();
    type Target = Q;

    #[inline]
    fn len(&self) -> usize {
        self.0.len().min(self.1.len())
    }

    #[inline]
    fn get(&self, index: usize) -> Option<(&X, &Q)> {
        Some((self.0.get(index)?.view(), self.1.get(index)?))
    }

    #[inline(always)]
    fn slices(&self) -> Option<(&[X], &[Y])> {
        Some((Like::views(self.0)?, Target::views(self.1)?))
    }
}

#[cfg(feature = "alloc")]
impl<X: Array, Y: Array, P: Like<X>, Q: Target<Y>> Samples<X, Y> for alloc::vec::Vec<(P, Q)> {
    const FITS: () = pair::<X, Y, P, Q>();
    type Target = Q;

    #[inline]
    fn len(&self) -> usize {
        self.len()
    }

    #[inline]
    fn get(&self, index: usize) -> Option<(&X, &Q)> {
        Samples::get(self.as_slice(), index)
    }
}
