use crate::activation::Activation;
use crate::math;
use crate::scalar::Real;

/// The exponential linear unit, α = 1.
///
/// # Equations
///
/// - `g(z) = z` where `z > 0`, `eᶻ − 1` elsewhere
/// - `g′ = 1` where `a > 0`, `a + 1` elsewhere
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-1.0, 0.0, 2.0].map(Elu::value::<f32>);
/// assert_eq!(a, [-0.63212055, 0.0, 2.0]);
/// assert_eq!(a.map(Elu::slope), [0.36787945, 1.0, 1.0]);
/// ```
///
/// # Source
///
/// D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network learning by exponential
/// linear units (ELUs)", ICLR 2016.
#[derive(Clone, Copy, Debug)]
pub struct Elu;

impl Activation for Elu {
    const NAME: &'static str = "elu";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        V::select(V::of(0.0).lt(z), z, math::expm1(z))
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        V::select(V::of(0.0).lt(a), V::of(1.0), a + V::of(1.0))
    }
}
