use super::{Loss, Outputs, Pointwise, pointwise};
use crate::activation::Sigmoid;
use crate::kernel;
use crate::math::{exp, ln_1p, sigmoid};
use crate::scalar::{Real, Scalar};

/// Cross-entropy summed over K independent yes-or-no outputs, behind a sigmoid: the tutorial's cost.
///
/// # Equations
///
/// <!-- $h_k = \frac{1}{1 + e^{-z_k}}, \quad J = -\sum_{k} \left[ y_k \ln h_k + (1 - y_k) \ln (1 - h_k) \right], \qquad \delta_k = \frac{\partial J}{\partial z_k} = h_k - y_k$ --><math display="block"><msub><mi>h</mi><mi>k</mi></msub><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mn>1</mn><mo>+</mo><msup><mi>e</mi><mrow><mo>−</mo><msub><mi>z</mi><mi>k</mi></msub></mrow></msup></mrow></mfrac><mo>,</mo><mspace width="1em"></mspace><mi>J</mi><mo>=</mo><mo>−</mo><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><mrow><mo stretchy="true">&#91;</mo><msub><mi>y</mi><mi>k</mi></msub><mspace width="0.1667em"></mspace><mi>ln</mi><mo>⁡</mo><mspace width="0.1667em"></mspace><msub><mi>h</mi><mi>k</mi></msub><mo>+</mo><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub><mo stretchy="false">)</mo><mspace width="0.1667em"></mspace><mi>ln</mi><mo>⁡</mo><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><msub><mi>h</mi><mi>k</mi></msub><mo stretchy="false">)</mo><mo stretchy="true">&#93;</mo></mrow><mo>,</mo><mspace width="2em"></mspace><msub><mi>δ</mi><mi>k</mi></msub><mo>=</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>z</mi><mi>k</mi></msub></mrow></mfrac><mo>=</mo><msub><mi>h</mi><mi>k</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub></math>
///
/// - `hₖ = σ(zₖ)`
/// - `J = −Σₖ [yₖ ln hₖ + (1 − yₖ) ln(1 − hₖ)]   (T 1.2.1)`, computed as
///   `Σₖ [wₖ |zₖ| + ln(1 + e^−|zₖ|)]`, with `wₖ = 1 − yₖ` where `zₖ > 0` and `yₖ` elsewhere, which is finite for every
///   finite `z`
/// - `δₖ = hₖ − yₖ   (T 2.4.6)`
///
/// Targets lie in `[0, 1]`; of one output, a [`Class`](super::Class) of two is a target too.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Loss;
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
    const OUTPUTS: Outputs = Outputs::Labels;
    pointwise!();

    #[inline]
    fn link<T: Scalar>(z: &[T], h: &mut [T]) {
        kernel::activate::<Sigmoid, T>(z, h);
    }

    #[inline(always)]
    fn link_lanes<V: Real>(z: &mut [V]) {
        // No closure: that would be compiled for the target, not for the level.
        for z in z {
            *z = sigmoid(*z);
        }
    }
}

impl Pointwise for SigmoidCrossEntropy {
    /// A share of 0 is 0 of an infinite logit too.
    #[inline(always)]
    fn term<V: Real>(z: V, y: V) -> V {
        let (zero, size) = (V::of(0.0), z.abs());
        let wrong = V::select(zero.lt(z), V::of(1.0) - y, y);
        let straight = V::select(wrong.abs().le(zero), zero, wrong * size);
        straight + ln_1p(exp(-size))
    }

    #[inline(always)]
    fn slope<V: Real>(z: V, y: V) -> V {
        sigmoid(z) - y
    }
}
