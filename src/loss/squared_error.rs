use super::{Loss, Pointwise, pointwise};
use crate::scalar::Real;

/// Half the squared distance: regression with the network's outputs as they are.
///
/// # Equations
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
