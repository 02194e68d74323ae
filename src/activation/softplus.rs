use crate::activation::Activation;
use crate::math;
use crate::scalar::Real;

/// The smooth rectifier.
///
/// # Equations
///
/// <!-- $g(z) = \ln(1 + e^z), \qquad g' = 1 - e^{-a}$ --><math display="block"><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>=</mo><mi>ln</mi><mo>⁡</mo><mo stretchy="false">(</mo><mn>1</mn><mo>+</mo><msup><mi>e</mi><mi>z</mi></msup><mo stretchy="false">)</mo><mo>,</mo><mspace width="2em"></mspace><mi>g</mi><mi>′</mi><mo>=</mo><mn>1</mn><mo>−</mo><msup><mi>e</mi><mrow><mo>−</mo><mi>a</mi></mrow></msup></math>
///
/// - `g(z) = ln(1 + eᶻ)`
/// - `g′ = σ(z) = 1 − e⁻ᵃ`, since `e⁻ᵃ = 1 / (1 + eᶻ) = 1 − σ(z)`
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-100.0, 0.0, 100.0].map(Softplus::value::<f32>);
/// assert_eq!(a[1..], [core::f32::consts::LN_2, 100.0]);
/// assert_eq!(a[1..].iter().map(|&a| Softplus::slope(a)).collect::<Vec<_>>(), [0.5, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Softplus;

impl Activation for Softplus {
    const NAME: &'static str = "softplus";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        math::softplus(z)
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        -math::expm1(-a)
    }
}
