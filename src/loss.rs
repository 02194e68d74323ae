//! Losses: what a network's logits mean, what they cost, and where learning starts.
//!
//! | what is wanted | loss | target |
//! | --- | --- | --- |
//! | one of several classes | [`SoftmaxCrossEntropy`] | a [`Class`], or a probability for each |
//! | yes or no, once or for each of several labels | [`SigmoidCrossEntropy`] | 0 or 1 for each; of one output, also a [`Class`] of two |
//! | numbers | [`SquaredError`] | numbers; scale them to a mean of 0 and a deviation of 1 |
//! | numbers, some of which are far off | [`Huber`] | ″ |
//! | numbers, whose median is wanted | [`AbsoluteError`] | ″ |
//!
//! [`Weighted`] gives a sample more weight or less, [`Smoothed`] makes classes less certain. The last layer has no
//! activation: the loss applies the link.

/// Calls `$go!` with each loss: its file, its type, and the kind of its targets. Re-exports and tests read this list.
#[doc(hidden)]
#[macro_export]
macro_rules! __losses {
    ($go:ident) => {
        $go! {
            absolute_error: AbsoluteError { targets: numbers }
            huber: Huber { targets: numbers }
            sigmoid_cross_entropy: SigmoidCrossEntropy { targets: probabilities }
            softmax_cross_entropy: SoftmaxCrossEntropy { targets: distributions }
            squared_error: SquaredError { targets: numbers }
        }
    };
}

// Written out, because rustfmt does not find modules that a macro declares.
mod absolute_error;
mod huber;
mod outputs;
mod pointwise;
mod sigmoid_cross_entropy;
mod smoothed;
mod softmax_cross_entropy;
mod squared_error;
mod target;
mod weighted;

macro_rules! public {
    ($($file:ident: $type:ident $rest:tt)+) => { $(pub use $file::$type;)+ };
}
__losses!(public);

pub use outputs::Outputs;
pub use smoothed::Smoothed;
pub use target::{Class, OutOfRange, Target};
pub use weighted::Weighted;
pub(crate) use weighted::{cost, delta};

use pointwise::{Pointwise, pointwise};

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
/// A custom loss, `J = Σ ln cosh(z − y)`:
///
/// ```
/// use nanoprop::math;
/// use nanoprop::prelude::*;
/// use nanoprop::Loss;
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
    /// Its name in checkpoints and messages: the type's, in snake case.
    const NAME: &'static str;

    /// What the logits stand for: [`Outputs::Numbers`], unless the loss says otherwise.
    ///
    /// [`Network::classify`](crate::Network::classify), the metrics and [`Smoothed`] read it, and the fit check refuses a
    /// last layer whose outputs can't be such logits.
    const OUTPUTS: Outputs = Outputs::Numbers;

    /// Whether [`delta_lanes`](Loss::delta_lanes) is there.
    #[doc(hidden)]
    const LANES: bool = false;

    /// The prediction of logits, `h = link(z)`, into `h`: provided as `h = z`.
    #[inline]
    fn link<T: Scalar>(z: &[T], h: &mut [T]) {
        h.copy_from_slice(z);
    }

    /// Whether the link of each output depends on its logit alone, and [`link_lanes`](Loss::link_lanes) is there.
    #[doc(hidden)]
    const POINTWISE: bool = false;

    /// δ with a sample in each lane, in place of the targets in `dz`; there if [`LANES`](Loss::LANES).
    #[doc(hidden)]
    #[inline(always)]
    fn delta_lanes<V: Real>(_z: &[V], _dz: &mut [V]) {}

    /// The link with a sample in each lane, in place; there if [`LANES`](Loss::LANES).
    #[doc(hidden)]
    #[inline(always)]
    fn link_lanes<V: Real>(_z: &mut [V]) {}

    /// The cost of one sample, of logits `z` against the target `y`.
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T;

    /// `δ = ∂J/∂z` of one sample, of logits `z` against the target `y`, into `dz`.
    fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]);
}
