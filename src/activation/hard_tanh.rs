use crate::activation::Activation;
use crate::scalar::Real;

/// The hyperbolic tangent in three straight pieces.
///
/// # Equations
///
/// <!-- $g(z) = \min(\max(z, -1), 1)$ --><math display="block"><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>=</mo><mi>min</mi><mo>⁡</mo><mo stretchy="false">(</mo><mi>max</mi><mo>⁡</mo><mo stretchy="false">(</mo><mi>z</mi><mo>,</mo><mo>−</mo><mn>1</mn><mo stretchy="false">)</mo><mo>,</mo><mn>1</mn><mo stretchy="false">)</mo></math>
///
/// - `g(z) = min(max(z, −1), 1)`
/// - `g′ = 1` where `|a| < 1`, 0 elsewhere
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-4.0, 0.25, 1.5].map(HardTanh::value::<f32>);
/// assert_eq!(a, [-1.0, 0.25, 1.0]);
/// assert_eq!(a.map(HardTanh::slope), [0.0, 1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HardTanh;

impl Activation for HardTanh {
    const NAME: &'static str = "hard_tanh";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        V::of(1.0).min(V::of(-1.0).max(z))
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        V::select(a.abs().lt(V::of(1.0)), V::of(1.0), V::of(0.0))
    }
}
