use crate::activation::Activation;
use crate::scalar::Real;

/// No activation: what a layer before a loss uses, since the loss owns the link.
///
/// # Equations
///
/// `g(z) = z`, `g′ = 1`
#[derive(Clone, Copy, Debug)]
pub struct Identity;

impl Activation for Identity {
    const NAME: &'static str = "identity";

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        z
    }

    #[inline(always)]
    fn slope<V: Real>(_: V) -> V {
        V::of(1.0)
    }
}
