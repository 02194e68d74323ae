use super::constant;
use super::exponential::{reduce, tail};
use super::logarithm::unit;
use crate::scalar::{Float, Real};

/// The smooth ramp, whose slope is the sigmoid.
///
/// Within 1.94 ulp in f32 and 1.57 in f64 for every `x`: eˣ to the last digit where `x` is very negative, subnormal
/// results included, and `x` itself where `x` is large. 0 at −∞, ln 2 at ±0, ∞ at ∞; NaN for NaN. One division.
///
/// # Equations
/// `ln(1 + eˣ) = max(x, 0) + ln(1 + e)` with `e = e^(−|x|)`, so that nothing overflows.
///
/// # Example
/// ```
/// use nanoprop::math::softplus;
///
/// assert_eq!(softplus(0.0_f32), core::f32::consts::LN_2);
/// ```
///
/// # Source
/// As [`exp`](super::exp) and [`ln`](super::ln); `1 + e` is never formed, so no digit of `e` is lost in it.
#[inline(always)]
pub fn softplus<V: Real>(x: V) -> V {
    V::softplus(x)
}

/// The formula of [`softplus`].
#[inline(always)]
pub(super) fn formula<V: Float>(x: V) -> V {
    let (n, high, low) = reduce(constant::<V>(-104.0, -745.2).max(-x.abs()));
    let p = V::of(1.0) + (high + (tail(high - low) - low));
    let e = p.scale(n);
    x.max(V::of(0.0)) + unit(e)
}
