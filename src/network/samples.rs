use crate::array::{Array, ArrayLike};
use crate::lines::Lines;
use crate::loss::Target;
use crate::scalar::Scalar;

/// An ordered set of inputs of shape `X`, each with a target for an output of shape `Y`.
///
/// A slice or array of pairs `(x, y)`, or a pair of slices `(&[x], &[y])`. For samples that are not in
/// memory at once, see [`Network::accumulate`](crate::Network::accumulate).
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let net = Network::<Dense<U2, U1>, SquaredError>::ZERO;
/// let pairs = [([1.0, 2.0], [3.0]), ([4.0, 5.0], [6.0])];
/// let (xs, ys) = (vec![[1.0, 2.0], [4.0, 5.0]], vec![[3.0], [6.0]]);
/// assert_eq!(net.cost(&pairs, NoPenalty), (4.5 + 18.0) / 2.0);
/// assert_eq!(net.cost(&(&xs[..], &ys[..]), NoPenalty), (4.5 + 18.0) / 2.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of samples for this network",
    label = "expected a slice of pairs `[(x, y)]` or a pair of slices `(&[x], &[y])`, of the network's shapes"
)]
pub trait Samples<X: Array, Y: Array<Scalar: Scalar>> {
    /// The assertion that the samples have the network's shapes, as in [`ArrayLike`].
    #[doc(hidden)]
    const FITS: () = ();

    /// The type of the targets.
    type Target: Target<Y>;

    /// The number of samples, m.
    fn len(&self) -> usize;

    /// Sample `index`, from 0.
    fn get(&self, index: usize) -> Option<(&X, &Self::Target)>;

    /// Whether the set is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All inputs, if they lie at equal distances in memory; and all targets, if they do too and each is a `Y` of weight 1.
    #[doc(hidden)]
    #[inline(always)]
    fn lines(&self) -> Option<(Lines<'_, X>, Option<Lines<'_, Y>>)> {
        None
    }

    /// Calls `visit` with each sample in order.
    #[inline]
    fn each(&self, mut visit: impl FnMut(&X, &Self::Target)) {
        (0..self.len()).filter_map(|i| self.get(i)).for_each(|(x, y)| visit(x, y));
    }
}

/// Refuses a sample of other shapes.
const fn pair<X: Array, Y: Array<Scalar: Scalar>, P: ArrayLike<X>, Q: Target<Y>>() {
    let ((), ()) = (P::FITS, Q::FITS);
}

impl<X: Array, Y: Array<Scalar: Scalar>, P: ArrayLike<X>, Q: Target<Y>> Samples<X, Y> for [(P, Q)] {
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

    #[inline(always)]
    fn lines(&self) -> Option<(Lines<'_, X>, Option<Lines<'_, Y>>)> {
        let (xs, ys) = Lines::from(self).halves();
        Some((ArrayLike::lines(xs)?, Target::lines(ys)))
    }
}

impl<X: Array, Y: Array<Scalar: Scalar>, P: ArrayLike<X>, Q: Target<Y>, const M: usize> Samples<X, Y> for [(P, Q); M] {
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

    #[inline(always)]
    fn lines(&self) -> Option<(Lines<'_, X>, Option<Lines<'_, Y>>)> {
        Samples::lines(self.as_slice())
    }
}

/// As many samples as the shorter slice has.
impl<X: Array, Y: Array<Scalar: Scalar>, P: ArrayLike<X>, Q: Target<Y>> Samples<X, Y> for (&[P], &[Q]) {
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
    fn lines(&self) -> Option<(Lines<'_, X>, Option<Lines<'_, Y>>)> {
        Some((ArrayLike::lines(self.0.into())?, Target::lines(self.1.into())))
    }
}

#[cfg(feature = "alloc")]
impl<X: Array, Y: Array<Scalar: Scalar>, P: ArrayLike<X>, Q: Target<Y>> Samples<X, Y> for alloc::vec::Vec<(P, Q)> {
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

    #[inline(always)]
    fn lines(&self) -> Option<(Lines<'_, X>, Option<Lines<'_, Y>>)> {
        Samples::lines(self.as_slice())
    }
}
