use super::{Loss, Pointwise, pointwise};
use crate::scalar::Real;

/// Squared error near the target, absolute error beyond a distance of 1: regression with outliers.
///
/// # Equations
///
/// <!-- $J = \sum_{k} c_k \left(|e_k| - \frac{c_k}{2}\right), \quad e_k = z_k - y_k, \quad c_k = \min(|e_k|, 1), \qquad \delta_k = \min(\max(e_k, -1), 1)$ --><math display="block"><mi>J</mi><mo>=</mo><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><msub><mi>c</mi><mi>k</mi></msub><mrow><mo stretchy="true">(</mo><mi>&#124;</mi><msub><mi>e</mi><mi>k</mi></msub><mi>&#124;</mi><mo>−</mo><mfrac><mrow><msub><mi>c</mi><mi>k</mi></msub></mrow><mrow><mn>2</mn></mrow></mfrac><mo stretchy="true">)</mo></mrow><mo>,</mo><mspace width="1em"></mspace><msub><mi>e</mi><mi>k</mi></msub><mo>=</mo><msub><mi>z</mi><mi>k</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub><mo>,</mo><mspace width="1em"></mspace><msub><mi>c</mi><mi>k</mi></msub><mo>=</mo><mi>min</mi><mo>⁡</mo><mo stretchy="false">(</mo><mi>&#124;</mi><msub><mi>e</mi><mi>k</mi></msub><mi>&#124;</mi><mo>,</mo><mn>1</mn><mo stretchy="false">)</mo><mo>,</mo><mspace width="2em"></mspace><msub><mi>δ</mi><mi>k</mi></msub><mo>=</mo><mi>min</mi><mo>⁡</mo><mo stretchy="false">(</mo><mi>max</mi><mo>⁡</mo><mo stretchy="false">(</mo><msub><mi>e</mi><mi>k</mi></msub><mo>,</mo><mo>−</mo><mn>1</mn><mo stretchy="false">)</mo><mo>,</mo><mn>1</mn><mo stretchy="false">)</mo></math>
///
/// With `eₖ = zₖ − yₖ`:
///
/// - `h = z`
/// - `J = Σₖ (½ eₖ² where |eₖ| ≤ 1, |eₖ| − ½ elsewhere)`, computed as `c (|e| − ½ c)` with `c = min(|e|, 1)`
/// - `δₖ = min(max(eₖ, −1), 1)`
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Loss;
///
/// let mut dz = [0.0_f32; 2];
/// Huber::delta(&[0.5, -3.0], &[0.0, 0.0], &mut dz);
/// assert_eq!(dz, [0.5, -1.0]);
/// assert_eq!(Huber::value(&[0.5_f32, -3.0], &[0.0, 0.0]), 0.125 + 2.5);
/// ```
///
/// # Source
///
/// P. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35, 1964.
#[derive(Clone, Copy, Debug)]
pub struct Huber;

impl Loss for Huber {
    const NAME: &'static str = "huber";
    pointwise!();
}

impl Pointwise for Huber {
    #[inline(always)]
    fn term<V: Real>(z: V, y: V) -> V {
        let e = (z - y).abs();
        let c = V::of(1.0).min(e);
        c * (e - V::of(0.5) * c)
    }

    #[inline(always)]
    fn slope<V: Real>(z: V, y: V) -> V {
        V::of(1.0).min(V::of(-1.0).max(z - y))
    }
}
