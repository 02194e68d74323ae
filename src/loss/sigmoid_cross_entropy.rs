use super::{Linked, Loss, total};
use crate::activation::Sigmoid;
use crate::kernel::{self, Lanewise};
use crate::math::{exp, ln_1p, sigmoid};
use crate::scalar::{Real, Scalar};

/// Cross-entropy summed over K independent yes-or-no outputs, behind a sigmoid: the tutorial's cost.
///
/// # Equations
///
/// - `hₖ = σ(zₖ)`
/// - `J = −Σₖ [yₖ ln hₖ + (1 − yₖ) ln(1 − hₖ)]   (T 1.2.1)`, computed as
///   `Σₖ [max(zₖ, 0) − yₖ zₖ + ln(1 + e^−|zₖ|)]`, which is finite for every finite `z`
/// - `δₖ = hₖ − yₖ   (T 2.4.6)`
///
/// Targets lie in `[0, 1]`.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let mut dz = [0.0_f32; 2];
/// SigmoidCrossEntropy::delta(&[0.0, 1e4], &[1.0, 0.0], &mut dz);
/// assert_eq!(dz, [-0.5, 1.0]);
/// assert_eq!(SigmoidCrossEntropy::value(&[0.0_f32, 1e4], &[1.0, 0.0]), 1e4 + core::f32::consts::LN_2);
/// ```
///
/// # Source
///
/// The tutorial, sections 1.2 and 2.4; that J is computed from z follows from `ln σ(z) = −ln(1 + e⁻ᶻ)`.
#[derive(Clone, Copy, Debug)]
pub struct SigmoidCrossEntropy;

impl Loss for SigmoidCrossEntropy {
    const NAME: &'static str = "sigmoid_cross_entropy";
    const LANES: bool = true;

    #[inline]
    fn link<T: Scalar>(z: &[T], h: &mut [T]) {
        kernel::activate::<Sigmoid, T>(z, h);
    }

    #[inline]
    fn linked(linked: impl Linked) {
        linked.elementwise::<Sigmoid>();
    }

    #[inline]
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
        total(z, y, |z, y| T::ZERO.max(z) - y * z + ln_1p(exp(-z.abs())))
    }

    #[inline]
    fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
        kernel::map(Delta, z, y, dz);
    }

    #[inline(always)]
    fn delta_lanes<V: Real>(z: &[V], dz: &mut [V]) {
        kernel::across(Delta, z, dz);
    }
}

/// δ = σ(z) − y
#[derive(Clone, Copy)]
struct Delta;

impl Lanewise for Delta {
    #[inline(always)]
    fn of<V: Real>(self, z: V, y: V) -> V {
        sigmoid(z) - y
    }
}
