use super::{Loss, Pointwise, pointwise};
use crate::scalar::Real;

/// The sum of distances: regression towards the median.
///
/// # Equations
///
/// <!-- $J = \sum_{k} |z_k - y_k|, \qquad \delta_k = \operatorname{sign}(z_k - y_k)$ --><math display="block"><mi>J</mi><mo>=</mo><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><mi>&#124;</mi><msub><mi>z</mi><mi>k</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub><mi>&#124;</mi><mo>,</mo><mspace width="2em"></mspace><msub><mi>δ</mi><mi>k</mi></msub><mo>=</mo><mi>sign</mi><mo>⁡</mo><mo stretchy="false">(</mo><msub><mi>z</mi><mi>k</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub><mo stretchy="false">)</mo></math>
///
/// - `h = z`
/// - `J = Σₖ |zₖ − yₖ|`
/// - `δₖ = sign(zₖ − yₖ)`, 0 where they are equal
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Loss;
///
/// let mut dz = [0.0_f32; 3];
/// AbsoluteError::delta(&[2.0, 2.0, 2.0], &[1.0, 2.0, 4.0], &mut dz);
/// assert_eq!(dz, [1.0, 0.0, -1.0]);
/// assert_eq!(AbsoluteError::value(&[2.0_f32, 2.0, 2.0], &[1.0, 2.0, 4.0]), 3.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AbsoluteError;

impl Loss for AbsoluteError {
    const NAME: &'static str = "absolute_error";
    pointwise!();
}

impl Pointwise for AbsoluteError {
    #[inline(always)]
    fn term<V: Real>(z: V, y: V) -> V {
        (z - y).abs()
    }

    #[inline(always)]
    fn slope<V: Real>(z: V, y: V) -> V {
        V::select(z.lt(y), V::of(-1.0), V::select(y.lt(z), V::of(1.0), z - y))
    }
}
