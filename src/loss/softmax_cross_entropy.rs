use super::{Loss, Outputs};
use crate::kernel::{self, softmax};
use crate::math::{exp, ln};
use crate::scalar::{Accumulator, Real, Scalar, is_wide};

/// Cross-entropy of one choice among K classes, behind a softmax.
///
/// # Equations
///
/// <!-- $h_k = \frac{e^{z_k}}{\sum_{j} e^{z_j}}, \quad J = -\sum_{k} y_k \ln h_k, \qquad \delta_k = \frac{\partial J}{\partial z_k} = h_k - y_k$ --><math display="block"><msub><mi>h</mi><mi>k</mi></msub><mo>=</mo><mfrac><mrow><msup><mi>e</mi><mrow><msub><mi>z</mi><mi>k</mi></msub></mrow></msup></mrow><mrow><munder><mo>∑</mo><mrow><mi>j</mi></mrow></munder><msup><mi>e</mi><mrow><msub><mi>z</mi><mi>j</mi></msub></mrow></msup></mrow></mfrac><mo>,</mo><mspace width="1em"></mspace><mi>J</mi><mo>=</mo><mo>−</mo><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><msub><mi>y</mi><mi>k</mi></msub><mspace width="0.1667em"></mspace><mi>ln</mi><mo>⁡</mo><mspace width="0.1667em"></mspace><msub><mi>h</mi><mi>k</mi></msub><mo>,</mo><mspace width="2em"></mspace><msub><mi>δ</mi><mi>k</mi></msub><mo>=</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>z</mi><mi>k</mi></msub></mrow></mfrac><mo>=</mo><msub><mi>h</mi><mi>k</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub></math>
///
/// - `hₖ = e^(zₖ − m) / Σⱼ e^(zⱼ − m)`, with `m = maxⱼ zⱼ`
/// - `J = −Σₖ yₖ ln hₖ`, computed as `Σₖ yₖ (m − zₖ) + ln Σⱼ e^(zⱼ − m)`
/// - `δₖ = hₖ − yₖ`, the same as (T 2.4.6)
///
/// The target is a distribution over the classes (it sums to 1), or a [`Class`](super::Class). A logit of −∞ masks its
/// class out: `h = 0`, and J is finite where `y = 0`. A single output would always be 1, so it is a compile error.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Loss;
///
/// let z = [1e4_f32, 1e4, -1e4];
/// assert_eq!(SoftmaxCrossEntropy::value(&z, &[1.0, 0.0, 0.0]), core::f32::consts::LN_2);
/// let mut dz = [0.0; 3];
/// SoftmaxCrossEntropy::delta(&z, &[1.0, 0.0, 0.0], &mut dz);
/// assert_eq!(dz, [-0.5, 0.5, 0.0]);
/// let mut h = [0.0; 3];
/// SoftmaxCrossEntropy::link(&z, &mut h);
/// assert_eq!(h, [0.5, 0.5, 0.0]);
/// ```
///
/// # Source
///
/// J. Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
#[derive(Clone, Copy, Debug)]
pub struct SoftmaxCrossEntropy;

impl Loss for SoftmaxCrossEntropy {
    const NAME: &'static str = "softmax_cross_entropy";
    const OUTPUTS: Outputs = Outputs::Classes;
    const LANES: bool = true;

    #[inline]
    fn link<T: Scalar>(z: &[T], h: &mut [T]) {
        softmax(z, h);
    }

    #[inline]
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
        let m = kernel::largest(z);
        // A share of 0 is 0 of a masked logit too.
        let term = |(&z, &y): (&T, &T)| if y == T::ZERO { T::ZERO } else { y * (m - z) };
        let straight = kernel::sum(z.iter().zip(y).map(term));
        let total = kernel::total::<T>(z.iter().map(|&z| exp(z - m)));
        // A wide total may be beyond the largest number; its inverse is not.
        let log =
            if const { is_wide::<T>() } { -ln(T::Accumulator::of(T::ONE).quotient(total)) } else { ln(total.round()) };
        log + straight
    }

    #[inline]
    fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
        softmax(z, dz);
        dz.iter_mut().zip(y).for_each(|(dz, &y)| *dz = *dz - y);
    }

    #[inline(always)]
    fn delta_lanes<V: Real>(z: &[V], dz: &mut [V]) {
        kernel::softmax_across(z, dz);
    }

    #[inline(always)]
    fn link_lanes<V: Real>(z: &mut [V]) {
        kernel::softmax_link_across(z);
    }
}
