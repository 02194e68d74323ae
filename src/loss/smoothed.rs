use crate::array::{Array, Plain, Vector};
use crate::loss::Target;
use crate::scalar::{Real, Scalar};
use crate::width::Width;

/// A distribution over K classes made less certain: label smoothing.
///
/// # Equations
///
/// `y ← (1 − ε) y + ε / K`
///
/// # Memory
///
/// An output on the stack while it is read.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// type Net = Network<Dense<U1, U2>, SoftmaxCrossEntropy>;
/// let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
/// let target = Smoothed { target: Class::<U2>::new(0)?, share: 0.5 };
/// net.descend(&[1.0], &target, 1.0, &mut tape);
/// assert_eq!(net.parameters(), [0.25, -0.25, 0.25, -0.25]); // y − h = (¾, ¼) − (½, ½)
/// # Ok::<(), OutOfRange>(())
/// ```
///
/// # Source
///
/// C. Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016, section 7.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Smoothed<Q> {
    /// The target.
    pub target: Q,
    /// ε, from 0 to 1.
    pub share: f64,
}

impl<P: Array, N: Width, Q: Target<Vector<N, P>>> Target<Vector<N, P>> for Smoothed<Q> {
    const FITS: () = Q::FITS;

    #[inline]
    fn with<R>(&self, read: impl FnOnce(&[P::Scalar]) -> R) -> R {
        let (sure, each) = (P::Scalar::from_f64(1.0 - self.share), self.share / Vector::<N, P>::COUNT as f64);
        let mut smooth = Vector::<N, P>::ZERO;
        self.target.with(|y| {
            smooth.flat_mut().iter_mut().zip(y).for_each(|(smooth, &y)| *smooth = sure * y + Real::of(each));
        });
        read(smooth.flat())
    }

    #[inline(always)]
    fn weight(&self) -> P::Scalar {
        self.target.weight()
    }
}
