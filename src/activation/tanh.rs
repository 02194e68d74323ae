use crate::activation::Activation;
use crate::math;
use crate::scalar::Real;

/// The hyperbolic tangent, from −1 to 1.
///
/// # Equations
///
/// <!-- $g(z) = \tanh z, \qquad g' = 1 - a^2$ --><math display="block"><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>=</mo><mi>tanh</mi><mo>⁡</mo><mspace width="0.1667em"></mspace><mi>z</mi><mo>,</mo><mspace width="2em"></mspace><mi>g</mi><mi>′</mi><mo>=</mo><mn>1</mn><mo>−</mo><msup><mi>a</mi><mn>2</mn></msup></math>
///
/// - `g(z) = tanh z`
/// - `g′ = 1 − a²`
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-20.0, 0.0, 20.0].map(Tanh::value::<f32>);
/// assert_eq!(a, [-1.0, 0.0, 1.0]);
/// assert_eq!(a.map(Tanh::slope), [0.0, 1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tanh;

impl Activation for Tanh {
    const NAME: &'static str = "tanh";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        math::tanh(z)
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        V::of(1.0) - a * a
    }
}
