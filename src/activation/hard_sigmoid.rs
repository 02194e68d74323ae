use crate::activation::Activation;
use crate::scalar::Real;

/// The sigmoid in three straight pieces.
///
/// # Equations
///
/// <!-- $g(z) = \min\left(\max\left(\frac{z}{6} + \frac{1}{2}, 0\right), 1\right)$ --><math display="block"><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>=</mo><mi>min</mi><mo>⁡</mo><mspace width="0.1667em"></mspace><mrow><mo stretchy="true">(</mo><mi>max</mi><mo>⁡</mo><mspace width="0.1667em"></mspace><mrow><mo stretchy="true">(</mo><mfrac><mrow><mi>z</mi></mrow><mrow><mn>6</mn></mrow></mfrac><mo>+</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac><mo>,</mo><mn>0</mn><mo stretchy="true">)</mo></mrow><mo>,</mo><mn>1</mn><mo stretchy="true">)</mo></mrow></math>
///
/// - `g(z) = min(max(z / 6 + ½, 0), 1)`
/// - `g′ = 1/6` where `0 < a < 1`, 0 elsewhere
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-4.0, 0.0, 1.5].map(HardSigmoid::value::<f32>);
/// assert_eq!(a, [0.0, 0.5, 0.75]);
/// assert_eq!(a.map(HardSigmoid::slope), [0.0, 1.0 / 6.0, 1.0 / 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HardSigmoid;

impl Activation for HardSigmoid {
    const NAME: &'static str = "hard_sigmoid";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        V::of(1.0).min(V::of(0.0).max(z / V::of(6.0) + V::of(0.5)))
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        let below_one = V::select(a.lt(V::of(1.0)), V::of(1.0) / V::of(6.0), V::of(0.0));
        V::select(V::of(0.0).lt(a), below_one, V::of(0.0))
    }
}
