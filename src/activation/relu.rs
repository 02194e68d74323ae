use crate::activation::Activation;
use crate::scalar::Real;

/// The rectifier.
///
/// # Equations
///
/// <!-- $g(z) = \max(z, 0)$ --><math display="block"><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>=</mo><mi>max</mi><mo>⁡</mo><mo stretchy="false">(</mo><mi>z</mi><mo>,</mo><mn>0</mn><mo stretchy="false">)</mo></math>
///
/// - `g(z) = max(z, 0)`
/// - `g′ = 1` where `a > 0`, 0 elsewhere
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-2.0, 0.0, 3.0].map(Relu::value::<f32>);
/// assert_eq!(a, [0.0, 0.0, 3.0]);
/// assert_eq!(a.map(Relu::slope), [0.0, 0.0, 1.0]);
/// ```
///
/// # Source
///
/// V. Nair, G. Hinton, "Rectified linear units improve restricted Boltzmann machines", ICML 2010.
#[derive(Clone, Copy, Debug)]
pub struct Relu;

impl Activation for Relu {
    const NAME: &'static str = "relu";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        V::of(0.0).max(z)
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        V::select(V::of(0.0).lt(a), V::of(1.0), V::of(0.0))
    }
}
