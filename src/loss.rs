//! Losses: what a network's logits mean, what they cost, and where learning starts.

mod absolute_error;
mod huber;
mod sigmoid_cross_entropy;
mod smoothed;
mod softmax_cross_entropy;
mod squared_error;
mod target;
mod weighted;

pub use absolute_error::AbsoluteError;
pub use huber::Huber;
pub use sigmoid_cross_entropy::SigmoidCrossEntropy;
pub use smoothed::Smoothed;
pub use softmax_cross_entropy::SoftmaxCrossEntropy;
pub use squared_error::SquaredError;
pub use target::{Class, OutOfRange, Target};
pub use weighted::Weighted;

use crate::activation::Activation;
use crate::scalar::{Real, Scalar};

/// The last step of a network: the link `h = link(z)` from logits to prediction, the cost `J(h, y)`,
/// and its derivative by the logits, `δ = ∂J/∂z`.
///
/// A loss owns the link so that the three can be computed together: no `log(0)`, and `δ = h − y`
/// (T 2.4.6) where that is the derivative.
///
/// # Shapes
///
/// `z, y, dz: [K]`, K the number of outputs: all slices of one call have the same length.
///
/// # Example
///
/// A loss of one's own, `J = Σ ln cosh(z − y)`:
///
/// ```
/// use nanoprop::math;
/// use nanoprop::prelude::*;
///
/// struct LogCosh;
///
/// impl Loss for LogCosh {
///     const NAME: &'static str = "log_cosh";
///
///     /// ln cosh e = |e| + softplus(−2|e|) − ln 2
///     fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
///         z.iter().zip(y).fold(T::ZERO, |sum, (&z, &y)| {
///             let e = (z - y).abs();
///             sum + (e + math::softplus(T::of(-2.0) * e) - T::of(core::f64::consts::LN_2))
///         })
///     }
///
///     fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
///         z.iter().zip(y).zip(dz).for_each(|((&z, &y), dz)| *dz = math::tanh(z - y));
///     }
/// }
///
/// type Net = Network<Dense<U1, U1>, LogCosh>;
/// let net = Net::ZERO;
/// assert_eq!(net.loss(&[1.0], &[0.0]), 0.0);
/// assert!((net.loss(&[1.0], &[1.0]) - 1.0_f32.cosh().ln()).abs() < 1e-6);
/// ```
#[diagnostic::on_unimplemented(
    message = "behind its layers a network has a loss, such as `SigmoidCrossEntropy`",
    label = "not a loss; an activation belongs to a layer"
)]
pub trait Loss: 'static {
    /// Its name in checkpoints and messages.
    const NAME: &'static str;

    /// Whether [`delta_lanes`](Loss::delta_lanes) is there.
    #[doc(hidden)]
    const LANES: bool = false;

    /// The prediction of logits, `h = link(z)`, into `h`: provided as `h = z`.
    #[inline]
    fn link<T: Scalar>(z: &[T], h: &mut [T]) {
        h.copy_from_slice(z);
    }

    /// Tells what the link is; a loss that has a link of its own and no word on it has a whole one.
    #[doc(hidden)]
    #[inline]
    fn linked(linked: impl Linked) {
        linked.whole();
    }

    /// δ with a sample in each lane, in place of the targets in `dz`; there if [`LANES`](Loss::LANES).
    #[doc(hidden)]
    #[inline(always)]
    fn delta_lanes<V: Real>(_z: &[V], _dz: &mut [V]) {}

    /// The cost of one sample, of logits `z` against the target `y`.
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T;

    /// `δ = ∂J/∂z` of one sample, of logits `z` against the target `y`, into `dz`.
    fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]);
}

/// What a network makes of a link: one that is an activation belongs to the last layer's pass.
#[doc(hidden)]
pub trait Linked {
    /// The link is `h = G(z)`, elementwise.
    fn elementwise<G: Activation>(self);
    /// It is whatever [`Loss::link`] does.
    fn whole(self);
}

/// δ times the weight of its sample.
#[inline(always)]
pub(crate) fn weigh<T: Scalar>(weight: T, dz: &mut [T]) {
    if weight != T::ONE {
        dz.iter_mut().for_each(|dz| *dz = weight * *dz);
    }
}

/// Σₖ f(zₖ, yₖ), in the order of k.
fn total<T: Scalar>(z: &[T], y: &[T], f: impl Fn(T, T) -> T) -> T {
    z.iter().zip(y).fold(T::ZERO, |sum, (&z, &y)| sum + f(z, y))
}
