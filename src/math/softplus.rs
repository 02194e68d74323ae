use super::constant;
use super::exponential::{reduce, tail};
use super::logarithm::unit;
use crate::scalar::Real;

/// `ln(1 + eˣ)`.
#[inline(always)]
pub fn softplus<V: Real>(x: V) -> V {
    let (n, high, low) = reduce(constant::<V>(-104.0, -745.2).max(-x.abs()));
    let p = V::of(1.0) + (high + (tail(high - low) - low));
    let e = p * V::pow2(n + constant(24.0, 53.0)) * constant(1.0 / 16_777_216.0, 1.0 / 9_007_199_254_740_992.0);
    x.max(V::of(0.0)) + unit(e)
}
