use super::constant;
use super::exponential::{reduce, tail};
use crate::scalar::Real;

/// `eˣ − 1`, accurate also near 0.
#[inline(always)]
pub fn expm1<V: Real>(x: V) -> V {
    let tiny = x.abs().lt(V::of(1e-20));
    let clamped = constant::<V>(89.0, 709.9).min(V::of(-40.0).max(x));
    let (n, high, low) = reduce(clamped);
    // Halved, so that 2ⁿ does not overflow before the result does.
    let half = V::pow2(n - V::of(1.0));
    let y = ((half - V::of(0.5)) + half * high) + half * (tail(high - low) - low);
    V::select(tiny, x, y + y)
}
