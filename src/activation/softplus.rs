use crate::activation::Activation;
use crate::math;
use crate::scalar::Real;

/// The smooth rectifier.
///
/// # Equations
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
