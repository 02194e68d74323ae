use crate::activation::Activation;
use crate::math;
use crate::scalar::Real;

/// A sigmoid without an exponential, from −1 to 1, that saturates slowly.
///
/// # Equations
///
/// <!-- $g(z) = \frac{z}{1 + |z|}, \qquad g' = (1 - |a|)^2$ --><math display="block"><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>=</mo><mfrac><mrow><mi>z</mi></mrow><mrow><mn>1</mn><mo>+</mo><mi>&#124;</mi><mi>z</mi><mi>&#124;</mi></mrow></mfrac><mo>,</mo><mspace width="2em"></mspace><mi>g</mi><mi>′</mi><mo>=</mo><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><mi>&#124;</mi><mi>a</mi><mi>&#124;</mi><msup><mo stretchy="false">)</mo><mn>2</mn></msup></math>
///
/// - `g(z) = z / (1 + |z|)`, ±1 at ±∞
/// - `g′ = 1 / (1 + |z|)² = (1 − |a|)²`, since `1 − |a| = 1 / (1 + |z|)`
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-1.0, 0.0, 3.0].map(Softsign::value::<f32>);
/// assert_eq!(a, [-0.5, 0.0, 0.75]);
/// assert_eq!(a.map(Softsign::slope), [0.25, 1.0, 0.0625]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Softsign;

impl Activation for Softsign {
    const NAME: &'static str = "softsign";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        let z = math::finite(z);
        z / (V::of(1.0) + z.abs())
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        let rest = V::of(1.0) - a.abs();
        rest * rest
    }
}
