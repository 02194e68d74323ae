use super::constant;
use super::logarithm::{ends, subnormal, sum};
use crate::scalar::{Float, Real};

/// The natural logarithm.
///
/// Within 0.84 ulp in f32 and 0.85 in f64 for every `x`, subnormal ones included. −∞ at ±0, +0 at 1, ∞ at ∞; NaN for
/// negative `x` and NaN. One division.
///
/// # Equations
/// `ln x = e·ln 2 + ln(1 + f)` with `x = (1 + f)·2ᵉ`, `√½ ≤ 1 + f < √2`, and `ln(1 + f)` by the series of
/// `2 artanh(f / (2 + f))`.
///
/// # Example
/// ```
/// use nanoprop::math::ln;
///
/// assert_eq!(ln(core::f64::consts::E), 1.0);
/// ```
///
/// # Source
/// The order of the sum is that of `e_log.c` in fdlibm (Sun Microsystems, 1993). The coefficients are ours
/// (`tests/golden/minimax.py`).
#[inline(always)]
pub fn ln<V: Real>(x: V) -> V {
    V::ln(x)
}

/// The formula of [`ln`].
#[inline(always)]
pub(super) fn formula<V: Float>(x: V) -> V {
    let small = subnormal(x);
    let scaled = V::select(small, x * constant(16_777_216.0, 9_007_199_254_740_992.0), x);
    let (m, e) = scaled.split();
    let e = V::select(small, e - constant(24.0, 53.0), e);
    ends(x, sum(m, e, V::of(0.0)))
}
