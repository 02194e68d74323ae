use crate::activation::Activation;
use crate::math;
use crate::scalar::Real;

/// The logistic function, from 0 to 1.
///
/// # Equations
///
/// <!-- $g(z) = \frac{1}{1 + e^{-z}}, \qquad g' = a (1 - a)$ --><math display="block"><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mn>1</mn><mo>+</mo><msup><mi>e</mi><mrow><mo>−</mo><mi>z</mi></mrow></msup></mrow></mfrac><mo>,</mo><mspace width="2em"></mspace><mi>g</mi><mi>′</mi><mo>=</mo><mi>a</mi><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><mi>a</mi><mo stretchy="false">)</mo></math>
///
/// - `g(z) = 1 / (1 + e⁻ᶻ)   (T 2.1.1)`
/// - `g′ = a (1 − a)   (T 2.1.2)`
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-200.0, 0.0, 200.0].map(Sigmoid::value::<f32>);
/// assert_eq!(a, [0.0, 0.5, 1.0]);
/// assert_eq!(a.map(Sigmoid::slope), [0.0, 0.25, 0.0]);
/// ```
///
/// # Source
///
/// The tutorial, section 2.1.
#[derive(Clone, Copy, Debug)]
pub struct Sigmoid;

impl Activation for Sigmoid {
    const NAME: &'static str = "sigmoid";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        math::sigmoid(z)
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        a * (V::of(1.0) - a)
    }
}
