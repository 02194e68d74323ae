use super::{Loss, Pointwise, pointwise};
use crate::scalar::Real;

/// Half the squared distance: regression with the network's outputs as they are.
///
/// # Equations
///
/// <!-- $J = \frac{1}{2} \sum_{k} (z_k - y_k)^2, \qquad \delta_k = \frac{\partial J}{\partial z_k} = z_k - y_k$ --><math display="block"><mi>J</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><mo stretchy="false">(</mo><msub><mi>z</mi><mi>k</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub><msup><mo stretchy="false">)</mo><mn>2</mn></msup><mo>,</mo><mspace width="2em"></mspace><msub><mi>δ</mi><mi>k</mi></msub><mo>=</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>z</mi><mi>k</mi></msub></mrow></mfrac><mo>=</mo><msub><mi>z</mi><mi>k</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub></math>
///
/// - `h = z`
/// - `J = ½ Σₖ (zₖ − yₖ)²`
/// - `δₖ = zₖ − yₖ`
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Loss;
///
/// let mut dz = [0.0_f32; 2];
/// SquaredError::delta(&[1.0, 4.0], &[0.0, 1.0], &mut dz);
/// assert_eq!(dz, [1.0, 3.0]);
/// assert_eq!(SquaredError::value(&[1.0_f32, 4.0], &[0.0, 1.0]), 5.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SquaredError;

impl Loss for SquaredError {
    const NAME: &'static str = "squared_error";
    pointwise!();
}

impl Pointwise for SquaredError {
    #[inline(always)]
    fn term<V: Real>(z: V, y: V) -> V {
        V::of(0.5) * (z - y) * (z - y)
    }

    #[inline(always)]
    fn slope<V: Real>(z: V, y: V) -> V {
        z - y
    }
}
