use crate::activation::Activation;
use crate::scalar::Real;

/// The rectifier that leaks.
///
/// # Equations
///
/// - `g(z) = z` where `z > 0`, `0.01 z` elsewhere
/// - `g′ = 1` where `a > 0`, `0.01` elsewhere
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Activation;
///
/// let a = [-2.0, 0.0, 3.0].map(LeakyRelu::value::<f32>);
/// assert_eq!(a, [-0.02, 0.0, 3.0]);
/// assert_eq!(a.map(LeakyRelu::slope), [0.01, 0.01, 1.0]);
/// ```
///
/// # Source
///
/// A. Maas, A. Hannun, A. Ng, "Rectifier nonlinearities improve neural network acoustic models", ICML 2013.
#[derive(Clone, Copy, Debug)]
pub struct LeakyRelu;

impl Activation for LeakyRelu {
    const NAME: &'static str = "leaky_relu";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        V::select(V::of(0.0).lt(z), z, V::of(0.01) * z)
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        V::select(V::of(0.0).lt(a), V::of(1.0), V::of(0.01))
    }
}
