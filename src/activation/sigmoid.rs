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
