use crate::activation::Activation;
use crate::math;
use crate::scalar::Real;

/// The logistic function, from 0 to 1.
///
/// # Equations
///
/// - `g(z) = 1 / (1 + e⁻ᶻ)   (T 2.1.1)`
/// - `g′ = a (1 − a)   (T 2.1.2)`
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
