use crate::array::{Array, Plain, Vector};
use crate::loss::{Outputs, Target};
use crate::scalar::{Number, Real, Scalar};
use crate::width::Width;

/// Label smoothing: a target with less than full certainty.
///
/// # Equations
///
/// - one choice among K classes, as with [`SoftmaxCrossEntropy`](crate::SoftmaxCrossEntropy): `y ← (1 − ε) y + ε / K`
/// - yes-or-no labels, as with [`SigmoidCrossEntropy`](crate::SigmoidCrossEntropy), and a single output of any loss:
///   `y ← (1 − ε) y + ε / 2` for each output
///
/// # Memory
///
/// One output on the stack while the target is read.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{OutOfRange, Smoothed};
///
/// type Net = Network<Dense<U1, U2>, SoftmaxCrossEntropy>;
/// let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
/// let target = Smoothed { target: Class::<U2>::new(0)?, label_smoothing: 0.5 };
/// net.descend(&[1.0], &target, 1.0, &mut tape);
/// assert_eq!(net.parameters(), [0.25, -0.25, 0.25, -0.25]); // y − h = (¾, ¼) − (½, ½)
///
/// type Yes = Network<Dense<U1, U1>, SigmoidCrossEntropy>;
/// let (mut net, mut tape) = (Yes::ZERO, Yes::TAPE);
/// net.descend(&[1.0], &Smoothed { target: [1.0], label_smoothing: 0.5 }, 1.0, &mut tape);
/// assert_eq!(net.parameters(), [0.25, 0.25]); // ¾ − ½
/// # Ok::<(), OutOfRange>(())
/// ```
///
/// # Source
///
/// C. Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016, section 7.
#[doc(alias = "label_smoothing")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Smoothed<Q> {
    /// The target.
    pub target: Q,
    /// ε, from 0 to 1.
    #[doc(alias = "share")]
    pub label_smoothing: f64,
}

impl<P: Array<Scalar: Scalar>, N: Width, Q: Target<Vector<N, P>>> Target<Vector<N, P>> for Smoothed<Q> {
    const FITS: () = Q::FITS;

    #[inline]
    fn with<R>(&self, read: impl FnOnce(&[P::Scalar]) -> R) -> R {
        self.with_outputs(Outputs::Numbers, read)
    }

    #[inline]
    fn with_outputs<R>(&self, outputs: Outputs, read: impl FnOnce(&[P::Scalar]) -> R) -> R {
        let among = match (outputs, Vector::<N, P>::COUNT) {
            (Outputs::Labels, _) | (_, 1) => 2,
            (_, count) => count,
        };
        let (sure, each) = (P::Scalar::from_f64(1.0 - self.label_smoothing), self.label_smoothing / among as f64);
        let mut smooth = Vector::<N, P>::ZERO;
        self.target.with_outputs(outputs, |y| {
            smooth.flat_mut().iter_mut().zip(y).for_each(|(smooth, &y)| *smooth = sure * y + Real::of(each));
        });
        read(smooth.flat())
    }

    #[inline(always)]
    fn weight(&self) -> P::Scalar {
        self.target.weight()
    }
}
